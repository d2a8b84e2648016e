"""Recording what happened, in a real browser, on a wide and on a narrow screen."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, SignIn, Town

FORMS = ("sinh", "chet", "khuyet-tat", "chuyen-noi-o", "tach-ho", "nguoi-cham-soc", "luong-huu", "vao-ho")


@pytest.mark.parametrize("code", FORMS)
def test_every_form_is_sound(town: Town, screen: Page, sign_in: SignIn, check: Check, code: str) -> None:
    sign_in(screen, "binh")
    screen.goto(f"{town.address}/nguoi/{town.mai}/viec/{code}/")
    check(screen)
    _picture(screen, f"form-{code}")


def test_from_the_file_to_the_entry_and_back(town: Town, screen: Page, sign_in: SignIn, check: Check) -> None:
    """Bình looks at what a certificate would change, writes it, sees it in the history, takes it back."""
    sign_in(screen, "binh")
    screen.goto(f"{town.address}/nguoi/{town.mai}/")
    check(screen)
    screen.get_by_role("link", name="Giấy xác nhận khuyết tật", exact=True).click()
    screen.get_by_role("button", name="Xem trước tác động").click()
    expect(screen.get_by_role("alert")).to_contain_text("Hãy ghi mục này")
    check(screen)
    screen.get_by_label("Từ ngày").fill("01/10/2026")
    screen.get_by_label("Mức độ khuyết tật").select_option("EXTREME")
    screen.get_by_label("vận động").check()
    screen.get_by_label("Số giấy tờ").fill("77/GXN")
    screen.get_by_label("Nơi cấp").fill("UBND phường Ba Đình")
    screen.get_by_label("Ngày cấp").fill("01/10/2026")
    screen.get_by_role("button", name="Xem trước tác động").click()
    main = screen.get_by_role("main")
    expect(main).to_contain_text("→")
    expect(main).to_contain_text("Nghị định 335/2026/NĐ-CP")
    check(screen)
    _picture(screen, "effect")
    screen.get_by_role("button", name="Ghi vào sổ").click()
    expect(screen.get_by_role("status")).to_contain_text("Đã ghi vào sổ")
    expect(main).to_contain_text("Giấy xác nhận khuyết tật số 77/GXN, UBND phường Ba Đình, ngày 01/10/2026")
    check(screen)
    _picture(screen, "file")
    screen.get_by_role("link", name=re.compile("^Huỷ")).first.click()
    screen.get_by_label("Lý do huỷ").fill("Giấy của người khác")
    screen.get_by_role("button", name="Xem trước tác động").click()
    check(screen)
    screen.get_by_role("button", name="Ghi vào sổ").click()
    expect(main).to_contain_text("Giấy của người khác")


def _picture(screen: Page, name: str) -> None:
    """Keep a picture to look at, when asked for one."""
    if folder := os.environ.get("ANSINH_PICTURES"):
        width = screen.evaluate("window.innerWidth")
        screen.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
