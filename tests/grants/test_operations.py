"""Lists taken over, files following the map, suspensions, recipients, recoveries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants import queries
from ansinh.grants.models import Decision, Grant, Hold, Holding, Recipient
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry.models import Death, Fact, HouseholdFact, Member, Person, Relation
from ansinh.rulebook.facts import vocabulary
from tests.grants.world import (
    NEW,
    OLD,
    RECORDED,
    SIGNED,
    instant,
    line,
    paid,
    person,
    source,
    take_over,
    unit,
)

pytestmark = pytest.mark.django_db

BA_DINH, NGOC_HA = "00004", "00008"
DISTRICT, OLD_COMMUNE = "001", "00001"  # quận Ba Đình, phường Phúc Xá until 6/2025


@pytest.fixture
def commune(units: None) -> Unit:
    return unit(BA_DINH)


def signed(place: Unit, number: str = "7/QĐ-UBND", day: int = 6, on: dt.date = SIGNED) -> grants.Signed:
    return grants.Signed(unit=place, number=number, decided_on=on, at=instant(day), signer_name="Châu")


def only(grant: Grant) -> str:
    year = "generate_series(date '2026-01-01', date '2026-12-01', interval '1 month')"
    return f"(select {grant.pk} as grant_id, m::date as month from {year} m)"


def held(place: Unit, month: Month) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(queries.held_sql(place, month))
        return {grant for grant, _unit in cursor.fetchall()}


# ── taking over ──


def test_a_list_is_taken_over_as_it_says(commune: Unit) -> None:
    mai, lan = person(commune), person(commune)
    papers = {"decision_number": "12/QĐ", "decided_on": dt.date(2019, 1, 5), "signer": "Bà Hoa"}
    done = take_over(
        line(mai, "C6S", 700_001, BA_DINH, **papers),
        line(lan, "C4", 500_000, BA_DINH, **papers),
        unit=commune,
    )
    assert (done.grants, done.people, done.decisions, done.monthly_vnd) == (2, 2, 1, 1_200_001)
    grant = Grant.objects.get(person=mai)
    assert (grant.slot, grant.scheme, grant.payee, grant.taken_over) == (
        "OWN_INCOME",
        "MONTHLY_ALLOWANCE",
        "PERSON",
        True,
    )
    assert paid(mai, NEW) == {"C6S": 700_001}
    decision = Decision.objects.get()
    assert (decision.number, decision.decided_on, decision.signer_name) == (
        "12/QĐ",
        dt.date(2019, 1, 5),
        "Bà Hoa",
    )


def test_all_faults_of_a_list_are_told_at_once_and_nothing_is_taken(commune: Unit) -> None:
    mai, lan = person(commune), person(commune)
    take_over(line(lan, "C6S", 750_000, BA_DINH), unit=commune)
    bad = [
        line(mai, "C99", 750_000, BA_DINH),
        line(mai, "C6S", 0, "99999"),
        line(mai, "C5A", 750_000, BA_DINH, from_month=dt.date(2019, 1, 2)),
        line(mai, "C6X", 750_000, BA_DINH, from_month=(NEW + 1).first),
        line(lan, "C6S", 750_000, BA_DINH, recipient_kind="NEIGHBOUR"),
        line(lan, "C4", 750_000, BA_DINH, recipient_kind="GUARDIAN"),
        {**line(mai, "K5", 750_000, BA_DINH), "person_id": 0},
    ]
    with pytest.raises(grants.ListRefused) as refused:
        take_over(*bad, unit=commune)
    told = {(fault.line - int(str(bad[0]["line"])), fault.column) for fault in refused.value.faults}
    assert told == {
        (0, "category"),
        (1, "amount_vnd"),
        (1, "holding_code"),
        (2, "from_month"),
        (2, "person_key"),
        (3, "from_month"),
        (3, "person_key"),
        (4, "recipient_kind"),
        (4, "recipient_name"),
        (4, "person_key"),
        (5, "recipient_name"),
        (6, "person_key"),
    }
    assert Grant.objects.count() == 1


# ── mergers ──


def test_files_of_a_district_go_to_the_commune_of_the_person(units: None) -> None:
    hanoi, july = unit("01"), Month(2025, 7)
    divided = geography.divided_units(on=july.first, within=hanoi).first()
    assert divided is not None
    known, unknown = person(unit(OLD_COMMUNE, OLD)), person(divided)
    rows = [line(p, "C6S", 660_000, DISTRICT) for p in (known, unknown)]
    take_over(*rows, month=OLD, unit=hanoi)
    june = Month(2025, 6)
    district = unit(DISTRICT, june)
    assert len(held(district, june)) == 2
    moved = grants.follow_merger(unit=hanoi, on=july.first, at=instant(6))
    assert (moved.grants, moved.unconfirmed) == (2, 1)
    holder = {
        h.grant_id: h.unit for h in Holding.objects.filter(from_month=july.first).select_related("unit")
    }
    assert holder[Grant.objects.get(person=known).pk].code == "00097"  # phường Hồng Hà
    assert holder[Grant.objects.get(person=unknown).pk].code == "01"
    assert len(held(district, june)) == 2
    assert len(held(hanoi, july)) == 2
    assert grants.follow_merger(unit=hanoi, on=july.first, at=instant(6)).grants == 0
    _moves(unknown, unit(BA_DINH), dt.date(2025, 9, 3))
    assert grants.follow_merger(unit=hanoi, on=dt.date(2025, 9, 1), at=instant(6)).grants == 1
    assert len(held(unit(BA_DINH), Month(2025, 9))) == 1
    assert len(held(unit(BA_DINH), Month(2025, 8))) == 0


def _moves(somebody: Person, home: Unit, on: dt.date) -> None:
    """Their commune is confirmed."""
    household = Member.objects.get(person=somebody).household
    with connection.cursor() as cursor:
        cursor.execute(
            """with old as (
                update registry_householdresidence set superseded_at = clock_timestamp()
                where household_id = %(household)s returning *
            )
            insert into registry_householdresidence
                (household_id, unit_id, source_id, recorded_at, valid_from, valid_to, village)
            select household_id, unit_id, source_id, superseded_at, valid_from, %(on)s::date, '' from old
            union all
            select household_id, %(home)s, source_id, superseded_at, %(on)s::date, null, '' from old""",
            {"household": household.pk, "home": home.pk, "on": on},
        )


# ── suspension ──


def test_a_suspension_holds_at_once_and_lifting_it_gives_the_months_back(commune: Unit) -> None:
    mai = person(commune)
    take_over(line(mai, "C6S", 810_000, BA_DINH), unit=commune)
    grant = Grant.objects.get()
    ground = next(iter(queries.suspension_grounds(on=SIGNED)))
    grants.suspend(grants=[grant.pk], from_month=NEW, ground=ground, signed=signed(commune))
    assert [paid(mai, m)["C6S"] for m in (NEW - 1, NEW, NEW + 1)] == [810_000, 0, 0]
    with pytest.raises(Refusal, match="đang bị tạm dừng"):
        grants.suspend(grants=[grant.pk], from_month=NEW, ground=ground, signed=signed(commune, "8/QĐ"))
    grants.resume(grants=[grant.pk], signed=signed(commune, "9/QĐ"))
    assert [paid(mai, m)["C6S"] for m in (NEW - 1, NEW, NEW + 1)] == [810_000] * 3


def test_held_months_can_stay_unpaid(commune: Unit) -> None:
    mai = person(commune)
    take_over(line(mai, "C6S", 810_000, BA_DINH), unit=commune)
    ground = next(iter(queries.suspension_grounds(on=SIGNED)))
    ids = [Grant.objects.get().pk]
    grants.suspend(grants=ids, from_month=NEW, ground=ground, signed=signed(commune))
    grants.resume(grants=ids, signed=signed(commune, "8/QĐ"), until_month=NEW + 2)
    assert [paid(mai, NEW + n)["C6S"] for n in range(4)] == [0, 0, 810_000, 810_000]


def test_the_law_of_the_day_says_why_one_may_suspend(commune: Unit) -> None:
    detained = [g for g in queries.suspension_grounds(on=dt.date(2024, 5, 1)) if "giam" in g]
    assert detained
    assert not [g for g in queries.suspension_grounds(on=SIGNED) if "giam" in g]
    mai = person(commune)
    take_over(line(mai, "C6S", 810_000, BA_DINH), unit=commune)
    with pytest.raises(Refusal, match="không cho tạm dừng"):
        grants.suspend(
            grants=[Grant.objects.get().pk], from_month=NEW, ground=detained[0], signed=signed(commune)
        )
    assert not Hold.objects.exists()


def test_the_neighbour_can_neither_suspend_nor_name_recipients_nor_recover(commune: Unit) -> None:
    mai, neighbour = person(commune), unit(NGOC_HA)
    take_over(line(mai, "C6S", 810_000, BA_DINH), unit=commune)
    grant = Grant.objects.get()
    ground = next(iter(queries.suspension_grounds(on=SIGNED)))
    for attempt in (
        lambda: grants.suspend(
            grants=[grant.pk], from_month=NEW, ground=ground, signed=signed(neighbour)
        ),
        lambda: grants.name_recipient(
            grant=grant, from_month=NEW, kind=Recipient.Kind.GUARDIAN, name="X", at=instant(6), by=None,
            unit=neighbour,
        ),
        lambda: grants.decide_recovery(
            person=mai, slot="OWN_INCOME", amount_vnd=2, instalment_vnd=1, first_month=NEW,
            signed=signed(neighbour),
        ),
    ):  # fmt: skip
        with pytest.raises(Refusal, match="không quản lý"):
            attempt()


# ── deaths ──


def test_a_recorded_death_holds_at_once_and_the_month_of_death_is_owed(commune: Unit) -> None:
    from tests.grants.world import dies

    mai = person(commune)
    take_over(line(mai, "C6S", 810_000, BA_DINH), unit=commune)
    dies(mai, dt.date(2026, 9, 30))
    assert [paid(mai, m)["C6S"] for m in (Month(2026, 9), NEW)] == [810_000, 0]
    with connection.cursor() as cursor:
        cursor.execute(
            "update registry_death set superseded_at = clock_timestamp() where person_id = %s", [mai.pk]
        )
    assert paid(mai, NEW) == {"C6S": 810_000}
    assert Death.objects.exists()


# ── recipients and recoveries ──


def test_a_recipient_is_named_changed_and_ended(commune: Unit) -> None:
    mai, carer = person(commune), person(commune)
    take_over(line(mai, "C6S", 810_000, BA_DINH), unit=commune)
    grant = Grant.objects.get()
    common: dict[str, Any] = {"grant": grant, "at": instant(6), "by": None, "unit": commune}
    grants.name_recipient(from_month=NEW, kind=Recipient.Kind.GUARDIAN, name="An", **common)
    grants.name_recipient(from_month=NEW, kind=Recipient.Kind.AUTHORISED, person=carer, **common)
    grants.name_recipient(from_month=NEW + 2, kind=Recipient.Kind.SELF, **common)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select month, kind, person_id from ({queries.recipients_sql(only(grant))}) r order by 1"
        )
        assert cursor.fetchall() == [(m.first, "AUTHORISED", carer.pk) for m in (NEW, NEW + 1)]


def test_a_recovery_takes_instalments_and_nothing_from_the_dead(commune: Unit) -> None:
    from tests.grants.world import dies

    mai = person(commune)
    take_over(line(mai, "C6S", 810_000, BA_DINH), unit=commune)
    terms: dict[str, Any] = {"person": mai, "slot": "OWN_INCOME", "first_month": NEW}
    recovery = grants.decide_recovery(
        amount_vnd=500_000, instalment_vnd=200_000, signed=signed(commune), **terms
    )
    assert (recovery.amount_vnd, recovery.decision.kind) == (500_000, "RECOVER")
    for amount, instalment in ((0, 0), (5, 6), (5, 0)):
        with pytest.raises(Refusal, match="lớn hơn 0"):
            grants.decide_recovery(
                amount_vnd=amount, instalment_vnd=instalment, signed=signed(commune, "8/QĐ"), **terms
            )
    dies(mai, dt.date(2026, 9, 30))
    with pytest.raises(Refusal, match="đã chết"):
        grants.decide_recovery(amount_vnd=5, instalment_vnd=1, signed=signed(commune, "9/QĐ"), **terms)


def test_a_single_parent_of_a_list_whose_children_nobody_entered_is_never_to_be_stopped(
    commune: Unit,
) -> None:
    lan = person(commune, born=dt.date(1985, 3, 1))
    take_over(line(lan, "C4", 810_000, BA_DINH), unit=commune)
    recorded: dict[str, Any] = {
        "source": source(),
        "recorded_at": RECORDED,
        "valid_from": dt.date(2020, 1, 1),
    }
    poverty, marital = vocabulary()["household_poverty"], vocabulary()["marital"]
    home = Member.objects.get(person=lan).household
    HouseholdFact.objects.create(household=home, fact=poverty.id, value=poverty.code("POOR"), **recorded)
    Fact.objects.create(person=lan, fact=marital.id, value=marital.code("NEVER"), **recorded)

    def found() -> list[str]:
        run = grants.ask_law(unit=commune, month=NEW, on=SIGNED, at=instant(6))
        return [one.kind for one in queries.review(run, commune)]

    assert found() == ["CANNOT_TELL"]
    grown = person(commune, born=dt.date(1999, 1, 1))
    Relation.objects.create(person=grown, other=lan, kind=Relation.Kind.RAISED_BY, **recorded)
    Fact.objects.create(person=grown, fact=vocabulary()["studying"].id, value=0, **recorded)
    assert found() == ["NO_LONGER_ENTITLED"], "her child is known, and has grown up"
