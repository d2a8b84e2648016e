"""The planner learns of many rows as soon as they are committed."""

import pytest
from django.db import connections, transaction

from ansinh.db import bulk


def known_rows(table: str) -> float:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select reltuples from pg_class where relname = %s", [table])
        return float(cursor.fetchone()[0])


def known_columns(table: str) -> set[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select attname from pg_stats where tablename = %s", [table])
        return {column for (column,) in cursor.fetchall()}


@pytest.mark.parametrize(("rows", "learns"), [(bulk.MANY, True), (bulk.MANY - 1, False)])
def test_the_planner_looks_again_when_many_rows_are_committed(
    committing: str, rows: int, learns: bool
) -> None:
    table = "determinations_answer_2026_11"
    before = known_rows(table)
    with transaction.atomic():
        written = bulk.run(
            "insert into determinations_answer (month, run_id, person_id, no) "
            "select date '2026-11-01', 1, n, 0 from generate_series(1, %s) n",
            [rows],
        )
        bulk.renew_statistics(table, rows=written)
        assert known_rows(table) == before, "not before it is committed"
    assert known_rows(table) == (rows if learns else before)


def test_the_planner_learns_of_the_keys_alone(committing: str) -> None:
    table = "determinations_answer_2026_12"
    with transaction.atomic():
        written = bulk.run(
            "insert into determinations_answer (month, run_id, person_id, no) "
            "select date '2026-12-01', 1, n, 0 from generate_series(1, %s) n",
            [bulk.MANY],
        )
        bulk.renew_statistics(table, rows=written, keys=("person_id", "month"))
    assert (known_rows(table), known_columns(table)) == (bulk.MANY, {"person_id", "month"})
