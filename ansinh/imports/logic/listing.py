"""A file read as a list of people: every row typed, every fault of every row at once (đọc danh sách)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ansinh.imports.logic.fonts import refuse_old_fonts
from ansinh.imports.logic.headers import VILLAGE, Table, column_of, find_tables
from ansinh.imports.logic.rows import Reader
from ansinh.imports.logic.sheets import Cells, Sheet, read_file, sheet_named
from ansinh.kernel.names import fold
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month

Level = Literal["ERROR", "DOUBT", "WARNING", "LAW"]

_ENDS = re.compile(
    rf"^((tong|cong)( cong| so| hang|$|:| ({VILLAGE})\b|.* nguoi$)|nguoi lap|can bo|lap bieu|lap bang"
    r"|chu tich|tm\b|kt\.|truong thon|cong chuc|xac nhan|noi nhan|bang chu|so tien bang chu|ngay \d"
    r"|.{0,30}, ngay|so nguoi|\(?ky[, ])"
)
_SIGNED = re.compile(r"^(nguoi lap|lap bieu|lap bang|can bo|cong chuc|chu tich|tm\b|kt\.|\(?ky[, ])")
_VILLAGE = re.compile(rf"^([ivx]+|\d+|[a-d])?[.)\- ]*({VILLAGE})\b")
_COLUMN_NUMBER = re.compile(r"\d{1,2}|[A-Za-z]|\d{1,2}[=+x*]\S*")
_NOBODY = "không phải một người"
_END = "dòng tổng cộng hoặc chữ ký"
_ORDINAL = re.compile(r"^\s*([IVXivx]+|\d+|[A-Da-d])\s*[.)\-:/]\s*")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say of a row: in which column, what was read there, what is wrong, the cure (ghi chú)."""

    level: Level
    column: str
    value: str
    message: str
    cure: str = ""
    basis: str = ""
    code: str = ""

    def told(self) -> dict[str, str]:
        """Return the remark as plain JSON."""
        return {
            "level": self.level,
            "column": self.column,
            "value": self.value,
            "message": self.message,
            "cure": self.cure,
            "basis": self.basis,
            "code": self.code,
        }


