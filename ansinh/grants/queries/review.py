"""The law says / we pay (rà soát): lists and counts of where a determination and the grants differ."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import connection

from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.logic import REVIEW_KINDS, ReviewKind
from ansinh.grants.queries.differences import differences_sql
from ansinh.kernel.time import Month
from ansinh.rulebook.categories import SCHEME_LABELS, categories

Order = Literal["NAME", "MORE", "LESS", "UNIT"]
Key = tuple[int, str, int, str]
_GAP = "coalesce(d.lawful_vnd, 0) - coalesce(d.granted_vnd, 0)"
_MORE = f"(case when d.kind = 'CANNOT_TELL' then 0 else {_GAP} end)"
ORDERS: dict[Order, str] = {"NAME": "0::int", "MORE": f"(-{_MORE})", "LESS": _MORE, "UNIT": "d.unit_id"}
"""What a list is sorted by before the name: nothing, most to be added, most to be taken away, the unit."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a line: what we pay, or what the law says. Amounts in đồng a month."""

    category: str
    amount_vnd: int
    coefficient: Decimal | None
    standard_vnd: int | None
    cites: tuple[str, ...]

    def as_listed(self) -> dict[str, Any]:
        """Say it as lists and exports may (see `Category.covered`).

        Of a covered category only the scheme: coefficient and articles would tell it too.
        """
        group = categories()[self.category]
        if group.covered:
            told = {"category": None, "label": SCHEME_LABELS[group.scheme], "amount_vnd": self.amount_vnd}
            return {**told, "coefficient": None, "standard_vnd": None, "cites": []}
        return {
            "category": self.category,
            "label": group.label,
            "amount_vnd": self.amount_vnd,
            "coefficient": None if self.coefficient is None else str(self.coefficient),
            "standard_vnd": self.standard_vnd,
            "cites": list(self.cites),
        }


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One difference, of one person in one slot (dòng rà soát). `key` names its place for the next page."""

    kind: ReviewKind
    person_id: int
    name: str
    number: str | None
    unit_id: int
    unit_name: str
    slot: str
    grant_id: int | None
    granted: Side | None
    lawful: Side | None
    key: Key

    @property
    def difference_vnd(self) -> int:
        """How much more (less) a month the law gives; 0 where it cannot tell."""
        if self.kind == "CANNOT_TELL":
            return 0
        return (self.lawful.amount_vnd if self.lawful else 0) - (
            self.granted.amount_vnd if self.granted else 0
        )


@dataclass(frozen=True, slots=True)
class ReviewCount:
    """How many people and how much money a month a kind of difference is about."""

    kind: ReviewKind
    people: int
    lines: int
    granted_vnd: int
    lawful_vnd: int
    difference_vnd: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which differences are asked for (bộ lọc rà soát): no kind, no category: every one.

    `categories`: either side is of one of these.
    """

    kind: ReviewKind | None = None
    categories: tuple[str, ...] = ()
    people: tuple[int, ...] | None = None

    def condition(self) -> tuple[str, dict[str, Any]]:
        """Write it as an SQL condition on the differences `d`, with its parameters."""
        conditions, values = ["true"], dict[str, Any]()
        if self.kind:
            conditions.append("d.kind = %(kind)s")
            values["kind"] = self.kind
        if self.categories:
            conditions.append(
                "(d.granted_category = any(%(categories)s) or d.lawful_category = any(%(categories)s))"
            )
            values["categories"] = list(self.categories)
        if self.people is not None:
            conditions.append("d.person_id = any(%(people)s)")
            values["people"] = list(self.people)
        return " and ".join(conditions), values


def latest_run(unit: Unit, month: Month, *, asked_on: dt.date | None = None) -> Run | None:
    """Return the latest determination of a month that covers a unit: its own, or one above it.

    With `asked_on`, only one that asked the law on that day.
    """
    own = geography.version(unit, on=month.first)
    units = [own, *geography.ancestors(own, on=month.first)]
    runs = Run.objects.filter(unit__in=units, month=month.first).select_related("unit")
    return (runs.filter(asked_on=asked_on) if asked_on else runs).order_by("-known_at", "-pk").first()


