"""Frames go into PostgreSQL and come back unchanged."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from django.db import transaction

from ansinh.db import bulk

FRAME = pl.DataFrame(
    {
        "n": [1, None, -3],
        "flag": [True, None, False],
        "day": [date(2026, 11, 1), None, date(1931, 2, 3)],
        "coefficient": [Decimal("1.50"), None, Decimal("2.00")],
        "text": ["Đặng Thị Ơn", "", None],
        "quoted": ['a "b", c', "x\ny", "\\N"],
        "at": [datetime(2026, 10, 6, 1, 2, 3, 4, tzinfo=UTC), None, None],
    },
    schema_overrides={"coefficient": pl.Decimal(10, 2), "at": pl.Datetime("us", "UTC")},
)


@pytest.mark.django_db
def test_a_frame_comes_back_as_it_went_in() -> None:
    bulk.temp_table("frame", FRAME)
    back = bulk.read_frame("select * from frame order by n nulls first", None, FRAME.schema)
    assert back.rows() == FRAME.sort("n", nulls_last=False).rows()


@pytest.mark.django_db
def test_a_temporary_table_replaces_one_of_the_same_name() -> None:
    bulk.temp_table("frame", FRAME)
    bulk.temp_table("frame", FRAME.head(1))
    assert bulk.read_frame("select count(*) from frame", None, {"n": pl.Int64}).item() == 1


@pytest.mark.django_db
def test_no_row_comes_back_as_an_empty_frame() -> None:
    back = bulk.read_frame("select 1 where %s > 2", [1], {"n": pl.Int64})
    assert back.shape == (0, 1)


@pytest.mark.django_db
def test_the_application_may_not_make_tables() -> None:
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        bulk.run("create table t (n int)")


@pytest.mark.django_db
def test_settings_of_the_server_hold_for_a_while_and_are_then_as_before() -> None:
    def setting() -> str:
        return str(
            bulk.read_frame("select current_setting('enable_nestloop')", None, {"on": pl.String}).item()
        )

    assert setting() == "on"
    with bulk.with_settings({"enable_nestloop": "off", "work_mem": "256MB"}):
        assert setting() == "off"
    assert setting() == "on"
