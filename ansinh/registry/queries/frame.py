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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connection

from ansinh.db import bulk
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.time import years_before
from ansinh.rulebook import conditions
from ansinh.rulebook.engines import postgres
from ansinh.rulebook.facts import Fact, vocabulary
from ansinh.rulebook.law import MonthLaw

FEW = 6_000
"""Up to so many households each person is looked up by index; above, the tables are read in their order."""

_READ_IN_ORDER = {
    "enable_hashjoin": "off",
    "enable_hashagg": "off",
    "random_page_cost": "1.0",
    "work_mem": "'256MB'",
}
"""A province's people are merged in the order of their ids, as they lie on disk: measured twice as fast as
hashing a million rows five times over (docs/registry-plan.md)."""

_WORD = 62

# What relatives say of a person, on a day: bits of one number, five for each kind of relation.
_FATHER, _MOTHER, _SPOUSE, _SUPPORTER = 0, 5, 10, 15
_LINKED, _DEAD, _WIDOWED, _IN_FACILITY, _DETAINED = 1, 2, 4, 8, 16
# Of supporters: one alive on allowance, one alive without, one dead.
_ON_ALLOWANCE, _ABLE, _GONE = 1, 2, 4
_PRISON_ID, _FACILITY_ID = vocabulary()["imprisoned"].id, vocabulary()["in_facility"].id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact's code lies: the word, the first bit, how many bits. 0 = not known."""

    word: int
    offset: int
    width: int
    add: int


@cache
def _packing() -> tuple[dict[str, Place], int]:
    """Lay the vocabulary's codes side by side into words; return the places and how many words."""
    places: dict[str, Place] = {}
    words: list[int] = []
    for fact in sorted(vocabulary().values(), key=lambda fact: (fact.kind == "money", fact.id)):
        width, add = _width(fact)
        word = next((n for n, used in enumerate(words) if used + width <= _WORD), len(words))
        if word == len(words):
            words.append(0)
        places[fact.name] = Place(word, words[word], width, add)
        words[word] += width
    return places, len(words)


def _width(fact: Fact) -> tuple[int, int]:
    """Return the bits of a fact's code and what is added to a stored value so that 0 means not known."""
    match fact.kind:
        case "bool":
            return 2, 1
        case "enum":
            return len(fact.values).bit_length(), 0
        case "set":
            return len(fact.values) + 1, 1
        case "money":
            return 31, 1


@dataclass(frozen=True, slots=True)
class _Whole:
    """The month as a whole: what holds on its first day, and on which later days something changes."""

    first: str
    last: str

    def reaches(self, row: str) -> str:
        return (
            f"{row}.valid_from <= {self.last} and ({row}.valid_to is null or {row}.valid_to > {self.first})"
        )

    def holds(self, row: str, expression: str) -> str:
        return f"case when {row}.valid_from <= {self.first} then {expression} end"

    def died(self, death: str) -> str:
        return f"{death}.died_on <= {self.last}"

    def changes(self, row: str) -> str:
        return f"{self.mark(f'{row}.valid_from')} | {self.mark(f'{row}.valid_to')}"

    def mark(self, day: str) -> str:
        """The bit of a day after the first of the month; none outside it."""
        return (
            f"case when {day} > {self.first} and {day} <= {self.last} then 1 << ({day} - {self.first}) "
            "else 0 end"
        )

    @property
    def day(self) -> str:
        """The day asked about."""
        return self.first

    @property
    def end(self) -> str:
        """What begins later is left out."""
        return self.last


@dataclass(frozen=True, slots=True)
class _Day:
    """One day, given by a column."""

    day: str

    def reaches(self, row: str) -> str:
        return f"{row}.valid_from <= {self.day} and ({row}.valid_to is null or {row}.valid_to > {self.day})"

    def holds(self, row: str, expression: str) -> str:
        return expression

    def died(self, death: str) -> str:
        return f"{death}.died_on <= {self.day}"

    def changes(self, row: str) -> str:
        return "0"

    def mark(self, day: str) -> str:
        return "0"

    @property
    def end(self) -> str:
        return self.day


