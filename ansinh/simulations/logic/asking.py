"""Asking one law about distinct cases: which conditions hold (Polars), what follows (once each)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from ansinh.rulebook.conditions import Tree
from ansinh.rulebook.engines.polars import expression
from ansinh.rulebook.law import Count, MonthLaw
from ansinh.rulebook.resolve import FAMILIES, Day, Entitlement, Signature
from ansinh.simulations.logic.people import UNKNOWN_AGE, People, born_at


@dataclass(frozen=True)
class Laws:
    """What several laws ask between them: the ages that count and the counts of children, each once."""

    ages: tuple[int, ...]
    counts: tuple[Tree, ...]

    @classmethod
    def of(cls, laws: Iterable[MonthLaw]) -> Laws:
        """Gather what the laws ask."""
        told = list(laws)
        counts = dict.fromkeys(count.tree for law in told for count in law.counts)
        return cls(tuple(sorted({age for law in told for age in law.cutoff_ages})), tuple(counts))

    @property
    def ends(self) -> list[str]:
        """The columns of the counts."""
        return [f"count_{n}_{end}" for n in range(len(self.counts)) for end in ("min", "max")]

    @property
    def state(self) -> list[str]:
        """The columns that tell one day's state from another."""
        return ["profile", "band", *self.ends]

    def column(self, law: MonthLaw, name: str) -> str:
        """Name the column in which a law's fact or count stands."""
        for count in law.counts:
            for end in ("min", "max"):
                if name == f"{count.name}_{end}":
                    return f"count_{self.counts.index(count.tree)}_{end}"
        return name


def changed_laws(law: MonthLaw, others: Iterable[MonthLaw]) -> MonthLaw:
    """Return a law that looks at every day at which one of several laws may answer differently.

    For gathering facts only: it knows the tests and counts of all, the counts as count_0, count_1, …
    """
    laws = [law, *others]
    asked = Laws.of(laws)
    return replace(
        law,
        conditions=tuple(dict.fromkeys(tree for one in laws for tree in one.conditions)),
        counts=tuple(Count(f"count_{n}", tree, "") for n, tree in enumerate(asked.counts)),
    )


@dataclass(frozen=True)
class Cases:
    """Distinct months of people: states of one day, and those who have several, as lists of states."""

    states: pl.DataFrame
    several: list[list[int]] = field(repr=False)

    def lists(self) -> Iterator[tuple[int, ...]]:
        """Yield each case's days, in the order of the cases' numbers."""
        yield from ((state,) for state in range(self.states.height))
        yield from (tuple(states) for states in self.several)


def cases(rows: pl.DataFrame, asked: Laws) -> tuple[Cases, pl.DataFrame]:
    """Number the distinct cases of rows in the order of their days: `key` and the columns of a state.

    Returns the cases, and for each key its `case`.
    """
    states = rows.select(asked.state).unique(maintain_order=True).with_row_index("state")
    told = rows.select(
        "key",
        rows.select(asked.state)
        .join(states, on=asked.state, how="left", nulls_equal=True, maintain_order="left")["state"]
        .alias("state"),
    )
    first = told["key"].is_first_distinct()
    again = told.filter(~first)["key"].unique()
    once = told.filter(first)
    if again.is_empty():
        return Cases(states.drop("state"), []), once.rename({"state": "case"})
    repeated = once["key"].is_in(again.implode())
    many = told.filter(pl.col("key").is_in(again.implode())).group_by("key").agg("state")
    lists = many.select("state").unique(maintain_order=True).with_row_index("case", offset=states.height)
    found = many.join(lists.with_columns(pl.col("case").cast(pl.UInt32)), on="state", how="left")
    single = once.filter(~repeated).rename({"state": "case"})
    return (
        Cases(states.drop("state"), lists["state"].to_list()),
        pl.concat([single, found.select("key", "case")]),
    )


@dataclass
class Told:
    """What a law gives: distinct answers, and the number of each case's."""

    answers: list[tuple[Entitlement, ...]]
    of_case: pl.Series

    @property
    def totals(self) -> pl.Series:
        """What each answer pays a month, in đồng."""
        return pl.Series([sum(e.amount_vnd for e in one) for one in self.answers], dtype=pl.Int64)

    @property
    def vnd(self) -> pl.Series:
        """What each case is paid a month, in đồng."""
        return self.totals.gather(self.of_case)


