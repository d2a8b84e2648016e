"""Who lives in a unit, whose commune is in doubt, and what of somebody is secret (đối tượng theo địa bàn)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from ansinh.accounts import queries as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.registry.models import (
    Death,
    Fact,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Person,
    Relation,
    SensitiveFact,
    Source,
)


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


def secrets_of(person: Person, *, by: User, on: dt.date) -> list[SensitiveFact]:
    """Return the facts that betray an illness or an abuse, as they stand (dữ kiện bí mật).

    Only for whoever may see on that day what is sensitive; the look is recorded with its reason by who asks.
    Besides the frame of facts, which never leaves the database, nothing else reads them.
    """
    if not accounts.may(by, Right.SEE_SENSITIVE, on=on):
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


def near(people: Iterable[int]) -> set[int]:
    """Return some people, whoever shares a household with them now or did, and whoever is tied to them.

    Whose entitlement may follow from theirs: children and parents, spouses, who is cared for or supported.
    """
    keys = sorted(set(people))
    homes = Member.objects.filter(person__in=keys, superseded_at=None).values("household")
    shared = Member.objects.filter(household__in=homes, superseded_at=None).values_list(
        "person_id", flat=True
    )
    ties = Relation.objects.filter(Q(person__in=keys) | Q(other__in=keys), superseded_at=None)
    tied = {key for pair in ties.values_list("person_id", "other_id") for key in pair}
    return {*keys, *shared, *tied}


def merged_sql(person: str) -> str:
    """Write the SQL condition that somebody's file was merged into another and that stands (đã gộp)."""
    return f"exists (select from registry_merge m where m.gone_id = {person} and m.superseded_at is null)"


def elsewhere_sql(person: str, than: str, *, on: dt.date, by: dt.date) -> str:
    """Write the condition that somebody is now registered in another commune (cư trú ở xã khác).

    `person`: an SQL expression; `than`: a condition on their standing `home` on `on`, that it is another. A
    commune that is not known is no other. Counted are moves until `by`.
    """
    return f"""exists (
        select from registry_whereabouts place
        join geography_standing home on home.unit_id = place.unit_id and home.valid @> date '{on}'
        where place.person_id = {person} and place.until is null and place.since <= date '{by}'
            and home.commune_id is not null and {than})"""


def entry_days(source: Source) -> tuple[dt.date, dt.date | None] | None:
    """Return from when to when an entry's rows speak (None: for good); None when there are none."""
    told = Q(recorded_at=source.recorded_at) | Q(superseded_at=source.recorded_at)
    spans = [
        span
        for model in (Fact, SensitiveFact, HouseholdFact, HouseholdResidence, Member, Relation)
        for span in model._default_manager.filter(told).values_list("valid_from", "valid_to")
    ]
    spans += [(died_on, None) for died_on in Death.objects.filter(told).values_list("died_on", flat=True)]
    if not spans:
        return None
    ends = [end for _, end in spans]
    return min(start for start, _ in spans), None if None in ends else max(end for end in ends if end)
