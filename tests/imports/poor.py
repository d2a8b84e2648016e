"""Poverty lists as communes keep them, made in the test."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

HEAD = ("STT", "Họ tên chủ hộ", "Năm sinh", "Số CCCD", "Thôn", "Hộ nghèo", "Hộ cận nghèo", "Ghi chú")


def poor(name: str, born: Any, number: str = "", village: str = "Tổ 1", *, near: bool = False) -> list[Any]:
    """A tidy row of a head."""
    return [1, name, born, number, village, "" if near else "x", "x" if near else "", ""]


def book(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook of some sheets, each with the rows as they are."""
    into = io.BytesIO()
    with xlsxwriter.Workbook(into) as made:
        for name, rows in sheets.items():
            page = made.add_worksheet(name)
            for index, cells in enumerate(rows):
                page.write_row(index, 0, cells)
    return into.getvalue()


def tidy(*rows: Sequence[Any]) -> bytes:
    """A workbook of one sheet with a header and rows."""
    return book({"Danh sách": [HEAD, *rows]})


def untidy() -> bytes:
    """Two sheets, one a class: titles, villages as headings, members under their heads, totals."""
    poor_rows: list[list[Any]] = [
        ["ỦY BAN NHÂN DÂN PHƯỜNG BA ĐÌNH"],
        ["DANH SÁCH HỘ NGHÈO NĂM 2027 THEO CHUẨN NGHÈO ĐA CHIỀU"],
        ["(Kèm theo Quyết định số 45/QĐ-UBND ngày 15/12/2026)"],
        [],
        ["TT", "Họ và tên chủ hộ, thành viên", "Quan hệ với chủ hộ", "Ngày sinh", "CCCD/ĐDCN",
         "Nguyên nhân nghèo"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        ["I", "Tổ dân phố số 1"],
        [1, "NGUYỄN THỊ MAI", "Chủ hộ", "05/03/1970", 1_170_000_111.0, "Không có vốn"],
        ["", "Nguyễn Văn Con", "Con", 2012, "", ""],
        ["II", "Tổ dân phố số 2"],
        [2, "Lê Văn Xa", "Chủ hộ", 1955, "", "Già yếu"],
        ["", "Cộng", "", "", "", ""],
    ]  # fmt: skip
    near_rows: list[list[Any]] = [
        ["Họ tên", "Năm sinh của chủ hộ", "Số CCCD chủ hộ", "Địa chỉ", "Dân tộc"],
        ["Trần Văn Bảy", 1940, "001040000222", "TDP 1", "Kinh"],
        ["Phạm Thị Lạ", 1950, "001150000999", "TDP 1", "Kinh"],
        ["Đỗ Văn Hỏng", "31/02/1960", "", "TDP 1", "Kinh"],
        ["", "", "", "NGƯỜI LẬP BIỂU", ""],
    ]
    return book({"Nghèo": poor_rows, "Hộ cận nghèo": near_rows})
