"""What will change soon (sắp thay đổi): birthdays that count, papers that run out, of those who receive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db import connection

from ansinh.geography.models import Unit
from ansinh.grants.queries.owed import running_sql
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.registry.queries import elsewhere_sql
from ansinh.rulebook import conditions
from ansinh.rulebook.conditions import AgeAtLeast
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw, load

DAYS = 90
OLD = 60
"""From this age on a birthday can open another group of one's own (Điều 5; Luật BHXH 2024 Điều 21)."""

Cause = Literal["BIRTHDAY", "CHILD", "PAPER"]


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will change a grant, or may (sắp thay đổi). `key` names its place for the next page."""

    on: dt.date
    cause: Cause
    person_id: int
    name: str
    number: str
    unit_id: int
    unit_name: str
    grant_id: int
    category: str
    age: int | None
    fact: str | None

    @property
    def words(self) -> str:
        """Say it in Vietnamese, without what the paper is about if that is a secret."""
        day = vietnamese_date(self.on)
        if self.cause == "BIRTHDAY":
            return f"đủ {self.age} tuổi ngày {day}"
        if self.cause == "CHILD":
            return f"con đủ {self.age} tuổi ngày {day}"
        fact = vocabulary()[self.fact or ""]
        return f"hết hiệu lực ngày {day}: {fact.label}"

    @property
    def key(self) -> tuple[dt.date, int, int, str, str]:
        """By day, then person, grant, cause and what it is about."""
        return self.on, self.person_id, self.grant_id, self.cause, self.fact or str(self.age)


def coming_sql(unit: Unit, month: Month, *, on: dt.date, days: int = DAYS) -> str:
    """Select what changes for the grants of a unit and below in the days after `on`.

    `on_day`, cause, person_id, unit_id, grant_id, category, about (an age, or a fact's number). A birthday
    counts at the ages the month's law names for the category, or from 60 on for any group of one's own; a
    fact only if the law asks for it and nothing of the same value follows. A birth known only by its month or
    year is taken for the latest possible day. Whoever moved out of the holder's commune is left out.
    """
    law = load().month(month, on if Month.of(on) == month else None)
    ages = ", ".join(f"('{code}', {age})" for code, age in _ages(law)) or "('', 0)"
    children = ", ".join(f"({age})" for age in law.child_ages) or "(0)"
    asked = [vocabulary()[name] for name in sorted(law.facts) if name in vocabulary()]
    facts = {
        subject: ", ".join(str(f.id) for f in asked if f.subject == subject and f.privacy != "secret") or "0"
        for subject in ("person", "household")
    }
    within = f"> date '{on}' and {{day}} <= date '{on + dt.timedelta(days=days)}'"

    def soon(day: str) -> str:
        return f"{day} {within.format(day=day)}"

    left = elsewhere_sql("soon.person_id", "home.commune_id <> holder.commune_id", on=on, by=on)
    return f"""
    with running as materialized (
        select r.grant_id, r.unit_id, g.person_id, g.slot, g.category, {_born("p")} as born
        from ({running_sql(unit, month)}) r
        join grants_grant g on g.id = r.grant_id
        join registry_person p on p.id = g.person_id
        where not exists (
            select from registry_death d where d.person_id = g.person_id and d.superseded_at is null)
    )
    select soon.* from (
    select b.day as on_day, 'BIRTHDAY' as cause, r.person_id, r.unit_id, r.grant_id, r.category,
        a.age as about
    from running r
    join (values {ages}) as a (category, age) on a.category = r.category
    cross join lateral (select {_birthday("r.born", "a.age")} as day) b
    where {soon("b.day")}
    union all
    select b.day, 'CHILD', r.person_id, r.unit_id, r.grant_id, r.category, a.age
    from running r
    join registry_relation kin on kin.other_id = r.person_id and kin.kind = 6 and kin.superseded_at is null
        and (kin.valid_to is null or kin.valid_to > date '{on}')
    join registry_person c on c.id = kin.person_id
    cross join (values {children}) as a (age)
    cross join lateral (select {_birthday(f"({_born('c')})", "a.age")} as day) b
    where r.slot = 'SINGLE_PARENT' and {soon("b.day")}
    union all
    select f.valid_to, 'PAPER', r.person_id, r.unit_id, r.grant_id, r.category, f.fact
    from running r join registry_fact f on f.person_id = r.person_id
    where f.superseded_at is null and f.fact in ({facts["person"]}) and {soon("f.valid_to")}
        and not exists (
            select from registry_fact next where next.person_id = f.person_id and next.fact = f.fact
                and next.superseded_at is null and next.valid_from = f.valid_to and next.value = f.value)
    union all
    select f.valid_to, 'PAPER', r.person_id, r.unit_id, r.grant_id, r.category, f.fact
    from running r
    join registry_member m on m.person_id = r.person_id and m.superseded_at is null and m.valid @> date '{on}'
    join registry_householdfact f on f.household_id = m.household_id
    where f.superseded_at is null and f.fact in ({facts["household"]}) and {soon("f.valid_to")}
        and not exists (
            select from registry_householdfact next
            where next.household_id = f.household_id and next.fact = f.fact
                and next.superseded_at is null and next.valid_from = f.valid_to and next.value = f.value)
    ) soon
    left join geography_standing holder on holder.unit_id = soon.unit_id and holder.valid @> date '{on}'
    where not {left}"""


def coming_counts(unit: Unit, month: Month, *, on: dt.date, days: int = DAYS) -> dict[Cause, int]:
    """Count the people for whom something changes, by cause."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select cause, count(distinct person_id) from ({coming_sql(unit, month, on=on, days=days)}) c "
            "group by cause order by cause"
        )
        return dict(cursor.fetchall())


