"""Files of people from the command line, without a database."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from click.testing import CliRunner

from ansinh.determinations.commands import assess, screen

GOOD = {"id": "a", "month": "2026-11", "born": "1946-01-01", "province": "15", "household_poverty": "NONE",
        "pension": False, "insurance_allowance": False}  # fmt: skip


def test_a_file_is_answered_line_by_line_and_a_bad_line_makes_the_status_one(tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    lines = [GOOD, {**GOOD, "id": "b", "month": "13/2026"}, {**GOOD, "id": "c", "pension": True}]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    result = CliRunner().invoke(assess, [str(file)])
    first, bad, third = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 1
    assert first["total_vnd"] == 540_000
    assert (bad["line"], bad["field"], bad["id"]) == (2, "month", "b")
    assert third["total_vnd"] == 0


def test_what_is_no_text_does_not_stop_the_file(tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_bytes(b'\xff\xfe{"id"\n' + json.dumps(GOOD).encode())
    result = CliRunner().invoke(assess, [str(file)])
    assert [("error" in json.loads(line)) for line in result.stdout.splitlines()] == [True, False]


def test_parquet_files_are_screened_into_answers_outcomes_and_a_summary(tmp_path: Path) -> None:
    people = pl.DataFrame([{k: v for k, v in GOOD.items() if k != "month"}] * 3)
    for name in ("one", "two"):
        people.write_parquet(tmp_path / f"{name}.parquet")
    out = tmp_path / "out"
    arguments = [str(tmp_path / "*.parquet"), "--month", "2026-11", "--out", str(out), "--json"]
    result = CliRunner().invoke(screen, arguments)
    summary = json.loads(result.stdout)
    assert (summary["files"], summary["people"], summary["entitled"]) == (2, 6, 6)
    assert summary["total_vnd"] == 6 * 540_000
    assert pl.read_parquet(out / "one.parquet")["total_vnd"].to_list() == [540_000] * 3
    assert json.loads((out / "summary.json").read_text("utf-8"))["by_category"]["SP75"]["people"] == 6


def test_a_column_nobody_knows_is_refused_by_name(tmp_path: Path) -> None:
    pl.DataFrame({"id": [1], "salary": [3]}).write_parquet(tmp_path / "people.parquet")
    arguments = [str(tmp_path / "*.parquet"), "--month", "2026-11", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(screen, arguments)
    assert "salary" in str(result.exception)
