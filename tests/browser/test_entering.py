"""Entering somebody new, in a real browser, on a wide and on a narrow screen."""

import os

from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, SignIn, Town


def test_somebody_new_is_looked_for_and_entered(
    town: Town, screen: Page, sign_in: SignIn, check: Check
) -> None:
    """Bình looks in vain, fills the form in, sees whom it may be, says it is another, and writes."""
    sign_in(screen, "binh")
    width = screen.evaluate("window.innerWidth")
    check(screen)
    screen.get_by_label("Tìm đối tượng").fill("Vũ Thị Lan Anh")
    screen.get_by_role("button", name="Tìm").click()
    screen.get_by_role("main").get_by_role("link", name="Thêm người").click()
    expect(screen.get_by_label("Họ và tên")).to_have_value("Vũ Thị Lan Anh")
    check(screen)
    screen.get_by_role("button", name="Tra trùng").click()
    expect(screen.get_by_role("alert")).to_contain_text("Hãy ghi mục này")
    check(screen)
    _picture(screen, "enter-form")
    screen.get_by_label("Họ và tên").fill("Vu Thi Lan")
    screen.get_by_label("Ngày sinh").fill("01/12/1972")
    screen.get_by_label("Giới tính").select_option("F")
    screen.get_by_label("Số định danh").fill(f"03817200{width:04}")
    screen.get_by_label("Cư trú ở đây từ ngày").fill("01/10/2026")
    screen.get_by_label("Vào hộ đã có").fill("Phạm Ngọc Sơn")
    screen.get_by_label("Quan hệ với chủ hộ").select_option("6")
    screen.get_by_label("Nơi cấp").fill("Công an phường Ba Đình")
    screen.get_by_label("Ngày cấp").fill("02/10/2026")
    screen.get_by_role("button", name="Tra trùng").click()
    main = screen.get_by_role("main")
    expect(main).to_contain_text("cùng họ tên, một bên viết không dấu")
    check(screen)
    _picture(screen, "enter-checked")
    screen.get_by_role("button", name="Ghi vào sổ").click()
    expect(screen.get_by_role("alert")).to_contain_text("có thể chính là người này")
    check(screen)
    for box in screen.get_by_role("checkbox").all():
        box.check()
    screen.get_by_role("button", name="Ghi vào sổ").click()
    expect(screen.get_by_role("status")).to_contain_text("Đã thêm vào sổ: Vu Thi Lan")
    check(screen)
    _picture(screen, "entered")


def _picture(screen: Page, name: str) -> None:
    """Keep a picture to look at, when asked for one."""
    if folder := os.environ.get("ANSINH_PICTURES"):
        width = screen.evaluate("window.innerWidth")
        screen.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
