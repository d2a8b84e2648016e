"""Who is in an officer's territory, and what stays theirs of somebody who left (đối tượng trong địa bàn)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Standing, Unit
from ansinh.grants.queries import holds
from ansinh.kernel.time import Month
from ansinh.registry.models import Death, Merge, Person

# Where somebody lives, or, dead or moved without a trace, lived last.
HOME = """
    join lateral (
        select member.household_id from registry_member member
        where member.person_id = person.id and member.superseded_at is null and member.valid_from <= %(on)s
        order by member.valid_from desc limit 1
    ) as last_member on true
    join lateral (
        select residence.unit_id, residence.village from registry_householdresidence residence
        where residence.household_id = last_member.household_id and residence.superseded_at is null
            and residence.valid_from <= %(on)s
        order by residence.valid_from desc limit 1
    ) as home on true
    join geography_standing standing on standing.unit_id = home.unit_id and {inside}
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of somebody an officer sees (tầm nhìn): everything, or what stays theirs after a move-out.

    Not `whole`: the decisions, grants and booked months of the officer's territory, and what was known when
    they left: of days before `left_on`, recorded by `known_at`. Both None: never lived there, so that nothing
    of them is known.
    """

    person: Person
    user: User
    on: dt.date
    whole: bool = True
    left_on: dt.date | None = None
    known_at: dt.datetime | None = None

    def known(self, field: str = "recorded_at") -> Q:
        """The rows that may be seen: all, or those recorded by the time they left."""
        if self.whole:
            return Q()
        return Q(**{f"{field}__lte": self.known_at}) if self.known_at else Q(pk__in=())

    @property
    def stood(self) -> Q:
        """The known rows that stand, or stood when they left."""
        if self.whole or self.known_at is None:
            return Q(superseded_at=None) & self.known()
        return (Q(superseded_at=None) | Q(superseded_at__gt=self.known_at)) & self.known()

    @property
    def standing(self) -> Q:
        """Of rows with days: those of `stood` that speak of days before they left."""
        return (
            self.stood if self.whole or self.left_on is None else self.stood & Q(valid_from__lt=self.left_on)
        )

    @property
    def day(self) -> dt.date:
        """The last day on which they may be seen as they live: today, or the day before they left."""
        return self.on if self.whole or self.left_on is None else self.left_on - dt.timedelta(days=1)

    def shows_month(self, month: Month) -> bool:
        """Tell whether the law's answer about a month may be seen: of whoever left, before that month."""
        return self.whole or (self.left_on is not None and month < Month.of(self.left_on))

    def own_units(self) -> list[int]:
        """The units, past and present, whose decisions and payrolls are the officer's own."""
        return list(_standings(self.user, self.on).values_list("unit_id", flat=True))

    def strange(self, units: set[int]) -> set[int]:
        """Keep, of some units, the communes outside the territory; nothing is strange to who sees all."""
        if self.whole:
            return set()
        elsewhere = Standing.objects.filter(
            unit__in=units, valid__contains=self.on, commune__isnull=False
        ).exclude(unit__in=_standings(self.user, self.on).values("unit_id"))
        return set(elsewhere.values_list("unit_id", flat=True))


def in_scope(user: User, person_id: int, *, on: dt.date) -> Person | None:
    """Return a person of whom `user` sees everything: see `seen`.

    None when there is no such person, or not for them: the two must look alike.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None or user.unit is None:
        return None
    return person if person_id in seen(user, [person_id], on=on) else None


def sight(user: User, person_id: int, *, on: dt.date) -> Sight | None:
    """Tell how much of a person `user` sees (tầm nhìn); None: there is no such person, or not for them.

    Everything of those in `seen`. Of others what the territory decided, held or booked, with what was known
    up to the move-out (khoản 3 Điều 8 Nghị định 335/2026/NĐ-CP: the old commune keeps what it did).
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None or user.unit is None:
        return None
    if person_id in seen(user, [person_id], on=on):
        return Sight(person, user, on)
    if not _had(user, person_id, on):
        return None
    left_on, known_at = _left(user, person_id, on)
    return Sight(person, user, on, whole=False, left_on=left_on, known_at=known_at)


