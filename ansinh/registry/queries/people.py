"""Who lives in a unit, whose commune is in doubt, and what of somebody is secret (đối tượng theo địa bàn)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from ansinh.accounts.logic import Right, may
from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.registry.models import Death, HouseholdResidence, Member, Person, SensitiveFact


def members(unit: Unit, *, on: dt.date) -> QuerySet[Member]:
    """Return everybody alive who belongs to a unit or below on a day (đối tượng trên địa bàn).

    Those registered at communes merged since count where they stand that day. By given name, as lists are.
    """
    return _alive(_of(geography.standings(unit, on=on).values("unit"), on), on)


def needs_confirmation(unit: Unit, *, on: dt.date) -> QuerySet[Member]:
    """Return whoever is registered at a commune that was divided, within a unit of the day (cần xác nhận xã).

    Each household must say where it lives now: `operations.confirm_commune`. By household.
    """
    divided = geography.divided_units(on=on, within=unit).values("pk")
    return _alive(_of(divided, on), on).order_by("household__code", "role", "person__sort_key")


def visible_to(user: User, *, on: dt.date) -> QuerySet[Member]:
    """Return the people of a user's territory (địa bàn của cán bộ): nobody for the administrator."""
    return Member.objects.none() if user.unit is None else members(user.unit, on=on)


def secrets_of(person: Person, *, by: User) -> list[SensitiveFact]:
    """Return the facts that betray an illness or an abuse, as they stand (dữ kiện bí mật).

    Only for whoever may see what is sensitive; the look is recorded with its reason by who asks. Besides the
    frame of facts, which never leaves the database, nothing else reads them.
    """
    if not may(by.role, Right.SEE_SENSITIVE):
        raise PermissionDenied
    return list(
        SensitiveFact.objects.filter(person=person, superseded_at=None).order_by("fact", "valid_from")
    )


def _of(units: QuerySet[Any, Any], on: dt.date) -> QuerySet[Member]:
    homes = HouseholdResidence.objects.filter(unit__in=units, superseded_at=None, valid__contains=on)
    return Member.objects.filter(
        household__in=homes.values("household"), superseded_at=None, valid__contains=on
    ).select_related("person", "household")


def _alive(people: QuerySet[Member], on: dt.date) -> QuerySet[Member]:
    dead = Death.objects.filter(superseded_at=None, died_on__lt=on)
    return people.exclude(person__in=dead.values("person")).order_by("person__sort_key", "person")
