"""What will change within ninety days: birthdays that count, children's birthdays, papers that run out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ansinh.geography.models import Unit
from ansinh.grants import queries
from ansinh.kernel.time import Month
from ansinh.registry.models import Fact, HouseholdFact, Member, Person, Relation
from ansinh.rulebook.facts import vocabulary
from tests.grants.world import NEW, RECORDED, dies, line, person, source, take_over, unit

pytestmark = pytest.mark.django_db

BA_DINH = "00004"
ON = dt.date(2026, 10, 6)


@pytest.fixture
def commune(units: None) -> Unit:
    return unit(BA_DINH)


def told(commune: Unit, month: Month = NEW, **more: Any) -> list[tuple[Any, ...]]:
    found = queries.coming(commune, month, on=ON, **more)
    return [(one.person_id, one.cause, one.age or one.fact, one.on) for one in found]


def fact(somebody: Person, name: str, value: int, start: dt.date, end: dt.date | None = None) -> None:
    Fact.objects.create(
        person=somebody, fact=vocabulary()[name].id, value=value, valid_from=start, valid_to=end,
        source=source(), recorded_at=RECORDED,
    )  # fmt: skip


def test_birthdays_count_at_the_ages_of_the_law(commune: Unit) -> None:
    adult = person(commune, born=dt.date(1966, 12, 1))  # 60: severe disability pays more
    elder = person(commune, born=dt.date(1951, 11, 30))  # 75: coefficient, social pension
    baby = person(commune, born=dt.date(2023, 10, 20))  # 3: its allowance ends
    child = person(commune, born=dt.date(2023, 10, 20))  # 3 means nothing to a disability
    later = person(commune, born=dt.date(1967, 1, 5))  # 91 days away
    neighbour = person(unit("00008"), born=dt.date(1966, 12, 1))
    dead = person(commune, born=dt.date(1966, 12, 1))
    dies(dead, ON)
    take_over(
        *(line(p, "C6S", 1, BA_DINH) for p in (adult, child, later, dead)),
        line(elder, "C5A", 1, BA_DINH),
        line(baby, "C7", 1, BA_DINH),
        line(neighbour, "C6S", 1, "00008"),
        unit=unit("01"),
    )
    assert told(commune) == [
        (baby.pk, "BIRTHDAY", 3, dt.date(2026, 10, 20)),
        (elder.pk, "BIRTHDAY", 75, dt.date(2026, 11, 30)),
        (adult.pk, "BIRTHDAY", 60, dt.date(2026, 12, 1)),
    ]
    assert queries.coming_counts(commune, NEW, on=ON) == {"BIRTHDAY": 3}


def test_a_birth_known_by_its_year_counts_at_its_end_and_leap_days_in_march(commune: Unit) -> None:
    year = person(commune, born=dt.date(1966, 1, 1))
    Person.objects.filter(pk=year.pk).update(born_precision="Y")
    leap = person(commune, born=dt.date(1952, 2, 29))
    take_over(line(year, "C6S", 1, BA_DINH), line(leap, "C5A", 1, BA_DINH), unit=commune)
    assert told(commune) == [(year.pk, "BIRTHDAY", 60, dt.date(2026, 12, 31))]
    found = queries.coming(commune, NEW, on=dt.date(2027, 2, 1))
    assert [(one.age, one.on) for one in found] == [(75, dt.date(2027, 3, 1))]


def test_a_child_s_birthday_matters_to_the_single_parent(commune: Unit) -> None:
    mother, child = person(commune, born=dt.date(1990, 1, 1)), person(commune, born=dt.date(2010, 12, 1))
    Relation.objects.create(
        person=child, other=mother, kind=Relation.Kind.RAISED_BY, source=source(), recorded_at=RECORDED,
        valid_from=dt.date(2010, 12, 1),
    )  # fmt: skip
    take_over(line(mother, "C4", 1, BA_DINH), unit=commune)
    assert told(commune) == [(mother.pk, "CHILD", 16, dt.date(2026, 12, 1))]


def test_papers_that_run_out_unless_something_equal_follows(commune: Unit) -> None:
    ends, start = dt.date(2027, 1, 1), dt.date(2020, 1, 1)
    lapsed, renewed, lowered, poor = (person(commune, born=dt.date(1980, 1, 1)) for _ in range(4))
    severe = vocabulary()["disability"].code("SEVERE")
    for somebody in (lapsed, renewed, lowered):
        fact(somebody, "disability", severe, start, ends)
    fact(renewed, "disability", severe, ends)
    fact(lowered, "disability", vocabulary()["disability"].code("MILD"), ends)
    HouseholdFact.objects.create(
        household=Member.objects.get(person=poor).household, fact=vocabulary()["household_poverty"].id,
        value=vocabulary()["household_poverty"].code("POOR"), valid_from=start, valid_to=ends,
        source=source(), recorded_at=RECORDED,
    )  # fmt: skip
    take_over(*(line(p, "C6S", 1, BA_DINH) for p in (lapsed, renewed, lowered, poor)), unit=commune)
    assert told(commune) == [
        (lapsed.pk, "PAPER", "disability", ends),
        (lowered.pk, "PAPER", "disability", ends),
        (poor.pk, "PAPER", "household_poverty", ends),
    ]
    first = queries.coming(commune, NEW, on=ON, limit=1)
    assert "hết hiệu lực ngày 01/01/2027" in first[0].words
    rest = queries.coming(commune, NEW, on=ON, limit=5, after=first[0].key)
    assert [one.person_id for one in rest] == [lowered.pk, poor.pk]
