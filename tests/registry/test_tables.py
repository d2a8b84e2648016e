"""What the register's tables refuse, and that every field says how private it is."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models

from ansinh.db import constraints
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import (
    Death,
    Document,
    Fact,
    Household,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    Privacy,
    Relation,
    SensitiveFact,
    Source,
)

NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("units")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def source(units: None) -> Source:
    return Source.objects.create(kind=Source.Kind.SCREEN, name="thử", at=NOW)


@pytest.fixture
def person(source: Source) -> Callable[..., Person]:
    def make(key: str, **fields: Any) -> Person:
        return Person.objects.create(
            key=key, source=source, **{"name": "Trần Thị Mai", "folded": "tran thi mai", "sex": "F", **fields}
        )

    return make


@pytest.mark.parametrize(
    "model",
    list(apps.get_app_config("registry").get_models()),
    ids=lambda model: str(model.__name__),
)
def test_every_field_says_how_private_it_is(model: Any) -> None:
    declared: dict[str, Privacy] = model.privacy
    assert set(declared) == {field.name for field in model._meta.concrete_fields}
    assert set(declared.values()) <= set(Privacy)


def refused(name: str, write: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as told, constraints.speaking():
        write()
    assert isinstance(told.value.__cause__, DatabaseError)
    cause: Any = told.value.__cause__.__cause__
    assert cause.diag.constraint_name == name


def span(start: str, end: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "valid_from": day(start),
        "valid_to": day(end) if end else None,
        "recorded_at": NOW,
        **fields,
    }


def test_a_number_has_twelve_digits_and_one_owner(person: Callable[..., Person]) -> None:
    person("a", number="001190000001")
    refused("one_person_per_number", lambda: person("b", number="001190000001"))
    refused("number_has_twelve_digits", lambda: person("c", number="00119000001x"))
    refused("old_number_has_nine_digits", lambda: person("d", old_number="1234"))


def test_a_birth_known_by_year_is_its_first_day(person: Callable[..., Person]) -> None:
    person("a", born=day("1945-01-01"), born_precision="Y")
    with pytest.raises(DatabaseError, match="birth_is_the_first_possible_day"):
        person("b", born=day("1945-05-01"), born_precision="Y")


def test_facts_of_a_person_never_overlap(person: Callable[..., Person], source: Source) -> None:
    mai = person("a")

    def write(start: str, end: str | None, fact: int = 14, **fields: Any) -> Fact:
        return Fact.objects.create(
            person=mai, source=source, fact=fact, value=1, **span(start, end, **fields)
        )

    write("2026-01-01", "2026-03-01")
    write("2026-03-01", None)
    write("2026-01-01", None, fact=16)
    refused("facts_never_overlap", lambda: write("2026-02-28", "2026-03-01"))
    refused("facts_never_overlap", lambda: write("2027-01-01", None))
    write("2026-02-01", None, superseded_at=LATER)
    with pytest.raises(DatabaseError, match="fact_ends_after_it_begins"), constraints.speaking():
        write("2020-03-01", "2020-03-01")


def test_overlaps_are_found_among_the_rows_of_one_statement(
    person: Callable[..., Person], source: Source
) -> None:
    mai = person("a")
    rows = [
        Fact(person=mai, source=source, fact=14, value=value, **span("2026-01-01", None)) for value in (0, 1)
    ]
    refused("facts_never_overlap", lambda: Fact.objects.bulk_create(rows))


@pytest.mark.parametrize("many", [2_000, 100_001])
def test_overlaps_and_loose_keys_are_found_among_many_rows(
    person: Callable[..., Person], source: Source, many: int
) -> None:
    mai = person("a")

    def load(step: int, nobody: int = 0) -> None:
        with constraints.speaking(), connection.cursor() as cursor:
            cursor.execute(
                """insert into registry_fact
                    (person_id, source_id, fact, value, valid_from, valid_to, recorded_at)
                select case when n = %s then 0 else %s end, %s, 14, 1, date '1800-01-01' + n,
                    date '1800-01-01' + n + %s, now()
                from generate_series(1, %s) n""",
                [nobody, mai.pk, source.pk, step, many],
            )

    refused("facts_never_overlap", lambda: load(2))
    with pytest.raises(DatabaseError, match="no such row"):
        load(1, nobody=many)
    load(1)


def test_secret_facts_have_a_table_of_their_own(person: Callable[..., Person], source: Source) -> None:
    mai = person("a")
    with pytest.raises(DatabaseError, match="fact_is_never_a_secret_one"), constraints.speaking():
        Fact.objects.create(person=mai, source=source, fact=7, value=1, **span("2026-01-01"))
    SensitiveFact.objects.create(person=mai, source=source, fact=7, value=1, **span("2026-01-01"))
    refused(
        "facts_never_overlap",
        lambda: SensitiveFact.objects.create(
            person=mai, source=source, fact=7, value=0, **span("2026-06-01")
        ),
    )


def test_a_household_has_one_value_and_one_home_a_day(source: Source) -> None:
    home = Household.objects.create(source=source, code="H1")
    unit = Unit.objects.filter(level="COMMUNE").earliest("code")
    HouseholdFact.objects.create(household=home, source=source, fact=1, value=3, **span("2026-01-01"))
    refused(
        "household_facts_never_overlap",
        lambda: HouseholdFact.objects.create(
            household=home, source=source, fact=1, value=1, **span("2026-05-01")
        ),
    )
    HouseholdResidence.objects.create(household=home, unit=unit, source=source, **span("2026-01-01"))
    refused(
        "one_residence_at_a_time",
        lambda: HouseholdResidence.objects.create(
            household=home, unit=unit, source=source, **span("2025-01-01", "2026-01-02")
        ),
    )


def test_a_person_lives_in_one_household_at_a_time(person: Callable[..., Person], source: Source) -> None:
    mai = person("a")
    one, two = (Household.objects.create(source=source, code=code) for code in ("H1", "H2"))
    Member.objects.create(
        person=mai, household=one, source=source, role=1, **span("2026-01-01", "2026-06-01")
    )
    Member.objects.create(person=mai, household=two, source=source, role=2, **span("2026-06-01"))
    refused(
        "one_household_at_a_time",
        lambda: Member.objects.create(person=mai, household=one, source=source, role=1, **span("2026-07-01")),
    )


def test_nobody_has_two_fathers_but_may_have_two_supporters(
    person: Callable[..., Person], source: Source
) -> None:
    mai, one, two = person("a"), person("b"), person("c")

    def tie(kind: int, other: Person) -> Relation:
        return Relation.objects.create(
            person=mai, other=other, kind=kind, source=source, **span("2000-01-01")
        )

    tie(Relation.Kind.FATHER, one)
    tie(Relation.Kind.SUPPORTER, one)
    tie(Relation.Kind.SUPPORTER, two)
    refused("relations_never_overlap", lambda: tie(Relation.Kind.FATHER, two))
    refused("relations_never_overlap", lambda: tie(Relation.Kind.SUPPORTER, two))
    with pytest.raises(DatabaseError, match="nobody_is_their_own_relative"), constraints.speaking():
        tie(Relation.Kind.CARER, mai)


def test_nobody_dies_twice_but_a_mistake_can_be_undone(person: Callable[..., Person], source: Source) -> None:
    mai = person("a")
    first = Death.objects.create(person=mai, source=source, died_on=day("2026-05-05"), recorded_at=NOW)

    def again() -> Death:
        return Death.objects.create(person=mai, source=source, died_on=day("2026-05-06"), recorded_at=LATER)

    refused("nobody_dies_twice", again)
    Death.objects.filter(pk=first.pk).update(superseded_at=LATER)
    again()


def test_rows_stand_and_are_superseded_once(person: Callable[..., Person], source: Source) -> None:
    mai = person("a")
    fact = Fact.objects.create(person=mai, source=source, fact=14, value=1, **span("2026-01-01"))
    here = Fact.objects.filter(pk=fact.pk)
    refused("register_rows_stand", lambda: here.update(value=0))
    refused("register_rows_stand", lambda: here.update(value=0, superseded_at=LATER))
    here.update(superseded_at=LATER)
    refused("register_rows_stand", lambda: here.update(superseded_at=LATER + dt.timedelta(days=1)))
    refused("register_rows_stand", lambda: here.update(superseded_at=None))


@pytest.mark.parametrize("model", [Fact, SensitiveFact, Member, Relation, Death, Person, Household, Source])
def test_the_application_deletes_nothing(model: type[models.Model]) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"delete from {model._meta.db_table}")


def test_keys_without_a_constraint_are_checked_all_the_same(
    person: Callable[..., Person], source: Source
) -> None:
    mai = person("a")
    for wrong in ({"person_id": 0}, {"source_id": 0}, {"document_id": 0}):
        with pytest.raises(DatabaseError, match="no such row"), constraints.speaking():
            Fact.objects.create(
                **{"person_id": mai.pk, "source_id": source.pk, **wrong},
                fact=14,
                value=1,
                **span("2026-01-01"),
            )
    with pytest.raises(DatabaseError, match="no such row"), constraints.speaking():
        Person.objects.create(key="b", source_id=0, name="", folded="", sex="F")
    assert not Document.objects.exists()
