"""Lists on paper and in spreadsheets."""

import datetime as dt
import io
import unicodedata
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from reportlab.pdfbase.ttfonts import TTFontFile

from ansinh.kernel.time import Month
from ansinh.payments.exports.pdf import write_pdf
from ansinh.payments.exports.sheets import Heading, Payee, Sheet, Sums, UnitRow, signature_list, summary
from ansinh.payments.exports.xlsx import write_xlsx
from ansinh.web.papers import FONTS

HEADING = Heading(
    above="UBND thành phố Hà Nội",
    agency="UBND phường Ba Đình",
    number="",
    place="Ba Đình",
    on_date=dt.date(2026, 10, 6),
    title="DANH SÁCH CHI TRẢ TRỢ GIÚP XÃ HỘI HẰNG THÁNG",
    months=(Month(2024, 1), Month(2024, 2)),
    seal="a" * 64,
    release="b" * 64,
    draft=True,
    signer_title="Chủ tịch",
    signer="Trần Thị Minh Châu",
)
MAI = Payee(
    name="Nguyễn Thị Mai",
    number="001141000017",
    born="1941",
    address="Tổ dân phố số 5",
    schemes=("Trợ cấp xã hội hằng tháng",),
    months="01/2024, 02/2024",
    recipient="",
    sums=Sums(regular_vnd=1_320_000, arrears_vnd=80_000),
)
TRICKSTER = Payee(
    name='=HYPERLINK("http://evil.example","x")',
    number="+1+cmd|' /C calc'!A0",
    born="@SUM(1)",
    address="http://evil.example",
    schemes=("-2+3",),
    months="01/2024",
    recipient="<b>&amp;",
    sums=Sums(regular_vnd=660_000),
)


def xlsx(sheet: Sheet) -> list[list[Any]]:
    into = io.BytesIO()
    write_xlsx(sheet, into)
    into.seek(0)
    return CalamineWorkbook.from_filelike(into).get_sheet_by_index(0).to_python()


def pdf(sheet: Sheet) -> PdfReader:
    into = io.BytesIO()
    write_pdf(sheet, into)
    return PdfReader(into)


def test_the_spreadsheet_keeps_zeros_in_front_and_money_as_numbers() -> None:
    rows = xlsx(signature_list(HEADING, [MAI]))
    line = next(row for row in rows if row[0] == 1.0)
    assert line[2] == "001141000017"
    assert [cell for cell in line if isinstance(cell, float)] == [1.0, 1_320_000.0, 80_000.0, 1_400_000.0]


def test_a_column_in_which_nobody_has_anything_is_left_out() -> None:
    headings = {cell for row in xlsx(signature_list(HEADING, [MAI])) for cell in row}
    assert "Truy lĩnh (đồng)" in headings and "Thu hồi (đồng)" not in headings


def test_no_text_becomes_a_formula_or_a_link() -> None:
    into = io.BytesIO()
    write_xlsx(signature_list(HEADING, [TRICKSTER]), into)
    parts = zipfile.ZipFile(into)
    everything = b"".join(parts.read(name) for name in parts.namelist())
    assert b"<f>" not in everything and b"<hyperlink" not in everything
    assert not [name for name in parts.namelist() if "rels" in name and b"evil" in parts.read(name)]


def test_the_paper_has_the_form_of_an_administrative_document() -> None:
    text = pdf(signature_list(HEADING, [MAI])).pages[0].extract_text()
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "UBND PHƯỜNG BA ĐÌNH",
        "Ba Đình, ngày 06 tháng 10 năm 2026",
        "DỰ THẢO",
        "Tháng 01/2024 và 02/2024",
        "Một triệu bốn trăm nghìn đồng",
        "CHỦ TỊCH",
        "Trần Thị Minh Châu",
        "a" * 64,
    ):
        assert part in text, part


def test_a_text_with_marks_of_html_is_printed_as_it_stands() -> None:
    assert "<b>&amp;" in pdf(signature_list(HEADING, [TRICKSTER])).pages[0].extract_text()


def test_later_pages_are_numbered_and_repeat_the_heading_of_the_table() -> None:
    reader = pdf(signature_list(HEADING, [MAI] * 60))
    second = reader.pages[1].extract_text()
    assert second.split()[0] == "2" or "\n2\n" in f"\n{second}\n"
    assert "Số định danh" in second


def test_the_same_list_gives_the_same_bytes() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write_pdf(signature_list(HEADING, [MAI]), first)
    write_pdf(signature_list(HEADING, [MAI]), second)
    assert first.getvalue() == second.getvalue()


def test_only_our_fonts_are_used_and_they_are_inside() -> None:
    for page in pdf(signature_list(HEADING, [MAI])).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            described = font.get_object()
            assert "LiberationSerif" in described["/BaseFont"]
            assert "/FontFile2" in described["/FontDescriptor"]


@pytest.mark.parametrize("face", ["Regular", "Bold", "Italic", "BoldItalic"])
def test_every_vietnamese_letter_is_in_the_font(face: str) -> None:
    known = TTFontFile(str(FONTS / f"LiberationSerif-{face}.ttf")).charToGlyph
    vowels, tones = "aăâeêioôơuưy", ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = {unicodedata.normalize("NFC", vowel + tone) for vowel in vowels for tone in tones} | {"đ"}
    letters |= {letter.upper() for letter in letters} | set("₫–—…“”’×")
    assert [letter for letter in sorted(letters) if ord(letter) not in known] == []


def test_the_summary_adds_up() -> None:
    units = [
        UnitRow("00004", "Phường Ba Đình", 10, 20, Sums(regular_vnd=100, recoveries_vnd=-30)),
        UnitRow("00008", "Phường Ngọc Hà", 5, 5, Sums(regular_vnd=50)),
    ]
    sheet = summary(HEADING, units)
    assert sheet.totals[3:] == (15, 25, 150, -30, 120)
    assert sheet.total_in_words == "Một trăm hai mươi đồng"


def test_a_person_with_two_rows_is_counted_once() -> None:
    cells = [cell for row in xlsx(signature_list(HEADING, [MAI, MAI])) for cell in row]
    assert "Cộng 1 người, 2 dòng" in cells
    assert "Cộng 1 người" in [cell for row in xlsx(signature_list(HEADING, [MAI])) for cell in row]
