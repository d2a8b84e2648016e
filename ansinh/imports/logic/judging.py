"""What becomes of each row: who it is, what the law gives, created, changed, in doubt (kết luận)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from ansinh.grants.logic import slot_of
from ansinh.imports.logic.lawful import Asked, Lawful
from ansinh.imports.logic.listing import Remark, Row
from ansinh.imports.logic.meaning import facts_of
from ansinh.imports.logic.sheets import sheet_named
from ansinh.kernel.money import coefficient_text, grouped, whole_vnd
from ansinh.kernel.names import fold
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.rulebook.categories import SCHEME_LABELS, categories

_CHILDREN = Remark(
    "WARNING",
    "Đối tượng",
    "",
    "Khoản này tính theo con đang nuôi, mà danh sách không cho biết con là ai.",
    "Ghi con ở hồ sơ người này trước khi ra quyết định: sổ chưa có con thì rà soát nói không đủ điều kiện.",
)
NUMBER, AMOUNT, WHO = "Số CCCD", "Mức hưởng", "Họ và tên"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody of the register who may be the person of a row; `here`: of the unit."""

    person_id: int
    folded: str
    name: str
    number: str | None
    here: bool
    housed: bool
    village: str = ""
    place: str = ""
    died_on: dt.date | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """What the software pays somebody in a slot already."""

    category: str
    amount_vnd: int


@dataclass(slots=True)
class Known:
    """What the register knows of the rows, by line: the same number, the same name and birth, the likely."""

    by_number: Mapping[int, Bearer] = field(default_factory=dict)
    by_name: Mapping[int, Sequence[Bearer]] = field(default_factory=dict)
    likely: Mapping[int, Sequence[Bearer]] = field(default_factory=dict)
    running: Mapping[tuple[int, str], Running] = field(default_factory=dict)

    def told(self) -> Iterator[bytes]:
        """Tell everything known, so that two looks at the register can be compared."""
        for part in (self.by_number, self.by_name, self.likely, self.running):
            for key, value in part.items():
                yield repr((key, value)).encode()
            yield b""


