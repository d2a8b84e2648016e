"""As whom a command acts: its rights and territory are the officer's (làm với tư cách)."""

from __future__ import annotations

from datetime import date

from ansinh.accounts.logic import RIGHT_LABELS, Right
from ansinh.accounts.models import User
from ansinh.accounts.queries.rights import may
from ansinh.accounts.queries.territory import in_territory, user
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal

OPERATOR = "may-chu"
"""The account of the machine itself: what a command does when no officer is named; nobody signs in to it."""


def acting(username: str | None, right: Right, *, unit: Unit | None, on: date) -> User | None:
    """Return the officer as whom a command acts on `unit` (None: the whole country); None for the operator.

    Refused like on the pages: an unknown or closed account, a right they do not have on the day, a unit that
    is not theirs.
    """
    if username is None:
        return None
    found = user(username)
    if found is None or not found.is_active:
        raise Refusal(f"Không có tài khoản “{username}”.", remedy="Ghi đúng tên đăng nhập.")
    if not may(found, right, on=on):
        raise Refusal(
            f"{found.full_name} không có quyền {RIGHT_LABELS[right]}.",
            remedy="Người có quyền làm việc này, hoặc người được uỷ quyền, mới làm được.",
        )
    if unit is None or not (unit.pk == found.unit_id or in_territory(found, unit, on)):
        where = unit.full_name if unit else geography.COUNTRY_NAME
        raise Refusal(
            f"{where} không thuộc địa bàn của {found.full_name}.", remedy="Chọn đơn vị trong địa bàn."
        )
    return found


def is_operator(who: User) -> bool:
    """Tell whether it is the operator of the system who acts, who has no territory and needs none."""
    return who.username == OPERATOR
