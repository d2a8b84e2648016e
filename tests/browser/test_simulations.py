"""A chairman tries a standard in a real browser, with its background work; axe on every page."""

from playwright.sync_api import Page

from tests.browser.conftest import Check, SignIn, Town


def test_a_standard_is_tried_and_shown_soundly(
    town: Town, screen: Page, sign_in: SignIn, check: Check
) -> None:
    sign_in(screen, "chau")
    screen.goto(f"{town.address}/mo-phong/moi/")
    check(screen)
    screen.get_by_label("Tháng", exact=True).fill("10/2026")
    screen.get_by_label("Mức chuẩn mới").fill("900.000")
    screen.get_by_role("button", name="Chạy mô phỏng").click()
    screen.wait_for_url("**/mo-phong/*/")
    screen.get_by_role("heading", name="Năm năm").wait_for()
    check(screen)
    screen.goto(f"{town.address}/mo-phong/")
    check(screen)
