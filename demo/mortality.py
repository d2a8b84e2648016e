"""When people die: at the rates of their age, never in a month in which something else changes."""

from __future__ import annotations

import numpy as np

from demo import days
from demo.anchors import END, YEAR
from demo.chance import Chance
from demo.days import NEVER
from demo.groups import Plan

LIMITS = (60, 70, 75, 80)
"""The ages of elders at which an answer may change."""

_RATES = ((0, 0.011), (60, 0.018), (70, 0.030), (75, 0.045), (80, 0.075), (85, 0.12), (90, 0.20))


def die(plan: Plan, chance: Chance, columns: dict[str, np.ndarray]) -> None:
    """Let people die at the rates of their age (a year), after the opening months."""
    rng = chance.stream("deaths")
    opens, last = days.number(plan.opens.first), days.number(plan.quiet_until.last)
    mortal = np.flatnonzero(columns["mortal"] & (columns["died"] == NEVER) & (columns["household"] >= 0))
    age = (opens - columns["born"][mortal]) / YEAR
    bands = np.searchsorted([low for low, _ in _RATES], age, side="right") - 1
    years = rng.exponential(1 / np.asarray([rate for _, rate in _RATES])[bands])
    died = last + 1 + (years * YEAR).astype(np.int64)
    mortal, died = mortal[died <= END], died[died <= END]
    # Who dies in a month in which something else changes dies after it: one month, one change.
    for column in ("disability_day", "supporter_day"):
        other = columns[column][mortal]
        died = np.where(days.month_first(other) == days.month_first(died), np.maximum(died, other), died)
    for years_old in LIMITS:
        other = days.birthday(columns["born"][mortal], years_old)
        died = np.where(days.month_first(other) == days.month_first(died), np.maximum(died, other), died)
    columns["died"][mortal] = died
    known = columns["died"] < NEVER
    later = columns["died"][known] + rng.integers(0, 7, int(known.sum()))
    columns["death_known"][known] = np.minimum(later, END)
