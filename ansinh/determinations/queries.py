"""What was answered (kết quả xác định)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery, Sum

from ansinh.determinations.models import Outcome, OutcomeEntitlement, Run
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month
from ansinh.rulebook.categories import categories


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
