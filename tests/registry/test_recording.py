"""Single entries: facts, deaths, communes confirmed; nothing edited, everything in the trail."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from ansinh.accounts.models import Entry, User
from ansinh.accounts.operations import Cast
from ansinh.geography import queries as geography
from ansinh.geography.models import UnitChange
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry import queries
from ansinh.registry.models import (
    Document,
    Fact,
    Household,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    SensitiveFact,
    Source,
)
from tests import cast as the_cast

AT = the_cast.AT
TODAY = the_cast.TODAY


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def homes() -> Callable[..., tuple[Person, Household]]:
    """Return what makes somebody and their household, registered at a commune."""
    source = Source.objects.create(kind=Source.Kind.SCREEN, name="thử", at=AT)

    def make(key: str, code: str, since: str = "2025-07-01") -> tuple[Person, Household]:
        person = Person.objects.create(
            key=key, source=source, name=f"Trần Thị {key}", folded=f"tran thi {key.lower()}",
            sort_key=key, sex="F", born=day("1950-01-01"), born_precision="Y",
        )  # fmt: skip
        household = Household.objects.create(code=f"H-{key}", source=source)
        told: dict[str, Any] = {"source": source, "recorded_at": AT, "valid_from": day(since)}
        unit = geography.unit(code=code, on=day(since))
        HouseholdResidence.objects.create(household=household, unit=unit, village="Thôn 1", **told)
        Member.objects.create(person=person, household=household, role=1, **told)
        return person, household

    return make


Home = Callable[..., tuple[Person, Household]]


@pytest.fixture
def home(units: None) -> Home:
    """Homes within the test's own transaction."""
    return homes()


def said(person: Person, fact: int) -> list[tuple[int, str, str | None, bool]]:
    rows = Fact.objects.filter(person=person, fact=fact).order_by("superseded_at", "valid_from", "id")
    return [
        (
            row.value,
            str(row.valid_from),
            str(row.valid_to) if row.valid_to else None,
            row.superseded_at is None,
        )
        for row in rows
    ]


def test_a_fact_replaces_what_was_said_of_its_days_only(cast: Cast, home: Home) -> None:
    mai, _ = home("Mai", "00004")
    paper = Document.objects.create(kind="Giấy xác nhận khuyết tật", number="7")

    def record(value: str, start: str, end: str | None = None) -> None:
        registry.record_fact(
            person=mai, fact="disability", value=value, valid_from=day(start),
            valid_to=day(end) if end else None, document=paper, by=cast.binh, at=AT,
        )  # fmt: skip

    record("SEVERE", "2020-01-01")
    record("EXTREME", "2022-01-01", "2023-01-01")
    assert said(mai, 12) == [
        (3, "2020-01-01", None, False),
        (3, "2020-01-01", "2022-01-01", True),
        (4, "2022-01-01", "2023-01-01", True),
        (3, "2023-01-01", None, True),
    ] or said(mai, 12)[-1] == (3, "2020-01-01", None, False)
    assert sorted(row for row in said(mai, 12) if row[3]) == [
        (3, "2020-01-01", "2022-01-01", True),
        (3, "2023-01-01", None, True),
        (4, "2022-01-01", "2023-01-01", True),
    ]
    first = Fact.objects.get(person=mai, superseded_at__isnull=False)
    assert {row.recorded_at for row in Fact.objects.filter(person=mai, superseded_at=None)} == {
        first.superseded_at
    }
    assert all(row.document == paper for row in Fact.objects.filter(person=mai))


def test_what_the_vocabulary_does_not_know_is_refused(cast: Cast, home: Home) -> None:
    mai, household = home("Mai", "00004")
    told: dict[str, Any] = {"valid_from": day("2026-01-01"), "by": cast.binh, "at": AT}
    for fact, value in (
        ("height", True),
        ("household_poverty", "POOR"),
        ("disability", "BAD"),
        ("pension", 1),
    ):
        with pytest.raises(Refusal):
            registry.record_fact(person=mai, fact=fact, value=value, **told)
    with pytest.raises(Refusal):
        registry.record_household_fact(household=household, fact="pension", value=True, **told)
    with pytest.raises(Refusal, match="không có ngày nào"):
        registry.record_fact(person=mai, fact="pension", value=True, valid_to=day("2026-01-01"), **told)
    registry.record_household_fact(household=household, fact="household_poverty", value="POOR", **told)
    assert HouseholdFact.objects.get(household=household).value == 3
    assert not Fact.objects.filter(person=mai).exists()


def test_every_entry_leaves_a_line_in_the_trail_and_no_secret(cast: Cast, home: Home) -> None:
    mai, _ = home("Mai", "00004")
    told: dict[str, Any] = {"person": mai, "by": cast.binh, "at": AT}
    registry.record_fact(fact="pension", value=False, valid_from=day("2026-01-01"), **told)
    registry.record_fact(fact="hiv", value=True, valid_from=day("2026-01-01"), **told)
    registry.record_death(died_on=day("2026-10-01"), **told)
    registry.undo_death(reason="Nhầm người", **told)
    lines = Entry.objects.filter(subject_kind="registry.person").order_by("id")
    assert [(line.action, line.detail, line.reason) for line in lines] == [
        ("record_fact", {"fact": "pension"}, ""),
        ("record_fact", {}, ""),
        ("record_death", {"died_on": "2026-10-01"}, ""),
        ("undo_death", {}, "Nhầm người"),
    ]
    assert SensitiveFact.objects.get(person=mai).value == 1


