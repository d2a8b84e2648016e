"""Everything that can happen to the register (đối tượng, hộ, dữ kiện)."""

from ansinh.registry.operations.loading import Loaded, grants_of, load_register
from ansinh.registry.operations.recording import (
    confirm_commune,
    record_death,
    record_fact,
    record_household_fact,
    undo_death,
)

__all__ = [
    "Loaded",
    "confirm_commune",
    "grants_of",
    "load_register",
    "record_death",
    "record_fact",
    "record_household_fact",
    "undo_death",
]
