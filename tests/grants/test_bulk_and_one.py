"""The SQL that decides a province and the pure decision of one case say the same, on random people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.grants import logic, queries
from ansinh.grants import operations as grants
from ansinh.grants.logic import Case, Granted, Lawful, Level, Verdict, slot_of
from ansinh.kernel.time import Month
from tests.grants.world import NEW, SIGNED, Answers, Given, dies, instant, line, person, take_over, unit

pytestmark = pytest.mark.django_db

FIRST = Month(2026, 8)
MONTHS = list(Month.range(FIRST, NEW))
AMOUNTS = st.sampled_from([500, 750, 810])
OWN = st.sampled_from(["C6S", "C5A", "SP75"])

Told = tuple[list[tuple[str, int]], list[tuple[str, int]], frozenset[str]]
"""What the law gives in the two slots of income, and of which categories it cannot tell."""
Own = tuple[str, int, Month]
Human = tuple[list[Told | None], Own | None, int | None, Month | None]
Decided = dict[tuple[str, Month], tuple[str, int]]

answer = st.none() | st.tuples(
    st.lists(st.tuples(OWN, AMOUNTS), max_size=1),
    st.lists(st.tuples(st.just("C4"), AMOUNTS), max_size=1),
    st.frozensets(st.sampled_from(["C6S", "C5A", "C4"]), max_size=2),
)
grant = st.tuples(OWN, AMOUNTS, st.sampled_from([Month(2020, 1), *MONTHS]))
human = st.tuples(
    st.lists(answer, min_size=3, max_size=3),
    st.none() | grant,
    st.none() | AMOUNTS,  # a single parent's allowance
    st.none() | st.sampled_from([Month(2026, 5), *MONTHS]),  # the month of death
)


@given(st.lists(human, min_size=1, max_size=5), st.booleans(), st.sampled_from([1, 3]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_everyone_at_once_is_decided_like_each_alone(
    units: None, people: list[Human], confirm: bool, looked_at: int
) -> None:
    with transaction.atomic():
        commune = unit("00004")
        months = MONTHS[-looked_at:]
        people = [(told[-looked_at:], own, parent, died) for told, own, parent, died in people]
        answers = [Answers(month, commune) for month in months]
        everyone = []
        for told, own, parent, died in people:
            somebody = person(commune)
            everyone.append(somebody)
            lines = [line(somebody, own[0], own[1], "00004", from_month=own[2].first)] if own else []
            lines += [line(somebody, "C4", parent, "00004")] if parent else []
            if lines:
                take_over(*lines, unit=commune)
            if died:
                dies(somebody, died.last)
            for asked, one in zip(answers, told, strict=True):
                if one is not None:
                    gives = [Given(category, amount) for category, amount in (*one[0], *one[1])]
                    asked.say(somebody, *gives, unknown=one[2])
        runs = [asked.run() for asked in answers]
        expected = {}
        for somebody, (told, own, parent, died) in zip(everyone, people, strict=True):
            case, verdicts = _case(months, told, own, parent, died)
            rules = logic.Rules(
                looked_at, looked_at - 1, lambda _category: "SIGNING_MONTH", confirm_grounds=confirm
            )
            key = case.verdicts[-1]
            reviewed = [
                (d.kind, d.slot)
                for d in logic.review(case, None if key is None else verdicts[key], rules.last)
            ]
            expected[somebody.pk] = reviewed, _amounts(months, case, logic.propose(case, verdicts, rules))
        found: dict[int, list[tuple[str, str]]] = {somebody.pk: [] for somebody in everyone}
        for row in queries.review(runs[-1], commune, limit=None):
            found[row.person_id].append((row.kind, row.slot))
        assert {pk: Counter(rows) for pk, rows in found.items()} == {
            pk: Counter(reviewed) for pk, (reviewed, _) in expected.items()
        }
        counted = {c.kind: c.lines for c in queries.review_counts(runs[-1], commune)}
        assert counted == Counter(kind for rows in found.values() for kind, _ in rows)
        grants.adopt_changes(
            unit=commune, runs=runs, decided_on=SIGNED, at=instant(6), confirm_grounds=confirm
        )
        assert {s.pk: _decided(months, s.pk) for s in everyone} == {
            pk: amounts for pk, (_, amounts) in expected.items()
        }
        again = grants.adopt_changes(
            unit=commune, runs=runs, decided_on=SIGNED, at=instant(7), confirm_grounds=confirm
        )
        assert again.decisions == ()
        transaction.set_rollback(True)


def _case(
    months: list[Month], told: list[Told | None], own: Own | None, parent: int | None, died: Month | None
) -> tuple[Case, dict[Hashable, Verdict]]:
    first, n = months[0], len(months)
    verdicts: dict[Hashable, Verdict] = {
        no: Verdict(
            {
                slot_of(c): Lawful(c, "", "", Level(a, Decimal(1), a, 1))
                for c, a in (*one[0], *one[1])
            },
            one[2],
        )
        for no, one in enumerate(told)
        if one is not None
    }  # fmt: skip
    granted = []
    if own:
        start = months.index(own[2]) if own[2] in months else 0
        paid = tuple([Level(own[1], by_list=True)] * (n - start))
        granted.append(Granted("OWN_INCOME", own[0], start, None, own[2] >= first, False, True, paid))
    if parent:
        paid = tuple([Level(parent, by_list=True)] * n)
        granted.append(Granted("SINGLE_PARENT", "C4", 0, None, False, False, True, paid))
    dead = None
    if died and died < NEW:
        dead = 0 if died < first else months.index(died) + 1
    keys = tuple(no if no in verdicts else None for no in range(n))
    return Case(keys, dead, tuple(granted)), verdicts


def _amounts(months: list[Month], case: Case, changes: list[logic.Change]) -> Decided:
    """Carry the changes out by hand: what is decided for each slot and month."""
    rows: dict[tuple[str, Month], tuple[str, int]] = {}
    standing = [
        {no: (g.category, g.level(no).amount_vnd) for no in range(g.start, len(months))} for g in case.grants
    ]
    for change in changes:
        if change.action == "STOP":
            assert change.grant is not None
            standing[change.grant] = {n: v for n, v in standing[change.grant].items() if n < change.month}
        else:
            made = change.lawful
            if made is None:
                assert change.grant is not None
                target = standing[change.grant]
                until, category = len(months), case.grants[change.grant].category
            else:
                target, until, category = {}, change.end or len(months), made.category
                standing.append(target)
            for step in change.steps:
                for no in range(step.month, until):
                    target[no] = (category, step.level.amount_vnd)
    slots = [g.slot for g in case.grants] + [c.slot for c in changes if c.lawful]
    for slot, decided in zip(slots, standing, strict=True):
        for no, told in decided.items():
            assert (slot, months[no]) not in rows
            rows[slot, months[no]] = told
    return rows


def _decided(months: list[Month], person_id: int) -> Decided:
    """What the database says is decided for each slot and month, held or not."""
    first, last = months[0].first, months[-1].first
    wanted = (
        f"(select g.id as grant_id, m::date as month from grants_grant g, "
        f"generate_series(date '{first}', date '{last}', interval '1 month') m where person_id = {person_id})"
    )
    with connection.cursor() as cursor:
        owed = queries.owed_sql(wanted, "clock_timestamp()")
        cursor.execute(f"select slot, month, category, decided_vnd from ({owed}) o")
        return {(slot, Month.of(month)): (category, amount) for slot, month, category, amount in cursor}