def test_a_death_is_recorded_once_and_can_be_taken_back_with_a_reason(cast: Cast, home: Home) -> None:
    mai, _ = home("Mai", "00004")
    told: dict[str, Any] = {"person": mai, "by": cast.binh, "at": AT}
    with pytest.raises(Refusal, match="chưa tới"):
        registry.record_death(died_on=TODAY + dt.timedelta(days=1), **told)
    with pytest.raises(Refusal, match="trước ngày sinh"):
        registry.record_death(died_on=day("1949-12-31"), **told)
    registry.record_death(died_on=TODAY, **told)
    with pytest.raises(Refusal, match="đã được ghi là đã chết"):
        registry.record_death(died_on=TODAY, **told)
    with pytest.raises(Refusal, match="lý do"):
        registry.undo_death(reason=" ", **told)
    registry.undo_death(reason="Trùng tên", **told)
    with pytest.raises(Refusal, match="không được ghi là đã chết"):
        registry.undo_death(reason="Trùng tên", **told)
    registry.record_death(died_on=TODAY, **told)


def test_people_of_a_divided_commune_confirm_where_they_live(cast: Cast, home: Home) -> None:
    on = day("2026-10-06")
    capital = geography.unit(code="01", on=on)
    old = next(
        unit
        for unit in geography.divided_units(on=on, within=capital)
        if UnitChange.objects.filter(old=unit, kind=UnitChange.Kind.PART).count() > 1
    )
    mai, household = home("Mai", old.code, "2020-01-01")
    _, settled = home("Lan", "00004")
    waiting = queries.needs_confirmation(capital, on=on)
    assert [member.person for member in waiting] == [mai]
    choices = list(geography.successors(old, on=on, people=True))
    told: dict[str, Any] = {"by": cast.binh, "at": AT, "valid_from": day("2025-07-01")}
    elsewhere = geography.unit(code="02647", on=on)
    with pytest.raises(Refusal, match="không có dân về"):
        registry.confirm_commune(household=household, unit=elsewhere, **told)
    with pytest.raises(Refusal, match="không cần xác nhận"):
        registry.confirm_commune(household=settled, unit=choices[0], **told)
    registry.confirm_commune(household=household, unit=choices[1], **told)
    assert not queries.needs_confirmation(capital, on=on).exists()
    assert [m.person for m in queries.members(choices[1], on=on)] == [mai]
    rows = HouseholdResidence.objects.filter(household=household, superseded_at=None).order_by("valid_from")
    assert [(row.unit, row.valid_from, row.valid_to, row.village) for row in rows] == [
        (old, day("2020-01-01"), day("2025-07-01"), "Thôn 1"),
        (choices[1], day("2025-07-01"), None, "Thôn 1"),
    ]


def test_everyone_sees_their_territory_and_nobody_next_door(cast: Cast, home: Home) -> None:
    mai, _ = home("Mai", the_cast.COMMUNE)
    lan, _ = home("Lan", the_cast.NEIGHBOUR)
    nga, _ = home("Nga", "00001", "2020-01-01")  # Phúc Xá, since merged into Hồng Hà: in Hà Nội all the same
    home("Minh", "02647")

    def seen(user: User, on: dt.date = TODAY) -> set[Person]:
        return {member.person for member in queries.visible_to(user, on=on)}

    assert seen(cast.binh) == seen(cast.chau) == {mai}
    assert seen(cast.dung) == {lan}
    assert seen(cast.phuc) == {mai, lan, nga}
    assert seen(cast.quantri) == set()
    registry.record_death(person=mai, died_on=day("2026-10-05"), by=cast.binh, at=AT)
    assert seen(cast.binh) == set()


def test_secrets_are_for_those_who_may_see_what_is_sensitive(cast: Cast, home: Home) -> None:
    mai, _ = home("Mai", "00004")
    told: dict[str, Any] = {"person": mai, "valid_from": day("2026-01-01"), "by": cast.binh, "at": AT}
    registry.record_fact(fact="hiv", value=True, **told)
    registry.record_fact(fact="pension", value=True, **told)
    assert [row.fact for row in queries.secrets_of(mai, by=cast.binh, on=AT.date())] == [7]
    for user in (cast.phuc, cast.quantri):
        with pytest.raises(PermissionDenied):
            queries.secrets_of(mai, by=user, on=AT.date())


def test_two_entries_at_once_wait_for_each_other(committing: str) -> None:
    mai, _ = homes()("Mai", "00004")
    cast = the_cast.make()
    told: list[object] = []

    def record(value: bool) -> None:
        try:
            for month in range(1, 6):
                registry.record_fact(
                    person=mai, fact="pension", value=value, valid_from=dt.date(2026, month, 1),
                    by=cast.binh, at=AT,
                )  # fmt: skip
        except BaseException as error:
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=record, args=(value,)) for value in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == []
    standing = list(Fact.objects.filter(person=mai, superseded_at=None).order_by("valid_from"))
    for before, after in pairwise(standing):
        assert before.valid_to is not None and before.valid_to <= after.valid_from
