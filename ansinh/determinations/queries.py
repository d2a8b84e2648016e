"""What was answered, and why (kết quả xác định, vì sao)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Subquery, Sum

from ansinh.determinations import logic
from ansinh.determinations.models import Outcome, OutcomeEntitlement, Run
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.rulebook.categories import categories
from ansinh.rulebook.explain import DayFacts, Explanation, explain
from ansinh.rulebook.law import MonthLaw, load
from ansinh.rulebook.resolve import Outcome as Answered
from ansinh.rulebook.resolve import Signature

NOBODY_GRANTED = "(select null::bigint as person_id, 0 as receiving, false as on_allowance where false)"
"""What the grants know, when they know of nobody."""


@dataclass(frozen=True)
class Summary:
    """A run in figures: people, đồng a month, by category (discreet groups under their scheme's name)."""

    run: int
    unit: str
    month: str
    asked_on: str | None
    known_at: str
    release: str
    facts_hash: str
    people: int
    entitled: int
    signatures: int
    total_vnd: int
    by_category: dict[str, dict[str, int]]


def latest_run(unit: Unit, month: Month) -> Run | None:
    """Return the newest run of exactly this unit and month."""
    return Run.objects.filter(unit=unit, month=month.first).order_by("-known_at", "-pk").first()


def summary(run: Run) -> Summary:
    """Sum a run up."""
    people = Outcome.objects.filter(run=OuterRef("run"), no=OuterRef("no")).values("people")
    rows = (
        OutcomeEntitlement.objects.filter(run=run)
        .annotate(people=Subquery(people))
        .values("category")
        .annotate(count=Sum("people"), vnd=Sum(F("people") * F("amount_vnd")))
    )
    by_category: dict[str, dict[str, int]] = {}
    order = list(categories())
    for row in sorted(rows, key=lambda row: order.index(row["category"])):
        category = categories()[row["category"]]
        entry = by_category.setdefault(
            category.scheme if category.discreet else category.code, {"people": 0, "vnd": 0}
        )
        entry["people"] += row["count"]
        entry["vnd"] += int(row["vnd"])
    return Summary(
        run=run.pk,
        unit=run.unit.code,
        month=f"{run.month:%Y-%m}",
        asked_on=run.asked_on.isoformat() if run.asked_on else None,
        known_at=run.known_at.isoformat(),
        release=run.release,
        facts_hash=run.facts_hash,
        people=run.people,
        entitled=run.entitled,
        signatures=run.signatures,
        total_vnd=sum(entry["vnd"] for entry in by_category.values()),
        by_category=by_category,
    )


def why(
    person: int,
    month: Month,
    *,
    known_at: dt.datetime,
    asked_on: dt.date | None = None,
    granted: str = NOBODY_GRANTED,
) -> Explanation:
    """Explain one person's month (vì sao): asked as `determine` asks everybody, in place, and put into words.

    `granted`: SQL in parentheses giving person_id, receiving, on_allowance. Nothing is written. Holds facts
    that may be secret (HIV): the caller decides who may see them. Refused: a month before the first law.
    """
    law = load().month(month, asked_on)
    frame = registry.facts_frame(None, law, known_at=known_at, granted=granted, persons=[person])
    with connection.cursor() as cursor:
        cursor.execute(f"select * from ({frame}) as frame order by day")
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return _explained(law, rows)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person in one month: their evaluated days as rows, each a fact by its name."""

    rows: tuple[Mapping[str, Any], ...]


def known(
    people: Sequence[int], month: Month, *, known_at: dt.datetime, asked_on: dt.date, granted: str
) -> dict[int, Known]:
    """Return what the law asks about of some people in a month, as known at an instant; in one query.

    For `told`. Two of these that are equal have the same answer. Secrets are among them, as in `why`.
    """
    law = load().month(month, asked_on)
    frame = registry.facts_frame(None, law, known_at=known_at, granted=granted, persons=people)
    with connection.cursor() as cursor:
        cursor.execute(f"select * from ({frame}) as frame order by person_id, day")
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {person: Known(tuple(row for row in rows if row["person_id"] == person)) for person in set(people)}


def told(of: Known, month: Month, *, asked_on: dt.date) -> Explanation:
    """Explain a month on facts that are known (vì sao)."""
    return _explained(load().month(month, asked_on), of.rows)


def due(
    people: Sequence[int], month: Month, *, known_at: dt.datetime, asked_on: dt.date, granted: str
) -> dict[int, int]:
    """Return what the law gives some people in a month, in đồng: the sum of `answers`."""
    found = answers(people, month, known_at=known_at, asked_on=asked_on, granted=granted)
    return {person: answer.total_vnd for person, answer in found.items()}


def answers(
    people: Sequence[int], month: Month, *, known_at: dt.datetime, asked_on: dt.date, granted: str
) -> dict[int, Answered]:
    """Return the law's answer about some people in a month, as known at an instant; in one query.

    Nothing is explained: each distinct situation is answered once, so that thousands can be asked about. Who
    lived nowhere in the month is not in the answer.
    """
    law = load().month(month, asked_on)
    frame = registry.facts_frame(
        None, law, known_at=known_at, granted=granted, persons=people, facts=law.facts
    )
    days = [month.first + dt.timedelta(days=n) for n in range((month.last - month.first).days + 1)]
    packed: dict[int, tuple[str | None, str | None, int, list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select asked.person_id, asked.province_code, asked.former_province_code, asked.receiving,
                {logic.day_sql(law, "asked")}
            from ({frame}) asked join {logic.cutoffs_sql(law, days)} on cutoffs.day = asked.day
            order by asked.person_id, asked.day"""
        )
        for person, province, former, receiving, numbers in cursor:
            packed.setdefault(person, (province, former, receiving or 0, []))[3].extend(numbers)
    answered: dict[Signature, Answered] = {}
    found: dict[int, Answered] = {}
    for person, said in packed.items():
        signature = logic.signature(law, *said)
        if signature not in answered:
            answered[signature] = law.resolve(signature)
        found[person] = answered[signature]
    return found


def _explained(law: MonthLaw, rows: Sequence[Mapping[str, Any]]) -> Explanation:
    first = rows[0] if rows else {}
    return explain(
        law,
        [DayFacts(row["day"], _values(law, row)) for row in rows],
        province=first.get("province_code"),
        former_province=first.get("former_province_code"),
        nobody="không sống, không cư trú ở đâu trong tháng theo dữ liệu đã ghi",
    )


def _values(law: MonthLaw, row: Mapping[str, Any]) -> dict[str, Any]:
    counts = {count.name: (row[f"{count.name}_min"], row[f"{count.name}_max"]) for count in law.counts}
    return {**row, **counts}
