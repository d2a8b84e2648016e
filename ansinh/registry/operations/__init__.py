"""Everything that can happen to the register (đối tượng, hộ, dữ kiện)."""

from ansinh.registry.operations.doubles import Met, check_entry, find_doubles
from ansinh.registry.operations.loading import Loaded, grants_of, load_register
from ansinh.registry.operations.merging import merge, say_different, unmerge
from ansinh.registry.operations.recording import (
    confirm_commune,
    record_death,
    record_fact,
    record_household_fact,
    undo_death,
)

__all__ = [
    "Loaded",
    "Met",
    "check_entry",
    "confirm_commune",
    "find_doubles",
    "grants_of",
    "load_register",
    "merge",
    "record_death",
    "record_fact",
    "record_household_fact",
    "say_different",
    "undo_death",
    "unmerge",
]
