"""A file read as the list of poor and near-poor households of a year (đọc danh sách hộ nghèo, cận nghèo)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ansinh.imports.logic import cells as read
from ansinh.imports.logic.headers import LABELS, Column, Table
from ansinh.imports.logic.listing import Listing, Row, read_tables
from ansinh.imports.logic.meaning import phrase_of, poverty
from ansinh.imports.logic.rows import Reader, Said
from ansinh.imports.logic.sheets import Cell, Sheet
from ansinh.kernel.identity import read_number
from ansinh.kernel.names import fold
from ansinh.kernel.time import Month

POOR, NEAR_POOR, NONE = poverty("poor"), poverty("near_poor"), poverty("none")
_LEFT = re.compile(r"(thoat|het) (ho )?(can )?ngheo|khong (thuoc |phai |con )?(dien )?(ho )?(can )?ngheo")
_NOT_POOR = re.compile(r"^(khong|binh thuong|ho trung binh|trung binh|kha|giau)$")
_OTHER_WORDS = re.compile(
    r"(giam|chuan|xoa doi giam|ra soat|dieu tra) ngheo|ngheo da chieu|nguyen nhan ngheo"
)
_NEAR = re.compile(r"\bcan ngheo\b|^(h ?)?cn$")
_POOR = re.compile(r"\bngheo\b|^(h ?)?n$")
_SAYS_WHO: tuple[Column, ...] = (
    "born", "male", "female", "number", "sex", "relation", "poor", "near_poor", "poverty", "category",
    "village", "household",
)  # fmt: skip
_CLASS = "Hộ nghèo, cận nghèo"
_ABOVE = 8


@dataclass(frozen=True, slots=True)
class PoorTerms:
    """Of which days (`valid_to`: the first no longer meant) and by which decision a list speaks.

    `complete`: it is the commune's whole list, so that who is not in it is no longer poor.
    """

    year: int
    valid_from: dt.date
    valid_to: dt.date
    number: str = ""
    issuer: str = ""
    decided_on: dt.date | None = None
    complete: bool = False


def read_poor_list(name: str, content: bytes, *, month: Month) -> Listing:
    """Read a list of poor and near-poor households; each row says in `household` to which of them it belongs.

    `poverty` is what the list says of the household. `month`: that in which the list is taken in. Whatever is
    wrong with a row stands in its remarks; refused is only a file of which nothing can be read.
    """
    return read_tables(
        name,
        content,
        lambda sheet, table: PoorReader(sheet, table, month),
        needed="Họ tên chủ hộ và ít nhất hai cột khác, ví dụ Năm sinh, Số CCCD, Thôn, Hộ nghèo",
        households=True,
    )


def class_said(text: str) -> int | None:
    """Read what words say of a household: poor, near-poor, neither; None: nothing, or both at once."""
    words = phrase_of(text)
    if _LEFT.search(words) or _NOT_POOR.search(words):
        return NONE
    words = _OTHER_WORDS.sub(" ", words)
    near = bool(_NEAR.search(words))
    poor = bool(_POOR.search(_NEAR.sub(" ", words)))
    return None if near == poor else NEAR_POOR if near else POOR


class PoorReader(Reader):
    """Reads the rows of one table of households: their heads, perhaps with the members below them."""

    def __init__(self, sheet: Sheet, table: Table, month: Month) -> None:
        super().__init__(table, {}, month)
        self._place = f"{sheet.name}/{table.first}"
        rows = [self.said(sheet.rows[row]) for row in table.body]
        sexes: tuple[Column, ...] = ("male", "female")
        if any(said.keys() >= set(sexes) for said in rows):
            # Both of one row: how many men and women the household has, not a birth.
            self._columns = {name: at for name, at in self._columns.items() if name not in sexes}
        told: tuple[Column, ...] = ("household", "head", "no")
        used = [name for name in told if any(name in said for said in rows)]
        self._by = used[0] if used else None
        ticks = {"poor", "near_poor"} <= set(table.columns)
        self._said = None if ticks else _titled(sheet, table)
        self._headed = class_said(table.headings.get("poverty", ""))
        self._count = 0
        self._sign = ""

    def is_person(self, said: Said) -> bool:
        """Whether a row is of a person: it has a name, and something else that lists tell of households."""
        return self._named(said) != "" and not said.keys().isdisjoint(_SAYS_WHO)

    def begin_group(self, heading: str) -> bool:
        """Take a heading between the rows as what is said of the households below."""
        said = class_said(heading)
        self._said = self._said if said is None else said
        return said is not None

    def read(self, said: Said, row: Row) -> None:
        """Read a row; what cannot be read is said in its remarks."""
        self._who(said, row)
        self._birth_and_sex(said, row)
        self._given_number(said, row)
        self._around(said, row)
        if row.number:
            # Who it is is certain: nothing else that cannot be read keeps the household out.
            row.remarks[:] = [replace(remark, level="WARNING") for remark in row.remarks]
            if row.born is None:
                row.born, row.born_precision = read.day_of(read_number(row.number).birth_year)
        elif row.born is None and not row.wrong:
            cure = "Ghi số căn cước, hoặc ít nhất năm sinh."
            row.say("ERROR", LABELS["number"], "", "Thiếu số căn cước và năm sinh, không biết là ai.", cure)
        begins = self._begins(said, row)
        self._count += begins
        row.household = f"{self._place}/{self._count}"
        row.poverty = self._class(said, row, begins)

    def _begins(self, said: Said, row: Row) -> bool:
        """Whether a row begins another household."""
        sign = fold(self._text(said, self._by)) if self._by else row.name
        before, self._sign = self._sign, sign or self._sign
        if self._count == 0:
            return True
        if self._by in ("household", "head"):
            return sign not in ("", before)
        if row.role:
            return fold(row.role).startswith("chu ho")
        return sign != ""

    def _class(self, said: Said, row: Row, begins: bool) -> int | None:
        """What a row says of its household: in its cells, else the heading above, the title, the sheet."""
        found = {value for value in self._in_cells(said) if value is not None}
        if len(found) > 1:
            cure = "Chỉ đánh dấu một cột: hộ nghèo hoặc hộ cận nghèo."
            row.say("ERROR", _CLASS, "", "Dòng này vừa là hộ nghèo vừa là hộ cận nghèo.", cure)
        if found:
            return found.pop()
        return self._said if begins else None

    def _in_cells(self, said: Said) -> Iterator[int | None]:
        own: tuple[tuple[Column, int | None], ...] = (
            ("near_poor", NEAR_POOR),
            ("poor", POOR),
            ("poverty", self._headed),
        )
        for column, value in own:
            if column in said:
                yield value if read.marked(said[column]) else class_said(read.text_of(said[column]))
        if "category" in said:
            yield class_said(read.text_of(said["category"]))

    def _named(self, said: Said) -> Cell:
        own = super()._named(said)
        return own if own != "" else said.get("head", "")


def _titled(sheet: Sheet, table: Table) -> int | None:
    """What the title above a table, or else the name of its sheet, says of all its households."""
    above = sheet.rows[max(0, table.first - _ABOVE) : table.first]
    titles = [" ".join(cell for cell in row if isinstance(cell, str)) for row in reversed(above)]
    said = (class_said(title) for title in [*titles, sheet.name] if title.strip())
    return next((value for value in said if value is not None), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """A household as the list tells of it: its rows, the first of them its head's or the one to name it."""

    rows: Sequence[Row]
    poverty: int | None

    @property
    def first(self) -> Row:
        """The row under which everything is said of the household."""
        return self.rows[0]


def households(rows: Sequence[Row]) -> list[Listed]:
    """Gather the rows of each household; the head's first, and whoever is only a member is said to be."""
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        if not row.skipped:
            gathered.setdefault(row.household, []).append(row)
    return [_listed(members) for members in gathered.values()]


def _listed(rows: list[Row]) -> Listed:
    rows.sort(key=lambda row: not fold(row.role).startswith("chu ho"))
    first, *others = rows
    said = {row.poverty for row in rows if row.poverty is not None}
    if len(said) > 1:
        cure = "Ghi một kết quả cho cả hộ."
        first.say("ERROR", _CLASS, "", "Các dòng của một hộ ghi khác nhau: hộ nghèo và hộ cận nghèo.", cure)
    elif not said:
        cure = "Ghi hộ nghèo hoặc hộ cận nghèo, ở cột riêng, tiêu đề bảng hoặc tên trang."
        first.say("ERROR", _CLASS, "", "Không rõ là hộ nghèo hay hộ cận nghèo.", cure)
    for row in others:
        row.head = first.line
        row.skipped = f"thành viên của hộ ở dòng {first.row}"
    first.head = first.line
    return Listed(rows, said.pop() if len(said) == 1 else None)
