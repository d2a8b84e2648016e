"""The law pages, for everybody."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, Town

PAGES = (
    "/luat/?ngay=06/10/2026&tinh=01",
    "/luat/?ngay=khong-phai-ngay",
    "/luat/thay-doi/?tu=15/09/2026&den=06/10/2026&tinh=15",
    "/luat/van-ban/",
    "/luat/van-ban/nghi-dinh-335-2026/",
    "/dang-nhap/",
    "/khong-co-trang-nay/",
)


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_sound(town: Town, screen: Page, check: Check, path: str) -> None:
    screen.goto(town.address + path)
    check(screen)


def test_a_reader_asks_for_a_day_and_a_province_without_javascript(town: Town, plain: Page) -> None:
    plain.goto(f"{town.address}/luat/")
    plain.get_by_label("Ngày").fill("15/9/2026")
    plain.get_by_label("Tỉnh, thành phố").select_option(label="Thành phố Hà Nội")
    plain.get_by_role("button", name="Xem", exact=True).click()
    expect(plain.get_by_text("650.000").first).to_be_visible()


def test_what_changed_is_found_from_the_first_page(town: Town, wide: Page) -> None:
    wide.goto(f"{town.address}/luat/")
    wide.get_by_role("link", name="Xem thay đổi giữa hai ngày").click()
    wide.get_by_label("Từ ngày").fill("15/09/2026")
    wide.get_by_label("Đến ngày").fill("06/10/2026")
    wide.get_by_role("button", name="So sánh").click()
    expect(wide.get_by_role("cell", name="540.000 đồng").first).to_be_visible()
    wide.get_by_role("link", name="Nghị định 335/2026/NĐ-CP").first.click()
    expect(wide.get_by_role("heading", level=1)).to_have_text("Nghị định 335/2026/NĐ-CP")


def test_english_is_one_press_away_and_the_page_stays(town: Town, wide: Page, check: Check) -> None:
    wide.goto(f"{town.address}/luat/van-ban/")
    wide.get_by_role("button", name="English").click()
    expect(wide.get_by_role("heading", level=1)).to_have_text("Instruments")
    check(wide)
    wide.get_by_role("button", name="Tiếng Việt").click()
    expect(wide.get_by_role("heading", level=1)).to_have_text("Các văn bản")


def test_the_keyboard_reaches_the_main_part_at_once(town: Town, wide: Page) -> None:
    wide.goto(f"{town.address}/luat/")
    wide.keyboard.press("Tab")
    expect(wide.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    wide.keyboard.press("Enter")
    expect(wide.locator("#noi-dung")).to_be_focused()
    wide.keyboard.press("Tab")
    expect(wide.get_by_role("link", name="Xem thay đổi giữa hai ngày")).to_be_focused()
