"""What two laws give the same people, compared and carried on for years: frames and sums, no database."""

from ansinh.simulations.logic.ageing import HORIZON, Pair, costs
from ansinh.simulations.logic.asking import Cases, Told, ask, cases, changed_laws
from ansinh.simulations.logic.comparing import KEPT_APART, Found, compare
from ansinh.simulations.logic.people import People

__all__ = [
    "HORIZON",
    "KEPT_APART",
    "Cases",
    "Found",
    "Pair",
    "People",
    "Told",
    "ask",
    "cases",
    "changed_laws",
    "compare",
    "costs",
]
