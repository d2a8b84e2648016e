"""The review as an officer works through it: filter, tick, prepare, sign, take away."""

import datetime as dt
import io
import re

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from ansinh.accounts.models import User
from ansinh.grants import operations as grants
from ansinh.grants.models import Decision, Grant
from ansinh.kernel.time import Month
from ansinh.registry.models import Person
from ansinh.web import clock
from tests import cast
from tests.desk import world
from tests.desk.world import Village

NOW = Month.of(clock.today())
NOTHING = (("pension", False), ("insurance_allowance", False), ("survivor_allowance", False))


@pytest.fixture
def elders(village: Village) -> list[Person]:
    """Three poor elders of Ba Đình to whom nobody has granted anything, and the law is asked."""
    found = []
    for number, name in enumerate(("Đặng Thị Tư", "Đặng Thị Năm", "Đặng Thị Sáu")):
        here = world.household(f"BD-1{number}", cast.commune(), "Tổ dân phố 5")
        elder = world.person(here, name, f"00114500020{number}", dt.date(1945 - number * 10, 2, 3))
        for fact, value in (
            ("pension", False),
            ("insurance_allowance", False),
            ("survivor_allowance", False),
        ):
            world.fact(elder, fact, value)
        world.fact(elder, "household_poverty", "POOR")
        world.fact(elder, "supporter", "NONE")
        found.append(elder)
    grants.ask_month(
        unit=cast.province(), month=NOW, on=clock.today(), at=clock.now(), by=village.actors.hanh
    )
    return found


def page(client: Client, user: User, address: str, **words: str | int) -> str:
    client.force_login(user)
    return client.get(address, {"thang": str(NOW), **words}).text


def fields(text: str) -> dict[str, str]:
    """What the list's own form keeps besides the boxes."""
    form = text.rpartition('action="/quyet-dinh/danh-dau/"')[2].partition("<table")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def named(text: str, elders: list[Person]) -> list[str]:
    """The elders in the order in which a page names them."""
    return re.findall(r">(Đặng Thị \w+)<", text)


def test_the_review_is_filtered_and_sorted(village: Village, elders: list[Person], client: Client) -> None:
    binh = village.actors.binh
    everyone = page(client, binh, "/quyet-dinh/", loai="ENTITLED_NOT_GRANTED")
    assert named(everyone, elders) == ["Đặng Thị Năm", "Đặng Thị Sáu", "Đặng Thị Tư"], "by given name"
    assert "khoản 5 Điều 5 Nghị định 335/2026/NĐ-CP" in everyone or "Điều 6 Nghị định 335" in everyone
    assert named(page(client, binh, "/quyet-dinh/", loai="LEVEL_DIFFERS"), elders) == []
    assert named(page(client, binh, "/quyet-dinh/", nhom="C5A"), elders) == named(everyone, elders)
    assert named(page(client, binh, "/quyet-dinh/", nhom="MONTHLY_ALLOWANCE"), elders) == []
    for order in ("MORE", "LESS", "UNIT"):
        sorted_ = page(client, binh, "/quyet-dinh/", loai="ENTITLED_NOT_GRANTED", xep=order)
        assert sorted(named(sorted_, elders)) == sorted(named(everyone, elders)), order


def test_a_province_asks_for_one_commune(village: Village, elders: list[Person], client: Client) -> None:
    hanh = village.actors.hanh
    assert named(page(client, hanh, "/quyet-dinh/", xa=cast.commune().pk), elders)
    next_door = page(client, hanh, "/quyet-dinh/", xa=cast.neighbour().pk)
    assert not named(next_door, elders) and village.be.name in next_door


def test_the_neighbours_commune_cannot_be_asked_for(
    village: Village, elders: list[Person], client: Client
) -> None:
    text = page(client, village.actors.dung, "/quyet-dinh/", xa=cast.commune().pk)
    assert not named(text, elders)


