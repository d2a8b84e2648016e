"""The second step in a real browser: set up from the QR's page, typed at the door, turned off again."""

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, SignIn, Town
from tests.cast import PASSWORD


def test_an_officer_sets_the_second_step_up_uses_it_and_turns_it_off(
    town: Town, screen: Page, sign_in: SignIn, check: Check
) -> None:
    sign_in(screen, "hanh")
    screen.goto(f"{town.address}/quyen/")
    screen.get_by_role("link", name="Đăng nhập hai bước").click()
    check(screen)
    screen.get_by_role("button", name="Cài đặt").click()
    check(screen)
    secret = screen.locator(".key").inner_text().replace(" ", "")
    screen.get_by_label("Mật khẩu đang dùng").fill(PASSWORD)
    screen.get_by_label("Mã trên điện thoại").fill(pyotp.TOTP(secret).now())
    screen.get_by_role("button", name="Bật đăng nhập hai bước").click()
    expect(screen.get_by_role("heading", name="Mã dự phòng")).to_be_visible()
    check(screen)
    codes = screen.locator(".codes code").all_inner_texts()

    screen.get_by_role("button", name="Đăng xuất").click()
    screen.get_by_label("Tên đăng nhập").fill("hanh")
    screen.get_by_label("Mật khẩu").fill(PASSWORD)
    screen.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    screen.wait_for_url("**/dang-nhap/ma/")
    check(screen)
    screen.get_by_label("Mã xác thực").fill(codes[0])
    screen.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    screen.wait_for_url(f"{town.address}/")

    screen.goto(f"{town.address}/hai-buoc/tat/")
    check(screen)
    screen.get_by_label("Mật khẩu đang dùng").fill(PASSWORD)
    screen.get_by_label("Mã xác thực").fill(codes[1])
    screen.get_by_role("button", name="Tắt đăng nhập hai bước").click()
    expect(screen.get_by_role("status")).to_contain_text("Đã tắt đăng nhập hai bước.")
