"""What each may do: by role, and for some days by delegation (quyền, uỷ quyền)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from ansinh.accounts import logic
from ansinh.accounts.logic import RIGHT_LABELS, RIGHTS, Right
from ansinh.accounts.models import Delegation, Role, User


def rights_of(user: User, *, on: date) -> frozenset[Right]:
    """Tell what `user` may do on a day: what their role carries, and what is delegated to them that day.

    A closed account may nothing.
    """
    if not user.is_active:
        return frozenset()
    own = RIGHTS.get(user.role, frozenset())
    return own.union(*(carried(delegation) for delegation in delegated_to(user, on=on)))


def may(user: User, right: Right, *, on: date) -> bool:
    """Tell whether `user` has a right on a day, by role or by delegation; *where*, their territory says."""
    if user.is_active and logic.may(user.role, right):
        return True
    return right not in logic.NEVER_DELEGATED and right in rights_of(user, on=on)


def delegated_to(user: User, *, on: date) -> QuerySet[Delegation]:
    """List the delegations to `user` in force on a day: not revoked, of the same unit, both accounts open."""
    return (
        Delegation.objects.filter(to=user, since__lte=on, until__gte=on, revocation=None)
        .filter(giver__is_active=True, to__is_active=True, giver__unit=user.unit_id)
        .select_related("giver", "giver__unit")
        .order_by("id")
    )


def carried(delegation: Delegation) -> frozenset[Right]:
    """Tell what a delegation carries: what was handed on and the giver's own role still has."""
    return logic.delegable(delegation.giver.role) & set(logic.rights_named(delegation.rights))


def behind(user: User, right: Right, *, on: date) -> Delegation | None:
    """Return the delegation by which `user` has a right on a day; None when their own role carries it."""
    if logic.may(user.role, right):
        return None
    return next((one for one in delegated_to(user, on=on) if right in carried(one)), None)


def delegations_around(user: User) -> QuerySet[Delegation]:
    """List what `user` handed on and was handed, latest first (các lần uỷ quyền)."""
    return (
        Delegation.objects.filter(Q(giver=user) | Q(to=user))
        .select_related("giver", "to", "revocation")
        .order_by("-id")
    )


def delegation(giver: User, key: int) -> Delegation | None:
    """Find a delegation that `giver` made; None for others, and when there is no such one."""
    return Delegation.objects.filter(giver=giver, pk=key).first()


def colleagues(user: User) -> QuerySet[User]:
    """List to whom `user` may hand rights on: the open accounts of the same unit."""
    if user.unit_id is None:
        return User.objects.none()
    return User.objects.filter(unit=user.unit_id, is_active=True).exclude(pk=user.pk).order_by("full_name")


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """A delegation in words; `state` is "coming", "in_force", "over" or "revoked"."""

    id: int
    giver: str
    to: str
    rights: tuple[str, ...]
    since: date
    until: date
    reason: str
    state: str
    own: bool


def delegations(user: User, *, on: date) -> list[DelegationRow]:
    """Tell the delegations from and to `user` as they stand on a day, latest first."""
    return [
        DelegationRow(
            id=one.pk,
            giver=one.giver.full_name,
            to=one.to.full_name,
            rights=tuple(RIGHT_LABELS[right] for right in logic.rights_named(one.rights)),
            since=one.since,
            until=one.until,
            reason=one.reason,
            state=_state(one, on),
            own=one.giver_id == user.pk,
        )
        for one in delegations_around(user)[:50]
    ]


def _state(delegation: Delegation, on: date) -> str:
    if hasattr(delegation, "revocation"):
        return "revoked"
    if on < delegation.since:
        return "coming"
    return "over" if on > delegation.until else "in_force"


@dataclass(frozen=True, slots=True)
class RightRow:
    """A line of the matrix: a right, its word, and for each role whether it carries it."""

    label: str
    word: str
    roles: tuple[tuple[str, bool], ...]


def matrix() -> list[RightRow]:
    """Return the matrix of rights and roles, in the order of the floors (bảng quyền)."""
    return [
        RightRow(
            RIGHT_LABELS[right],
            right.value,
            tuple((str(role.label), logic.may(role, right)) for role in Role),
        )
        for right in Right
    ]
