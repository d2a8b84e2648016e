import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from ansinh.kernel.time import Month
from ansinh.web.fields import DayField, DecisionNumberField, MonthField, MonthsField


@pytest.mark.parametrize("typed", ["05/10/2026", "5/10/2026", "5-10-2026", " 05.10.2026 ", "2026-10-05"])
def test_a_day_is_read_as_officers_type_it(typed: str) -> None:
    assert DayField().clean(typed) == dt.date(2026, 10, 5)


@pytest.mark.parametrize("typed", ["31/02/2026", "10/2026", "hôm nay", "05/10/26", "1" * 500])
def test_what_is_no_day_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match="05/10/2026"):
        DayField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("{số}/QĐ-UBND", "{next}/QĐ-UBND"),
        (" {sô\u0301}/QĐ-UBND", "{next}/QĐ-UBND"),
        ("12/QĐ-UBND", "12/QĐ-UBND"),
    ],
)
def test_a_decisions_next_number_is_asked_for_in_vietnamese(typed: str, cleaned: str) -> None:
    assert DecisionNumberField().clean(typed) == cleaned
    with pytest.raises(ValidationError):
        DecisionNumberField().clean("")


@pytest.mark.parametrize("typed", ["10/2026", "2026-10", "10-2026"])
def test_a_month_is_read_as_officers_type_it(typed: str) -> None:
    assert MonthField().clean(typed) == Month(2026, 10)


@pytest.mark.parametrize("typed", ["13/2026", "0/2026", "2026", "10/26"])
def test_what_is_no_month_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match="10/2026"):
        MonthField().clean(typed)


def test_several_months_are_read_in_order_and_once() -> None:
    assert MonthsField().clean("02/2024, 01/2024; 2/2024") == (Month(2024, 1), Month(2024, 2))
    assert MonthsField().clean("01/2024 và 02/2024") == (Month(2024, 1), Month(2024, 2))


def test_nothing_typed_is_nothing_when_allowed() -> None:
    assert DayField(required=False).clean("") is None and MonthsField(required=False).clean("") == ()
