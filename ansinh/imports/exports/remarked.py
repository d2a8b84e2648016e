"""The officer's own file, cell by cell, with a column of remarks at its right (tệp có ghi chú)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import IO

import xlsxwriter
from django.utils import translation

from ansinh.imports.logic.headers import REMARKS
from ansinh.imports.logic.sheets import Cell, read_file
from ansinh.imports.models import Content, Import, Line
from ansinh.imports.queries import results

_GONE = "Không có trong danh sách"
_FIRST = dt.date(1900, 3, 1)


def write(imported: Import, into: IO[bytes]) -> None:
    """Write the file as a workbook: every cell where it stood, text as text, and what was found in each row.

    Rows with an error are red, in doubt yellow. No text can become a formula or a link.
    """
    said = _said(imported)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    sheets = read_file(imported.name, bytes(Content.objects.get(of=imported).bytes))
    with xlsxwriter.Workbook(into, options) as book:
        formats = {
            "ERROR": book.add_format({"bg_color": "#fbebe9", "font_color": "#9c1f17", "text_wrap": True}),
            "DOUBTFUL": book.add_format({"bg_color": "#fbf4e2", "text_wrap": True}),
            "": book.add_format({"text_wrap": True}),
        }
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        head = book.add_format({"bold": True})
        titles: set[str] = set()
        for index, sheet in enumerate(sheets):
            page = book.add_worksheet(_title(sheet.name, index, titles))
            if sheet.hidden:
                page.hide()
            width = max((len(row) for row in sheet.rows), default=0)
            page.set_column(width, width, 70)
            above = min(said[index], default=0) - 1
            for number, row in enumerate(sheet.rows):
                for column, cell in enumerate(row):
                    if cell != "":
                        _write(page, number, column, cell, day)
                if number + 1 in said[index]:
                    outcome, text = said[index][number + 1]
                    page.write_string(number, width, text, formats.get(outcome, formats[""]))
                elif number + 1 == above:
                    page.write_string(number, width, REMARKS, head)
        gone = Line.objects.filter(of=imported, row=0).order_by("line")
        if gone:
            page = book.add_worksheet(_GONE)
            page.set_column(0, 1, 40)
            page.write_row(0, 0, ["Chủ hộ", REMARKS], head)
            for number, line in enumerate(gone, 1):
                page.write_string(number, 0, line.name)
                page.write_string(number, 1, "\n".join(map(_text, line.remarks)), formats[""])


def _said(imported: Import) -> dict[int, dict[int, tuple[str, str]]]:
    """What is to be said, by sheet and row."""
    said: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    # The file is Vietnamese, whatever language its reader's pages are in.
    with translation.override("vi"):
        words = results(imported)
    for line in Line.objects.filter(of=imported, row__gt=0).iterator(chunk_size=5000):
        texts = [_text(remark) for remark in line.remarks]
        outcome = words[line.outcome]
        said[line.sheet][line.row] = (line.outcome, "\n".join([f"[{outcome}]", *texts]))
    return said


def _text(remark: dict[str, str]) -> str:
    column = f"{remark['column']}: " if remark.get("column") else ""
    basis = f" ({remark['basis']})" if remark.get("basis") else ""
    cure = f" → {remark['cure']}" if remark.get("cure") else ""
    return f"{column}{remark['message']}{basis}{cure}"


def _title(name: str, index: int, taken: set[str]) -> str:
    """A name Excel takes: without the marks it forbids, at most 31 letters, and none taken; then it is.

    A sheet without a name gets its number.
    """
    plain = (
        "".join(letter for letter in name if letter not in "[]:*?/\\").strip(" '")[:31]
        or f"Trang {index + 1}"
    )
    title, again = plain, 2
    while title.lower() in taken:
        title, again = f"{plain[:27]} {again}", again + 1
    taken.add(title.lower())
    return title


def _write(
    page: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, day: xlsxwriter.format.Format
) -> None:
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    elif isinstance(cell, dt.date) and (cell.date() if isinstance(cell, dt.datetime) else cell) >= _FIRST:
        page.write_datetime(row, column, cell, day)
    else:
        page.write_string(row, column, str(cell))
