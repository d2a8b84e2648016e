"""Every address × role × {own, neighbour's, parent's} territory.

A new page gets its line in pages.py.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

from ansinh.accounts.models import Role, User
from tests import cast
from tests.access.pages import ANYONE, PAGES, Page
from tests.desk.world import NUMBERS, Village

LETTERS = {
    "O": Role.OFFICER,
    "C": Role.CHAIRMAN,
    "D": Role.DEPARTMENT,
    "P": Role.PAYMASTER,
    "I": Role.INSPECTOR,
    "M": Role.MINISTRY,
    "A": Role.ADMIN,
}
PLACES = {"own": cast.commune, "neighbour": cast.neighbour, "parent": cast.province}
# The people of Phường Ba Đình: whatever names one of them is not for the neighbour.
NAMES = ("Nguyễn Thị Mai", "Lê Thị Hoà", "Trần Văn An", "Phạm Ngọc Sơn", "Vũ Thị Lan")
ADD = 'each needs its line in tests/access/pages.py, e.g. Page("room:name", "OCDPI", person, tells=True)'


@pytest.fixture
def everyone(village: Village) -> list[tuple[str, str, User]]:
    """An officer of every role at every place, one of the ministry, and the administrator."""
    units = {place: unit() for place, unit in PLACES.items()}
    wanted = [
        (
            letter,
            place,
            User(username=f"{letter}-{place}".lower(), role=role, unit=unit, created_at=cast.AT),
        )
        for letter, role in LETTERS.items()
        if letter not in "MA"
        for place, unit in units.items()
    ]
    wanted.append(("M", "country", User(username="M", role=Role.MINISTRY, created_at=cast.AT)))
    wanted.append(("A", "own", User(username="A", role=Role.ADMIN, created_at=cast.AT)))
    User.objects.bulk_create([user for _letter, _place, user in wanted])
    return wanted


def test_every_page_has_its_line() -> None:
    named = {name for name, _ in _addresses(get_resolver().url_patterns)}
    lined = {line.name for line in PAGES}
    assert sorted(named - lined) == [], ADD
    assert sorted(lined - named) == [], "these lines of tests/access/pages.py name no page"


@pytest.mark.parametrize("line", PAGES, ids=str)
def test_each_gets_what_is_theirs(
    line: Page, village: Village, everyone: list[tuple[str, str, User]], client: Client
) -> None:
    address = reverse(line.name, kwargs=line.args(village))
    got, due, leaks, silent = {}, {}, [], []
    for letter, place, user in everyone:
        answer = _asked(client, user, line, address, village)
        key = f"{letter} {place}"
        got[key], due[key] = answer.status_code, line.expected(letter, place)
        stranger = place == "neighbour" or letter in line.lost or (letter == "M" and line.who != "M")
        if stranger and _named(answer):
            leaks.append(key)
        if line.tells and due[key] == 200 and not stranger and not _named(answer):
            silent.append(key)
    wrong = {key: f"{got[key]} instead of {due[key]}" for key in due if got[key] != due[key]}
    assert wrong == {}, f"{line}: who gets what is not as tests/access/pages.py says"
    assert leaks == [], f"{line} names people to whom they are not shown"
    assert silent == [], f"{line} names nobody, so the check that the neighbour reads no name sees nothing"


@pytest.mark.parametrize("line", [line for line in PAGES if line.method == "GET"], ids=str)
def test_partials_keep_the_same_doors(line: Page, village: Village, client: Client) -> None:
    """What htmx asks for is kept as the page is."""
    address = reverse(line.name, kwargs=line.args(village))
    for user, place in ((village.actors.chau, "own"), (village.actors.dung, "neighbour")):
        answer = _asked(client, user, line, address, village, htmx=True)
        status = line.expected("C", place)
        assert answer.status_code == (200 if status == 302 else status)
        assert place == "own" or not _named(answer)


@pytest.mark.parametrize("line", PAGES, ids=str)
def test_somebody_not_signed_in_is_sent_to_the_door(line: Page, village: Village, client: Client) -> None:
    address = reverse(line.name, kwargs=line.args(village))
    answer = _asked(client, None, line, address, village)
    if line.who == ANYONE:
        assert answer.status_code in (200, 302, 422)
    else:
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/dang-nhap/")
        assert not _named(answer)


@pytest.mark.parametrize("line", [line for line in PAGES if line.method == "GET"], ids=str)
def test_no_page_lets_a_strangers_script_or_frame_in(line: Page, village: Village, client: Client) -> None:
    letter = "O" if line.who == ANYONE else line.who[0]
    names = {"O": "binh", "C": "chau", "D": "hanh", "P": "phuc", "I": "giang", "M": "khoa", "A": "quantri"}
    user = getattr(village.actors, names[letter])
    answer = _asked(client, user, line, reverse(line.name, kwargs=line.args(village)), village)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    text = _text(answer)
    if "html" in answer.headers.get("Content-Type", ""):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)


def test_every_method_of_a_page_has_its_line(
    village: Village, everyone: list[tuple[str, str, User]], client: Client
) -> None:
    """A page says which methods it takes when it is asked by one that nobody takes."""
    users = {letter: user for letter, place, user in everyone if place in ("own", "country")}
    lined = {(line.name, line.method) for line in PAGES}
    missing = set()
    for line in PAGES:
        client.force_login(users["O" if line.who == ANYONE else line.who[0]])
        with transaction.atomic():
            answer = client.generic("PROPFIND", reverse(line.name, kwargs=line.args(village)))
        assert answer.status_code == 405, f"{line.name} does not say which methods it takes"
        for method in answer.headers["Allow"].split(", "):
            if method != "HEAD" and (line.name, method) not in lined:
                missing.add(f"{method} {line.name}")
    assert missing == set(), ADD


@pytest.mark.parametrize(
    "address",
    ["/chi-tra/", "/chi-tra/ky/2026-09..2026-09/", "/chi-tra/ky/2026-09..2026-09/tong-hop.xlsx"],
)
def test_counts_and_sums_are_of_ones_own_territory(village: Village, client: Client, address: str) -> None:
    """September: 3,825,000 đồng in Ba Đình, 650,000 next door, 4,475,000 together."""
    sums = {"3825000": village.actors.chau, "650000": village.actors.dung, "4475000": village.actors.hanh}
    for own, user in sums.items():
        client.force_login(user)
        text = _text(client.get(address)).replace(".", "")
        assert [total for total in sums if re.search(rf"\b{total}\b", text)] == (
            [own] if user.role == Role.CHAIRMAN else list(sums) if "ky" in address else [own]
        )


def _addresses(patterns: list[URLPattern | URLResolver], room: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, str(pattern.namespace or room))
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{room}:{pattern.name}", pattern


def _asked(
    client: Client, user: User | None, line: Page, address: str, village: Village, *, htmx: bool = False
) -> Any:
    """One request; what it changed is undone."""
    headers = {"HX-Request": "true"} if htmx else {}
    with transaction.atomic():
        client.cookies.clear()  # the session itself was undone with what the request before it changed
        if user is not None:
            client.force_login(user)
        ask = client.get if line.method == "GET" else client.post
        answer = ask(address, line.data(village), headers=headers)
        transaction.set_rollback(True)
    return answer


def _named(answer: Any) -> list[str]:
    """The people of Phường Ba Đình whom an answer names, wherever they stand in it."""
    text = _text(answer)
    return [who for who in (*NAMES, *NUMBERS[:-1]) if who in text]


def _text(answer: Any) -> str:
    kind = answer.headers.get("Content-Type", "")
    content = b"".join(answer) if answer.streaming else answer.content
    if "spreadsheet" in kind or "zip" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if "pdf" in kind:
        return " ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace")
