"""A decision asked for and signed, in a real browser and without JavaScript."""

import datetime as dt
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from ansinh.kernel.time import Month
from ansinh.web import clock
from tests.browser.conftest import Check

MONTH = Month.of(clock.today())


@pytest.fixture(scope="module")
def street(village_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The village with sixty poor elders to whom nobody has granted anything; the law was asked."""
    from ansinh.grants import operations as grants
    from tests import cast, databases
    from tests.desk import world
    from tests.sites import pointed_at, serving

    with databases.clone("proposals", of=village_database) as url:
        with django_db_blocker.unblock(), pointed_at(url):
            village = world.find()
            cast.can_sign_in()
            home = world.household("BD-100", cast.commune(), "Tổ dân phố 5")
            for number in range(60):
                who = world.person(
                    home, f"Đặng Thị Hạnh {number}", f"0011450{number:05}", dt.date(1940, 2, 3)
                )
                for fact in ("pension", "insurance_allowance", "survivor_allowance"):
                    world.fact(who, fact, False)
                world.fact(who, "supporter", "NONE")
            world.fact(who, "household_poverty", "POOR")
            grants.ask_month(
                unit=cast.commune(), month=MONTH, on=clock.today(), at=clock.now(), by=village.actors.binh
            )
        with serving(url) as address:
            yield address


def sign_in(page: Page, address: str, username: str) -> None:
    from tests.cast import PASSWORD

    page.context.clear_cookies()
    page.goto(f"{address}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()


def look(page: Page, name: str) -> None:
    """Keep a picture, where somebody asked for pictures."""
    if folder := os.environ.get("PICTURES"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def tick(page: Page, person: int, name: str = "Chọn") -> None:
    page.get_by_role("checkbox", name=f"{name} Đặng Thị Hạnh {person},").check()


def test_ticks_cross_pages_and_the_chairman_sends_it_back(street: str, screen: Page, check: Check) -> None:
    sign_in(screen, street, "binh")
    screen.goto(f"{street}/quyet-dinh/?thang={MONTH}&loai=ENTITLED_NOT_GRANTED")
    tick(screen, 1)
    press(screen, "Trang sau")
    look(screen, "review")
    check(screen)
    expect(screen.get_by_role("main")).to_contain_text("Đã chọn 1 người")
    tick(screen, 9)
    press(screen, "Soạn quyết định cho người đã chọn")
    look(screen, "propose")
    check(screen)
    screen.get_by_label("Ghi chú cho người ký").fill("Đã xem hồ sơ giấy của cả hai bà")
    press(screen, "Trình ký")
    expect(screen.get_by_role("main")).to_contain_text("chờ ký")
    look(screen, "proposals")
    check(screen)
    sign_in(screen, street, "chau")
    look(screen, "home-chau")
    check(screen)
    screen.get_by_role("link", name="người trong dự thảo quyết định chờ ký").click()
    look(screen, "proposal")
    check(screen)
    screen.get_by_label("Lý do trả lại").fill("Thiếu giấy xác nhận hộ nghèo")
    press(screen, "Trả lại người soạn")
    sign_in(screen, street, "binh")
    look(screen, "home-binh")
    screen.get_by_role("link", name="người trong dự thảo bị trả lại").click()
    expect(screen.get_by_role("main")).to_contain_text("Thiếu giấy xác nhận hộ nghèo")
    look(screen, "returned")
    check(screen)
    press(screen, "Soạn lại để trình")
    tick(screen, 9, "Bỏ")
    press(screen, "Bỏ những người đã đánh dấu")
    look(screen, "again")
    press(screen, "Trình ký")
    screen.get_by_role("link", name=":").first.click()
    press(screen, "Rút dự thảo")
    look(screen, "withdrawn")
    check(screen)


def test_all_of_it_works_without_javascript(street: str, plain: Page) -> None:
    sign_in(plain, street, "binh")
    plain.goto(f"{street}/quyet-dinh/?thang={MONTH}&loai=ENTITLED_NOT_GRANTED")
    press(plain, "Soạn cho tất cả 60 người khớp bộ lọc")
    press(plain, "Trình ký")
    sign_in(plain, street, "chau")
    plain.get_by_role("link", name="người trong dự thảo quyết định chờ ký").click()
    press(plain, "Ký quyết định cho 60 người")
    expect(plain.get_by_role("heading", level=1)).to_contain_text("/QĐ-UBND")
    look(plain, "decision")
