"""Questions to the register (đối tượng, hộ, dữ kiện)."""

from ansinh.registry.queries.frame import facts_frame, packed_frame, person_span
from ansinh.registry.queries.matching import Asked, Likely, asked_of, bearer, likely, matches_sql, weigh
from ansinh.registry.queries.people import (
    elsewhere_sql,
    entry_days,
    members,
    merged_sql,
    near,
    needs_confirmation,
    secrets_of,
    visible_to,
)

__all__ = [
    "Asked",
    "Likely",
    "asked_of",
    "bearer",
    "elsewhere_sql",
    "entry_days",
    "facts_frame",
    "likely",
    "matches_sql",
    "members",
    "merged_sql",
    "near",
    "needs_confirmation",
    "packed_frame",
    "person_span",
    "secrets_of",
    "visible_to",
    "weigh",
]
