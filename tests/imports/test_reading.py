"""What is read from files as communes keep them, and what is said of it."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from decimal import Decimal

import pytest
import xlsxwriter

from ansinh.imports.logic import cells, headers
from ansinh.imports.logic.cells import BadCell
from ansinh.imports.logic.listing import Listing, Row, read_list
from ansinh.imports.logic.meaning import groups_meant, phrase_of
from ansinh.imports.logic.sheets import Cell
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from tests.imports import lists

OCTOBER = Month(2026, 10)


def read(content: bytes, name: str = "ds.xlsx", **memory: str) -> Listing:
    return read_list(name, content, memory=memory, month=OCTOBER)


def people(listing: Listing) -> dict[str, Row]:
    return {row.name: row for row in listing.rows if not row.skipped}


def faults(row: Row) -> list[str]:
    return [remark.column for remark in row.remarks if remark.level == "ERROR"]


def test_an_untidy_list_is_read_with_every_fault_told() -> None:
    listing = read(lists.untidy())
    found = people(listing)
    assert listing.tables == 2
    assert any("Hướng dẫn" in note for note in listing.notes)
    assert any("Unicode tổ hợp" in note for note in listing.notes)
    an = next(row for row in listing.rows if row.name == "Nguyễn Văn An")
    assert (an.sex, an.born, an.born_precision, an.village) == (
        "M",
        dt.date(1970, 1, 1),
        "Y",
        "Tổ dân phố số 1",
    )
    assert (an.since, an.decided_on, an.row) == (Month(2025, 7), dt.date(2019, 6, 5), 8)
    binh = found["Lê Thị Bình"]
    assert (binh.number, binh.born, binh.amount_vnd) == ("001140000456", dt.date(1940, 3, 5), 650_000)
    assert any("thiếu số 0" in remark.message for remark in binh.remarks)
    assert found["Đỗ Thị Tuyết"].born == dt.date(1980, 5, 7)
    assert found["Phạm Thị Đơn"].old_number == "123456789"
    assert found["Phạm Thị Đơn"].children == 2
    assert found["Bùi Văn Hai"].number == "001060000111"
    (decided,) = (one for one in found["Phạm Thị Đơn"].remarks if one.column == "Quyết định Ngày")
    assert (decided.level, found["Phạm Thị Đơn"].decided_on) == ("WARNING", None)
    assert "Đã để trống" in decided.message
    nam, nga = found["Trần Văn Nam"], found["Trần Thị Nga"]
    assert (nam.groups[0], nam.sex, nam.village, nam.sheet) == ("C1", "M", "Thôn 3", 1)
    assert (nga.born, nga.born_precision) == (dt.date(2012, 5, 1), "M")
    wrong = {name: faults(row) for name, row in found.items() if row.wrong}
    assert wrong == {
        "Trần Văn Chín": ["Thời gian hưởng"],
        "Hoàng Văn Em": ["Năm sinh Nam"],
        "Vũ Thị Giang": ["Số ĐDCN/ CMND", "Số tiền (đồng)", "Đối tượng"],
        "Đinh Thị Ích": ["Số ĐDCN/ CMND", "Số tiền (đồng)"],
    }
    for row in listing.rows:
        assert all(remark.message and (remark.cure or remark.level != "ERROR") for remark in row.remarks)
    skipped = [row.skipped for row in listing.rows if row.skipped]
    assert skipped.count("tiêu đề thôn") == 2
    assert skipped.count("tiêu đề nhóm") == 1
    assert skipped.count("dòng tổng cộng hoặc chữ ký") == 4


def test_a_year_of_two_digits_takes_the_century_of_the_citizen_number() -> None:
    old = lists.row("Lê Thị Cúc", "18.11.15", "001115000321")
    young = lists.row("Lê Thị Lan", "18/11/15", "001315000321")
    other = lists.row("Lê Thị Mai", "18/11/16", "001315000322")
    found = people(read(lists.tidy(old, young, other)))
    assert (found["Lê Thị Cúc"].born, found["Lê Thị Lan"].born) == (
        dt.date(1915, 11, 18),
        dt.date(2015, 11, 18),
    )
    (told,) = found["Lê Thị Lan"].remarks
    assert (told.level, told.value) == ("WARNING", "18/11/15")
    assert "18/11/2015" in told.message
    assert faults(found["Lê Thị Mai"]) == ["Ngày sinh"]


@pytest.mark.parametrize("words", ["chưa có", "Không", "-", "?", "Chưa cấp"])
def test_words_for_no_number_yet_keep_nobody_out(words: str) -> None:
    row = people(read(lists.tidy(lists.row("Lê Thị Cúc", 1950, words))))["Lê Thị Cúc"]
    assert (row.number, row.old_number, row.wrong) == (None, None, False)
    assert "Chưa có số định danh." in [remark.message for remark in row.remarks]


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_any_encoding_and_delimiter(mark: str, encoding: str) -> None:
    head = ["Họ và tên", "Năm sinh", "Giới tính", "Đối tượng"]
    text = "\r\n".join(mark.join(one) for one in (["Danh sách"], head, ["Lê An", "1950", "Nam", "nkt nang"]))
    row = people(read(text.encode(encoding, "replace"), "ds.csv"))["Lê An"]
    assert (row.sex, row.groups) == ("M", ("C6S",))


def test_csv_saved_by_an_old_excel() -> None:
    text = "Ho\u0323 và tên;Năm sinh;Số CCCD;Giới tính\r\nLê Thị Huệ;1950;;Nữ"
    old = unicodedata.normalize("NFC", text).translate(
        {ord(c): unicodedata.normalize("NFD", c) for c in "ọịớ"}
    )
    old = old.replace("o\u031b", "ơ").replace("ố", "ô\u0301").replace("ệ", "ê\u0323").replace("ữ", "ư\u0303")
    assert list(people(read(old.encode("cp1258"), "cu.csv"))) == ["Lê Thị Huệ"]


TCVN3 = "STT;Hä vµ tªn;N¨m sinh\n1;NguyÔn ThÞ Lµnh;1950\n2;TrÇn V¨n B¶y;1948"
VNI = "STT;Hoï vaø teân;Naêm sinh\n1;Nguyeãn Thò Lan;1950\n2;Traàn Vaên Baûy;1948\n3;Leâ Thò Ñaøo;1960"


@pytest.mark.parametrize(("text", "font"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
def test_old_fonts_are_refused_with_the_cure(text: str, font: str) -> None:
    with pytest.raises(Refusal, match=font) as refused:
        read(text.encode(), "cu.csv")
    assert "Unicode" in refused.value.remedy


def test_names_with_many_marks_are_not_taken_for_an_old_font() -> None:
    rows = [
        lists.row(name, 1950, "")
        for name in ("Nguyễn Thị Thuý Oanh", "Đoàn Thị Hoà", "Quàng Thị Toán", "Ân Xuân Uý")
    ]
    assert len(people(read(lists.tidy(*rows)))) == 4


def test_what_is_no_list_is_refused() -> None:
    for content, words in (
        (b"PK\x03\x04 broken", "bị hỏng"),
        (b"a;b\n1;2", "Không tìm thấy bảng"),
        (b"", "không có dòng"),
    ):
        with pytest.raises(Refusal, match=words):
            read(content)


@pytest.mark.parametrize(
    ("cell", "day", "precision"),
    [
        ("5/3/1948", dt.date(1948, 3, 5), "D"),
        ("05-03-1948", dt.date(1948, 3, 5), "D"),
        ("1948-03-05 00:00:00", dt.date(1948, 3, 5), "D"),
        ("ngày 5 tháng 3 năm 1948", dt.date(1948, 3, 5), "D"),
        (17_597.0, dt.date(1948, 3, 5), "D"),
        ("17597", dt.date(1948, 3, 5), "D"),
        (5_031_948, dt.date(1948, 3, 5), "D"),
        ("03/1948", dt.date(1948, 3, 1), "M"),
        ("00/03/1948", dt.date(1948, 3, 1), "M"),
        ("../../1948", dt.date(1948, 1, 1), "Y"),
        ("00/00/1948", dt.date(1948, 1, 1), "Y"),
        (1948.0, dt.date(1948, 1, 1), "Y"),
        ("1948", dt.date(1948, 1, 1), "Y"),
    ],
)
def test_days_in_every_manner(cell: Cell, day: dt.date, precision: str) -> None:
    assert cells.day_of(cell) == (day, precision)


@pytest.mark.parametrize("cell", ["5/3/48", "31/02/1950", "05/13/1950", "tuổi 70", "12"])
def test_what_is_no_day(cell: str) -> None:
    with pytest.raises(BadCell):
        cells.day_of(cell)


def test_money_and_coefficients() -> None:
    assert [cells.money_of(one) for one in (540_000.0, "540.000", "540,000 đ/tháng", "1.300.000,00")] == [
        540_000, 540_000, 540_000, 1_300_000,
    ]  # fmt: skip
    assert cells.money_of(540, thousands=True) == 540_000
    assert [cells.money_of(one) for one in ("540k", "975 nghìn đồng", "1.300 ngàn")] == [
        540_000,
        975_000,
        1_300_000,
    ]
    assert cells.coefficient_of("1,5") == Decimal("1.50")
    for wrong in (540, "năm trăm", -5, 540_000.5):
        with pytest.raises(BadCell):
            cells.money_of(wrong)


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("NKT nặng", "C6S"),
        ("Người khuyết tật nặng", "C6S"),
        ("KT ĐBN", "C6X"),
        ("NKT đặc biệt nặng", "C6X"),
        ("Mồ côi", "C1"),
        ("Đơn thân nuôi 2 con", "C4"),
        ("Hưu trí XH", "SP75"),
        ("Hưu trí xã hội", "SP75"),
        ("HT xã hội", "SP75"),
        ("Trợ cấp HT XH", "SP75"),
        ("TCHTXH", "SP75"),
        ("TCXH NCT 80 tuổi", "SP75"),
        ("Trợ giúp XH: NKT nặng", "C6S"),
        ("TGXH trẻ mồ côi", "C1"),
        ("NCT 80 tuổi trở lên", "SP75"),
        ("HGĐ chăm sóc NKT ĐBN", "K5"),
        ("Hộ gia đình chăm sóc NKT đặc biệt nặng", "K5"),
        ("C6S", "C6S"),
        ("bị HIV", "C3"),
    ],
)  # fmt: skip
def test_words_for_groups(words: str, group: str) -> None:
    assert groups_meant(phrase_of(words), {})[0] == group


@pytest.mark.parametrize("words", ["TCXH", "Trợ giúp XH", "TC xã hội hằng tháng", "BTXH", "HT"])
def test_words_for_any_allowance_are_left_to_the_commune(words: str) -> None:
    assert groups_meant(phrase_of(words), {}) == ()


def test_a_commune_s_own_words_come_first() -> None:
    assert groups_meant(phrase_of("Người già neo"), {}) == ()
    assert groups_meant(phrase_of("Người GIÀ neo "), {"nguoi gia neo": "C5A"}) == ("C5A",)
    assert groups_meant(phrase_of("mồ côi"), {"mo coi": "C2"}) == ("C2",)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("HỌ VÀ TÊN", "name"),
        ("Họ tên đối tượng", "name"),
        ("Ngày, tháng, năm sinh", "born"),
        ("Năm sinh", "born"),
        ("Năm sinh Nam", "male"),
        ("Năm sinh Nữ", "female"),
        ("Số CCCD/CMND", "number"),
        ("Mã định danh", "number"),
        ("Ngày cấp", "other"),
        ("Họ tên người nhận thay", "other"),
        ("TDP", "village"),
        ("Địa chỉ", "village"),
        ("Nhóm đối tượng", "category"),
        ("Mức trợ cấp", "amount"),
        ("Số tiền", "amount"),
        ("Hệ số", "coefficient"),
        ("Số QĐ", "decision_number"),
        ("Ngày QĐ", "decided_on"),
        ("Quyết định số", "decision_number"),
        ("Hưởng từ tháng", "since"),
        ("Hộ cận nghèo", "near_poor"),
        ("Hộ nghèo", "poor"),
        ("Ghi chú", "note"),
    ],
)  # fmt: skip
def test_headings(heading: str, column: str) -> None:
    assert headers.column_of(heading) == column


def test_a_note_that_somebody_left_makes_the_row_wait() -> None:
    notes = {
        "chết ngày 12/10/2026": True, "Đã mất tháng 9": True, "đã cắt từ T9": True, "cắt giảm": True,
        "thôi hưởng": True, "chuyển đi P. Dương Nội": True, "da chet": True,
        "bố chết, mẹ đi lấy chồng": False, "mất sức lao động 81%": False, "cắt cụt chân phải": False,
        "cắt hộ khẩu": False, "chuyển khẩu đến 2020": False, "nhận thay: con": False, "mẹ mất tích": False,
    }  # fmt: skip
    rows = [lists.row(f"Lê Thị {chr(65 + at)}nh", 1950, "", note=note) for at, note in enumerate(notes)]
    found = list(people(read(lists.tidy(*rows))).values())
    assert [row.noted for row in found] == list(notes.values())
    (told,) = [one for one in found[0].remarks if one.level == "DOUBT"]
    assert (told.column, told.value) == ("Ghi chú", "chết ngày 12/10/2026")
    assert "xoá ghi chú" in told.cure


@pytest.mark.parametrize(
    ("cell", "number", "day"),
    [
        ("12/QĐ-UBND ngày 05/06/2019", "12/QĐ-UBND", dt.date(2019, 6, 5)),
        ("Số 12, ngày 5-6-2019", "Số 12", dt.date(2019, 6, 5)),
        ("12/QĐ-UBND", "12/QĐ-UBND", None),
        ("2154", "2154", None),
        ("05/06/2019", "", dt.date(2019, 6, 5)),
    ],
)
def test_a_decision_s_number_and_day_may_share_a_column(cell: str, number: str, day: dt.date | None) -> None:
    head = [*lists.HEAD[:9], "QĐ số, ngày"]
    one = [*lists.row("Lê Thị Cúc", 1950, "001150000321")[:9], cell]
    row = people(read(lists.tidy(one, head=head)))["Lê Thị Cúc"]
    assert (row.decision_number, row.decided_on) == (number, day)


def test_our_own_remarks_are_not_read_as_the_officer_s_note() -> None:
    for ours in (headers.REMARKS, "ghi chú  của AnSinh"):
        head = [ours, *lists.HEAD]
        said = "[nghi ngờ]\nchết ngày 5/9/2026"
        row = [said, *lists.row("Lê Thị Cúc", 1950, "001150000321", note="chết ngày 5/9/2026")]
        listing = read(lists.tidy(row, head=head))
        assert listing.rows[0].noted
        assert [one.value for one in listing.rows[0].remarks] == ["chết ngày 5/9/2026"]
        assert listing.notes == []


def test_names_as_people_are_called() -> None:
    said = {
        "Ông Lê Văn Cúc": "Lê Văn Cúc", "lê văn cúc": "Lê Văn Cúc", "Lê Văn Cúc (Tý)": "Lê Văn Cúc",
        "Ông Ích Khiêm": "Ông Ích Khiêm", "BÀ LÊ THỊ CÚC": "Lê Thị Cúc",
    }  # fmt: skip
    assert [cells.name_of(one) for one in said] == list(said.values())
    for wrong in ("Lê <b>Cúc</b>", "Lê " + "Rất " * 40 + "Dài", "Cúc", "12345"):
        with pytest.raises(BadCell):
            cells.name_of(wrong)
    (row,) = people(read(lists.tidy(lists.row("Bà Lê Thị Cúc", 1950, "001150000321")))).values()
    assert [one.message for one in row.remarks] == ["Tên ghi vào sổ: Lê Thị Cúc."]


def test_a_number_that_misses_its_last_digit_is_not_filled_in_front() -> None:
    for number in ("01705346292", "1705346292"):
        row = people(read(lists.tidy(lists.row("Lê Thị Cúc", 1953, number))))["Lê Thị Cúc"]
        assert (row.number, faults(row)) == (None, ["Số CCCD"])


def test_whose_name_is_missing_is_not_lost() -> None:
    (row,) = read(lists.tidy(lists.row("", 1950, "001150000321"))).rows
    assert [remark.message for remark in row.remarks if remark.level == "ERROR"] == ["Thiếu họ và tên."]


def test_totals_of_a_village_and_signatures_are_no_people() -> None:
    rows = [
        lists.row("Lê Thị Cúc", 1950, "001150000321"),
        lists.row("Cộng TDP 1: 95 người", "", "", amount=95_000_000, sex="", group=""),
        lists.row("(Ký, ghi rõ họ tên)", "", "", amount="", sex="", group="CHỦ TỊCH"),
        lists.row("Nguyễn Văn Bình", "", "", amount="", sex="", group="Trần Thị Minh Châu"),
        lists.row("Công Thị Người", 1950, "001150000322"),
    ]
    found = read(lists.tidy(*rows)).rows
    assert [row.skipped for row in found] == ["", *["dòng tổng cộng hoặc chữ ký"] * 3, ""]


def test_hidden_sheets_and_unread_columns_are_told() -> None:
    into = io.BytesIO()
    with xlsxwriter.Workbook(into) as book:
        page, old = book.add_worksheet("T11"), book.add_worksheet("T10 cũ")
        for sheet in (page, old):
            sheet.write_row(0, 0, ["Họ tên", "G.tính", "Năm sinh", "Dạng tật", "Số tài khoản", "Đối tượng"])
            sheet.write_row(1, 0, ["Lê Thị Cúc", "nữ", 1950, "Nhìn", "12", "NKTĐBN là NCT"])
        old.hide()
    listing = read(into.getvalue())
    assert listing.notes == [
        "Trang “T11”: không đọc các cột “Dạng tật”, “Số tài khoản”.",
        "Trang “T10 cũ” đang ẩn trong tệp, đã bỏ qua. Cần nhập thì bỏ ẩn trang.",
    ]
    (row,) = listing.rows
    assert (row.sex, row.groups) == ("F", ("C6X",))
