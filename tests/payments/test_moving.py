"""Somebody on an allowance moves: one decision at the new commune, no month twice, none missed.

Khoản 3 Điều 8 Nghị định 335/2026: the old commune stops, the new one decides by its own level from the month
of stopping. Bình has a severe disability (coefficient 1.5): 975,000 a month in Hà Nội, 810,000 in Nghệ An.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from ansinh.accounts.models import Entry, Role, User
from ansinh.db import bulk
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants import queries as granted
from ansinh.grants.models import Decision, DecisionItem, Handover, Holding, Level
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import queries
from ansinh.registry import operations as registry
from ansinh.registry.models import Fact, Member, Person, Source
from ansinh.rulebook.facts import vocabulary
from tests import cast
from tests.grants import world as people
from tests.payments import world
from tests.payments.world import AUGUST, JULY, NOVEMBER, OCTOBER, SEPTEMBER, booked

pytestmark = pytest.mark.django_db

DECEMBER, JANUARY = NOVEMBER + 1, NOVEMBER + 2
SIGNED = dt.date(2026, 11, 20)
TAKEN_OVER = dt.datetime(2026, 7, 1, 8, tzinfo=dt.UTC)
"""Before Decree 335/2026 was in force."""
HANOI, NGHE_AN = 975_000, 810_000
VINH = "16681"


@dataclass
class Story:
    """Bình, where he lives, and who signs where."""

    here: world.World
    binh: Person
    old: Unit
    chairmen: dict[int, User]

    def moves(self, to: Unit, day: dt.date = NOVEMBER.first) -> None:
        """The move is recorded by the old commune."""
        home = Member.objects.get(person=self.binh, superseded_at=None, valid_to=None).household
        registry.move_household(
            household=home, unit=to, valid_from=day, by=self.here.phuc, at=cast.AT, event="chuyen-noi-o"
        )

    def take_in(self, to: Unit, month: Month = NOVEMBER, on: dt.date = SIGNED, **more: str) -> Decision:
        """The chairman of the new commune signs."""
        return grants.take_in(
            person=self.binh,
            unit=to,
            month=month,
            on=on,
            at=world.clock(),
            by=self.chairman(to),
            number=more.pop("number", "{next}/QĐ-UBND"),
            paid_to=queries.booked_to(self.binh.pk),
            **more,
        )

    def chairman(self, of: Unit) -> User:
        made, _ = User.objects.get_or_create(
            username=f"chutich{of.code}",
            defaults={
                "full_name": f"Chủ tịch {of.name}", "role": Role.CHAIRMAN, "unit": of, "created_at": cast.AT
            },
        )  # fmt: skip
        return made


def story(
    old: Unit | None = None,
    amount_vnd: int = HANOI,
    paid: Sequence[Month] = (JULY, AUGUST, SEPTEMBER, OCTOBER),
    opens: Month = JULY,
) -> Story:
    """Bình, paid from July to October where he lived."""
    here = world.make()
    old = old or here.commune
    binh = people.person(old, name="Trần Văn Bình", born=dt.date(1980, 5, 1))
    disabled(binh)
    people.take_over(people.line(binh, "C6S", amount_vnd, old.code), month=JULY, unit=old, at=TAKEN_OVER)
    here.open(opens)
    if not old.code.startswith("000"):
        here.open(opens, unit=nghe_an())
    for month in paid:
        here.pay(month, unit=old)
    return Story(here, binh, old, {})


def disabled(somebody: Person) -> None:
    """Somebody is severely disabled since 2015."""
    meaning = vocabulary()["disability"]
    Fact.objects.create(
        person=somebody, fact=meaning.id, value=meaning.store("SEVERE"), valid_from=dt.date(2015, 1, 1),
        recorded_at=people.RECORDED, source=people.source(),
    )  # fmt: skip


def nghe_an() -> Unit:
    return geography.unit(code="40", on=SIGNED)


def vinh() -> Unit:
    return geography.unit(code=VINH, on=SIGNED)


def holders(who: Story) -> list[tuple[str, str]]:
    rows = Holding.objects.filter(grant__in=_grants(who)).order_by("from_month").select_related("unit")
    return [(str(Month.of(row.from_month)), row.unit.code) for row in rows]


def _grants(who: Story) -> list[int]:
    return list(granted_ids(who.binh))


def granted_ids(somebody: Person) -> list[int]:
    return list(Level.objects.filter(grant__person=somebody).values_list("grant_id", flat=True).distinct())


def test_within_one_province_the_new_commune_pays_on_from_the_month_the_old_one_stops() -> None:
    who = story()
    who.moves(who.here.neighbour)
    decision = who.take_in(who.here.neighbour, stopped_by="15/QĐ-UBND ngày 10/11/2026")
    assert (decision.kind, decision.unit, decision.number) == ("MOVE", who.here.neighbour, "1/QĐ-UBND")
    assert (decision.people, decision.levels, decision.effective_month) == (1, 1, NOVEMBER.first)
    assert decision.basis[0]["cite"] == "khoản 3 Điều 8 Nghị định 335/2026/NĐ-CP"
    assert decision.signer_name == "Chủ tịch Ngọc Hà"
    assert holders(who) == [("2019-01", cast.COMMUNE), ("2026-11", cast.NEIGHBOUR)]
    kept = Handover.objects.get(decision=decision)
    assert (kept.left, kept.stopped_by) == (who.here.commune, "15/QĐ-UBND ngày 10/11/2026")
    assert {item.action for item in DecisionItem.objects.filter(decision=decision)} == {"MOVE", "LEVEL"}
    assert people.paid(who.binh, NOVEMBER) == {"C6S": HANOI}
    assert Entry.objects.filter(action="take_in", who=who.chairman(who.here.neighbour)).count() == 1

    with pytest.raises(Refusal, match="không quản lý quyết định trợ cấp nào"):
        who.here.prepare(NOVEMBER, unit=who.here.commune)
    there = who.here.pay(NOVEMBER, unit=who.here.neighbour)
    assert (there.totals.people, there.totals.regular_vnd, there.totals.arrears_vnd) == (1, HANOI, 0)
    assert booked(who.binh) == dict.fromkeys(("2026-07", "2026-08", "2026-09", "2026-10", "2026-11"), HANOI)


@pytest.mark.parametrize("leaving", [False, True], ids=["to the higher", "to the lower"])
def test_across_provinces_the_level_is_that_of_the_new_place(leaving: bool) -> None:
    if leaving:
        who, to, before, after = story(), vinh(), HANOI, NGHE_AN
        who.here.open(unit=nghe_an())
    else:
        who, to, before, after = story(vinh(), NGHE_AN), cast.neighbour(), NGHE_AN, HANOI
    who.moves(to)
    found = granted.arrivals(to, on=SIGNED)
    (shown,) = granted.incoming(found, NOVEMBER, on=SIGNED)
    assert (shown.position, shown.paid.amount_vnd, shown.will.amount_vnd) == ("SAME", before, after)
    assert any("Điều 6" in cite for cite in shown.cites)
    who.take_in(to)
    assert people.paid(who.binh, OCTOBER) == {"C6S": before}
    assert people.paid(who.binh, NOVEMBER) == {"C6S": after}
    there = who.here.pay(NOVEMBER, unit=to)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (after, 0), "October stays as it was"
    assert booked(who.binh)["2026-10"] == before and booked(who.binh)["2026-11"] == after


def test_a_draft_of_the_old_commune_is_out_of_date_and_loses_him() -> None:
    who = story()
    world.taken_over(who.here.person("Người Ở Lại"), 500_000)
    who.here.prepare(NOVEMBER, unit=who.here.commune)
    other = world.taken_over(who.here.person("Người Bên Kia", home=who.here.neighbour), holder=cast.NEIGHBOUR)
    who.here.prepare(NOVEMBER, unit=who.here.neighbour)
    who.moves(who.here.neighbour)
    who.take_in(who.here.neighbour)
    for unit in (who.here.commune, who.here.neighbour):
        with pytest.raises(Refusal, match="đã cũ"):
            who.here.approve(NOVEMBER, unit=unit)
    assert who.here.pay(NOVEMBER, unit=who.here.commune, replace=True).totals.people == 1
    there = who.here.pay(NOVEMBER, unit=who.here.neighbour, replace=True)
    assert there.totals.people == 2 and other.person_id != who.binh.pk
    assert booked(who.binh)["2026-11"] == HANOI


def test_a_month_the_old_commune_has_booked_stays_its_own() -> None:
    who = story()
    who.here.pay(NOVEMBER, unit=who.here.commune)
    who.moves(who.here.neighbour)
    with pytest.raises(Refusal, match="Tháng 11/2026 đã được chi") as refused:
        who.take_in(who.here.neighbour)
    assert refused.value.remedy == "Nơi mới chi trả từ tháng 12/2026, tháng nơi cũ thôi chi trả."
    who.take_in(who.here.neighbour, DECEMBER)
    there = who.here.pay(DECEMBER, unit=who.here.neighbour)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (HANOI, 0)
    assert booked(who.binh)["2026-11"] == HANOI


def test_moving_within_a_month_leaves_that_month_with_the_old_commune() -> None:
    """He lives in the old commune on its first day; nobody takes the month from it, paid or not."""
    who = story(vinh(), NGHE_AN)
    who.moves(cast.neighbour(), dt.date(2026, 11, 10))
    with pytest.raises(Refusal, match="Tháng 11/2026 quá sớm: ngày 01 người này chưa cư trú ở đây"):
        who.take_in(cast.neighbour())
    who.take_in(cast.neighbour(), DECEMBER)
    there = who.here.pay(DECEMBER, unit=cast.neighbour())
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (HANOI, 0), "November is not its own"
    late = who.here.pay(NOVEMBER, unit=vinh())
    assert (late.totals.regular_vnd, late.totals.arrears_vnd) == (NGHE_AN, 0)
    assert booked(who.binh)["2026-11"] == NGHE_AN and booked(who.binh)["2026-12"] == HANOI


def test_signed_late_the_months_between_are_paid_by_the_new_commune() -> None:
    """The old one stopped with November by itself; in January the new one decides from November on."""
    who = story(vinh(), NGHE_AN)
    who.moves(cast.neighbour())
    who.take_in(cast.neighbour(), NOVEMBER, dt.date(2027, 1, 5))
    there = who.here.pay(JANUARY, unit=cast.neighbour())
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (HANOI, 2 * HANOI)
    assert sum(booked(who.binh).values()) == 4 * NGHE_AN + 3 * HANOI


def test_a_move_entered_by_mistake_is_decided_back_from_the_same_month() -> None:
    who = story(vinh(), NGHE_AN)
    who.moves(cast.neighbour())
    theirs = who.take_in(cast.neighbour())
    entry = Source.objects.get(event="chuyen-noi-o")
    registry.undo_entry(source=entry, reason="Ghi nhầm", by=who.here.phuc, at=cast.AT)
    assert not granted.arrivals(cast.neighbour(), on=SIGNED)
    back = who.take_in(vinh())
    assert granted.departures(vinh(), on=SIGNED, limit=9) == []
    assert [one.name for one in granted.departures(cast.neighbour(), on=SIGNED, limit=9)] == [who.binh.name]
    assert holders(who)[-1] == ("2026-11", VINH)
    assert people.paid(who.binh, NOVEMBER) == {"C6S": NGHE_AN}
    assert who.here.pay(NOVEMBER, unit=vinh()).totals.regular_vnd == NGHE_AN
    assert [Handover.objects.get(decision=one).left_id for one in (theirs, back)] == [
        who.old.pk, cast.neighbour().pk
    ]  # fmt: skip


def test_what_the_new_law_gives_otherwise_stays_and_is_left_to_the_review() -> None:
    """The level stays; the new commune's review says that nothing is due any more."""
    who = story()
    Fact.objects.filter(person=who.binh).update(superseded_at=people.instant(6))
    who.moves(who.here.neighbour)
    (shown,) = granted.incoming(granted.arrivals(who.here.neighbour, on=SIGNED), NOVEMBER, on=SIGNED)
    assert shown.position != "SAME" and shown.will == shown.paid and not shown.steps
    decision = who.take_in(who.here.neighbour)
    assert decision.levels == 0
    assert [item.action for item in DecisionItem.objects.filter(decision=decision)] == ["MOVE"]
    assert people.paid(who.binh, NOVEMBER) == {"C6S": HANOI}