def good(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of people in which nothing is wrong."""
    return [row for row in rows if not row.skipped and not row.wrong]


def label_of(code: str) -> str:
    """Name a group as lists may show it: a discreet one only by its scheme."""
    group = categories()[code]
    return SCHEME_LABELS[group.scheme] if group.covered else group.label


def price(rows: Iterable[Row], asked: Asked) -> None:
    """Ask the law about each row: which group is meant, what it gives, and by which article if it differs."""
    month = asked.law.month
    for row in rows:
        if row.skipped or not row.groups:
            continue
        born = _effective(row.born, row.born_precision)
        row.category = asked.chosen(row.groups, born, row.sex)
        facts = facts_of(row.category)
        if row.poverty is not None:
            facts = {**facts, "household_poverty": row.poverty}
        law = asked.of(row.category, born, row.sex, facts, row.children)
        row.lawful_vnd = law.amount_vnd
        if row.amount_vnd is None and row.coefficient and law.standard_vnd:
            row.amount_vnd = int(row.coefficient * law.standard_vnd)
            text = _product(row.coefficient, law.standard_vnd)
            row.say("WARNING", AMOUNT, "", f"Thiếu mức hưởng, tính theo hệ số: {text} đồng.")
        elif row.amount_vnd is None and not row.wrong:
            row.say("WARNING", AMOUNT, "", "Không có mức hưởng: chỉ ghi người, không tiếp nhận khoản hưởng.")
        if row.amount_vnd is not None and law.amount_vnd not in (None, row.amount_vnd):
            row.differs = True
            row.remarks.append(_unlike_the_law(row.amount_vnd, row.category, law, month))
        if asked.by_children(row.category):
            row.remarks.append(_CHILDREN)
        if row.coefficient and law.standard_vnd and row.coefficient * law.standard_vnd == row.amount_vnd:
            row.standard_vnd = law.standard_vnd


@lru_cache(maxsize=1 << 12)
def _unlike_the_law(amount_vnd: int, code: str, law: Lawful, month: Month) -> Remark:
    """Say what the law gives somebody of a group of whom a list says something else."""
    basis = "" if categories()[code].covered else "; ".join(law.cites)
    if law.coefficient is None or law.standard_vnd is None:
        group = f"nhóm “{label_of(code)}” tháng {month.vietnamese()}"
        message = f"Theo danh sách, người này không đủ điều kiện của {group}."
    else:
        said = _product(law.coefficient, law.standard_vnd)
        paid = grouped(amount_vnd)
        message = f"Luật tháng {month.vietnamese()}: {said} đồng; danh sách ghi {paid} đồng."
    cure = "Tiếp nhận theo danh sách; phần chênh vào mục Rà soát."
    return Remark("LAW", AMOUNT, grouped(amount_vnd), message, cure, basis)


def _product(coefficient: Decimal, standard_vnd: int) -> str:
    amount = grouped(whole_vnd(coefficient * standard_vnd))
    return f"{coefficient_text(coefficient)} × {grouped(standard_vnd)} = {amount}"


def _effective(born: dt.date | None, precision: str | None) -> dt.date | None:
    """The latest possible day of a birth, from which the law counts."""
    if born is None or precision == "D":
        return born
    return Month.of(born).last if precision == "M" else dt.date(born.year, 12, 31)


def gather(rows: Sequence[Row], sheets: Sequence[str]) -> None:
    """Tell which rows are of one person, and which are double: by number, else by name, birth and village."""
    first: dict[object, Row] = {}
    granted: dict[tuple[int, str], Row] = {}
    for row in rows:
        row.head = row.line
        if row.skipped or row.wrong:
            continue
        key: object = (
            row.number or row.old_number or (fold(row.name), row.born, row.born_precision, fold(row.village))
        )
        head = first.setdefault(key, row)
        if head is not row and fold(head.name) != fold(row.name):
            where = _where(head, row, sheets)
            row.say(
                "ERROR",
                NUMBER,
                str(key),
                f"Số này đã ghi cho người khác ở {where}.",
                "Kiểm tra giấy tờ của hai người.",
            )
            continue
        row.head = head.line
        slot = slot_of(row.category) if row.category else ""
        if (head.line, slot) in granted:
            where = _where(granted[head.line, slot], row, sheets)
            row.say(
                "ERROR", WHO, row.name, f"Dòng trùng: người này đã có ở {where}.", "Xoá một trong hai dòng."
            )
            continue
        granted[head.line, slot] = row
    _tell_twins([row for row in rows if row.head == row.line and not row.skipped and not row.wrong], sheets)


def _tell_twins(heads: Sequence[Row], sheets: Sequence[str]) -> None:
    """Tell which rows look like the person of an earlier one, though the numbers do not say so.

    The same name and sex, and the same day of birth; or a birth that fits, in the same village, when one of
    the two has no number.
    """
    alike: dict[tuple[str, str | None, int], list[Row]] = {}
    for row in heads:
        if row.born is None:
            continue
        others = alike.setdefault((fold(row.name), row.sex, row.born.year), [])
        twin = next((one for one in others if _alike(one, row)), None)
        if twin is not None:
            why = "số căn cước khác nhau" if twin.number and row.number else "một dòng không có số căn cước"
            row.twin = _where(twin, row, sheets), why
        others.append(row)


def _alike(one: Row, row: Row) -> bool:
    """Whether two of one name, sex and year of birth may be one person."""
    assert one.born and row.born
    days = one.born_precision == row.born_precision == "D"
    if days and one.born == row.born:
        return True
    numbered = (one.number or one.old_number) and (row.number or row.old_number)
    fits = not days and ("Y" in (one.born_precision, row.born_precision) or one.born.month == row.born.month)
    return bool(fits and not numbered and fold(one.village) == fold(row.village))


def _where(there: Row, here: Row, sheets: Sequence[str]) -> str:
    page = f", trang {sheet_named(sheets, there.sheet)}" if there.sheet != here.sheet else ""
    return f"dòng {there.row}{page}"


def conclude(rows: Sequence[Row], known: Known, sheets: Sequence[str], *, accept: bool) -> None:
    """Say what becomes of each row; with `accept`, who is only likely to be known comes in as new."""
    by_line = {row.line: row for row in rows}
    taken: dict[int, Row] = {}
    for row in rows:
        if row.skipped:
            row.outcome = "SKIPPED"
        elif row.wrong:
            row.outcome = "ERROR"
        elif row.noted:
            row.outcome = "DOUBTFUL"
        elif row.head != row.line:
            head = by_line[row.head]
            row.person_id, row.housed = head.person_id, head.housed
            row.outcome = (
                head.outcome if head.outcome in ("DOUBTFUL", "ERROR") and head.person_id is None else ""
            )
            if row.outcome:
                where = _where(head, row, sheets)
                row.say("DOUBT", WHO, row.name, f"Chờ kết luận về {where} của cùng người này.")
        else:
            _meet(row, known, accept)
            if not row.outcome:
                _tell_apart(row, taken, sheets, accept)
        if not row.outcome:
            _grant(row, known)


def _tell_apart(row: Row, taken: dict[int, Row], sheets: Sequence[str], accept: bool) -> None:
    """Doubt a row that means somebody of whom another row of the list tells already."""
    first = taken.setdefault(row.person_id, row) if row.person_id else row
    if first is not row:
        message = f"Dòng này và {_where(first, row, sheets)} cùng chỉ một người trong sổ."
        cure = "Xoá một dòng; nếu là hai người, ghi số căn cước của mỗi người."
        _doubt(row, WHO, row.name, message, cure)
    elif row.twin and not row.person_id and not accept:
        where, why = row.twin
        message = f"Có thể là người đã có ở {where}: cùng họ tên, ngày sinh khớp, {why}."
        cure = "Nếu là một người, xoá một dòng; nếu khác người, chọn nhập cả dòng nghi trùng."
        _doubt(row, WHO, row.name, message, cure)


def _meet(row: Row, known: Known, accept: bool) -> None:
    """Find the person of a row in the register, or doubt."""
    found = known.by_number.get(row.line)
    if found and found.folded != fold(row.name):
        whose = f"“{found.name}”" if found.here else "người khác"
        cure = "Kiểm tra số trên giấy tờ; nếu là một người thì sửa họ tên cho khớp."
        _doubt(row, NUMBER, row.number or "", f"Số này trong hệ thống là của {whose}.", cure)
    elif found and not found.here:
        cure = "Đề nghị nơi đó chuyển hồ sơ, rồi nhập lại."
        _doubt(row, NUMBER, row.number or "", f"Người này đã đăng ký tại {found.place}.", cure)
    elif found:
        _take(row, found)
    else:
        _by_name(row, known, accept)


def _by_name(row: Row, known: Known, accept: bool) -> None:
    same = list(known.by_name.get(row.line, ()))
    if row.number:
        other = [one for one in same if one.number]
        if other and row.born_precision == "D" and not accept:
            message = f"Sổ có người cùng họ tên, cùng ngày sinh nhưng số khác: {other[0].number}."
            _doubt(row, NUMBER, row.number, message, "Kiểm tra số căn cước của người này.")
            return
        same = [one for one in same if not one.number]
    if len(same) > 1 and row.village:
        same = [one for one in same if fold(one.village) == fold(row.village)] or same
    if len(same) == 1:
        _take(row, same[0])
        if row.number and not same[0].number:
            row.say(
                "WARNING",
                NUMBER,
                row.number,
                "Sổ chưa có số định danh của người này.",
                "Bổ sung ở trang hồ sơ.",
            )
    elif same:
        message = f"Sổ có {len(same)} người cùng họ tên, cùng ngày sinh."
        _doubt(row, WHO, row.name, message, "Ghi số căn cước để biết là ai.")
    elif (likely := known.likely.get(row.line)) and not accept:
        one = likely[0]
        who = (
            f"{one.name}{f', số {one.number}' if one.number else ''}"
            if one.here
            else f"một người đăng ký tại {one.place}"
        )
        message = f"Có thể đã có trong sổ: {who} ({', '.join(one.reasons)})."
        cure = "Nếu là một người, ghi số căn cước cho khớp; nếu khác người, chọn nhập cả dòng nghi trùng."
        _doubt(row, WHO, row.name, message, cure)


def _take(row: Row, found: Bearer) -> None:
    row.person_id, row.housed = found.person_id, found.housed
    if found.died_on:
        message = f"Sổ ghi người này đã chết ngày {vietnamese_date(found.died_on)}."
        _doubt(row, WHO, row.name, message, "Nếu ghi nhầm, huỷ việc ghi chết trước khi nhập.")


def _grant(row: Row, known: Known) -> None:
    """Say what becomes of the grant of a row whose person is known, and so of the row."""
    created = row.person_id is None or not row.housed
    row.outcome = "CREATED" if created else "SAME"
    if row.category is None or row.amount_vnd is None:
        return
    running = known.running.get((row.person_id, slot_of(row.category))) if row.person_id else None
    if running is None:
        row.grants = True
        row.outcome = "CREATED" if created else "CHANGED"
    elif (running.category, running.amount_vnd) != (row.category, row.amount_vnd):
        message = (
            f"Hệ thống đang chi {label_of(running.category)}: {grouped(running.amount_vnd)} đồng; giữ nguyên."
        )
        _doubt(
            row,
            AMOUNT,
            grouped(row.amount_vnd),
            message,
            "Muốn đổi mức hoặc nhóm, dùng mục Rà soát, quyết định.",
        )


def _doubt(row: Row, column: str, value: str, message: str, cure: str) -> None:
    row.outcome = "DOUBTFUL"
    row.say("DOUBT", column, value, message, cure)


def counted(rows: Sequence[Row]) -> dict[str, int]:
    """Count the rows by outcome, and those with warnings, unlike the law, with a grant; and the money."""
    counts = dict.fromkeys(("CREATED", "CHANGED", "SAME", "DOUBTFUL", "ERROR", "SKIPPED"), 0)
    for row in rows:
        counts[row.outcome] += 1
    return {
        **counts,
        "rows": len(rows),
        "warnings": sum(any(remark.level == "WARNING" for remark in row.remarks) for row in rows),
        "differs": sum(row.differs for row in rows),
        "grants": sum(row.grants for row in rows),
        "monthly_vnd": sum(row.amount_vnd or 0 for row in rows if row.grants),
    }
