"""What two laws cost month by month while the same people grow older (chi phí năm năm).

Nobody is born, dies or moves but whose death is recorded already; every fact stays as on the month's last
day; people, and the children they raise, pass the ages of the law on their very birthdays. What is paid
changes only in the month of such a birthday and in the one after it, so only those months are asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from ansinh.kernel.time import Month
from ansinh.rulebook.engines.polars import expression
from ansinh.rulebook.law import MonthLaw
from ansinh.simulations.logic.asking import Laws, ask, cases
from ansinh.simulations.logic.people import People, age, band

HORIZON = 60
"""Months looked ahead, the first included."""


@dataclass(frozen=True)
class Pair:
    """The law in force and the draft's, of one month."""

    before: MonthLaw
    after: MonthLaw

    def __iter__(self) -> Iterator[MonthLaw]:
        return iter((self.before, self.after))


def costs(
    people: People,
    first: tuple[int, int],
    month: Month,
    turns: Sequence[Month],
    laws: Callable[[Month], Pair],
    asked: Laws,
) -> list[tuple[int, int]]:
    """Return what both laws cost in each of HORIZON months from `month`, in đồng.

    `first` is the month itself, as asked of everybody day by day. `turns`: the months in which one of the
    laws reads differently.
    """
    starts = [month + 1, *(turn for turn in turns if month + 1 < turn < month + HORIZON), month + HORIZON]
    found = [first]
    standing = _standing(people, month)
    for begin, end in pairwise(starts):
        span = _Span(people, asked, begin, end, laws(begin))
        found += span.costs(standing)
    return found


@dataclass(frozen=True)
class _Standing:
    """Who lives on after the month: most by their own birthdays alone, some one by one."""

    most: pl.DataFrame
    some: pl.DataFrame


def _standing(people: People, month: Month) -> _Standing:
    last = people.days.group_by("no", maintain_order=True).agg(pl.col("profile").last())
    alive = people.persons.join(last, on="no", how="inner").filter(
        pl.col("died").is_null() | (pl.col("died") > month.last)
    )
    alone = pl.col("no").is_in(people.children["no"].unique().implode()) | pl.col("died").is_not_null()
    columns = alive.select("no", "born", "died", "profile")
    return _Standing(columns.filter(~alone), columns.filter(alone))