def coming(
    unit: Unit,
    month: Month,
    *,
    on: dt.date,
    days: int = DAYS,
    cause: Cause | None = None,
    after: tuple[dt.date, int, int, str, str] | None = None,
    limit: int | None = 50,
    person: int | None = None,
) -> list[Coming]:
    """List what changes for those who receive, the soonest first (sắp thay đổi), a page at a time.

    `cause`: only that one. `after`: those after a line's `key`. `limit` None: all. `person`: only theirs.
    """
    facts = {fact.id: name for name, fact in vocabulary().items()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select c.on_day, c.cause, c.person_id, p.name, coalesce(p.number, ''), c.unit_id,
                u.kind || ' ' || u.name, c.grant_id, c.category, c.about
            from ({coming_sql(unit, month, on=on, days=days)}) c
            join registry_person p on p.id = c.person_id
            join geography_unit u on u.id = c.unit_id
            where (%s::date is null or (c.on_day, c.person_id, c.grant_id) >= (%s::date, %s, %s))
                and (%s::text is null or c.cause = %s) and (%s::bigint is null or c.person_id = %s)
            order by c.on_day, c.person_id, c.grant_id, c.cause, c.about
            {f"limit {int(limit) + 8}" if limit else ""}""",
            [*((after[0], *after[:3]) if after else (None, None, 0, 0)), cause, cause, person, person],
        )
        found = [
            Coming(day, why, person, name, number, place, placed, grant, category,
                   None if why == "PAPER" else about, facts[about] if why == "PAPER" else None)
            for day, why, person, name, number, place, placed, grant, category, about in cursor.fetchall()
        ]  # fmt: skip
    found = sorted(found, key=lambda one: one.key)
    rest = [one for one in found if after is None or one.key > after]
    return rest[:limit] if limit else rest


def _ages(law: MonthLaw) -> Iterable[tuple[str, int]]:
    """The ages at which a birthday can change what each category's grant is."""
    own = set()
    told: dict[str, set[int]] = {}
    for group in law.groups:
        bits = [group.bit, *(c.bit for c in group.coefficients if c.bit is not None)]
        trees = [law.conditions[bit] for bit in bits]
        ages = {
            node.years for tree in trees for node in conditions.walk(tree) if isinstance(node, AgeAtLeast)
        }
        told[group.category.code] = ages
        if group.slot == "OWN_INCOME":
            own |= {age for age in ages if age >= OLD}
    for group in law.groups:
        more = own if group.slot == "OWN_INCOME" else set()
        yield from ((group.category.code, age) for age in sorted(told[group.category.code] | more))


def _born(person: str) -> str:
    """The day of birth, the latest possible one if only month or year are known."""
    return f"""case {person}.born_precision
        when 'Y' then ({person}.born + interval '1 year - 1 day')::date
        when 'M' then ({person}.born + interval '1 month - 1 day')::date
        else {person}.born end"""


def _birthday(born: str, age: str) -> str:
    """The first day on which so many years are completed: 1 March for who was born on a 29 February."""
    return f"""case when extract(month from {born}) = 2 and extract(day from {born}) = 29
        then ({born} + interval '1 day' + {age} * interval '1 year')::date
        else ({born} + {age} * interval '1 year')::date end"""
