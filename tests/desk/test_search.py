"""Finding people: by part of a number, name with or without tones, birth year, commune now or before."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from ansinh.accounts.models import User
from ansinh.desk.queries import search as searching
from ansinh.desk.queries.search import Wanted
from ansinh.geography import queries as geography
from ansinh.registry.models import HouseholdResidence, Member
from tests import cast
from tests.desk import world
from tests.desk.world import Village

MERGED = dt.date(2025, 7, 1)


def names(user: User, text: str = "", **more: Any) -> list[str]:
    found = searching.search(user, Wanted(text, **more), on=cast.TODAY)
    return [person.name for person in found.people]


@pytest.mark.parametrize(
    "text",
    [
        "1410", "0017", "001141000017", "001 141 000 017", "Nguyễn Thị Mai", "nguyen thi mai", "NGUYEN",
        "mai",        "thị mai", "nguyễn mai", "Nguyễn Thị Mai 1949", "hộ BD-001", "nguyen thi",
    ],
)  # fmt: skip
def test_mai_is_found_however_she_is_asked_for(village: Village, text: str) -> None:
    assert names(village.actors.binh, text) == ["Nguyễn Thị Mai"]
    assert names(village.actors.phuc, text) == ["Nguyễn Thị Mai"]
    assert names(village.actors.dung, text) == []
    assert names(village.actors.quantri, text) == []


@pytest.mark.parametrize(
    "text", ["", "14", "m", "mai 1950", "nguyen lan", "ai mai", "9999", "'; --", "%", "____"]
)
def test_nobody_is_found_by_what_does_not_fit(village: Village, text: str) -> None:
    assert names(village.actors.phuc, text) == []


def test_words_in_the_middle_of_a_name_are_found_within_a_commune(village: Village) -> None:
    assert "Phạm Ngọc Sơn" in names(village.actors.binh, "ngọc")
    assert names(village.actors.binh, "thị") == ["Đỗ Thị Tám", "Lê Thị Hoà", "Nguyễn Thị Mai", "Vũ Thị Lan"]


def test_a_birth_year_narrows_or_is_enough(village: Village) -> None:
    assert names(village.actors.phuc, year=1949) == ["Nguyễn Thị Mai"]
    assert names(village.actors.phuc, "thị", year=1945) == []
    assert names(village.actors.phuc, "bé", year=1945) == ["Hoàng Thị Bé"]


def test_a_commune_narrows_within_the_territory_only(village: Village, client: Client) -> None:
    ba_dinh = searching.communes_named(village.actors.phuc, "ba đình", on=cast.TODAY)
    assert ba_dinh == (cast.commune().pk,)
    assert names(village.actors.phuc, "hoang", communes=ba_dinh) == []
    assert names(village.actors.phuc, "hoang") == ["Hoàng Thị Bé"]
    assert searching.communes_named(village.actors.binh, "Ngọc Hà", on=cast.TODAY) == ()
    client.force_login(village.actors.binh)
    said = client.get("/nguoi/", {"tim": "mai", "xa": "Ngọc Hà"}).text
    assert "Không có xã, phường nào tên như vậy" in said and "001141000017" not in said
    said = client.get("/nguoi/", {"xa": "Ba Đình"}).text
    assert "không liệt kê cả xã" in said and "001141000017" not in said


def test_the_commune_before_the_mergers_is_remembered(village: Village) -> None:
    before = geography.predecessors(cast.commune(), on=searching.BEFORE_MERGERS, people=True)
    old = before.filter(level="COMMUNE").exclude(name__in=("Ba Đình", "Trúc Bạch"))[0]
    who = world.person(
        world.household("BD-OLD", old, "Tổ 1"), "Kiều Thị Sen", "001150000555", dt.date(1950, 1, 1)
    )
    found = searching.communes_named(village.actors.binh, old.name, on=cast.TODAY, former=True)
    assert old.pk in found
    assert names(village.actors.binh, "sen", former=found) == ["Kiều Thị Sen"]
    assert "Nguyễn Thị Mai" not in names(village.actors.binh, "mai", former=found)
    home = Member.objects.get(person=who).household
    HouseholdResidence.objects.filter(household=home).update(superseded_at=cast.AT)
    told: dict[str, Any] = {
        "household": home,
        "source": world.source(),
        "recorded_at": cast.AT,
        "village": "",
    }
    HouseholdResidence.objects.create(unit=old, valid_from=world.SINCE, valid_to=MERGED, **told)
    HouseholdResidence.objects.create(unit=cast.commune(), valid_from=MERGED, **told)
    assert names(village.actors.binh, "sen", former=found) == ["Kiều Thị Sen"]
    assert searching.communes_named(village.actors.dung, old.name, on=cast.TODAY, former=True) == ()


def test_whoever_moved_away_is_found_where_they_are_now(village: Village) -> None:
    home = Member.objects.get(person=village.lan).household
    HouseholdResidence.objects.filter(household=home).update(superseded_at=cast.AT)
    moved = dt.date(2026, 9, 1)
    told: dict[str, Any] = {
        "household": home,
        "source": world.source(),
        "recorded_at": cast.AT,
        "village": "",
    }
    HouseholdResidence.objects.create(unit=cast.commune(), valid_from=world.SINCE, valid_to=moved, **told)
    HouseholdResidence.objects.create(unit=cast.neighbour(), valid_from=moved, **told)
    assert names(village.actors.binh, "vu thi lan") == []
    assert names(village.actors.dung, "vu thi lan") == ["Vũ Thị Lan"]
    before = searching.search(village.actors.binh, Wanted("vu thi lan"), on=moved - dt.timedelta(days=1))
    assert [person.name for person in before.people] == ["Vũ Thị Lan"]
