"""The rows of a list in columns: how they are looked up, kept once judged, and written (kết luận)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from ansinh.imports.logic.listing import Row
from ansinh.imports.logic.meaning import facts_of
from ansinh.kernel.names import fold, given, sort_key
from ansinh.kernel.time import Month
from ansinh.rulebook.facts import vocabulary

_ROLES = {"chu ho": 1, "vo": 2, "chong": 2, "con": 3, "bo": 4, "cha": 4, "me": 4, "chau": 5}
_HEAD, _OTHER = 1, 6
_READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "head": pl.Int64,
    "key": pl.String,
    "number": pl.String,
    "old_number": pl.String,
    "name": pl.String,
    "folded": pl.String,
    "given_folded": pl.String,
    "sort_key": pl.String,
    "born": pl.Date,
    "born_precision": pl.String,
    "sex": pl.String,
    "ethnicity": pl.String,
    "phone": pl.String,
    "village": pl.String,
    "household": pl.String,
    "role": pl.Int16,
    "poverty": pl.Int64,
    "valid_from": pl.Date,
    "from_month": pl.Date,
    "category": pl.String,
    "amount_vnd": pl.Int64,
    "coefficient": pl.Decimal(5, 2),
    "standard_vnd": pl.Int64,
    "decision_number": pl.String,
    "decided_on": pl.Date,
}
_CONCLUDED: dict[str, pl.DataType | type[pl.DataType]] = {
    "outcome": pl.String,
    "person_id": pl.Int64,
    "housed": pl.Boolean,
    "grants": pl.Boolean,
}
COLUMNS = {**_READ, **_CONCLUDED}
"""A row that nothing is wrong with. `head`: the line that tells of this person first; `key`: of that person,
the same whenever the same file comes; `household`: a word that members share; `role`: null when the list does
not say; `valid_from`: since when it is true; `from_month`: the first month of the grant."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a list is taken in for: its month, from which day its unit stands, who is meant by a line.

    `settled`: payments are kept here, so that grants begin with the month of the list.
    """

    month: Month
    settled: bool
    opened: dt.date
    key: str

    def start(self, row: Row) -> dt.date:
        """From which day what a row says is true: since they receive, never before the unit or a birth."""
        since = row.since.first if row.since and row.since < self.month else self.month.first
        return max(since, self.opened, row.born or since)


def in_columns(rows: Sequence[Row], terms: Terms) -> pl.DataFrame:
    """Put rows that nothing is wrong with into columns, with the words the register keeps of names."""
    said = {text: _role(text) for text in {row.role for row in rows}}
    text: dict[str, list[str | None]] = {
        "key": [f"{terms.key}-{row.head}" for row in rows],
        "number": [row.number for row in rows],
        "old_number": [row.old_number for row in rows],
        "name": [row.name for row in rows],
        "folded": [fold(row.name) for row in rows],
        "given_folded": [fold(given(row.name)) for row in rows],
        "sort_key": [sort_key(row.name) for row in rows],
        "born_precision": [row.born_precision for row in rows],
        "sex": [row.sex for row in rows],
        "ethnicity": [row.ethnicity for row in rows],
        "phone": [row.phone for row in rows],
        "village": [row.village for row in rows],
        "household": [f"h{fold(row.household)}" if row.household else f"r{row.head}" for row in rows],
        "category": [row.category for row in rows],
        "decision_number": [row.decision_number or None for row in rows],
    }
    numbers: dict[str, list[int | None]] = {
        "line": [row.line for row in rows],
        "head": [row.head for row in rows],
        "role": [said[row.role] for row in rows],
        "poverty": [row.poverty for row in rows],
        "amount_vnd": [row.amount_vnd for row in rows],
        "standard_vnd": [row.standard_vnd for row in rows],
    }
    days: dict[str, list[dt.date | None]] = {
        "born": [row.born for row in rows],
        "valid_from": [terms.start(row) for row in rows],
        "from_month": [_from(row, terms).first for row in rows],
        "decided_on": [row.decided_on for row in rows],
    }
    held = [row.coefficient if row.standard_vnd else None for row in rows]
    values: dict[str, Sequence[object]] = {**text, **numbers, **days, "coefficient": held}
    return pl.DataFrame({name: pl.Series(values[name], dtype=dtype) for name, dtype in _READ.items()})


def concluded(columns: pl.DataFrame, rows: Sequence[Row]) -> pl.DataFrame:
    """Add what was concluded of each row, in the same order."""
    return columns.with_columns(
        pl.Series("outcome", [row.outcome for row in rows], dtype=pl.String),
        pl.Series("person_id", [row.person_id for row in rows], dtype=pl.Int64),
        pl.Series("housed", [row.housed for row in rows], dtype=pl.Boolean),
        pl.Series("grants", [row.grants for row in rows], dtype=pl.Boolean),
    )


def heads(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row of each person, the first."""
    return frame.filter(pl.col("head") == pl.col("line"))


def writable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that are written into the register."""
    return frame.filter(pl.col("outcome").is_in(["CREATED", "CHANGED", "SAME"]))


def newcomers(good: pl.DataFrame) -> pl.DataFrame:
    """Return who gets a home: what each is to the head; the first is the head when nobody is said to be."""
    first = pl.when(pl.col("household").is_first_distinct()).then(_HEAD).otherwise(_OTHER)
    return (
        heads(good)
        .filter(~pl.col("housed"))
        .with_columns(pl.coalesce("role", first.cast(pl.Int16)).alias("role"))
    )


def facts(good: pl.DataFrame, subject: str) -> pl.DataFrame:
    """Return the facts that the groups of rows imply, of persons or of households, and their poverty."""
    said = [
        (group, vocabulary()[name].id, value)
        for group in good["category"].unique().drop_nulls().sort()
        for name, value in facts_of(group).items()
        if vocabulary()[name].subject == subject
    ]
    schema = {"category": pl.String, "fact": pl.Int16, "value": pl.Int64}
    implied = good.join(
        pl.DataFrame(said, schema=schema, orient="row"), on="category", maintain_order="left_right"
    )
    columns = ("key", "person_id", "fact", "value", "valid_from")
    if subject != "household":
        return implied.select(columns)
    poor = good.filter(pl.col("poverty").is_not_null()).with_columns(
        pl.lit(vocabulary()["household_poverty"].id, pl.Int16).alias("fact"), pl.col("poverty").alias("value")
    )
    return pl.concat([implied.select(columns), poor.select(columns)])


def packed(frame: pl.DataFrame) -> bytes:
    """Pack judged rows so that they can be kept."""
    into = io.BytesIO()
    frame.select(*COLUMNS).write_parquet(into, compression="zstd", statistics=False)
    return into.getvalue()


def unpacked(content: bytes) -> pl.DataFrame:
    """Return judged rows as they were packed."""
    return pl.read_parquet(io.BytesIO(content)).select(*COLUMNS)


def manner() -> Iterable[bytes]:
    """Say in what manner rows are packed: kept in another, they are judged anew."""
    return (f"{name} {dtype}".encode() for name, dtype in COLUMNS.items())


def _from(row: Row, terms: Terms) -> Month:
    return terms.month if terms.settled else (row.since or terms.month)


def _role(text: str) -> int | None:
    plain = fold(text)
    return next((code for word, code in _ROLES.items() if plain.startswith(word)), None)
