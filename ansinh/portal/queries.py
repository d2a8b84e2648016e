"""The law as a reader asks for it: of the month of a day, as known on that day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ansinh.geography.models import Level, Unit
from ansinh.kernel.time import Month
from ansinh.rulebook import law, reading
from ansinh.rulebook.instruments import Instrument, Provision
from ansinh.rulebook.reading import Changes, LawInForce


def provinces(on: dt.date) -> list[Unit]:
    """List the provinces of a day, by code."""
    return list(Unit.objects.filter(level=Level.PROVINCE, valid__contains=on).order_by("code"))


def law_in_force(*, on: dt.date, province: str) -> LawInForce:
    """Return the law of the month of `on`, as known on `on`, in a province (empty: the national law).

    Refuses a province code not valid in the month, and a month before the first instrument loaded.
    """
    return reading.law_in_force(month=Month.of(on), on=on, province=province)


def changes(*, since: dt.date, until: dt.date, province: str) -> Changes:
    """Compare the law of two days in a province; the code is read on each day (codes are used again)."""
    before = law_in_force(on=since, province=province)
    return reading.compare(before, law_in_force(on=until, province=province))


@dataclass(frozen=True, slots=True)
class ProvisionRead:
    """A provision and what the system does with it."""

    provision: Provision
    effects: tuple[str, ...]


def instruments() -> list[Instrument]:
    """List every instrument loaded, the latest in force first."""
    return sorted(law.load().instruments, key=lambda i: (i.in_force, i.number), reverse=True)


def instrument(name: str) -> Instrument | None:
    """Find an instrument by its short name, as in its address."""
    return next((i for i in law.load().instruments if i.name == name), None)


def provisions(of: Instrument) -> list[ProvisionRead]:
    """List an instrument's provisions in their order, each with what is done with it."""
    return [ProvisionRead(provision, tuple(reading.effects(provision))) for provision in of.provisions]
