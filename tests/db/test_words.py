"""Constraints speak, locks wait or refuse, partitions keep what they promise."""

import threading
from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from ansinh.db import bulk, constraints, locks, schema
from ansinh.kernel.refusal import Refusal

constraints.say("test_never_negative", message="Số tiền không thể âm.", basis="Điều 4", remedy="Xem lại.")
BUSY = Refusal("Đang có lần chạy khác.", "", "Đợi lần chạy kia xong.")


@pytest.mark.django_db
def test_a_broken_constraint_says_its_words_and_undoes_its_block_only() -> None:
    bulk.run("create temporary table t (n int constraint test_never_negative check (n >= 0), m int not null)")
    bulk.run("insert into t values (1, 1)")
    with pytest.raises(Refusal) as refusal, constraints.speaking():
        bulk.run("insert into t values (2, 2)")
        bulk.run("insert into t values (-1, 3)")
    assert (refusal.value.message, refusal.value.basis) == ("Số tiền không thể âm.", "Điều 4")
    assert count("t") == 1
    with pytest.raises(IntegrityError), constraints.speaking():
        bulk.run("insert into t values (1, null)")


@pytest.mark.django_db
def test_a_trigger_joins_in() -> None:
    with pytest.raises(Refusal, match="âm"), constraints.speaking():
        bulk.run(
            "do $$ begin raise exception 'x' using errcode = 'integrity_constraint_violation',"
            " constraint = 'test_never_negative'; end $$"
        )


def test_a_lock_held_elsewhere_is_refused(committing: str) -> None:
    mine = locks.key("payroll:01:2024-01")
    with psycopg.connect(committing) as other:
        other.execute("select pg_advisory_xact_lock(%s)", [mine])
        with pytest.raises(Refusal, match="lần chạy khác"), locks.held_or_refused(mine, BUSY):
            pass
        with pytest.raises(Refusal), transaction.atomic():
            locks.hold_or_refuse(mine, BUSY)
    with locks.held_or_refused(mine, BUSY), transaction.atomic():
        locks.hold_or_refuse(mine, BUSY)
    with psycopg.connect(committing) as other:
        assert other.execute("select pg_try_advisory_xact_lock(%s)", [mine]).fetchone() == (True,)


def test_a_determination_waits_for_writers_of_the_register(committing: str) -> None:
    """What was stamped before the lock was had is committed; what comes after is later."""
    order: list[str] = []
    with psycopg.connect(committing) as writer:
        writer.execute("select pg_advisory_xact_lock_shared(%s)", [locks.REGISTER_LOCK])

        def determine() -> None:
            with psycopg.connect(committing) as reader:
                reader.execute("select pg_advisory_xact_lock(%s)", [locks.REGISTER_LOCK])
                order.append("determined")

        thread = threading.Thread(target=determine)
        thread.start()
        thread.join(0.3)
        order.append("written")
        writer.commit()
        thread.join(10)
    assert order == ["written", "determined"]


def test_month_partitions_are_append_only_for_the_application(committing: str) -> None:
    with psycopg.connect(committing) as owner:
        owner.execute(
            "create table ledger (month date not null, n int, unique (month, n)) partition by range (month)"
        )
        for operation in (
            schema.make_month_partitions("ledger", date(2024, 11, 1), date(2025, 2, 1)),
            schema.revoke_changes("ledger"),
        ):
            for statement in [operation.sql] if isinstance(operation.sql, str) else operation.sql:
                owner.execute(statement)  # type: ignore[arg-type]
        names = owner.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'ledger'::regclass"
        )
        assert sorted(name for (name,) in names) == [
            "ledger_2024_11",
            "ledger_2024_12",
            "ledger_2025_01",
            "ledger_2025_02",
        ]
    bulk.run("insert into ledger values ('2024-12-01', 1), ('2025-02-01', 1)")
    assert count("ledger") == 2
    for forbidden in (
        "update ledger set n = 2",
        "delete from ledger",
        "truncate ledger",
        "delete from ledger_2024_12",
        "insert into ledger_2024_12 values ('2024-12-01', 2)",
    ):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            bulk.run(forbidden)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) from "{table}"')
        (number,) = cursor.fetchone()
    return int(number)