@dataclass(frozen=True, slots=True)
class _Who:
    """Whose rows: a span of ids, folded by person (`ids` says which), or one person of an outer row."""

    condition: str
    each: bool
    """One person of an outer row: nothing to group."""

    def of(self, column: str) -> str:
        return self.condition.format(column=column)

    def group(self, column: str) -> str:
        return "" if self.each else f"group by {column}"

    def key(self, column: str) -> str:
        return "" if self.each else f"{column} as key, "


def _one(outer: str) -> _Who:
    return _Who(f"{{column}} = {outer}", each=True)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the query for a month's law, as known at an instant."""

    law: MonthLaw
    known_at: dt.datetime
    granted: str

    # ── words of SQL ──

    @property
    def first(self) -> str:
        return _date(self.law.month.first)

    @property
    def last(self) -> str:
        return _date(self.law.month.last)

    @property
    def whole(self) -> _Whole:
        return _Whole(self.first, self.last)

    def seen(self, row: str) -> str:
        """What the register said at the instant."""
        at = f"timestamptz '{self.known_at.isoformat()}'"
        return f"{row}.recorded_at <= {at} and ({row}.superseded_at is null or {row}.superseded_at > {at})"

    def born(self, person: str) -> str:
        """The effective birth date: the latest (or earliest) possible day."""
        if not self.law.latest_birth:
            return f"{person}.born"
        return (
            f"case {person}.born_precision when 'M' then ({person}.born + interval '1 month - 1 day')::date "
            f"when 'Y' then ({person}.born + interval '1 year - 1 day')::date else {person}.born end"
        )

    def birthdays(self, born: str, ages: Iterable[int]) -> str:
        """The mask of days after the first on which somebody completes one of the ages."""
        steps = "".join(
            f" when {born} > {_date(years_before(self.law.month.last, age))} then 0"
            f" when {born} > {_date(passed)} then 1 << ({born} - {_date(passed)})"
            for age, passed in ((age, years_before(self.law.month.first, age)) for age in sorted(ages))
        )
        return f"case{steps} else 0 end" if steps else "0"

    # ── folded rows: the words w0, w1, … and the days on which they change ──

    def facts(self, table: str, subject: str, when: _Whole | _Day, who: _Who) -> str:
        """The facts of a table, folded by subject."""
        columns = [f"bit_or({when.holds('f', word)}) as w{n}" for n, word in enumerate(_words("f"))]
        return (
            f"select {who.key(f'f.{subject}')}{', '.join(columns)}, bit_or({when.changes('f')}) as days "
            f"from {table} f where {who.of(f'f.{subject}')} and {when.reaches('f')} and {self.seen('f')} "
            f"{who.group(f'f.{subject}')}"
        )

    def relatives(self, when: _Whole | _Day, who: _Who) -> str:
        """What father, mother, spouse and supporters say of a person, from their own records.

        A tie that ended with a death, or after it, counts on.
        """
        day = when.day
        state = f"""case
            when r.valid_from > {day} then 0
            when r.valid_to <= {day} then
                case when r.kind <> 5 and d.died_on <= {day} then {_WIDOWED} else 0 end
            when r.kind <> 5 then {_LINKED} | case
                when d.died_on <= {day} then {_DEAD}
                when {self._on(when, "a")} then case a.fact when {_FACILITY_ID} then {_IN_FACILITY}
                    else {_DETAINED} end
                else 0 end
            when d.died_on <= {day} then {_GONE}
            when g.on_allowance then {_ON_ALLOWANCE}
            else {_ABLE} end << ({_array((_FATHER, _MOTHER, _SPOUSE, None, _SUPPORTER))})[r.kind]"""
        changes = f"{when.changes('r')} | {when.changes('a')} | {when.mark('d.died_on')}"
        return f"""
            select {who.key("r.person_id")}bit_or({state}) as kin, bit_or({changes}) as days
            from registry_relation r
            left join registry_death d
                on d.person_id = r.other_id and {when.died("d")} and {self.seen("d")}
            left join registry_fact a
                on r.kind <= 2 and a.person_id = r.other_id and a.fact in ({_PRISON_ID}, {_FACILITY_ID})
                and a.value = 1 and {when.reaches("a")} and {self.seen("a")}
            left join {self.granted} g on r.kind = 5 and g.person_id = r.other_id
            where {who.of("r.person_id")} and r.kind in (1, 2, 3, 5) and r.valid_from <= {when.end}
                and (r.valid_to is null or r.valid_to > {day} or r.valid_to >= d.died_on) and {self.seen("r")}
            {who.group("r.person_id")}"""

    def _on(self, when: _Whole | _Day, row: str) -> str:
        """A row that reaches the span holds on the day asked about (no row: not)."""
        return f"{row}.valid_from <= {when.day}" if isinstance(when, _Whole) else f"{row}.fact is not null"

    def arrivals(self, when: _Whole, who: _Who) -> str:
        """Who joins a household within the month: that day, and those on which something of it changes."""
        return f"""
            select {who.key("n.person_id")}bit_or({when.mark("n.valid_from")} | coalesce(f.days, 0)) as days
            from registry_member n
            left join lateral (select bit_or({when.changes("f")}) as days from registry_householdfact f
                where f.household_id = n.household_id and {when.reaches("f")} and {self.seen("f")}) f on true
            where {who.of("n.person_id")} and n.valid_from > {self.first} and n.valid_from <= {self.last}
                and {self.seen("n")}
            {who.group("n.person_id")}"""

    def raised(self, when: _Whole | _Day, who: _Who) -> str:
        """The children somebody raises: how many fulfil each count of the law, surely and at most."""
        asked = set().union(*(conditions.names(count.tree) for count in self.law.counts)) & set(vocabulary())
        ids = ", ".join(str(vocabulary()[name].id) for name in sorted(asked)) or "0"
        words = ", ".join(f"bit_or({when.holds('f', word)}) as w{n}" for n, word in enumerate(_words("f")))
        born = self.born("c")
        present = f"r.valid_from <= {when.day} and (d.died_on is null or d.died_on >= {when.day})"
        numbers = []
        for count in self.law.counts:
            verdict = postgres.sql(
                count.tree, column=_child_column, cutoff=lambda years: self.cutoff(when, years)
            )
            counted = f"count(*) filter (where {present} and coalesce(c.born <= {when.day}, true)"
            numbers += [
                f"{counted} and ({verdict}) is true)::int as {count.name}_min",
                f"{counted} and ({verdict}) is not false)::int as {count.name}_max",
            ]
        changes = [
            when.changes("r"),
            "coalesce(f.days, 0)",
            when.mark("c.born"),
            when.mark("(d.died_on + 1)"),
        ]
        if isinstance(when, _Whole):
            changes.append(self.birthdays("c.born", self.law.child_ages))
        return f"""
            select {who.key("r.other_id")}{", ".join(numbers)}, bit_or({" | ".join(changes)}) as days
            from registry_relation r
            join lateral (select {born} as born, c.sex from registry_person c
                where c.id = r.person_id offset 0) c on true
            left join registry_death d on d.person_id = r.person_id and {self.seen("d")}
            left join {self.granted} g on g.person_id = r.other_id
            left join lateral (select {words}, bit_or({when.changes("f")}) as days from registry_fact f
                where f.person_id = r.person_id and f.fact in ({ids})
                    and {when.reaches("f")} and {self.seen("f")}) f on true
            where {who.of("r.other_id")} and r.kind = 6 and {when.reaches("r")} and {self.seen("r")}
            {who.group("r.other_id")}"""

    def cutoff(self, when: _Whole | _Day, years: int) -> str:
        """The latest birth date that has completed so many years on the day."""
        if isinstance(when, _Whole):
            return _date(years_before(self.law.month.first, years))
        return f"c{years}"

    def calendar(self) -> str:
        """The days of the month after the first, their number, and the birth dates of the children's ages."""
        month = self.law.month
        names = ", ".join(["day", "n", *(f"c{years}" for years in self.law.child_ages)])
        rows = (
            ", ".join(
                (_date(day), str(n), *(_date(years_before(day, years)) for years in self.law.child_ages))
            )
            for n, day in ((n, month.first + dt.timedelta(days=n)) for n in range(month.last.day))
        )
        return f"(values {', '.join(f'({row})' for row in rows)}) as calendar ({names})"

    # ── people ──

    def people(self, places: str, homes: _Who, persons: _Who, among: str) -> str:
        """Everybody alive and resident on the first, with what holds then and the mask of later days."""
        whole, first = self.whole, _Day(self.first)
        of_home = self.facts("registry_householdfact", "household_id", whole, homes)
        days = f"days | {whole.mark('left_on')} | {self.birthdays('born', self.law.cutoff_ages)}"
        # Fenced by `offset 0`, so that the birth date is worked out once.
        return f"""
            select person_id, province, former, born, sex, receiving, {self._names()},
                {self._until_death(days, "died_on")} as days
            from (
                select m.person_id, home.province, home.former, {self.born("p")} as born, p.sex,
                    coalesce(g.receiving, 0) as receiving, {self._state("home")},
                    {self._changing("home")} as days, m.valid_to as left_on, d.died_on
                from (
                    select h.household_id, place.province, place.former, {_columns("hf")}, hf.days
                    from {places}
                    join registry_householdresidence h
                        on h.unit_id = place.unit_id and {first.reaches("h")} and {self.seen("h")}
                    {self._attach("hf", of_home, homes, "h.household_id")}
                ) home
                join registry_member m on m.household_id = home.household_id
                    and {first.reaches("m")} and {self.seen("m")} and {among}
                join registry_person p on p.id = m.person_id and {among.replace("m.person_id", "p.id")}
                left join registry_death d on d.person_id = m.person_id and {self.seen("d")}
                left join {self.granted} g on g.person_id = m.person_id
                {self._signals(whole, persons, "m.person_id")}
                where coalesce(d.died_on, 'infinity') >= {self.first}
                offset 0
            ) people
            where coalesce(born, '-infinity') <= {self.first}"""

    def newborn(self, places: str, among: str) -> str:
        """Everybody born within the month: resident on the day of birth; the mask begins with that day."""
        whole, born = self.whole, self.born("p")
        birth = _Day(f"({born})")
        possible = f"p.born between {self.first} and {self.last}"
        if self.law.latest_birth and self.law.month.number == 12:
            possible = f"(p.born = date '{self.law.month.year}-01-01' or {possible})"
        each, of_home = _one("b.person_id"), _one("b.household_id")
        household_facts = self.facts("registry_householdfact", "household_id", whole, of_home)
        days = f"({self._changing('hf')} | {self.birthdays('b.born', self.law.cutoff_ages)})"
        age = f"(b.born - {self.first})"
        days = f"1 << {age} | ({days} >> {age} << {age})"
        nothing = ", ".join(["null::bigint"] * _packing()[1] + ["0"] * (1 + 2 * len(self.law.counts)))
        return f"""
            select b.person_id, b.province, b.former, b.born, b.sex, b.receiving, {nothing},
                {self._until_death(f"({days})", "d.died_on")} as days
            from (
                select p.id as person_id, m.household_id, place.province, place.former, {born} as born, p.sex,
                    coalesce(g.receiving, 0) as receiving
                from registry_person p
                join registry_member m on m.person_id = p.id and {birth.reaches("m")} and {self.seen("m")}
                join registry_householdresidence h
                    on h.household_id = m.household_id and {birth.reaches("h")} and {self.seen("h")}
                join {places} on place.unit_id = h.unit_id
                left join {self.granted} g on g.person_id = p.id
                where {possible} and ({born}) > {self.first} and ({born}) <= {self.last}
                    and {among.replace("m.person_id", "p.id")}
                offset 0
            ) b
            left join registry_death d on d.person_id = b.person_id and {self.seen("d")}
            left join lateral ({household_facts}) hf on true
            {self._signals(whole, each, "b.person_id")}
            where coalesce(d.died_on, 'infinity') >= b.born"""

    def later(self) -> str:
        """Whoever has a day in the mask, once for each such day, with what holds on it."""
        when = _Day("x.day")
        household_facts = self.facts("registry_householdfact", "household_id", when, _one("m.household_id"))
        return f"""
            select x.person_id, x.day, x.province, x.former, x.born, x.sex, x.receiving, {self._state("hf")}
            from (
                select changing.*, calendar.*
                from (select * from base where days <> 0 union all select * from newborn) changing
                join {self.calendar()} on (changing.days >> calendar.n) & 1 = 1
                offset 0
            ) x
            left join lateral (
                select m.household_id from registry_member m
                where m.person_id = x.person_id and {when.reaches("m")} and {self.seen("m")}) m on true
            left join lateral ({household_facts}) hf on true
            {self._signals(when, _one("x.person_id"), "x.person_id")}"""

    def _signals(self, when: _Whole | _Day, who: _Who, person: str) -> str:
        folded = {
            "f": self.facts("registry_fact", "person_id", when, who),
            "s": self.facts("registry_sensitivefact", "person_id", when, who),
            "r": self.relatives(when, who),
        }
        if self.law.counts:
            folded["k"] = self.raised(when, who)
        if isinstance(when, _Whole):
            folded["n"] = self.arrivals(when, who)
        return " ".join(self._attach(alias, query, who, person) for alias, query in folded.items())

    def _changing(self, *others: str) -> str:
        """The days on which any of the folded rows changes."""
        rows = ("f", "s", "r", "n", *(("k",) if self.law.counts else ()), *others)
        return " | ".join(f"coalesce({row}.days, 0)" for row in rows)

    def _attach(self, alias: str, query: str, who: _Who, subject: str) -> str:
        if who.each:
            return f"left join lateral ({query}) {alias} on true"
        return f"left join ({query}) {alias} on {alias}.key = {subject}"

    def _state(self, household: str) -> str:
        """The words and numbers of a person on a day, from all that was folded."""
        words = [
            " | ".join(f"coalesce({row}.w{n}, 0)" for row in ("f", household, "s")) + f" as w{n}"
            for n in range(_packing()[1])
        ]
        counts = [
            f"coalesce(k.{count.name}_{bound}, 0) as {count.name}_{bound}"
            for count in self.law.counts
            for bound in ("min", "max")
        ]
        return ", ".join([*words, "coalesce(r.kin, 0) as kin", *counts])

    def _until_death(self, days: str, died_on: str) -> str:
        return (
            f"case when {died_on} < {self.last} then ({days}) & ((2 << ({died_on} - {self.first})) - 1) "
            f"else {days} end"
        )

    def _names(self) -> str:
        """The names of what `_state` gives."""
        counts = [f"{count.name}_{bound}" for count in self.law.counts for bound in ("min", "max")]
        return ", ".join([*(f"w{n}" for n in range(_packing()[1])), "kin", *counts])

    def unpacked(self, facts: Iterable[str]) -> str:
        """The columns of the frame, from the words."""
        columns = [f"{_column(name)} as {name}" for name in facts]
        counts = [f"{count.name}_{bound}" for count in self.law.counts for bound in ("min", "max")]
        return ", ".join(
            (
                "person_id",
                "day",
                "province as province_code",
                "former as former_province_code",
                "born",
                "sex",
                "receiving",
                *columns,
                *counts,
            )
        )

    def query(self, people: str, newborn: str, facts: Iterable[str]) -> str:
        """The whole query."""
        return f"""
            with base as materialized ({people}),
            newborn as ({newborn})
            select {self.unpacked(facts)}
            from (
                select person_id, {self.first} as day, province, former, born, sex, receiving, {self._names()}
                from base
                union all {self.later()}
            ) packed"""


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
    write = _Writer(law, known_at, granted)
    wanted = list(vocabulary() if facts is None else (name for name in vocabulary() if name in set(facts)))
    condition = "true"
    if unit is not None:
        condition = geography.standing_condition(unit, on=law.month.first)
    places = _PLACES.format(condition=f"standing.valid @> {write.first} and {condition}")
    span = _span(places) if persons is None else None
    if span is None or span.homes <= FEW:
        among = "true"
        if persons is not None:
            among = f"m.person_id in ({', '.join(str(int(person)) for person in persons) or 'null'})"
        people = write.people(places, _one("h.household_id"), _one("m.person_id"), among)
        return write.query(people, write.newborn(places, among), wanted)
    homes = _Who(f"{{column}} between {span.first_home} and {span.last_home}", each=False)
    some = _Who(f"{{column}} between {span.first_person} and {span.last_person}", each=False)
    people = write.people(span.places, homes, some, some.of("m.person_id"))
    return write.query(people, write.newborn(span.places, "true"), wanted)


