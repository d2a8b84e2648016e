"""A policy tried on the register: the answers are the law's own, and so is every đồng of the difference."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from ansinh.determinations import operations as determinations
from ansinh.determinations import queries as determined
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.registry.models import Person
from ansinh.rulebook.drafts import read_draft, standard_draft, with_draft
from ansinh.rulebook.explain import DayFacts, explain
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw, load
from ansinh.simulations import operations
from ansinh.simulations.models import Simulation
from tests.edges import disabled, fact, now
from tests.grants import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]

MONTH = Month(2026, 11)
HEAD = """
[instrument]
number = "dự thảo 1"
kind = "Nghị quyết"
issuer = "Hội đồng nhân dân thành phố Hà Nội"
title = "Nghị quyết thử"
issued = 2026-10-01
in_force = 2026-11-01
territory = { code = "01" }
source = "thử"
"""
GROUP = """
[[provision]]
at = "Điều 1"
says = "Người từ đủ 65 tuổi thuộc hộ nghèo."
category = "HN-ELD"
slot = "OWN_INCOME"
when = "age >= 65 and household_poverty = 'POOR'"

[[provision]]
at = "Điều 1"
says = "Hệ số 3,0."
category = "HN-ELD"
coefficient = 3.0
"""


def _tried(unit: Unit | None, **asked: Any) -> dict[str, Any]:
    asked = {"month": MONTH, "fresh": True, **asked}
    made = operations.simulate(unit=unit, at=now(), now=now, **asked)
    assert made.state == Simulation.State.DONE
    figures: dict[str, Any] = made.figures or {}
    return figures


def _alone(person: Person, law: MonthLaw) -> dict[str, int]:
    """What one person is given, asked alone by the explaining engine."""
    frame = registry.facts_frame(
        None, law, known_at=now(), granted=determined.NOBODY_GRANTED, persons=[person.pk]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"select * from ({frame}) as frame order by day")
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not rows:
        return {}
    days = []
    for row in rows:
        counts = {c.name: (row[f"{c.name}_min"], row[f"{c.name}_max"]) for c in law.counts}
        days.append(DayFacts(row["day"], {**row, **counts}))
    found = explain(
        law,
        days,
        province=rows[0]["province_code"],
        former_province=rows[0]["former_province_code"],
        nobody="",
    )
    return {f"{n}": p.entitlement.amount_vnd for n, p in enumerate(found.entitlements)}


@pytest.mark.parametrize("draft", [None, HEAD + GROUP], ids=["standard", "group"])
def test_everybody_at_once_is_answered_as_each_alone(home: Unit, draft: str | None) -> None:
    book = load()
    text = draft or standard_draft(book, MONTH, province=("01", "Hà Nội"), amount_vnd=800_000)
    figures = _tried(home, draft=text)
    before, after = book.month(MONTH), with_draft(book, read_draft(text), MONTH, text).month(MONTH)
    alone = [
        (sum(_alone(person, before).values()), sum(_alone(person, after).values()))
        for person in Person.objects.all()
    ]
    assert figures["before"] == {"people": sum(1 for a, _ in alone if a), "vnd": sum(a for a, _ in alone)}
    assert figures["after"] == {"people": sum(1 for _, b in alone if b), "vnd": sum(b for _, b in alone)}
    assert figures["moves"]["NEW"]["people"] == sum(1 for a, b in alone if b and not a)
    assert figures["moves"]["OUT"]["people"] == sum(1 for a, b in alone if a and not b)
    assert figures["moves"]["GAIN"]["people"] == sum(1 for a, b in alone if 0 < a < b)
    assert figures["moves"]["LOSE"]["people"] == sum(1 for a, b in alone if 0 < b < a)
    assert figures["before"]["people"] > 20
    assert figures["after"] != figures["before"]


def test_what_the_law_in_force_gives_is_what_the_determination_says(home: Unit) -> None:
    run = determined.summary(determinations.determine(unit=home, month=MONTH, at=now()))
    figures = _tried(home, standard_vnd=650_000)
    assert figures["asked"] == run.people
    assert figures["before"] == {"people": run.entitled, "vnd": run.total_vnd}


def test_the_present_standard_changes_nothing(home: Unit) -> None:
    figures = _tried(home, standard_vnd=650_000)
    assert figures["before"] == figures["after"]
    assert {m: figures["moves"][m]["people"] for m in ("NEW", "GAIN", "LOSE", "OUT")} == dict.fromkeys(
        ("NEW", "GAIN", "LOSE", "OUT"), 0
    )
    assert all(before == after for before, after in figures["months"])


def test_raising_the_standard_pays_the_standard_times_the_coefficient() -> None:
    lao_cai = world.unit("02647")
    for _ in range(12):
        disabled(lao_cai)
    coefficient = 1.5
    figures = _tried(lao_cai, standard_vnd=600_000)
    assert figures["before"]["vnd"] == 12 * int(540_000 * coefficient)
    assert figures["after"]["vnd"] == 12 * int(600_000 * coefficient)
    assert figures["moves"]["GAIN"] == {"people": 12, "vnd": 12 * int(60_000 * coefficient)}
    below = _tried(lao_cai, standard_vnd=500_000)
    assert below["after"] == below["before"], "the national standard stays the least"


def test_gains_less_losses_are_the_difference_in_cost(home: Unit) -> None:
    for standard in (600_000, 900_000):
        figures = _tried(home, standard_vnd=standard)
        difference = figures["after"]["vnd"] - figures["before"]["vnd"]
        assert difference
        assert sum(move["vnd"] for move in figures["moves"].values()) == difference
        for table in figures["tables"].values():
            assert sum(row["after_vnd"] - row["before_vnd"] for row in table["rows"]) == difference
        assert figures["moves"]["LOSE" if difference > 0 else "GAIN"]["people"] == 0


def test_the_years_ahead_are_what_the_law_will_say_of_the_same_people(home: Unit) -> None:
    months = _tried(home, standard_vnd=800_000)["months"]
    assert len(months) == 60
    for ahead in (0, 1, 2, 3, 4, 12, 15, 24, 27, 38, 49):
        run = determinations.determine(unit=home, month=MONTH + ahead, at=now())
        assert months[ahead][0] == determined.summary(run).total_vnd, str(MONTH + ahead)
    assert len({before for before, _ in months}) > 10, "people do grow older"


def test_five_years_of_three_people_by_hand() -> None:
    """Severely disabled in Lào Cai, where the standard is the national 540,000 đồng.

    What changes counts from its month (khoản 4 Điều 8 Nghị định 335/2026/NĐ-CP). The first is 60 on
    15/3/2028: coefficient 1,5 until 2/2028, then 2,0. The second is 16 on 20/5/2028: 2,0 until 4/2028, then
    1,5. The third was born on 29/2/1968, a day 2028 has: 1,5 until 1/2028, then 2,0. With the draft's 600,000
    the same.
    """
    lao_cai = world.unit("02647")
    for born in (dt.date(1968, 3, 15), dt.date(2012, 5, 20), dt.date(1968, 2, 29)):
        disabled(lao_cai, born=born)
    months = _tried(lao_cai, standard_vnd=600_000)["months"]
    expected = []
    for month in Month.range(MONTH, MONTH + 59):
        first = 4 if month >= Month(2028, 3) else 3
        second = 3 if month >= Month(2028, 5) else 4
        third = 4 if month >= Month(2028, 2) else 3
        halves = first + second + third
        expected.append((halves * 540_000 // 2, halves * 600_000 // 2))
    assert [tuple(pair) for pair in months] == expected


def test_the_country_is_the_sum_of_its_provinces(home: Unit, folder: Path) -> None:
    lao_cai = world.unit("02647")
    for born in (dt.date(1968, 3, 15), dt.date(2012, 5, 20)):
        disabled(lao_cai, born=born)
    whole = _tried(None, standard_vnd=700_000, readers=0)
    book = load()
    text = standard_draft(book, MONTH, amount_vnd=700_000)
    parts = [_tried(world.unit(code), draft=text, fresh=False) for code in ("01", "15")]
    assert whole["asked"] == sum(part["asked"] for part in parts)
    for side in ("before", "after"):
        assert whole[side] == {key: sum(part[side][key] for part in parts) for key in ("people", "vnd")}
    assert [tuple(pair) for pair in whole["months"]] == [
        tuple(sum(pair[side] for pair in pairs) for side in (0, 1))
        for pairs in zip(*(part["months"] for part in parts), strict=True)
    ]
    assert [row["key"] for row in whole["tables"]["province"]["rows"]] == ["01", "15"]
    hanoi, lao_cai_row = whole["tables"]["province"]["rows"]
    assert lao_cai_row["after_vnd"] * 540_000 == lao_cai_row["before_vnd"] * 700_000
    assert hanoi["after_vnd"] >= hanoi["before_vnd"] > 0
    assert all(part["warm"] for part in parts), "the country leaves each province's facts ready"


def test_a_draft_with_faults_is_refused_with_every_article() -> None:
    wrong = (
        HEAD
        + GROUP.replace("household_poverty = 'POOR'", "wealth = 3").replace("Điều 1", "Điều 4")
        + ('[[provision]]\nat = "khoản 2 Điều 7"\nsays = "x"\nstandard_vnd = 1\nscope = ["NOWHERE"]\n')
    )
    with pytest.raises(Refusal) as refused:
        _tried(world.unit("00008"), draft=wrong)
    assert "Điều 4 ([[provision]] thứ 1): không có dữ kiện wealth" in refused.value.message
    assert "khoản 2 Điều 7 ([[provision]] thứ 3)" in refused.value.message
    assert "Điều 4" in refused.value.basis
    assert not Simulation.objects.exists()


@pytest.mark.parametrize(
    "draft",
    [
        "x = ",
        "",
        "provision = 3",
        HEAD,
        HEAD + "[[provision]]\nat = 3\n",
        HEAD + "[[provision]]\ncount = 1\n",
    ],
)
def test_what_is_no_draft_is_refused(draft: str) -> None:
    with pytest.raises(Refusal, match="Dự thảo có"):
        _tried(world.unit("00008"), draft=draft)


def test_bands_that_leave_an_age_without_coefficient_are_refused() -> None:
    gap = GROUP.replace("coefficient = 3.0", "coefficient = [{ when = 'age >= 70', is = 3.0 }]")
    with pytest.raises(Refusal, match="HN-ELD không có đúng một hệ số"):
        _tried(world.unit("00008"), draft=HEAD + gap)


def test_a_draft_not_yet_in_force_is_refused() -> None:
    with pytest.raises(Refusal, match="không điều chỉnh tháng 10/2026"):
        _tried(world.unit("00008"), draft=HEAD + GROUP, month=Month(2026, 10))


def test_either_a_standard_or_a_draft() -> None:
    for asked in ({}, {"standard_vnd": 1, "draft": "x"}, {"standard_vnd": 0}):
        with pytest.raises(Refusal):
            _tried(world.unit("00008"), **asked)


def test_drafts_tried_on_one_day_stand_on_the_same_facts_unless_read_anew(home: Unit, folder: Path) -> None:
    assert _tried(home, standard_vnd=800_000, fresh=False)["warm"] is False
    second = _tried(home, standard_vnd=700_000, fresh=False)
    assert second["warm"] is True
    somebody = disabled(home)
    same = _tried(home, standard_vnd=700_000, fresh=False)
    assert same["warm"] is True
    assert same["before"] == second["before"]
    anew = _tried(home, standard_vnd=700_000)
    assert anew["warm"] is False
    assert anew["before"]["people"] == second["before"]["people"] + 1
    world.dies(somebody, dt.date(2026, 10, 1))
    assert _tried(home, standard_vnd=700_000)["before"] == second["before"]
    assert len(list(folder.iterdir())) == 1, "what was read before is removed"


def test_what_was_read_yesterday_is_read_anew_and_stood_ready_in_the_morning(
    home: Unit, folder: Path
) -> None:
    _tried(home, standard_vnd=800_000)
    tomorrow = now() + dt.timedelta(days=1)

    def asked() -> dict[str, Any]:
        made = operations.simulate(
            unit=home, month=MONTH, at=tomorrow, now=lambda: tomorrow, standard_vnd=700_000
        )
        return made.figures or {}

    disabled(home)
    assert asked()["warm"] is False
    (before,) = folder.iterdir()
    assert operations.make_ready(now=now) == 1
    (after,) = folder.iterdir()
    assert after != before, "read anew"
    Simulation.objects.update(asked_at=now() - dt.timedelta(days=8))
    assert operations.make_ready(now=now) == 0
    assert not list(folder.iterdir()), "what nobody asked for in a week lies nowhere"


def test_a_snapshot_names_nobody_and_opens_for_its_owner_only(home: Unit, folder: Path) -> None:
    _tried(home, standard_vnd=800_000)
    (kept,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(kept.stat().st_mode) == 0o700
    for file in kept.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        if file.suffix == ".parquet":
            assert not {"person_id", "name", "number", "key"} & set(pl.read_parquet_schema(file))


# ── who is ill does not show ──

ILL = """
[[provision]]
at = "Điều 1"
says = "Hệ số 4,0."
category = "C8"
coefficient = 4.0
"""


def _ill(home: Unit) -> Person:
    somebody = world.person(home, born=dt.date(1990, 1, 1))
    since = dt.date(2020, 1, 1)
    fact(somebody, "hiv", 1, since)
    fact(somebody, "household_poverty", vocabulary()["household_poverty"].code("POOR"), since)
    fact(somebody, "stable_income", 0, since)
    return somebody


def test_a_small_place_is_not_told_what_only_the_ill_would_gain() -> None:
    home = world.unit("00008")
    _ill(home)
    with pytest.raises(Refusal, match="nhóm được giữ kín"):
        _tried(home, draft=HEAD + ILL)
    figures = _tried(world.unit("01"), draft=HEAD + ILL)
    assert figures["after"]["vnd"] > figures["before"]["vnd"]
    assert all(
        figures["tables"][name] == {"withheld": True, "rows": []} for name in ("commune", "sex", "age")
    )
    assert [row["key"] for row in figures["tables"]["category"]["rows"]] == ["MONTHLY_ALLOWANCE"]


def test_among_many_who_gain_the_ill_do_not_stand_out() -> None:
    home = world.unit("00008")
    _ill(home)
    for _ in range(12):
        disabled(home, born=dt.date(1990, 1, 1))
    figures = _tried(home, standard_vnd=800_000)
    assert figures["moves"]["GAIN"]["people"] == 13
    assert [row["GAIN"] for row in figures["tables"]["sex"]["rows"]] == [13]
    assert "C8" not in str(figures["tables"])
