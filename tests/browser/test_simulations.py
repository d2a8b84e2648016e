"""A chairman tries two standards in a real browser, with their background work; axe on every page."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import Check, SignIn, Town


def _tried(screen: Page, town: Town, standard: str, name: str = "") -> str:
    """Ask for a standard, wait until it is found; return the address of the result."""
    screen.goto(f"{town.address}/mo-phong/moi/")
    screen.get_by_label("Tháng", exact=True).fill("10/2026")
    screen.get_by_label("Mức chuẩn mới").fill(standard)
    screen.get_by_label("Tên để lưu").fill(name)
    screen.get_by_role("button", name="Chạy mô phỏng").click()
    screen.wait_for_url("**/mo-phong/*/")
    screen.get_by_role("heading", name="Năm năm").wait_for()
    return screen.url


def _taken_home(screen: Page, link: str) -> bytes:
    with screen.expect_download() as download:
        screen.get_by_role("link", name=link).click()
    return Path(download.value.path()).read_bytes()


def test_two_standards_are_tried_saved_compared_and_taken_home(
    town: Town, screen: Page, sign_in: SignIn, check: Check
) -> None:
    sign_in(screen, "chau")
    screen.goto(f"{town.address}/mo-phong/moi/")
    check(screen)
    first = _tried(screen, town, "900.000")
    check(screen)
    assert _taken_home(screen, "Tải bảng tính").startswith(b"PK")
    assert _taken_home(screen, "Tải bản in (PDF)").startswith(b"%PDF")
    screen.get_by_label("Tên", exact=True).fill("Phương án chín trăm")
    screen.get_by_role("button", name="Lưu với tên này").click()
    screen.get_by_role("heading", level=1, name="Phương án chín trăm").wait_for()
    assert screen.url == first
    second = _tried(screen, town, "1.000.000", "Phương án một triệu")
    number = first.rstrip("/").rsplit("/", 1)[1]
    screen.get_by_label("So sánh với").select_option(number)
    screen.get_by_role("button", name="So sánh").click()
    screen.get_by_role("heading", level=1, name="So sánh hai mô phỏng").wait_for()
    for name in ("Phương án chín trăm", "Phương án một triệu"):
        assert screen.get_by_role("heading", level=2, name=name).is_visible()
    check(screen)
    screen.goto(f"{town.address}/mo-phong/")
    check(screen)
    screen.get_by_role("link", name=f"Phương án một triệu (#{second.rstrip('/').rsplit('/', 1)[1]})").click()
    screen.wait_for_url(second)


def test_a_draft_with_a_fault_is_told_where(
    town: Town, screen: Page, sign_in: SignIn, check: Check, tmp_path: Path
) -> None:
    draft = tmp_path / "du-thao.toml"
    draft.write_text('[instrument]\n[[provision]]\nat = "Điều 9"\n', encoding="utf-8")
    sign_in(screen, "chau")
    screen.goto(f"{town.address}/mo-phong/moi/")
    screen.get_by_label("Tháng", exact=True).fill("10/2026")
    screen.get_by_label("Hoặc tệp văn bản dự thảo").set_input_files(draft)
    screen.get_by_role("button", name="Chạy mô phỏng").click()
    screen.get_by_text("Dự thảo có").first.wait_for()
    check(screen)