def make_frame(
    table: str,
    unit: Unit,
    law: MonthLaw,
    *,
    known_at: dt.datetime,
    granted: str,
    facts: Iterable[str] | None = None,
) -> int:
    """Put `facts_frame` of a unit into a temporary table for the transaction; return how many rows.

    For a province the planner is told to read in order of persons.
    """
    query = facts_frame(unit, law, known_at=known_at, granted=granted, facts=facts)
    settings = _READ_IN_ORDER if _IN_ORDER in query else {}
    before = {name: _setting(name) for name in settings}
    for name, value in settings.items():
        bulk.run(f"set local {name} = {value}")
    rows = bulk.run(f"create temporary table {table} on commit drop as {query}")
    for name, value in before.items():
        bulk.run(f"set local {name} = '{value}'")
    return rows


_IN_ORDER = "group by f.person_id"


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
    """How many households were ever registered in a unit, between which ids they and their people lie.

    `places`: where they are registered, as a list, so that the planner sees how many.
    """

    homes: int
    first_home: int
    last_home: int
    first_person: int
    last_person: int
    places: str


def _span(places: str) -> _Span:
    """Look where the people of some places lie; people who moved widen the span."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select place.unit_id, place.province, place.former, count(*), min(h.household_id), "
            f"max(h.household_id) from {places} "
            "join registry_householdresidence h on h.unit_id = place.unit_id group by 1, 2, 3 order by 1"
        )
        rows = cursor.fetchall()
        low, high = min((row[4] for row in rows), default=0), max((row[5] for row in rows), default=-1)
        cursor.execute(
            "select coalesce(min(person_id), 0), coalesce(max(person_id), -1) "
            "from registry_member where household_id between %s and %s",
            [low, high],
        )
        first, last = cursor.fetchone()
    values = ", ".join(f"({unit}::bigint, {_text(one)}, {_text(two)})" for unit, one, two, *_ in rows)
    return _Span(
        homes=sum(row[3] for row in rows),
        first_home=low,
        last_home=high,
        first_person=first,
        last_person=last,
        places=f"(values {values}) as place (unit_id, province, former)",
    )


def _text(code: str | None) -> str:
    return "null::text" if code is None else f"'{code}'::text"


def _words(row: str) -> list[str]:
    """The SQL of a row's value in its place, word by word (NULL in the words where its fact does not lie)."""
    places, count = _packing()
    size = max(fact.id for fact in vocabulary().values())
    by_id = {fact.id: places[fact.name] for fact in vocabulary().values()}
    add = _array(by_id[n].add if n in by_id else None for n in range(1, size + 1))
    words = []
    for word in range(count):
        offsets = _array(
            by_id[n].offset if n in by_id and by_id[n].word == word else None for n in range(1, size + 1)
        )
        shifted = f"(({row}.value + ({add})[{row}.fact])::bigint << ({offsets})[{row}.fact])"
        if word:
            ids = ", ".join(str(n) for n, place in sorted(by_id.items()) if place.word == word)
            shifted = f"case when {row}.fact in ({ids}) then {shifted} end"
        words.append(shifted)
    return words


