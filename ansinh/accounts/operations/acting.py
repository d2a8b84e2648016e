"""As whom a command acts: an officer within their rights, or the operator of the system (làm với tư cách)."""

from __future__ import annotations

from datetime import date, datetime

from ansinh.accounts.logic import Right
from ansinh.accounts.models import Role, User
from ansinh.accounts.operations.people import ensure_account
from ansinh.accounts.queries.acting import OPERATOR, acting
from ansinh.geography.models import Unit


def act_as(*, username: str | None, right: Right, unit: Unit | None, on: date, at: datetime) -> User:
    """Return the account in whose name a command writes (làm với tư cách): the officer, else the operator.

    Refused like on the pages, by `queries.acting`. The operator's account is one nobody can sign in to.
    """
    return acting(username, right, unit=unit, on=on) or ensure_account(
        at=at,
        username=OPERATOR,
        full_name="Dòng lệnh trên máy chủ",
        role=Role.ADMIN,
        unit=None,
        password=None,
    )
