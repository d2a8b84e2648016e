"""Pages for a reader of English: what is left in Vietnamese is marked as such, or is somebody's name."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from ansinh.accounts.access import may
from ansinh.accounts.models import User
from ansinh.db.periods import span
from ansinh.desk.events import EVENTS
from ansinh.payments.models import Kind, Posting, Progress
from ansinh.payments.queries import months_of
from ansinh.payments.queries.screens import key_of
from ansinh.registry.models import Fact, Person
from ansinh.rulebook.english import in_english
from tests import cast
from tests.desk.world import OCTOBER, Village

EMPTY = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}
PAPER = {"paper_kind": "Paper", "paper_number": "9", "paper_issuer": "Office", "paper_day": "05/10/2026"}


class Unmarked(HTMLParser):
    """The words of a page that stand outside everything marked as Vietnamese."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[bool] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self.marks.append(("lang", "vi") in attrs)
        self.words += [said for name, said in attrs if name in ("data-name", "aria-label", "title") and said]

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            self.marks.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.marks):
            self.words.append(data)


def vietnamese(text: str) -> list[str]:
    """What is Vietnamese in a page and not marked, without names and đồng."""
    reader = Unmarked()
    reader.feed(text)
    units = (cast.commune(), cast.neighbour(), cast.province())
    names = [unit.full_name for unit in units] + [unit.name for unit in units]
    names += [
        *Person.objects.values_list("name", flat=True),
        *User.objects.values_list("full_name", flat=True),
    ]
    found = []
    for words in reader.words:
        for name in (*sorted(names, key=len, reverse=True), "đồng", "Đồng", "đ"):
            words = words.replace(name, "")
        if any(letter.isalpha() and not letter.isascii() for letter in words):
            found.append(" ".join(words.split()))
    return found


@pytest.fixture
def english(client: Client, november: None) -> Client:
    client.cookies["django_language"] = "en"
    return client


def shown(client: Client, address: str, said: dict[str, Any] | None = None) -> str:
    answer = client.post(address, said) if said else client.get(address)
    assert answer.status_code == 200, address
    assert vietnamese(answer.text) == [], address
    return answer.text


def test_the_pages_of_payments_are_in_english(village: Village, english: Client) -> None:
    draft = village.payroll()
    paid = Posting.objects.filter(payroll__unit=cast.commune()).latest("payroll").payroll
    for user in (village.actors.binh, village.actors.phuc):
        english.force_login(user)
        pages = [f"/chi-tra/{one.pk}/{part}" for one in (draft, paid) for part in ("", "dong/")]
        pages += [f"/chi-tra/ky/{key_of(months_of(one))}/" for one in (draft, paid)]
        text = "".join(shown(english, page) for page in ("/chi-tra/", "/chi-tra/lap/", *pages))
        for words in (
            "Severe disability",
            "arrears",
            "Funding source",
            "Monthly allowance (groups not named)",
        ):
            assert words in text, words
        assert "HIV" not in text
    english.cookies["django_language"] = "vi"
    text = english.get(f"/chi-tra/{draft.pk}/dong/").text
    assert "Người khuyết tật nặng" in text and "truy lĩnh" in text


@pytest.mark.parametrize(
    ("state", "told", "words"),
    [
        ("DONE", {"message": "Đã lập 3 bảng chi trả."}, "Payrolls prepared: 3."),
        ("FAILED", {"message": "Máy chủ gặp lỗi khi đang làm; không có gì bị ghi dở."}, "The server failed"),
        ("WAITING", {}, "Waiting for its turn"),
        ("WAITING", {"step": "Trừ số đã chi"}, "Subtracting what was booked"),
        ("REFUSED", {"message": "Chưa mở.", "basis": "Điều 1", "remedy": "Mở đi."}, 'lang="vi">Chưa mở.'),
    ],
)
def test_how_far_a_job_is_is_told_in_english(
    village: Village, english: Client, state: str, told: dict[str, str], words: str
) -> None:
    job = Progress.objects.create(
        job="PREPARE",
        unit=cast.commune(),
        months=span(OCTOBER.first, OCTOBER.next().first),
        by=village.actors.phuc,
        asked_at=cast.AT,
        state=state,
        steps=6,
        **told,
    )
    english.force_login(village.actors.phuc)
    text = shown(english, f"/chi-tra/tien-do/{job.pk}/")
    assert words in text and "Preparing payrolls" in text


def test_what_a_line_pays_has_its_english() -> None:
    assert [kind.label for kind in Kind if in_english(str(kind.label)) is None] == []


def test_the_forms_of_what_happens_are_in_english(village: Village, english: Client) -> None:
    binh = village.actors.binh
    english.force_login(binh)
    pages = {
        event.code: shown(english, f"/nguoi/{village.son.pk}/viec/{event.code}/")
        for event in EVENTS
        if all(may(binh, right) for right in event.rights)
    }
    assert "extremely severe" in pages["khuyet-tat"] and "mobility" in pages["khuyet-tat"]
    assert "other relative" in pages["vao-ho"] and "near-poor household" in pages["ho-ngheo"]
    assert "other relative" in shown(english, "/nguoi/them/")
    for fact in Fact.objects.filter(person=village.son, superseded_at=None):
        shown(english, f"/nguoi/{village.son.pk}/du-kien/nguoi/{fact.pk}/")


def test_what_an_entry_would_change_is_told_in_english(village: Village, english: Client) -> None:
    english.force_login(village.actors.binh)
    asked = {**PAPER, "valid_from": "01/11/2026", "step": "look"}
    degree = {**asked, "degree": "EXTREME", "kinds": ["MOBILITY"]}
    text = shown(english, f"/nguoi/{village.son.pk}/viec/khuyet-tat/", degree)
    assert "from 11/2026: " in text and "Extremely severe disability" in text
    assert "extremely severe" in text and "a month" in text
    poverty = {**asked, "poverty": "NONE"}
    text = shown(english, f"/nguoi/{village.hoa.pk}/viec/ho-ngheo/", poverty)
    assert "HIV" not in text
