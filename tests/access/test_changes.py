"""What is changed or deleted is kept by the database itself, whoever did it and by whatever way."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from ansinh.accounts import queries
from ansinh.db.actor import at_work
from ansinh.db.models import Change
from ansinh.grants.models import Grant, Recipient
from ansinh.payments.models import GroupTotal
from ansinh.registry import operations as registry
from ansinh.registry.models import Fact, Household, SensitiveFact
from tests.cast import AT
from tests.desk.world import Village

# What is being worked on, counted or derived, and made anew at will: not the record of anything.
WORKING = {
    "payments_draftline",
    "payments_payrollrun",
    "payments_progress",
}
DERIVED = {
    "registry_whereabouts",
    "registry_settled",
    "registry_unsettled",
    "registry_settling",
    "registry_sweep",
    "registry_touched",
    "grants_tally",
}


@pytest.mark.django_db
def test_every_table_that_can_change_keeps_its_history() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select relname from pg_class
               where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
                   and relname ~ '^(registry|grants|payments)_'
                   and (has_any_column_privilege('ansinh_app', oid, 'update')
                       or has_table_privilege('ansinh_app', oid, 'delete'))
                   and not exists (
                       select from pg_trigger where tgrelid = pg_class.oid and tgname = 'keep_update')
            """
        )
        silent = {row[0] for row in cursor.fetchall()} - WORKING - DERIVED
    assert silent == set(), (
        "give each `schema.keep_history(table)` in a migration; or name it in WORKING or DERIVED here, "
        "if what it holds is no record of anything"
    )


def test_a_superseded_fact_says_when_and_by_whom(village: Village) -> None:
    old = Fact.objects.get(person=village.son, fact=_number("disability"))
    registry.record_fact(
        person=village.son,
        fact="disability",
        value="EXTREME",
        valid_from=old.valid_from,
        by=village.actors.binh,
        at=AT,
    )
    (change,) = queries.changes_of("registry_fact", old.pk)
    assert (change.who, change.doing, list(change.before)) == (
        "Nguyễn Văn Bình",
        "ghi dữ kiện của người",
        ["superseded_at"],
    )
    assert change.before["superseded_at"] is None and change.after and change.after["superseded_at"]


def test_a_person_edited_by_hand_in_the_database_is_kept_too(village: Village) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update registry_household set code = 'BD-999' where code = 'BD-001'")
    home = Household.objects.get(code="BD-999")
    (change,) = queries.changes_of("registry_household", home.pk)
    assert (change.before, change.after) == ({"code": "BD-001"}, {"code": "BD-999"})
    assert change.who == "người vận hành hệ thống"


def test_a_row_without_a_number_of_its_own_is_kept_under_its_grants(village: Village) -> None:
    grant = Grant.objects.get(person=village.mai, ended_by=None)
    Recipient.objects.create(grant=grant, from_month=dt.date(2026, 7, 1), kind="AUTHORISED", name="Bà Lan")
    Recipient.objects.filter(grant=grant).update(name="Bà Liên")
    (change,) = queries.changes_of("grants_recipient", grant.pk)
    assert (change.before, change.after) == ({"name": "Bà Lan"}, {"name": "Bà Liên"})


def test_what_is_deleted_is_kept_as_it_was(village: Village) -> None:
    """Drafts may be replaced: their sums are told."""
    total = GroupTotal.objects.filter(roll__payroll__status="DRAFT").first()
    assert total is not None
    GroupTotal.objects.filter(pk=total.pk).delete()
    (change,) = queries.changes_of("payments_grouptotal", total.pk)
    assert (change.before["regular_vnd"], change.after) == (total.regular_vnd, None)


def test_a_statement_that_changes_nothing_leaves_nothing(village: Village) -> None:
    before = Change.objects.count()
    Household.objects.filter(code="BD-001").update(code="BD-001")
    assert Change.objects.count() == before


def test_the_officer_of_a_request_is_written_beside_the_change(village: Village, client: Client) -> None:
    home = Household.objects.get(code="BD-001")
    with at_work(village.actors.chau.pk):
        Household.objects.filter(pk=home.pk).update(code="BD-777")
    Household.objects.filter(pk=home.pk).update(code="BD-001")
    assert [change.who for change in queries.changes_of("registry_household", home.pk)] == [
        "Trần Thị Minh Châu",
        "người vận hành hệ thống",
    ]


def test_of_a_secret_fact_only_that_it_changed_is_kept(village: Village) -> None:
    secret = SensitiveFact.objects.get(person=village.hoa)
    with connection.cursor() as cursor:
        cursor.execute("update registry_sensitivefact set superseded_at = clock_timestamp()")
    change = Change.objects.get(table="registry_sensitivefact")
    assert (change.row, change.rows) == (None, [secret.pk])
    assert set(change.before) == set(change.after or {}) == {"superseded_at"}


def test_the_history_is_closed_to_the_application(village: Village) -> None:
    for statement in (
        "insert into db_change (at, transaction, \"table\", row, before) values (now(), 1, 'x', 1, '{}')",
        "update db_change set who = 1",
        "delete from db_change",
        "truncate db_change",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_what_is_undone_leaves_no_history(village: Village) -> None:
    before = Change.objects.count()
    with transaction.atomic():
        Household.objects.filter(code="BD-001").update(code="BD-555")
        transaction.set_rollback(True)
    assert Change.objects.count() == before


def _number(fact: str) -> int:
    from ansinh.rulebook.facts import vocabulary

    return vocabulary()[fact].id
