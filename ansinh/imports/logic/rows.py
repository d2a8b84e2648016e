"""Reading one row of a table, cell by cell (đọc dòng)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ansinh.imports.logic import cells as read
from ansinh.imports.logic.cells import BadCell
from ansinh.imports.logic.headers import LABELS, Column, Table
from ansinh.imports.logic.meaning import groups_meant, phrase_of, poverty, poverty_said
from ansinh.imports.logic.sheets import Cell, Cells
from ansinh.kernel.identity import implausible, read_number
from ansinh.kernel.names import fold
from ansinh.kernel.time import Month

if TYPE_CHECKING:
    from ansinh.imports.logic.listing import Level, Row

T = TypeVar("T")
Said: TypeAlias = Mapping[Column, Cell]
"""What the cells of a row say, by column; a blank one says nothing."""

_SAYS_WHO: tuple[Column, ...] = (
    "born", "male", "female", "number", "category", "amount", "coefficient", "decision_number", "sex",
    "relation",
)  # fmt: skip
_BORN: tuple[Column, ...] = ("born", "male", "female", "number")
_ONE_S_OWN: frozenset[Column] = frozenset({"name", "number", "phone"})
_CHILDREN = re.compile(r"(?:nuoi )?(\d|mot|hai|ba|bon) con|\((\d)\)")
_NUMERALS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4}


_NOT_ANY_MORE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"^\W*(đã |da )?(chết|chet|tử vong|tu vong|qua đời|qua doi|từ trần)\b"
            r"|^\W*(đã )?mất(?! (tích|sức|năng|khả|một|\d+ ?%|chân|tay|cccd|giấy))",
        ),
        "đã chết",
    ),
    (
        re.compile(
            r"\b(cắt|cat)( trợ cấp| tro cap| tc| chế độ| hưởng| giảm)?"
            r"( (từ|tu|tháng|thang|ngày)\b| ?t?\d|\W*$)"
            r"|\b(thôi|thoi|dừng|ngừng) (hưởng|huong|trợ cấp|tro cap|chi)|\bcắt (giảm|trợ cấp|chế độ)",
        ),
        "đã thôi hưởng",
    ),
    (
        re.compile(
            r"\b(chuyển|chuyen) (đi|di)\b|\bchuyển (hộ )?khẩu(?! (đến|về))"
            r"|\bchuyển sang (xã|phường|p\.|x\.|tt|tỉnh|huyện|quận)",
        ),
        "đã chuyển đi",
    ),
)


_OF_THE_NAMELESS: frozenset[Column] = frozenset({"born", "category", "sex"})


class Reader:
    """Reads the rows of one table, one after another; remembers the headings between them."""

    def __init__(self, table: Table, memory: Mapping[str, str], month: Month) -> None:
        self._table = table
        self._columns = table.columns
        self._memory = memory
        self._month = month
        self._last_day = month.last
        self._thousands = table.thousands
        self._group = ""
        self._meant: dict[str, tuple[str, tuple[str, ...], int | None]] = {}
        self._values: dict[Column, dict[str, Any]] = {}
        self.village = ""
        self.decomposed = 0

    def said(self, cells: Cells) -> Said:
        """What a row says, by column."""
        width = len(cells)
        return {
            column: cells[at]
            for column, at in self._columns.items()
            if at < width and (not isinstance(cells[at], str) or cells[at].strip())  # type: ignore[union-attr]
        }

    def is_person(self, said: Said) -> bool:
        """Whether a row is of a person: it has a name, and something else that people have."""
        return self._named(said) != "" and not said.keys().isdisjoint(_SAYS_WHO)

    def named(self, said: Said) -> str:
        """The name in a row, as text."""
        return read.text_of(self._named(said))

    def is_born(self, said: Said) -> bool:
        """Whether a row tells a birth or a number, as only people have."""
        return not said.keys().isdisjoint(_BORN)

    def is_nameless(self, said: Said) -> bool:
        """Whether a row is of somebody whose name is missing: a personal number, and what a list tells."""
        if "number" not in said or said.keys().isdisjoint(_OF_THE_NAMELESS) or self._named(said) != "":
            return False
        try:
            number, _old, _warning = read.number_of(said["number"])
        except BadCell:
            return False
        return number is not None

    def begin_group(self, heading: str) -> bool:
        """Take a heading between the rows as the group of those below, if it means one."""
        if groups_meant(phrase_of(heading), self._memory):
            self._group = heading
            return True
        return False

    def read(self, said: Said, row: Row) -> None:
        """Read a row; what cannot be read is said in its remarks."""
        self._who(said, row)
        self._birth_and_sex(said, row)
        self._number(said, row)
        self._grant(said, row)
        self._around(said, row)
        self._note(said, row)

    def _note(self, said: Said, row: Row) -> None:
        """Let a row wait whose note says that this person is dead, gone, or paid no more."""
        if "note" not in said:
            return
        note = self._text(said, "note")
        what = next((words for pattern, words in _NOT_ANY_MORE if pattern.search(note.lower())), None)
        if what:
            row.noted = True
            row.say(
                "DOUBT",
                LABELS["note"],
                note,
                f"Ghi chú nói người này {what}.",
                "Nếu đúng, bỏ dòng này khỏi danh sách; nếu vẫn đang hưởng, xoá ghi chú rồi nhập lại.",
            )

    def _who(self, said: Said, row: Row) -> None:
        name = self._named(said)
        if isinstance(name, str) and not unicodedata.is_normalized("NFC", name):
            self.decomposed += 1
        row.name = read.text_of(name)
        if not row.name:
            row.say("ERROR", LABELS["name"], "", "Thiếu họ và tên.", "Ghi họ và tên của người này.")
            return
        self._try(row, "name", name, read.name_of, lambda value: setattr(row, "name", value))
        written = read.text_of(name)
        if not row.wrong and len(row.name) < len(written) and fold(row.name) != fold(written).strip(" .,;-*"):
            message = f"Tên ghi vào sổ: {row.name}."
            row.say("WARNING", LABELS["name"], written, message, "Kiểm tra với giấy tờ.")

    def _birth_and_sex(self, said: Said, row: Row) -> None:
        given: list[tuple[Column, Cell]] = []
        pair: tuple[tuple[Column, str], ...] = (("male", "M"), ("female", "F"))
        for column, sex in pair:
            if column not in said:
                continue
            cell = said[column]
            if row.sex:
                row.say(
                    "ERROR", "Nam, Nữ", read.text_of(cell), "Cả hai cột Nam và Nữ đều có.", "Chỉ ghi một cột."
                )
            row.sex = sex
            if not read.marked(cell):
                given.append((column, cell))
        if "born" in said:
            given.append(("born", said["born"]))
        if given:
            column, cell = given[0]
            cell = self._with_century(said, row, cell)
            self._try(row, column, cell, read.day_of, lambda value: self._born(row, column, cell, value))
        if "sex" in said:
            # Left blank, the number or the name may tell; if they do not, that is the error.
            cell = said["sex"]
            self._try(row, "sex", cell, read.sex_of, lambda value: setattr(row, "sex", value), "WARNING")

    def _with_century(self, said: Said, row: Row, cell: Cell) -> Cell:
        """Give a birth year of two digits the century that the citizen number tells, if they agree."""
        if not read.lacks_century(cell):
            return cell
        try:
            number, _old, _warning = read.number_of(said.get("number", ""))
        except BadCell:
            return cell
        whole = read.with_century(cell, read_number(number).birth_year) if number else None
        if whole is None:
            return cell
        message = f"Năm chỉ có hai chữ số, lấy thế kỷ theo số căn cước: {whole}."
        row.say("WARNING", LABELS["born"], read.text_of(cell), message, "Kiểm tra với giấy tờ.")
        return whole

    def _born(self, row: Row, column: Column, cell: Cell, value: tuple[dt.date, str]) -> None:
        day, precision = value
        if day > self._last_day:
            raise BadCell("Ngày sinh sau tháng của danh sách.", "Kiểm tra năm sinh.")
        if day.year < 1900:
            raise BadCell("Năm sinh trước 1900.", "Kiểm tra năm sinh.")
        row.born, row.born_precision = day, precision

    def _given_number(self, said: Said, row: Row) -> None:
        if "number" in said:
            cell = said["number"]
            self._try(row, "number", cell, read.number_of, lambda value: self._numbered(row, cell, value))

    def _number(self, said: Said, row: Row) -> None:
        self._given_number(said, row)
        if row.number:
            self._by_number(row, row.number)
        label = LABELS["sex"]
        if row.sex is None and not row.wrong:
            middle = fold(row.name).split()[1:-1]
            row.sex = "F" if "thi" in middle else "M" if "van" in middle else None
            if row.sex is None:
                row.say("ERROR", label, "", "Thiếu giới tính.", "Thêm cột Giới tính: Nam hoặc Nữ.")
            else:
                row.say("WARNING", label, "", f"Thiếu giới tính, lấy theo tên đệm: {_sex(row.sex)}.")
        if row.born is None and not row.wrong:
            row.say("ERROR", LABELS["born"], "", "Thiếu ngày sinh.", "Ghi ngày sinh, ít nhất là năm sinh.")

    def _numbered(self, row: Row, cell: Cell, value: tuple[str | None, str | None, str]) -> None:
        row.number, row.old_number, warning = value
        if warning and row.number and read_number(row.number).birth_year > self._month.year:
            row.number = None
            digits = len(read.text_of(cell))
            raise BadCell(f"Số có {digits} chữ số.", "Số căn cước có 12 chữ số; kiểm tra giấy tờ.")
        if warning:
            row.say("WARNING", LABELS["number"], read.text_of(cell), warning, "Kiểm tra với giấy tờ.")

    def _by_number(self, row: Row, number: str) -> None:
        said = read_number(number)
        if row.sex is None:
            row.sex = said.sex
            row.say("WARNING", LABELS["sex"], "", f"Thiếu giới tính, lấy theo số căn cước: {_sex(said.sex)}.")
        if row.born is None and not row.wrong and said.birth_year <= self._month.year:
            row.born, row.born_precision = dt.date(said.birth_year, 1, 1), "Y"
            message = f"Thiếu ngày sinh, lấy năm sinh theo số căn cước: {said.birth_year}."
            row.say("WARNING", LABELS["born"], "", message, "Bổ sung ngày sinh.")
        for warning in implausible(number, sex=row.sex, birth_year=row.born.year if row.born else None):
            row.say(
                "WARNING",
                LABELS["number"],
                number,
                f"{warning[0].upper()}{warning[1:]}.",
                "Kiểm tra với giấy tờ.",
            )

    def _grant(self, said: Said, row: Row) -> None:
        group = self._text(said, "category") or self._group
        if group:
            row.phrase, row.groups, row.children = self._meaning(group)
        for column, reader in (("amount", self._money), ("coefficient", read.coefficient_of)):
            cell = said.get(column, "")  # type: ignore[call-overload]
            if cell not in ("", 0, 0.0):
                field = "amount_vnd" if column == "amount" else column
                self._try(row, column, cell, reader, lambda value, field=field: setattr(row, field, value))  # type: ignore[arg-type,misc]
        if not row.groups and (group or row.amount_vnd or row.coefficient):
            if group:
                cure = "Chọn nhóm cho cách gọi này một lần ở trang “Cách gọi nhóm”; lần sau tự hiểu."
                row.say(
                    "ERROR",
                    LABELS["category"],
                    group,
                    f"Không rõ “{group}” là nhóm đối tượng nào.",
                    cure,
                    code="PHRASE",
                )
            else:
                row.say(
                    "ERROR", LABELS["category"], "", "Thiếu đối tượng.", "Ghi nhóm đối tượng của người hưởng."
                )
        if "since" in said:
            self._try(row, "since", said["since"], read.month_of, lambda value: setattr(row, "since", value))
        self._decision(said, row)
        if row.since and row.since > self._month:
            value, row.since = row.since.vietnamese(), None
            cure = (
                f"Danh sách của tháng {self._month.vietnamese()}: người này chưa hưởng, hoặc tháng ghi sai."
            )
            row.say("ERROR", LABELS["since"], value, "Hưởng từ một tháng sau tháng của danh sách.", cure)

    def _decision(self, said: Said, row: Row) -> None:
        """Read the decision: its number and its day in two columns, or both in one."""
        row.decision_number = self._text(said, "decision_number")
        cell = said.get("decided_on", "")
        if cell == "" and row.decision_number:
            number, day = read.decision_of(row.decision_number)
            if number and day:
                row.decision_number, cell = number, day
        elif "decision_number" not in self._columns and cell != "":
            row.decision_number, cell = read.decision_of(cell)
        if cell != "":
            # Nothing is paid by it: left blank, it keeps nobody out.
            self._try(
                row, "decided_on", cell, _decided, lambda value: setattr(row, "decided_on", value), "WARNING"
            )

    def _around(self, said: Said, row: Row) -> None:
        row.village = self._text(said, "village") or self.village
        if row.village.isdecimal():
            row.village = f"Thôn {row.village}"
        row.phone = self._text(said, "phone")
        row.ethnicity = self._text(said, "ethnicity")
        row.household = self._text(said, "household")
        row.role = self._text(said, "relation")
        ticks: tuple[Column, ...] = ("near_poor", "poor")
        for column in ticks:
            if column in said and read.marked(said[column]):
                row.poverty = poverty(column)
        if "poverty" in said:
            row.poverty = poverty_said(read.text_of(said["poverty"])) or row.poverty

    def _meaning(self, said: str) -> tuple[str, tuple[str, ...], int | None]:
        if said not in self._meant:
            phrase = phrase_of(said)
            found = _CHILDREN.search(phrase)
            number = (found[1] or found[2]) if found else None
            children = _NUMERALS.get(number) or int(number) if number else None
            self._meant[said] = phrase, groups_meant(phrase, self._memory), children
        return self._meant[said]

    def _money(self, cell: Cell) -> int:
        return read.money_of(cell, thousands=self._thousands)

    def _named(self, said: Said) -> Cell:
        if "name" in self._columns:
            return said.get("name", "")
        parts = (self._text(said, "family"), self._text(said, "given"))
        return " ".join(part for part in parts if part)

    def _text(self, said: Said, column: Column) -> str:
        return read.text_of(said[column]) if column in said else ""

    def _try(
        self,
        row: Row,
        column: Column,
        cell: Cell,
        reader: Callable[[Cell], T],
        keep: Callable[[T], None],
        level: Level = "ERROR",
    ) -> None:
        try:
            keep(self._value(column, cell, reader))
        except BadCell as bad:
            label = self._table.headings.get(column) or LABELS.get(column, column)
            message = bad.message if level == "ERROR" else f"{bad.message} Đã để trống."
            row.say(level, label, read.text_of(cell), message, bad.cure)

    def _value(self, column: Column, cell: Cell, reader: Callable[[Cell], T]) -> T:
        """Read a cell; the same days, amounts and words come again and again, names and numbers do not."""
        if not isinstance(cell, str) or column in _ONE_S_OWN:
            return reader(cell)
        known = self._values.setdefault(column, {})
        if cell not in known:
            known[cell] = reader(cell)
        value: T = known[cell]
        return value


def _decided(cell: Cell) -> dt.date:
    day, precision = read.day_of(cell)
    if precision != "D":
        raise BadCell("Ngày quyết định không đủ ngày, tháng, năm.", "Viết ngày/tháng/năm, ví dụ 05/10/2021.")
    return day


def _sex(code: str) -> str:
    return "Nữ" if code == "F" else "Nam"
