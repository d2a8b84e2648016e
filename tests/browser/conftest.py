"""A real Chromium on a running site: axe, a narrow screen, a reader without JavaScript."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from pytest_django import DjangoDbBlocker

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
TAGS = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
RULES = f"{{runOnly: {{type: 'tag', values: {TAGS}}}}}"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}

Check = Callable[[Page], None]
SignIn = Callable[[Page, str], None]


@dataclass(frozen=True)
class Town:
    """A running site with the village of tests/desk/world.py in it."""

    address: str
    mai: int
    hoa: int
    payroll: int
    decision: int
    double: int
    across: int


@pytest.fixture(scope="session")
def town(village_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """The site, its background worker included; what a test does to it stays."""
    from ansinh.accounts import operations as accounts
    from ansinh.accounts.models import Role
    from ansinh.grants.models import Decision
    from ansinh.registry.models import Double
    from tests import cast, databases
    from tests.desk import world
    from tests.sites import pointed_at, serving

    with databases.clone("browser", of=village_database) as url:
        with django_db_blocker.unblock(), pointed_at(url):
            village = world.find()
            accounts.ensure_account(
                at=cast.AT, username="uyen", full_name="Đỗ Thị Uyên", role=Role.OFFICER,
                unit=cast.neighbour(), password=cast.PASSWORD,
            )  # fmt: skip
            cast.can_sign_in()
            keys = (village.mai.pk, village.hoa.pk, village.payroll().pk)
            decision = Decision.objects.get(kind="ADJUST", unit=cast.commune()).pk
            double = Double.objects.create(
                first=village.mai, second=village.lan, unit=cast.commune(), points=13, found_at=cast.AT,
                reasons=["SAME_NAME_WITHOUT_TONES", "SAME_COMMUNE"],
            ).pk  # fmt: skip
            twin = world.far_twin()
            across = Double.objects.create(
                first=village.mai,
                second=twin,
                points=12,
                found_at=cast.AT,
                reasons=["SAME_NAME", "BORN_ALIKE"],
            ).pk
        with serving(url) as address:
            yield Town(address, *keys, decision, double, across)


@pytest.fixture(params=[WIDE, NARROW], ids=["1280", "360"])
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page on a wide and on a narrow screen; what the browser complains of fails the test."""
    yield from _page(browser, viewport=request.param)


@pytest.fixture
def wide(browser: Browser) -> Iterator[Page]:
    """A page on a wide screen."""
    yield from _page(browser, viewport=WIDE)


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page for a reader whose browser runs no JavaScript."""
    yield from _page(browser, viewport=WIDE, java_script_enabled=False)


def _page(browser: Browser, **options: Any) -> Iterator[Page]:
    context = browser.new_context(locale="vi-VN", accept_downloads=True, **options)
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        expected = "status of 4" in message.text  # a refusal the test asked for
        if message.type in ("error", "warning") and not expected:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def check() -> Check:
    """Look at the page as it stands: axe finds nothing, and nothing sticks out to the right."""

    def checked(page: Page) -> None:
        page.evaluate(AXE)
        found = page.evaluate(f"axe.run(document, {RULES})")["violations"]
        told = [(f["id"], [node["html"][:160] for node in f["nodes"]][:3]) for f in found]
        assert told == [], page.url
        room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert room[0] <= room[1], f"{page.url} is wider than the screen"

    return checked


@pytest.fixture
def sign_in(town: Town) -> SignIn:
    """Sign in as one of the cast."""
    from tests.cast import PASSWORD

    def signed_in(page: Page, username: str) -> None:
        page.goto(f"{town.address}/dang-nhap/")
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url(f"{town.address}/")

    return signed_in
