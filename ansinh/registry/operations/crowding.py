"""Counting a unit's people without who they are (đếm người có dữ kiện như nhau)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from ansinh.db import bulk
from ansinh.db.bulk import PolarsType
from ansinh.geography.models import Unit
from ansinh.registry.operations.framing import Packed, pack
from ansinh.registry.queries.around import children_sql
from ansinh.registry.queries.folding import Writer
from ansinh.registry.queries.packing import masks
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw


@dataclass(frozen=True, slots=True)
class Crowd:
    """A unit's people in a month, counted.

    `people`: kind, unit (key of where they are registered), day, person_id, born, died, people. One row for
    all of one unit and kind who were born in one span: how many people, born on the first day of the span,
    none of them with a number. Who has several evaluated days, raises children or has a recorded death has
    rows alone, under their number.
    `kinds`: what the law is told of each kind: province, former_province, sex, receiving, facts and counts as
    in `facts_frame`, in the order of `kind`.
    `children`: whom they raise on the month's last day, as `children_sql`.
    """

    people: pl.DataFrame
    kinds: pl.DataFrame
    children: pl.DataFrame


def take_crowd(
    *,
    unit: Unit,
    law: MonthLaw,
    known_at: dt.datetime,
    granted: str,
    facts: Iterable[str],
    births: Sequence[dt.date],
) -> Crowd:
    """Read a unit's people as of the law's month, and count them where nothing tells them apart.

    Each span of births begins with one of `births`, ascending; whoever was born before is of the first.
    The rows are counted here and not in the database, which takes four times as long to group so many.
    """
    write, asked = Writer(law, known_at, granted), set(facts)
    packed = pack(write=write, unit=unit)
    children = bulk.read_frame(
        children_sql("pg_temp.packed", law, known_at=known_at),
        None,
        {"person_id": pl.Int64, "born": pl.Date, "sex": pl.String, "died": pl.Date, "studying": pl.Int8},
    )
    rows = _rows(write, packed, asked).join(_places(packed), on="unit", how="left")
    told = [name for name in rows.columns if name not in (*_OF_ONE, "apart")]
    people = _counted(rows, children["person_id"], births, told)
    kinds = people.select(told).unique().sort(told).with_row_index("kind")
    return Crowd(
        people.join(kinds, on=told, how="left", nulls_equal=True).select("kind", *_OF_ONE, "people"),
        _unpacked(write, kinds, asked),
        children,
    )


_OF_ONE = ("unit", "day", "person_id", "born", "died")
_OF_A_KIND: dict[str, PolarsType] = {
    "province": pl.String,
    "former_province": pl.String,
    "sex": pl.String,
    "receiving": pl.Int64,
}


def _rows(write: Writer, packed: Packed, facts: set[str]) -> pl.DataFrame:
    """Read everybody, facts still in their words; of the settled, who are never apart, not who they are."""
    words = [f"w{n} & {mask}" for n, mask in enumerate(masks(facts))]
    columns: dict[str, tuple[str, PolarsType]] = {
        "unit": ("unit_id", pl.Int64),
        "born": ("born - date '1970-01-01'", pl.Int32),  # a number is sooner written and read than a date
        "sex": ("sex", pl.String),
        "receiving": ("receiving", pl.Int64),
        **{f"w{n}": (word, pl.Int64) for n, word in enumerate(words)},
        "kin": ("kin", pl.Int32),
        **{name: (name, pl.UInt8) for name in write.counts()},
    }
    alone: dict[str, tuple[str, PolarsType]] = {
        "person_id": ("person_id", pl.Int64),
        "day": ("day", pl.Date),
        "died": ("died_on", pl.Date),
        "apart": ("not alone or died_on is not null", pl.Boolean),
    }
    found = [_read("pg_temp.packed", columns | alone)]
    if packed.settled:
        found.append(_read(f"({packed.settled}) settled", columns))
    rows = pl.concat(found, how="diagonal")
    return rows.with_columns(
        pl.col("born").cast(pl.Date),
        pl.col("day").fill_null(write.law.month.first),
        pl.col("apart").fill_null(False),
    )


def _read(relation: str, columns: dict[str, tuple[str, PolarsType]]) -> pl.DataFrame:
    told = ", ".join(sql for sql, _type in columns.values())
    return bulk.read_frame(
        f"select {told} from {relation}", None, {name: one for name, (_sql, one) in columns.items()}
    )


def _places(packed: Packed) -> pl.DataFrame:
    """In which province each unit lies, and lay until 30/6/2025."""
    return bulk.read_frame(
        f"select unit_id, province, former from {packed.places}",
        None,
        {"unit": pl.Int64, "province": pl.String, "former_province": pl.String},
    )


def _counted(
    rows: pl.DataFrame, raising: pl.Series, births: Sequence[dt.date], told: list[str]
) -> pl.DataFrame:
    """Count those of whom the same is told, who is `apart` or raises children alone."""
    apart = pl.col("apart") | pl.col("person_id").is_in(raising.implode()).fill_null(False)
    return (
        rows.with_columns(apart=apart)
        .with_columns(
            person_id=pl.when("apart").then("person_id"),
            born=pl.when("apart").then("born").otherwise(_span(rows["born"], births)),
        )
        .group_by(*_OF_ONE, *told)
        .len("people")
    )


def _span(born: pl.Series, births: Sequence[dt.date]) -> pl.Series:
    """Give the first day of the span in which each was born; nothing where that is not known."""
    starts = pl.Series(births, dtype=pl.Date)
    number = starts.search_sorted(born.fill_null(births[0]), side="right").clip(1) - 1
    return starts.gather(number).zip_with(born.is_not_null(), pl.Series([None], dtype=pl.Date))


def _unpacked(write: Writer, kinds: pl.DataFrame, facts: set[str]) -> pl.DataFrame:
    """Take the facts out of the words of each kind."""
    types: dict[str, PolarsType] = {"bool": pl.Int8, "enum": pl.Int16, "set": pl.Int32, "money": pl.Int64}
    names = [name for name in vocabulary() if name in facts]
    bulk.temp_table("kind", kinds)
    whole = [f"{name}::int" if vocabulary()[name].kind == "bool" else name for name in names]
    told = ", ".join(["kind", *_OF_A_KIND, *whole, *write.counts()])
    unpacked = ", ".join(["kind", *_OF_A_KIND, write.unpacked(names)])
    return bulk.read_frame(
        f"select {told} from (select {unpacked} from pg_temp.kind) kind order by kind",
        None,
        {
            "kind": pl.UInt32,
            **_OF_A_KIND,
            **{name: types[vocabulary()[name].kind] for name in names},
            **dict.fromkeys(write.counts(), pl.UInt8),
        },
    )
