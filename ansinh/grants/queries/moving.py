"""Grants of people who moved here, which their old commune still pays (người chuyển đến)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from ansinh.accounts.models import User
from ansinh.determinations import queries as determinations
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import logic
from ansinh.grants.logic import Case, Granted, Lawful, Verdict
from ansinh.grants.models import Decision, Grant, Handover, LegalGround, Level
from ansinh.grants.queries.owed import first_of, granted_sql, held_sql, holds, running_sql
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.registry.models import Person
from ansinh.rulebook.law import load
from ansinh.rulebook.resolve import Outcome

Words = tuple[tuple[str, ...], str]
"""Articles, and a note beside them."""
Key = tuple[str, int, int]
"""The place of a line in the list: name to sort by, person, grant."""


BACK = 12
"""So many months before the one of a decision it may begin, no more; so long a new law is looked for."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A grant of somebody who lives in a unit now, held by another (khoản do nơi cũ chi trả).

    `unit_id`: who is competent where they live since `since`; `month`: the first in which they live there on
    its first day, and from which the grant could be paid there (at most `BACK` months ago).
    """

    grant_id: int
    person_id: int
    name: str
    number: str
    category: str
    unit_id: int
    holder_id: int
    holder: str
    since: dt.date
    month: Month
    key: Key


def _arrivals_sql(unit: Unit, on: dt.date, person: int | None) -> str:
    """Select what `Arrival` holds, of everybody alive in a unit and below, or of one person.

    The law is asked of a month where people live on its first day, so the month of a move within it stays
    with the old unit. Whose commune is not known counts as nowhere else; files of merged units are
    `follow_merger`'s.
    """
    who = "" if person is None else f"and place.person_id = {int(person)}"
    competent = "coalesce({0}.district_id, {0}.commune_id)"
    back = first_of(Month.of(on) - BACK)
    return f"""
    with here as materialized (
        select place.person_id, {competent.format("home")} as unit_id
        from geography_standing home
        join registry_whereabouts place on place.unit_id = home.unit_id
        where {geography.standing_condition(unit, on=on, alias="home")} and home.commune_id is not null
            and place.until is null and place.since <= date '{on}' {who}
    ),
    apart as materialized (
        select g.id as grant_id, g.person_id, g.category, g.months, here.unit_id, last.unit_id as holder_id,
            last.from_month
        from here
        join grants_grant g on g.person_id = here.person_id
            and not isempty(g.months) and (upper_inf(g.months) or upper(g.months) > {back})
        join grants_holding last on last.grant_id = g.id and last.until_month is null
        join geography_standing held on held.unit_id = last.unit_id and held.valid @> date '{on}'
        where {competent.format("held")} <> here.unit_id
    )
    select g.grant_id, g.person_id, p.name, coalesce(p.number, '') as number, g.category, g.unit_id,
        g.holder_id, holder.kind || ' ' || holder.name as holder, moved.since, begins.month, p.sort_key
    from apart g
    join geography_unit holder on holder.id = g.holder_id
    cross join lateral (
        select coalesce(
            max(place.until) filter (where {competent.format("other")} <> g.unit_id),
            min(place.since)) as since
        from registry_whereabouts place
        join geography_standing other on other.unit_id = place.unit_id and other.valid @> date '{on}'
        where place.person_id = g.person_id) moved
    cross join lateral (
        select greatest(
            (date_trunc('month', moved.since - 1) + interval '1 month')::date, g.from_month,
            lower(g.months), {back}) as month) begins
    join registry_person p on p.id = g.person_id
    where (upper_inf(g.months) or upper(g.months) > begins.month)
        and not exists (
            select from registry_death dead
            where dead.person_id = g.person_id and dead.superseded_at is null)"""


def arrivals(
    unit: Unit, *, on: dt.date, person: int | None = None, after: Key | None = None, limit: int | None = None
) -> list[Arrival]:
    """List the grants of people who live in a unit and below which another unit holds, by name.

    `after`: those behind this (sort_key, person, grant). People who died are left out.
    """
    further = "where (sort_key, person_id, grant_id) > (%s, %s, %s)" if after else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select * from ({_arrivals_sql(unit, on, person)}) found {further}
            order by sort_key, person_id, grant_id {f"limit {int(limit)}" if limit else ""}""",
            after or (),
        )
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_arrival(row) for row in rows]


