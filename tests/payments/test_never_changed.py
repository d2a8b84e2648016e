"""What the database itself promises about booked money (sổ chi trả)."""

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ansinh.payments.models import Kind, Line, Payroll, Posting, Roll
from tests.payments import world
from tests.payments.world import JULY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]


def paid() -> Line:
    here = world.make()
    world.taken_over(here.person())
    here.open()
    here.pay(JULY)
    return Line.objects.get()


def refused(statement: str, *values: Any, because: str) -> None:
    with pytest.raises(DatabaseError, match=because), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("set constraints all immediate")


def copied(**other: object) -> str:
    """An INSERT of the one booked line with some columns otherwise."""
    names = [str(field.column) for field in Line._meta.concrete_fields]
    values = [f"{other[name]}" if name in other else name for name in names]
    return f"insert into payments_line ({', '.join(names)}) select {', '.join(values)} from payments_line"


@pytest.mark.parametrize(
    "statement",
    [
        "update payments_line set amount_vnd = 1",
        "delete from payments_line",
        "truncate payments_line",
        "select * from payments_line_2026_07",
        "insert into payments_line_2026_07 select * from payments_line",
        "update payments_posting set amount_vnd = 0",
        "delete from payments_posting",
        "insert into payments_tally values (1, 1, 1, 0)",
        "update payments_tally set lines = 0",
        "update payments_account set opens = '2020-01-01'",
        "delete from payments_settlement",
        "update payments_roll set commune_name = 'x'",
        "drop table payments_line",
        "alter table payments_line disable trigger user",
    ],
)
def test_the_application_may_not(statement: str) -> None:
    paid()
    refused(statement, because="permission denied|must be owner")


def test_the_owner_does_not_slip_either() -> None:
    paid()
    for statement in (
        "update payments_line set amount_vnd = 1",
        "delete from payments_line_2026_07",
        "truncate payments_line",
    ):
        refused(f"set local role none; {statement}", because="never changed or deleted")


def test_nobody_is_booked_twice_for_a_month() -> None:
    paid()
    refused(
        copied(), because=r"duplicate key value violates unique constraint \"payments_line_2026_07_pkey\""
    )


def test_a_line_that_no_payroll_stands_for_is_refused_at_the_end() -> None:
    line = paid()
    refused(copied(seq="seq + 1"), because="payroll .* totals")
    refused(copied(seq="seq + 1", roll_id="roll_id + 1"), because="there is no roll")
    assert Line.objects.get().pk == line.pk


def test_a_line_is_a_subtraction_that_pays() -> None:
    paid()
    for wrong in (
        {"amount_vnd": "0", "owed_vnd": "booked_before_vnd"},
        {"amount_vnd": "amount_vnd + 1"},
        {"amount_vnd": "-1", "owed_vnd": "booked_before_vnd - 1"},
        {"kind": str(Kind.RECOVERY.value)},
        {"number": "null", "key": "null"},
    ):
        refused(copied(seq="1", **wrong), because="violates check constraint")


def test_postings_sum_to_zero_and_agree_with_the_lines() -> None:
    paid()
    payroll = Payroll.objects.get()
    with pytest.raises(DatabaseError, match="one_posting_per_payroll_and_account"), transaction.atomic():
        Posting.objects.create(payroll=payroll, account="PAYABLE", unit=payroll.unit, amount_vnd=1)
    draft = Payroll(
        run=payroll.run, unit=payroll.unit, months=(world.AUGUST.first, world.SEPTEMBER.first),
        first_month=world.AUGUST.first, on_date=payroll.on_date, known_at=payroll.known_at,
        release="", prepared_by=payroll.prepared_by, prepared_at=payroll.prepared_at, hash="0" * 64,
    )  # fmt: skip
    draft.save()
    for account, amount, because in (("FUNDING_SOURCE", -5, "sum to"), ("RECEIVABLE", 0, "")):
        with transaction.atomic():
            Posting.objects.create(payroll=draft, account=account, unit=draft.unit, amount_vnd=amount)
            if because:
                with pytest.raises(DatabaseError, match=because), transaction.atomic():
                    world.balanced()
            transaction.set_rollback(True)
    refused(
        "insert into payments_posting (payroll_id, unit_id, account, amount_vnd) "
        "values (%s, %s, 'PAYABLE', 5), (%s, %s, 'FUNDING_SOURCE', -5)",
        draft.pk, draft.unit_id, draft.pk, draft.unit_id,
        because="is not approved",
    )  # fmt: skip


def test_what_is_approved_stays() -> None:
    paid()
    payroll, roll = Payroll.objects.get(), Roll.objects.get()
    refused("update payments_payroll set on_date = '2020-01-01'", because="is approved")
    refused("update payments_payroll set status = 'DRAFT', approved_by_id = null", because="is approved")
    refused("delete from payments_payroll where id = %s", payroll.pk, because="is approved|still referenced")
    refused("delete from payments_roll where id = %s", roll.pk, because="is approved")


def test_a_payroll_cannot_be_called_approved_without_its_lines() -> None:
    here = world.make()
    world.taken_over(here.person())
    here.open()
    here.prepare(JULY)
    refused(
        "update payments_payroll set status = 'APPROVED', approved_by_id = %s, approved_at = '2026-11-01Z'",
        here.hanh.pk,
        because=r"lines 1/|lines 0/|totals",
    )


def test_partitions_are_there_for_ten_years() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'payments_line'::regclass"
        )
        names = sorted(re.sub(r"\D+", "", name) for (name,) in cursor.fetchall())
    assert (names[0], names[-1], len(names)) == ("202101", "203012", 120)
