"""Who gains, loses, is new or drops out between two laws, by category, commune, sex and age (so sánh)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from ansinh.kernel.time import Month
from ansinh.rulebook.categories import SCHEME_LABELS, categories
from ansinh.rulebook.resolve import Entitlement
from ansinh.simulations.logic.asking import Told
from ansinh.simulations.logic.people import People, age

MOVES = ("NEW", "GAIN", "SAME", "LOSE", "OUT")
KEPT_APART = 10
"""Where the change of an ill group shows, so many others must change in the same cell, or nothing is told."""
AGE_EDGES = (0, 3, 4, 16, 60, 70, 75, 80)


@dataclass(frozen=True)
class Compared:
    """What two laws give everybody of a place in a month, in sums that can be added up.

    `cells`: place (code), sex, age (band of AGE_EDGES, -1: not known), move, discreet, people,
    before_people, before_vnd, after_people, after_vnd; whom neither law pays is left out. `categories`: the
    figures of each line of that table.
    """

    asked: int
    cells: pl.DataFrame
    categories: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Found:
    """What was found for a month: figures as plain JSON, and whether they would tell who is ill."""

    figures: dict[str, Any]
    betrays: bool


def compare(
    people: People,
    case_of: pl.DataFrame,
    before: Told,
    after: Told,
    month: Month,
    places: Mapping[int, str],
) -> Compared:
    """Compare what two laws give everybody in a month.

    `case_of`: key (no of a person) and case. `places`: the code of the place under which the people of each
    unit (by its key) are counted.
    """
    told = case_of.select(
        no="key",
        before=before.of_case.gather(case_of["case"]),
        after=after.of_case.gather(case_of["case"]),
    ).join(people.persons, on="no", how="left")
    pairs = _pairs(told, before, after)
    years = age(pl.col("born"), pl.lit(month.first)).clip(lower_bound=0)
    facts = told.select(
        "before",
        "after",
        pl.col("people").cast(pl.Int64),
        place=pl.col("unit").replace_strict(places, default="", return_dtype=pl.String),
        sex=pl.col("sex").fill_null(""),
        age=pl.when(years.is_null())
        .then(-1)
        .otherwise(pl.sum_horizontal((years >= edge).cast(pl.Int32) for edge in AGE_EDGES[1:])),
    )
    of_pair = ("move", "discreet")
    cells = (
        facts.group_by("before", "after", "place", "sex", "age")
        .agg(pl.col("people").sum())
        .join(pairs.filter("paid").drop("people", "paid"), on=("before", "after"), how="inner")
        .group_by("place", "sex", "age", *of_pair)
        .agg(pl.col("people").sum(), **_sums())
    )
    return Compared(int(people.persons["people"].sum()), cells, _by_category(pairs, before, after))


def _sums() -> dict[str, pl.Expr]:
    n, was, is_ = pl.col("people"), pl.col("before_vnd"), pl.col("after_vnd")
    return {
        "before_people": n.filter(was > 0).sum(),
        "before_vnd": (n * was).sum(),
        "after_people": n.filter(is_ > 0).sum(),
        "after_vnd": (n * is_).sum(),
    }


def sum_up(parts: Sequence[Compared]) -> Compared:
    """Add up what was found in several places."""
    categories: dict[str, dict[str, int]] = {}
    for part in parts:
        for key, row in part.categories.items():
            total = categories.setdefault(key, dict.fromkeys(row, 0))
            for name, number in row.items():
                total[name] += number
    return Compared(sum(part.asked for part in parts), pl.concat(part.cells for part in parts), categories)


def _named(name: str, code: str) -> str:
    return f"{name} ({code})" if code else name


def tell(compared: Compared, names: Mapping[str, str], places: Literal["commune", "province"]) -> Found:
    """Put what was compared into figures: people asked; before and after (people, vnd); moves; tables.

    `names`: of the places by their codes, which stand in the table `places`. A table (by category, place, sex
    and age) has its rows or "withheld": when the change of people of a discreet group would stand out in it.
    """
    cells = compared.cells
    tables = {
        "category": {"rows": _category_rows(compared.categories)},
        places: _table(cells, "place", sorted(names), lambda code: _named(names[code], code)),
        "sex": _table(cells, "sex", ["F", "M"], lambda sex: {"F": "Nữ", "M": "Nam"}[sex]),
        "age": _table(cells, "age", [*range(len(AGE_EDGES)), -1], _age_label),
    }
    rows = _rows(cells.with_columns(all=pl.lit("")), "all")
    total = rows.row(0, named=True) if rows.height else {}
    figures: dict[str, Any] = {
        "asked": compared.asked,
        "before": {"people": total.get("before_people", 0), "vnd": total.get("before_vnd", 0)},
        "after": {"people": total.get("after_people", 0), "vnd": total.get("after_vnd", 0)},
        "moves": _moves(cells),
        "tables": tables,
    }
    return Found(figures, bool(total) and _stands_out(total))


def _pairs(told: pl.DataFrame, before: Told, after: Told) -> pl.DataFrame:
    """Return each pair of answers: how many people, what it pays, and what kind of change it is."""
    pairs = told.group_by("before", "after").agg(pl.col("people").sum())
    pairs = pairs.with_columns(
        before_vnd=before.totals.gather(pairs["before"]), after_vnd=after.totals.gather(pairs["after"])
    )
    discreet = [
        _is_discreet(before.answers[old]) or _is_discreet(after.answers[new])
        for old, new in pairs.select("before", "after").iter_rows()
    ]
    was, is_ = pl.col("before_vnd"), pl.col("after_vnd")
    return pairs.with_columns(
        discreet=pl.Series(discreet, dtype=pl.Boolean),
        paid=(was > 0) | (is_ > 0),
        move=pl.when(was == is_)
        .then(pl.lit("SAME"))
        .when(was == 0)
        .then(pl.lit("NEW"))
        .when(is_ == 0)
        .then(pl.lit("OUT"))
        .when(is_ > was)
        .then(pl.lit("GAIN"))
        .otherwise(pl.lit("LOSE")),
    )


def _is_discreet(answer: Iterable[Entitlement]) -> bool:
    return any(categories()[e.category].discreet for e in answer)


def _rows(cells: pl.DataFrame, by: str) -> pl.DataFrame:
    n, changed = pl.col("people"), pl.col("move") != "SAME"
    return cells.group_by(by).agg(
        pl.col("before_people", "before_vnd", "after_people", "after_vnd").sum(),
        **{move: n.filter(pl.col("move") == move).sum() for move in MOVES},
        ill=n.filter(changed & pl.col("discreet")).sum(),
        others=n.filter(changed & ~pl.col("discreet")).sum(),
    )


def _table(cells: pl.DataFrame, by: str, order: Sequence[Any], label: Any) -> dict[str, Any]:
    rows = {row[by]: row for row in _rows(cells, by).iter_rows(named=True)}
    if any(_stands_out(row) for row in rows.values()):
        return {"withheld": True, "rows": []}
    return {"rows": [_told(str(key), label(key), rows[key]) for key in order if key in rows]}


def _stands_out(row: Mapping[str, int]) -> bool:
    """Tell whether those who change in a cell point at the ill: few others do, and not everybody does."""
    few = row["ill"] > 0 and row["others"] < KEPT_APART
    return few and (row["SAME"] > 0 or row["others"] == 0)


def _told(key: str, label: str, row: Mapping[str, int]) -> dict[str, Any]:
    figures = ("before_people", "before_vnd", "after_people", "after_vnd", *MOVES)
    return {"key": key, "label": label, **{name: int(row[name]) for name in figures}}


def _moves(cells: pl.DataFrame) -> dict[str, dict[str, int]]:
    summed = cells.group_by("move").agg(
        pl.col("people").sum(), vnd=(pl.col("after_vnd") - pl.col("before_vnd")).sum()
    )
    found = {move: {"people": people, "vnd": vnd} for move, people, vnd in summed.iter_rows()}
    return {move: found.get(move, {"people": 0, "vnd": 0}) for move in MOVES}


def _by_category(pairs: pl.DataFrame, before: Told, after: Told) -> dict[str, dict[str, int]]:
    """Sum up by category; the discreet and their companions under the scheme's bare name."""
    rows: dict[str, dict[str, int]] = {}
    for old, new, people in pairs.filter("paid").select("before", "after", "people").iter_rows():
        was, is_ = _by_key(before.answers[old]), _by_key(after.answers[new])
        for key in {*was, *is_}:
            row = rows.setdefault(
                key, dict.fromkeys(("before_people", "before_vnd", "after_people", "after_vnd", *MOVES), 0)
            )
            least, most = was.get(key, 0), is_.get(key, 0)
            row["before_people"] += people if least else 0
            row["after_people"] += people if most else 0
            row["before_vnd"] += people * least
            row["after_vnd"] += people * most
            row[_move(least, most)] += people
    return rows


