"""Who is in an officer's territory (đối tượng trong địa bàn)."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.registry.models import Merge, Person

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


def in_scope(user: User, person_id: int, *, on: dt.date) -> Person | None:
    """Return a person whom `user` may see: who lives in their territory, or whose grant is held there.

    None when there is no such person, or not for them: the two must look alike.
    """
    person = Person.objects.filter(pk=person_id).first()
    if person is None or user.unit is None:
        return None
    return person if person_id in seen(user, [person_id], on=on) else None


def seen(user: User, people: list[int], *, on: dt.date) -> set[int]:
    """Keep, of some people, those whom `user` may see."""
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
        join lateral (
            select holding.unit_id from grants_holding holding where holding.grant_id = held.id
                and holding.from_month <= %(on)s order by holding.from_month desc limit 1
        ) holder on true
        join geography_standing standing on standing.unit_id = holder.unit_id and {inside}
        where held.person_id = any(%(people)s)
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"people": asked, "on": on})
        found = {row[0] for row in cursor.fetchall()}
    return {person for person in people if person in found or merged.get(person) in found}


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
