"""What a decision does about somebody, on random cases; and the same for the stories officers tell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.grants import logic
from ansinh.grants.logic import Case, Change, DecidedLevel, Granted, Lawful, Level, Rules, Verdict
from ansinh.kernel.time import Month

SLOTS = {
    "C6S": "OWN_INCOME",
    "C5A": "OWN_INCOME",
    "SP75": "OWN_INCOME",
    "C4": "SINGLE_PARENT",
    "K5": "CARE_HOUSEHOLD",
}

Answers = Mapping[Hashable, Verdict]
"""What the law says, by the key of a case's verdicts."""


def level(amount: int) -> Level:
    return Level(amount, Decimal(1), amount, ground=1)


def lawful(category: str, amount: int) -> Lawful:
    return Lawful(category, "MONTHLY_ALLOWANCE", "PERSON", level(amount))


def grant(category: str, *amounts: int, start: int = 0, end: int | None = None, **more: bool) -> Granted:
    told = {"began": start > 0, "closed": end is not None, "ours": True, **more}
    return Granted(SLOTS[category], category, start, end, levels=tuple(map(level, amounts)), **told)


def verdict(*gives: Lawful, unknown: str = "") -> Verdict:
    return Verdict({SLOTS[given.category]: given for given in gives}, frozenset(unknown.split()))


def rules(months: int, signed: int | None = None, rule: str = "SIGNING_MONTH", **more: bool) -> Rules:
    return Rules(months, months - 1 if signed is None else signed, lambda _category: rule, **more)


def case(
    grants: list[Granted], *verdicts: Verdict | None, dead_from: int | None = None
) -> tuple[Case, Answers]:
    keys = tuple(None if v is None else no for no, v in enumerate(verdicts))
    return Case(keys, dead_from, tuple(grants)), {no: v for no, v in enumerate(verdicts) if v is not None}


def told(changes: list[Change]) -> list[tuple[Any, ...]]:
    return [
        (
            c.action,
            c.lawful.category if c.lawful else None,
            c.month,
            [(s.month, s.level.amount_vnd) for s in c.steps],
        )
        for c in changes
    ]


# ── stories ──


def test_a_raise_with_past_effect_restates_the_level_from_its_first_month() -> None:
    here, verdicts = case([grant("C6S", 750, 750, 750, 750)], *[verdict(lawful("C6S", 810))] * 4)
    assert told(logic.propose(here, verdicts, rules(4))) == [("LEVEL", None, 0, [(0, 810)])]


def test_a_level_wrong_in_one_month_restates_the_right_ones_after_it() -> None:
    here, verdicts = case([grant("C6S", 750, 700, 750)], *[verdict(lawful("C6S", 750))] * 3)
    assert told(logic.propose(here, verdicts, rules(3))) == [("LEVEL", None, 1, [(1, 750)])]


def test_an_elder_becomes_a_social_pensioner_in_one_move() -> None:
    here, verdicts = case([grant("C5A", 500)], verdict(lawful("SP75", 500)))
    assert told(logic.propose(here, verdicts, rules(1))) == [
        ("STOP", None, 0, []),
        ("CONVERT", "SP75", 0, [(0, 500)]),
    ]
    assert [d.kind for d in logic.review(here, verdicts[0], 0)] == ["CONVERSION"]


def test_who_was_not_granted_begins_with_the_month_of_signing() -> None:
    here, verdicts = case([], *[verdict(lawful("C6S", 750))] * 3)
    assert told(logic.propose(here, verdicts, rules(3, signed=1))) == [("START", "C6S", 1, [(1, 750)])]


def test_a_disability_begins_with_its_certificate_where_the_law_says_so() -> None:
    here, verdicts = case([], verdict(), *[verdict(lawful("C6S", 750))] * 2)
    found = logic.propose(here, verdicts, rules(3, rule="CERTIFICATE_MONTH"))
    assert told(found) == [("START", "C6S", 1, [(1, 750)])]


def test_nobody_begins_before_the_month_of_signing_nor_for_a_month_not_reviewed() -> None:
    here, verdicts = case([], verdict(lawful("C6S", 750)))
    assert logic.propose(here, verdicts, rules(1, signed=1)) == []


def test_the_dead_stop_with_the_month_after_and_keep_what_was_due_before() -> None:
    here, verdicts = case([grant("C6S", 750, 750, 750)], *[verdict(lawful("C6S", 810))] * 3, dead_from=1)
    found = logic.propose(here, verdicts, rules(3))
    assert told(found) == [("LEVEL", None, 0, [(0, 810)]), ("STOP", None, 1, [])]
    assert found[1].reason == "DEATH"


