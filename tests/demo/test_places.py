"""The demo's communes are those of the map: who was divided, who lies where, who must say where they live."""

from __future__ import annotations

import datetime as dt

import pytest

from ansinh.geography import queries as geography
from ansinh.geography.models import Standing
from demo import groups, places
from demo.chance import Chance
from demo.province import make

TWO_TIERS = dt.date(2025, 7, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("units")
def test_the_divided_communes_are_those_the_map_says() -> None:
    ours = {code for number, _ in places.provinces() for code in _divided(number)}
    assert ours == {unit.code for unit in geography.divided_units(on=TWO_TIERS)}


@pytest.mark.django_db
@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("number", ["01", "15", "80"])
def test_everybody_stands_where_the_demo_says(number: str) -> None:
    where = places.places(number)
    standings = Standing.objects.filter(
        unit__code__in=where.code.tolist(), valid__contains=TWO_TIERS, unit__valid__startswith__isnull=True
    ).select_related("unit", "commune", "province")
    found = {s.unit.code: (s.commune and s.commune.code, s.province and s.province.code) for s in standings}
    for code, divided, successors in zip(where.code, where.divided, where.successors, strict=True):
        assert found[code] == (None if divided else successors[0], number)


def test_a_small_share_never_said_where_they_live_now() -> None:
    province = make(groups.hanoi(0.05), 1)
    where, home = province.where, province.home
    asked = where.divided[home.place]
    silent = asked & (home.confirmed == "")
    assert 0 < silent.sum() < 0.02 * asked.sum()
    for place, code in zip(
        home.place[asked & ~silent][:500], home.confirmed[asked & ~silent][:500], strict=True
    ):
        assert code in where.successors[place]


def test_remote_households_live_in_remote_communes() -> None:
    where = places.places("15")
    plan = groups.lao_cai(0.02)
    province = make(plan, 1)
    assert province.remote[province.households.remote == 1].all()
    assert 0.3 < where.remote.mean() < 0.7
    assert places.places("15") is where
    assert Chance(1, "15").stream("homes").random() == Chance(1, "15").stream("homes").random()


def _divided(number: str) -> list[str]:
    where = places.places(number)
    codes: list[str] = where.code[where.divided].tolist()
    return codes
