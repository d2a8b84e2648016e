"""A file that another commune has: asked for, handed over, declined, withdrawn; nothing seen before."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from ansinh.accounts.models import Entry, Read, User
from ansinh.geography.models import Unit
from ansinh.registry import operations as registry
from ansinh.registry.models import Answer, HouseholdResidence, Member, Source, Transfer
from ansinh.web import clock
from tests import cast
from tests.desk.world import NUMBERS, Village

LAN = {
    "name": "Vu Thi Lan",
    "born": "1972",
    "sex": "F",
    "number": NUMBERS[4],
    "valid_from": "01/11/2026",
    "village": "Tổ dân phố 2",
    "paper_kind": "Giấy",
    "paper_issuer": "Công an",
    "paper_day": "02/11/2026",
}
WHY = {
    "reason": "Đã về ở với con gái",
    "valid_from": "01/11/2026",
    "village": "Tổ dân phố 2",
    "paper_kind": "Thông báo cư trú",
    "paper_number": "31/TB",
    "paper_issuer": "Công an phường Ngọc Hà",
    "paper_day": "02/11/2026",
    "step": "send",
}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 10 November 2026, at eight."""
    eight = dt.datetime(2026, 11, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 10))
    monkeypatch.setattr(clock, "now", lambda: eight)


def officer(username: str, unit: Unit) -> User:
    """Somebody with Bình's role elsewhere."""
    return User.objects.create(
        username=username, full_name=f"Cán bộ {username}", role="OFFICER", unit=unit, created_at=cast.AT
    )


@pytest.fixture
def uyen(village: Village) -> User:
    """Bình's colleague in Phường Ngọc Hà, next door."""
    return officer("uyen", cast.neighbour())


def ticket(client: Client, user: User) -> str:
    """What the page of a newcomer gives, to ask for the file with."""
    client.force_login(user)
    shown = client.post("/nguoi/them/", {**LAN, "step": "look"}).text
    found = re.search(r'name="ve" value="([^"]+)"', shown)
    assert found is not None and "Vũ Thị Lan" not in shown
    return found[1]


def ask(client: Client, user: User) -> Transfer:
    answer = client.post("/chuyen-ho-so/xin/", {**WHY, "ve": ticket(client, user)})
    assert answer.status_code == 302, answer.text
    made = Transfer.objects.latest("pk")
    assert answer.headers["Location"] == f"/chuyen-ho-so/{made.pk}/"
    return made


def trail() -> list[tuple[str, str]]:
    return list(
        Entry.objects.filter(right="registry.transfer").order_by("pk").values_list("action", "who__username")
    )


def test_a_file_is_asked_for_and_handed_over(village: Village, uyen: User, client: Client) -> None:
    asked = ask(client, uyen)
    assert (asked.person, asked.holder, asked.to) == (village.lan, cast.commune(), cast.neighbour())
    # Who asked sees what they typed and no more: not her tones, not her day of birth.
    own = [client.get(address).text for address in ("/", "/chuyen-ho-so/", f"/chuyen-ho-so/{asked.pk}/")]
    assert "nơi kia chưa trả lời" in own[0]
    assert all("Vu Thi Lan" in text and "chờ trả lời" in text for text in own[1:])
    assert not any("Vũ Thị Lan" in text or "01/12/1972" in text or "Tổ dân phố 4" in text for text in own)
    assert client.get(f"/nguoi/{village.lan.pk}/").status_code == 404
    assert client.get(f"/chuyen-ho-so/{asked.pk}/dong-y/").status_code == 404
    assert not Read.objects.filter(who=uyen).exists()

    client.force_login(village.actors.binh)
    assert "yêu cầu chuyển hồ sơ đi, chờ trả lời" in client.get("/").text
    assert f'href="/chuyen-ho-so/{asked.pk}/"' in client.get("/chuyen-ho-so/").text
    page = client.get(f"/chuyen-ho-so/{asked.pk}/").text
    for told in ("Vũ Thị Lan", "Vu Thi Lan", "01/12/1972", "Đã về ở với con gái", "Thông báo cư trú 31/TB"):
        assert told in page, told
    address = f"/chuyen-ho-so/{asked.pk}/dong-y/"
    form = client.get(address).text
    assert "Phạm Ngọc Sơn" in form and 'value="01/11/2026"' in form
    said = {"valid_from": "01/11/2026", "who": [str(village.lan.pk)]}
    assert client.post(address, {**said, "who": [str(village.son.pk)], "step": "look"}).status_code == 422
    assert client.post(address, {**said, "step": "look"}).status_code == 200
    assert not Answer.objects.exists(), "only looked at"
    assert client.post(address, {**said, "step": "save"}).headers["Location"] == "/nguoi/"
    assert client.post(address, {**said, "step": "save"}).status_code == 404, "a second click does nothing"

    home = HouseholdResidence.objects.get(
        household=Member.objects.get(person=village.lan, superseded_at=None, valid_to=None).household
    )
    assert (home.unit, home.village) == (cast.neighbour(), "Tổ dân phố 2")
    moved = Source.objects.get(event="chuyen-noi-o", about=village.lan)
    assert moved.document == asked.document and moved.by == village.actors.binh
    assert client.get(f"/nguoi/{village.lan.pk}/").status_code == 404
    client.force_login(uyen)
    desk = client.get("/").text
    assert "<b>1</b> <span>trả lời về hồ sơ đã xin <small>(trong 7 ngày qua)" in desk
    assert "nơi kia chưa trả lời" not in desk
    page = client.get(f"/chuyen-ho-so/{asked.pk}/").text
    assert "đã đồng ý" in page and f'href="/nguoi/{village.lan.pk}/"' in page
    assert "Vũ Thị Lan" in client.get(f"/nguoi/{village.lan.pk}/").text
    assert trail() == [("ask_transfer", "uyen"), ("accept_transfer", "binh")]