def test_refused() -> None:
    who = story()
    with pytest.raises(Refusal, match="Không có khoản hưởng nào"):
        who.take_in(who.here.neighbour)
    who.moves(who.here.neighbour)
    with pytest.raises(Refusal, match="Không có khoản hưởng nào"):
        who.take_in(who.here.commune)
    with pytest.raises(Refusal, match="không có thẩm quyền"):
        who.take_in(who.here.province)
    with pytest.raises(Refusal, match="còn xa"):
        who.take_in(who.here.neighbour, JANUARY)
    who.take_in(who.here.neighbour, number="9/QĐ")
    with pytest.raises(Refusal, match="Không có khoản hưởng nào"):
        who.take_in(who.here.neighbour)


def test_who_died_is_not_taken_in_and_both_sides_are_told_what_moved() -> None:
    who = story()
    who.moves(who.here.neighbour)
    assert (
        granted.arrived(who.here.neighbour, on=SIGNED) == granted.arrived(who.here.province, on=SIGNED) == 1
    )
    assert granted.arrived(who.here.commune, on=SIGNED) == 0
    (found,) = granted.arrivals(who.here.neighbour, on=SIGNED)
    assert (found.month, found.since, found.holder) == (NOVEMBER, NOVEMBER.first, who.here.commune.full_name)
    who.take_in(who.here.neighbour)
    assert granted.arrived(who.here.neighbour, on=SIGNED) == 0
    (gone,) = granted.departures(who.here.commune, on=SIGNED, limit=9)
    assert (gone.name, gone.until) == ("Trần Văn Bình", OCTOBER)
    assert granted.departures(who.here.neighbour, on=SIGNED, limit=9) == []
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        bulk.run("update grants_handover set stopped_by = 'x'")
    other = story_of_the_dead(who)
    assert granted.arrived(who.here.neighbour, on=SIGNED) == 0 and other.pk


