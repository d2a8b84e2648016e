"""The one way into the trail, of what was done and of whom one read (nhật ký, lượt xem)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from ansinh.accounts.logic import ReadPage, Right
from ansinh.accounts.models import Entry, Read, User
from ansinh.accounts.queries import behind
from ansinh.geography.models import Unit


def record(
    *,
    at: datetime,
    who: User | None,
    right: Right,
    action: str,
    subject: models.Model | tuple[str, object],
    unit: Unit | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the trail (ghi nhật ký); it can never be changed.

    `subject` is a saved model, or a pair (kind, id) for things many at once. `detail` is plain JSON and
    must not say what is sensitive: no HIV fact, no clause that betrays it. Where `who` has the right by
    delegation, the line says by whose. `who` None is the operator of the system.
    """
    kind, key = (
        (subject._meta.label_lower, subject.pk)
        if isinstance(subject, models.Model)
        else (subject[0], subject[1])
    )
    on = timezone.localtime(at).date()
    Entry.objects.create(
        delegation=behind(who, right, on=on) if who else None,
        at=at,
        who=who,
        right=right,
        action=action,
        subject_kind=kind,
        subject_id=str(key),
        unit=unit,
        reason=reason,
        detail=dict(detail or {}),
    )


def record_read(
    *, at: datetime, who: User, person_id: int, page: ReadPage, reason: str = "", unit: Unit | None = None
) -> None:
    """Write that somebody's file was opened (ghi lượt xem hồ sơ), before it is shown; never changed after.

    `unit` is the agency that read: the officer's own when not given. `reason` only where one was asked for.
    """
    Read.objects.create(
        at=at,
        who=who,
        person_id=person_id,
        page=page,
        reason=reason,
        unit_id=unit.pk if unit else who.unit_id,
    )
