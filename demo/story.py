"""The story of two provinces: which months are run, on which days."""

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
