"""Asking a month's law about many people at once, in a frame (hỏi luật hàng loạt).

The conditions are asked of everybody by Polars; which hold and which cannot be told is packed, with what else
the answer depends on, into two 64-bit words. Distinct words are a few thousand among a nation: the law's
reasoning runs once for each, and the answer is joined back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from ansinh.kernel.time import years_before
from ansinh.rulebook.engines.polars import expression
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.resolve import Day, Outcome, Signature

_WORD = 63
_BYTE = 8
_COUNT_BITS = 6
_NO_LIMIT = (1 << _COUNT_BITS) - 1
"""How many children count at most, or: not known how many."""

Words = tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """A few bits of a word: what they are filled with."""

    bits: int
    pack: pl.Expr


@dataclass
class Asked:
    """Distinct answers to one month's question, kept over the parts of a large frame."""

    law: MonthLaw
    outcomes: list[Outcome] = field(default_factory=list)
    _numbers: dict[Signature, int] = field(default_factory=dict)
    _answers: dict[Outcome, int] = field(default_factory=dict)

    def number(self, signature: Signature) -> int:
        """Return the number of the signature's outcome; equal outcomes share one."""
        if signature not in self._numbers:
            outcome = self.law.resolve(signature)
            if outcome not in self._answers:
                self._answers[outcome] = len(self.outcomes)
                self.outcomes.append(outcome)
            self._numbers[signature] = self._answers[outcome]
        return self._numbers[signature]

    @property
    def signatures(self) -> int:
        """How many distinct signatures were met."""
        return len(self._numbers)

    def answer(self, people: pl.DataFrame) -> pl.Series:
        """Return, for each row of the frame, the number of the person's answer among `outcomes`.

        Columns read: `born` (effective date), `died`, `province`, `former_province`, `sex`, `receiving`
        (mask), facts as stored integers or booleans, counts as `name_min`, `name_max`; a column left out is
        unknown. Facts hold the whole month; birthdays and deaths inside it are looked at.
        """
        frame = _complete(people, self.law)
        words = self._words(frame, self.law.month.first)
        distinct = words.unique()
        law, numbers = self.law, []
        for told in distinct.iter_rows():
            jurisdiction, receiving, day = _read(law, told)
            numbers.append(self.number(Signature(jurisdiction, receiving, (day,))))
        answers = distinct.with_columns(outcome=pl.Series(numbers, dtype=pl.UInt32))
        single = words.join(answers, on=words.columns, how="left", maintain_order="left")["outcome"]
        several = self._several(frame)
        return single.scatter(several["row"], several["outcome"]) if several.height else single

    def _words(self, frame: pl.DataFrame, day: dt.date) -> pl.DataFrame:
        words = (_packed(parts).alias(f"word_{index}") for index, parts in enumerate(_layout(self.law, day)))
        return frame.lazy().select(words).collect(engine="streaming")

    def _several(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Answer those who have another list of days than the 1st alone: columns row, outcome."""
        first, last = self.law.month.first, self.law.month.last
        turns = _turns(self.law, first, last)
        others = (turns | (pl.col("born") > first) | (pl.col("died") < first)).fill_null(False)
        special = frame.lazy().with_row_index("row").filter(others).collect(engine="streaming")
        places = dict(special.select("row", "jurisdiction").iter_rows())
        told: dict[int, list[tuple[int, int, Day]]] = {row: [] for row in places}
        for day, present in _by_day(self.law, special):
            words = self._words(present, day)
            read = {line: _read(self.law, line) for line in words.unique().iter_rows()}
            for row, line in zip(present["row"], words.iter_rows(), strict=True):
                told[row].append(read[line])
        numbers = [self.number(_signature(days, places[row])) for row, days in told.items()]
        return pl.DataFrame(
            {"row": list(told), "outcome": numbers}, schema={"row": pl.UInt32, "outcome": pl.UInt32}
        )


def _signature(days: Sequence[tuple[int, int, Day]], jurisdiction: int) -> Signature:
    receiving = days[0][1] if days else 0
    return Signature(jurisdiction, receiving, tuple(day for _, _, day in days))


# ── which days ──


def _turns(law: MonthLaw, after: dt.date, until: dt.date) -> pl.Expr:
    """Tell who completes a cut-off age after one day, up to another."""
    born = pl.col("born")
    return pl.any_horizontal(
        born.is_between(years_before(after, age), years_before(until, age), closed="right")
        for age in law.cutoff_ages
    )


def _by_day(law: MonthLaw, special: pl.DataFrame) -> Iterator[tuple[dt.date, pl.DataFrame]]:
    """Yield each evaluated day of the month with the people it is evaluated for."""
    first = law.month.first
    for offset in range((law.month.last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        if offset:
            evaluated = _turns(law, day - dt.timedelta(days=1), day) | (pl.col("born") == day)
        else:
            evaluated = (pl.col("born") <= day).fill_null(True)
        present = special.filter(evaluated & (pl.col("died") >= day).fill_null(True))
        if present.height:
            yield day, present


# ── columns and words ──


def _complete(people: pl.DataFrame, law: MonthLaw) -> pl.DataFrame:
    """Add the columns the law asks for and the frame has not (unknown), and everybody's jurisdiction."""
    wanted: dict[str, pl.DataType | type[pl.DataType]] = {"born": pl.Date, "died": pl.Date, "sex": pl.String}
    for name in law.facts & vocabulary().keys():
        kind = vocabulary()[name].kind
        wanted[name] = pl.Boolean if kind == "bool" else pl.Int64 if kind == "money" else pl.UInt8
    wanted |= {"receiving": pl.Int64, "province": pl.String, "former_province": pl.String}
    wanted |= dict.fromkeys((f"{n.name}_{end}" for n in law.counts for end in ("min", "max")), pl.Int64)
    missing = [pl.lit(None, dtype=d).alias(name) for name, d in wanted.items() if name not in people.columns]
    frame = people.select(*(name for name in wanted if name in people.columns), *missing)
    place = ["province", "former_province"]
    places = frame.select(place).unique()
    numbers = pl.Series("jurisdiction", [law.jurisdiction(*row) for row in places.iter_rows()], pl.UInt64)
    if places.height == 1:
        return frame.with_columns(pl.lit(numbers[0], pl.UInt64).alias("jurisdiction"))
    return frame.join(
        places.with_columns(numbers), on=place, how="left", nulls_equal=True, maintain_order="left"
    )


def _layout(law: MonthLaw, day: dt.date) -> list[list[Part]]:
    """Lay what an answer depends on side by side into words: see `_read`."""
    told = [expression(tree, day) for tree in law.conditions]
    met = [verdict.fill_null(False) for verdict in told]
    return [
        _bits(met),
        _bits([verdict.is_null() for verdict in told]),
        [*_counts(law), Part(8, pl.col("jurisdiction")), Part(26, _word(pl.col("receiving").fill_null(0)))],
    ]


def _read(law: MonthLaw, words: Words) -> tuple[int, int, Day]:
    """Return the jurisdiction, what is received, and the day that the words of `_layout` stand for."""
    met, unknown, rest = words
    counts = []
    for _ in law.counts:
        least, most = rest & _NO_LIMIT, rest >> _COUNT_BITS & _NO_LIMIT
        counts.append((least, None if most == _NO_LIMIT else most))
        rest >>= 2 * _COUNT_BITS
    return rest & 0xFF, rest >> 8 & law.receiving_of_interest, Day(met, unknown, tuple(counts))


def _bits(verdicts: Sequence[pl.Expr]) -> list[Part]:
    """Pack verdicts byte by byte: narrow columns are cheap, so they are widened last."""
    parts = []
    for start in range(0, len(verdicts), _BYTE):
        byte = _sum(
            verdict.cast(pl.UInt8) * (1 << index)
            for index, verdict in enumerate(verdicts[start : start + _BYTE])
        )
        parts.append(Part(_BYTE, _word(byte)))
    return parts


def _counts(law: MonthLaw) -> Iterator[Part]:
    for count in law.counts:
        least, most = pl.col(f"{count.name}_min"), pl.col(f"{count.name}_max")
        yield Part(_COUNT_BITS, _word(least.clip(0, _NO_LIMIT - 1).fill_null(0)))
        yield Part(_COUNT_BITS, _word(most.clip(0, _NO_LIMIT - 1).fill_null(_NO_LIMIT)))


def _packed(parts: Sequence[Part]) -> pl.Expr:
    if (total := sum(part.bits for part in parts)) > _WORD + 1:
        raise OverflowError(f"a word of {total} bits: the month's law asks more than was foreseen")
    shifts = [sum(part.bits for part in parts[:index]) for index in range(len(parts))]
    return _sum(part.pack * (1 << shift) for part, shift in zip(parts, shifts, strict=True))


def _word(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.UInt64)


def _sum(terms: Iterable[pl.Expr]) -> pl.Expr:
    first, *others = terms
    for term in others:
        first = first + term
    return first
