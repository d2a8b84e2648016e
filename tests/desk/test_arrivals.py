"""Mai moves next door: told at home, seen before it is signed, signed by the chairman there alone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from ansinh.accounts.models import Read, Role, User
from ansinh.geography import queries as geography
from ansinh.grants.models import Decision, Handover, Level
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from ansinh.registry.models import Fact, Member
from ansinh.rulebook.facts import vocabulary
from ansinh.web import clock
from tests import cast
from tests.desk.world import Village
from tests.grants import world as people

MONTH = "12/2026"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 10 November 2026, at eight."""
    eight = dt.datetime(2026, 11, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 10))
    monkeypatch.setattr(clock, "now", lambda: eight)


@pytest.fixture
def moved(village: Village) -> Village:
    """She lives in Phường Ngọc Hà since 5 November."""
    registry.move_household(
        household=Member.objects.get(person=village.mai, superseded_at=None).household,
        unit=cast.neighbour(),
        village="Tổ dân phố 2",
        valid_from=dt.date(2026, 11, 5),
        by=village.actors.binh,
        at=cast.AT,
        about=village.mai,
        event="chuyen-noi-o",
    )
    return village


def address(village: Village, rest: str = "") -> str:
    return f"/nguoi/{village.mai.pk}/nhan-chi-tra/{rest}"


def test_she_is_taken_in_by_one_decision(moved: Village, client: Client) -> None:
    dung = moved.actors.dung
    client.force_login(dung)
    home = client.get("/").text
    assert re.search(r'href="/chuyen-den/"><b>1</b> <span>người chuyển đến, nơi cũ còn chi trả', home)
    listed = client.get("/chuyen-den/").text
    assert "Nguyễn Thị Mai" in listed and "Phường Ba Đình" in listed and "05/11/2026" in listed
    assert address(moved) in client.get(f"/nguoi/{moved.mai.pk}/").text
    shown = client.get(address(moved)).text
    for told in (
        f"Từ {MONTH}: Phường Ngọc Hà chi trả",
        "tháng đầu mà ngày 01 đã ở đây",
        "2,0 × 650.000",
        "1.300.000",
        "điểm đ khoản 1 Điều 6 Nghị định 335/2026/NĐ-CP",
        "khoản 3 Điều 8 Nghị định 335/2026/NĐ-CP",
        "Ký quyết định",
    ):
        assert told in shown, told
    assert not Handover.objects.exists(), "only looked at"
    said = {"thang": MONTH, "number": "7/QĐ-UBND", "stopped_by": "3/QĐ-UBND ngày 06/11/2026"}
    assert client.post(address(moved, "ky/"), {**said, "number": ""}).status_code == 422
    far = client.post(address(moved, "ky/"), {**said, "thang": "03/2027"})
    assert far.status_code == 422 and "còn xa" in far.text
    answer = client.post(address(moved, "ky/"), said)
    again = client.post(address(moved, "ky/"), said)
    made = Decision.objects.get(kind="MOVE")
    assert again.headers["Location"] == answer.headers["Location"], "a second click shows what was signed"
    assert answer.headers["Location"] == f"/quyet-dinh/{made.pk}/" and made.signer == dung
    paper = client.get(f"/quyet-dinh/{made.pk}/").text
    for told in (
        "7/QĐ-UBND",
        "3/QĐ-UBND ngày 06/11/2026",
        "Phường Ba Đình, chi đến hết 11/2026",
        "Chi trả tiếp",
        MONTH,
    ):
        assert told in paper, told
    assert "Điều chỉnh mức" not in paper
    assert client.get(address(moved)).status_code == 404, "nothing is left to take in"
    assert (
        "do Phường Ngọc Hà chi trả, theo quyết định 7/QĐ-UBND" in client.get(f"/nguoi/{moved.mai.pk}/").text
    )
    assert Read.objects.filter(who=dung, person_id=moved.mai.pk, page="CHANGE").exists()


