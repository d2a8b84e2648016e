"""Somebody who moved next door is taken in there by one decision, on a wide and on a narrow screen."""

import os

from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, SignIn, Town


def test_who_moved_here_is_paid_on(town: Town, screen: Page, sign_in: SignIn, check: Check) -> None:
    """Bình records that Mai moved to Ngọc Hà; the chairman there signs; a mistake, and decided back."""
    sign_in(screen, "binh")
    screen.goto(f"{town.address}/nguoi/{town.mai}/viec/chuyen-noi-o/")
    _move(screen, "00008")
    screen.goto(f"{town.address}/chuyen-den/")
    expect(screen.get_by_role("main")).to_contain_text("đơn vị mình còn chi trả")
    check(screen)
    _picture(screen, "left")
    screen.get_by_role("button", name="Đăng xuất").click()

    sign_in(screen, "dung")
    screen.goto(f"{town.address}/")
    _picture(screen, "home")
    screen.get_by_role("link", name="nơi cũ còn chi trả").click()
    check(screen)
    _picture(screen, "arrivals")
    screen.get_by_role("main").get_by_role("link", name="Nguyễn Thị Mai", exact=True).first.click()
    expect(screen.get_by_role("main")).to_contain_text("Phường Ba Đình còn chi trả")
    _picture(screen, "person")
    screen.get_by_role("link", name="Nhận chi trả từ nơi cũ").click()
    expect(screen.get_by_role("main")).to_contain_text("1.300.000")
    check(screen)
    _picture(screen, "take-in")
    screen.get_by_label("Số quyết định").fill("")
    screen.get_by_role("button", name="Ký quyết định").click()
    expect(screen.get_by_role("alert")).to_contain_text("Hãy ghi số quyết định")
    check(screen)
    screen.get_by_label("Số quyết định").fill("{số}/QĐ-UBND")
    screen.get_by_label("Quyết định thôi chi trả của nơi cũ").fill("3/QĐ-UBND ngày 06/11/2026")
    screen.get_by_role("button", name="Ký quyết định").click()
    expect(screen.get_by_role("main")).to_contain_text("Nơi cũ thôi chi trả")
    check(screen)
    _picture(screen, "decision")
    screen.get_by_role("button", name="Đăng xuất").click()

    sign_in(screen, "uyen")
    screen.goto(f"{town.address}/nguoi/{town.mai}/")
    expect(screen.get_by_role("main")).to_contain_text("Từ 12/2026 do Phường Ngọc Hà chi trả")
    _picture(screen, "paid-on")
    screen.get_by_role("link", name="Huỷ", exact=False).first.click()
    screen.get_by_label("Lý do").fill("Ghi nhầm người chuyển đi")
    screen.get_by_role("button", name="Xem trước tác động").click()
    screen.get_by_role("button", name="Ghi vào sổ").click()
    screen.get_by_role("button", name="Đăng xuất").click()

    sign_in(screen, "chau")
    screen.goto(f"{town.address}/nguoi/{town.mai}/nhan-chi-tra/")
    expect(screen.get_by_role("main")).to_contain_text("Từ 12/2026: Phường Ba Đình chi trả")
    screen.get_by_role("button", name="Ký quyết định").click()
    expect(screen.get_by_role("main")).to_contain_text("Phường Ngọc Hà")


def _move(screen: Page, code: str) -> None:
    screen.get_by_label("Từ ngày").fill("05/11/2026")
    screen.get_by_label("Chuyển đến xã, phường").fill(code)
    screen.get_by_label("Thôn, tổ dân phố").fill("Tổ dân phố 2")
    screen.get_by_label("Nơi cấp").fill("Công an phường")
    screen.get_by_label("Ngày cấp").fill("06/11/2026")
    screen.get_by_role("button", name="Xem trước tác động").click()
    screen.get_by_role("button", name="Ghi vào sổ").click()


def _picture(screen: Page, name: str) -> None:
    """Keep a picture to look at, when asked for one."""
    if folder := os.environ.get("ANSINH_PICTURES"):
        width = screen.evaluate("window.innerWidth")
        screen.screenshot(path=f"{folder}/moving-{name}-{width}.png", full_page=True)
