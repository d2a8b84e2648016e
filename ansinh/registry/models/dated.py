"""What every table of the register shares: privacy of fields, days of validity, loose keys."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q

CURRENT = Q(superseded_at__isnull=True)


class Privacy(StrEnum):
    """How a field is protected (Law 91/2025/QH15 on personal data)."""

    PUBLIC = "PUBLIC"
    PERSONAL = "PERSONAL"
    SENSITIVE = "SENSITIVE"


# A key checked by the table's trigger, once a statement: a constraint's check, row by row, is too slow for
# tens of millions. What it points to is never deleted: the application may not.
LOOSE: dict[str, Any] = {
    "on_delete": models.PROTECT,
    "related_name": "+",
    "db_constraint": False,
    "db_index": False,
}


def private(
    *personal: str, public: tuple[str, ...] = (), sensitive: tuple[str, ...] = ()
) -> dict[str, Privacy]:
    """Say how private a model's fields are; its own number and source are public."""
    said = dict.fromkeys(("id", "source", *public), Privacy.PUBLIC)
    return {
        **said,
        **dict.fromkeys(personal, Privacy.PERSONAL),
        **dict.fromkeys(sensitive, Privacy.SENSITIVE),
    }


TOLD = ("recorded_at", "superseded_at")
SPAN = ("valid_from", "valid_to")


def valid_days() -> models.GeneratedField:
    """The days of a row as one range, for joins on periods."""
    return models.GeneratedField(
        expression=Func(F("valid_from"), F("valid_to"), function="daterange"),
        output_field=DateRangeField(),
        db_persist=True,
    )


def in_order(name: str) -> list[models.BaseConstraint]:
    """A span has a day; nothing is superseded before it was recorded."""
    return [
        models.CheckConstraint(
            name=f"{name}_ends_after_it_begins",
            condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
        ),
        models.CheckConstraint(
            name=f"{name}_superseded_after_recorded",
            condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
        ),
    ]


OVERLAP = "Sửa khoảng thời gian, hoặc thay thế thông tin cũ."
