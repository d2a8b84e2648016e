"""What is owed as known at an instant, what changed since; what the database refuses by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.db import bulk, constraints
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants import queries
from ansinh.grants.logic import DecidedLevel, level_of
from ansinh.grants.models import Decision, Grant, Handover, Holding, LegalGround, Level
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry.models import Relation
from tests.grants.world import (
    NEW,
    RECORDED,
    SIGNED,
    Answers,
    Given,
    dies,
    instant,
    line,
    paid,
    person,
    source,
    take_over,
    unit,
)

pytestmark = pytest.mark.django_db

BA_DINH = "00004"


@pytest.fixture
def commune(units: None) -> Unit:
    return unit(BA_DINH)


def now() -> str:
    """The database's instant, as an SQL constant."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        return queries.instant(cursor.fetchone()[0])


def owed(known_at: str, month: Month = NEW) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        wanted = f"(select id as grant_id, date '{month.first}' as month from grants_grant)"
        found = []
        for few in (False, True):
            owed_then = queries.owed_sql(wanted, known_at, few=few)
            cursor.execute(f"select category, amount_vnd from ({owed_then}) o order by 1")
            found.append(cursor.fetchall())
        assert found[0] == found[1], "looked up or read all at once"
        return list(found[0])


def changed(
    since: str, until: str, *, among: str = "", of: tuple[Unit, Month] | None = None
) -> dict[int, dt.date]:
    with connection.cursor() as cursor:
        asked = (*of, timezone.now()) if of else None
        cursor.execute(queries.changed_since_sql(since, until, among=among, of=asked))
        return dict(cursor.fetchall())


def test_what_was_owed_as_known_then_stays_so(commune: Unit) -> None:
    mai = person(commune)
    before = now()
    take_over(line(mai, "SP70", 500_000, BA_DINH), unit=commune)
    taken = now()
    runs = [Answers(NEW, commune).say(mai, Given("SP75", 540_000)).run()]
    grants.adopt_changes(unit=commune, runs=runs, decided_on=SIGNED, at=instant(6))
    converted = now()
    dies(mai, dt.date(2026, 8, 1))
    assert owed(before) == []
    assert owed(taken) == [("SP70", 500_000)]
    assert owed(converted) == [("SP75", 540_000)]
    assert owed(now()) == [("SP75", 0)]
    old, new = Grant.objects.order_by("pk")
    assert changed(before, taken) == {old.pk: dt.date(2019, 1, 1)}
    assert changed(taken, converted) == {old.pk: NEW.first, new.pk: NEW.first}
    assert changed(converted, now()) == {old.pk: dt.date(2026, 9, 1), new.pk: dt.date(2026, 9, 1)}
    assert changed(now(), now()) == {}


def test_an_annulled_grant_was_owed_before_it_was_annulled(commune: Unit) -> None:
    mai = person(commune)
    for day, category in ((6, "C6S"), (7, "SP75")):
        runs = [Answers(NEW, commune).say(mai, Given(category, 540_000)).run()]
        grants.adopt_changes(unit=commune, runs=runs, decided_on=SIGNED, at=instant(day))
        if day == 6:
            first = now()
    assert owed(first) == [("C6S", 540_000)]
    assert owed(now()) == [("SP75", 540_000)]


def test_changes_are_told_of_the_grants_asked_about(commune: Unit) -> None:
    start = now()
    for _ in range(2):
        take_over(line(person(commune), "C6S", 500_000, BA_DINH), unit=commune)
    one, other = Grant.objects.order_by("pk")
    assert changed(start, now()).keys() == {one.pk, other.pk}
    assert changed(start, now(), among=f"(select {other.pk} as grant_id)").keys() == {other.pk}


def test_suspending_and_resuming_are_changes(commune: Unit) -> None:
    take_over(line(person(commune), "C6S", 500_000, BA_DINH), unit=commune)
    grant = Grant.objects.get()
    signed: dict[str, Any] = {"unit": commune, "decided_on": SIGNED, "at": instant(6)}
    start = now()
    ground = next(iter(queries.suspension_grounds(on=SIGNED)))
    grants.suspend(
        grants=[grant.pk], from_month=NEW, ground=ground, signed=grants.Signed(number="1", **signed)
    )
    held = now()
    grants.resume(grants=[grant.pk], signed=grants.Signed(number="2", **signed))
    assert owed(held) == [("C6S", 0)]
    assert owed(now()) == [("C6S", 500_000)]
    assert changed(start, held) == changed(held, now()) == {grant.pk: NEW.first}


