"""One checked condition, several engines: one person asked alone = asked in a frame = asked in PostgreSQL."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.kernel.time import Month, years_before
from ansinh.rulebook.assess import assess_one, evaluated_days, read_person
from ansinh.rulebook.engines import postgres
from ansinh.rulebook.engines.person import test as person_test
from ansinh.rulebook.law import MonthLaw, load
from ansinh.rulebook.screen import screen
from tests.rulebook.people import people

MONTHS = ("2025-07", "2026-06", "2026-08", "2026-11")
CHILD = pl.List(pl.Struct({"born": pl.String, "studying": pl.Boolean}))


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    texts = dict.fromkeys(("born", "sex", "province", "former_province"), pl.String)
    lists = {"receiving": pl.List(pl.String), "disability_kinds": pl.List(pl.String)}
    frame = pl.DataFrame(
        rows, schema_overrides={**texts, **lists, "children": CHILD}, infer_schema_length=None
    )
    exact = pl.element().struct.field("born").str.len_chars() == 10
    born = pl.when(exact).then(pl.element().struct.field("born")).str.to_date()
    children = pl.col("children").list.eval(
        pl.struct(born.alias("born"), pl.element().struct.field("studying"))
    )
    return frame.drop("month").with_columns(children)


def _with_exact_children(row: dict[str, Any]) -> dict[str, Any]:
    """Files know children's births as dates: a birth known by year is no date."""
    if row["children"]:
        exact = [{**c, "born": c["born"] if len(c["born"]) == 10 else None} for c in row["children"]]
        return {**row, "children": exact}
    return row


@pytest.mark.parametrize("month", MONTHS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_file_is_answered_as_each_of_its_people_would_be(
    data: st.DataObject, month: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = data.draw(st.lists(people(month), min_size=5, max_size=60))
    rows = [{**_with_exact_children(row), "id": number} for number, row in enumerate(rows)]
    folder = tmp_path_factory.mktemp("screen")
    _frame(rows).write_parquet(folder / "people.parquet")
    summary = screen([folder / "people.parquet"], Month.parse(month), folder / "out", rows=37)
    answers = pl.read_parquet(folder / "out" / "people.parquet")
    outcomes = _outcomes(folder / "out")
    assert summary.people == len(rows)
    for row, answer in zip(rows, answers.iter_rows(named=True), strict=True):
        alone = assess_one({name: value for name, value in row.items() if value is not None})
        together = outcomes[answer["outcome"]]
        assert together["entitlements"] == alone["entitlements"]
        assert answer["total_vnd"] == alone["total_vnd"]
        assert together["unknown"] == [f["category"] for f in alone["findings"] if f["met"] is None]


def _outcomes(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "outcomes.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.django_db
@pytest.mark.parametrize("month", MONTHS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_postgresql_tells_every_condition_as_python_does(data: st.DataObject, month: str) -> None:
    law = load().month(Month.parse(month))
    for row in data.draw(st.lists(people(month), min_size=1, max_size=4)):
        person = read_person({**row, "month": month})
        for facts in evaluated_days(person, law):
            expected = [person_test(tree)(facts.values, facts.day) for tree in law.conditions]
            assert _in_postgresql(law, facts.values, facts.day) == expected


def _in_postgresql(law: MonthLaw, values: Any, day: dt.date) -> list[bool | None]:
    def column(name: str) -> str:
        count, _, end = name.rpartition("_")
        if end in ("min", "max") and count in {c.name for c in law.counts}:
            number = values.get(count, (0, None))[0 if end == "min" else 1]
            return "null::int" if number is None else str(number)
        return _literal(name, values.get(name))

    told = [
        postgres.sql(tree, column=column, cutoff=lambda years: f"date '{years_before(day, years)}'")
        for tree in law.conditions
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(told)}")
        return list(cursor.fetchone())


def _literal(name: str, value: Any) -> str:
    from ansinh.rulebook.facts import vocabulary

    if name == "born":
        return f"'{value}'::date" if value else "null::date"
    if name == "sex":
        return f"'{value}'::text" if value else "null::text"
    if name in vocabulary() and vocabulary()[name].kind == "bool":
        return "null::boolean" if value is None else str(bool(value)).lower()
    return "null::bigint" if value is None else f"{int(value)}::bigint"
