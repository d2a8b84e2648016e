"""Reading a file into sheets of cells, whatever program wrote it (đọc tệp bảng tính)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ansinh.kernel.refusal import Refusal

Cell: TypeAlias = "str | int | float | bool | dt.date | dt.time | dt.timedelta"
Cells: TypeAlias = Sequence[Cell]

LARGEST = 60 << 20
"""The largest file read, in bytes: 200,000 rows take about 20 MiB."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ("\t", ";", ",", "|")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows of cells from the first row on; merged ranges of cells (row, column; both ends).

    A text file's has no name.
    """

    name: str
    rows: Sequence[Cells]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = field(default=())
    hidden: bool = False


def sheet_named(names: Sequence[str], index: int) -> str:
    """Name a sheet as its file does, in quotes; by its number, from 1 on, where it has no name."""
    name = names[index].strip() if index < len(names) else ""
    return f"“{name}”" if name else str(index + 1)


def read_file(name: str, content: bytes) -> list[Sheet]:
    """Read every sheet of a workbook (.xlsx, .xls, .ods), hidden ones too, or a .csv as one sheet.

    The content tells what it is, not the name. Refused: too large, locked by a password, nothing in it,
    neither a workbook nor text.
    """
    if len(content) > LARGEST:
        raise Refusal(
            f"Tệp “{name}” lớn quá {LARGEST >> 20} MB.", remedy="Tách danh sách thành nhiều tệp rồi nhập lại."
        )
    sheets = _workbook(name, content) if content.startswith(_WORKBOOKS) else [_text(name, content)]
    if not any(sheet.rows for sheet in sheets):
        raise Refusal(f"Tệp “{name}” không có dòng nào.", remedy="Kiểm tra lại tệp đã chọn.")
    return sheets


def _workbook(name: str, content: bytes) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            merged = getattr(sheet, "merged_cell_ranges", None) or ()
            rows = cast("list[Cells]", sheet.to_python(skip_empty_area=False))
            hidden = meta.visible != SheetVisibleEnum.Visible
            sheets.append(Sheet(meta.name, rows, tuple(merged), hidden))
        return sheets
    except PasswordError:
        raise Refusal(
            f"Tệp “{name}” đang khoá bằng mật khẩu.", remedy="Mở tệp, bỏ mật khẩu, lưu lại rồi nhập."
        ) from None
    except (CalamineError, ValueError, OSError):
        raise Refusal(
            f"Tệp “{name}” bị hỏng hoặc không phải bảng tính.",
            remedy="Mở tệp bằng Excel hoặc LibreOffice, lưu lại dạng .xlsx rồi nhập.",
        ) from None


def _text(name: str, content: bytes) -> Sheet:
    text = _decoded(name, content)
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    delimiter = max(_DELIMITERS, key=lambda mark: _steadiness(lines, mark))
    rows = [
        [cell.strip() for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    ]
    return Sheet("", rows)


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1258", "replace")
    if "\0" in text:
        raise Refusal(f"Tệp “{name}” không phải bảng tính.", remedy="Chọn tệp .xlsx, .xls, .ods hoặc .csv.")
    return text


def _steadiness(lines: list[str], mark: str) -> tuple[int, int]:
    """How many lines are cut into the same number of cells, and into how many."""
    counts = [line.count(mark) for line in lines]
    used = [count for count in counts if count]
    if not used:
        return 0, 0
    usual = max(set(used), key=used.count)
    return used.count(usual), usual
