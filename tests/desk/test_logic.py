"""What stays covered, and that covering tells nothing."""

import datetime as dt

import pytest

from ansinh.desk import logic
from ansinh.kernel.time import Month
from ansinh.rulebook import explain, law
from ansinh.rulebook.categories import categories, receiving_mask
from ansinh.rulebook.explain import DayFacts, Explanation
from ansinh.rulebook.facts import vocabulary
from tests.desk.secrets import TELLS

MONTH = Month(2026, 11)
LAW = law.load().month(MONTH, dt.date(2026, 11, 5))


def explanation(**facts: object) -> Explanation:
    """Explain November 2026 in Lào Cai for somebody of whom these facts are known."""
    values: dict[str, object] = {"born": dt.date(1986, 5, 1), "sex": "F"}
    for name, value in facts.items():
        fact = vocabulary().get(name)
        values[name] = fact.store(value) if fact else value
    return explain.explain(LAW, [DayFacts(MONTH.first, values)], province="15")


def ill(**facts: object) -> Explanation:
    return explanation(hiv=True, household_poverty="POOR", stable_income=False, **facts)


def test_an_illness_is_paid_and_its_clause_stays_closed() -> None:
    shown = logic.show(ill())
    assert [(paid.label, paid.amount_vnd, paid.covered) for paid in shown.paid] == [
        ("Trợ cấp hằng tháng", 810_000, True)
    ]
    assert not TELLS.search(repr(shown))
    assert any("Nghị định 335/2026/NĐ-CP" in cite for cite in shown.paid[0].cites)


def test_with_a_reason_everything_is_shown() -> None:
    shown = logic.show(ill(), everything=True)
    assert "HIV" in repr(shown) and "khoản 8 Điều 5" in repr(shown)


def test_an_orphan_and_a_single_parent_look_just_the_same() -> None:
    orphan = logic.show(explanation(born=dt.date(2016, 5, 1), abandoned=True, household_poverty="POOR"))
    assert [paid.label for paid in orphan.paid] == ["Trợ cấp hằng tháng"] and orphan.paid[0].covered
    assert not TELLS.search(repr(orphan))


def test_who_is_outranked_by_a_covered_group_is_not_told_by_which() -> None:
    both = logic.show(ill(disability="SEVERE", receiving=receiving_mask(["C8"])))
    assert not TELLS.search(repr(both))


def test_an_elder_sees_every_article() -> None:
    shown = logic.show(explanation(born=dt.date(1940, 1, 1), pension=False, insurance_allowance=False))
    assert shown.paid[0].cites and "Điều" in shown.paid[0].cites[0] and not shown.paid[0].covered


@pytest.mark.parametrize("code", list(categories()))
def test_every_group_has_a_name_for_everybody(code: str) -> None:
    told = logic.label(code)
    assert told and not TELLS.search(told)
    assert logic.label(code, everything=True) == categories()[code].label
