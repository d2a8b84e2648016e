"""Two times: the month the law is asked about, and the day on which it is asked."""

from __future__ import annotations

import datetime as dt

import pytest

from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook.assess import assess_one
from ansinh.rulebook.categories import Scope
from ansinh.rulebook.data import LawError
from ansinh.rulebook.law import load, slots


@pytest.mark.parametrize(
    ("month", "asked_on", "standard_vnd"),
    [
        ("2021-07", None, 360_000),
        ("2024-06", None, 360_000),
        ("2024-07", None, 500_000),
        ("2026-06", None, 500_000),
        ("2026-07", None, 540_000),
        ("2026-07", dt.date(2026, 9, 15), 500_000),
        ("2026-07", dt.date(2026, 10, 4), 500_000),
        ("2026-07", dt.date(2026, 10, 5), 540_000),
        ("2026-10", dt.date(2026, 8, 20), 500_000),
        ("2026-10", dt.date(2026, 8, 21), 540_000),
    ],
)
def test_a_standard_is_known_from_its_publication_and_reaches_back_from_its_force(
    month: str, asked_on: dt.date | None, standard_vnd: int
) -> None:
    law = load().month(Month.parse(month), asked_on)
    assert law.standard("COMMUNITY").vnd == standard_vnd


@pytest.mark.parametrize(
    ("province", "month", "scope", "standard_vnd"),
    [
        ("01", "2024-01", "COMMUNITY", 440_000),
        ("01", "2024-07", "COMMUNITY", 500_000),
        ("01", "2026-01", "SOCIAL_PENSION", 650_000),
        ("15", "2026-01", "COMMUNITY", 500_000),
        ("31", "2026-01", "COMMUNITY", 700_000),
        ("22", "2022-01", "COMMUNITY", 450_000),
        ("22", "2021-08", "FACILITY", 500_000),
        ("74", "2023-01", "COMMUNITY", 400_000),
        ("08", "2026-11", "SOCIAL_PENSION", 540_000),
    ],
)
def test_the_higher_of_national_and_provincial_standard_counts(
    province: str, month: str, scope: Scope, standard_vnd: int
) -> None:
    assert load().month(Month.parse(month)).standard(scope, province).vnd == standard_vnd


def test_groups_that_the_social_pension_replaced_end_with_june_2025() -> None:
    codes = [{g.category.code for g in load().month(Month(2025, n)).groups} for n in (6, 7)]
    assert {"C5B", "C5C"} <= codes[0]
    assert not {"C5B", "C5C"} & codes[1]
    assert {"SP70", "SP75"} <= codes[1] - codes[0]


def test_the_coefficient_of_elders_of_75_can_be_read_the_other_way() -> None:
    elder = {
        "id": 1, "month": "2026-08", "asked_on": "2026-10-06", "born": "1950-01-01", "province": "15",
        "household_poverty": "POOR", "supporter": "NONE", "facility_qualified": False,
    }  # fmt: skip
    assert assess_one(elder)["total_vnd"] == 2 * 540_000
    parameter = next(name for name in load().parameters if name != "birth_latest_possible_day")
    other = assess_one(elder, load().choosing(**{parameter: False}))
    assert other["total_vnd"] == 3 * 540_000 // 2
    assert other["release"] != assess_one(elder)["release"]


def test_the_choice_about_elders_of_75_is_told_where_it_reaches_back_only() -> None:
    elder = {
        "id": 1, "born": "1950-01-01", "province": "15", "household_poverty": "POOR", "supporter": "NONE",
        "facility_qualified": False,
    }  # fmt: skip

    def told(month: str) -> bool:
        findings = assess_one({**elder, "month": month, "asked_on": "2026-11-20"})["findings"]
        return any("U3" in finding["because"] for finding in findings)

    assert told("2026-08")
    assert not told("2026-11")


@pytest.mark.parametrize(("latest", "paid"), [(True, 0), (False, 500_000)])
def test_a_birth_known_by_year_counts_from_the_day_the_parameter_says(latest: bool, paid: int) -> None:
    person = {"id": 1, "month": "2025-12", "born": "1950", "province": "15", "pension": False,
              "insurance_allowance": False, "household_poverty": "NONE"}  # fmt: skip
    answer = assess_one({**person, "month": "2025-11"}, load().choosing(birth_latest_possible_day=latest))
    assert answer["total_vnd"] == paid
    assert all("1950" in finding["because"] for finding in answer["findings"])


def test_a_month_before_the_first_law_loaded_is_refused() -> None:
    with pytest.raises(Refusal, match="05/2021"):
        load().month(Month(2021, 5))


def test_no_group_moves_from_one_exclusion_slot_to_another() -> None:
    assert slots()["C4"] == "SINGLE_PARENT"
    assert set(slots().values()) == {"OWN_INCOME", "SINGLE_PARENT", "CARE_OWN", "CARE_HOUSEHOLD"}


def test_a_parameter_nobody_knows_is_refused() -> None:
    with pytest.raises(LawError, match="no such parameter"):
        load().choosing(nonsense=True)


def test_every_law_month_can_be_asked_on_every_day_that_matters() -> None:
    book = load()
    days = sorted({day for i in book.instruments for day in (i.published, i.in_force)})
    for month in Month.range(Month(2021, 7), Month(2027, 12)):
        for day in [None, *days]:
            if day is None or day >= dt.date(2021, 7, 1):
                assert book.month(month, day).groups
