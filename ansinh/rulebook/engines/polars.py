"""Writing conditions as Polars expressions, for files and frames of any size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import reduce
from operator import and_, or_

import polars as pl

from ansinh.kernel.time import years_before
from ansinh.rulebook import conditions as c
from ansinh.rulebook.categories import receiving_mask
from ansinh.rulebook.engines.person import absent
from ansinh.rulebook.facts import vocabulary

Column = Callable[[str], pl.Expr]


def expression(tree: c.Tree, day: dt.date, column: Column = pl.col) -> pl.Expr:
    """Return the condition on a day as a three-valued (nullable boolean) expression.

    Columns as for PostgreSQL: booleans, codes of enums, masks of sets, đồng, `born` a date, counts as
    `name_min` and `name_max`.
    """
    match tree:
        case c.All(terms):
            return reduce(and_, (expression(term, day, column) for term in terms))
        case c.Any(terms):
            return reduce(or_, (expression(term, day, column) for term in terms))
        case c.Not(term):
            return ~expression(term, day, column)
        case c.AgeAtLeast(years):
            return column("born") <= pl.lit(years_before(day, years))
        case _:
            return _leaf(tree, column)


def _leaf(tree: c.Tree, column: Column) -> pl.Expr:
    match tree:
        case c.Always():
            return pl.lit(tree.value)
        case c.Flag(name):
            return _known(column(name), name, False)
        case c.OneOf("sex", wanted):
            return column("sex").is_in(list(wanted))
        case c.OneOf(name, wanted):
            value = _known(column(name), name, 0)
            return reduce(or_, (value == vocabulary()[name].code(one) for one in wanted))
        case c.Contains("receiving", wanted):
            return (column("receiving").fill_null(0) & receiving_mask(list(wanted))) != 0
        case c.Contains(name, wanted):
            mask = sum(vocabulary()[name].code(value) for value in wanted)
            return (_known(column(name), name, 0) & mask) != 0
        case c.Number(name, op, value) if name in vocabulary():
            compared = _compare(column(name), op, int(value))
            if vocabulary()[name].absent == "not below":
                return compared.fill_null(op in (">", ">="))
            return compared
        case c.Number(name, op, value):
            return _count(column(f"{name}_min"), column(f"{name}_max"), op, int(value))
        case c.Known(name):
            return pl.lit(True) if absent(name) is not None else column(name).is_not_null()
        case _:
            raise AssertionError(f"no expression for {tree}")


def _known(value: pl.Expr, name: str, no: bool | int) -> pl.Expr:
    return value if absent(name) is None else value.fill_null(no)


def _compare(value: pl.Expr, op: str, limit: int) -> pl.Expr:
    match op:
        case "<":
            return value < limit
        case "<=":
            return value <= limit
        case ">":
            return value > limit
        case ">=":
            return value >= limit
        case _:
            return value == limit


def _count(least: pl.Expr, most: pl.Expr, op: str, limit: int) -> pl.Expr:
    match op:
        case ">=" | ">":
            yes, no = _compare(least, op, limit), ~_compare(most, op, limit)
        case "<" | "<=":
            yes, no = _compare(most, op, limit), ~_compare(least, op, limit)
        case _:
            yes, no = (least == limit) & (most == limit), (least > limit) | (most < limit)
    unknown = pl.lit(None, dtype=pl.Boolean)
    return pl.when(yes).then(True).when(no).then(False).otherwise(unknown)
