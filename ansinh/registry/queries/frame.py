"""The facts of everybody as one query (bảng dữ kiện): the heart of the speed.

One row a person and evaluated day. Evaluated are the first of the month (for a newborn the day of birth) and
every later day of the month, up to the person's death, on which something the law may ask changes: a fact or
a household's fact begins or ends, they join another household, a tie or a relative's life or whereabouts
changes, they or a child they raise pass an age of the law.

How it is fast: everything that is stored as (person, fact, value) is folded in one ordered pass, each value
shifted to its own bits of a word (`bit_or`), and unpacked at the end; the days on which something changes
come out of the same pass, as a mask of days. Whoever has such days (a few in a hundred) is looked up once
more for each. Where each fact lies is worked out anew for each query and stored nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from ansinh.db import bulk
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.registry.queries.folding import OF_A_DAY, OF_A_KIND, Who, Writer, date, one
from ansinh.registry.queries.gathering import crowd, kinds
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw

FEW = 6_000
"""Up to so many households each person is looked up by index; above, the tables are read in their order."""

_READ_IN_ORDER = {
    "enable_hashjoin": "off",
    "enable_nestloop": "off",
    "enable_hashagg": "off",
    "random_page_cost": "1.0",
    "work_mem": "'256MB'",
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
    asked = _people(write, unit, persons)
    return write.query(asked.people, asked.newborn, wanted)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked about: the query for everybody alive and resident on the first, and that for the newborn.

    `settings`: of the server, under which to run the first.
    """

    people: str
    newborn: str
    settings: Mapping[str, str]


def _people(write: Writer, unit: Unit | None, persons: Sequence[int] | None = None) -> _Asked:
    condition = "true"
    if unit is not None:
        condition = geography.standing_condition(unit, on=write.law.month.first)
    places = _PLACES.format(condition=f"standing.valid @> {write.first} and {condition}")
    span = _span(places) if persons is None else None
    if span is None or span.homes <= FEW:
        among = "true"
        if persons is not None:
            among = f"m.person_id in ({', '.join(str(int(person)) for person in persons) or 'null'})"
        people = write.people(places, one("h.household_id"), one("m.person_id"), among)
        return _Asked(people, write.newborn(places, among), {})
    homes = Who(f"{{column}} between {span.first_home} and {span.last_home}", each=False)
    some = Who(f"{{column}} between {span.first_person} and {span.last_person}", each=False)
    people = write.people(span.places, homes, some, some.of("m.person_id"))
    return _Asked(people, write.newborn(span.places, "true"), _READ_IN_ORDER)


def packed_frame(
    unit: Unit, law: MonthLaw, *, known_at: dt.datetime, granted: str
) -> tuple[str, Mapping[str, str]]:
    """Write what holds on the first of the month, facts still packed, and the settings to run it under.

    For a province the planner is told to read in the order of persons.
    """
    write = Writer(law, known_at, granted)
    asked = _people(write, unit)
    return write.packed(asked.people), asked.settings


def make_frame(
    unit: Unit, law: MonthLaw, *, known_at: dt.datetime, granted: str, facts: Iterable[str]
) -> None:
    """Put the facts of a unit's people into temporary tables, for the transaction (bảng dữ kiện).

    `frame` (person_id, day, kind) has a row a person and evaluated day, `kind` (kind, the columns of
    `facts_frame` but person_id, and their hash) what is true of them then: whoever's facts say the same to
    the law shares a kind, and of their birth dates `born` is the latest that has completed the same ages.
    Of an `alone` kind everybody has no other evaluated day.

    There are far fewer kinds than people, so that unpacking facts and asking the law cost next to nothing.
    """
    write = Writer(law, known_at, granted)
    for name in ("gathered", "kind", "frame"):
        bulk.run(f"drop table if exists pg_temp.{name}")
    _pack(write, unit)
    asked = set(facts)
    with _set({"work_mem": "'256MB'"}):
        bulk.run(f"create temporary table gathered on commit drop as {kinds(write, 'pg_temp.packed', asked)}")
    bulk.run("drop table pg_temp.packed")
    told = write.unpacked(name for name in vocabulary() if name in asked)
    bulk.run(
        f"""
        create temporary table kind on commit drop as
        select kind, alone, unpacked.*, hash_record_extended(unpacked, 0) as hash
        from pg_temp.gathered cross join lateral (select {", ".join(OF_A_DAY[1:])}, {told} offset 0) unpacked
        """
    )
    bulk.run(
        "create temporary table frame on commit drop as "
        "select unnest(persons) as person_id, day, kind from pg_temp.gathered"
    )
    bulk.run("drop table pg_temp.gathered")


def make_crowd(
    unit: Unit,
    law: MonthLaw,
    *,
    known_at: dt.datetime,
    granted: str,
    facts: Iterable[str],
    births: Iterable[dt.date],
) -> None:
    """Put a unit's people into temporary tables, counted, without who they are, for the transaction.

    `crowd` (kind, unit_id, day, person_id, born, died_on, people): a row for all who were registered at a
    unit, of whom the law is told the same, and who were born in one of the spans that begin with `births`
    (ascending): how many people, born on the first day of the span, none of them with a number. Who has
    several evaluated days, raises children, or has a recorded death has rows alone, under their number.
    `kind` (kind, province_code, former_province_code, sex, receiving, facts and counts as in `facts_frame`).
    """
    write = Writer(law, known_at, granted)
    for name in ("crowd", "kind"):
        bulk.run(f"drop table if exists pg_temp.{name}")
    _pack(write, unit)
    asked = set(facts)
    with _set({"work_mem": "'256MB'"}):
        bulk.run(
            f"create temporary table crowd on commit drop as {crowd(write, 'pg_temp.packed', asked, births)}"
        )
    bulk.run("drop table pg_temp.packed")
    told = write.unpacked(name for name in vocabulary() if name in asked)
    bulk.run(
        f"create temporary table kind on commit drop as select kind, {', '.join(OF_A_KIND)}, {told} "
        "from (select distinct on (kind) * from pg_temp.crowd) crowd"
    )


def _pack(write: Writer, unit: Unit) -> None:
    """Put what holds of a unit's people on each evaluated day into the temporary table `packed`."""
    bulk.run("drop table if exists pg_temp.packed")
    who = _people(write, unit)
    with _set(who.settings):
        bulk.run(f"create temporary table packed on commit drop as {write.packed(who.people)}")
    bulk.run(f"insert into pg_temp.packed {write.later('pg_temp.packed', who.newborn)}")


@contextmanager
def _set(settings: Mapping[str, str]) -> Iterator[None]:
    """Work with some settings of the server, then as before."""
    before = {name: _setting(name) for name in settings}
    for name, value in settings.items():
        bulk.run(f"set local {name} = {value}")
    yield
    for name, value in before.items():
        bulk.run(f"set local {name} = '{value}'")


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting(%s)", [name])
        row = cursor.fetchone()
    return str(row[0])


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
