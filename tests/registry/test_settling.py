"""Rows kept between months against folding everybody anew: whatever happens, they say the same."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month
from ansinh.registry.models import Person
from ansinh.registry.operations import framing, settling, sweeping
from ansinh.registry.queries import frame
from ansinh.registry.queries.folding import Writer
from ansinh.rulebook.law import load
from tests.registry.crowd import INSTANTS, MONTH, PEOPLE, Maker
from tests.registry.stored import Stored, written

pytestmark = pytest.mark.usefixtures("units")


@pytest.fixture
def places(units: None) -> list[Unit]:
    """Two communes of Hà Nội and one of Lào Cai, of the day."""
    on = MONTH.first
    capital, mountains = (geography.unit(code=code, on=on) for code in ("01", "15"))
    return [*geography.children(capital, on=on)[:2], geography.children(mountains, on=on)[0]]


def folded(unit: Unit, month: Month, instant: int, *, keep: bool) -> set[tuple[Any, ...]]:
    """What is folded of a unit's people: from the rows kept and brought up to date, or all anew."""
    write = Writer(load().month(month), INSTANTS[instant], "pg_temp.granted")
    with pytest.MonkeyPatch.context() as patch, connection.cursor() as cursor:
        if not keep:
            patch.setattr(settling, "pack", lambda write, unit, places, everybody: everybody(write))
        cursor.execute(f"select * from {framing.pack(write=write, unit=unit).everybody} packed")
        rows = cursor.fetchall()
    assert len(rows) == len(set(rows))
    return set(rows)


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        (rows,) = cursor.fetchone()
    return int(rows)


def kept(unit: Unit) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from registry_settled where area_id = %s", [unit.pk])
        (rows,) = cursor.fetchone()
    return int(rows)


def correct_birth(stored: Stored, chance: random.Random) -> None:
    person = chance.choice(stored.people)
    born = dt.date(1945, 1, 1) + dt.timedelta(days=chance.randint(0, 29900))
    Person.objects.filter(pk=person.pk).update(born=born, born_precision="D")


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000), steps=st.lists(st.integers(0, 40), min_size=3, max_size=3))
def test_rows_kept_say_what_folding_anew_says(
    places: list[Unit], monkeypatch: pytest.MonkeyPatch, seed: int, steps: list[int]
) -> None:
    monkeypatch.setattr(frame, "FEW", 0)
    register, chance = Maker(seed).register(), random.Random(seed)
    units = [geography.unit(code=code, on=MONTH.first) for code in ("01", "15")]
    month = MONTH - 1
    with transaction.atomic():
        stored = written(register, places)
        for instant, step in enumerate(steps):
            stored.tell(instant)
            stored.grant(register.granted)
            if corrected := chance.random() < 0.5:
                correct_birth(stored, chance)
            for unit in units:
                # Sometimes as known before the other province was asked: what came since waits for the next.
                known = instant if corrected or chance.random() < 0.7 else max(instant - 1, 0)
                later = month + step // 10
                anew = {asked: folded(unit, asked, known, keep=False) for asked in {month, later}}
                for asked in (month, month, later):
                    assert folded(unit, asked, known, keep=True) == anew[asked], (unit.code, asked)
            month += step // 10
            # Other decisions, nothing recorded: what relatives receive is never kept.
            stored.grant({p: (8, chance.random() < 0.5) for p in range(PEOPLE) if chance.random() < 0.5})
            for unit in units:
                assert folded(unit, month, instant, keep=True) == folded(unit, month, instant, keep=False)
        transaction.set_rollback(True)


def test_most_rows_are_kept_and_an_earlier_month_or_instant_leaves_them_alone(
    db: None, places: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "FEW", 0)
    register, unit = Maker(5).register(), geography.unit(code="01", on=MONTH.first)
    stored = written(register, places)
    for instant in range(2):
        stored.tell(instant)
    stored.grant(register.granted)
    folded(unit, MONTH + 6, 1, keep=True)
    rows = kept(unit)
    assert rows > 5
    for month, instant in ((MONTH, 1), (Month(2025, 5), 1), (MONTH + 6, 0)):
        assert folded(unit, month, instant, keep=True) == folded(unit, month, instant, keep=False)
        assert kept(unit) == rows


def test_what_one_province_looked_for_serves_the_others(
    db: None, places: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "FEW", 0)
    register, units = (
        Maker(5).register(),
        [geography.unit(code=code, on=MONTH.first) for code in ("01", "15")],
    )
    stored = written(register, places)
    stored.grant(register.granted)
    stored.tell(0)
    for unit in units:
        folded(unit, MONTH, 0, keep=True)
    stored.tell(1)
    folded(units[0], MONTH, 1, keep=True)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "_touched", lambda *since: "select null, null where false")
        for unit in units:
            assert folded(unit, MONTH, 1, keep=True) == folded(unit, MONTH, 1, keep=False)
    assert folded(units[1], MONTH, 1, keep=False) != folded(units[1], MONTH, 0, keep=False)


def test_a_province_nobody_asks_about_is_forgotten_and_holds_nothing_back(
    db: None, places: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "FEW", 0)
    register, unit = Maker(5).register(), geography.unit(code="01", on=MONTH.first)
    stored = written(register, places)
    stored.grant(register.granted)
    stored.tell(0)
    folded(unit, MONTH + 6, 0, keep=True)
    stored.tell(1)
    sweeping.sweep(known_at=INSTANTS[1])
    assert kept(unit) > 5
    assert rows_of("registry_touched") > 5
    for days in (101, 102):
        sweeping.sweep(known_at=INSTANTS[1] + dt.timedelta(days=days))
    assert (kept(unit), rows_of("registry_unsettled"), rows_of("registry_settling")) == (0, 0, 0)
    assert rows_of("registry_touched") == 0
    assert folded(unit, MONTH, 1, keep=True) == folded(unit, MONTH, 1, keep=False)
