"""A unit put to the law: everybody at once is answered as each alone, on what was known then."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest

from ansinh.determinations import operations as determinations
from ansinh.determinations import queries
from ansinh.determinations.models import Answer, OutcomeEntitlement, Run
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month
from ansinh.registry.models import Person
from ansinh.registry.queries import frame
from ansinh.rulebook.facts import vocabulary
from tests import edges
from tests.grants import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]

MONTHS = (Month(2026, 8), Month(2026, 11))


@pytest.fixture
def crowd() -> Iterator[tuple[Unit, list[Person]]]:
    home = world.unit("00008")
    yield home, edges.crowd(home, random.Random(7), 60)


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_everybody_at_once_is_answered_as_each_alone(month: Month, crowd: tuple[Unit, list[Person]]) -> None:
    home, people = crowd
    run = determinations.determine(unit=home, month=month, at=edges.now())
    paid: dict[int, list[tuple[str, int]]] = {}
    entitlements = OutcomeEntitlement.objects.filter(run=run)
    for person, no in Answer.objects.filter(run_id=run.pk).values_list("person_id", "no"):
        paid[person] = sorted((e.category, e.amount_vnd) for e in entitlements if e.no == no)
    for somebody in people:
        alone = queries.why(somebody.pk, month, known_at=run.known_at)
        expected = sorted((p.entitlement.category, p.entitlement.amount_vnd) for p in alone.entitlements)
        assert paid.get(somebody.pk, []) == expected
    assert sum(map(len, paid.values())) > 20
    assert run.entitled == sum(1 for given in paid.values() if given)
    assert queries.summary(run).total_vnd == sum(vnd for given in paid.values() for _, vnd in given)


def _given(run: Run) -> dict[int, list[tuple[str, int]]]:
    """What a run gives whom: categories and đồng."""
    gives: dict[int, list[tuple[str, int]]] = {}
    for e in OutcomeEntitlement.objects.filter(run=run).order_by("slot"):
        gives.setdefault(e.no, []).append((e.category, int(e.amount_vnd)))
    answers = Answer.objects.filter(run_id=run.pk).values_list("person_id", "no")
    return {person: gives[no] for person, no in answers if no in gives}


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_what_is_due_to_some_is_what_each_is_told(month: Month, crowd: tuple[Unit, list[Person]]) -> None:
    _home, people = crowd
    keys = [person.pk for person in people]
    at, on, nobody = edges.now(), dt.date(2026, 11, 30), queries.NOBODY_GRANTED
    due = queries.due(keys, month, known_at=at, asked_on=on, granted=nobody)
    known = queries.known(keys, month, known_at=at, asked_on=on, granted=nobody)
    told = {key: queries.told(known[key], month, asked_on=on).total_vnd for key in keys}
    assert {key: due.get(key, 0) for key in keys} == told
    assert any(told.values())


def test_running_again_on_the_same_facts_gives_the_same_answers(crowd: tuple[Unit, list[Person]]) -> None:
    home, _ = crowd
    first, again = (determinations.determine(unit=home, month=MONTHS[1], at=edges.now()) for _ in range(2))
    assert (again.facts_hash, again.release, again.people) == (first.facts_hash, first.release, first.people)
    answers = [set(Answer.objects.filter(run_id=r.pk).values_list("person_id", "no")) for r in (first, again)]
    assert answers[0] == answers[1] != set()


def _answered(run: Run) -> set[int]:
    return set(Answer.objects.filter(run_id=run.pk).values_list("person_id", flat=True))


def test_what_is_recorded_later_is_not_known_earlier() -> None:
    home = world.unit("00008")
    mai = world.person(home, born=dt.date(1990, 1, 1))
    before = edges.now()
    edges.fact(mai, "disability", vocabulary()["disability"].code("SEVERE"), dt.date(2026, 1, 1))
    month = Month(2026, 11)
    assert (
        _answered(determinations.determine(unit=home, month=month, at=edges.now(), known_at=before)) == set()
    )
    assert _answered(determinations.determine(unit=home, month=month, at=edges.now())) == {mai.pk}


def test_the_neighbours_people_are_not_asked() -> None:
    home, next_door = world.unit("00008"), world.unit("00004")
    for unit in (home, next_door):
        somebody = world.person(unit, born=dt.date(1990, 1, 1))
        edges.fact(somebody, "disability", vocabulary()["disability"].code("SEVERE"), dt.date(2026, 1, 1))
    run = determinations.determine(unit=home, month=Month(2026, 11), at=edges.now())
    assert (run.people, run.entitled) == (1, 1)
    province = determinations.determine(unit=world.unit("01"), month=Month(2026, 11), at=edges.now())
    assert (province.people, province.entitled) == (2, 2)


@pytest.mark.parametrize("code", ["00008", "01"], ids=["commune", "province"])
def test_people_asked_besides_are_answered_where_they_live_and_residents_not_twice(
    crowd: tuple[Unit, list[Person]], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the crowd's people, again; and a crowd that lives in Nghệ An. A province keeps its rows."""
    monkeypatch.setattr(frame, "FEW", 0)
    _home, residents = crowd
    others = edges.crowd(world.unit("16681"), random.Random(8), 30)
    month, at, unit = Month(2026, 11), edges.now(), world.unit(code)
    besides = [person.pk for person in (*residents[::2], *others)]
    alone = determinations.determine(unit=world.unit("16681"), month=month, at=at)
    plain = determinations.determine(unit=unit, month=month, at=at)
    run = determinations.determine(unit=unit, month=month, at=at, besides=besides)
    assert run.people == plain.people + alone.people
    assert _given(run) == {**_given(plain), **_given(alone)}
    assert len(_given(alone)) > 5


def test_poverty_that_ends_before_the_sixtieth_birthday_does_not_meet_it() -> None:
    home = world.unit("00008")
    poor = vocabulary()["household_poverty"].code("POOR")
    paid = []
    for ends in (9, 10, 11):
        elder = world.person(home, born=dt.date(1966, 11, 10))
        edges.fact(elder, "household_poverty", poor, dt.date(2026, 1, 1), dt.date(2026, 11, ends))
        edges.fact(elder, "household_poverty", 1, dt.date(2026, 11, ends))
        edges.fact(elder, "supporter", vocabulary()["supporter"].code("NONE"), dt.date(2026, 1, 1))
        edges.fact(elder, "facility_qualified", 0, dt.date(2026, 1, 1))
        paid.append(queries.why(elder.pk, Month(2026, 11), known_at=edges.now()).total_vnd)
    assert paid == [0, 0, 975_000]
