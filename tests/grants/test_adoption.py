"""Adopting what the law says: levels, starts, stops, conversions, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from ansinh.accounts.operations import Cast
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants import queries
from ansinh.grants.models import Decision, DecisionItem, Grant, Holding, Level
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from tests.grants.world import (
    NEW,
    SIGNED,
    Answers,
    Given,
    dies,
    instant,
    line,
    moves,
    paid,
    person,
    take_over,
    unit,
)

pytestmark = pytest.mark.django_db

BA_DINH, NGOC_HA = "00004", "00008"


def adopt(*answers: Answers, day: int = 6, **more: Any) -> grants.Adopted:
    runs = [answer.run() for answer in answers]
    return grants.adopt_changes(
        unit=answers[-1].unit, runs=runs, decided_on=SIGNED, at=instant(day), signer_name="Châu", **more
    )


def kinds(answers: Answers) -> list[str]:
    return [row.kind for row in queries.review(answers.run(), answers.unit)]


@pytest.fixture
def commune(units: None) -> Unit:
    return unit(BA_DINH)


def months(first: Month, last: Month, place: Unit) -> list[Answers]:
    return [Answers(month, place) for month in Month.range(first, last)]


def test_a_level_with_past_effect_is_owed_for_every_month(commune: Unit) -> None:
    mai = person(commune)
    take_over(line(mai, "C6S", 750_000, BA_DINH), unit=commune)
    answers = [a.say(mai, Given("C6S", 810_000)) for a in months(Month(2026, 7), NEW, commune)]
    done = adopt(*answers)
    assert (done.people, done.levels, done.starts, done.stops, done.conversions) == (1, 1, 0, 0, 0)
    assert [paid(mai, m)["C6S"] for m in Month.range(Month(2026, 6), NEW + 1)] == [750_000] + [810_000] * 5
    decision = Decision.objects.get(pk=done.decisions[0])
    assert (decision.unit, decision.effective_month, decision.number) == (
        commune,
        dt.date(2026, 7, 1),
        "1/QĐ-UBND",
    )
    assert kinds(answers[-1]) == []
    assert adopt(*answers, day=7).decisions == ()


@pytest.mark.parametrize("code", [BA_DINH, "01"], ids=["their old commune", "the province"])
@pytest.mark.parametrize("back", [0, 3], ids=["one month", "several"])
def test_who_moved_out_is_left_alone_however_far_a_decision_reaches_back(
    units: None, code: str, back: int
) -> None:
    """Mai left on 5 October; of her months before too the old commune decides nothing. Lan stayed."""
    old, place = unit(BA_DINH), unit(code)
    mai, lan, tu = person(old), person(old), person(old)
    for somebody in (mai, lan):
        take_over(line(somebody, "C6S", 750_000, BA_DINH), unit=old)
    moves(mai, unit(NGOC_HA), dt.date(2026, 10, 5))
    moves(tu, unit(NGOC_HA), dt.date(2026, 10, 5))
    answers = months(NEW - back, NEW, place)
    for answer in answers:
        for somebody in (mai, lan):
            answer.say(somebody, Given("C6S", 810_000))
    if code == BA_DINH:
        answers[-1].say(tu, Given("C6S", 810_000))
    done = adopt(*answers)
    assert (done.people, done.levels, done.starts) == (1, 1, 0)
    assert [paid(mai, m)["C6S"] for m in Month.range(NEW - back, NEW)] == [750_000] * (back + 1)
    assert [paid(lan, m)["C6S"] for m in Month.range(NEW - back, NEW)] == [810_000] * (back + 1)
    assert paid(tu, NEW) == {}
    alone = adopt(*answers, day=7, people=[mai.pk]) if back else None
    assert alone is None or alone.decisions == ()


@pytest.mark.parametrize("back", [0, 3], ids=["one month", "several"])
def test_the_grant_of_a_file_merged_into_another_stops_in_the_month_reviewed(cast: Cast, back: int) -> None:
    """The law is asked of the file that stays; of the months before nothing is known to be wrong."""
    commune = unit(BA_DINH)
    kept, gone, split = person(commune), person(commune), person(commune)
    take_over(*(line(one, "C6S", 810_000, BA_DINH) for one in (kept, gone, split)), unit=commune)
    for other in (gone, split):
        done = registry.merge(kept=kept, gone=other, reason="Cùng một bà", by=cast.binh, at=instant(5))
    registry.unmerge(merged=done, reason="Hai chị em", by=cast.binh, at=instant(5))
    answers = months(NEW - back, NEW, commune)
    for answer in answers:
        answer.say(kept, Given("C6S", 810_000))
    found = {row.person_id: row.kind for row in queries.review(answers[-1].run(), commune)}
    assert found == {gone.pk: "NO_LONGER_ENTITLED", split.pk: "CANNOT_TELL"}
    told = adopt(*answers)
    assert (told.people, told.stops, told.levels, told.starts) == (1, 1, 0, 0)
    assert paid(gone, NEW) == {}
    assert paid(gone, NEW - 1) == paid(kept, NEW) == paid(split, NEW) == {"C6S": 810_000}
    ended = Grant.objects.select_related("end_ground").get(person=gone)
    assert ended.end_ground and "đã gộp vào hồ sơ khác" in ended.end_ground.note
    assert adopt(*answers, day=7).decisions == () and kinds(answers[-1]) == ["CANNOT_TELL"]


def test_everything_at_once_in_one_decision(commune: Unit) -> None:
    raised, entitled, gone, converted, dead, unsure = (person(commune, name=f"Người {n}") for n in range(6))
    take_over(
        *(line(p, "C6S", 750_000, BA_DINH) for p in (raised, gone, dead, unsure)),
        line(converted, "SP70", 500_000, BA_DINH),
        unit=commune,
    )
    dies(dead, dt.date(2026, 8, 20))
    answers = Answers(NEW, commune)
    answers.say(raised, Given("C6S", 1_080_000)).say(entitled, Given("C5A", 810_000)).say(gone)
    answers.say(converted, Given("SP75", 540_000)).say(unsure, unknown=["C6S"])
    found = {row.person_id: row.kind for row in queries.review(answers.run(), commune)}
    assert found == {
        raised.pk: "LEVEL_DIFFERS",
        entitled.pk: "ENTITLED_NOT_GRANTED",
        gone.pk: "NO_LONGER_ENTITLED",
        converted.pk: "CONVERSION",
        dead.pk: "NO_LONGER_ENTITLED",
        unsure.pk: "CANNOT_TELL",
    }
    done = adopt(answers)
    assert len(done.decisions) == 1
    assert (done.people, done.levels, done.starts, done.stops, done.conversions) == (5, 1, 1, 2, 1)
    assert [paid(p, NEW) for p in (raised, entitled, gone, converted, dead, unsure)] == [
        {"C6S": 1_080_000},
        {"C5A": 810_000},
        {},
        {"SP75": 540_000},
        {},
        {"C6S": 750_000},
    ]
    assert Grant.objects.get(person=dead).months.upper == dt.date(2026, 9, 1)
    assert kinds(answers) == ["CANNOT_TELL"]
    items = {(i.person_id, i.action) for i in DecisionItem.objects.filter(decision=done.decisions[0])}
    assert items == {
        (raised.pk, "LEVEL"),
        (entitled.pk, "START"),
        (gone.pk, "STOP"),
        (converted.pk, "CONVERT"),
        (dead.pk, "STOP"),
    }
    assert adopt(answers, day=7).decisions == ()


def test_one_decision_for_each_holding_unit(units: None) -> None:
    hanoi, here, there = unit("01"), unit(BA_DINH), unit(NGOC_HA)
    mai, lan = person(here), person(there)
    take_over(line(mai, "C6S", 1, BA_DINH), line(lan, "C6S", 1, NGOC_HA), unit=hanoi)
    answers = Answers(NEW, hanoi).say(mai, Given("C6S", 975_000)).say(lan, Given("C6S", 975_000))
    done = adopt(answers)
    assert set(Decision.objects.filter(pk__in=done.decisions).values_list("unit", flat=True)) == {
        here.pk,
        there.pk,
    }


def test_the_neighbour_is_neither_seen_nor_touched(units: None) -> None:
    here, there = unit(BA_DINH), unit(NGOC_HA)
    mai, lan, cuc = person(here), person(there, name="Lan"), person(there, name="Cúc")
    take_over(line(mai, "C6S", 1, BA_DINH), line(lan, "C6S", 1, NGOC_HA), unit=unit("01"))
    whole = Answers(NEW, unit("01")).say(mai, Given("C6S", 975_000)).say(lan, Given("C6S", 975_000))
    run = whole.say(cuc, Given("C5A", 975_000)).run()
    assert [row.person_id for row in queries.review(run, here)] == [mai.pk]
    assert {row.person_id for row in queries.review(run, there)} == {lan.pk, cuc.pk}
    assert [c.people for c in queries.review_counts(run, here)] == [1]
    grants.adopt_changes(unit=here, runs=[run], decided_on=SIGNED, at=instant(6))
    assert (paid(mai, NEW), paid(lan, NEW), paid(cuc, NEW)) == ({"C6S": 975_000}, {"C6S": 1}, {})


def test_who_is_granted_elsewhere_is_not_granted_again(units: None) -> None:
    here, there = unit(BA_DINH), unit(NGOC_HA)
    mai = person(here)
    take_over(line(mai, "C6S", 975_000, NGOC_HA), unit=unit("01"))
    answers = Answers(NEW, here).say(mai, Given("C5A", 975_000))
    assert kinds(answers) == []
    assert adopt(answers).decisions == ()
    assert kinds(Answers(NEW, there)) == ["CANNOT_TELL"]


def test_one_person_is_decided_like_all(commune: Unit) -> None:
    mai, lan = person(commune), person(commune)
    take_over(line(mai, "C6S", 1, BA_DINH), line(lan, "C6S", 1, BA_DINH), unit=commune)
    answers = Answers(NEW, commune).say(mai, Given("C6S", 810_000)).say(lan, Given("C6S", 810_000))
    assert adopt(answers, people=[mai.pk]).people == 1
    assert (paid(mai, NEW), paid(lan, NEW)) == ({"C6S": 810_000}, {"C6S": 1})
    assert adopt(answers, day=7).people == 1
    assert paid(mai, NEW) == paid(lan, NEW)


def test_a_start_is_held_where_the_person_stands(commune: Unit) -> None:
    mai = person(commune)
    done = adopt(Answers(NEW, commune).say(mai, Given("C5A", 810_000)))
    grant = Grant.objects.get(person=mai)
    assert (grant.decision_id, grant.taken_over, grant.months.lower) == (done.decisions[0], False, NEW.first)
    assert Holding.objects.get(grant=grant).unit == commune
    assert Level.objects.get(grant=grant).ground is not None


def test_a_step_decided_for_later_outlives_a_decision_about_before(commune: Unit) -> None:
    mai = person(commune)
    take_over(line(mai, "C6S", 750_000, BA_DINH), unit=commune)
    later = NEW + 2
    adopt(Answers(later, commune).say(mai, Given("C6S", 1_080_000)))
    adopt(Answers(NEW, commune).say(mai, Given("C6S", 810_000)), day=7)
    assert [paid(mai, m)["C6S"] for m in (NEW, NEW + 1, later)] == [810_000, 810_000, 1_080_000]


def test_a_guardian_receives_after_a_conversion_too(commune: Unit) -> None:
    mai = person(commune)
    guardian = {"recipient_kind": "GUARDIAN", "recipient_name": "Trần Văn An"}
    take_over(line(mai, "SP70", 500_000, BA_DINH, **guardian), unit=commune)
    adopt(Answers(NEW, commune).say(mai, Given("SP75", 540_000)))
    new = Grant.objects.get(person=mai, category="SP75")
    with connection.cursor() as cursor:
        cursor.execute(queries.recipients_sql(f"(select {new.pk} as grant_id, date '{NEW.first}' as month)"))
        assert cursor.fetchall() == [(new.pk, NEW.first, "GUARDIAN", None, "Trần Văn An")]


def test_a_grant_wrong_from_its_first_month_is_annulled(commune: Unit) -> None:
    mai = person(commune)
    adopt(Answers(NEW, commune).say(mai, Given("C6S", 810_000)))
    done = adopt(Answers(NEW, commune).say(mai, Given("SP75", 540_000)), day=7)
    assert paid(mai, NEW) == {"SP75": 540_000}
    assert Grant.objects.get(person=mai, category="C6S").months.isempty
    assert [(i.action, i.month) for i in DecisionItem.objects.filter(decision=done.decisions[0])] == [
        ("CONVERT", NEW.first)
    ]


def test_runs_of_another_day_or_with_a_hole_are_refused(commune: Unit) -> None:
    with pytest.raises(Refusal, match="hỏi luật ngày"):
        adopt(Answers(NEW, commune, asked_on=dt.date(2026, 9, 1)))
    with pytest.raises(Refusal, match="liên tục"):
        adopt(Answers(Month(2026, 8), commune), Answers(NEW, commune))


def test_an_instant_before_the_last_decision_is_refused(commune: Unit) -> None:
    mai = person(commune)
    take_over(line(mai, "C6S", 1, BA_DINH), unit=commune, at=instant(9))
    with pytest.raises(Refusal, match="không trước thời điểm này"):
        adopt(Answers(NEW, commune).say(mai, Given("C6S", 810_000)))
    assert paid(mai, NEW) == {"C6S": 1}
