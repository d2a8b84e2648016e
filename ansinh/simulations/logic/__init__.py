"""What two laws give the same people, compared and carried on for years: frames and sums, no database."""

from ansinh.simulations.logic.ageing import HORIZON, Pair, costs
from ansinh.simulations.logic.asking import Cases, Told, ask, cases, changed_laws
from ansinh.simulations.logic.comparing import (
    AGE_EDGES,
    KEPT_APART,
    Compared,
    Found,
    compare,
    in_order,
    sum_up,
    tell,
)
from ansinh.simulations.logic.people import People, births, together

__all__ = [
    "AGE_EDGES",
    "HORIZON",
    "KEPT_APART",
    "Cases",
    "Compared",
    "Found",
    "Pair",
    "People",
    "Told",
    "ask",
    "births",
    "cases",
    "changed_laws",
    "compare",
    "costs",
    "in_order",
    "sum_up",
    "tell",
    "together",
]
