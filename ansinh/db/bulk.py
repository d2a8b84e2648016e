"""Many rows at once: COPY from and to Polars frames, in slices, so that memory stays bounded."""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
from django.db import connections, transaction
from psycopg import sql

PolarsType: TypeAlias = pl.DataType | type[pl.DataType]

SLICE = 200_000
MANY = 5_000
"""From so many rows on a plan may turn bad while the planner does not know of them."""
TYPES: tuple[tuple[type[pl.DataType], str], ...] = (
    (pl.Boolean, "boolean"),
    (pl.Int8, "smallint"),
    (pl.Int16, "smallint"),
    (pl.Int32, "integer"),
    (pl.Int64, "bigint"),
    (pl.UInt8, "smallint"),
    (pl.UInt16, "integer"),
    (pl.UInt32, "bigint"),
    (pl.Float64, "double precision"),
    (pl.Decimal, "numeric"),
    (pl.Date, "date"),
    (pl.Datetime, "timestamptz"),
    (pl.String, "text"),
)


def copy_frame(frame: pl.DataFrame, table: str, *, using: str = "default") -> int:
    """COPY a frame into a table, its columns by their names; return how many rows.

    A null is NULL, an empty text is an empty text. Constraints speak as usual: wrap the call in
    `constraints.speaking()`.
    """
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with connections[using].cursor() as cursor, cursor.copy(statement) as copy:
        for part in frame.iter_slices(SLICE):
            copy.write(
                part.write_csv(
                    include_header=False,
                    date_format="%Y-%m-%d",
                    datetime_format="%Y-%m-%dT%H:%M:%S%.6f%:z"
                    if _has_zone(part)
                    else "%Y-%m-%dT%H:%M:%S%.6f",
                )
            )
    return frame.height


def _has_zone(frame: pl.DataFrame) -> bool:
    return any(isinstance(dtype, pl.Datetime) and dtype.time_zone for dtype in frame.dtypes)


def copy_file(path: Path, table: str, columns: Iterable[str], *, using: str = "default") -> int:
    """COPY a CSV file with a header line into a table, as it stands; return how many rows."""
    statement = sql.SQL("copy {} ({}) from stdin (format csv, header true)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connections[using].cursor() as cursor:
        with cursor.copy(statement) as copy, path.open("rb") as file:
            while part := file.read(1 << 20):
                copy.write(part)
        return int(cursor.rowcount)


def temp_table(name: str, frame: pl.DataFrame, *, using: str = "default") -> str:
    """Put a frame into a temporary table that lasts until the transaction ends; return the table's name.

    The planner knows its size (ANALYZE), its columns have the frame's types. Replaces one of the same name.
    """
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_type(dtype)))
        for column, dtype in frame.schema.items()
    )
    run(sql.SQL("drop table if exists pg_temp.{}").format(sql.Identifier(name)), using=using)
    run(
        sql.SQL("create temporary table {} ({}) on commit drop").format(sql.Identifier(name), columns),
        using=using,
    )
    copy_frame(frame, name, using=using)
    run(sql.SQL("analyze {}").format(sql.Identifier(name)), using=using)
    return name


def read_frame(
    query: str,
    parameters: Mapping[str, Any] | Iterable[Any] | None,
    schema: Mapping[str, PolarsType],
    *,
    using: str = "default",
) -> pl.DataFrame:
    """Read a query's rows as a frame of the given columns and types, by COPY."""
    statement = sql.SQL("copy ({}) to stdout (format csv)").format(sql.SQL(query))
    with connections[using].cursor() as cursor, cursor.copy(statement, parameters) as copy:
        rows = io.BytesIO()
        for part in copy:
            rows.write(part)
    if not rows.tell():
        return pl.DataFrame(schema=schema)
    as_text = {name: pl.String() if _needs_words(dtype) else dtype for name, dtype in schema.items()}
    rows.seek(0)
    frame = pl.read_csv(rows, has_header=False, schema=as_text)
    return frame.with_columns(_typed(name, dtype) for name, dtype in schema.items())


def run(statement: str | sql.Composable, parameters: Any = None, *, using: str = "default") -> int:
    """Run one statement that writes; return how many rows it touched."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


@contextmanager
def with_settings(settings: Mapping[str, str]) -> Iterator[None]:
    """Work with some settings of the server, then as before.

    Within a transaction: an exception that passes is to end it.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute("select name, current_setting(name) from unnest(%s::text[]) name", [list(settings)])
        before = dict(cursor.fetchall())
        cursor.executemany("select set_config(%s, %s, true)", list(settings.items()))
        yield
        cursor.executemany("select set_config(%s, %s, true)", list(before.items()))


def next_id(table: str) -> str:
    """Write as SQL the next id of a table; its sequence is looked up once a statement, not for every row."""
    return f"nextval((select pg_get_serial_sequence('{table}', 'id')::regclass))"


def next_ids(table: str, count: int) -> pl.Series:
    """Take so many next ids of a table."""
    query = f"select {next_id(table)} from generate_series(1, %s)"
    return read_frame(query, [count], {"id": pl.Int64})["id"]


def renew_statistics(*tables: str, rows: int, keys: Iterable[str] = ()) -> None:
    """Have the planner look at tables again as soon as many `rows` written to them are committed.

    Until then it knows nothing of them, and may loop over all pairs where it should hash; the server's own
    look comes up to a minute late. Few rows change no plan. With `keys` it looks at these columns alone, the
    others wait for the server.
    """
    columns = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, keys))) if keys else sql.SQL("")

    def look() -> None:
        for table in tables:
            run(sql.SQL("analyze {} {}").format(sql.Identifier(table), columns), using="owner")

    if rows >= MANY:
        transaction.on_commit(look, robust=True)


def _type(dtype: pl.DataType) -> str:
    for known, name in TYPES:
        if isinstance(dtype, known):
            return name
    raise TypeError(f"a temporary table has no type for {dtype}")


def _needs_words(dtype: PolarsType) -> bool:
    return dtype == pl.Boolean or dtype == pl.Datetime


def _typed(name: str, dtype: PolarsType) -> pl.Expr:
    if dtype == pl.Boolean:
        return pl.col(name) == "t"
    if dtype == pl.Datetime:
        return pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S%.f%#z", time_unit="us").cast(dtype)
    return pl.col(name).cast(dtype)
