"""Writing conditions as PostgreSQL SQL, for frames that never leave the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ansinh.rulebook import conditions as c
from ansinh.rulebook.categories import receiving_mask
from ansinh.rulebook.engines.person import absent
from ansinh.rulebook.facts import vocabulary

Column = Callable[[str], str]
Cutoff = Callable[[int], str]


def sql(tree: c.Tree, *, column: Column, cutoff: Cutoff) -> str:
    """Return the condition as a three-valued SQL expression.

    `column(name)` gives the SQL of a fact (boolean, smallint code, integer mask, bigint đồng), of `born`
    (effective birth date), `sex` (text), `receiving` (integer mask) and of counts (`name_min`, `name_max`);
    `cutoff(years)` the SQL of the latest birth date that has completed so many years on the row's day.
    """
    match tree:
        case c.All(terms):
            return f"({' AND '.join(sql(term, column=column, cutoff=cutoff) for term in terms)})"
        case c.Any(terms):
            return f"({' OR '.join(sql(term, column=column, cutoff=cutoff) for term in terms)})"
        case c.Not(c.AgeAtLeast(years)):
            return f"({column('born')} > {cutoff(years)})"
        case c.Not(term):
            return f"(NOT {sql(term, column=column, cutoff=cutoff)})"
        case c.AgeAtLeast(years):
            return f"({column('born')} <= {cutoff(years)})"
        case _:
            return _leaf(tree, column)


def _leaf(tree: c.Tree, column: Column) -> str:
    match tree:
        case c.Always(value):
            return str(value).upper()
        case c.Flag(name):
            return _known(column(name), name, "FALSE")
        case c.OneOf("sex", wanted):
            return f"({column('sex')} IN ({_quoted(wanted)}))"
        case c.OneOf(name, wanted):
            codes = ", ".join(str(vocabulary()[name].code(value)) for value in wanted)
            return f"({_known(column(name), name, '0')} IN ({codes}))"
        case c.Contains("receiving", wanted):
            return f"(COALESCE({column('receiving')}, 0) & {receiving_mask(list(wanted))} <> 0)"
        case c.Contains(name, wanted):
            mask = sum(vocabulary()[name].code(value) for value in wanted)
            return f"({_known(column(name), name, '0')} & {mask} <> 0)"
        case c.Number(name, op, value) if name in vocabulary():
            compared = f"({column(name)} {op} {int(value)})"
            if vocabulary()[name].absent == "not below":
                return f"COALESCE({compared}, {'TRUE' if op in ('>', '>=') else 'FALSE'})"
            return compared
        case c.Number(name, op, value):
            return _count(column(f"{name}_min"), column(f"{name}_max"), op, int(value))
        case c.Known(name):
            return "TRUE" if absent(name) is not None else f"({column(name)} IS NOT NULL)"
        case _:
            raise AssertionError(f"no SQL for {tree}")


def _known(expression: str, name: str, no: str) -> str:
    return expression if absent(name) is None else f"COALESCE({expression}, {no})"


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _count(least: str, most: str, op: str, limit: int) -> str:
    match op:
        case ">=":
            yes, no = f"{least} >= {limit}", f"{most} < {limit}"
        case ">":
            yes, no = f"{least} > {limit}", f"{most} <= {limit}"
        case "<":
            yes, no = f"{most} < {limit}", f"{least} >= {limit}"
        case "<=":
            yes, no = f"{most} <= {limit}", f"{least} > {limit}"
        case _:
            yes, no = f"{least} = {limit} AND {most} = {limit}", f"{least} > {limit} OR {most} < {limit}"
    return f"(CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END)"
