"""What becomes of each household of a poverty list: new, changed, as before, gone from it (kết luận)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from ansinh.imports.logic.headers import VILLAGE
from ansinh.imports.logic.judging import NUMBER, WHO, Bearer
from ansinh.imports.logic.listing import Row
from ansinh.imports.logic.poor_list import NEAR_POOR, NONE, POOR, Listed
from ansinh.kernel.names import fold
from ansinh.kernel.time import vietnamese_date
from ansinh.rulebook.facts import vocabulary

_VILLAGE = re.compile(rf"^(({VILLAGE})( so)?)\s+")
CLASSES: Mapping[int, str] = {POOR: "POOR", NEAR_POOR: "NEAR_POOR", NONE: "NONE"}
CONCLUDED: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "household_id": pl.Int64,
    "person_id": pl.Int64,
    "before": pl.Int64,
    "value": pl.Int64,
    "outcome": pl.String,
    "written": pl.Boolean,
}
"""A household of which nothing is in doubt. `before`: what it was (null: nothing known); `value`: what it is
by the list; `written`: whether the register does not say just so already, with the same days."""


@dataclass(frozen=True, slots=True)
class Home:
    """What the register says of a household of the commune.

    `before`: its poverty on the first day of the list, else what was said last of the year before; `exact`:
    that very days' word stands already; `later`: what was recorded of days within the list's, as (from which
    day, what).
    """

    household_id: int
    head: str
    head_id: int
    before: int | None
    exact: bool
    later: tuple[tuple[dt.date, int], ...] = ()
    members: tuple[str, ...] = ()


@dataclass(slots=True)
class KnownHomes:
    """What the register knows of the rows, by line, and of the commune's households."""

    by_number: Mapping[int, Bearer] = field(default_factory=dict)
    by_name: Mapping[int, Sequence[Bearer]] = field(default_factory=dict)
    household_of: Mapping[int, int] = field(default_factory=dict)
    homes: Mapping[int, Home] = field(default_factory=dict)

    def told(self) -> Iterator[bytes]:
        """Tell everything known, so that two looks at the register can be compared."""
        for part in (self.by_number, self.by_name, self.household_of, self.homes):
            for key in sorted(part):
                yield repr((key, part[key])).encode()
            yield b""


def class_label(value: int | None) -> str:
    """Name what a household is, in the vocabulary's words; "" when nothing is known."""
    return "" if value is None else class_named(CLASSES[value])


def class_named(code: str) -> str:
    """Name what a household is by the vocabulary's code."""
    return vocabulary()["household_poverty"].values[code]


def conclude(
    listed: Sequence[Listed], known: KnownHomes, *, complete: bool, last: int
) -> tuple[list[Row], pl.DataFrame]:
    """Say what becomes of each household; return the rows of those gone from the list, and what is concluded.

    Who was poor or near-poor and is not in the list leaves it only if the list is `complete`, and never while
    a row of the same name is not understood. `last`: the number of the file's last row.
    """
    found: list[dict[str, object]] = []
    taken: dict[int, Listed] = {}
    for household in listed:
        row = household.first
        home = None if row.wrong else _home(household, known)
        if home and home.household_id in taken:
            _double(household, taken[home.household_id], found)
        elif home:
            taken[home.household_id] = household
            _weigh(household, home, found)
        row.outcome = row.outcome or "ERROR"
        row.category = None if household.poverty is None else CLASSES[household.poverty]
    left = _leaving(listed, known, taken, last, found) if complete else []
    return left, pl.DataFrame([one for one in found if one], schema=CONCLUDED, orient="row")


