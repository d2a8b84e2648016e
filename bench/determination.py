"""The law asked of frames in memory: persons a second, memory above the input."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from ansinh.kernel.time import Month
from ansinh.rulebook.frames import Asked
from ansinh.rulebook.law import load
from bench import people
from bench.measure import Goal, Section, Timing, apart, forget_peak, peak

MONTHS = ("2026-11", "2026-06")
SIZES = ((203_733, "BENEFICIARIES"), (3_500_000, "BENEFICIARIES"), (20_000_000, "POPULATION"))
GOAL_PER_SECOND = 10_000_000
GOAL_MEMORY = 1 << 30

NOTES = """
Coded columns as `ansinh.rulebook.frames.Asked.answer` reads them (about 40 bytes a person): all facts,
grants already held, children, province now and before 7/2025. A third of the facts that a register would
hold of somebody, and that are not what their grant rests on, are hidden, one by one and at random: more
different situations meet than in a real register.

Seconds are those of a new `Asked` in a process that has asked this law before (what the law answered is
remembered by the process); the first time, with nothing remembered, stands beside. Reading the instruments
(0.1 s) is not counted.
"""


def measure(scale: float = 1) -> Section:
    """Ask both months of all sizes, each in a process of its own."""
    rows, goals = [], []
    for size, kinds in SIZES:
        for month in MONTHS:
            found = apart(one, size=round(size * scale), kinds=kinds, month=month)
            speed = found["size"] / found["warm"]["median"]
            rows.append(
                [
                    f"{found['size']:,}", kinds.lower(), month, f"{found['warm']['median']:.3f}",
                    f"{speed / 1e6:.1f} M", f"{found['warm']['cpu']:.2f}", f"{found['cold']:.2f}",
                    f"{found['above'] / 2**20:,.0f} MiB", f"{found['profiles']:,}", f"{found['outcomes']:,}",
                ]
            )  # fmt: skip
            if size >= 3_500_000:
                what = f"determination alone, {found['size']:,} persons, {month}"
                met = speed >= GOAL_PER_SECOND and found["above"] <= GOAL_MEMORY
                measured = f"{speed / 1e6:.1f} M persons/s, {found['above'] / 2**20:,.0f} MiB above the input"
                goals.append(Goal(what, "≥ 10 M persons/s, ≤ 1 GiB above the input", measured, met))
    return Section(
        name="determination",
        title="Determination alone: the whole rulebook, three-valued, frames in memory",
        head=[
            "persons", "kinds", "month", "seconds (median of 7)", "persons/s", "CPU s", "first time, s",
            "memory above input", "distinct situations", "distinct answers",
        ],
        rows=rows,
        goals=goals,
        notes=NOTES,
    )  # fmt: skip


def one(size: int, kinds: str, month: str, repeats: int = 7) -> dict[str, Any]:
    """Ask one month of one frame: cold once, then as often as told."""
    asked_for = Month.parse(month)
    frame = people.frame(size, asked_for, getattr(people, kinds))
    law = load().month(asked_for)
    before = forget_peak()
    start = time.perf_counter()
    asked = Asked(law)
    asked.answer(frame)
    cold = time.perf_counter() - start
    timing = Timing()
    for _ in range(repeats):
        asked = Asked(law)
        timing.add(partial(asked.answer, frame))
    return {
        "size": size,
        "cold": cold,
        "warm": timing.told(),
        "above": peak() - before,
        "profiles": asked.signatures,
        "outcomes": len(asked.outcomes),
    }
