"""The law asked of files: 100 million persons in Parquet, one person explained, a million lines."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from shutil import rmtree
from statistics import median, quantiles
from typing import Any

from ansinh.kernel.time import Month
from ansinh.rulebook.assess import assess_lines, assess_one
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.screen import screen
from bench.measure import VAR, Goal, Section, Timing, apart, forget_peak, peak
from demo.screen import write_population

MONTH = Month(2026, 11)
PEOPLE = 100_000_000
LINES = 200_000
REPEATS = 5

SCREEN_NOTES = """
From files to files: reading Parquet (parts of 2 million, zstd, 20 columns of public facts, a third of the
optional ones unknown, made by `ansinh demo generate --screen`), asking, writing each person's answer and
the totals. With children: the lists of children that adults raise are counted in the same pass; parents
whose answer turns within the month with a child's birthday are asked one by one.
"""


def measure_screen(scale: float = 1) -> Section:
    """Screen a nation's people from Parquet parts."""
    people = round(PEOPLE * scale)
    rows, goals = [], []
    for children in (False, True):
        folder = VAR / f"people-{people}{'-children' if children else ''}"
        try:
            size = apart(_write, people=people, folder=str(folder), children=children)
            found = apart(_screen, folder=str(folder), repeats=REPEATS)
        finally:
            rmtree(folder, ignore_errors=True)
        seconds = found["timing"]["median"]
        rows.append(
            [
                f"{found['people']:,}", "yes" if children else "no", f"{size / 2**20:,.0f} MiB",
                f"{seconds:.1f}", f"{found['people'] / seconds / 1e6:.1f} M",
                f"{found['timing']['cpu']:.1f}", f"{found['peak'] / 2**20:,.0f} MiB",
                f"{found['signatures']:,}", f"{found['outcomes']:,}",
            ]
        )  # fmt: skip
        if not children:
            goals.append(
                Goal(f"{people:,} persons from Parquet", "≤ 30 s", f"{seconds:.1f} s", seconds <= 30)
            )
    return Section(
        name="screen",
        title="A nation from Parquet files: `ansinh screen`",
        head=[
            "persons", "with children", "files", "seconds (median of 5)", "persons/s", "CPU s", "peak memory",
            "distinct situations", "distinct answers",
        ],
        rows=rows,
        goals=goals,
        notes=SCREEN_NOTES,
    )  # fmt: skip


def _write(people: int, folder: str, children: bool) -> int:
    return sum(
        path.stat().st_size for path, _ in write_population(people, Path(folder), seed=1, children=children)
    )


def _screen(folder: str, repeats: int) -> dict[str, Any]:
    paths, out = sorted(Path(folder).glob("*.parquet")), Path(folder) / "out"
    forget_peak()
    timing = Timing()
    for _ in range(repeats):
        summary = timing.add(lambda: screen(paths, MONTH, out))
    return {
        "people": summary.people,
        "timing": timing.told(),
        "peak": peak(),
        "signatures": summary.signatures,
        "outcomes": summary.outcomes,
    }


def measure_assess(scale: float = 1) -> Section:
    """Explain one person; answer a million lines."""
    found = apart(_assess, lines=round(LINES * scale))
    one = found["one"]
    rows = [
        ["one person explained, warm", f"{one['median']:.2f} ms (99 of 100 within {one['p99']:.2f} ms)"],
        [f"{found['lines']:,} lines of `ansinh assess`", f"{found['lines'] / found['seconds']:,.0f} lines/s"],
        ["memory at the first tenth of the lines", f"{found['early'] / 2**20:,.0f} MiB"],
        ["memory at the end", f"{found['late'] / 2**20:,.0f} MiB"],
    ]
    goal = Goal("one person explained, warm", "≤ 10 ms", f"{one['median']:.2f} ms", one["median"] <= 10)
    grown = found["late"] - found["early"]
    told = f"grew by {grown / 2**20:,.0f} MiB over the last nine tenths of {found['lines']:,} lines"
    bounded = Goal("a million lines in bounded memory", "bounded", told, grown <= 100 << 20)
    return Section(
        name="assess",
        title="One person, and a file of lines: `ansinh assess`",
        head=["what", "measured"],
        rows=rows,
        goals=[goal, bounded],
        notes="Random facts, a third unknown; every category of the month with its reasons in Vietnamese.",
    )


def _assess(lines: int) -> dict[str, Any]:
    rng = random.Random(1)
    people = [_person(rng, number) for number in range(2000)]
    for person in people[:200]:
        assess_one(person)
    seconds = []
    for person in people:
        start = time.perf_counter()
        assess_one(person)
        seconds.append(time.perf_counter() - start)
    start, early = time.perf_counter(), 0
    told = (json.dumps(_person(rng, number)) for number in range(lines))
    for number, (answer, _) in enumerate(assess_lines(told)):
        json.dumps(answer, ensure_ascii=False)
        if number == lines // 10:
            early = forget_peak()
    return {
        "one": {"median": median(seconds) * 1000, "p99": quantiles(seconds, n=100)[98] * 1000},
        "lines": lines,
        "seconds": time.perf_counter() - start,
        "early": early,
        "late": forget_peak(),
    }


def _person(rng: random.Random, number: int) -> dict[str, Any]:
    person: dict[str, Any] = {
        "id": number,
        "month": str(MONTH),
        "born": f"{rng.randint(1930, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "province": rng.choice(["01", "15", "22", "31", "38", "79"]),
        "receiving": rng.choice([[], ["C6S"], ["SP75"], ["C1"]]),
        "children": [{"born": f"{rng.randint(2008, 2025)}-05-05", "studying": True}] * rng.randint(0, 2),
    }
    for name, fact in vocabulary().items():
        values = list(fact.values)
        drawn: dict[str, Any] = {
            "bool": rng.random() < 0.2,
            "enum": rng.choice(values or [""]),
            "set": rng.sample(values, min(len(values), rng.randint(0, 2))),
            "money": rng.randint(300, 900) * 1000,
        }
        if rng.random() > 1 / 3:
            person[name] = drawn[fact.kind]
    return person
