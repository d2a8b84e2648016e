"""A crowd that grows: columns of people, added by the batch, and the ties between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from demo.chance import Bools, Ints
from demo.days import ALWAYS, NEVER
from demo.groups import Kind

UNKNOWN = -1


class Poverty(IntEnum):
    """Codes of household_poverty."""

    NONE = 1
    NEAR_POOR = 2
    POOR = 3


class Parent(IntEnum):
    """Codes of father and mother."""

    ALIVE = 1
    DEAD = 2
    MISSING = 3
    IN_FACILITY = 4
    DETAINED = 5
    UNIDENTIFIED = 6


class Marital(IntEnum):
    """Codes of marital."""

    NEVER = 1
    MARRIED = 2
    DIVORCED = 3
    SPOUSE_DEAD = 4
    SPOUSE_MISSING = 5


class Supporter(IntEnum):
    """Codes of supporter."""

    NONE = 1
    ON_ALLOWANCE = 2
    UNABLE = 3
    ABLE = 4


class Carer(IntEnum):
    """Codes of carer."""

    NONE = 1
    FAMILY = 2
    TAKEN_IN = 3


class Disability(IntEnum):
    """Codes of disability."""

    NONE = 1
    MILD = 2
    SEVERE = 3
    EXTREME = 4


class Role(IntEnum):
    """Place in the household."""

    HEAD = 0
    SPOUSE = 1
    CHILD = 2
    PARENT = 3
    GRANDCHILD = 4
    RELATIVE = 5
    TAKEN_IN = 6


class Precision(IntEnum):
    """How well a birth is known."""

    DAY = 0
    MONTH = 1
    YEAR = 2


@dataclass(frozen=True, slots=True)
class _Column:
    dtype: type
    default: int | bool


COLUMNS: dict[str, _Column] = {
    "kind": _Column(np.int8, Kind.NONE),
    "granted": _Column(bool, False),
    "household": _Column(np.int64, UNKNOWN),
    "joined": _Column(np.int64, ALWAYS),
    "role": _Column(np.int8, Role.RELATIVE),
    "female": _Column(bool, False),
    "born": _Column(np.int64, 0),
    "precision": _Column(np.int8, Precision.DAY),
    "died": _Column(np.int64, NEVER),
    # the day on which the register learns of the death
    "death_known": _Column(np.int64, NEVER),
    "mortal": _Column(bool, False),
    # family: whose name they bear and of what people they are
    "family": _Column(np.int64, UNKNOWN),
    # facts, as the law is asked about them: a first value, and from a day another
    "disability": _Column(np.int8, UNKNOWN),
    "disability_later": _Column(np.int8, UNKNOWN),
    "disability_day": _Column(np.int64, NEVER),
    "certificate": _Column(np.int64, NEVER),
    "pension": _Column(np.int8, UNKNOWN),
    "supporter": _Column(np.int8, UNKNOWN),
    "supporter_later": _Column(np.int8, UNKNOWN),
    "supporter_day": _Column(np.int64, NEVER),
    "facility_qualified": _Column(np.int8, UNKNOWN),
    "carer": _Column(np.int8, UNKNOWN),
    "hiv": _Column(bool, False),
    "stable_income": _Column(np.int8, UNKNOWN),
    "marital": _Column(np.int8, UNKNOWN),
    "marital_later": _Column(np.int8, UNKNOWN),
    "marital_day": _Column(np.int64, NEVER),
    "abandoned": _Column(bool, False),
    "father": _Column(np.int8, UNKNOWN),
    "father_later": _Column(np.int8, UNKNOWN),
    "father_day": _Column(np.int64, NEVER),
    "mother": _Column(np.int8, UNKNOWN),
    "mother_later": _Column(np.int8, UNKNOWN),
    "mother_day": _Column(np.int64, NEVER),
    # father, mother are declared facts (else they follow from the linked persons)
    "father_said": _Column(bool, False),
    "mother_said": _Column(bool, False),
    "study_until": _Column(np.int64, UNKNOWN),
    "imprisoned_from": _Column(np.int64, NEVER),
    "imprisoned_until": _Column(np.int64, NEVER),
    "in_facility": _Column(bool, False),
    "spouse_has_care_share": _Column(np.int8, UNKNOWN),
    "pregnant_from": _Column(np.int64, NEVER),
    "pregnant_until": _Column(np.int64, NEVER),
}
"""Every column and its default. Days count from 1/1/1970; −1 = not known (study_until: 0 = not studying)."""


class Crowd:
    """People of one province while they are being made."""

    def __init__(self) -> None:
        self.size = 0
        self._batches: list[dict[str, np.ndarray]] = []
        self.ties: dict[str, list[tuple[Ints, Ints, Ints]]] = {}

    def add(self, count: int, **columns: object) -> Ints:
        """Add people; a column not given takes its default. Returns their places in the crowd."""
        unknown = set(columns) - set(COLUMNS)
        if unknown:
            raise KeyError(f"no such column: {unknown}")
        batch: dict[str, np.ndarray] = {
            name: np.broadcast_to(np.asarray(columns.get(name, column.default)), (count,)).astype(
                column.dtype
            )
            for name, column in COLUMNS.items()
        }
        self._batches.append(batch)
        first, self.size = self.size, self.size + count
        return np.arange(first, self.size)

    def tie(self, kind: str, person: Ints, other: Ints, since: Ints | int = ALWAYS) -> None:
        """Say what `other` is to `person`: FATHER, MOTHER, SPOUSE, CARER, or who raises them (RAISED_BY)."""
        self.ties.setdefault(kind, []).append(
            (person, other, np.broadcast_to(np.asarray(since), person.shape))
        )

    def columns(self) -> dict[str, np.ndarray]:
        """Join the batches; from now on the columns are one and can be changed in place."""
        if len(self._batches) != 1:
            self._batches = [
                {name: np.concatenate([batch[name] for batch in self._batches]) for name in COLUMNS}
            ]
        return self._batches[0]

    def pairs(self, kind: str) -> tuple[Ints, Ints, Ints]:
        """All ties of a kind: person, other, since."""
        found = self.ties.get(kind, [])
        if not found:
            empty = np.zeros(0, dtype=np.int64)
            return empty, empty, empty
        person, other, since = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return person, other, since


@dataclass(slots=True)
class Households:
    """The households of one province: anchor kind, poverty over time, remoteness."""

    kind: np.ndarray
    size: Ints
    poverty: np.ndarray
    poverty_later: np.ndarray
    poverty_day: Ints
    remote: Ints
    """1 = in a remote commune, 0 = not, −1 = wherever it falls."""
    people: np.ndarray
    settled: Bools
    """Their poverty does not change."""

    @property
    def ever_poor(self) -> Bools:
        """Poor or near-poor at some time."""
        return (self.poverty >= Poverty.NEAR_POOR) | (
            (self.poverty_day < NEVER) & (self.poverty_later >= Poverty.NEAR_POOR)
        )