@pytest.mark.parametrize("order", ["", "MORE", "LESS", "UNIT"])
def test_pages_follow_each_other_in_every_order(
    village: Village, elders: list[Person], client: Client, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansinh.grants.queries.screens.PAGE", 1)
    seen: list[str] = []
    client.force_login(village.actors.binh)
    text = client.get(f"/quyet-dinh/?thang={NOW}&loai=ENTITLED_NOT_GRANTED&xep={order}").text
    while len(seen) < 9:
        seen += named(text, elders)
        if 'value="sau">' not in text:
            break
        text = client.post("/quyet-dinh/danh-dau/", {**fields(text), "di": "sau"}, follow=True).text
    assert sorted(seen) == sorted(elder.name for elder in elders)


def test_a_decision_for_the_ticked_leaves_the_others(
    village: Village, elders: list[Person], client: Client
) -> None:
    first, second, third = elders
    chau = village.actors.chau
    words: dict[str, str | list[int]] = {
        "thang": str(NOW),
        "chon": "danh-dau",
        "nguoi": [first.pk, third.pk, village.be.pk],
    }
    client.force_login(chau)
    shown = client.get("/quyet-dinh/soan/", words).text
    assert first.name in shown and third.name in shown
    assert second.name not in shown and village.be.name not in shown, "neither unticked nor next door"
    assert Decision.objects.filter(kind="ADJUST", unit=cast.commune()).count() == 1, "nothing is signed yet"
    signed = client.post("/quyet-dinh/ra-quyet-dinh/", {**words, "number": "{số}/QĐ-UBND"})
    assert signed.status_code == 302, signed.text
    granted = set(Grant.objects.filter(person__in=elders).values_list("person_id", flat=True))
    assert granted == {first.pk, third.pk}
    assert not Grant.objects.filter(person=village.be).exclude(taken_over=True).exists()


def test_a_decision_for_all_who_match(village: Village, elders: list[Person], client: Client) -> None:
    client.force_login(village.actors.chau)
    words = {"thang": str(NOW), "chon": "tat-ca", "loai": "ENTITLED_NOT_GRANTED", "number": "9/QĐ-UBND"}
    assert client.post("/quyet-dinh/ra-quyet-dinh/", words).status_code == 302
    assert Grant.objects.filter(person__in=elders, decision__number="9/QĐ-UBND").count() == 3


def test_nobody_ticked_is_told_what_to_do(village: Village, client: Client) -> None:
    client.force_login(village.actors.binh)
    answer = client.get("/quyet-dinh/soan/", {"thang": str(NOW), "chon": "danh-dau"})
    assert answer.status_code == 422 and "Đánh dấu những người" in answer.text


def test_who_may_not_sign_prepares_and_hands_on(
    village: Village, elders: list[Person], client: Client
) -> None:
    words = {"thang": str(NOW), "chon": "tat-ca"}
    text = page(client, village.actors.binh, "/quyet-dinh/soan/", **words)
    assert "Ký quyết định" not in text and "Trình ký</button>" in text
    text = page(client, village.actors.chau, "/quyet-dinh/soan/", **words)
    assert "Ký quyết định" in text and "Trình ký</button>" not in text
    client.force_login(village.actors.binh)
    assert client.post("/quyet-dinh/ra-quyet-dinh/", words).status_code == 403


def test_the_list_is_taken_away_with_articles_and_without_secrets(
    village: Village, elders: list[Person], client: Client
) -> None:
    client.force_login(village.actors.binh)
    book = client.get("/quyet-dinh/ra-soat.xlsx", {"thang": str(NOW)})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    listed = [row for row in rows if "Đặng Thị Tư" in row]
    assert len(listed) == 1 and "Điều" in str(listed[0][-1])
    assert isinstance(listed[0][-2], float) and listed[0][2] == "001145000200"
    told = " ".join(str(cell) for row in rows for cell in row)
    assert "HIV" not in told and village.be.name not in told
