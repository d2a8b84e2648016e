"""The facts of everybody as one query (bảng dữ kiện): the heart of the speed.

One row a person and evaluated day. Evaluated are the first of the month (for a newborn the day of birth) and
every later day of the month, up to the person's death, on which something the law may ask changes: a fact or
a household's fact begins or ends, they join another household, a tie or a relative's life or whereabouts
changes, they or a child they raise pass an age of the law.

How it is fast: everything that is stored as (person, fact, value) is folded in one ordered pass, each value
shifted to its own bits of a word (`bit_or`), and unpacked at the end; the days on which something changes
come out of the same pass, as a mask of days. Whoever has such days (a few in a hundred) is looked up once
more for each. Of a province what was folded is kept until something changes (`operations.settling`), so that
the next month folds a few in a hundred anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.registry.queries.folding import Writer, date
from ansinh.registry.queries.spans import Who, one
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw

FEW = 6_000
"""Up to so many households each person is looked up by index; above, the tables are read in their order."""

_READ_IN_ORDER = {
    "enable_hashjoin": "off",
    "enable_nestloop": "off",
    "enable_hashagg": "off",
    "random_page_cost": "1.0",
    "work_mem": "256MB",
    "max_parallel_workers_per_gather": "1",
}
"""A province's people are merged in the order of their ids, as they lie on disk: measured twice as fast as
hashing a million rows five times over (docs/registry-plan.md). One helper: two of them made it slower.
Of spans of ids joined to spans the planner takes each for independent of the others, so of a small province
of a large register it expects next to nobody, and would fold everything anew for each person: hence no
nested loops."""


def facts_frame(
    unit: Unit | None,
    law: MonthLaw,
    *,
    known_at: dt.datetime,
    granted: str,
    persons: Sequence[int] | None = None,
    facts: Iterable[str] | None = None,
) -> str:
    """Write the query for the facts of a unit's people in the law's month, as known at an instant.

    The unit may be of any level; with `persons` (ids) only those of them, `unit` None: wherever they live.
    Columns: person_id, day, province_code and former_province_code (where they stood on their first evaluated
    day; the province until 30/6/2025), born (effective date), sex, receiving (mask), one column a fact (all,
    or those named), `<count>_min`, `<count>_max` for the law's counts of children. An enum is its smallint
    code, a set an integer mask, NULL = not known; a fact whose absence means no is false.

    `granted` names a relation (person_id unique, receiving, on_allowance) of what the grants know. A linked
    relative's own record counts: dead, else in a facility, else in prison; MISSING and INCAPABLE, which no
    record of their own tells, as declared; else alive. Supporters: on allowance if all alive are; none if
    all are dead. A declared value counts where nobody is linked.

    Nobody who had died before the first, or who was resident nowhere on it (a newborn: on the day of birth).
    """
    write = Writer(law, known_at, granted)
    wanted = list(vocabulary() if facts is None else (name for name in vocabulary() if name in set(facts)))
    asked = whom(write, unit, persons)
    return write.query(asked.people(write), asked.newborn, wanted)


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is asked about: the query for everybody alive and resident on the first, and that for the newborn.

    `settings`: of the server, under which to run the first. `places` names where they are registered.
    """

    people: Callable[[Writer], str]
    newborn: str
    places: str
    many: bool
    settings: Mapping[str, str]


def whom(write: Writer, unit: Unit | None, persons: Sequence[int] | None = None) -> Whom:
    condition = "true"
    if unit is not None:
        condition = geography.standing_condition(unit, on=write.law.month.first)
    places = _PLACES.format(condition=f"standing.valid @> {write.first} and {condition}")
    span = _span(places) if persons is None else None
    if span is None or span.homes <= FEW:
        among = "true"
        if persons is not None:
            among = f"m.person_id in ({', '.join(str(int(person)) for person in persons) or 'null'})"

        def each(writer: Writer) -> str:
            return writer.people(places, one("h.household_id"), one("m.person_id"), among)

        return Whom(each, write.newborn(places, among), places, many=False, settings={})
    homes = Who(f"{{column}} between {span.first_home} and {span.last_home}", each=False)
    some = Who(f"{{column}} between {span.first_person} and {span.last_person}", each=False)

    def all_in_order(writer: Writer) -> str:
        return writer.people(span.places, homes, some, some.of("m.person_id"))

    newborn = write.newborn(span.places, "true")
    return Whom(all_in_order, newborn, span.places, many=True, settings=_READ_IN_ORDER)


def packed_frame(
    unit: Unit, law: MonthLaw, *, known_at: dt.datetime, granted: str
) -> tuple[str, Mapping[str, str]]:
    """Write what holds on the first of the month, facts still packed, and the settings to run it under.

    For a province the planner is told to read in the order of persons.
    """
    write = Writer(law, known_at, granted)
    asked = whom(write, unit)
    return write.packed(asked.people(write)), asked.settings


_PLACES = """(
    select standing.unit_id, province.code as province, former.code as former
    from geography_standing standing
    left join geography_unit province on province.id = standing.province_id
    left join geography_unit former on former.id = standing.former_province_id
    where {condition}) place"""


@dataclass(frozen=True, slots=True)
class _Span:
    """How many households were ever registered in a unit (counted to FEW + 1), between which ids they and
    their people lie.

    `places`: where they are registered, as a list, so that the planner sees how many.
    """

    homes: int
    first_home: int
    last_home: int
    first_person: int
    last_person: int
    places: str


def person_span(unit: Unit, *, on: dt.date) -> tuple[int, int]:
    """Return the first and last number of the people whose households were ever registered in a unit."""
    places = _PLACES.format(
        condition=f"standing.valid @> {date(on)} and {geography.standing_condition(unit, on=on)}"
    )
    span = _span(places)
    return span.first_person, span.last_person


def _span(places: str) -> _Span:
    """Look where the people of some places lie, at the ends of indexes; people who moved widen the span."""
    home = "from registry_householdresidence home where home.unit_id = place.unit_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select place.*, ends.* from {places} cross join lateral (select "
            f"(select min(household_id) {home}) as low, (select max(household_id) {home}) as high) ends "
            "where low is not null order by 1"
        )
        rows = cursor.fetchall()
        low, high = min((row[3] for row in rows), default=0), max((row[4] for row in rows), default=-1)
        values = ", ".join(f"({unit}::bigint, {_text(one)}, {_text(two)})" for unit, one, two, *_ in rows)
        listed = f"(values {values or _NOWHERE}) as place (unit_id, province, former)"
        cursor.execute(
            # Fenced, or the least is looked for among everybody of the register, from the first on.
            "select coalesce(min(person_id), 0), coalesce(max(person_id), -1) from (select person_id "
            "from registry_member where household_id between %s and %s offset 0) member",
            [low, high],
        )
        first, last = cursor.fetchone()
        cursor.execute(
            f"select count(*) from (select from {listed} cross join lateral (select {home}) home limit %s) l",
            [FEW + 1],
        )
        (homes,) = cursor.fetchone()
    return _Span(homes, low, high, first, last, listed)


_NOWHERE = "(null::bigint, null::text, null::text)"


def _text(code: str | None) -> str:
    return "null::text" if code is None else f"'{code}'::text"
