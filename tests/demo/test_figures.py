"""The figures the demo must show, from the generator's columns alone, at full size."""

from __future__ import annotations

import datetime as dt

import pytest

from ansinh.kernel.time import Month
from demo import groups
from demo.expected import Step, Walk, plain_arrears, standard
from demo.months import SEED, STEPS
from demo.province import make
from demo.register import files, truth_frame


@pytest.fixture(scope="module")
def hanoi() -> Walk:
    """Hà Nội at full size, before its first month."""
    return Walk(make(groups.hanoi(), SEED))


@pytest.fixture(scope="module")
def lao_cai() -> Walk:
    """Lào Cai at full size, before its first month."""
    return Walk(make(groups.lao_cai(), SEED))


def test_january_and_february_2024_in_hanoi_come_to_just_over_251_billion(hanoi: Walk) -> None:
    assert int(hanoi.opening.entitled().sum()) == 203_733
    first = hanoi.step(STEPS["01"][0])
    assert first.step.also == (Month(2024, 2),)
    assert first.people == 203_733
    assert 251_000_000_000 < first.regular_vnd < 251_500_000_000
    mean = hanoi.opening.total().sum() / 203_733
    assert 1.400 < mean < 1.403


def test_lao_cai_has_64242_at_the_end_of_2025_at_the_national_standard(lao_cai: Walk) -> None:
    assert int(lao_cai.opening.entitled().sum()) == 64_242
    assert standard("15", Month(2025, 12), dt.date(2025, 12, 5)) == 500_000
    # Published of the levels: from 500,000 to 1,250,000 a month. Nobody's own allowance is outside.
    own = lao_cai.state.amount["OWN_INCOME"]
    assert own[own > 0].min() == 500_000
    assert own.max() == 1_250_000


def test_nobody_is_due_anything_when_the_account_opens_but_the_beneficiaries(
    hanoi: Walk, lao_cai: Walk
) -> None:
    for walk in (hanoi, lao_cai):
        granted = walk.s.columns["granted"]
        assert (walk.opening.entitled() == granted).all()


def test_nothing_happens_while_the_account_opens(hanoi: Walk) -> None:
    before = hanoi._law(Month(2024, 1), None, hanoi._opening_receiving())
    after = hanoi._law(Month(2024, 2), None, hanoi._opening_receiving())
    for slot in before.group:
        assert (before.group[slot] == after.group[slot]).all()
        assert (before.coefficient[slot] == after.coefficient[slot]).all()


@pytest.mark.parametrize(("plan", "code"), [(groups.hanoi(0.1), "01"), (groups.lao_cai(0.3), "15")])
def test_the_arrears_of_decree_335_are_what_paper_and_pencil_give(plan: groups.Plan, code: str) -> None:
    walk = Walk(make(plan, SEED))
    for step in STEPS[code]:
        result = walk.step(step)
        if step.since:
            plain = plain_arrears(walk, [Month(2026, 7), Month(2026, 8), Month(2026, 9)])
            assert result.arrears_vnd == sum(plain.values()) > 0
            assert (plain["raise"] == 0) == (code == "01"), (
                "Hà Nội pays more than the national standard already"
            )
            assert plain["u3"] > 0
        else:
            assert result.arrears_vnd == 0


@pytest.mark.parametrize("plan", [groups.hanoi(0.01), groups.lao_cai(0.01)], ids=["Hà Nội", "Lào Cai"])
def test_the_first_review_finds_the_planted_errors_and_nothing_else(plan: groups.Plan) -> None:
    walk = Walk(make(plan, SEED))
    found = walk.step(Step(plan.opens, plan.opens.first))
    truths = walk.province.listed.truths
    planted = {t.person: str(t.error) for t in truths if t.month == plan.opens and t.error != "DUPLICATE"}
    kinds = {
        "DEAD_PAID": "NO_LONGER_ENTITLED",
        "NOT_GRANTED": "ENTITLED_NOT_GRANTED",
        "NEW_ORPHAN": "ENTITLED_NOT_GRANTED",
        "WRONG_LEVEL": "LEVEL_DIFFERS",
    }
    assert {person for person, _, _ in found.rows} == set(planted)
    assert all(kinds[planted[person]] == kind for person, _, kind in found.rows)


def test_the_truth_names_people_of_the_files() -> None:
    made = files(make(groups.hanoi(0.01), SEED))
    truth, persons = truth_frame(made), made.frames["persons"]
    grants = set(made.frames["grants"]["person_key"])
    assert set(truth["person_key"]) <= set(persons["person_key"])
    by_error = {error: set(frame["person_key"]) for (error,), frame in truth.group_by(["error"])}
    assert set(by_error) == {"DEAD_PAID", "NOT_GRANTED", "NEW_ORPHAN", "WRONG_LEVEL", "DUPLICATE"}
    opening = truth.filter(truth["month"] == "2024-01")
    dead = set(opening.filter(opening["error"] == "DEAD_PAID")["person_key"])
    assert dead <= grants
    assert dead <= set(made.frames["deaths"]["person_key"])
    assert not (by_error["NOT_GRANTED"] | by_error["NEW_ORPHAN"]) & grants
    assert by_error["WRONG_LEVEL"] <= grants
    mothers = set(truth.filter(truth["error"] == "NEW_ORPHAN")["other_key"])
    assert mothers <= set(made.frames["deaths"]["person_key"])
