"""An officer's day in a real browser: sign in, find Mai, ask why, look at payrolls, take a list home."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.browser.conftest import Check, SignIn, Town


def pages(town: Town) -> list[str]:
    return [
        "/",
        "/nguoi/?tim=thi",
        "/nguoi/?tim=mai",
        "/nguoi/?tim=mai&nam=1949&xa=khong+co",
        "/ho-so-trung/",
        "/ho-so-trung/khac-nhau/",
        f"/ho-so-trung/{town.double}/",
        f"/nguoi/{town.mai}/",
        f"/nguoi/{town.mai}/trung/?tim=le+thi",
        f"/nguoi/{town.mai}/trung/{town.hoa}/",
        f"/nguoi/{town.mai}/vi-sao/?month=2026-10&asked_on=2026-10-06",
        f"/nguoi/{town.hoa}/nhay-cam/",
        f"/nguoi/{town.mai}/luot-xem/",
        "/chi-tra/",
        "/chi-tra/ky/2026-10..2026-10/",
        f"/chi-tra/{town.payroll}/",
        f"/chi-tra/{town.payroll}/dong/",
        "/chi-tra/lap/",
        "/quyet-dinh/?thang=2026-10&loai=CANNOT_TELL",
        "/sap-thay-doi/",
        "/quyet-dinh/soan/?thang=2026-10&chon=tat-ca",
        f"/quyet-dinh/{town.decision}/",
    ]


def test_every_page_of_bình_is_sound(town: Town, screen: Page, sign_in: SignIn, check: Check) -> None:
    sign_in(screen, "binh")
    for path in pages(town):
        screen.goto(town.address + path)
        check(screen)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("chau", "/quyet-dinh/ra-quyet-dinh/"),
        ("giang", "/nhat-ky/"),
        ("quantri", "/tai-khoan/"),
        ("chau", "/quyen/"),
        ("chau", "/quyen/uy-quyen/"),
        ("binh", "/mat-khau/"),
        ("phuc", "/"),
        ("phuc", "/cac-xa/"),
        ("hanh", "/cac-xa/?xep=tien"),
        ("chau", "/quyet-dinh/soan/?thang=2026-10&chon=tat-ca"),
    ],
)
def test_the_pages_of_others_are_sound(
    town: Town, screen: Page, sign_in: SignIn, check: Check, who: str, path: str
) -> None:
    sign_in(screen, who)
    screen.goto(town.address + path)
    check(screen)


def test_the_register_of_readings_is_sound_and_prints(
    town: Town, screen: Page, sign_in: SignIn, check: Check
) -> None:
    sign_in(screen, "giang")
    screen.goto(f"{town.address}/nguoi/{town.mai}/")
    screen.get_by_role("link", name="Ai đã xem hồ sơ").click()
    expect(screen.get_by_role("row").filter(has_text="Đỗ Hương Giang").first).to_be_visible()
    check(screen)


def test_a_wrong_password_is_told_beside_the_form(town: Town, screen: Page, check: Check) -> None:
    screen.goto(f"{town.address}/dang-nhap/")
    screen.get_by_label("Tên đăng nhập").fill("binh")
    screen.get_by_label("Mật khẩu").fill("sai")
    screen.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    expect(screen.get_by_role("alert")).to_contain_text("không đúng")
    check(screen)


def test_from_the_desk_to_the_article_of_a_payment(town: Town, screen: Page, sign_in: SignIn) -> None:
    sign_in(screen, "binh")
    screen.get_by_label("Tìm đối tượng").fill("nguyen thi mai")
    screen.get_by_role("button", name="Tìm").click()
    screen.get_by_role("link", name="Nguyễn Thị Mai").click()
    expect(screen.get_by_role("heading", level=1)).to_contain_text("Nguyễn Thị Mai")
    screen.get_by_role("link", name="Vì sao?").first.click()
    screen.get_by_label("Tháng").fill("10/2026")
    screen.get_by_label("Hỏi luật vào ngày").fill("06/10/2026")
    screen.get_by_role("button", name="Xem", exact=True).click()
    main = screen.get_by_role("main")
    expect(main).to_contain_text("2,0 × 650.000 = 1.300.000 đồng")
    expect(main).to_contain_text("điểm đ khoản 1 Điều 6 Nghị định 335/2026/NĐ-CP")


def test_the_law_is_asked_as_it_was_known_on_another_day(town: Town, wide: Page, sign_in: SignIn) -> None:
    sign_in(wide, "binh")
    wide.goto(f"{town.address}/nguoi/{town.mai}/vi-sao/?month=2026-08&asked_on=2026-08-06")
    expect(wide.get_by_role("main")).to_contain_text("1,5 × 650.000 = 975.000 đồng")
    wide.get_by_label("Hỏi luật vào ngày").fill("6/10/2026")
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("main")).to_contain_text("2,0 × 650.000 = 1.300.000 đồng")


def test_a_reason_opens_what_is_covered(town: Town, wide: Page, sign_in: SignIn, check: Check) -> None:
    sign_in(wide, "binh")
    wide.goto(f"{town.address}/nguoi/{town.hoa}/")
    expect(wide.get_by_role("main")).not_to_contain_text(re.compile("HIV|khoản 8 Điều 5"))
    wide.get_by_role("link", name="Xem chi tiết nhạy cảm").click()
    wide.get_by_role("button", name="Xem và ghi nhật ký").click()
    expect(wide.get_by_role("alert")).to_contain_text("Hãy ghi lý do")
    wide.get_by_label("Lý do xem").fill("Kiểm tra hồ sơ theo đơn ngày 02/10/2026")
    wide.get_by_role("button", name="Xem và ghi nhật ký").click()
    expect(wide.get_by_role("main")).to_contain_text("Nhiễm HIV/AIDS")
    check(wide)


def test_a_payroll_is_followed_down_to_the_line(town: Town, wide: Page, sign_in: SignIn) -> None:
    sign_in(wide, "phuc")
    wide.get_by_role("link", name="Chi trả", exact=True).click()
    wide.get_by_role("link", name="10/2026").click()
    wide.get_by_role("link", name="Phường Ba Đình").click()
    wide.get_by_role("link", name="Người khuyết tật nặng").click()
    expect(wide.get_by_role("row")).to_have_count(5)
    wide.get_by_label("Nhóm").select_option(label="tất cả")
    wide.get_by_label("Họ tên hoặc số định danh").fill("hoa")
    wide.get_by_role("button", name="Lọc").click()
    expect(wide.get_by_role("row")).to_have_count(2)
    expect(wide.get_by_role("main")).to_contain_text("Lê Thị Hoà")


def test_lists_are_taken_home(town: Town, wide: Page, sign_in: SignIn) -> None:
    sign_in(wide, "phuc")
    wide.goto(f"{town.address}/chi-tra/{town.payroll}/")
    for name, kind in (("XLSX", "xlsx"), ("PDF", "pdf")):
        with wide.expect_download() as waiting:
            wide.get_by_role("link", name=re.compile(f"^{name}")).click()
        assert waiting.value.suggested_filename == f"danh-sach-00004-2026-10..2026-10.{kind}"
        content = Path(waiting.value.path()).read_bytes()
        if kind == "xlsx":
            rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
            told = " ".join(str(cell) for row in rows for cell in row)
        else:
            told = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        assert "Nguyễn Thị Mai" in told and "001141000017" in told


@pytest.mark.parametrize("with_script", [True, False], ids=["with-script", "plain"])
def test_a_payroll_is_drafted_and_progress_is_seen(
    town: Town, request: pytest.FixtureRequest, sign_in: SignIn, with_script: bool
) -> None:
    page: Page = request.getfixturevalue("wide" if with_script else "plain")
    sign_in(page, "phuc")
    page.goto(f"{town.address}/chi-tra/lap/")
    page.get_by_label("Chi cho tháng").fill("10/2026")
    page.get_by_label("Thay dự thảo").check()
    page.get_by_role("button", name="Lập danh sách chi trả").click()
    page.get_by_role("link", name="Xem kết quả").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("10/2026")


def test_the_day_goes_by_keyboard_alone(town: Town, wide: Page, sign_in: SignIn) -> None:
    wide.goto(f"{town.address}/dang-nhap/")
    wide.get_by_label("Tên đăng nhập").focus()
    wide.keyboard.type("binh")
    wide.keyboard.press("Tab")
    wide.keyboard.type("Mua-thu-2026")
    wide.keyboard.press("Enter")
    wide.wait_for_url(f"{town.address}/")
    wide.keyboard.press("Tab")
    wide.keyboard.press("Enter")  # straight to the main part
    wide.keyboard.press("Tab")
    wide.keyboard.type("mai")
    wide.keyboard.press("Enter")
    link = wide.get_by_role("link", name="Nguyễn Thị Mai")
    expect(link).to_be_visible()
    for _ in range(25):
        if link.evaluate("element => element === document.activeElement"):
            break
        wide.keyboard.press("Tab")
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("heading", level=1)).to_contain_text("Nguyễn Thị Mai")


def test_without_javascript_everything_can_be_read(town: Town, plain: Page, sign_in: SignIn) -> None:
    sign_in(plain, "binh")
    for path in pages(town):
        plain.goto(town.address + path)
        expect(plain.get_by_role("heading", level=1)).to_be_visible()
    plain.goto(f"{town.address}/chi-tra/{town.payroll}/dong/")
    plain.get_by_label("Họ tên hoặc số định danh").fill("son")
    plain.get_by_role("button", name="Lọc").click()
    expect(plain.get_by_role("main")).to_contain_text("Phạm Ngọc Sơn")


def test_a_page_prints_without_its_menu(town: Town, wide: Page, sign_in: SignIn) -> None:
    sign_in(wide, "binh")
    wide.goto(f"{town.address}/nguoi/{town.mai}/")
    wide.emulate_media(media="print")
    expect(wide.get_by_role("navigation").first).to_be_hidden()
    expect(wide.get_by_role("heading", level=1)).to_be_visible()