def test_a_whole_household_goes_when_all_of_it_is_marked(
    village: Village, uyen: User, client: Client
) -> None:
    asked = ask(client, uyen)
    client.force_login(village.actors.binh)
    both = [str(village.lan.pk), str(village.son.pk)]
    said = {"valid_from": "05/11/2026", "who": both, "step": "save"}
    assert client.post(f"/chuyen-ho-so/{asked.pk}/dong-y/", said).status_code == 302
    home = HouseholdResidence.objects.get(household__code="BD-004", superseded_at=None, valid_to=None)
    assert (home.unit, home.valid_from) == (cast.neighbour(), dt.date(2026, 11, 5))


def test_whoever_is_said_to_be_dead_is_not_handed_over_before_that_is_undone(
    village: Village, uyen: User, client: Client
) -> None:
    """The loudest complaint: somebody marked dead by mistake turns up, alive, next door."""
    death = registry.record_death(
        person=village.lan,
        died_on=dt.date(2026, 10, 20),
        by=village.actors.binh,
        at=clock.now(),
        event="chet",
    )
    address = f"/chuyen-ho-so/{ask(client, uyen).pk}/"
    assert "Đã chết ngày" not in client.get(address).text, "the neighbour is not told"
    client.force_login(village.actors.binh)
    shown = client.get(address).text
    assert "Đã chết ngày 20/10/2026" in shown and f"{address}dong-y/" not in shown
    refused = client.get(f"{address}dong-y/")
    assert refused.status_code == 422 and "huỷ việc ghi chết" in refused.text
    registry.undo_entry(source=death.source, reason="Ghi nhầm", by=village.actors.binh, at=clock.now())
    assert f"{address}dong-y/" in client.get(address).text
    assert client.get(f"{address}dong-y/").status_code == 200


def test_a_request_is_declined_with_a_reason_the_asker_reads(
    village: Village, uyen: User, client: Client
) -> None:
    asked = ask(client, uyen)
    address = f"/chuyen-ho-so/{asked.pk}/"
    no = {"what": "DECLINE", "reason": "Bà vẫn ở đây, đã gặp hôm qua"}
    assert client.post(address, no).status_code == 404, "who asked does not answer"
    client.force_login(village.actors.binh)
    assert client.post(address, {**no, "reason": ""}).status_code == 422
    assert client.post(address, {**no, "what": "WITHDRAW"}).status_code == 404
    assert client.post(address, no).status_code == 302
    again = client.post(address, no)
    assert again.status_code == 422 and "đã có trả lời" in again.text
    assert client.get(f"{address}dong-y/").status_code == 404
    assert "chờ trả lời</span></a>" not in client.get("/").text
    client.force_login(uyen)
    page = client.get(address).text
    assert "đã từ chối" in page and "Bà vẫn ở đây" in page and "Vũ Thị Lan" not in page
    assert trail() == [("ask_transfer", "uyen"), ("decline_transfer", "binh")]