def test_the_old_commune_sees_until_when_it_pays_and_nothing_of_the_new(
    moved: Village, client: Client
) -> None:
    client.force_login(moved.actors.chau)
    waiting = client.get("/chuyen-den/").text
    assert "đơn vị mình còn chi trả" in waiting and "Nguyễn Thị Mai" in waiting and "Ngọc Hà" not in waiting
    client.force_login(moved.actors.dung)
    assert "đơn vị mình còn chi trả" not in client.get("/chuyen-den/").text
    client.post(address(moved, "ky/"), {"thang": MONTH, "number": "7/QĐ-UBND"})
    made = Decision.objects.get(kind="MOVE")
    for user in (moved.actors.binh, moved.actors.chau):
        client.force_login(user)
        assert client.get(address(moved)).status_code == 404
        assert client.get(f"/quyet-dinh/{made.pk}/").status_code == 404
        left = client.get("/chuyen-den/").text
        assert "Nguyễn Thị Mai" in left and "11/2026" in left
        person = client.get(f"/nguoi/{moved.mai.pk}/").text
        assert "đến hết 11/2026" in person
        for page in (left, person):
            assert not re.search(r"7/QĐ-UBND|Ngọc Hà", page)


def test_only_the_chairman_there_signs(moved: Village, client: Client) -> None:
    said = {"thang": MONTH, "number": "7/QĐ-UBND"}
    client.force_login(moved.actors.chau)
    assert client.post(address(moved, "ky/"), said).status_code == 404, "of the old commune"
    client.force_login(moved.actors.hanh)
    shown = client.get(address(moved))
    assert shown.status_code == 200 and "Người có thẩm quyền ký" in shown.text
    assert client.post(address(moved, "ky/"), said).status_code == 403
    assert not Handover.objects.exists()


def test_months_before_are_shown_that_a_later_law_restates_and_the_old_commune_is_told_nothing(
    village: Village, client: Client
) -> None:
    """Bảo comes from Nghệ An with 1.5 × 500,000; since October the law gives 1.5 × 540,000 from July on."""
    vinh = geography.unit(code="16681", on=clock.today())
    bao, chairman = people.person(vinh, name="Hồ Văn Bảo", born=dt.date(1980, 5, 1)), village.actors.dung
    meaning = vocabulary()["disability"]
    Fact.objects.create(
        person=bao, fact=meaning.id, value=meaning.store("SEVERE"), valid_from=dt.date(2015, 1, 1),
        recorded_at=people.RECORDED, source=people.source(),
    )  # fmt: skip
    people.take_over(
        people.line(bao, "C6S", 750_000, "16681"), month=Month(2026, 7), unit=vinh,
        at=dt.datetime(2026, 7, 2, 8, tzinfo=dt.UTC),
    )  # fmt: skip
    registry.move_household(
        household=Member.objects.get(person=bao).household, unit=cast.neighbour(),
        valid_from=dt.date(2026, 11, 5), by=village.actors.phuc, at=cast.AT, event="chuyen-noi-o",
    )  # fmt: skip
    client.force_login(chairman)
    shown = re.sub(r"\s+", " ", client.get(f"/nguoi/{bao.pk}/nhan-chi-tra/").text)
    for told in ("07/2026 – 11/2026", "750.000", "810.000", "975.000", "được chi bù ở đây"):
        assert told in shown, told
    client.post(f"/nguoi/{bao.pk}/nhan-chi-tra/ky/", {"thang": MONTH, "number": "7/QĐ-UBND"})
    kept = {
        (f"{level.from_month:%m/%Y}", level.amount_vnd)
        for level in Level.objects.filter(grant__person=bao, decision__kind="MOVE")
    }
    assert kept == {("07/2026", 810_000), (MONTH, 975_000)}
    there = User.objects.create(
        username="canbovinh", full_name="Cán bộ Vinh", role=Role.OFFICER, unit=vinh, created_at=cast.AT
    )
    client.force_login(there)
    person = client.get(f"/nguoi/{bao.pk}/").text
    assert "750.000" in person
    assert not re.search(r"7/QĐ-UBND|810\.000|975\.000|Ngọc Hà", person)
