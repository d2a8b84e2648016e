"""docs/benchmarks.md, from what the benchmarks found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.measure import ROOT, Goal, Section

RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
PLAN = ROOT / "docs" / "registry-plan.md"

_HEAD = """# Figures

Written by `make bench`; `make bench BENCH=determination` measures one part again and leaves the others as
they were. `make bench ARGS="--scale 0.01"` tries the benchmarks on few people and writes nothing. No test
asserts a time: these figures are for people to read. Seconds are medians by the clock on the wall; "load" is
what else the machine was doing. What each part found last is kept in `bench/results`, also when other parts
were measured on another machine. Generated people lie in `var/bench` and are deleted afterwards.
"""

_PLAN = """# How the facts of a province are read

Written by `make bench BENCH=nation`: the plan of the one query behind a month
(`registry.queries.packed_frame`), as PostgreSQL ran it for the first province of a register of the nation's
beneficiaries and their households. Everything lies in the order of persons and is merged, so that nothing
grows with what is stored of other provinces; the temporary table `granted` is what the grants know.

{where}.

```
{plan}
```
"""


def keep(section: Section) -> None:
    """Keep what a benchmark found in the repository: other machines measure other parts."""
    told = json.dumps(section.told(), ensure_ascii=False, indent=1)
    (RESULTS / f"{section.name}.json").write_text(told + "\n", encoding="utf-8")


def write(names: Iterable[str]) -> None:
    """Write the page from the kept results, in the order of the names."""
    kept = [RESULTS / f"{name}.json" for name in names]
    sections = [_read(path) for path in kept if path.is_file()]
    goals = [goal for one in sections for goal in one.goals]
    text = "\n".join([_HEAD, "## The goals\n", _goals(goals), *(section(one) for one in sections)])
    PAGE.write_text(text, encoding="utf-8")
    for one in sections:
        if one.plan:
            where = "; ".join([*one.machine.values(), one.when, f"load {one.load}"])
            PLAN.write_text(_PLAN.format(where=where, plan=one.plan), encoding="utf-8")


def section(one: Section) -> str:
    """Write one section."""
    where = "; ".join([*one.machine.values(), one.when, f"load {one.load}"])
    return f"\n## {one.title}\n\n{_table(one.head, one.rows)}\n{where}.\n\n{one.notes.strip()}\n"


def _goals(goals: Sequence[Goal]) -> str:
    rows = [[goal.what, goal.goal, goal.measured, "yes" if goal.met else "**no**"] for goal in goals]
    return _table(["what", "goal", "measured", "met"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _read(path: Path) -> Section:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Section(**{**found, "goals": [Goal(**goal) for goal in found["goals"]]})
