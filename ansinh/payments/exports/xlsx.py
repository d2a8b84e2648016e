"""The list as a spreadsheet (XLSX): streamed, numbers as numbers, everything else as text."""

from __future__ import annotations

from typing import BinaryIO

import xlsxwriter

from ansinh.payments.exports.sheets import Sheet


def write_xlsx(sheet: Sheet, into: BinaryIO) -> None:
    """Write a list; memory stays bounded however long it is.

    A citizen number or a code is a text cell (no zero is lost); no text can become a formula or a link.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    heading = sheet.heading
    with xlsxwriter.Workbook(into, options) as book:
        book.set_properties({"title": f"{heading.title} {heading.period}", "author": heading.agency})
        page = book.add_worksheet("Danh sách")
        serif = {"font_name": "Times New Roman", "font_size": 12}
        text = book.add_format({**serif, "border": 1, "text_wrap": True, "valign": "top"})
        money = book.add_format({**serif, "border": 1, "num_format": "#,##0", "valign": "top"})
        head = book.add_format({**serif, "bold": True, "border": 1, "text_wrap": True, "align": "center"})
        total_text = book.add_format({**serif, "bold": True, "border": 1})
        total_money = book.add_format({**serif, "bold": True, "border": 1, "num_format": "#,##0"})
        bold = book.add_format({**serif, "bold": True})
        plain = book.add_format(serif)
        italic = book.add_format({**serif, "italic": True})
        title = book.add_format({**serif, "bold": True, "font_size": 14})

        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, column.width)
        if sheet.landscape:
            page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        right = max(4, len(sheet.columns) - 7)
        top = [
            (heading.above, plain, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold),
            (heading.agency, bold, "Độc lập - Tự do - Hạnh phúc", bold),
            (f"Số: {heading.number}", plain, place_and_date(sheet), italic),
        ]
        for row, (left, left_style, opposite, opposite_style) in enumerate(top):
            page.write_string(row, 0, left, left_style)
            page.write_string(row, right, opposite, opposite_style)
        page.write_string(4, 0, f"{heading.title}{' (DỰ THẢO)' if heading.draft else ''}", title)
        page.write_string(5, 0, heading.period, italic)
        for index, column in enumerate(sheet.columns):
            page.write_string(7, index, column.heading, head)
        page.freeze_panes(8, 2)
        page.repeat_rows(7)

        row = 8
        for cells in sheet.rows:
            _write_row(page, row, cells, text, money)
            row += 1
        _write_row(page, row, sheet.totals, total_text, total_money)
        row += 1
        page.write_string(row + 1, 0, f"Tổng số tiền bằng chữ: {sheet.total_in_words}.", bold)
        page.write_string(row + 3, 0, "NGƯỜI LẬP BIỂU", bold)
        page.write_string(row + 3, right, heading.signer_title, bold)
        page.write_string(row + 8, right, heading.signer, bold)
        page.write_string(row + 10, 0, f"Mã kiểm: {heading.seal} · Bản quy định: {heading.release}", italic)


def place_and_date(sheet: Sheet) -> str:
    """Write "Hà Nội, ngày 05 tháng 10 năm 2026"."""
    day = sheet.heading.on_date
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{sheet.heading.place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def _write_row(
    page: xlsxwriter.worksheet.Worksheet,
    row: int,
    cells: tuple[str | int, ...],
    text: xlsxwriter.format.Format,
    money: xlsxwriter.format.Format,
) -> None:
    for index, cell in enumerate(cells):
        if isinstance(cell, int):
            page.write_number(row, index, cell, money)
        else:
            page.write_string(row, index, cell, text)
