"""Rows left out of a written list, until they are seen to (dòng chưa vào sổ)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from ansinh.accounts.models import User
from ansinh.imports.models import Import, Line
from ansinh.imports.queries.screens import MISSED, imports


def missed(user: User, *, on: dt.date) -> QuerySet[Import]:
    """Return the written lists of the territory of which rows still wait, latest first; `missed`: how many.

    They wait no more once somebody said so, or the list came again and was written: a file of the same name
    and month, or the file of remarks that was mended.
    """
    return waiting(imports(user, on=on))


def waiting(found: QuerySet[Import]) -> QuerySet[Import]:
    """Return which of some lists have rows that still wait; `missed`: how many of each."""
    again = Q(name=OuterRef("name"), month=OuterRef("month")) | Q(name__regex=OuterRef("remarked"))
    taken = Import.objects.filter(
        again,
        unit=OuterRef("unit"),
        kind=OuterRef("kind"),
        pk__gt=OuterRef("pk"),
        stage=Import.Stage.COMMITTED,
    )
    remarked = Concat(Value("^ghi-chu-"), Cast("pk", TextField()), Value("[^0-9]"), output_field=TextField())
    counted = _count(Line.Outcome.ERROR) + _count(Line.Outcome.DOUBTFUL)
    return (
        found.filter(stage=Import.Stage.COMMITTED, settled_at=None)
        .annotate(missed=counted, remarked=remarked)
        .filter(~Exists(taken), missed__gt=0)
    )


def waits(imported: Import) -> bool:
    """Whether rows of a list still wait."""
    return waiting(Import.objects.filter(pk=imported.pk)).exists()


def count(user: User, *, on: dt.date) -> tuple[int, int]:
    """Count the rows that wait, and of how many lists they are."""
    told = missed(user, on=on).aggregate(rows=Sum(F("missed"), default=0), lists=Count("pk"))
    return told["rows"], told["lists"]


def of(imported: Import) -> int:
    """Count the rows of a list that were not taken, whether they still wait or not."""
    return sum(int(imported.counts.get(outcome, 0)) for outcome in MISSED)


def _count(outcome: Line.Outcome) -> Coalesce:
    text = KeyTextTransform(str(outcome), "counts")
    return Coalesce(Cast(text, IntegerField()), 0)