def _home(household: Listed, known: KnownHomes) -> Home | None:
    """Find the household by the head, else by a member; None: not found, or in doubt, as is said of it."""
    first = household.first
    homes: dict[int, Row] = {}
    doubts: list[tuple[str, str, str, str]] = []
    for row in household.rows:
        bearer = _bearer(row, known, doubts)
        key = known.household_of.get(bearer.person_id) if bearer else None
        if bearer and key is not None and key in known.homes:
            row.person_id = bearer.person_id
            homes.setdefault(key, row)
            if bearer.died_on and row is first:
                message = f"Sổ ghi người này đã chết ngày {vietnamese_date(bearer.died_on)}."
                first.say("WARNING", WHO, row.name, message, "Ghi chủ hộ mới ở trang hồ sơ của hộ.")
    if doubts and first.person_id is None:
        first.outcome = "DOUBTFUL"
        first.say("DOUBT", *doubts[0])
        return None
    if not homes:
        cure = (
            "Nhập hộ này bằng danh sách đối tượng, hoặc sửa số căn cước, họ tên, năm sinh, rồi kiểm tra lại."
        )
        message = "Không thấy người nào của hộ này trong sổ của xã."
        first.say("ERROR", WHO, first.name, message, cure, code="UNKNOWN")
        return None
    (key, by), *others = homes.items()
    first.person_id = first.person_id or by.person_id
    if by is not first:
        message = f"Tìm thấy hộ theo thành viên ở dòng {by.row}: {by.name}."
        first.say("WARNING", WHO, first.name, message, "Kiểm tra chủ hộ trong sổ.")
    for other, row in others:
        message = f"Sổ ghi {row.name} (dòng {row.row}) thuộc hộ khác, của {known.homes[other].head}."
        first.say("WARNING", WHO, row.name, message, "Nếu đã về chung hộ, ghi chuyển hộ ở trang hồ sơ.")
    return known.homes[key]


def _bearer(row: Row, known: KnownHomes, doubts: list[tuple[str, str, str, str]]) -> Bearer | None:
    """The person of a row; None when the register has none, or there is a doubt, which is noted."""
    found = known.by_number.get(row.line)
    if found and found.folded != fold(row.name):
        whose = f"“{found.name}”" if found.here else "người khác"
        cure = "Kiểm tra số trên giấy tờ; nếu là một người thì sửa họ tên cho khớp."
        doubts.append((NUMBER, row.number or "", f"Số này trong hệ thống là của {whose}.", cure))
        return None
    if found and not found.here:
        cure = "Đề nghị nơi đó chuyển hồ sơ, rồi kiểm tra lại."
        doubts.append((NUMBER, row.number or "", f"Người này đã đăng ký tại {found.place}.", cure))
        return None
    return found or _by_name(row, known, doubts)


def _by_name(row: Row, known: KnownHomes, doubts: list[tuple[str, str, str, str]]) -> Bearer | None:
    same = [one for one in known.by_name.get(row.line, ()) if not (row.number and one.number)]
    same = [one for one in same if one.person_id in known.household_of]
    if not same:
        return None
    there = [one for one in same if row.village and village_of(one.village) == village_of(row.village)]
    if len(there) == 1:
        return there[0]
    cure = "Ghi số căn cước để biết là ai."
    if there or len(same) > 1:
        message = f"Sổ có {len(there) or len(same)} người cùng họ tên, cùng năm sinh."
    else:
        place = f"ở {same[0].village}" if same[0].village else "chưa ghi thôn"
        message = f"Sổ có người cùng họ tên, cùng năm sinh, nhưng {place}."
        cure = "Ghi số căn cước, hoặc sửa thôn cho khớp."
    doubts.append((WHO, row.name, message, cure))
    return None


def village_of(text: str) -> str:
    """A village without what kind it is: "Thôn 3", "thôn số 3" and "3" are one."""
    plain = _VILLAGE.sub("", " ".join(fold(text).replace(".", " ").split()))
    return plain.lstrip("0") or plain


