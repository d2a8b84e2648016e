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
from ansinh.registry.models import Relation
from ansinh.rulebook import conditions
from ansinh.rulebook.engines import postgres
from ansinh.rulebook.facts import Fact, vocabulary
from ansinh.rulebook.law import MonthLaw

FEW = 20_000
"""Up to so many people each is looked up by index; above, the tables are read in the order of persons."""

_READ_IN_ORDER = {
    "enable_hashjoin": "off",
    "enable_hashagg": "off",
    "random_page_cost": "1.0",
    "work_mem": "'256MB'",
}
"""A province's people are merged in the order of their ids, as they lie on disk: measured twice as fast as
hashing a million rows five times over (docs/registry-plan.md)."""

_WORD = 62

# What relatives say of a person, on a day: bits of one number. Father from 0, mother from 5, spouse from 10.
_LINKED, _DEAD, _WIDOWED, _IN_FACILITY, _DETAINED = 1, 2, 4, 8, 16
_FROM = {Relation.Kind.FATHER: 0, Relation.Kind.MOTHER: 5, Relation.Kind.SPOUSE: 10}
# Supporters from 15: one alive on allowance, one alive without, one dead.
_SUPPORTER, _ON_ALLOWANCE, _ABLE, _GONE = 15, 1, 2, 4


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
        return self.first


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

    def ties(self, when: _Whole | _Day, who: _Who) -> str:
        """Who has a father, a mother, a spouse in the register."""
        linked = when.holds("r", f"{_LINKED} << {_shift('r')}")
        return (
            f"select {who.key('r.person_id')}bit_or({linked}) as kin, bit_or({when.changes('r')}) as days "
            f"from registry_relation r where {who.of('r.person_id')} and r.kind in (1, 2, 3) "
            f"and {when.reaches('r')} and {self.seen('r')} {who.group('r.person_id')}"
        )

    def seldom(self, when: _Whole | _Day, who: _Who) -> str:
        """What few people have: secret facts, dead or absent relatives, supporters, a change of household."""
        rows = [
            self._secrets(when, who),
            self._dead_relatives(when, who),
            self._absent_relatives(when, who),
            self._supporters(when, who),
        ]
        if isinstance(when, _Whole):
            rows.append(self._arrivals(when, who))
        words = ", ".join(f"bit_or(w{n}) as w{n}" for n in range(_packing()[1]))
        key = "" if who.each else "key, "
        grouped = "" if who.each else "group by key"
        return (
            f"select {key}{words}, bit_or(kin) as kin, bit_or(days) as days "
            f"from ({' union all '.join(rows)}) as rows {grouped}"
        )

    def _row(self, key: str, *, words: Sequence[str] = (), kin: str = "0", days: str) -> str:
        words = words or ["null::bigint"] * _packing()[1]
        named = ", ".join(f"{word} as w{n}" for n, word in enumerate(words))
        return f"select {key} as key, {named}, {kin} as kin, {days} as days"

    def _secrets(self, when: _Whole | _Day, who: _Who) -> str:
        words = [when.holds("f", word) for word in _words("f")]
        row = self._row("f.person_id", words=words, days=when.changes("f"))
        return (
            f"{row} from registry_sensitivefact f where {who.of('f.person_id')} "
            f"and {when.reaches('f')} and {self.seen('f')}"
        )

    def _dead_relatives(self, when: _Whole | _Day, who: _Who) -> str:
        """A tie that ended with the death, or after it, counts on."""
        still = f"(r.valid_to is null or r.valid_to > {when.day})"
        dead = f"case when {still} then {_DEAD} else {_WIDOWED} end << {_shift('r')}"
        if isinstance(when, _Whole):
            dead = f"case when d.died_on <= {when.day} and r.valid_from <= {when.day} then {dead} end"
        latest = when.last if isinstance(when, _Whole) else when.day
        row = self._row("r.person_id", kin=dead, days=when.mark("d.died_on"))
        return (
            f"{row} from registry_relation r join registry_death d on d.person_id = r.other_id "
            f"where {who.of('r.person_id')} and r.kind in (1, 2, 3) and {self.seen('r')} and {self.seen('d')} "
            f"and {when.died('d')} and r.valid_from <= {latest} "
            "and (r.valid_to is null or r.valid_to >= d.died_on)"
        )

    def _absent_relatives(self, when: _Whole | _Day, who: _Who) -> str:
        facility, prison = vocabulary()["in_facility"].id, vocabulary()["imprisoned"].id
        away = f"case a.fact when {facility} then {_IN_FACILITY} else {_DETAINED} end << {_shift('r')}"
        if isinstance(when, _Whole):
            away = f"case when greatest(a.valid_from, r.valid_from) <= {when.day} then {away} end"
        row = self._row("r.person_id", kin=away, days=when.changes("a"))
        return (
            f"{row} from registry_relation r join registry_fact a on a.person_id = r.other_id "
            f"and a.fact in ({prison}, {facility}) and a.value = 1 "
            f"where {who.of('r.person_id')} and r.kind in (1, 2) and {self.seen('r')} and {self.seen('a')} "
            f"and {when.reaches('r')} and {when.reaches('a')}"
        )

    def _supporters(self, when: _Whole | _Day, who: _Who) -> str:
        state = (
            f"case when d.died_on <= {when.day} then {_GONE} when g.on_allowance then {_ON_ALLOWANCE} "
            f"else {_ABLE} end << {_SUPPORTER}"
        )
        row = self._row(
            "r.person_id",
            kin=when.holds("r", state),
            days=f"{when.changes('r')} | {when.mark('d.died_on')}",
        )
        return (
            f"{row} from registry_relation r "
            f"left join registry_death d on d.person_id = r.other_id and {self.seen('d')} and {when.died('d')} "
            f"left join {self.granted} g on g.person_id = r.other_id "
            f"where {who.of('r.person_id')} and r.kind = 5 and {when.reaches('r')} and {self.seen('r')}"
        )

    def _arrivals(self, when: _Whole, who: _Who) -> str:
        row = self._row("n.person_id", days=when.mark("n.valid_from"))
        return (
            f"{row} from registry_member n where {who.of('n.person_id')} "
            f"and n.valid_from > {self.first} and n.valid_from <= {self.last} and {self.seen('n')}"
        )

    def raised(self, when: _Whole | _Day, who: _Who) -> str:
        """The children somebody raises: how many fulfil each count of the law, surely and at most."""
        asked = sorted(
            set().union(*(conditions.names(count.tree) for count in self.law.counts)) & set(vocabulary())
        )
        ids = ", ".join(str(vocabulary()[name].id) for name in asked) or "0"
        born = self.born("c")
        present = (
            f"coalesce({born} <= {when.day}, true) and (d.died_on is null or d.died_on >= {when.day})"
            + (f" and r.valid_from <= {when.day}" if isinstance(when, _Whole) else "")
        )
        numbers = []
        for count in self.law.counts:
            verdict = postgres.sql(
                count.tree,
                column=lambda name: _child_column(name, born),
                cutoff=lambda years: self.cutoff(when, years),
            )
            numbers += [
                f"count(*) filter (where {present} and ({verdict}) is true)::int as {count.name}_min",
                f"count(*) filter (where {present} and ({verdict}) is not false)::int as {count.name}_max",
            ]
        words = ", ".join(f"bit_or({when.holds('f', word)}) as w{n}" for n, word in enumerate(_words("f")))
        days = "0"
        if isinstance(when, _Whole):
            days = " | ".join(
                (
                    when.changes("r"),
                    "coalesce(f.days, 0)",
                    when.mark(f"({born})"),
                    when.mark("(d.died_on + 1)"),
                    self.birthdays(f"({born})", self.law.child_ages),
                )
            )
        return (
            f"select {who.key('r.other_id')}{', '.join([*numbers, f'bit_or({days}) as days'])} "
            "from registry_relation r join registry_person c on c.id = r.person_id "
            f"left join registry_death d on d.person_id = c.id and {self.seen('d')} "
            f"left join {self.granted} g on g.person_id = r.other_id "
            f"left join lateral (select {words}, bit_or({when.changes('f')}) as days from registry_fact f "
            f"where f.person_id = r.person_id and f.fact in ({ids}) and {when.reaches('f')} and {self.seen('f')}"
            ") f on true "
            f"where {who.of('r.other_id')} and r.kind = 6 and {when.reaches('r')} and {self.seen('r')} "
            f"{who.group('r.other_id')}"
        )

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

    def people(self, standing: str, homes: _Who, persons: _Who, among: str) -> str:
        """Everybody alive and resident on the first, with what holds then and the mask of later days."""
        whole = self.whole
        born = self.born("p")
        home = (
            f"select h.household_id, place.code as province, former.code as former, {_columns('hf')}, hf.days "
            "from geography_standing standing "
            "join registry_householdresidence h on h.unit_id = standing.unit_id "
            f"and {_Day(self.first).reaches('h')} and {self.seen('h')} "
            "left join geography_unit place on place.id = standing.province_id "
            "left join geography_unit former on former.id = standing.former_province_id "
            f"{self._attach('hf', self.facts('registry_householdfact', 'household_id', whole, homes), homes, 'h.household_id')} "
            f"where {standing}"
        )
        signals = self._signals(whole, persons, "m.person_id")
        days = " | ".join(
            (
                *(
                    f"coalesce({row}.days, 0)"
                    for row in ("home", "f", "t", "s", *(["k"] if self.law.counts else []))
                ),
                whole.mark("m.valid_to"),
                self.birthdays(f"({born})", self.law.cutoff_ages),
            )
        )
        return (
            f"select m.person_id, home.province, home.former, {born} as born, p.sex, "
            f"coalesce(g.receiving, 0) as receiving, {self._state('home')}, {self._until_death(days)} as days "
            f"from ({home}) home "
            "join registry_member m on m.household_id = home.household_id "
            f"and {_Day(self.first).reaches('m')} and {self.seen('m')} and {among} "
            f"join registry_person p on p.id = m.person_id and {among.replace('m.person_id', 'p.id')} "
            f"left join registry_death d on d.person_id = m.person_id and {self.seen('d')} "
            f"left join {self.granted} g on g.person_id = m.person_id "
            f"{signals} "
            f"where coalesce(d.died_on, 'infinity') >= {self.first} and coalesce({born}, '-infinity') <= {self.first}"
        )

    def newborn(self, standing: str, among: str) -> str:
        """Everybody born within the month: resident on the day of birth; the mask begins with that day."""
        whole = self.whole
        born = self.born("p")
        possible = f"p.born between {self.first} and {self.last}"
        if self.law.latest_birth and self.law.month.number == 12:
            possible = f"(p.born = date '{self.law.month.year}-01-01' or {possible})"
        each = _Who("{column} = b.person_id", each=True)
        days = " | ".join(
            (
                *(
                    f"coalesce({row}.days, 0)"
                    for row in ("hf", "f", "t", "s", *(["k"] if self.law.counts else []))
                ),
                self.birthdays("b.born", self.law.cutoff_ages),
            )
        )
        since = f"(({days}) >> (b.born - {self.first}) << (b.born - {self.first}))"
        householdfacts = self.facts(
            "registry_householdfact", "household_id", whole, _Who("{column} = b.household_id", each=True)
        )
        nothing = ", ".join(["null::bigint"] * _packing()[1] + ["0"] * (1 + 2 * len(self.law.counts)))
        return (
            "select b.person_id, b.province, b.former, b.born, b.sex, b.receiving, "
            f"{nothing}, {self._until_death(f'(1 << (b.born - {self.first})) | {since}')} as days "
            "from (select p.id as person_id, m.household_id, place.code as province, former.code as former, "
            f"{born} as born, p.sex, coalesce(g.receiving, 0) as receiving "
            "from registry_person p "
            f"join registry_member m on m.person_id = p.id and {_Day(f'({born})').reaches('m')} and {self.seen('m')} "
            "join registry_householdresidence h on h.household_id = m.household_id "
            f"and {_Day(f'({born})').reaches('h')} and {self.seen('h')} "
            "join geography_standing standing on standing.unit_id = h.unit_id "
            "left join geography_unit place on place.id = standing.province_id "
            "left join geography_unit former on former.id = standing.former_province_id "
            f"left join {self.granted} g on g.person_id = p.id "
            f"where {possible} and ({born}) > {self.first} and ({born}) <= {self.last} and {standing} "
            f"and {among.replace('m.person_id', 'p.id')} offset 0) b "
            f"left join registry_death d on d.person_id = b.person_id and {self.seen('d')} "
            f"left join lateral ({householdfacts}) hf on true "
            f"{self._signals(whole, each, 'b.person_id')} "
            "where coalesce(d.died_on, 'infinity') >= b.born"
        )

    def later(self) -> str:
        """Whoever has a day in the mask, once for each such day, with what holds on it."""
        when, each = _Day("x.day"), _Who("{column} = x.person_id", each=True)
        householdfacts = self.facts(
            "registry_householdfact", "household_id", when, _Who("{column} = m.household_id", each=True)
        )
        return (
            "select x.person_id, x.day, x.province, x.former, x.born, x.sex, x.receiving, "
            f"{self._state('hf')} "
            "from (select changing.*, calendar.* from (select * from base where days <> 0 union all "
            f"select * from newborn) changing join {self.calendar()} on (changing.days >> calendar.n) & 1 = 1 "
            "offset 0) x "
            "left join lateral (select household_id from registry_member m where m.person_id = x.person_id "
            f"and {when.reaches('m')} and {self.seen('m')}) m on true "
            f"left join lateral ({householdfacts}) hf on true "
            f"{self._signals(when, each, 'x.person_id')}"
        )

    def _signals(self, when: _Whole | _Day, who: _Who, person: str) -> str:
        folded = {
            "f": self.facts("registry_fact", "person_id", when, who),
            "t": self.ties(when, who),
            "s": self.seldom(when, who),
        }
        if self.law.counts:
            folded["k"] = self.raised(when, who)
        return " ".join(self._attach(alias, query, who, person) for alias, query in folded.items())

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
        return ", ".join([*words, "coalesce(t.kin, 0) | coalesce(s.kin, 0) as kin", *counts])

    def _until_death(self, days: str) -> str:
        return (
            f"case when d.died_on < {self.last} then ({days}) & ((2 << (d.died_on - {self.first})) - 1) "
            f"else {days} end"
        )

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
        state = ", ".join(
            [f"w{n}" for n in range(_packing()[1])]
            + ["kin"]
            + [f"{count.name}_{bound}" for count in self.law.counts for bound in ("min", "max")]
        )
        return (
            f"with base as materialized ({people}), newborn as ({newborn}) "
            f"select {self.unpacked(facts)} from ("
            f"select person_id, {self.first} as day, province, former, born, sex, receiving, {state} from base "
            f"union all {self.later()}) as packed"
        )


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
    standing = (
        geography.standing_condition(unit, on=law.month.first)
        if unit
        else (f"standing.valid @> {write.first}")
    )
    wanted = list(vocabulary() if facts is None else (name for name in vocabulary() if name in set(facts)))
    if persons is not None:
        among = f"m.person_id in ({', '.join(str(int(person)) for person in persons) or 'null'})"
        homes, each = _Who("{column} = h.household_id", each=True), _Who("{column} = m.person_id", each=True)
        people = write.people(standing, homes, each, among)
        return write.query(people, write.newborn(standing, among), wanted)
    span = _span(standing)
    if span.people <= FEW:
        homes, each = _Who("{column} = h.household_id", each=True), _Who("{column} = m.person_id", each=True)
        return write.query(
            write.people(standing, homes, each, "true"), write.newborn(standing, "true"), wanted
        )
    homes = _Who(f"{{column}} between {span.first_home} and {span.last_home}", each=False)
    some = _Who(f"{{column}} between {span.first_person} and {span.last_person}", each=False)
    people = write.people(standing, homes, some, some.of("m.person_id"))
    return write.query(people, write.newborn(standing, "true"), wanted)


