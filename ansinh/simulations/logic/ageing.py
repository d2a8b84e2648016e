"""What two laws cost month by month while the same people grow older (chi phí năm năm).

Nobody is born, dies or moves but whose death is recorded already; every fact stays as on the month's last
day; people, and the children they raise, pass the ages of the law on their very birthdays. What is paid
changes only in the month of such a birthday and in the one after it, so only those months are asked about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    standing = _standing(people, month, asked.ages)
    for begin, end in pairwise(starts):
        span = _Span(people, asked, begin, end, laws(begin))
        found += span.costs(standing)
    return found


@dataclass(frozen=True)
class _Standing:
    """Who lives on after the month: most by their own birthdays alone, some one by one.

    `most`: profile, born, people. `some`: no, profile, born, died. `raised`: no (of who raises them), born,
    died. `passing`: of each birth date, the ages completed in the months ahead (born, years, day, month,
    on_first), see `_passing`.
    """

    most: pl.DataFrame
    some: pl.DataFrame
    raised: pl.DataFrame
    passing: pl.DataFrame


def _standing(people: People, month: Month, ages: Sequence[int]) -> _Standing:
    last = people.days.group_by("no").agg(pl.col("profile").last())
    alive = people.persons.join(last, on="no", how="inner").filter(
        pl.col("died").is_null() | (pl.col("died") > month.last)
    )
    alone = pl.col("no").is_in(people.children["no"].unique().implode()) | pl.col("died").is_not_null()
    some = alive.filter(alone).select("no", "profile", "born", "died")
    most = alive.filter(~alone).group_by("profile", "born").agg(pl.col("people").cast(pl.Int64).sum())
    raised = people.children.filter(pl.col("no").is_in(some["no"].implode())).select("no", "born", "died")
    births = pl.concat([most["born"], some["born"], raised["born"]]).unique()
    return _Standing(most, some, raised, _passing(births, (0, *ages), month))


def _passing(births: pl.Series, ages: Iterable[int], month: Month) -> pl.DataFrame:
    """Return when whoever was born on each day completes which ages, within the months ahead.

    born, years, day, month (its number), on_first (of a month).
    """
    years = pl.DataFrame({"years": list(ages)}, schema={"years": pl.Int32})
    born, year = pl.col("born"), pl.col("born").dt.year() + pl.col("years")
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    moved = (born.dt.month() == 2) & (born.dt.day() == 29) & ~leap
    number = year * 12 + born.dt.month().cast(pl.Int32) - 1 + moved.cast(pl.Int32)
    return (
        births.drop_nulls()
        .to_frame("born")
        .join(years, how="cross")
        .with_columns(month=number, on_first=(born.dt.day() == 1) | moved)
        .filter(pl.col("month").is_between(_index(month), _index(month) + HORIZON - 1))
        .with_columns(
            day=pl.date(
                pl.col("month") // 12,
                pl.col("month") % 12 + 1,
                pl.when("on_first").then(1).otherwise(born.dt.day()),
            )
        )
    )


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
        passing = standing.passing.with_columns(t=pl.col("month") - _index(self.begin)).filter(
            pl.col("t").is_between(0, self.months - 1)
        )
        changes = pl.concat([self._most(standing.most, passing), self._some(standing, passing)])
        summed = changes.group_by("t").agg(pl.col("before").sum(), pl.col("after").sum())
        every = pl.DataFrame({"t": range(self.months)}, schema={"t": pl.Int32}).join(
            summed, on="t", how="left"
        )
        told = every.sort("t").select(pl.col("before", "after").fill_null(0).cum_sum())
        return [(int(before), int(after)) for before, after in told.iter_rows()]

    # ── by their own birthdays alone ──

    def _most(self, people: pl.DataFrame, passing: pl.DataFrame) -> pl.DataFrame:
        """Return by month how what is paid changes: the first month whole, then at birthdays."""
        turned = pl.concat([self._bands(people["born"].unique()), *self._turns(passing)])
        counted = (
            people.join(turned, on="born", nulls_equal=True)
            .group_by("profile", "old", "new", "t")
            .agg((pl.col("people") * pl.col("sign")).sum())
        )
        moves = counted.select("profile", "old", "new").unique(maintain_order=True).with_row_index("key")
        days = moves.select("key", "profile", band="old")
        later = moves.filter(pl.col("old") != pl.col("new")).select("key", "profile", band="new")
        rows = pl.concat([days, later]).with_columns(
            pl.lit(0, pl.UInt8).alias(end) for end in self.asked.ends
        )
        paid = self._paid(rows.sort("key", maintain_order=True))
        told = counted.join(moves, on=("profile", "old", "new"), how="left").join(paid, on="key", how="left")
        return (
            told.select("t", pl.col("before", "after") * pl.col("people"))
            .group_by("t")
            .agg(pl.col("before", "after").sum())
        )

    def _bands(self, births: pl.Series) -> pl.DataFrame:
        """Return of each birth date in which bands of ages it is on the first and last day of `begin`."""
        first, last = (band(age(pl.col("born"), pl.lit(day)), self.asked.ages) for day in self._begins)
        return births.to_frame("born").select(
            "born", old=first, new=last, t=pl.lit(0, pl.Int32), sign=pl.lit(1, pl.Int64)
        )

    @property
    def _begins(self) -> tuple[dt.date, dt.date]:
        return self.begin.first, self.begin.last

    def _turns(self, passing: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield what passing an age adds and takes away: in its month (unless it is `begin`) and after it."""
        ages = list(self.asked.ages)
        own = passing.filter(pl.col("years").is_in(ages)).with_columns(
            old=pl.col("years").replace_strict(ages, range(len(ages)), return_dtype=pl.UInt8)
        )
        own = own.with_columns(new=pl.col("old") + 1)
        at_once, within = own.filter("on_first"), own.filter(~pl.col("on_first"))
        later = within.with_columns(pl.col("t") + 1).filter(pl.col("t") < self.months)
        at_once, within = (part.filter(pl.col("t") > 0) for part in (at_once, within))
        for part, old, new, sign in (
            (at_once, "new", "new", 1), (at_once, "old", "old", -1),
            (within, "old", "new", 1), (within, "old", "old", -1),
            (later, "new", "new", 1), (later, "old", "new", -1),
        ):  # fmt: skip
            yield part.select(
                "born", old=old, new=new, t=pl.col("t").cast(pl.Int32), sign=pl.lit(sign, pl.Int64)
            )

    # ── one by one: those who raise children, those whose death is known ──

    def _some(self, standing: _Standing, passing: pl.DataFrame) -> pl.DataFrame:
        people, days = standing.some, self._days(standing, passing)
        columns = ["t", "before", "after"]
        if days.is_empty():
            return pl.DataFrame(schema={"t": pl.Int32, "before": pl.Int64, "after": pl.Int64})
        rows = days.join(people, on="no", how="left").filter(
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

    def _days(self, standing: _Standing, passing: pl.DataFrame) -> pl.DataFrame:
        """Return the days looked at: the first of each month that may differ from the last, and birthdays."""
        some, raised = standing.some, standing.raised
        turns = passing.select("born", "years", "day")
        birthdays = [
            some.join(turns.filter(pl.col("years") > 0), on="born").select("no", "day"),
            raised.join(turns, on="born").select("no", "day"),
        ]
        deaths = [
            who.filter(pl.col("died").is_not_null()).select("no", day=pl.col("died") + pl.duration(days=1))
            for who in (some, raised)
        ]
        events = pl.concat([*birthdays, *deaths]).unique().with_columns(t=self._month_of(pl.col("day")))
        events = events.filter(pl.col("t").is_between(0, self.months - 1))
        firsts = pl.concat(
            [
                some.select("no", t=pl.lit(0, pl.Int32)),
                events.select("no", "t"),
                events.select("no", t=pl.col("t") + 1).filter(pl.col("t") < self.months),
            ]
        ).unique()
        starts = [(self.begin + n).first for n in range(self.months)]
        firsts = firsts.with_columns(day=pl.Series(starts).gather(firsts["t"]))
        return pl.concat([firsts.select("no", "t", "day"), events.select("no", "t", "day")]).unique()

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
