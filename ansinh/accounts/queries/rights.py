"""What each role may do, in words (quyền)."""

from __future__ import annotations

from dataclasses import dataclass

from ansinh.accounts.logic import RIGHT_LABELS, RIGHTS
from ansinh.accounts.models import Role


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
