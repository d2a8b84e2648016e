"""One ill woman in a commune: no page, no list and no line of the trail may tell it."""

import io
import re
from collections import deque
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from ansinh.accounts.models import Entry
from tests.desk import world
from tests.desk.secrets import TELLS
from tests.desk.world import Village

ENOUGH = 300
OF_NOBODY = ("/luat/", "/static/", "/nhap-danh-sach/cach-goi/")
MONTHS = ("2026-07", "2026-10", "2026-11")


class Links(HTMLParser):
    """Every link and form of a page that asks for another page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self.found.append(told["href"] or "")


def text_of(content: bytes, kind: str) -> str:
    """Read a page, a spreadsheet or a PDF as its reader would."""
    if "spreadsheet" in kind:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        return "\n".join(" ".join(map(str, row)) for row in rows)
    if "pdf" in kind:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return unescape(re.sub(r"<[^>]+>", " ", content.decode()))


def everything(client: Client, start: list[str]) -> dict[str, str]:
    """Follow every link from some pages, but for those that name every group of the law and nobody."""
    waiting, seen = deque(start), dict[str, str]()
    while waiting and len(seen) < ENOUGH:
        address = waiting.popleft()
        parts = urlsplit(address)
        if address in seen or parts.netloc or not parts.path or parts.path.startswith(OF_NOBODY):
            continue
        if "/vi-sao/" in address and not any(f"month={month}" in address for month in MONTHS):
            continue
        answer = client.get(address)
        kind = answer.headers.get("Content-Type", "")
        seen[address] = text_of(answer.content, kind) if answer.status_code == 200 else ""
        assert answer.status_code in (200, 302, 403, 404, 422), address
        if answer.status_code == 200 and "html" in kind:
            page = Links()
            page.feed(answer.content.decode())
            waiting.extend(urljoin(address, link.partition("#")[0]) for link in page.found)
    return seen


def started_from(village: Village) -> list[str]:
    searches = ["/nguoi/?tim=hoa", "/nguoi/?tim=001186", "/nguoi/?tim=le+thi"]
    kinds = ("ENTITLED_NOT_GRANTED", "NO_LONGER_ENTITLED", "LEVEL_DIFFERS", "CONVERSION", "CANNOT_TELL")
    return [
        "/",
        *searches,
        *(f"/quyet-dinh/?thang=2026-10&loai={kind}" for kind in kinds),
        *(f"/nguoi/{village.hoa.pk}/vi-sao/?month={month}&asked_on=2026-10-06" for month in MONTHS),
    ]


@pytest.mark.parametrize("name", ["binh", "phuc", "giang"])
def test_no_page_and_no_list_tells_the_illness(village: Village, client: Client, name: str) -> None:
    client.force_login(getattr(village.actors, name))

    seen = everything(client, started_from(village))

    told = {address: TELLS.findall(text)[:3] for address, text in seen.items() if TELLS.search(text)}
    assert told == {}
    assert any(address.endswith(".pdf") for address in seen) and any(a.endswith(".xlsx") for a in seen)
    assert any(village.hoa.name in text and "Trợ cấp hằng tháng" in text for text in seen.values())
    assert len(seen) < ENOUGH, "the crawl did not end"


def test_the_trail_tells_who_looked_and_not_what_they_saw(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    shown = client.post(f"/nguoi/{village.hoa.pk}/nhay-cam/?month=2026-10", {"reason": world.REASON})
    assert "HIV" in shown.text
    for entry in Entry.objects.all():
        assert not TELLS.search(f"{entry.action} {entry.reason} {entry.detail}")
    client.force_login(village.actors.giang)
    assert not TELLS.search(client.get("/nhat-ky/").text)


def test_a_healthy_person_has_the_same_buttons(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    for somebody in (village.hoa, village.an, village.mai):
        assert f"/nguoi/{somebody.pk}/nhay-cam/" in client.get(f"/nguoi/{somebody.pk}/").text