def _array(numbers: Iterable[int | None]) -> str:
    return "'{" + ",".join("NULL" if n is None else str(n) for n in numbers) + "}'::int[]"


def _code(name: str) -> str:
    """The code of a fact in its word; NULL = not known."""
    place = _packing()[0][name]
    return f"nullif((w{place.word} >> {place.offset}) & {(1 << place.width) - 1}, 0)"


def _value(name: str) -> str:
    """A fact as recorded."""
    fact, code = vocabulary()[name], _code(name)
    if fact.kind == "bool":
        return f"coalesce({code} = 2, false)" if fact.absent == "no" else f"{code} = 2"
    if fact.kind == "enum":
        return f"{code}::smallint"
    value = f"{code} - 1" if fact.kind == "money" else f"({code} - 1)::int"
    return f"coalesce({value}, 0)" if fact.absent == "no" else value


def _column(name: str) -> str:
    """A fact as the law sees it: where relatives are linked, from their records."""
    derived = {
        "father": lambda: _parent("father", _FATHER),
        "mother": lambda: _parent("mother", _MOTHER),
        "marital": _marital,
        "supporter": _supporter,
    }
    return derived[name]() if name in derived else _value(name)


def _parent(name: str, start: int) -> str:
    code, declared = vocabulary()[name].code, _code(name)
    return (
        f"(case when kin & {31 << start} = 0 then {declared} "
        f"when kin & {_LINKED << start} = 0 then {code('DEAD')} "
        f"when kin & {_DEAD << start} <> 0 then {code('DEAD')} "
        f"when kin & {_IN_FACILITY << start} <> 0 then {code('IN_FACILITY')} "
        f"when kin & {_DETAINED << start} <> 0 then {code('DETAINED')} "
        f"when {declared} in ({code('MISSING')}, {code('INCAPABLE')}) then {declared} "
        f"else {code('ALIVE')} end)::smallint"
    )


