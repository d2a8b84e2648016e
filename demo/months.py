"""The months of the story: which are run, on which days."""

from __future__ import annotations

import datetime as dt

from ansinh.kernel.time import Month
from demo.expected import Step

SEED = 2026

_TOGETHER = (
    Step(Month(2026, 7), dt.date(2026, 7, 6)),
    Step(Month(2026, 8), dt.date(2026, 8, 5)),
    Step(Month(2026, 9), dt.date(2026, 9, 7)),
    Step(Month(2026, 10), dt.date(2026, 10, 6), since=Month(2026, 7)),
    Step(Month(2026, 11), dt.date(2026, 11, 5)),
)
STEPS: dict[str, tuple[Step, ...]] = {
    # January and February 2024 are paid together before Tết (10/2/2024).
    "01": (
        Step(Month(2024, 1), dt.date(2024, 1, 22), also=(Month(2024, 2),)),
        Step(Month(2024, 7), dt.date(2024, 7, 5)),
        Step(Month(2025, 7), dt.date(2025, 7, 7)),
        *_TOGETHER,
    ),
    "15": (Step(Month(2025, 12), dt.date(2025, 12, 5)), *_TOGETHER),
}


def settled_before(code: str, step: Step) -> tuple[Month, ...]:
    """The months between a step and the one before it: nobody ran them, they are settled in one entry."""
    steps = STEPS[code]
    at = steps.index(step)
    if not at:
        return ()
    before = steps[at - 1]
    last = max((before.month, *before.also))
    return tuple(Month.range(last + 1, step.month - 1))


def in_order() -> list[tuple[str, Step]]:
    """Every step of both provinces, by the day it is taken."""
    steps = [(code, step) for code, steps in STEPS.items() for step in steps]
    return sorted(steps, key=lambda one: (one[1].on, one[0]))
