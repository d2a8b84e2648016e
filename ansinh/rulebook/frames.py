"""Asking a month's law about many people at once, in a frame (hỏi luật hàng loạt).

People who agree in everything the law asks are one profile. A frame's facts are packed into a few 64-bit
keys, each distinct profile is asked once (tens of thousands among a nation), the answer is joined back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from ansinh.kernel.time import years_before
from ansinh.rulebook import conditions as c
from ansinh.rulebook.engines.person import absent
from ansinh.rulebook.engines.polars import expression
from ansinh.rulebook.facts import Fact, vocabulary
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.resolve import Day, Outcome, Signature

_WORD = 63
_COUNT_BITS = 6
_NO_LIMIT = (1 << _COUNT_BITS) - 1


@dataclass(frozen=True)
class Part:
    """A few bits of a key: how to fill them from the frame, and which value each number stands for."""

    name: str
    bits: int
    pack: pl.Expr
    values: pl.Series | None = None


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

    def answer(self, people: pl.DataFrame) -> pl.DataFrame:
        """Return the frame's rows with `outcome`, the number of each person's answer, in the frame's order.

        Columns read: `born` (effective date), `died`, `province`, `former_province`, `sex`, `receiving`
        (mask), facts as stored integers or booleans, counts as `name_min`, `name_max`; a column left out is
        unknown. Facts hold the whole month; birthdays and deaths inside it are looked at.
        """
        frame = _complete(people, self.law).with_row_index("row")
        days = _Days(self, frame)
        single = days.asked(frame, self.law.month.first)
        several = days.several()
        if several.height:
            single = single.update(several, on="row")
        return people.with_columns(single["outcome"])


@dataclass
class _Days:
    """The evaluated days of a frame: one for nearly everybody, more for those with a birthday that counts."""

    asked_law: Asked
    frame: pl.DataFrame

    def asked(self, frame: pl.DataFrame, day: dt.date) -> pl.DataFrame:
        """Answer as if `day` were the only one: columns row, outcome."""
        profiles, keyed = self._profiles(frame, day)
        numbers = [
            self.asked_law.number(Signature(jurisdiction, receiving, (profile,)))
            for jurisdiction, receiving, profile in self._rows(profiles, day)
        ]
        answers = profiles.with_columns(outcome=pl.Series(numbers, dtype=pl.UInt32))
        joined = keyed.join(answers, on=profiles.columns, how="left", maintain_order="left")
        return joined.select("row", "outcome")

    def several(self) -> pl.DataFrame:
        """Answer those who have another list of days than the 1st alone: columns row, outcome."""
        law = self.asked_law.law
        first, last = law.month.first, law.month.last
        passes = pl.any_horizontal(
            pl.col("born").is_between(years_before(first, age), years_before(last, age), closed="right")
            for age in law.cutoff_ages
        )
        special = self.frame.filter(
            (passes | (pl.col("born") > first) | (pl.col("died") < first)).fill_null(False)
        )
        places = dict(special.select("row", "jurisdiction").iter_rows())
        days: dict[int, list[tuple[int, int, Day]]] = {row: [] for row in places}
        for day, present in self._by_day(special):
            profiles, keyed = self._profiles(present, day)
            told = list(self._rows(profiles, day))
            numbered = profiles.with_row_index("profile")
            joined = keyed.join(numbered, on=profiles.columns, how="left")
            for row, profile in joined.select("row", "profile").iter_rows():
                days[row].append(told[profile])
        number = self.asked_law.number
        return pl.DataFrame(
            {"row": list(days), "outcome": [number(_signature(told, places[row])) for row, told in days.items()]},
            schema={"row": pl.UInt32, "outcome": pl.UInt32},
        )

    def _by_day(self, special: pl.DataFrame) -> Iterator[tuple[dt.date, pl.DataFrame]]:
        """Yield each evaluated day with the people it is evaluated for, in order."""
        law = self.asked_law.law
        day = law.month.first
        while day <= law.month.last:
            turns = pl.any_horizontal(
                pl.col("born").is_between(
                    years_before(day - dt.timedelta(days=1), age), years_before(day, age), closed="right"
                )
                for age in law.cutoff_ages
            )
            starts = pl.col("born") == day if day > law.month.first else pl.col("born") <= day
            present = special.filter((turns | starts) & (pl.col("died") >= day).fill_null(True))
            if present.height:
                yield day, present
            day += dt.timedelta(days=1)

    def _profiles(self, frame: pl.DataFrame, day: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
        keys = _keys(_parts(self.asked_law.law, day))
        keyed = frame.select("row", *(_packed(parts).alias(name) for name, parts in keys.items()))
        return keyed.select(list(keys)).unique(), keyed

    def _rows(self, profiles: pl.DataFrame, day: dt.date) -> Iterator[tuple[int, int, Day]]:
        """Ask the conditions about each profile: its jurisdiction, what it receives, and its day."""
        law = self.asked_law.law
        facts = _unpacked(profiles, _keys(_parts(law, day)))
        told = facts.select(expression(tree, day).alias(str(i)) for i, tree in enumerate(law.conditions))
        met = _mask(told.select(pl.all().fill_null(False)))
        unknown = _mask(told.select(pl.all().is_null()))
        counts = [
            list(zip(facts[f"{count.name}_min"].to_list(), facts[f"{count.name}_max"].to_list(), strict=True))
            for count in law.counts
        ]
        per_row = zip(*counts, strict=True) if counts else ((),) * profiles.height
        for place, receiving, holds, open_, numbers in zip(
            facts["jurisdiction"].to_list(), facts["receiving"].to_list(), met, unknown, per_row, strict=True
        ):
            yield place, receiving & law.receiving_of_interest, Day(holds, open_, tuple(numbers))


def _signature(days: Sequence[tuple[int, int, Day]], jurisdiction: int) -> Signature:
    receiving = days[0][1] if days else 0
    return Signature(jurisdiction, receiving, tuple(day for _, _, day in days))


def _mask(told: pl.DataFrame) -> list[int]:
    weighted = (pl.col(str(i)).cast(pl.UInt64) * (1 << i) for i in range(told.width))
    return told.select(pl.sum_horizontal(weighted)).to_series().to_list()


# ── columns and keys ──


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
    places = frame.select("province", "former_province").unique()
    numbers = [law.jurisdiction(*place) for place in places.iter_rows()]
    if places.height == 1:
        return frame.with_columns(jurisdiction=pl.lit(numbers[0], pl.UInt64))
    places = places.with_columns(jurisdiction=pl.Series(numbers, dtype=pl.UInt64))
    on = ["province", "former_province"]
    return frame.join(places, on=on, how="left", nulls_equal=True, maintain_order="left")


def _parts(law: MonthLaw, day: dt.date) -> list[Part]:
    """List what the month's law asks, in bits."""
    facts = [vocabulary()[name] for name in sorted(law.facts & vocabulary().keys())]
    return [
        _age(law, day),
        *(_fact(fact) for fact in facts if fact.kind != "money"),
        *(_money(fact, _limits(law, fact.name)) for fact in facts if fact.kind == "money"),
        *(part for count in law.counts for part in _count(count.name)),
        *([_sex()] if "sex" in law.facts else []),
        Part("jurisdiction", 8, pl.col("jurisdiction")),
        Part("receiving", 32, pl.col("receiving").fill_null(0).cast(pl.UInt64)),
    ]