def _marital() -> str:
    start = _SPOUSE
    code, declared = vocabulary()["marital"].code, _code("marital")
    return (
        f"(case when kin & {31 << start} = 0 then {declared} "
        f"when kin & {_LINKED << start} = 0 or kin & {_DEAD << start} <> 0 then {code('SPOUSE_DEAD')} "
        f"when {declared} = {code('SPOUSE_MISSING')} then {declared} "
        f"else {code('MARRIED')} end)::smallint"
    )


def _supporter() -> str:
    code, declared = vocabulary()["supporter"].code, _code("supporter")
    able, allowance, gone = (bit << _SUPPORTER for bit in (_ABLE, _ON_ALLOWANCE, _GONE))
    return (
        f"(case when kin & {able | allowance | gone} = 0 then {declared} "
        f"when kin & {able} <> 0 then case when {declared} in ({code('UNABLE')}, {code('ABLE')}) "
        f"then {declared} end "
        f"when kin & {allowance} <> 0 then {code('ON_ALLOWANCE')} "
        f"else {code('NONE')} end)::smallint"
    )


def _child_column(name: str) -> str:
    """What a count of children asks of a child; `receiving` is the parent's."""
    if name in ("born", "sex"):
        return f"c.{name}"
    return "coalesce(g.receiving, 0)" if name == "receiving" else _value(name).replace("(w", "(f.w")


def _columns(row: str) -> str:
    return ", ".join(f"{row}.w{n}" for n in range(_packing()[1]))


def _date(day: dt.date) -> str:
    return f"date '{day.isoformat()}'"