@dataclass(frozen=True)
class _Span:
    """Months, from `begin` until before `end`, in which the laws read the same."""

    people: People
    asked: Laws
    begin: Month
    end: Month
    laws: Pair

    @property
    def months(self) -> int:
        return _index(self.end) - _index(self.begin)

    def costs(self, standing: _Standing) -> list[tuple[int, int]]:
        """Return what the laws cost in each month."""
        changes = pl.concat([self._most(standing.most), self._some(standing.some)])
        summed = changes.group_by("t").agg(pl.col("before").sum(), pl.col("after").sum())
        every = pl.DataFrame({"t": range(self.months)}, schema={"t": pl.Int32}).join(
            summed, on="t", how="left"
        )
        told = every.sort("t").select(pl.col("before", "after").fill_null(0).cum_sum())
        return [(int(before), int(after)) for before, after in told.iter_rows()]

    # ── by their own birthdays alone ──

    def _most(self, people: pl.DataFrame) -> pl.DataFrame:
        """Return by month how what is paid changes: the first month whole, then at birthdays."""
        first, last = pl.lit(self.begin.first), pl.lit(self.begin.last)
        bands = people.select(
            "profile",
            band(age(pl.col("born"), first), self.asked.ages).alias("old"),
            band(age(pl.col("born"), last), self.asked.ages).alias("new"),
            t=pl.lit(0, pl.Int32),
            sign=pl.lit(1, pl.Int8),
        )
        parts = [bands, *(self._passing(people, n) for n in range(len(self.asked.ages)))]
        counted = pl.concat(
            part.group_by("profile", "old", "new", "t").agg(pl.col("sign").cast(pl.Int64).sum())
            for part in parts
        )
        moves = counted.select("profile", "old", "new").unique(maintain_order=True).with_row_index("key")
        days = moves.select("key", "profile", band="old")
        turned = moves.filter(pl.col("old") != pl.col("new")).select("key", "profile", band="new")
        rows = pl.concat([days, turned]).with_columns(
            pl.lit(0, pl.UInt8).alias(end) for end in self.asked.ends
        )
        paid = self._paid(rows.sort("key", maintain_order=True))
        told = counted.join(moves, on=("profile", "old", "new"), how="left").join(paid, on="key", how="left")
        return (
            told.select("t", pl.col("before", "after") * pl.col("sign"))
            .group_by("t")
            .agg(pl.col("before", "after").sum())
        )

    def _passing(self, people: pl.DataFrame, n: int) -> pl.DataFrame:
        """Return who passes an age within the span, with the month and what is added and taken away."""
        old, new = pl.lit(n, pl.UInt8), pl.lit(n + 1, pl.UInt8)
        on_first, month = _birthday(pl.col("born"), self.asked.ages[n])
        found = (
            people.lazy()
            .select("profile", on_first=on_first, t=month - _index(self.begin))
            .filter(pl.col("t").is_between(0, self.months - 1))
            .collect()
        )
        at_once, within = found.filter("on_first"), found.filter(~pl.col("on_first"))
        later = within.with_columns(pl.col("t") + 1).filter(pl.col("t") < self.months)
        at_once, within = (part.filter(pl.col("t") > 0) for part in (at_once, within))
        return pl.concat(
            part.select(
                "profile", old=a, new=b, t=pl.col("t").cast(pl.Int32), sign=pl.lit(s, pl.Int8)
            )
            for part, a, b, s in (
                (at_once, new, new, 1), (at_once, old, old, -1),
                (within, old, new, 1), (within, old, old, -1),
                (later, new, new, 1), (later, old, new, -1),
            )
        )  # fmt: skip

    # ── one by one: those who raise children, those whose death is known ──

    def _some(self, people: pl.DataFrame) -> pl.DataFrame:
        days = self._days(people)
        columns = ["t", "before", "after"]
        if days.is_empty():
            return pl.DataFrame(schema={"t": pl.Int32, "before": pl.Int64, "after": pl.Int64})
        profile = people.select("no", "profile", "born", "died")
        rows = days.join(profile, on="no", how="left").filter(
            pl.col("died").is_null() | (pl.col("died") >= pl.col("day"))
        )
        rows = rows.with_columns(band=band(age(pl.col("born"), pl.col("day")), self.asked.ages))
        rows = self._with_children(rows.with_row_index("row")).with_columns(
            key=pl.col("no").cast(pl.UInt64) * 64 + pl.col("t").cast(pl.UInt64)
        )
        paid = self._paid(rows.sort("key", "day"))
        months = (
            days.select("no", "t")
            .unique()
            .with_columns(key=pl.col("no").cast(pl.UInt64) * 64 + pl.col("t").cast(pl.UInt64))
        )
        told = months.join(paid, on="key", how="left").sort("no", "t")
        return told.with_columns(
            pl.col(name).fill_null(0) - pl.col(name).fill_null(0).shift(1).over("no").fill_null(0)
            for name in ("before", "after")
        ).select(columns)

    def _days(self, people: pl.DataFrame) -> pl.DataFrame:
        """Return the days looked at: the first of each month that may differ from the last, and birthdays."""
        own = [self._birthdays(people.select("no", "born"), years) for years in self.asked.ages]
        raised = self.people.children.filter(pl.col("no").is_in(people["no"].implode())).select("no", "born")
        of_children = [self._birthdays(raised, years) for years in (0, *self.asked.ages)]
        birthdays = pl.concat([*own, *of_children]).unique()
        deaths = [
            (
                people
                if who is None
                else self.people.children.filter(pl.col("no").is_in(people["no"].implode()))
            )
            .filter(pl.col("died").is_not_null())
            .select("no", day=pl.col("died") + pl.duration(days=1))
            for who in (None, "children")
        ]
        events = pl.concat([birthdays, *deaths]).with_columns(t=self._month_of(pl.col("day")))
        events = events.filter(pl.col("t").is_between(0, self.months - 1))
        firsts = pl.concat(
            [
                people.select("no", t=pl.lit(0, pl.Int32)),
                events.select("no", "t"),
                events.select("no", t=pl.col("t") + 1).filter(pl.col("t") < self.months),
            ]
        ).unique()
        starts = [(self.begin + n).first for n in range(self.months)]
        firsts = firsts.with_columns(day=pl.Series(starts).gather(firsts["t"]))
        return pl.concat([firsts.select("no", "t", "day"), events.select("no", "t", "day")]).unique()

    def _birthdays(self, people: pl.DataFrame, years: int) -> pl.DataFrame:
        on_first, month = _birthday(pl.col("born"), years)
        leap = (pl.col("born").dt.day() == 29) & (pl.col("born").dt.month() == 2) & on_first
        day = pl.when(leap).then(1).otherwise(pl.col("born").dt.day())
        return (
            people.with_columns(m=month, d=day)
            .filter(pl.col("m").is_between(_index(self.begin), _index(self.end) - 1))
            .select("no", day=pl.date(pl.col("m") // 12, pl.col("m") % 12 + 1, pl.col("d")))
        )

    def _month_of(self, day: pl.Expr) -> pl.Expr:
        return (day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1 - _index(self.begin)).cast(pl.Int32)

    def _with_children(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Count on each day the children who fulfil each count of the laws, surely and at most."""
        granted = self.people.profiles["receiving"].gather(rows["profile"])
        near = rows.select("row", "no", "day").with_columns(receiving=granted)
        pairs = near.join(self.people.children, on="no", how="inner", suffix="_child").filter(
            (pl.col("born").is_null() | (pl.col("born") <= pl.col("day")))
            & (pl.col("died").is_null() | (pl.col("died") >= pl.col("day")))
        )
        reference = self.begin.first
        years = age(pl.col("born"), pl.col("day"))
        pairs = pairs.with_columns(born=pl.date(reference.year - years, reference.month, 1))
        counted = []
        for n, tree in enumerate(self.asked.counts):
            verdict = expression(tree, reference)
            counted += [
                verdict.fill_null(False).sum().cast(pl.UInt8).alias(f"count_{n}_min"),
                verdict.fill_null(True).sum().cast(pl.UInt8).alias(f"count_{n}_max"),
            ]
        summed = pairs.group_by("row").agg(counted) if counted else pairs.select("row").unique()
        return rows.join(summed, on="row", how="left").with_columns(
            pl.col(end).fill_null(0) for end in self.asked.ends
        )

    def _paid(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return by key what both laws pay."""
        found, keyed = cases(rows, self.asked)
        before, after = (ask(law, self.people, found, self.asked).vnd for law in self.laws)
        return keyed.select("key", before=before.gather(keyed["case"]), after=after.gather(keyed["case"]))


def _index(month: Month) -> int:
    return month.year * 12 + month.number - 1


def _birthday(born: pl.Expr, years: int) -> tuple[pl.Expr, pl.Expr]:
    """Tell whether somebody completes the years on the first of a month, and the number of that month."""
    year = born.dt.year() + years
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    moved = (born.dt.month() == 2) & (born.dt.day() == 29) & ~leap
    month = year * 12 + born.dt.month().cast(pl.Int32) - 1 + moved.cast(pl.Int32)
    return (born.dt.day() == 1) | moved, month