def test_where_nothing_may_stop_before_the_month_reviewed_levels_and_conversions_still_reach_back() -> None:
    given = [verdict(lawful("C6S", 810)), verdict(), verdict()]
    here, verdicts = case([grant("C6S", 750, 750, 750)], *given)
    assert told(logic.propose(here, verdicts, rules(3)))[-1] == ("STOP", None, 1, [])
    late = replace(rules(3), stops_from=2)
    assert told(logic.propose(here, verdicts, late)) == [
        ("LEVEL", None, 0, [(0, 810), (1, 750)]),
        ("STOP", None, 2, []),
    ]
    here, verdicts = case([grant("C5A", 500, 500)], *[verdict(lawful("SP75", 540))] * 2)
    assert told(logic.propose(here, verdicts, replace(rules(2), stops_from=1)))[1] == (
        "CONVERT", "SP75", 0, [(0, 540)]
    )  # fmt: skip


@pytest.mark.parametrize("given", [(), (lawful("C5A", 500),)])
def test_what_the_law_cannot_tell_is_never_stopped(given: tuple[Lawful, ...]) -> None:
    here, verdicts = case([grant("C6S", 750)], verdict(*given, unknown="C6S"))
    assert logic.propose(here, verdicts, rules(1)) == []
    assert [d.kind for d in logic.review(here, verdicts[0], 0)] == ["CANNOT_TELL"]


def test_whom_the_law_was_not_asked_about_is_never_stopped() -> None:
    here, verdicts = case([grant("C6S", 750)], None)
    assert logic.propose(here, verdicts, rules(1)) == []
    assert [d.kind for d in logic.review(here, None, 0)] == ["CANNOT_TELL"]


def test_more_than_the_least_certain_amount_is_left_alone_and_less_is_raised() -> None:
    unsure = verdict(lawful("C4", 1000), unknown="C4")
    here, verdicts = case([grant("C4", 1500)], unsure)
    assert logic.propose(here, verdicts, rules(1)) == []
    here, verdicts = case([grant("C4", 500)], unsure)
    assert told(logic.propose(here, verdicts, rules(1))) == [("LEVEL", None, 0, [(0, 1000)])]


def test_a_single_parent_who_earns_more_as_an_elder_moves_between_the_slots_without_a_gap() -> None:
    here, verdicts = case([grant("C4", 500, 500)], verdict(lawful("C5A", 1080)), verdict(lawful("C5A", 1080)))
    assert told(logic.propose(here, verdicts, rules(2, signed=1))) == [
        ("STOP", None, 0, []),
        ("CONVERT", "C5A", 0, [(0, 1080)]),
    ]


def test_another_units_grant_is_not_touched_and_leaves_no_room() -> None:
    here, verdicts = case([grant("C6S", 0, ours=False)], verdict(lawful("C5A", 500)))
    assert logic.propose(here, verdicts, rules(1)) == []
    assert list(logic.review(here, verdicts[0], 0)) == []


def test_other_articles_alone_are_restated_only_when_asked() -> None:
    here, verdicts = case([grant("C6S", 750)], verdict(lawful("C6S", 750)))
    other: Answers = {0: verdict(replace(lawful("C6S", 750), level=replace(level(750), ground=2)))}
    assert logic.propose(here, other, rules(1)) == []
    assert told(logic.propose(here, other, rules(1, confirm_grounds=True))) == [
        ("LEVEL", None, 0, [(0, 750)])
    ]
    assert logic.propose(here, verdicts, rules(1, confirm_grounds=True)) == []


# ── properties ──

amounts = st.sampled_from([500, 750, 810])
own = st.sampled_from(["C6S", "C5A", "SP75"])
unknowns = st.frozensets(st.sampled_from(["C6S", "C5A", "C4", "K5"]), max_size=2)


@st.composite
def verdicts_(draw: st.DrawFn) -> Verdict:
    gives = {}
    if draw(st.booleans()):
        gives["OWN_INCOME"] = lawful(draw(own), draw(amounts))
    if draw(st.integers(0, 3)) == 0:
        gives["SINGLE_PARENT"] = lawful("C4", draw(amounts))
    if draw(st.integers(0, 3)) == 0:
        gives["CARE_HOUSEHOLD"] = lawful("K5", draw(amounts))
    return Verdict(gives, draw(unknowns))


@st.composite
def cases_(draw: st.DrawFn) -> tuple[Case, Answers, Rules]:
    months = draw(st.integers(1, 5))
    answers: Answers = {no: draw(verdicts_()) for no in range(draw(st.integers(1, 3)))}
    keys = tuple(draw(st.sampled_from([*answers, None])) for _ in range(months))
    grants: list[Granted] = []
    for slot, names in (
        ("OWN_INCOME", own),
        ("SINGLE_PARENT", st.just("C4")),
        ("CARE_HOUSEHOLD", st.just("K5")),
    ):
        free = 0
        while free < months and draw(st.booleans()):
            start = draw(st.integers(free, months - 1))
            end = draw(st.none() | st.integers(start + 1, months))
            until = months if end is None else end
            decided = tuple(level(draw(amounts)) for _ in range(until - start))
            grants.append(
                Granted(
                    slot, draw(names), start, None if end == months else end,
                    began=start > 0 or draw(st.booleans()),
                    closed=end is not None, ours=draw(st.integers(0, 5)) > 0, levels=decided,
                )
            )  # fmt: skip
            free = months if end is None else end
    dead_from = draw(st.none() | st.integers(0, months))
    dead_from = None if dead_from == months else dead_from
    how = Rules(
        months,
        draw(st.integers(-2, months + 1)),
        lambda _: draw_rule,
        confirm_grounds=draw(st.booleans()),
    )
    draw_rule = draw(st.sampled_from(["SIGNING_MONTH", "CERTIFICATE_MONTH"]))
    return Case(keys, dead_from, tuple(grants)), answers, how


