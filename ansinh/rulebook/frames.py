"""Asking a month's law about many people at once, in a frame (hỏi luật hàng loạt).

Polars asks the conditions of everybody and writes all that an answer can depend on as one number, the
profile. People of one profile get one answer, which is joined back: the law's reasoning runs once for each of
some thousands of profiles, and in each family of slots once for what only that depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise, product
from operator import add, or_

import polars as pl
import polars.selectors as cs

from ansinh.kernel.time import years_before
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.profiles import children, profile, when
from ansinh.rulebook.resolve import FAMILIES, Day, Outcome, Part, Signature

ROWS = 4_000_000
"""How many people are asked at once: what is written beside the frame stays within some 100 MB."""
FIRST_ROWS = 250_000
"""How many are asked first: few enough to look for new profiles in, enough to meet most of them."""


@dataclass
class Asked:
    """Distinct answers to one month's question, kept over the parts of a large frame."""

    law: MonthLaw
    outcomes: list[Outcome] = field(default_factory=list)
    _numbers: dict[tuple[Part, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _jurisdictions(self.law)
        self._profile = profile(self.law)
        self._usual, self._special = _Answers(self._ask_usual), _Answers(self._ask_special)

    @property
    def signatures(self) -> int:
        """How many different situations were met."""
        return self._usual.known.height + self._special.known.height

    def number(self, signature: Signature) -> int:
        """Return the number of the signature's outcome; equal outcomes share one."""
        return self._number(self.law.resolver.part(signature, family) for family in range(len(FAMILIES)))

    def answer(self, people: pl.DataFrame) -> pl.Series:
        """Return, for each row of the frame, the number of the person's answer among `outcomes`.

        Columns read: `born` (effective date), `died`, `province`, `former_province`, `sex`, `receiving`
        (mask), facts as stored integers or booleans, counts as `name_min`, `name_max`; a column left out is
        unknown. Facts hold the whole month; birthdays and deaths inside it are looked at. The outcomes name
        what is met and what cannot be told; every other group is plainly not met.
        """
        first = ROWS if self._usual.known.height else FIRST_ROWS
        starts = [0, *range(first, people.height, ROWS), people.height]
        blocks = [self._block(people[start:end]) for start, end in pairwise(starts)]
        return pl.concat(blocks) if people.height else pl.Series("outcome", [], dtype=pl.UInt32)

    def _block(self, people: pl.DataFrame) -> pl.Series:
        frame, special = _complete(people, self.law), pl.col("other_days") | self._profile.irregular
        asked = frame.lazy().select(*self._profile.first, other_days=_other_days(self.law))
        told = asked.select(*_named("first", self._profile.numbers), special=special)
        profiles = told.collect(engine="streaming")
        rows = profiles["special"].arg_true()
        profiles = profiles.drop("special")
        answers = self._usual.of(profiles)
        return answers.scatter(rows, self._closely(profiles[rows], frame[rows])) if len(rows) else answers

    def _closely(self, first: pl.DataFrame, people: pl.DataFrame) -> pl.Series:
        """Answer those who have other days than the 1st alone, or whose profile does not say all."""
        asked = people.lazy().select(self._profile.last)
        last = asked.select(_named("last", self._profile.numbers)).collect(engine="streaming")
        ends = (end for count in self.law.counts for end in children(count.name))
        place, granted = pl.col("jurisdiction").alias("place"), pl.col("receiving").fill_null(0)
        rest = people.select(place, *_present(self.law), granted, *ends)
        return self._special.of(pl.concat([first, last, rest], how="horizontal"))

    # what is asked of each profile

    def _ask_usual(self, profiles: pl.DataFrame) -> pl.Series:
        place, *first = self._profile.split(profiles)
        return self._ask([pl.DataFrame({"place": place, "first": number}) for number in first], self._one_day)

    def _ask_special(self, profiles: pl.DataFrame) -> pl.Series:
        first, last = (profiles.select(cs.starts_with(day)) for day in ("first", "last"))
        rest = profiles.drop(*first.columns, *last.columns)
        numbers = zip(self._profile.split(first)[1:], self._profile.split(last)[1:], strict=True)
        return self._ask([rest.with_columns(first=one, last=other) for one, other in numbers], self._days)

    def _ask(self, families: Sequence[pl.DataFrame], read: Read) -> pl.Series:
        """Answer each row, of which there is a table for each family of slots."""
        parts: list[list[Part]] = []
        columns = []
        for family, told in enumerate(families):
            rows = told.unique()
            known: dict[Part, int] = {}
            numbers = [known.setdefault(part, len(known)) for part in self._answered(family, rows, read)]
            columns.append(_joined(told, rows.with_columns(pl.Series(f"part_{family}", numbers, pl.UInt32))))
            parts.append(list(known))
        together = pl.DataFrame(columns)
        distinct = together.unique()
        outcomes = [self._number(map(list.__getitem__, parts, row)) for row in distinct.iter_rows()]
        return _joined(together, distinct.with_columns(pl.Series("outcome", outcomes, pl.UInt32)))

    def _answered(self, family: int, told: pl.DataFrame, read: Read) -> Iterator[Part]:
        """Answer each row for one family of slots; what was answered before is remembered."""
        remembered = self._profile.answered(family)
        new = [index for index, row in enumerate(told.iter_rows()) if row not in remembered]
        if new:
            for row, signature in zip(told[new].iter_rows(), read(family, told[new]), strict=True):
                remembered[row] = self.law.resolver.part(signature, family)
        return (remembered[row] for row in told.iter_rows())

    def _one_day(self, family: int, told: pl.DataFrame) -> Iterator[Signature]:
        days = self._profile.families[family].read(told["first"])
        for place, (granted, day) in zip(told["place"], days, strict=True):
            yield Signature(place, granted, (day,))

    def _days(self, family: int, told: pl.DataFrame) -> Iterator[Signature]:
        first, last = (self._profile.families[family].read(told[day]) for day in ("first", "last"))
        rest = told.drop("first", "last").iter_rows()
        for (_, one), (_, other), (place, began, turned, granted, *ends) in zip(
            first, last, rest, strict=True
        ):
            counts = tuple(zip(ends[::2], ends[1::2], strict=True))
            days = [one] if began else []
            days += [other] if turned and days != [other] else []
            granted &= self.law.receiving_of_interest
            yield Signature(place, granted, tuple(Day(day.met, day.unknown, counts) for day in days))

    def _number(self, parts: Iterable[Part]) -> int:
        key = tuple(parts)
        if key not in self._numbers:
            self._numbers[key] = len(self.outcomes)
            self.outcomes.append(self.law.resolver.outcome(key))
        return self._numbers[key]


Read = Callable[[int, pl.DataFrame], Iterator[Signature]]


@dataclass
class _Answers:
    """The answers found so far, by profile (whatever its columns)."""

    ask: Callable[[pl.DataFrame], pl.Series]
    known: pl.DataFrame = field(default_factory=pl.DataFrame)

    def of(self, profiles: pl.DataFrame) -> pl.Series:
        """Return the answer of each row, asking for those of profiles not met before."""
        if self.known.is_empty():
            self.known = profiles.clear().with_columns(outcome=pl.Series([], dtype=pl.UInt32))
        found = _joined(profiles, self.known)
        if found.null_count():
            rows = found.is_null().arg_true()
            new = profiles[rows].unique()
            self.known = pl.concat([self.known, new.with_columns(outcome=self.ask(new))])
            found = found.scatter(rows, _joined(profiles[rows], self.known))
        return found


def _joined(rows: pl.DataFrame, answers: pl.DataFrame) -> pl.Series:
    """Return for each row what the last column of `answers` says of it; null where there is nothing."""
    found = rows.join(answers, on=rows.columns, how="left", nulls_equal=True, maintain_order="left")
    return found.to_series(-1)


def _named(name: str, columns: Iterable[pl.Expr]) -> Iterator[pl.Expr]:
    return (column.alias(f"{name}_{index}") for index, column in enumerate(columns))


# ── which days ──


def _other_days(law: MonthLaw) -> pl.Expr:
    """Tell who is born or dies so that the 1st of the month is not the only day to look at."""
    first, last, born = law.month.first, law.month.last, pl.col("born")
    turns = (
        born.is_between(years_before(first, age), years_before(last, age), closed="right")
        for age in law.cutoff_ages
    )
    return reduce(or_, (one.fill_null(False) for one in (*turns, born > first, pl.col("died") < first)))


def _present(law: MonthLaw) -> tuple[pl.Expr, pl.Expr]:
    """Tell who lives on the 1st, and who lives to see a birthday that counts, or their birth, after it.

    Nobody has two birthdays in a month: what holds on that day holds on the last day of the month.
    """
    first, born, died = law.month.first, pl.col("born"), pl.col("died")
    until = pl.min_horizontal(pl.lit(law.month.last), died)
    began = (born <= first).fill_null(True) & (died >= first).fill_null(True)
    turned = reduce(
        or_,
        (
            born.is_between(pl.lit(years_before(first, age)), until.dt.offset_by(f"-{age}y"), closed="right")
            for age in (0, *law.cutoff_ages)
        ),
    )
    return began.alias("began"), turned.fill_null(False).alias("turned")


# ── columns ──


def _complete(people: pl.DataFrame, law: MonthLaw) -> pl.DataFrame:
    """Add the columns the law asks for and the frame has not (unknown), and everybody's jurisdiction."""
    wanted: dict[str, pl.DataType | type[pl.DataType]] = {"born": pl.Date, "died": pl.Date, "sex": pl.String}
    for name in law.facts & vocabulary().keys():
        kind = vocabulary()[name].kind
        wanted[name] = pl.Boolean if kind == "bool" else pl.Int64 if kind == "money" else pl.UInt8
    wanted |= {"receiving": pl.Int64, "province": pl.String, "former_province": pl.String}
    wanted |= dict.fromkeys((f"{n.name}_{end}" for n in law.counts for end in ("min", "max")), pl.UInt8)
    missing = [pl.lit(None, dtype=d).alias(name) for name, d in wanted.items() if name not in people.columns]
    frame = people.select(*(name for name in wanted if name in people.columns), *missing)
    places, jurisdictions = _jurisdictions(law)
    now, former = (_place(frame.schema, name, places) for name in ("province", "former_province"))
    pair = frame.lazy().select(now * len(places) + former).collect().to_series()
    return frame.with_columns(jurisdiction=jurisdictions.gather(pair))


def _jurisdictions(law: MonthLaw) -> tuple[list[str | None], pl.Series]:
    """Return the places that can differ (unknown, any other, those with a local instrument), and for each
    pair of them, now and before 7/2025, the jurisdiction."""
    territories = [instrument.territory for instrument in law.locals if instrument.territory]
    places = [None, "", *sorted({code for t in territories for code in (t.code, t.within) if code})]
    return places, pl.Series([law.jurisdiction(*pair) for pair in product(places, places)], dtype=pl.UInt8)


def _place(schema: pl.Schema, name: str, places: Sequence[str | None]) -> pl.Expr:
    """Return the index of a code among the places."""
    column, kind = pl.col(name), schema[name]
    known = [
        when(column == code, index - 1)
        for index, code in enumerate(places)
        if code and (not isinstance(kind, pl.Enum) or code in kind.categories)
    ]
    return reduce(add, known, when(column.is_not_null(), 1))
