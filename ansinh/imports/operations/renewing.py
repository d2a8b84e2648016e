"""After a list was written or taken back: what stands open is counted anew (hỏi luật lại)."""

from __future__ import annotations

import datetime as dt

from ansinh.accounts import queries as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.grants import operations as grants
from ansinh.imports.models import Import
from ansinh.kernel.time import Month


def renew_counts(*, imported: Import, by: User, on: dt.date, at: dt.datetime) -> None:
    """Ask the law of the present month about a list's unit, so that the start page counts its people.

    Whoever may not ask it leaves the counts as they are, and the start page says that they are older.
    """
    if accounts.may(by, Right.ASK_LAW, on=on):
        grants.ask_month(unit=imported.unit, month=Month.of(on), on=on, at=at, by=by)
