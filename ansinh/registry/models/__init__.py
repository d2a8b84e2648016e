"""Persons, households, what ties them, and the dated facts the law asks about (đối tượng, hộ, dữ kiện).

Two times in every dated row: `valid_from` … `valid_to` (half-open; no end: still so) is when it was true;
`recorded_at` … `superseded_at` is when the register said so. Rows are never changed: a correction supersedes
the row and writes another. Triggers (migration `0002`) keep what no constraint can: that nothing overlaps,
that rows stand, and, set-based instead of row by row, that keys without a constraint of their own exist.

Big tables put long columns first, so that rows pack tightly.
"""

from ansinh.registry.models.attachments import Attachment
from ansinh.registry.models.dated import Privacy
from ansinh.registry.models.doubles import Double, Merge, Opinion, Whereabouts
from ansinh.registry.models.facts import Fact, HouseholdFact, SensitiveFact
from ansinh.registry.models.households import Household, HouseholdResidence, Member
from ansinh.registry.models.people import Death, Person, Relation
from ansinh.registry.models.sources import Document, Source
from ansinh.registry.models.transfers import Answer, Transfer

__all__ = [
    "Answer",
    "Attachment",
    "Death",
    "Document",
    "Double",
    "Fact",
    "Household",
    "HouseholdFact",
    "HouseholdResidence",
    "Member",
    "Merge",
    "Opinion",
    "Person",
    "Privacy",
    "Relation",
    "SensitiveFact",
    "Source",
    "Transfer",
    "Whereabouts",
]
