"""Who works here, where each may look, and what was done (tài khoản, địa bàn, nhật ký)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from ansinh.accounts.logic import RIGHT_LABELS, RIGHTS
from ansinh.accounts.models import Entry, Role, User
from ansinh.geography import queries as geography
from ansinh.geography.models import Standing, Unit

TRAIL_PAGE = 50

ACTION_LABELS = {
    "sign_in": "đăng nhập",
    "open_account": "mở tài khoản",
    "change_account": "đổi tài khoản",
    "see_sensitive": "xem chi tiết nhạy cảm",
    "open_payment_account": "mở tài khoản chi trả",
    "settle_months": "quyết toán gộp",
    "prepare_payroll": "lập bảng chi trả",
    "approve_payroll": "duyệt bảng chi trả",
    "load_register": "nạp sổ đối tượng",
    "record_fact": "ghi dữ kiện của người",
    "record_household_fact": "ghi dữ kiện của hộ",
    "record_death": "ghi chết",
    "undo_death": "huỷ việc ghi chết",
    "confirm_commune": "xác nhận nơi cư trú",
    "ask_law": "hỏi luật cho cả địa bàn",
    "take_over": "tiếp nhận danh sách đang hưởng",
    "adopt_changes": "ra quyết định theo rà soát",
    "follow_merger": "chuyển hồ sơ theo sáp nhập",
    "name_recipient": "ghi người nhận thay",
    "suspend": "tạm dừng chi trả",
    "resume": "chi trả lại",
    "decide_recovery": "quyết định thu hồi",
}


def user(username: str) -> User | None:
    """Find an account by its user name."""
    return User.objects.select_related("unit").filter(username=username.strip().lower()).first()


def accounts() -> QuerySet[User]:
    """List all accounts, by name."""
    return User.objects.select_related("unit").order_by("username")


def territory(user: User, on: date) -> QuerySet[Standing]:
    """Tell where `user` may look on `on` (địa bàn): the standings of every unit, past or present, whose
    people now belong to theirs. Join or filter on `unit_id`. Empty for the administrator.

    Refuses when their unit no longer stands on `on`, and says what became of it.
    """
    return Standing.objects.none() if user.unit is None else geography.standings(user.unit, on=on)


def in_territory(user: User, unit: Unit | int, on: date) -> bool:
    """Tell whether people registered at `unit` are `user`'s on `on`. Outside means: does not exist (404)."""
    key = unit if isinstance(unit, int) else unit.pk
    return territory(user, on).filter(unit_id=key).exists()


@dataclass(frozen=True, slots=True)
class RoleRights:
    """A role and what it may do, in words."""

    label: str
    rights: tuple[str, ...]


def roles() -> list[RoleRights]:
    """List every role with its rights, in words."""
    return [
        RoleRights(
            str(role.label), tuple(label for right, label in RIGHT_LABELS.items() if right in RIGHTS[role])
        )
        for role in Role
    ]


@dataclass(frozen=True, slots=True)
class Doing:
    """One line of the trail, readable."""

    id: int
    at: datetime
    who: str
    doing: str
    subject: str
    unit: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the trail, latest first."""

    entries: tuple[Doing, ...]
    next_url: str
    first_url: str


def trail(user: User, *, on: date, before: int | None) -> Trail:
    """Read the trail of the territory, older than entry `before`.

    The administrator reads what belongs to no unit or is about accounts; an inspector what happened in their
    territory. Sensitive subjects appear only by their number.
    """
    entries = Entry.objects.select_related("who", "unit").order_by("-id")
    if user.role == Role.ADMIN:
        entries = entries.filter(subject_kind=User._meta.label_lower)
    else:
        entries = entries.filter(unit_id__in=territory(user, on).values("unit_id"))
    if before is not None:
        entries = entries.filter(id__lt=before)
    rows = list(entries[: TRAIL_PAGE + 1])
    shown = tuple(_doing(entry) for entry in rows[:TRAIL_PAGE])
    return Trail(
        entries=shown,
        next_url=f"?truoc={shown[-1].id}" if len(rows) > TRAIL_PAGE else "",
        first_url="?" if before is not None else "",
    )


def _doing(entry: Entry) -> Doing:
    return Doing(
        id=entry.pk,
        at=entry.at,
        who=entry.who.full_name if entry.who else "",
        doing=ACTION_LABELS.get(entry.action, entry.action),
        subject=f"{entry.subject_kind.rpartition('.')[2]} {entry.subject_id}",
        unit=entry.unit.full_name if entry.unit else "",
        reason=entry.reason,
        detail=_words(entry.detail),
    )


def _words(detail: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items())