def ask(law: MonthLaw, people: People, found: Cases, asked: Laws) -> Told:
    """Put the cases to the law of a month."""
    days, places, numbers = _days(law, people, found.states, asked)
    answers: list[tuple[Entitlement, ...]] = []
    known: dict[tuple[Entitlement, ...], int] = {}
    met: dict[tuple[int, ...], int] = {}
    of_case = []
    for states in found.lists():
        key = tuple(numbers[state] for state in states)
        if key not in met:
            place, receiving = places[key[0]]
            given = _given(law, Signature(place, receiving, tuple(days[number] for number in key)))
            if given not in known:
                known[given] = len(answers)
                answers.append(given)
            met[key] = known[given]
        of_case.append(met[key])
    return Told(answers, pl.Series("answer", of_case, dtype=pl.UInt32))


def _given(law: MonthLaw, signature: Signature) -> tuple[Entitlement, ...]:
    parts = (law.resolver.part(signature, family) for family in range(len(FAMILIES)))
    return tuple(e for part in parts for e in part.entitlements)


def _days(
    law: MonthLaw, people: People, states: pl.DataFrame, asked: Laws
) -> tuple[list[Day], list[tuple[int, int]], list[int]]:
    """Return the distinct days, where and with what granted already each stands, and each state's day."""
    frame = _frame(law, people, states, asked)
    words = [
        [expression(tree, law.month.first, lambda name: pl.col(asked.column(law, name))) for tree in part]
        for part in _split(law.conditions)
    ]
    columns = []
    for n, trees in enumerate(words):
        columns.append(_mask([tree.fill_null(False) for tree in trees]).alias(f"met_{n}"))
        columns.append(_mask([tree.is_null() for tree in trees]).alias(f"unknown_{n}"))
    ends = [asked.column(law, f"{count.name}_{end}") for count in law.counts for end in ("min", "max")]
    told = frame.lazy().select("place", "receiving", *ends, *columns).collect()
    distinct = told.unique(maintain_order=True).with_row_index("number")
    numbers = told.join(distinct, on=told.columns, how="left", nulls_equal=True, maintain_order="left")
    days, places = [], []
    for place, receiving, *rest in distinct.drop("number").iter_rows():
        counted, masks = rest[: len(ends)], rest[len(ends) :]
        met, unknown = (sum(mask << n * _WORD for n, mask in enumerate(masks[which::2])) for which in (0, 1))
        counts = tuple(zip(counted[::2], counted[1::2], strict=True))
        days.append(Day(met, unknown, counts))
        places.append((place, receiving & law.receiving_of_interest))
    return days, places, numbers["number"].to_list()


_WORD = 32


def _split(trees: Sequence[Tree]) -> Iterator[Sequence[Tree]]:
    return (trees[start : start + _WORD] for start in range(0, len(trees), _WORD))


def _mask(tests: list[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(test.cast(pl.Int64) * (1 << bit) for bit, test in enumerate(tests))


def _frame(law: MonthLaw, people: People, states: pl.DataFrame, asked: Laws) -> pl.DataFrame:
    """Give each state the columns that the law's tests read, with a birth of its band of ages."""
    places = people.profiles.select("province", "former_province").unique(maintain_order=True)
    keys = [law.jurisdiction(now, former) for now, former in places.iter_rows()]
    placed = people.profiles.join(
        places.with_columns(place=pl.Series(keys, dtype=pl.UInt16)),
        on=("province", "former_province"),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    births = {0: law.month.first} | {
        n: born_at(y, law.month.first) for n, y in enumerate(asked.ages, start=1)
    }
    born = pl.DataFrame(
        {"band": [*births, UNKNOWN_AGE], "born": [*births.values(), None]},
        schema={"band": pl.UInt8, "born": pl.Date},
    )
    with_born = states.join(born, on="band", how="left", maintain_order="left")
    return pl.concat([placed[states["profile"]], with_born.drop("profile", "band")], how="horizontal")
