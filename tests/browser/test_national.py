"""Khoa, of the ministry, decides about a pair of two provinces; Bình withdraws one that he proposed."""

import os

from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, SignIn, Town
from tests.desk.world import FAR


def test_the_ministry_decides_about_a_pair_of_two_provinces(
    town: Town, screen: Page, sign_in: SignIn, check: Check
) -> None:
    """Two people, taken back; one person, undone: the pair waits again as it did."""
    sign_in(screen, "khoa")
    main, told = screen.get_by_role("main"), screen.get_by_role("status")
    expect(main.get_by_role("heading", level=1)).to_have_text("Cả nước")
    _look(screen, check, "home")
    screen.get_by_role("link", name="cặp hồ sơ nghi trùng ở hai tỉnh").click()
    expect(main).to_contain_text("Thành phố Hồ Chí Minh")
    _look(screen, check, "queue")
    main.get_by_role("link", name="Nguyễn Thị Mai · Nguyễn Thị Mai").click()
    _look(screen, check, "pair")
    screen.get_by_role("button", name="Ghi quyết định").click()
    expect(screen.get_by_role("alert")).to_contain_text("Chọn một trong ba")
    screen.get_by_label("hai người khác nhau").check()
    screen.get_by_label("Lý do").fill("Hai bà cùng tên, đã hỏi hai xã")
    screen.get_by_role("button", name="Ghi quyết định").click()
    expect(told).to_contain_text("sẽ không hỏi lại")
    screen.get_by_role("link", name="Cặp đã ghi là hai người khác nhau").click()
    _look(screen, check, "different")
    main.get_by_role("link", name="Nguyễn Thị Mai · Nguyễn Thị Mai").click()
    _look(screen, check, "said-different")
    screen.get_by_label("Lý do rút lại").fill("Xã báo lại là một bà")
    screen.get_by_role("button", name="Rút lại").click()
    expect(told).to_contain_text("trở về hàng chờ")
    screen.get_by_label("giữ hồ sơ 1").check()
    screen.get_by_label("Lý do").fill("Hai xã xác nhận là một bà")
    screen.get_by_role("button", name="Ghi quyết định").click()
    expect(told).to_contain_text("Đã gộp hai hồ sơ")
    _look(screen, check, "merge")
    screen.get_by_label("Lý do huỷ").fill("Gộp nhầm, hai chị em")
    screen.get_by_role("button", name="Huỷ gộp").click()
    expect(told).to_contain_text("trở lại như trước")
    _look(screen, check, "undone")
    screen.goto(f"{town.address}/quyen/")
    _look(screen, check, "rights")


def test_who_proposed_a_pair_with_a_file_elsewhere_withdraws_it(
    town: Town, screen: Page, sign_in: SignIn, check: Check
) -> None:
    sign_in(screen, "binh")
    main = screen.get_by_role("main")
    looking = f"{town.address}/nguoi/{town.hoa}/trung/"
    screen.goto(looking)
    screen.get_by_label("Số định danh ở hồ sơ kia").fill(FAR)
    screen.get_by_role("button", name="Tra cả nước").click()
    screen.get_by_role("button", name="Đề nghị cấp trên của hai nơi xem").click()
    screen.get_by_label("Vì sao là một người").fill("Bà có hai giấy tờ, hai tên")
    _look(screen, check, "propose")
    screen.get_by_role("button", name="Đưa vào hàng chờ").click()
    expect(main).to_contain_text("hàng chờ của Bộ Y tế")
    _look(screen, check, "proposed")
    screen.goto(looking)
    screen.get_by_text("Rút đề nghị này").click()
    _look(screen, check, "withdraw")
    screen.get_by_role("button", name="Rút đề nghị").click()
    expect(screen.get_by_role("alert")).to_contain_text("Hãy ghi lý do")
    _look(screen, check, "withdraw-why")
    screen.get_by_label("Lý do rút").fill("Nhầm với người khác")
    screen.get_by_role("button", name="Rút đề nghị").click()
    expect(screen.get_by_role("status")).to_contain_text("Đã rút đề nghị")
    expect(main).not_to_contain_text("Anh/chị đã đề nghị xem")


def _look(screen: Page, check: Check, name: str) -> None:
    """Look at the page as it stands; keep a picture, when asked for one."""
    check(screen)
    if folder := os.environ.get("ANSINH_PICTURES"):
        width = screen.evaluate("window.innerWidth")
        screen.screenshot(path=f"{folder}/national-{name}-{width}.png", full_page=True)