def review_counts(run: Run, unit: Unit, chosen: Filter | None = None) -> list[ReviewCount]:
    """Count the differences by kind, with their money (tổng hợp rà soát). Kinds without any are left out."""
    condition, values = (chosen or Filter()).condition()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select kind, count(distinct person_id), count(*), coalesce(sum(granted_vnd), 0),
                coalesce(sum(lawful_vnd), 0)
            from ({differences_sql(run, unit)}) d where {condition} group by kind""",
            values,
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        ReviewCount(
            kind,
            people,
            lines,
            int(granted),
            int(lawful),
            0 if kind == "CANNOT_TELL" else int(lawful - granted),
        )
        for kind in REVIEW_KINDS
        if kind in found
        for people, lines, granted, lawful in [found[kind]]
    ]


def review(
    run: Run,
    unit: Unit,
    *,
    kind: ReviewKind | None = None,
    people: Sequence[int] | None = None,
    categories: Sequence[str] = (),
    order: Order = "NAME",
    after: Key | None = None,
    limit: int | None = 50,
) -> list[ReviewLine]:
    """List differences (rà soát), a page at a time: those after a line's `key` in the same order.

    `unit`: the run's own or one below it; only its grants and its residents are seen. `kind`, `people`,
    `categories`: only these. `limit` None: all.
    """
    chosen = Filter(kind, tuple(categories), None if people is None else tuple(people))
    condition, values = chosen.condition()
    place = f"{ORDERS[order]}, p.sort_key, d.person_id, d.slot"
    if after:
        condition += f" and ({place}) > (%(lead)s, %(name)s, %(person)s, %(slot)s)"
        values |= {"lead": after[0], "name": after[1], "person": after[2], "slot": after[3]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select d.*, p.name, p.number, p.sort_key, u.kind || ' ' || u.name as unit_name,
                c.cites as granted_cites, {ORDERS[order]} as lead
            from ({differences_sql(run, unit)}) d
            join registry_person p on p.id = d.person_id
            join geography_unit u on u.id = d.unit_id
            left join grants_legalground c on c.id = d.ground_id
            where {condition}
            order by {place}
            {f"limit {int(limit)}" if limit else ""}""",
            values,
        )
        names = [column.name for column in cursor.description or ()]
        return [_line(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def people_found(run: Run, unit: Unit, chosen: Filter) -> list[int]:
    """Return everyone whom a filter finds, and about whom something can be decided."""
    condition, values = chosen.condition()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select distinct d.person_id from ({differences_sql(run, unit)}) d
            where d.kind <> 'CANNOT_TELL' and {condition}""",
            values,
        )
        return [person for (person,) in cursor.fetchall()]


def _line(row: Mapping[str, Any]) -> ReviewLine:
    return ReviewLine(
        kind=row["kind"],
        person_id=row["person_id"],
        name=row["name"],
        number=row["number"],
        unit_id=row["unit_id"],
        unit_name=row["unit_name"],
        slot=row["slot"],
        grant_id=row["grant_id"],
        granted=_side(row, "granted", row["granted_cites"]),
        lawful=_side(row, "lawful", row["cites"]),
        key=(row["lead"], row["sort_key"], row["person_id"], row["slot"]),
    )


def _side(row: Mapping[str, Any], side: str, cites: Any) -> Side | None:
    if row[f"{side}_category"] is None:
        return None
    told = json.loads(cites) if isinstance(cites, str) else cites
    return Side(
        category=row[f"{side}_category"],
        amount_vnd=row[f"{side}_vnd"],
        coefficient=row[f"{side}_coefficient"],
        standard_vnd=row[f"{side}_standard_vnd"],
        cites=tuple(told or ()),
    )
