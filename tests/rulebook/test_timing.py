"""From which month an allowance starts, changes and stops, in each regime."""

from __future__ import annotations

import pytest

from ansinh.kernel.time import Month
from ansinh.rulebook.categories import categories
from ansinh.rulebook.instruments import TimingEvent, TimingRule
from ansinh.rulebook.law import load

R20, R147, R335 = Month(2023, 5), Month(2025, 9), Month(2026, 11)


@pytest.mark.parametrize(
    ("month", "event", "category", "rule"),
    [
        (R20, "START", "C1", "SIGNING_MONTH"),
        (R20, "START", "C4", "SIGNING_MONTH"),
        (R20, "START", "C5B", "BIRTHDAY_MONTH"),
        (R20, "START", "C5C", "BIRTHDAY_MONTH"),
        (R20, "START", "C6X", "CERTIFICATE_MONTH"),
        (R20, "START", "C6S", "CERTIFICATE_MONTH"),
        (R20, "START", "K5", "SIGNING_MONTH"),
        (R20, "CHANGE", "C1", "SAME_MONTH"),
        (R20, "STOP", "C1", "MONTH_AFTER"),
        (R147, "START", "C1", "SIGNING_MONTH"),
        (R147, "START", "C6S", "SIGNING_MONTH"),
        (R147, "START", "SP75", "SIGNING_MONTH"),
        (R147, "CHANGE", "C6S", "MONTH_AFTER"),
        (R147, "STOP", "SP70", "MONTH_AFTER"),
        (R335, "START", "C6X", "SIGNING_MONTH"),
        (R335, "START", "SP70", "SIGNING_MONTH"),
        (R335, "CHANGE", "C5A", "SAME_MONTH"),
        (R335, "STOP", "C5A", "MONTH_AFTER"),
    ],
)
def test_the_month_from_which_it_counts(
    month: Month, event: TimingEvent, category: str, rule: TimingRule
) -> None:
    assert load().month(month).timing(event, category)[0] == rule


def test_months_paid_later_keep_the_timing_of_their_own_time() -> None:
    """July to September 2026 get the amount of decree 335, not its timing."""
    rule, cite = load().month(Month(2026, 8)).timing("CHANGE", "C5A")
    assert rule == "MONTH_AFTER"
    assert cite == "điểm d khoản 2 Điều 5 Nghị định 147/2025/NĐ-CP"


def test_every_group_of_every_regime_has_its_three_rules() -> None:
    events: tuple[TimingEvent, ...] = ("START", "CHANGE", "STOP")
    for month in (R20, R147, R335):
        law = load().month(month)
        living = [group.category.code for group in law.groups]
        assert set(living) <= set(categories())
        for code in living:
            assert all(law.timing(event, code)[1] for event in events)
