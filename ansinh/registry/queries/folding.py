"""Folding what is stored of people, row by row, into one row a person (or a person and a day)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ansinh.kernel.time import years_before
from ansinh.registry.queries.packing import (
    ABLE,
    DEAD,
    DETAINED,
    FATHER,
    GONE,
    IN_FACILITY,
    LINKED,
    MOTHER,
    ON_ALLOWANCE,
    SPOUSE,
    SUPPORTER,
    WIDOWED,
    array,
    column,
    columns,
    packing,
    value,
    words,
)
from ansinh.registry.queries.spans import IN_MONTH, Day, Onward, Who, Whole, one
from ansinh.rulebook import conditions
from ansinh.rulebook.engines import postgres
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw

_PRISON_ID, _FACILITY_ID = vocabulary()["imprisoned"].id, vocabulary()["in_facility"].id
OF_RELATIVES = (_PRISON_ID, _FACILITY_ID)
"""The facts that are read of a father or mother."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the query for a month's law, as known at an instant."""

    law: MonthLaw
    known_at: dt.datetime
    granted: str
    onward: bool = False
    """Also tell how long everything will hold."""

    # ── words of SQL ──

    @property
    def first(self) -> str:
        return date(self.law.month.first)

    @property
    def last(self) -> str:
        return date(self.law.month.last)

    @property
    def whole(self) -> Whole:
        return (Onward if self.onward else Whole)(self.first, self.last)

    def seen(self, row: str) -> str:
        """What the register said at the instant."""
        at = self.instant
        return f"{row}.recorded_at <= {at} and ({row}.superseded_at is null or {row}.superseded_at > {at})"

    @property
    def instant(self) -> str:
        """The instant as an SQL expression."""
        return f"timestamptz '{self.known_at.isoformat()}'"

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
            f" when {born} > {date(years_before(self.law.month.last, age))} then 0"
            f" when {born} > {date(passed)} then 1 << ({born} - {date(passed)})"
            for age, passed in ((age, years_before(self.law.month.first, age)) for age in sorted(ages))
        )
        return f"case{steps} else 0 end" if steps else "0"

    # ── folded rows: the words w0, w1, … and the days on which they change ──

    def facts(self, table: str, subject: str, when: Whole | Day, who: Who) -> str:
        """The facts of a table, folded by subject."""
        columns = [f"bit_or({when.holds('f', word)}) as w{n}" for n, word in enumerate(words("f"))]
        return (
            f"select {who.key(f'f.{subject}')}{', '.join(columns)}, bit_or({when.changes('f')}) as days "
            f"from {table} f where {who.of(f'f.{subject}')} and {when.reaches('f')} and {self.seen('f')} "
            f"{who.group(f'f.{subject}')}"
        )

    def relatives(self, when: Whole | Day, who: Who) -> str:
        """What father, mother, spouse and supporters say of a person, from their own records.

        A tie that ended with a death, or after it, counts on.
        """
        day = when.day
        state = f"""case
            when r.valid_from > {day} then 0
            when r.valid_to <= {day} then
                case when r.kind <> 5 and d.died_on <= {day} then {WIDOWED} else 0 end
            when r.kind <> 5 then {LINKED} | case
                when d.died_on <= {day} then {DEAD}
                when {self._on(when, "a")} then case a.fact when {_FACILITY_ID} then {IN_FACILITY}
                    else {DETAINED} end
                else 0 end
            when d.died_on <= {day} then {GONE}
            when g.on_allowance then {ON_ALLOWANCE}
            else {ABLE} end << ({array((FATHER, MOTHER, SPOUSE, None, SUPPORTER))})[r.kind]"""
        changes = f"{when.changes('r')} | {when.changes('a')} | {when.mark('d.died_on')}"
        supporters = ""
        if isinstance(when, Onward):
            alive = (
                f"r.kind = 5 and r.valid_from <= {day} and (r.valid_to is null or r.valid_to > {day}) "
                f"and (d.died_on is null or d.died_on > {day})"
            )
            supporters = f""",
                min(r.other_id) filter (where {alive}) as supporter_id,
                count(*) filter (where {alive}) as supporters"""
        return f"""
            select {who.key("r.person_id")}bit_or({state}) as kin,
                bit_or({when.within("r", changes)}) as days{supporters}
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

    def _on(self, when: Whole | Day, row: str) -> str:
        """A row that reaches the span holds on the day asked about (no row: not)."""
        return f"{row}.valid_from <= {when.day}" if isinstance(when, Whole) else f"{row}.fact is not null"

    def arrivals(self, when: Whole, who: Who) -> str:
        """Who joins a household within the month: the days they join and leave, and those of its changes."""
        changes = f"{when.changes('n')} | coalesce(f.days, 0)"
        return f"""
            select {who.key("n.person_id")}bit_or({when.within("n", changes)}) as days
            from registry_member n
            left join lateral (select bit_or({when.changes("f")}) as days from registry_householdfact f
                where f.household_id = n.household_id and {when.reaches("f")} and {self.seen("f")}) f on true
            where {who.of("n.person_id")} and n.valid_from > {self.first} and n.valid_from <= {when.end}
                and {self.seen("n")}
            {who.group("n.person_id")}"""

    def raised(self, when: Whole | Day, who: Who) -> str:
        """The children somebody raises: how many fulfil each count of the law, surely and at most."""
        asked = set().union(*(conditions.names(count.tree) for count in self.law.counts)) & set(vocabulary())
        ids = ", ".join(str(vocabulary()[name].id) for name in sorted(asked)) or "0"
        folded = ", ".join(f"bit_or({when.holds('f', word)}) as w{n}" for n, word in enumerate(words("f")))
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
        if isinstance(when, Whole):
            changes.append(self.birthdays("c.born", self.law.child_ages))
        return f"""
            select {who.key("r.other_id")}{", ".join(numbers)},
                bit_or({when.within("r", " | ".join(changes))}) as days
            from registry_relation r
            join lateral (select {born} as born, c.sex from registry_person c
                where c.id = r.person_id offset 0) c on true
            left join registry_death d on d.person_id = r.person_id and {self.seen("d")}
            left join {self.granted} g on g.person_id = r.other_id
            left join lateral (select {folded}, bit_or({when.changes("f")}) as days from registry_fact f
                where f.person_id = r.person_id and f.fact in ({ids})
                    and {when.reaches("f")} and {self.seen("f")}) f on true
            where {who.of("r.other_id")} and r.kind = 6 and {when.reaches("r")} and {self.seen("r")}
            {who.group("r.other_id")}"""

    def cutoff(self, when: Whole | Day, years: int) -> str:
        """The latest birth date that has completed so many years on the day."""
        if isinstance(when, Whole):
            return date(years_before(self.law.month.first, years))
        return f"c{years}"

    def calendar(self) -> str:
        """The days of the month after the first, their number, and the birth dates of the children's ages."""
        month = self.law.month
        names = ", ".join(["day", "n", *(f"c{years}" for years in self.law.child_ages)])
        rows = (
            ", ".join((date(day), str(n), *(date(years_before(day, years)) for years in self.law.child_ages)))
            for n, day in ((n, month.first + dt.timedelta(days=n)) for n in range(month.last.day))
        )
        return f"(values {', '.join(f'({row})' for row in rows)}) as calendar ({names})"

    # ── people ──

    def people(self, places: str, homes: Who, persons: Who, among: str) -> str:
        """Everybody alive and resident on the first, with what holds then and the mask of later days.

        `onward`: also `later`, how long it will hold, and whether it is settled until then.
        """
        whole, first = self.whole, Day(self.first)
        of_home = self.facts("registry_householdfact", "household_id", whole, homes)
        changes = f"days | {whole.mark('left_on')}"
        days = f"({changes} & {IN_MONTH})::int | {self.birthdays('born', self.law.cutoff_ages)}"
        onward = self._onward(f"({changes})") if isinstance(whole, Onward) else ""
        supporters = ", r.supporter_id, coalesce(r.supporters, 0) as supporters" if onward else ""
        # Fenced by `offset 0`, so that the birth date is worked out once.
        return f"""
            select person_id, province, former, born, sex, receiving, unit_id, died_on, {self.names()},
                {self._until_death(f"({days})", "died_on")} as days{onward}
            from (
                select m.person_id, home.province, home.former, {self.born("p")} as born, p.sex,
                    coalesce(g.receiving, 0) as receiving, home.unit_id, d.died_on,
                    {self._state("home", "g.receiving", "m.person_id")},
                    {self._changing("home")} as days, m.valid_to as left_on, home.moved_on,
                    {self._present("s")} as secret, {self._present("k")} as raises{supporters}
                from (
                    select h.household_id, place.unit_id, place.province, place.former, {columns("hf")},
                        hf.days, h.valid_to as moved_on
                    from {places}
                    join registry_householdresidence h
                        on h.unit_id = place.unit_id and {first.reaches("h")} and {self.seen("h")}
                        {"" if homes.each else f"and {homes.of('h.household_id')}"}
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

    def _present(self, row: str) -> str:
        """Whether anything was folded into a row: of nothing there is no mask of days, not even 0."""
        return "false" if row == "k" and not self.law.counts else f"{row}.days is not null"

    def _onward(self, changes: str) -> str:
        later = Onward(self.first, self.last).later("moved_on")
        moved = f"case when moved_on > {self.first} then {later} else 0 end"
        return f""",
                ({changes} | {moved}) >> 31 as later,
                {changes} & {IN_MONTH} = 0 and died_on is null and not secret and not raises
                    and supporters <= 1 as settled, supporter_id"""

    def newborn(self, places: str, among: str) -> str:
        """Everybody born within the month: resident on the day of birth; the mask begins with that day."""
        whole, born = self.whole, self.born("p")
        birth = Day(f"({born})")
        possible = f"p.born between {self.first} and {self.last}"
        if self.law.latest_birth and self.law.month.number == 12:
            possible = f"(p.born = date '{self.law.month.year}-01-01' or {possible})"
        each, of_home = one("b.person_id"), one("b.household_id")
        household_facts = self.facts("registry_householdfact", "household_id", whole, of_home)
        birthdays = self.birthdays("b.born", self.law.cutoff_ages)
        days = f"({self._changing('hf')} | {whole.mark('b.left_on')} | {birthdays})"
        age = f"(b.born - {self.first})"
        days = f"1 << {age} | ({days} >> {age} << {age})"
        return f"""
            select b.person_id, b.province as province_code, b.former as former_province_code, b.born, b.sex,
                b.receiving, b.unit_id, d.died_on, {self._until_death(f"({days})", "d.died_on")} as days
            from (
                select p.id as person_id, m.household_id, place.unit_id, place.province, place.former,
                    {born} as born, p.sex, coalesce(g.receiving, 0) as receiving, m.valid_to as left_on
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

    def later(self, base: str, newborn: str) -> str:
        """Whoever has a day in the mask, once for each such day, with what holds on it.

        `base` names what `packed` gave, `newborn` is the query for them.
        """
        when = Day("x.day")
        known = f"{', '.join(name for name in OF_A_DAY if name != 'day')}, unit_id, died_on, days"
        household_facts = self.facts("registry_householdfact", "household_id", when, one("m.household_id"))
        return f"""
            select x.person_id, x.day, x.province_code, x.former_province_code, x.born, x.sex, x.receiving,
                x.unit_id, x.died_on, {self._state("hf", "x.receiving", "x.person_id")},
                0 as days, false as alone
            from (
                select changing.*, calendar.*
                from (
                    select {known} from {base} where days <> 0 union all select {known} from ({newborn}) born
                ) changing
                join {self.calendar()} on (changing.days >> calendar.n) & 1 = 1
                offset 0
            ) x
            left join lateral (
                select m.household_id from registry_member m
                where m.person_id = x.person_id and {when.reaches("m")} and {self.seen("m")}) m on true
            left join lateral ({household_facts}) hf on true
            {self._signals(when, one("x.person_id"), "x.person_id")}"""

    def _signals(self, when: Whole | Day, who: Who, person: str) -> str:
        folded = {
            "f": self.facts("registry_fact", "person_id", when, who),
            "s": self.facts("registry_sensitivefact", "person_id", when, who),
            "r": self.relatives(when, who),
        }
        if self.law.counts:
            folded["k"] = self.raised(when, who)
        if isinstance(when, Whole):
            folded["n"] = self.arrivals(when, who)
        return " ".join(self._attach(alias, query, who, person) for alias, query in folded.items())

    def _changing(self, *others: str) -> str:
        """The days on which any of the folded rows changes."""
        rows = ("f", "s", "r", "n", *(("k",) if self.law.counts else ()), *others)
        return " | ".join(f"coalesce({row}.days, 0)" for row in rows)

    def _attach(self, alias: str, query: str, who: Who, subject: str) -> str:
        if who.each:
            return f"left join lateral ({query}) {alias} on true"
        return f"left join ({query}) {alias} on {alias}.key = {subject}"

    def _state(self, household: str, receiving: str, person: str) -> str:
        """The words and numbers of a person on a day, from all that was folded."""
        words = [
            " | ".join(f"coalesce({row}.w{n}, 0)" for row in ("f", household, "s")) + f" as w{n}"
            for n in range(packing()[1])
        ]
        none = self.none_raised(receiving, person)
        counts = [
            f"coalesce(k.{count.name}_min, 0) as {count.name}_min, "
            f"case when k.days is null then {none} else k.{count.name}_max end as {count.name}_max"
            for count in self.law.counts
        ]
        return ", ".join([*words, "coalesce(r.kin, 0) as kin", *counts])

    def none_raised(self, receiving: str, person: str) -> str:
        """How many children somebody raises at most of whom no child is known that month: 0, or not known.

        Not known: they are granted something for their children, and none was ever recorded (as after a
        commune's list, which names parents only).
        """
        return f"""case when {receiving} & {self.law.raising} <> 0 and not exists (
            select from registry_relation child
            where child.other_id = {person} and child.kind = 6 and {self.seen("child")}
        ) then null else 0 end"""

    def _until_death(self, days: str, died_on: str) -> str:
        return (
            f"case when {died_on} < {self.last} then ({days}) & ((2 << ({died_on} - {self.first})) - 1) "
            f"else {days} end"
        )

    def names(self) -> str:
        """The names of what `_state` gives."""
        return ", ".join([*(f"w{n}" for n in range(packing()[1])), "kin", *self.counts()])

    def unpacked(self, facts: Iterable[str]) -> str:
        """The facts and counts as columns, from the words."""
        columns = [f"{column(name)} as {name}" for name in facts]
        return ", ".join([*columns, *self.counts()])

    def counts(self) -> list[str]:
        return [f"{count.name}_{bound}" for count in self.law.counts for bound in ("min", "max")]

    def columns(self) -> list[str]:
        """The columns of what `packed` gives.

        `OF_A_DAY`, unit_id (where somebody is registered on their first day), died_on (as known), `names`,
        days (the mask), alone (no other day).
        """
        return [*OF_A_DAY, "unit_id", "died_on", self.names(), "days", "alone"]

    def packed(self, people: str) -> str:
        """What holds of people on the first, facts still in their words.

        Columns: `columns`; of `onward` also `later`, `settled` and `supporter_id`.
        """
        onward = ", later, settled, supporter_id" if self.onward else ""
        return f"""
            select person_id, {self.first} as day, province as province_code, former as former_province_code,
                born, sex, receiving, unit_id, died_on, {self.names()}, days, days = 0 as alone{onward}
            from ({people}) people"""

    def query(self, people: str, newborn: str, facts: Iterable[str]) -> str:
        """The whole query."""
        return f"""
            with base as materialized ({self.packed(people)})
            select {", ".join(OF_A_DAY)}, {self.unpacked(facts)}
            from (select * from base union all {self.later("base", newborn)}) packed"""


OF_A_DAY = ("person_id", "day", "province_code", "former_province_code", "born", "sex", "receiving")


def _child_column(name: str) -> str:
    """What a count of children asks of a child; `receiving` is the parent's."""
    if name in ("born", "sex"):
        return f"c.{name}"
    return "coalesce(g.receiving, 0)" if name == "receiving" else value(name).replace("(w", "(f.w")


def date(day: dt.date) -> str:
    return f"date '{day.isoformat()}'"
