"""A file asked for next door and handed over, in a real browser, on a wide and on a narrow screen."""

import os

from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, SignIn, Town


def test_a_file_is_asked_for_and_declined(town: Town, screen: Page, sign_in: SignIn, check: Check) -> None:
    """Bình asks for Bé's file; the commune next door looks, and says no; he reads why."""
    sign_in(screen, "binh")
    main = screen.get_by_role("main")
    screen.goto(f"{town.address}/nguoi/them/")
    screen.get_by_label("Họ và tên").fill("Hoang Thi Be")
    screen.get_by_label("Ngày sinh").fill("1945")
    screen.get_by_label("Giới tính").select_option("F")
    screen.get_by_label("Số định danh").fill("001145000111")
    screen.get_by_label("Cư trú ở đây từ ngày").fill("01/10/2026")
    screen.get_by_label("Thôn, tổ dân phố").fill("Tổ dân phố 2")
    screen.get_by_label("Nơi cấp").fill("Công an phường Ba Đình")
    screen.get_by_label("Ngày cấp").fill("02/10/2026")
    screen.get_by_role("button", name="Tra trùng").click()
    expect(main).to_contain_text("đã có trong sổ của Phường Ngọc Hà")
    expect(screen.get_by_role("button", name="Ghi vào sổ")).to_have_count(0)
    check(screen)
    _picture(screen, "elsewhere")
    screen.get_by_role("button", name="Xin Phường Ngọc Hà chuyển hồ sơ").click()
    check(screen)
    _picture(screen, "ask-form")
    screen.get_by_label("Lý do xin chuyển").fill("Đã về ở với con gái")
    screen.get_by_role("button", name="Gửi yêu cầu").click()
    expect(main).to_contain_text("chờ trả lời")
    expect(main).not_to_contain_text("Hoàng Thị Bé")
    check(screen)
    _picture(screen, "asked")
    address = screen.url

    screen.get_by_role("button", name="Đăng xuất").click()
    sign_in(screen, "uyen")
    screen.get_by_role("link", name="yêu cầu chuyển hồ sơ đi").click()
    check(screen)
    _picture(screen, "transfers")
    screen.get_by_role("main").get_by_role("link", name="Hoang Thi Be").first.click()
    expect(main).to_contain_text("Hoàng Thị Bé")
    check(screen)
    _picture(screen, "transfer")
    screen.get_by_role("link", name="Đồng ý chuyển").click()
    check(screen)
    _picture(screen, "accept")
    screen.get_by_role("button", name="Xem trước tác động").click()
    check(screen)
    _picture(screen, "accept-effect")
    screen.goto(address)
    screen.get_by_role("button", name="Từ chối").click()
    expect(screen.get_by_role("alert")).to_contain_text("Hãy ghi lý do")
    check(screen)
    screen.get_by_label("Lý do từ chối").fill("Bà vẫn ở đây, đã gặp hôm qua")
    screen.get_by_role("button", name="Từ chối").click()
    expect(screen.get_by_role("status")).to_contain_text("Đã từ chối")
    check(screen)

    screen.get_by_role("button", name="Đăng xuất").click()
    sign_in(screen, "binh")
    screen.goto(f"{town.address}/chuyen-ho-so/")
    expect(main).to_contain_text("đã từ chối")
    check(screen)
    _picture(screen, "asked-list")


def _picture(screen: Page, name: str) -> None:
    """Keep a picture to look at, when asked for one."""
    if folder := os.environ.get("ANSINH_PICTURES"):
        width = screen.evaluate("window.innerWidth")
        screen.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
