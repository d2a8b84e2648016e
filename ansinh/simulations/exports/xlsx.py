"""A simulation as a workbook (XLSX): every table with its chart, and the draft's text."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from ansinh.kernel.time import Month
from ansinh.simulations import queries
from ansinh.simulations.models import Simulation

_HEADINGS = (
    "Người: hiện hành",
    "Đồng/tháng: hiện hành",
    "Người: dự thảo",
    "Đồng/tháng: dự thảo",
    "Hưởng mới",
    "Được tăng",
    "Không đổi",
    "Bị giảm",
    "Thôi hưởng",
)
_KEYS = ("before_people", "before_vnd", "after_people", "after_vnd", "NEW", "GAIN", "SAME", "LOSE", "OUT")


def write_xlsx(simulation: Simulation) -> bytes:
    """Write a finished simulation; texts stay texts, charts draw from the tables beside them."""
    into = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    figures: dict[str, Any] = simulation.figures or {}
    with xlsxwriter.Workbook(into, options) as book:
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0"})
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        sheet = book.add_worksheet("Tóm tắt")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 3, 22)
        month = Month.of(simulation.month)
        sheet.write_string(
            0, 0, f"Mô phỏng chính sách: {queries.place(simulation)[1]}, {month.vietnamese()}", bold
        )
        sheet.write_string(1, 0, simulation.name)
        sheet.write_string(2, 0, queries.overruled(simulation))
        sheet.write_row(3, 0, ["", "Luật hiện hành", "Có dự thảo"], head)
        for n, (label, key) in enumerate((("Số người được hưởng", "people"), ("Đồng một tháng", "vnd"))):
            sheet.write_string(4 + n, 0, label)
            sheet.write_number(4 + n, 1, figures["before"][key], money)
            sheet.write_number(4 + n, 2, figures["after"][key], money)
        sheet.write_row(7, 0, ["Thay đổi", "Số người", "Đồng/tháng"], head)
        for n, (key, words) in enumerate(queries.MOVE_LABELS.items()):
            sheet.write_string(8 + n, 0, str(words))
            sheet.write_number(8 + n, 1, figures["moves"][key]["people"], money)
            sheet.write_number(8 + n, 2, figures["moves"][key]["vnd"], money)
        sheet.write_row(14, 0, ["Năm", "Luật hiện hành", "Có dự thảo", "Chênh lệch"], head)
        years = queries.years(simulation)
        for n, year in enumerate(years):
            sheet.write_string(15 + n, 0, f"{year.first.vietnamese()}–{year.last.vietnamese()}")
            for column, vnd in enumerate((year.before_vnd, year.after_vnd, year.difference_vnd), start=1):
                sheet.write_number(15 + n, column, vnd, money)
        _chart(book, sheet, "Chi phí từng năm (đồng)", 15, len(years), (1, 2), "F3", headings=14)
        sheet.write_string(22, 0, str(queries.ASSUMPTION))
        for name, label in queries.tables(simulation):
            _table(book, label, figures["tables"][name], head, money)
        text = book.add_worksheet("Văn bản dự thảo")
        text.set_column(0, 0, 110)
        for n, line in enumerate(simulation.draft.splitlines()):
            text.write_string(n, 0, line)
    return into.getvalue()


def _table(book: Any, label: str, table: dict[str, Any], head: Any, money: Any) -> None:
    sheet = book.add_worksheet(label.replace(",", ""))
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, len(_KEYS), 16)
    sheet.write_string(0, 0, label, head)
    if table.get("withheld"):
        sheet.write_string(1, 0, str(queries.WITHHELD))
        return
    sheet.write_row(0, 1, _HEADINGS, head)
    rows = table["rows"]
    for n, row in enumerate(rows, start=1):
        sheet.write_string(n, 0, row["label"])
        for column, key in enumerate(_KEYS, start=1):
            sheet.write_number(n, column, row[key], money)
    if rows:
        _chart(book, sheet, label, 1, len(rows), (2, 4), f"A{len(rows) + 4}", headings=0)


def _chart(
    book: Any,
    sheet: Any,
    title: str,
    first: int,
    rows: int,
    columns: tuple[int, ...],
    at: str,
    *,
    headings: int,
) -> None:
    chart = book.add_chart({"type": "bar" if rows > 6 else "column"})
    for column in columns:
        chart.add_series(
            {
                "name": [sheet.get_name(), headings, column],
                "categories": [sheet.get_name(), first, 0, first + rows - 1, 0],
                "values": [sheet.get_name(), first, column, first + rows - 1, column],
            }
        )
    chart.set_title({"name": title})
    chart.set_size({"width": 720, "height": max(288, min(1400, 22 * rows + 120))})
    sheet.insert_chart(at, chart)