def _category_rows(rows: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    return [_told(key, category_label(key), rows[key]) for key in in_order(rows)]


def in_order(keys: Iterable[str]) -> list[str]:
    """Put the lines of the table of categories in the order of the law."""
    order = {_key(code): n for n, code in reversed(list(enumerate(categories())))}
    return sorted(keys, key=lambda key: order.get(key, len(order)))


def _by_key(answer: Iterable[Entitlement]) -> dict[str, int]:
    found: dict[str, int] = {}
    for e in answer:
        found[_key(e.category)] = found.get(_key(e.category), 0) + e.amount_vnd
    return found


def _key(code: str) -> str:
    category = categories()[code]
    return category.scheme if category.covered else code


def category_label(key: str) -> str:
    """Name a line of the table of categories."""
    if key in SCHEME_LABELS:
        return SCHEME_LABELS[key]
    return f"{categories()[key].label} ({key})"


def _move(was: int, is_: int) -> str:
    if was == is_:
        return "SAME"
    if was == 0:
        return "NEW"
    return "OUT" if is_ == 0 else "GAIN" if is_ > was else "LOSE"


def _age_label(band: int) -> str:
    if band < 0:
        return "Chưa biết tuổi"
    low = AGE_EDGES[band]
    if band + 1 == len(AGE_EDGES):
        return f"Từ {low} tuổi"
    high = AGE_EDGES[band + 1] - 1
    return f"{low} tuổi" if low == high else f"{low}–{high} tuổi" if low else f"Dưới {high + 1} tuổi"