def _arrival(row: dict[str, Any]) -> Arrival:
    key = (row.pop("sort_key"), row["person_id"], row["grant_id"])
    return Arrival(**{**row, "month": Month.of(row["month"])}, key=key)


def first_month(found: Sequence[Arrival], paid_to: Month | None) -> Month:
    """Return from which month arrivals may be paid: they live there on its first day, nobody booked it.

    `paid_to`: the last month booked for them, as payments knows.
    """
    first = max(one.month for one in found)
    return first if paid_to is None else max(first, paid_to + 1)


def arrived(unit: Unit, *, on: dt.date) -> int:
    """Count the people of `arrivals`."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(distinct person_id) from ({_arrivals_sql(unit, on, None)}) found")
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Incoming:
    """What would become of one arrival's grant (xem trước): from `month` on, what was decided and the law.

    `position`: how the law at the new home stands to it in that month (`logic.Position`); `paid` and `will`
    are its levels before and after, `cites` of the latter; `steps` restate it. `earlier`: the months before,
    in which the law as it reaches back gives another level, with what was decided and what will be.
    """

    arrival: Arrival
    month: Month
    position: logic.Position
    paid: logic.Level
    will: logic.Level
    cites: tuple[str, ...]
    steps: tuple[tuple[Month, logic.Level, Words | None], ...]
    earlier: tuple[tuple[Month, logic.Level, logic.Level], ...]


def incoming(
    found: Sequence[Arrival], month: Month, *, on: dt.date, signed: Month | None = None
) -> list[Incoming]:
    """Put people who moved to the law of their new home, and say at what level their grants would go on.

    Asked are the months from `month` to that of signing (`on`'s), or to the last for which a level is decided
    already; and, of where they lived then, those before it to which an instrument reaches back that came into
    force since a level was decided. Where the law gives another group, or nothing, or cannot tell, the level
    stays as it is.
    """
    people = sorted({one.person_id for one in found})
    levels: dict[int, list[Level]] = {}
    for row in Level.objects.filter(grant__in=[one.grant_id for one in found]):
        levels.setdefault(row.grant_id, []).append(row)
    last = max(
        [
            month,
            signed or Month.of(on),
            *(Month.of(row.from_month) for rows in levels.values() for row in rows),
        ]
    )
    begins = {grant: _reached_back(rows, month, on) for grant, rows in levels.items()}
    told = {one: _asked(people, one, on) for one in Month.range(min(begins.values()), last)}
    apart = _apart(found, [asked for asked in told if asked < month])
    slots = dict(Grant.objects.filter(pk__in=levels).values_list("pk", "slot"))
    return [
        _incoming(
            one,
            slots[one.grant_id],
            levels[one.grant_id],
            month,
            {
                asked: {} if (one.grant_id, asked) in apart else answers
                for asked, answers in told.items()
                if asked >= begins[one.grant_id]
            },
        )
        for one in found
    ]


def _reached_back(rows: Sequence[Level], month: Month, on: dt.date) -> Month:
    """The first month to which the law reaches back from what was decided last; at the latest `month`.

    Only what came into force within a year counts. What a list says was decided before, whenever it came.
    """
    decided = [timezone.localtime(row.decided_at).date() for row in rows if not row.by_list]
    back = load().reaches_back_to(max([*decided, year_before(on)]), on) or month
    return min(month, max(back, min(Month.of(row.from_month) for row in rows)))


def _asked(people: list[int], month: Month, on: dt.date) -> Mapping[int, Outcome]:
    near = ", ".join(map(str, sorted(registry.near(people))))
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        known_at = cursor.fetchone()[0]
    return determinations.answers(
        people,
        month,
        known_at=known_at,
        asked_on=on,
        granted=f"(select * from ({granted_sql(month)}) everybody where person_id in ({near}))",
    )


def year_before(on: dt.date) -> dt.date:
    """From when on a new law is looked for at the earliest."""
    return (Month.of(on) - BACK).first


def _incoming(
    one: Arrival, slot: str, rows: list[Level], month: Month, told: Mapping[Month, Mapping[int, Outcome]]
) -> Incoming:
    months = list(told)
    decided = tuple(_decided(rows, asked) for asked in months)
    grant = Granted(slot, one.category, 0, None, False, False, True, decided)
    words: dict[logic.Level, Words] = {}
    asked = [_verdict(answers.get(one.person_id), words) for answers in told.values()]
    place = months.index(month)
    stands, will, steps = logic.go_on(Case((), None, (grant,)), asked, place)
    return Incoming(
        arrival=one,
        month=month,
        position=stands[place][0],
        paid=decided[place],
        will=will[place],
        cites=words[will[place]][0] if will[place] in words else _cites(will[place]),
        steps=tuple((months[step.month], step.level, words.get(step.level)) for step in steps),
        earlier=tuple(
            (at, before, after)
            for at, before, after in zip(months[:place], decided, will, strict=False)
            if before.amount_vnd != after.amount_vnd
        ),
    )


def _decided(rows: list[Level], month: Month) -> logic.Level:
    row = max(
        (row for row in rows if row.from_month <= month.first),
        key=lambda row: (row.decided_at, row.from_month),
    )
    return logic.Level(row.amount_vnd, row.coefficient, row.standard_vnd, row.ground_id, row.by_list)


def _verdict(answer: Outcome | None, words: dict[logic.Level, Words]) -> Verdict | None:
    """Read the law's answer; grounds are not written down yet, and stand in `words` by level."""
    if answer is None:
        return None
    gives: dict[str, Lawful] = {}
    for given in answer.entitlements:
        level = logic.Level(given.amount_vnd, given.coefficient, given.standard_vnd)
        words[level] = (given.cites, "\n".join(given.notes))
        gives[given.slot] = Lawful(given.category, given.scheme, given.payee, level)
    unknown = frozenset(one.category for one in answer.findings if one.met is None or one.open)
    return Verdict(gives, unknown)


def _cites(level: logic.Level) -> tuple[str, ...]:
    ground = LegalGround.objects.get(pk=level.ground) if level.ground else None
    return tuple(ground.cites) if ground else ()


def came_since(unit: Unit, month: Month, held_in: Month) -> list[int]:
    """Return whose grants a unit and below hold in a later month, though they lived elsewhere in this one.

    As the law asks: on its first day. Their level in the month is decided by who holds the grant now.
    """
    here = geography.standing_condition(unit, on=month.first, alias="home")
    first = first_of(month)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select distinct g.person_id
            from ({held_sql(geography.version(unit, on=held_in.first), held_in)}) held
            join grants_grant g on g.id = held.grant_id and g.months @> {first}
            where not exists (
                select from registry_whereabouts place
                join geography_standing home on home.unit_id = place.unit_id and {here}
                where place.person_id = g.person_id and place.since <= {first}
                    and (place.until is null or place.until > {first}))
            order by g.person_id"""
        )
        return [person for (person,) in cursor.fetchall()]


def apart_sql(grants: str, months: str) -> str:
    """Select the months in which somebody lived in another province than who held their grant.

    person_id, grant_id, month; `grants` and `months` are relations (grant_id) and (month). What was paid then
    was the holder's own, at its place's level: the law at the home says nothing about it.
    """
    # `limit` keeps the planner from walking through everybody's places first: it takes a unit's standing on a
    # day for rare.
    return f"""
        select g.person_id, g.id as grant_id, m.month
        from {grants} asked
        join grants_grant g on g.id = asked.grant_id
        cross join {months} m
        cross join lateral (
            select stands.province_id from grants_holding h
            join geography_standing stands on stands.unit_id = h.unit_id and stands.valid @> m.month
            where h.grant_id = g.id and {holds("h", "m.month")} limit 1) held
        cross join lateral (
            select stands.province_id from registry_whereabouts place
            join geography_standing stands on stands.unit_id = place.unit_id and stands.valid @> m.month
            where place.person_id = g.person_id and place.since <= m.month
                and (place.until is null or place.until > m.month) limit 1) home
        where home.province_id <> held.province_id"""


def _apart(found: Sequence[Arrival], months: Sequence[Month]) -> set[tuple[int, Month]]:
    grants = f"unnest(array{[one.grant_id for one in found]}::bigint[]) as grants (grant_id)"
    named = ", ".join(f"({first_of(month)})" for month in months)
    if not named:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            apart_sql(f"(select * from {grants})", f"(select * from (values {named}) as v (month))")
        )
        return {(grant, Month.of(month)) for _person, grant, month in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Departure:
    """A grant whose person moved away (đã chuyển đi).

    `until`: the last month paid here, since another unit took it in; None: it is still paid here.
    """

    person_id: int
    name: str
    category: str
    until: Month | None = None


def still_paid(unit: Unit, *, on: dt.date, limit: int) -> list[Departure]:
    """List the grants a unit and below pay of people who moved away, and nobody took in yet, by name."""
    away = registry.elsewhere_sql("g.person_id", "home.commune_id <> holder.commune_id", on=on, by=on)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select g.person_id, p.name, g.category
            from ({running_sql(unit, Month.of(on))}) held
            join grants_grant g on g.id = held.grant_id
            join geography_standing holder on holder.unit_id = held.unit_id and holder.valid @> date '{on}'
            join registry_person p on p.id = g.person_id
            where {away} and not exists (
                select from registry_death dead
                where dead.person_id = g.person_id and dead.superseded_at is null)
            order by p.sort_key, g.person_id, g.id limit {int(limit)}"""
        )
        return [Departure(*row) for row in cursor.fetchall()]


