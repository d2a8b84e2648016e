"""Months and ages."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, birthday, years_before

DAYS = st.dates(dt.date(1930, 1, 1), dt.date(2040, 12, 31))


def test_months_count_on_over_the_year() -> None:
    assert Month(2025, 12) + 1 == Month(2026, 1)
    assert Month(2026, 1) - 13 == Month(2024, 12)
    assert [str(m) for m in Month.range(Month(2025, 11), Month(2026, 2))] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    assert Month(2024, 2).last == dt.date(2024, 2, 29)


@pytest.mark.parametrize("text", ["2026", "2026-13", "11/2026", "2026-1", "", "0000-01"])
def test_what_is_no_month_is_refused_with_its_form(text: str) -> None:
    with pytest.raises(Refusal, match="2026-11"):
        Month.parse(text)


@given(DAYS, st.integers(0, 100))
def test_an_age_is_completed_on_its_birthday_and_not_before(born: dt.date, years: int) -> None:
    day = birthday(born, years)
    assert born <= years_before(day, years)
    assert born > years_before(day - dt.timedelta(days=1), years)