@dataclass(slots=True)
class Row:
    """A row of a list as read; `line` numbers the rows of the file, `row` those of the sheet."""

    line: int
    sheet: int
    row: int
    name: str = ""
    number: str | None = None
    old_number: str | None = None
    born: dt.date | None = None
    born_precision: str | None = None
    sex: str | None = None
    village: str = ""
    phrase: str = ""
    groups: tuple[str, ...] = ()
    category: str | None = None
    amount_vnd: int | None = None
    coefficient: Decimal | None = None
    standard_vnd: int | None = None
    since: Month | None = None
    decision_number: str = ""
    decided_on: dt.date | None = None
    poverty: int | None = None
    children: int | None = None
    phone: str = ""
    ethnicity: str = ""
    household: str = ""
    role: str = ""
    lawful_vnd: int | None = None
    differs: bool = False
    # What keeps the row waiting though nothing in it is wrong: a note that somebody died, left or is paid no
    # more (`noted`); another row that looks like the same person (`twin`: where, and why).
    noted: bool = False
    twin: tuple[str, str] | None = None
    # The first row of the same person; whom of the register it is; whether they live here already.
    head: int = 0
    person_id: int | None = None
    housed: bool = False
    grants: bool = False
    outcome: str = ""
    skipped: str = ""
    remarks: list[Remark] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether the row has an error, so that it cannot be taken in."""
        return any(remark.level == "ERROR" for remark in self.remarks)

    def say(
        self,
        level: Level,
        column: str,
        value: str,
        message: str,
        cure: str = "",
        basis: str = "",
        code: str = "",
    ) -> None:
        """Add a remark."""
        self.remarks.append(Remark(level, column, value, message, cure, basis, code))


@dataclass(slots=True)
class Listing:
    """A file as read: its rows, the names of its sheets, what is to be said of the whole."""

    sheets: tuple[str, ...]
    rows: list[Row]
    tables: int
    notes: list[str] = field(default_factory=list)


def read_list(name: str, content: bytes, *, memory: Mapping[str, str], month: Month) -> Listing:
    """Read a list of people (đọc danh sách): every table of every sheet.

    `memory` holds the commune's words for groups. Whatever is wrong with a row stands in its remarks; refused
    is only a file of which nothing can be read: no table, an old font, a password.
    """
    return read_tables(
        name,
        content,
        lambda _sheet, table: Reader(table, memory, month),
        needed="Họ và tên và ít nhất hai cột khác, ví dụ Ngày sinh, Số CCCD, Đối tượng, Mức hưởng",
    )


def read_tables(
    name: str,
    content: bytes,
    reader_of: Callable[[Sheet, Table], Reader],
    *,
    needed: str,
    households: bool = False,
) -> Listing:
    """Read every table of every sheet of a file with a reader made for it; `needed`: which columns to have.

    Otherwise as `read_list`; in a list of `households` the headings speak of their heads.
    """
    sheets = read_file(name, content)
    refuse_old_fonts(name, sheets)
    listing = Listing(tuple(sheet.name for sheet in sheets), [], 0)
    decomposed = 0
    for index, sheet in enumerate(sheets):
        named = sheet_named(listing.sheets, index)
        if sheet.hidden:
            listing.notes.append(f"Trang {named} đang ẩn trong tệp, đã bỏ qua. Cần nhập thì bỏ ẩn trang.")
            continue
        tables = find_tables(sheet, households=households)
        listing.tables += len(tables)
        if not tables and any(any(cell != "" for cell in row) for row in sheet.rows):
            listing.notes.append(f"Trang {named} không có bảng danh sách nào, đã bỏ qua.")
        for table in tables:
            if table.unread:
                unread = ", ".join(f"“{heading}”" for heading in table.unread)
                listing.notes.append(f"Trang {named}: không đọc các cột {unread}.")
            reader = reader_of(sheet, table)
            for row in _rows(sheet, index, table, reader, len(listing.rows)):
                listing.rows.append(row)
            decomposed += reader.decomposed
    if not listing.tables:
        raise Refusal(
            f"Không tìm thấy bảng danh sách trong tệp “{name}”.",
            remedy=f"Bảng cần một dòng tiêu đề có cột {needed}.",
        )
    if decomposed:
        listing.notes.append(
            f"{decomposed} họ tên gõ bằng Unicode tổ hợp đã được chuyển sang Unicode dựng sẵn."
        )
    return listing


def _rows(sheet: Sheet, index: int, table: Table, reader: Reader, before: int) -> Iterator[Row]:
    """Read the rows of a table; what is no person is skipped and says why."""
    line, signed = before, False
    for number in table.body:
        cells = sheet.rows[number]
        filled = [cell for cell in cells if cell != ""]
        if not filled or _numbering(filled):
            continue
        line += 1
        row = Row(line, index, number + 1)
        said = reader.said(cells)
        born = reader.is_born(said)
        ends = not born and (signed or bool(_ENDS.match(fold(reader.named(said)))))
        if (reader.is_person(said) and not ends) or reader.is_nameless(said):
            reader.read(said, row)
            signed = False
        else:
            row.skipped = _why(cells, filled, reader)
            if signed and row.skipped == _NOBODY:
                row.skipped = _END
            signed = (signed and not born) or _signs(filled)
        yield row


def _signs(filled: Cells) -> bool:
    """Whether a row says who signs the list: below it, names stand that are of no row."""
    return any(isinstance(cell, str) and _SIGNED.match(fold(cell.strip())) for cell in filled)


def _numbering(filled: Cells) -> bool:
    """Whether a row only numbers the columns: (1) (2) (3), A B C."""
    return len(filled) > 2 and all(
        _COLUMN_NUMBER.fullmatch(str(cell).strip().strip("()[]").removesuffix(".0")) for cell in filled
    )


def _why(cells: Cells, filled: Cells, reader: Reader) -> str:
    """Say what a row is that is no person; a heading of a group or a village holds for the rows below."""
    texts = [cell.strip() for cell in filled if isinstance(cell, str) and cell.strip()]
    words = " ".join(text for text in texts if not re.fullmatch(r"[IVXivx]+|\d+|[A-Da-d]", text.strip(".)")))
    plain = fold(words)
    heading = _ORDINAL.sub("", words).strip(" :.-")
    if any(_ENDS.match(fold(_ORDINAL.sub("", text))) for text in texts):
        return _END
    if heading and len(heading) <= 120 and len(texts) <= 3:
        if _VILLAGE.match(plain):
            reader.village = re.split(r"[:(–]", heading)[0].strip()
            return "tiêu đề thôn"
        if reader.begin_group(heading):
            return "tiêu đề nhóm"
    if sum(1 for cell in cells if isinstance(cell, str) and column_of(cell)) >= 3:
        return "tiêu đề lặp lại"
    return _NOBODY
