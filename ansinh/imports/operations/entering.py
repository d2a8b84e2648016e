"""Writing the judged rows of a list into the register and the grants (ghi sổ)."""

from __future__ import annotations

import datetime as dt

import polars as pl

from ansinh.accounts.models import User
from ansinh.db import bulk
from ansinh.geography.models import Unit
from ansinh.grants import operations as grants
from ansinh.grants.operations.take_over import COLUMNS as TAKE_OVER_COLUMNS
from ansinh.imports.logic import judged
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from ansinh.registry.models import Source
from ansinh.registry.operations.listing import PEOPLE


def enter(good: pl.DataFrame, *, unit: Unit, source: Source, by: User, at: dt.datetime) -> pl.DataFrame:
    """Enter who is new, with a home, and the facts that the rows imply; return the rows with their people."""
    entered = registry.enter_list(
        people=judged.newcomers(good).select(*PEOPLE),
        facts=judged.facts(good, "person"),
        household_facts=judged.facts(good, "household"),
        unit=unit,
        source=source,
        by=by,
        at=at,
    )
    return (
        good.join(entered.rename({"person_id": "entered_id"}), on="key", how="left", maintain_order="left")
        .with_columns(pl.coalesce("person_id", "entered_id").alias("person_id"))
        .drop("entered_id")
    )


def take_over(good: pl.DataFrame, *, month: Month, unit: Unit, by: User, at: dt.datetime) -> pl.DataFrame:
    """Take over who receives, at the amounts of the list; return the rows with their grants (`grant_id`)."""
    rows = good.filter("grants").with_columns(pl.lit(unit.code).alias("holding_code"))
    if rows.is_empty():
        return good.with_columns(pl.lit(None, pl.Int64).alias("grant_id"))
    columns = [name for name in TAKE_OVER_COLUMNS if name in rows.columns]
    grants.take_over(rows=rows.select(columns), month=month, unit=unit, at=at, by=by)
    bulk.temp_table("import_taken", rows.select("line", "person_id", "category"))
    found = bulk.read_frame(
        """
        select t.line, g.id from pg_temp.import_taken t
        join grants_grant g on g.person_id = t.person_id and g.category = t.category
            and g.ended_by_id is null""",
        None,
        {"line": pl.Int64, "grant_id": pl.Int64},
    )
    return good.join(found, on="line", how="left", maintain_order="left")
