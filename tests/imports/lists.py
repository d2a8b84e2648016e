"""Lists as communes keep them, made in the test: tidy rows, and one file with every fault we know."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Sequence
from typing import Any

import xlsxwriter

HEAD = (
    "STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Thôn", "Đối tượng", "Hệ số", "Mức hưởng",
    "Số QĐ", "Ngày QĐ", "Hưởng từ", "Ghi chú",
)  # fmt: skip


def row(name: str, born: Any, number: str, **more: Any) -> list[Any]:
    """A tidy row."""
    said = {
        "sex": "Nữ", "village": "Tổ 1", "group": "NKT nặng", "coefficient": "", "amount": 975_000,
        "decision": "", "decided": "", "since": "", "note": "",
    } | more  # fmt: skip
    return ["", name, born, said["sex"], number, said["village"], said["group"], said["coefficient"],
            said["amount"], said["decision"], said["decided"], said["since"], said["note"]]  # fmt: skip


def tidy(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> bytes:
    """A workbook of one sheet with a header and rows; what looks like a formula is a text in it."""
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet("Danh sách")
        for index, cells in enumerate([head, *rows]):
            page.write_row(index, 0, cells)
    return into.getvalue()


def untidy() -> bytes:
    """Two sheets: titles, merged and two-line headers, groups and villages as headings, totals, signatures,
    and in the rows every fault: read by `tests/imports/test_reading.py`."""
    into = io.BytesIO()
    with xlsxwriter.Workbook(into) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page = book.add_worksheet("Tháng 10")
        page.merge_range(0, 0, 0, 3, "ỦY BAN NHÂN DÂN PHƯỜNG BA ĐÌNH")
        page.merge_range(1, 0, 1, 10, "DANH SÁCH ĐỐI TƯỢNG BẢO TRỢ XÃ HỘI THÁNG 10 NĂM 2026")
        across = ((0, "TT"), (1, "HỌ VÀ TÊN"), (4, "Số ĐDCN/ CMND"), (5, "Tổ dân phố"), (6, "Diện đối tượng"))
        for column, words in (*across, (7, "Số tiền (đồng)"), (8, "Thời gian hưởng")):
            page.merge_range(3, column, 4, column, words)
        page.merge_range(3, 2, 3, 3, "Năm sinh")
        page.merge_range(3, 9, 3, 10, "Quyết định")
        for column, words in ((2, "Nam"), (3, "Nữ"), (9, "Số"), (10, "Ngày")):
            page.write(4, column, words)
        page.write_row(5, 0, [f"({number})" for number in range(1, 12)])
        decomposed = unicodedata.normalize("NFD", "Đỗ Thị Tuyết")
        rows: list[list[Any]] = [
            ["I", "Tổ dân phố số 1"],
            [1, "Nguyễn Văn An", 1970, "", "001070000123", "", "NKT nặng", 975_000, "T7/2025",
             "12/QĐ-UBND", "05/06/2019"],
            [2, "LÊ THỊ BÌNH", "", "05/03/1940", 1_140_000_456, "", "NCT 80 tuổi trở lên",
             "650.000 đ", "01/2024"],
            [3, decomposed, "", dt.date(1980, 5, 7), "001180000789", "", "KT ĐBN", 1_300_000.0, "07/2025"],
            [4, "Trần Văn Chín", "x", "", "001045000321", "", "hưu trí XH", 500_000, "13/2025"],
            ["", "Cộng", "", "", "", "", "", 3_425_000],
            ["II", "Tổ dân phố số 2"],
            [5, "Phạm Thị Đơn", "", 1990, "123456789", "", "Đơn thân nuôi 2 con", 1_300_000,
             "07/2025", "", "05/13/2020"],
            [6, "Hoàng Văn Em", "12/03/48", "", "", "", "NKT nặng", 975_000],
            [7, "Nguyễn Văn An", 1970, "", "001070000123", "Tổ 1", "Khuyết tật nặng", 975_000],
            [8, "Vũ Thị Giang", "", 45_000, "00118000012", "", "người già neo", 975],
            [9, "Bùi Văn Hai", 1960, "", "0010.6000.0111", "", "NKT nặng", "975000"],
            [10, "Đinh Thị Ích", "", 1950, "001150000222x", "", "NKT nặng", "chín trăm"],
            [],
            ["", "Tổng cộng", "", "", "", "", "", 9_000_000],
            ["", "", "", "", "", "", "", "Ba Đình, ngày 5 tháng 10 năm 2026"],
            ["", "Người lập biểu", "", "", "", "", "", "CHỦ TỊCH"],
        ]  # fmt: skip
        for index, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    page.write_datetime(6 + index, column, cell, day)
                elif cell != "":
                    page.write(6 + index, column, cell)
        other = book.add_worksheet("Trẻ em")
        other.write_row(0, 0, ["Mức hưởng", "Ngày tháng năm sinh", "Giới tính", "Họ tên đối tượng", "Thôn"])
        other.write_row(1, 0, ["Trẻ mồ côi"])
        other.write_row(2, 0, [975_000, "20/08/2016", "nam", "Trần Văn Nam", 3])
        other.write_row(3, 0, [975_000, "00/05/2012", "nữ", "Trần Thị Nga", 3])
        book.add_worksheet("Hướng dẫn").write(0, 0, "Ghi theo mẫu 03")
    return into.getvalue()
