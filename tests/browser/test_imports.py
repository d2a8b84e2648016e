"""Moving in, in a real browser: a list is sent, its report is sound on a wide and a narrow screen."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, SignIn, Town
from tests.imports import lists, poor


def test_a_list_is_sent_and_reported(
    town: Town, screen: Page, sign_in: SignIn, check: Check, tmp_path: Path
) -> None:
    file = tmp_path / "danh-sach.xlsx"
    file.write_bytes(lists.untidy())
    sign_in(screen, "binh")
    screen.goto(f"{town.address}/nhap-danh-sach/")
    check(screen)
    screen.get_by_label("Tệp danh sách").set_input_files(file)
    screen.get_by_label("Danh sách của tháng").fill("10/2026")
    screen.get_by_role("button", name="Gửi và kiểm tra").click()
    main = screen.get_by_role("main")
    expect(main).to_contain_text("chưa ghi gì vào sổ", timeout=60_000)
    screen.reload()
    expect(main).to_contain_text("Không có ngày này trong lịch")
    check(screen)
    screen.goto(f"{town.address}/nhap-danh-sach/cach-goi/")
    check(screen)


def test_the_years_poverty_list_is_sent_and_reported(
    town: Town, screen: Page, sign_in: SignIn, check: Check, tmp_path: Path
) -> None:
    file = tmp_path / "ho-ngheo.xlsx"
    file.write_bytes(poor.untidy())
    sign_in(screen, "binh")
    screen.goto(f"{town.address}/nhap-danh-sach/")
    screen.get_by_role("link", name="Danh sách hộ nghèo, cận nghèo").click()
    check(screen)
    screen.get_by_role("button", name="Gửi và kiểm tra").click()
    expect(screen.get_by_role("main")).to_contain_text("Hãy ghi số quyết định công nhận.")
    check(screen)
    screen.get_by_label("Tệp danh sách").set_input_files(file)
    screen.get_by_label("Danh sách của năm").fill("2027")
    screen.get_by_label("Số quyết định").fill("45/QĐ-UBND")
    screen.get_by_label("Ngày quyết định").fill("15/12/2026")
    screen.get_by_label("Danh sách này có đủ mọi hộ").check()
    screen.get_by_role("button", name="Gửi và kiểm tra").click()
    main = screen.get_by_role("main")
    expect(main).to_contain_text("chưa ghi gì vào sổ", timeout=60_000)
    screen.reload()
    expect(main).to_contain_text("Nhập hộ này bằng danh sách đối tượng")
    check(screen)
    screen.get_by_role("main").get_by_role("link", name="1", exact=True).first.click()
    expect(main).to_contain_text("không có trong danh sách mới")
    check(screen)