def seen(user: User, people: list[int], *, on: dt.date) -> set[int]:
    """Keep, of some people, those of whom `user` sees everything.

    Who lives in the territory; and whose grant is held there, if no commune is known where they live.
    """
    if user.unit is None or not people:
        return set()
    inside = geography.standing_condition(user.unit, on=on)
    # A file that was merged into another is seen by whoever sees that one.
    merged = dict(Merge.objects.filter(gone__in=people, superseded_at=None).values_list("gone_id", "kept_id"))
    asked = [*people, *merged.values()]
    query = f"""
        select person.id from registry_person person {HOME.format(inside=inside)}
        where person.id = any(%(people)s)
        union
        select held.person_id from grants_grant held
        join grants_holding holder on holder.grant_id = held.id and {holds("holder", "%(on)s")}
        join geography_standing standing on standing.unit_id = holder.unit_id and {inside}
        where held.person_id = any(%(people)s) and not exists (
            select from registry_person person {HOME.format(inside="standing.valid @> %(on)s::date")}
            where person.id = held.person_id and standing.commune_id is not null)
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"people": asked, "on": on})
        found = {row[0] for row in cursor.fetchall()}
    return {person for person in people if person in found or merged.get(person) in found}


def seen_then(sight: Sight, people: list[int]) -> set[int]:
    """Keep, of some people, those whose names go with a file: who is seen, or was when its person left."""
    if sight.whole:
        return seen(sight.user, people, on=sight.on)
    query = """
        select place.person_id from registry_whereabouts place
        where place.person_id = any(%(people)s) and place.unit_id = any(%(units)s)
            and place.since <= %(day)s and (place.until is null or place.until > %(day)s)
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"people": people, "units": sight.own_units(), "day": sight.day})
        return {row[0] for row in cursor.fetchall()}


def _standings(user: User, on: dt.date) -> QuerySet[Standing]:
    return geography.standings(user.unit, on=on) if user.unit else Standing.objects.none()


def _had(user: User, person_id: int, on: dt.date) -> bool:
    """Tell whether the territory held a grant of somebody, or booked a month for them."""
    assert user.unit is not None
    inside = geography.standing_condition(user.unit, on=on)
    query = f"""
        with own as (select standing.unit_id from geography_standing standing where {inside})
        select exists (
            select from grants_grant held join grants_holding holding on holding.grant_id = held.id
            where held.person_id = %(person)s and holding.unit_id in (select unit_id from own)
        ) or exists (
            select from payments_line line
            join payments_roll roll on roll.id = line.roll_id
            join payments_payroll payroll on payroll.id = roll.payroll_id
            where line.person_id = %(person)s
                and (payroll.unit_id in (select unit_id from own)
                    or roll.commune_id in (select unit_id from own)))
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"person": person_id})
        row = cursor.fetchone()
    return bool(row and row[0])


def _left(user: User, person_id: int, on: dt.date) -> tuple[dt.date | None, dt.datetime | None]:
    """Since when somebody lives elsewhere, and the last instant before the register learnt it.

    Where the register was loaded with the move in it, the instant of the load. None: never lived there.
    """
    assert user.unit is not None
    query = f"""
        select place.until, told.recorded_at
        from registry_whereabouts place
        join geography_standing standing on standing.unit_id = place.unit_id
            and {geography.standing_condition(user.unit, on=on)}
        cross join lateral (
            select row.recorded_at - case when source.kind = 'LOAD' then interval '0'
                else interval '1 microsecond' end as recorded_at
            from (
                select member.recorded_at, member.source_id from registry_member member
                where member.person_id = place.person_id and member.valid_from = place.until
                union all
                select residence.recorded_at, residence.source_id from registry_householdresidence residence
                join registry_member member on member.household_id = residence.household_id
                where member.person_id = place.person_id and residence.valid_from = place.until
            ) row join registry_source source on source.id = row.source_id
            order by row.recorded_at limit 1) told
        where place.person_id = %(person)s and place.until <= %(on)s
        order by place.until desc limit 1
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"person": person_id, "on": on})
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (None, None)


def died_on(person: Person) -> dt.date | None:
    """Return the day on which somebody died, as the register has it today; None: alive."""
    return Death.objects.filter(person=person, superseded_at=None).values_list("died_on", flat=True).first()


def home_unit(person: Person, *, on: dt.date) -> Unit | None:
    """Return the commune in which somebody lives on `on`, also when registered at one merged since.

    The province while their commune is to be confirmed; None when nothing is known.
    """
    query = f"""
        select coalesce(standing.commune_id, standing.province_id)
        from registry_person person {HOME.format(inside="standing.valid @> %(on)s::date")}
        where person.id = %(person)s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"person": person.pk, "on": on})
        row = cursor.fetchone()
    return Unit.objects.get(pk=row[0]) if row else None