def story_of_the_dead(who: Story) -> Person:
    """Somebody who moved, and died."""
    dead = who.here.person("Lê Văn Mất", home=who.here.neighbour)
    world.granted(dead, OCTOBER, unit=who.here.commune)
    world.dies(dead, dt.date(2026, 11, 2))
    return dead


OLD_LEVEL = 750_000
"""Coefficient 1.5 of 500,000 đồng, as decided before Decree 335/2026 (540,000 from 7/2026)."""


def second_commune() -> Unit:
    """Another commune of Nghệ An."""
    return next(unit for unit in geography.children(nghe_an(), on=SIGNED) if unit.code != VINH)


def test_whoever_takes_in_restates_the_months_before_to_which_a_decree_reaches_back() -> None:
    who = story(vinh(), OLD_LEVEL)
    to = second_commune()
    who.moves(to)
    (shown,) = granted.incoming(granted.arrivals(to, on=SIGNED), NOVEMBER, on=SIGNED)
    assert [(month, old.amount_vnd, new.amount_vnd) for month, old, new in shown.earlier] == [
        (month, OLD_LEVEL, NGHE_AN) for month in (JULY, AUGUST, SEPTEMBER, OCTOBER)
    ]
    assert shown.steps[0][0] == JULY
    who.take_in(to)
    there = who.here.pay(NOVEMBER, unit=to)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (NGHE_AN, 4 * (NGHE_AN - OLD_LEVEL))
    assert set(booked(who.binh).values()) == {NGHE_AN}


