"""People gathered by what the law is told of them, or counted: each is told what their own facts say."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.time import years_before
from ansinh.registry.models import Death, Relation
from ansinh.registry.operations import Crowd, make_frame, take_crowd
from ansinh.registry.queries import facts_frame, frame
from ansinh.rulebook.law import MonthLaw, load
from tests.registry.crowd import INSTANTS, MONTH, Maker
from tests.registry.stored import written

pytestmark = pytest.mark.usefixtures("units")

LAW = load().month(MONTH + 2)
KNOWN = INSTANTS[2]
LONG_AGO = dt.date(1800, 1, 1)
Row = dict[str, Any]


def rows(query: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def each(unit: Unit, law: MonthLaw) -> list[Row]:
    """What the law is told of each person, by the query that folds one after the other."""
    return rows(facts_frame(unit, law, known_at=KNOWN, granted="pg_temp.granted", facts=law.facts))


def completed(born: dt.date | None, day: dt.date, law: MonthLaw) -> int | None:
    return None if born is None else sum(born <= years_before(day, age) for age in law.cutoff_ages)


def by_age(row: Row, law: MonthLaw) -> tuple[Any, ...]:
    age = completed(row["born"], row["day"], law)
    return tuple(sorted({**row, "born": age}.items()))


@pytest.fixture
def places(units: None) -> list[Unit]:
    """Two communes of Hà Nội and one of Lào Cai."""
    capital, mountains = (geography.unit(code=code, on=MONTH.first) for code in ("01", "15"))
    return [
        *geography.children(capital, on=MONTH.first)[:2],
        geography.children(mountains, on=MONTH.first)[0],
    ]


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000))
def test_whoever_is_gathered_or_counted_is_told_what_their_own_facts_say(
    places: list[Unit], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(frame, "FEW", 0)
    register, unit = Maker(seed).register(), geography.unit(code="01", on=MONTH.first)
    with transaction.atomic():
        stored = written(register, places)
        for instant in range(3):
            stored.tell(instant)
        stored.grant(register.granted)
        want = each(unit, LAW)
        for _ in ("folded anew", "most of it kept"):
            check_gathered(unit, want)
            check_counted(unit, want)
        with connection.cursor() as cursor:
            cursor.execute("select exists (select from registry_settled)")
            assert cursor.fetchone() == (True,)
        transaction.set_rollback(True)


def check_gathered(unit: Unit, want: list[Row]) -> None:
    make_frame(unit=unit, law=LAW, known_at=KNOWN, granted="pg_temp.granted", facts=LAW.facts)
    found = rows(
        "select person_id, kind.* from pg_temp.gathered "
        "join pg_temp.kind using (kind), unnest(persons) as person_id"
    )
    days = Counter(row["person_id"] for row in found)
    for row in found:
        assert row.pop("alone") == (days[row["person_id"]] == 1)
        del row["kind"], row["hash"]
    assert Counter(by_age(row, LAW) for row in found) == Counter(by_age(row, LAW) for row in want)


def check_counted(unit: Unit, want: list[Row]) -> None:
    births = sorted({LONG_AGO, *(row["born"] for row in want[::3] if row["born"])})
    crowd = take_crowd(
        unit=unit, law=LAW, known_at=KNOWN, granted="pg_temp.granted", facts=LAW.facts, births=births
    )
    named = apart(want)
    told: Counter[Any] = Counter()
    for row in want:
        is_named, born = row["person_id"] in named, row["born"]
        if not is_named and born:
            born = max(start for start in births if start <= born)
        told[counted({**row, "person_id": row["person_id"] if is_named else None, "born": born})] += 1
    assert expanded(crowd) == told


def apart(want: list[Row]) -> set[int]:
    """Who must stand alone: several days, a recorded death, children raised on the month's last day."""
    known = Q(recorded_at__lte=KNOWN) & (Q(superseded_at=None) | Q(superseded_at__gt=KNOWN))
    last = LAW.month.last
    raised = Relation.objects.filter(known, kind=Relation.Kind.RAISED_BY, valid_from__lte=last).filter(
        Q(valid_to=None) | Q(valid_to__gt=last)
    )
    days = Counter(row["person_id"] for row in want)
    names = {person for person, number in days.items() if number > 1}
    names |= set(Death.objects.filter(known).values_list("person_id", flat=True))
    return (names | set(raised.values_list("other_id", flat=True))) & set(days)


def counted(row: Row) -> tuple[Any, ...]:
    """A row as it can be compared: booleans and their codes are equal."""
    return tuple(sorted(row.items()))


def expanded(crowd: Crowd) -> Counter[Any]:
    kinds = {row.pop("kind"): row for row in crowd.kinds.iter_rows(named=True)}
    found: Counter[Any] = Counter()
    for row in crowd.people.iter_rows(named=True):
        people = row.pop("people")
        kind = dict(kinds[row.pop("kind")])
        kind["province_code"], kind["former_province_code"] = (
            kind.pop("province"),
            kind.pop("former_province"),
        )
        del row["unit"], row["died"]
        found[counted(row | kind)] += people
    return found