def _double(household: Listed, before: Listed, found: list[dict[str, object]]) -> None:
    """Say that a household stands in the list twice; if it is said to be both, neither counts."""
    row, other = household.first, before.first
    row.outcome = "ERROR"
    row.say(
        "ERROR", WHO, row.name, f"Dòng trùng: hộ này đã có ở dòng {other.row}.", "Xoá một trong hai dòng."
    )
    if household.poverty != before.poverty and other.outcome not in ("ERROR", "DOUBTFUL"):
        other.outcome = "ERROR"
        cure = "Để lại một dòng, đúng với quyết định."
        other.say("ERROR", WHO, other.name, f"Dòng {row.row} ghi hộ này khác: không rõ dòng nào đúng.", cure)
        found[:] = [one for one in found if one["line"] != other.line]


def _weigh(household: Listed, home: Home, found: list[dict[str, object]]) -> None:
    """Say what becomes of a household that is known."""
    row, value = household.first, household.poverty
    assert value is not None
    contrary = [(day, said) for day, said in home.later if said != value]
    if contrary:
        day, said = contrary[0]
        message = f"Sổ đã ghi thay đổi trong thời gian này: {class_label(said)} từ {vietnamese_date(day)}."
        row.outcome = "DOUBTFUL"
        row.say(
            "DOUBT",
            WHO,
            row.name,
            message,
            "Để nguyên; nếu ghi nhầm thì đính chính ở trang hồ sơ rồi nhập lại.",
        )
        return
    row.outcome = _outcome(home.before, value)
    found.append(_concluded(row, home, value))


def _concluded(row: Row, home: Home, value: int) -> dict[str, object]:
    return {
        "line": row.line,
        "household_id": home.household_id,
        "person_id": row.person_id,
        "before": home.before,
        "value": value,
        "outcome": row.outcome,
        "written": not (home.exact and home.before == value),
    }


def _outcome(before: int | None, value: int) -> str:
    poor = (POOR, NEAR_POOR)
    if value == before or (value == NONE and before not in poor):
        return "SAME"
    if value == NONE:
        return "LEFT"
    return "CHANGED" if before in poor else "CREATED"


def _leaving(
    listed: Sequence[Listed],
    known: KnownHomes,
    taken: Mapping[int, Listed],
    last: int,
    found: list[dict[str, object]],
) -> list[Row]:
    """Return a row for each household that was poor or near-poor and is not in the list."""
    unresolved = {
        fold(row.name)
        for household in listed
        if household.first.outcome in ("ERROR", "DOUBTFUL")
        for row in household.rows
    }
    left: list[Row] = []
    for home in sorted(known.homes.values(), key=lambda home: home.household_id):
        if home.before not in (POOR, NEAR_POOR) or home.household_id in taken:
            continue
        row = Row(last + len(left) + 1, 0, 0, name=home.head, person_id=home.head_id)
        row.head = row.line
        left.append(row)
        said = class_label(home.before)
        if unresolved.intersection(home.members):
            row.outcome = "DOUBTFUL"
            message = f"Đang là {said}, và danh sách có dòng cùng họ tên chưa khớp với sổ: để nguyên."
            row.say("DOUBT", WHO, home.head, message, "Sửa dòng đó trong tệp rồi kiểm tra lại.")
        elif any(value != NONE for _day, value in home.later):
            row.outcome = "DOUBTFUL"
            message = f"Đang là {said}, và sổ đã ghi thay đổi trong thời gian này: để nguyên."
            row.say("DOUBT", WHO, home.head, message, "Xem trang hồ sơ của hộ.")
        else:
            row.outcome, row.category = "LEFT", CLASSES[NONE]
            row.say("WARNING", WHO, home.head, f"Đang là {said}, không có trong danh sách mới.")
            found.append(_concluded(row, home, NONE))
    return left


def counted(rows: Iterable[Row], concluded: pl.DataFrame) -> dict[str, int]:
    """Count the households by outcome, those written, and the rows of the file."""
    counts = dict.fromkeys(("CREATED", "CHANGED", "SAME", "LEFT", "DOUBTFUL", "ERROR", "SKIPPED"), 0)
    read = 0
    for row in rows:
        counts[row.outcome] += 1
        read += row.row > 0
    return {**counts, "rows": read, "written": int(concluded["written"].sum())}