def test_months_before_a_move_between_provinces_are_restated_by_the_law_of_where_he_lived() -> None:
    """In Hà Nội he is given 975,000 since November; for July to October 810,000, as in Nghệ An."""
    who = story(vinh(), OLD_LEVEL)
    who.moves(cast.neighbour())
    who.take_in(cast.neighbour())
    there = who.here.pay(NOVEMBER, unit=cast.neighbour())
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (HANOI, 4 * (NGHE_AN - OLD_LEVEL))
    assert booked(who.binh) == {
        **dict.fromkeys(("2026-07", "2026-08", "2026-09", "2026-10"), NGHE_AN),
        "2026-11": HANOI,
    }


def test_taken_in_before_the_decree_he_is_restated_by_the_new_commune_for_the_months_before_too() -> None:
    """He moved in August and was taken in in September; on 6 October the new commune adopts."""
    who = story(vinh(), OLD_LEVEL, paid=(JULY, AUGUST))
    to = second_commune()
    who.moves(to, dt.date(2026, 8, 20))
    who.take_in(to, SEPTEMBER, dt.date(2026, 9, 5))
    assert people.paid(who.binh, SEPTEMBER) == {"C6S": OLD_LEVEL}
    who.here.pay(SEPTEMBER, unit=to)
    adopted = grants.adopt_month(
        unit=to, month=OCTOBER, on=dt.date(2026, 10, 6), at=world.clock(), by=who.chairman(to)
    )
    assert (adopted.people, adopted.levels) == (1, 1)
    there = who.here.pay(OCTOBER, unit=to)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (NGHE_AN, 3 * (NGHE_AN - OLD_LEVEL))
    assert set(booked(who.binh).values()) == {NGHE_AN}


def test_months_settled_elsewhere_are_made_up_for_too() -> None:
    """The accounts open in October; July to September count as paid at the amount of the list."""
    who = story(vinh(), OLD_LEVEL, paid=(OCTOBER,), opens=OCTOBER)
    to = second_commune()
    who.moves(to)
    who.take_in(to)
    there = who.here.pay(NOVEMBER, unit=to)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (NGHE_AN, 4 * (NGHE_AN - OLD_LEVEL))


MOVED = dt.date(2026, 8, 20)