def make_frame(
    table: str,
    unit: Unit,
    law: MonthLaw,
    *,
    known_at: dt.datetime,
    granted: str,
    facts: Iterable[str] | None = None,
) -> int:
    """Put `facts_frame` of a unit into a temporary table that lasts until the transaction ends; return its rows.

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


@dataclass(frozen=True, slots=True)
class _Span:
    """How many people at most, and between which ids they and their households lie."""

    people: int
    first_home: int
    last_home: int
    first_person: int
    last_person: int


def _span(standing: str) -> _Span:
    """Look where the people ever registered in the unit's places lie; people who moved widen the span."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(min(household_id), 0), coalesce(max(household_id), -1) "
            "from registry_householdresidence where unit_id in "
            f"(select standing.unit_id from geography_standing standing where {standing})"
        )
        low, high = cursor.fetchone()
        cursor.execute(
            "select count(*), coalesce(min(person_id), 0), coalesce(max(person_id), -1) "
            "from registry_member where household_id between %s and %s",
            [low, high],
        )
        people, first, last = cursor.fetchone()
    return _Span(people, low, high, first, last)


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


def _shift(row: str) -> str:
    return f"({_array(_FROM.get(Relation.Kind(n)) for n in range(1, 4))})[{row}.kind]"


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
        "father": lambda: _parent("father", _FROM[Relation.Kind.FATHER]),
        "mother": lambda: _parent("mother", _FROM[Relation.Kind.MOTHER]),
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
    start = _FROM[Relation.Kind.SPOUSE]
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


def _child_column(name: str, born: str) -> str:
    if name == "born":
        return f"({born})"
    if name == "receiving":
        return "coalesce(g.receiving, 0)"
    if name == "sex":
        return "c.sex"
    return _value(name).replace("(w", "(f.w")


def _columns(row: str) -> str:
    return ", ".join(f"{row}.w{n}" for n in range(_packing()[1]))


def _date(day: dt.date) -> str:
    return f"date '{day.isoformat()}'"