def test_one_request_is_open_at_a_time_and_can_be_withdrawn(
    village: Village, uyen: User, client: Client
) -> None:
    asked = ask(client, uyen)
    sealed = ticket(client, uyen)
    again = client.post("/chuyen-ho-so/xin/", {**WHY, "ve": sealed})
    assert again.status_code == 422 and "đang chờ trả lời" in again.text
    assert 'value="31/TB"' in again.text, "what was typed is kept"
    withdrawn = {"what": "WITHDRAW", "reason": "Xin nhầm người"}
    assert client.post(f"/chuyen-ho-so/{asked.pk}/", withdrawn).status_code == 302
    assert "đã rút" in client.get("/chuyen-ho-so/").text
    client.force_login(village.actors.binh)
    assert "Vu Thi Lan" not in client.get("/chuyen-ho-so/").text
    assert client.get(f"/chuyen-ho-so/{asked.pk}/dong-y/").status_code == 404
    assert ask(client, uyen).pk != asked.pk


def test_only_who_was_told_today_may_ask(
    village: Village, uyen: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = ticket(client, uyen)
    first = client.post("/chuyen-ho-so/xin/", {"ve": sealed}).text
    assert "Phường Ba Đình" in first and "Vu Thi Lan" in first and "Vũ Thị Lan" not in first
    for typed in ("01/11/2026", "Tổ dân phố 2", "Công an", "02/11/2026"):
        assert f'value="{typed}"' in first, "what was typed already is not typed again"
    assert client.post("/chuyen-ho-so/xin/", {**WHY, "ve": f"{sealed}x"}).status_code == 404
    assert client.post("/chuyen-ho-so/xin/", WHY).status_code == 404
    client.force_login(officer("khac", cast.neighbour()))
    assert client.post("/chuyen-ho-so/xin/", {**WHY, "ve": sealed}).status_code == 404
    client.force_login(uyen)
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 11))
    assert client.post("/chuyen-ho-so/xin/", {**WHY, "ve": sealed}).status_code == 404
    assert not Transfer.objects.exists()


def test_a_third_commune_sees_nothing_of_it(village: Village, uyen: User, client: Client) -> None:
    asked = ask(client, uyen)
    third = Unit.objects.exclude(pk__in=[cast.commune().pk, cast.neighbour().pk]).filter(
        level="COMMUNE", valid__contains=cast.TODAY
    )
    client.force_login(officer("xa", third[0]))
    assert "Vu Thi Lan" not in client.get("/chuyen-ho-so/").text
    for address in (f"/chuyen-ho-so/{asked.pk}/", f"/chuyen-ho-so/{asked.pk}/dong-y/"):
        assert client.get(address).status_code == 404


def test_requests_and_answers_are_never_changed(village: Village, uyen: User, client: Client) -> None:
    ask(client, uyen)
    for model in (Transfer, Answer):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model._default_manager.update(reason="khác")


def test_the_menu_leads_there_whoever_may_ask_and_answer(village: Village, client: Client) -> None:
    for user in (village.actors.binh, village.actors.chau, village.actors.phuc, village.actors.giang):
        client.force_login(user)
        menu = re.search(r'<nav class="mast-nav".*?</nav>', client.get("/").text, re.S)
        assert menu is not None
        assert ('href="/chuyen-ho-so/"' in menu[0]) == (user == village.actors.binh), user


def test_an_answer_stands_on_the_start_page_for_a_week(
    village: Village, uyen: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(client, uyen)
    client.force_login(village.actors.binh)
    no = {"what": "DECLINE", "reason": "Bà vẫn ở đây"}
    assert client.post(f"/chuyen-ho-so/{asked.pk}/", no).status_code == 302
    client.force_login(uyen)
    for later, told in ((6, True), (7, False)):
        monkeypatch.setattr(clock, "today", lambda day=later: dt.date(2026, 11, 10 + day))
        assert ("trả lời về hồ sơ đã xin" in client.get("/").text) == told, later
