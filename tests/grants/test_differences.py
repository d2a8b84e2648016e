"""Where the law and the grants differ, by one statement for a province and by hand for each person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import logic, queries
from ansinh.grants.logic import Case, DecidedLevel, Granted, Lawful, Level, Verdict, slot_of
from ansinh.grants.models import Decision, Grant, Holding
from ansinh.grants.models import Level as LevelRow
from ansinh.registry.models import Death, Person
from tests.grants.world import (
    NEW,
    RECORDED,
    SIGNED,
    Answers,
    Given,
    instant,
    line,
    moves,
    person,
    source,
    take_over,
)
from tests.grants.world import unit as unit_of

pytestmark = pytest.mark.django_db

HERE, BESIDE, FAR = "00004", "00008", "26740"
BEFORE, AFTER = NEW - 1, NEW + 1
AMOUNTS = st.sampled_from([500, 750])
OWN = st.sampled_from(["C6S", "C5A"])
HOMES = st.sampled_from([HERE, BESIDE, FAR])

told = st.tuples(
    st.lists(st.tuples(OWN, AMOUNTS), max_size=1),
    st.lists(st.tuples(st.just("C4"), AMOUNTS), max_size=1),
    st.frozensets(st.sampled_from(["C6S", "C5A", "C4"]), max_size=1),
)
answer = told | told | told | st.none()
decided = st.fixed_dictionaries(
    {
        "amount": AMOUNTS,
        "later": st.lists(st.tuples(st.sampled_from([BEFORE, NEW, AFTER]), AMOUNTS), max_size=2),
        "begins": st.sampled_from([BEFORE, BEFORE, BEFORE, NEW, AFTER]),
        "holder": HOMES,
        "handed": st.none() | st.tuples(st.sampled_from([NEW, AFTER]), HOMES),
    }
)
human = st.fixed_dictionaries(
    {
        "answer": answer,
        "own": st.tuples(OWN, decided) | st.tuples(OWN, decided) | st.none(),
        "parent": st.none() | st.tuples(st.just("C4"), decided),
        "home": HOMES,
        "moved": st.none() | st.tuples(st.sampled_from(["2026-08-01", "2026-10-05", "2026-10-20"]), HOMES),
        "died": st.none() | st.tuples(st.sampled_from([BEFORE, NEW]), st.booleans()),
    }
)


@given(st.lists(human, min_size=3, max_size=8), st.sampled_from([HERE, "01"]), st.booleans())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_statement_finds_what_each_person_looked_at_by_hand_gives(
    units: None, people: list[dict[str, Any]], asked: str, few: bool
) -> None:
    with transaction.atomic(), patch("ansinh.grants.queries.differences.few_of_all", return_value=few):
        answers = Answers(NEW, unit_of(asked))
        everyone = {_born(told, answers): told for told in people}
        run = answers.run()
        for place in {unit_of(asked), unit_of(HERE)} | ({unit_of(BESIDE)} if asked == "01" else set()):
            expected = sorted(one for who, told in everyone.items() for one in _lines(who, told, run, place))
            found = sorted(_told(row) for row in queries.review(run, place, limit=None))
            assert found == expected
        transaction.set_rollback(True)


def _born(told: dict[str, Any], answers: Answers) -> Person:
    somebody = person(unit_of(told["home"]))
    for category, how in filter(None, (told["own"], told["parent"])):
        _grant(somebody, category, how)
    if told["moved"] and told["moved"][1] != told["home"]:
        moves(somebody, unit_of(told["moved"][1]), dt.date.fromisoformat(told["moved"][0]))
    if told["died"]:
        month, found_wrong = told["died"]
        Death.objects.create(
            person=somebody, source=source(), recorded_at=RECORDED, died_on=month.last,
            superseded_at=instant(5) if found_wrong else None,
        )  # fmt: skip
    if told["answer"] is not None:
        own, parent, unknown = told["answer"]
        answers.say(somebody, *(Given(c, amount) for c, amount in (*own, *parent)), unknown=unknown)
    return somebody


def _grant(somebody: Person, category: str, how: dict[str, Any]) -> None:
    place = unit_of(how["holder"])
    told = line(somebody, category, how["amount"], how["holder"], from_month=how["begins"].first)
    take_over(told, unit=place, month=AFTER)
    grant = Grant.objects.get(person=somebody, category=category)
    for day, (month, amount) in enumerate(how["later"], start=2):
        decision = Decision.objects.create(
            unit=place, number=f"{grant.pk}/{day}", kind="ADJUST", decided_on=SIGNED, decided_at=instant(day),
            effective_month=month.first, people=1,
        )  # fmt: skip
        LevelRow.objects.create(
            grant=grant, decided_at=instant(day), from_month=month.first, decision=decision,
            amount_vnd=amount, by_list=True,
        )  # fmt: skip
    if how["handed"] and how["handed"][0] > how["begins"]:
        month, to = how["handed"]
        Holding.objects.create(grant=grant, unit=unit_of(to), from_month=month.first)


Line = tuple[int, str, str, int, str, int, str, int]


def _lines(who: Person, told: dict[str, Any], run: Run, place: Unit) -> Iterator[Line]:
    """What the review of a place is to say of somebody, from what the story says, case by case."""
    home, lived = _homes(told)
    holders: dict[str, str] = {}
    granted = []
    for category, how in filter(None, (told["own"], told["parent"])):
        if how["begins"] > NEW:
            continue
        rows = [DecidedLevel(0, how["begins"], how["amount"])]
        rows += [DecidedLevel(day, *level) for day, level in enumerate(how["later"], start=2)]
        level = logic.level_of(rows, NEW)
        assert level
        slot = slot_of(category)
        holders[slot] = _holder(how)
        ours = _within(holders[slot], place)
        granted.append(Granted(slot, category, 0, None, False, False, ours, (Level(level.amount_vnd),)))
    verdict = None
    if told["answer"] is not None:
        own, parent, unknown = told["answer"]
        gives: dict[str, Lawful] = {
            slot_of(c): Lawful(c, "", "", Level(a, Decimal(1), a, 1)) for c, a in (*own, *parent)
        }
        verdict = Verdict(gives, unknown)
    dead = told["died"] and told["died"][0] < NEW and not told["died"][1]
    for found in logic.review(Case((None,), 0 if dead else None, tuple(granted)), verdict, 0):
        kind, lawful, unit = found.kind, found.lawful, lived[-1]
        if found.granted:
            unit = holders[found.slot]
            if home and home != unit:
                kind, lawful = "CANNOT_TELL", None
        elif (home and not _within(home, place)) or not (
            run.unit_id == place.pk or any(_within(code, place) for code in lived)
        ):
            continue
        yield (
            who.pk, kind, found.slot, unit_of(unit).pk,
            found.granted.category if found.granted else "",
            found.granted.levels[0].amount_vnd if found.granted else 0,
            lawful.category if lawful else "", lawful.level.amount_vnd if lawful else 0,
        )  # fmt: skip


def _homes(told: dict[str, Any]) -> tuple[str | None, list[str]]:
    """Where somebody is known to live for good on the day of asking; where they live in the month."""
    if not told["moved"] or told["moved"][1] == told["home"]:
        return told["home"], [told["home"]]
    day, to = told["moved"]
    if day < str(NEW.first):
        return to, [to]
    return (to if day <= str(SIGNED) else None), [told["home"], to]


def _holder(how: dict[str, Any]) -> str:
    handed = how["handed"]
    return str(handed[1] if handed and how["begins"] < handed[0] <= NEW else how["holder"])


@cache
def _within(code: str, place: Unit) -> bool:
    return geography.standings(place, on=NEW.first).filter(unit=unit_of(code)).exists()


def _told(row: queries.ReviewLine) -> Line:
    granted, lawful = row.granted, row.lawful
    return (
        row.person_id, row.kind, row.slot, row.unit_id,
        granted.category if granted else "", granted.amount_vnd if granted else 0,
        lawful.category if lawful else "", lawful.amount_vnd if lawful else 0,
    )  # fmt: skip
