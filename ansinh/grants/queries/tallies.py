"""What stood open when it was last counted (sổ đếm): numbers of a start page, without counting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.grants.logic import REVIEW_KINDS, ReviewKind
from ansinh.grants.models import Tally
from ansinh.kernel.time import Month


@dataclass(frozen=True, slots=True)
class Open:
    """What stood open in some units, as counted: people by kind of difference, and what is lacking."""

    months: tuple[Month, ...]
    at: dt.datetime
    people: int
    no_number: int
    year_only: int
    coming: int
    kinds: Mapping[ReviewKind, int]

    @property
    def month(self) -> Month:
        """The latest month asked about."""
        return self.months[-1]

    @property
    def differences(self) -> int:
        """People whose difference can be decided: all but those of whom the law cannot tell."""
        return sum(people for kind, people in self.kinds.items() if kind != "CANNOT_TELL")


def newest_tallies(user: User, *, on: dt.date) -> dict[int, Tally]:
    """Return the newest count of each unit of the territory, by unit."""
    units = accounts.territory(user, on).values("unit_id")
    found = (
        Tally.objects.filter(unit__in=units, month__lte=on)
        .order_by("unit_id", "-month")
        .distinct("unit_id")
        .select_related("unit")
    )
    return {tally.unit_id: tally for tally in found}


def still_open(user: User, *, on: dt.date) -> Open | None:
    """Sum the newest counts of the territory up; None when the law was never asked about it."""
    found = newest_tallies(user, on=on).values()
    if not found:
        return None
    latest = max(tally.month for tally in found)
    # A district that was abolished keeps its last count; what it held is counted by the communes since.
    return summed([tally for tally in found if tally.unit.valid.upper is None or tally.month == latest])


def summed(tallies: list[Tally]) -> Open:
    """Sum counts up; at least one."""
    return Open(
        months=tuple(sorted({Month.of(tally.month) for tally in tallies})),
        at=min(tally.at for tally in tallies),
        people=sum(tally.people for tally in tallies),
        no_number=sum(tally.no_number for tally in tallies),
        year_only=sum(tally.year_only for tally in tallies),
        coming=sum(tally.coming for tally in tallies),
        kinds={kind: sum(int(getattr(tally, kind.lower())) for tally in tallies) for kind in REVIEW_KINDS},
    )
