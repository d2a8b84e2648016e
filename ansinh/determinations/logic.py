"""From the rows the database packs to the signatures the law is asked by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from ansinh.kernel.time import years_before
from ansinh.rulebook.engines import postgres
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.resolve import Day, Signature


def day_columns(law: MonthLaw) -> int:
    """Return how many numbers one evaluated day takes in a packed signature."""
    return 2 + 2 * len(law.counts)


def day_sql(law: MonthLaw, alias: str) -> str:
    """Return SQL packing one row of the facts frame: bits met, bits unknown, and each count's least and most.

    `alias` names the frame joined with `cutoffs` (columns `c60`, … : the latest birth date that has completed
    so many years on the row's day).
    """
    told = [
        postgres.sql(tree, column=lambda name: f"{alias}.{name}", cutoff=lambda years: f"cutoffs.c{years}")
        for tree in law.conditions
    ]
    numbers = [
        " + ".join(f"(({verdict}) is true)::int::bigint * {1 << bit}" for bit, verdict in enumerate(told)),
        " + ".join(f"(({verdict}) is null)::int::bigint * {1 << bit}" for bit, verdict in enumerate(told)),
    ]
    for count in law.counts:
        least, most = f"{alias}.{count.name}_min", f"{alias}.{count.name}_max"
        numbers += [f"{least}::bigint", f"coalesce({most}, -1)::bigint"]
    return f"array[{', '.join(numbers)}]"


def cutoffs_sql(law: MonthLaw, days: Iterable[dt.date]) -> str:
    """Return a VALUES list (day, c3, c4, …): for each day the latest birth dates of the ages that count."""
    rows = (
        ", ".join(f"date '{d}'" for d in (day, *(years_before(day, y) for y in law.cutoff_ages)))
        for day in days
    )
    names = ", ".join(["day", *(f"c{years}" for years in law.cutoff_ages)])
    return f"(values {', '.join(f'({row})' for row in rows)}) as cutoffs ({names})"


def signature(
    law: MonthLaw, province: str | None, former: str | None, receiving: int, packed: Sequence[int]
) -> Signature:
    """Return the signature that one person's packed days stand for."""
    return Signature(
        jurisdiction=law.jurisdiction(province, former),
        receiving=receiving & law.receiving_of_interest,
        days=tuple(_days(law, packed)),
    )


def _days(law: MonthLaw, packed: Sequence[int]) -> Iterator[Day]:
    width = day_columns(law)
    for start in range(0, len(packed), width):
        met, unknown, *numbers = packed[start : start + width]
        counts = tuple(
            (least, None if most < 0 else most)
            for least, most in zip(numbers[::2], numbers[1::2], strict=True)
        )
        yield Day(met, unknown, counts)