def test_who_was_granted_is_told_to_the_law(commune: Unit) -> None:
    mai, lan, son, stranger = person(commune), person(commune), person(unit("00008")), person(unit("00008"))
    Relation.objects.create(
        person=lan, other=son, kind=Relation.Kind.SUPPORTER, source=source(), recorded_at=RECORDED,
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    take_over(line(mai, "C6S", 1, BA_DINH), line(mai, "C4", 1, BA_DINH), unit=commune)
    take_over(line(lan, "SP75", 1, BA_DINH, from_month=NEW.first), unit=commune)
    take_over(line(son, "C6S", 1, "00008"), line(stranger, "C6S", 1, "00008"), unit=commune)
    with connection.cursor() as cursor:
        cursor.execute(queries.granted_sql(NEW, commune))
        told = {row[0]: row[1:] for row in cursor.fetchall()}
    assert told == {mai.pk: ((1 << 9) + (1 << 3), True), lan.pk: (0, False), son.pk: (1 << 9, True)}


months = st.integers(1, 12).map(lambda n: Month(2026, n))
history = st.lists(
    st.tuples(st.integers(1, 5), months, st.integers(1, 9)), min_size=1, max_size=6, unique_by=lambda r: r[:2]
)


@given(history)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_level_of_a_month_is_that_of_the_slow_reference(
    commune: Unit, rows: list[tuple[int, Month, int]]
) -> None:
    with transaction.atomic():
        mai = person(commune)
        take_over(line(mai, "C6S", 99, BA_DINH, from_month=dt.date(2026, 1, 1)), unit=commune)
        grant = Grant.objects.get(person=mai)
        told = [DecidedLevel(RECORDED.timestamp(), Month(2026, 1), 99)]
        for day, month, amount in sorted(rows):
            decision = Decision.objects.filter(number=f"{day}").first() or Decision.objects.create(
                unit=commune, number=f"{day}", kind="ADJUST", decided_on=SIGNED, decided_at=instant(day),
                effective_month=month.first, people=1,
            )  # fmt: skip
            Level.objects.create(
                grant=grant, decided_at=instant(day), from_month=month.first, decision=decision,
                amount_vnd=amount, by_list=True,
            )  # fmt: skip
            told.append(DecidedLevel(instant(day).timestamp(), month, amount))
        for month in Month.range(Month(2026, 1), Month(2026, 12)):
            expected = level_of(told, month)
            assert expected is not None
            assert paid(mai, month) == {"C6S": expected.amount_vnd}
        transaction.set_rollback(True)


# ── what the database refuses ──


def decision(commune: Unit) -> Decision:
    return Decision.objects.create(
        unit=commune, number="1", kind="ADJUST", decided_on=SIGNED, decided_at=instant(6),
        effective_month=NEW.first, people=1,
    )  # fmt: skip


def raw_grant(person_id: int, by: int, months: str = "[2026-10-01,)", slot: str = "OWN_INCOME") -> None:
    bulk.run(
        """insert into grants_grant (person_id, category, slot, scheme, payee, months, decision_id)
        values (%s, 'C6S', %s, 'MONTHLY_ALLOWANCE', 'PERSON', %s, %s)""",
        [person_id, slot, months, by],
    )


def test_one_grant_for_person_slot_and_day(commune: Unit) -> None:
    mai, by = person(commune), decision(commune).pk
    raw_grant(mai.pk, by)
    raw_grant(mai.pk, by, slot="SINGLE_PARENT")
    with pytest.raises(Refusal, match="cùng loại trong thời gian đó"), constraints.speaking():
        raw_grant(mai.pk, by, months="[2027-01-01,)")


@pytest.mark.parametrize("months", ["[2026-10-02,)", "(,)", "[2026-10-01,2026-12-01)", "empty"])
def test_a_grant_runs_over_whole_months_and_is_ended_by_a_decision(commune: Unit, months: str) -> None:
    mai, by = person(commune), decision(commune).pk
    with pytest.raises(IntegrityError, match="grants_grant_"), transaction.atomic():
        raw_grant(mai.pk, by, months=months)


def test_a_grant_to_nobody_or_by_no_decision_is_refused(commune: Unit) -> None:
    mai, by = person(commune), decision(commune).pk
    for who, whose in ((0, by), (mai.pk, 0)):
        with pytest.raises(IntegrityError, match="refers to nothing"), transaction.atomic():
            raw_grant(who, whose)


def test_a_law_s_level_is_coefficient_times_standard(commune: Unit) -> None:
    take_over(line(person(commune), "C6S", 1, BA_DINH), unit=commune)
    by, ground = decision(commune), LegalGround.objects.create(digest="x", cites=[])
    level = {"grant": Grant.objects.get(), "decided_at": instant(6), "decision": by, "from_month": NEW.first}
    for wrong in (
        {"amount_vnd": 810_001, "coefficient": Decimal("1.5"), "standard_vnd": 540_000, "ground": ground},
        {"amount_vnd": 810_000, "coefficient": None, "standard_vnd": 540_000, "ground": ground},
        {"amount_vnd": 810_000, "coefficient": Decimal("1.5"), "standard_vnd": 540_000},
    ):
        with pytest.raises(Refusal, match="hệ số nhân với mức chuẩn"), constraints.speaking():
            Level.objects.create(**level, **wrong)
    with pytest.raises(IntegrityError, match="another instant"), transaction.atomic():
        Level.objects.create(**{**level, "decided_at": instant(7)}, amount_vnd=1, by_list=True)


def test_a_holding_of_nothing_is_refused(commune: Unit) -> None:
    take_over(line(person(commune), "C6S", 1, BA_DINH), unit=commune)
    for grant, place in ((0, commune.pk), (Grant.objects.get().pk, 0)):
        with pytest.raises(IntegrityError, match="refers to nothing"), transaction.atomic():
            Holding.objects.create(grant_id=grant, unit_id=place, from_month=NEW.first)


def test_whoever_holds_a_grant_holds_it_until_the_next_in_whatever_order_it_was_told(commune: Unit) -> None:
    take_over(line(person(commune), "C6S", 1, BA_DINH), unit=commune)
    first, grant = Holding.objects.get(), Grant.objects.get()
    places = [unit(code) for code in ("00008", "00025")]
    for month, place in ((NEW + 4, places[0]), (NEW, places[1])):
        Holding.objects.create(grant=grant, unit=place, from_month=month.first)
    spans = [
        (row.unit, row.until_month)
        for row in Holding.objects.filter(grant=grant).order_by("from_month").select_related("unit")
    ]
    assert spans == [(first.unit, NEW.first), (places[1], (NEW + 4).first), (places[0], None)]
    for month, holder in ((NEW - 1, commune), (NEW, places[1]), (NEW + 3, places[1]), (NEW + 4, places[0])):
        found = [place for place in (commune, *places) if queries.grants_held_by(place, month, [grant.pk])]
        assert found == [holder]


def test_what_another_province_decided_counts_of_grants_that_were_handed_over_once(commune: Unit) -> None:
    vinh = unit("16681")
    before = now()
    for home, holder in ((commune, BA_DINH), (vinh, "16681")):
        take_over(line(person(home), "C6S", 1, holder), unit=home)
    here, there = Grant.objects.order_by("id").values_list("pk", flat=True)
    for asked in (commune, unit("01")):
        assert set(changed(before, now(), of=(asked, NEW))) == {here}
    assert set(changed(before, now())) == {here, there}
    Handover.objects.create(
        decision=decision(commune), grant_id=there, left=vinh, from_month=NEW.first, stopped_by=""
    )
    assert changed(before, now(), of=(commune, NEW)) == changed(before, now())


def test_a_unit_holds_few_of_the_countrys_grants_or_not(commune: Unit) -> None:
    def known(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("set local role none")
            cursor.execute(
                "update pg_class set reltuples = %s where oid = 'grants_grant'::regclass", [number]
            )
            cursor.execute("set local role ansinh_app")

    take_over(*(line(person(commune), "C6S", 1, BA_DINH) for _ in range(3)), unit=commune)
    for number, few in ((-1, False), (3, False), (24, False), (32, True)):
        known(number)
        assert queries.few_of_all(commune, NEW) is few