@pytest.mark.parametrize(
    ("leaving", "before", "arrears"),
    [(True, HANOI, 0), (False, OLD_LEVEL, 2 * (NGHE_AN - OLD_LEVEL))],
    ids=["to Nghệ An", "to Hà Nội"],
)
def test_what_another_province_paid_while_he_lived_here_is_its_own(
    leaving: bool, before: int, arrears: int
) -> None:
    """He moved in August, and is taken in from November on: September and October stay as decided."""
    who = story(None if leaving else vinh(), before)
    to, after = (vinh(), NGHE_AN) if leaving else (cast.neighbour(), HANOI)
    if leaving:
        who.here.open(unit=nghe_an())
    who.moves(to, MOVED)
    who.take_in(to)
    there = who.here.pay(NOVEMBER, unit=to)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (after, arrears)
    assert there.totals.recoveries_vnd == 0
    assert people.paid(who.binh, SEPTEMBER) == people.paid(who.binh, OCTOBER) == {"C6S": before}


def test_nor_does_adopting_touch_what_another_province_paid_while_he_lived_here() -> None:
    """Taken in from October on, before the decree; on 6 October Hà Nội adopts it."""
    who = story(vinh(), OLD_LEVEL, paid=(JULY, AUGUST, SEPTEMBER))
    to = cast.neighbour()
    who.moves(to, MOVED)
    who.take_in(to, OCTOBER, dt.date(2026, 10, 2))
    grants.adopt_month(unit=to, month=OCTOBER, on=dt.date(2026, 10, 6), at=world.clock(), by=who.chairman(to))
    there = who.here.pay(OCTOBER, unit=to)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (HANOI, 2 * (NGHE_AN - OLD_LEVEL))
    assert booked(who.binh)["2026-09"] == OLD_LEVEL


def test_an_unpaid_month_of_the_old_commune_stays_its_own_also_when_months_before_are_restated() -> None:
    """He moves in November, which the old commune has not paid yet; July to October are made up for here."""
    who = story(vinh(), OLD_LEVEL)
    to = second_commune()
    who.moves(to, dt.date(2026, 11, 10))
    who.take_in(to, DECEMBER)
    there = who.here.pay(DECEMBER, unit=to)
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (NGHE_AN, 4 * (NGHE_AN - OLD_LEVEL))
    late = who.here.pay(NOVEMBER, unit=vinh())
    assert (late.totals.regular_vnd, late.totals.arrears_vnd) == (NGHE_AN, 0)
    assert set(booked(who.binh).values()) == {NGHE_AN}


def test_a_decision_about_some_does_not_close_the_months_before_for_the_others() -> None:
    who = story(vinh(), OLD_LEVEL, paid=())
    other = people.person(vinh(), name="Lê Thị Cúc", born=dt.date(1975, 5, 1))
    disabled(other)
    people.take_over(people.line(other, "C6S", OLD_LEVEL, VINH), month=JULY, unit=vinh(), at=TAKEN_OVER)
    for month in (JULY, AUGUST, SEPTEMBER):
        who.here.pay(month, unit=vinh())
    for day, whom in ((6, [who.binh.pk]), (8, None)):
        adopted = grants.adopt_month(
            unit=vinh(), month=OCTOBER, on=dt.date(2026, 10, day), at=world.clock(),
            by=who.chairman(vinh()), people=whom,
        )  # fmt: skip
        assert (adopted.people, adopted.levels) == (1, 1)
    there = who.here.pay(OCTOBER, unit=vinh())
    assert (there.totals.regular_vnd, there.totals.arrears_vnd) == (2 * NGHE_AN, 6 * (NGHE_AN - OLD_LEVEL))


@pytest.mark.parametrize("skipped", [0, 1])
def test_the_first_payroll_with_him_makes_up_for_what_was_restated_before_the_last_one(skipped: int) -> None:
    """The old commune has paid November; taken in from December, he is not in the new one's November list."""
    who = story(vinh(), OLD_LEVEL)
    to = second_commune()
    who.here.pay(NOVEMBER, unit=vinh())
    neighbour = people.person(to, name="Lê Thị Cúc", born=dt.date(1975, 5, 1))
    people.take_over(people.line(neighbour, "C6S", 1, to.code), month=NOVEMBER, unit=to, at=TAKEN_OVER)
    who.moves(to)
    who.take_in(to, DECEMBER)
    who.here.pay(NOVEMBER, unit=to)
    there = who.here.pay(DECEMBER + skipped, unit=to)
    restated = 5 * (NGHE_AN - OLD_LEVEL)
    assert there.totals.regular_vnd == NGHE_AN + 1
    assert there.totals.arrears_vnd == restated + skipped * (NGHE_AN + 1)
    assert set(booked(who.binh).values()) == {NGHE_AN}
    assert who.here.pay(DECEMBER + skipped + 1, unit=to).totals.arrears_vnd == 0
