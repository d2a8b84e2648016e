"""A plain list as a spreadsheet to take away (tải về Excel): rooms that print no official form use it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter
from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and its width in characters."""

    heading: str
    width: float


def spreadsheet(
    *,
    name: str,
    title: str,
    notes: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
) -> HttpResponse:
    """Answer with a list as XLSX: integers as numbers, everything else as text.

    A citizen number stays text (no zero is lost), and no text can become a formula or a link. At most a
    million rows, as the format allows.
    """
    into = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(into, options) as book:
        page = book.add_worksheet("Danh sách")
        serif = {"font_name": "Times New Roman", "font_size": 12}
        text = book.add_format({**serif, "border": 1, "text_wrap": True, "valign": "top"})
        figure = book.add_format({**serif, "border": 1, "num_format": "#,##0", "valign": "top"})
        head = book.add_format({**serif, "bold": True, "border": 1, "text_wrap": True, "align": "center"})
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        for index, column in enumerate(columns):
            page.set_column(index, index, column.width)
        page.write_string(0, 0, title, book.add_format({**serif, "bold": True, "font_size": 14}))
        for row, note in enumerate(notes, start=1):
            page.write_string(row, 0, note, book.add_format({**serif, "italic": True}))
        top = len(notes) + 2
        for index, column in enumerate(columns):
            page.write_string(top, index, column.heading, head)
        page.freeze_panes(top + 1, 0)
        page.repeat_rows(top)
        for number, cells in zip(range(_MOST), rows, strict=False):
            for index, cell in enumerate(cells):
                if isinstance(cell, int):
                    page.write_number(top + 1 + number, index, cell, figure)
                else:
                    page.write_string(top + 1 + number, index, "" if cell is None else str(cell), text)
    return HttpResponse(
        into.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