def departures(unit: Unit, *, on: dt.date, limit: int) -> list[Departure]:
    """List the grants that left a unit and below by another's decision, the latest first.

    Only up to which month it pays: what was decided elsewhere is not told. Without those that came back.
    """
    own = geography.standings(unit, on=on).values("unit_id")
    back = Handover.objects.filter(
        grant=OuterRef("grant"), decision__gt=OuterRef("decision"), decision__unit__in=own
    )
    rows = (
        Handover.objects.filter(~Exists(back), left__in=own)
        .select_related("grant__person")
        .order_by("-decision_id", "grant_id")[:limit]
    )
    return [
        Departure(
            row.grant.person_id, row.grant.person.name, row.grant.category, Month.of(row.from_month) - 1
        )
        for row in rows
    ]


MOVES = (
    ("khoản 3 Điều 8 Nghị định 335/2026/NĐ-CP",) * 2,
    ("khoản 1 Điều 5 Nghị định 147/2025/NĐ-CP", "Điều 5 Nghị định 147/2025/NĐ-CP"),
    ("khoản 4 Điều 8 Nghị định 20/2021/NĐ-CP", "khoản 3 và khoản 4 Điều 8 Nghị định 20/2021/NĐ-CP"),
)
"""Where the law speaks of moving: a provision by which it is known to be in force, and how it is cited."""


def move_basis(*, on: dt.date) -> str:
    """Name the article by which a move is decided on a day; empty where none is known."""
    known = {one.provision.cite for one in load().month(Month.of(on), on).effective}
    return next((cite for provision, cite in MOVES if provision in known), "")


def handed_over(decision: Decision) -> list[Handover]:
    """List the grants that a decision took over from other units."""
    return list(Handover.objects.filter(decision=decision).select_related("left").order_by("grant_id"))


def signed_move(person: Person, month: Month, *, by: User, on: dt.date) -> Decision | None:
    """Return what somebody signed today already, that a person is paid on from a month (bấm ký hai lần)."""
    grants = Handover.objects.filter(grant__person=person).values("decision")
    signed = Decision.objects.filter(pk__in=grants, by=by, decided_on=on, effective_month=month.first)
    return signed.order_by("pk").last()