def decided(here: Case, changes: list[Change], months: int) -> Case:
    """Carry a decision out, month by month: the slow reference of what the SQL writes."""
    grants: list[Granted | None] = list(here.grants)
    for change in changes:
        if change.action == "STOP":
            assert change.grant is not None
            old = grants[change.grant]
            assert old is not None and not old.closed and old.ours
            if change.month <= old.start and (old.began or change.month < old.start):
                grants[change.grant] = None
            else:
                kept = old.levels[: change.month - old.start]
                grants[change.grant] = replace(old, end=change.month, closed=True, levels=kept)
        elif change.action == "LEVEL":
            assert change.grant is not None
            old = grants[change.grant]
            assert old is not None
            paid = list(old.levels)
            for step in change.steps:
                paid[step.month - old.start :] = [step.level] * (len(paid) - step.month + old.start)
            grants[change.grant] = replace(old, levels=tuple(paid))
        else:
            assert change.lawful is not None
            until = months if change.end is None else change.end
            paid = []
            for month in range(change.month, until):
                paid.append(max((s for s in change.steps if s.month <= month), key=lambda s: s.month).level)
            grants.append(
                Granted(
                    change.slot, change.lawful.category, change.month, change.end,
                    began=True, closed=change.end is not None, ours=True, levels=tuple(paid),
                )
            )  # fmt: skip
    return replace(here, grants=tuple(g for g in grants if g is not None))


@given(cases_())
@settings(max_examples=300, deadline=None)
def test_after_the_decision_the_review_is_empty(
    told_case: tuple[Case, Answers, Rules],
) -> None:
    here, answers, how = told_case
    after = decided(here, logic.propose(here, answers, how), how.months)
    key = after.verdicts[-1]
    for difference in logic.review(after, None if key is None else answers[key], how.last):
        closed = difference.granted is not None and difference.granted.closed
        late = difference.kind == "ENTITLED_NOT_GRANTED" and how.signed > how.last
        assert difference.kind == "CANNOT_TELL" or closed or late, difference


@given(cases_())
@settings(max_examples=300, deadline=None)
def test_deciding_twice_changes_nothing(told_case: tuple[Case, Answers, Rules]) -> None:
    here, answers, how = told_case
    after = decided(here, logic.propose(here, answers, how), how.months)
    assert logic.propose(after, answers, how) == []


@given(cases_())
@settings(max_examples=300, deadline=None)
def test_nobody_ever_holds_two_grants_in_a_slot(
    told_case: tuple[Case, Answers, Rules],
) -> None:
    here, answers, how = told_case
    after = decided(here, logic.propose(here, answers, how), how.months)
    for month in range(how.months + 1):
        standing = [g.slot for g in after.grants if g.covers(month)]
        assert len(standing) == len(set(standing))


@given(cases_())
@settings(max_examples=200, deadline=None)
def test_a_start_waits_for_the_month_of_signing(
    told_case: tuple[Case, Answers, Rules],
) -> None:
    here, answers, how = told_case
    for change in logic.propose(here, answers, how):
        if change.action == "START" and how.start_rule("C6S") == "SIGNING_MONTH":
            assert change.month >= how.signed


@given(cases_())
@settings(max_examples=200, deadline=None)
def test_another_units_grants_and_the_dead_get_nothing(
    told_case: tuple[Case, Answers, Rules],
) -> None:
    here, answers, how = told_case
    for change in logic.propose(here, answers, how):
        if change.grant is not None and change.action in ("STOP", "LEVEL"):
            assert here.grants[change.grant].ours
        if change.lawful and change.action == "START":
            assert here.dead_from is None


rows = st.lists(
    st.builds(
        DecidedLevel, st.integers(1, 4).map(float), st.integers(1, 12).map(lambda n: Month(2026, n)), amounts
    ),
    max_size=6,
    unique_by=lambda r: (r.decided_at, r.from_month),
)


@given(rows, st.integers(1, 12).map(lambda n: Month(2026, n)))
def test_the_latest_decision_that_reaches_the_month_counts(
    decided_rows: list[DecidedLevel], month: Month
) -> None:
    found = logic.level_of(decided_rows, month)
    reaching = [row for row in decided_rows if row.from_month <= month]
    if not reaching:
        assert found is None
        return
    latest = max(row.decided_at for row in reaching)
    assert found == max((r for r in reaching if r.decided_at == latest), key=lambda r: r.from_month)
