"""The whole story at one hundredth: broken off in the middle, taken up again, told once more.

Every review shows exactly the lines it must, every planted error is found, every figure is the one worked out
beforehand.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from ansinh.kernel.time import Month
from demo.months import in_order
from tests.databases import ROOT

COMMAND = [sys.executable, "-m", "config.commands", "demo", "--scale", "0.01", "--json"]


def environment(url: str, folder: Path) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "ANSINH_VAR": str(folder)}


def broken_off_at(words: str, url: str, folder: Path, *, by: signal.Signals) -> None:
    """Run the demo until it says some words, then break it off: outright, or as somebody does at the keys."""
    with subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        env=environment(url, folder),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if words in line:
                process.send_signal(by)
                if by is signal.SIGINT:
                    assert "Hà Nội 2026-11" not in process.stderr.read(), "it went on to the end"
                assert process.wait() != 0
                return
    raise AssertionError(f"the demo never said: {words}")


def told(url: str, folder: Path) -> list[dict[str, Any]]:
    """Run the demo to its end."""
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=environment(url, folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def test_the_demo_shows_what_was_worked_out_beforehand_however_often_it_is_broken_off(
    fresh_database: str, tmp_path: Path
) -> None:
    broken_off_at("Tiếp nhận danh sách đang hưởng", fresh_database, tmp_path, by=signal.SIGKILL)
    broken_off_at("Hà Nội 2024-07: Ghi sổ", fresh_database, tmp_path, by=signal.SIGINT)

    rows = told(fresh_database, tmp_path)

    assert [row["on"] for row in rows] == [step.on.isoformat() for _, step in in_order()]
    for row in rows:
        assert row["differences"] == [], f"{row['province']} {row['months']}"
        assert (row["missed"], row["extra"]) == (0, 0)
        assert sum(row["review"].values()) > 0
        assert all(found == planted for found, planted in row["errors"].values())
    first, lao_cai = rows[0], next(row for row in rows if row["province"] == "Lào Cai")
    assert first["people"] == 2_037
    assert lao_cai["people"] == 642
    assert set(first["errors"]) == {"DEAD_PAID", "NOT_GRANTED", "NEW_ORPHAN", "WRONG_LEVEL"}
    october = [row for row in rows if row["months"] == str(Month(2026, 10))]
    assert all(row["arrears_vnd"] == row["plain_vnd"] > 0 for row in october)

    again = told(fresh_database, tmp_path)

    assert [(row["hash"], row["total_vnd"]) for row in again] == [
        (row["hash"], row["total_vnd"]) for row in rows
    ]
    assert all(row["differences"] == [] for row in again)