def _keys(parts: Sequence[Part]) -> dict[str, list[Part]]:
    """Lay the parts side by side into as few words as hold them."""
    words: list[list[Part]] = [[]]
    for part in parts:
        if sum(p.bits for p in words[-1]) + part.bits > _WORD:
            words.append([])
        words[-1].append(part)
    return {f"key_{index}": word for index, word in enumerate(words)}


def _packed(parts: Sequence[Part]) -> pl.Expr:
    total = parts[0].pack
    shift = parts[0].bits
    for part in parts[1:]:
        total = total + part.pack * (1 << shift)
        shift += part.bits
    return total


def _unpacked(profiles: pl.DataFrame, keys: dict[str, list[Part]]) -> pl.DataFrame:
    columns = []
    for key, parts in keys.items():
        shift = 0
        for part in parts:
            bits = pl.col(key) // (1 << shift) % (1 << part.bits)
            value = bits.cast(pl.Int64) if part.values is None else pl.lit(part.values).gather(bits)
            columns.append(value.alias(part.name))
            shift += part.bits
    return profiles.select(columns)


def _number(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.UInt64)


def _age(law: MonthLaw, day: dt.date) -> Part:
    """0 unknown, 1 younger than the first cut-off age, then one more for each age completed."""
    born, cutoffs = pl.col("born"), [years_before(day, age) for age in law.cutoff_ages]
    band = pl.lit(1, pl.UInt64)
    for cutoff in cutoffs:
        band = band + _number(born <= pl.lit(cutoff))
    return Part("born", 5, band.fill_null(0), pl.Series([None, day, *cutoffs], dtype=pl.Date))


def _fact(fact: Fact) -> Part:
    """0 unknown, otherwise one more than the stored integer."""
    largest = {"bool": 1, "enum": len(fact.values), "set": (1 << len(fact.values)) - 1}[fact.kind]
    unrecorded = absent(fact.name)
    pack = (_number(pl.col(fact.name)) + 1).fill_null(0 if unrecorded is None else unrecorded + 1)
    known = [False, True] if fact.kind == "bool" else list(range(largest + 1))
    return Part(fact.name, (largest + 1).bit_length(), pack, pl.Series([None, *known]))


def _limits(law: MonthLaw, name: str) -> list[int]:
    """List the amounts at which a comparison of the month's law may turn."""
    nodes = (node for tree in law.conditions for node in c.walk(tree))
    values = {int(n.value) for n in nodes if isinstance(n, c.Number) and n.name == name}
    return sorted(values | {value + 1 for value in values})


def _money(fact: Fact, limits: list[int]) -> Part:
    """0 unknown, 1 below the first limit, then one more for each limit reached."""
    band = pl.lit(1, pl.UInt64)
    for limit in limits:
        band = band + _number(pl.col(fact.name) >= limit)
    values = pl.Series([None, limits[0] - 1, *limits], dtype=pl.Int64)
    return Part(fact.name, (len(limits) + 1).bit_length(), band.fill_null(0), values)


def _count(name: str) -> Iterator[Part]:
    numbers = list(range(_NO_LIMIT))
    least, most = pl.col(f"{name}_min"), pl.col(f"{name}_max")
    pack = _number(least.clip(0, _NO_LIMIT - 1)).fill_null(0)
    yield Part(f"{name}_min", _COUNT_BITS, pack, pl.Series(numbers))
    pack = _number(most.clip(0, _NO_LIMIT - 1)).fill_null(_NO_LIMIT)
    yield Part(f"{name}_max", _COUNT_BITS, pack, pl.Series([*numbers, None]))


def _sex() -> Part:
    sex = pl.col("sex")
    return Part("sex", 2, _number(sex == "F").fill_null(0) + 2 * _number(sex == "M").fill_null(0),
                pl.Series([None, "F", "M"]))  # fmt: skip
