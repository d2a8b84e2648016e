"""Asking the law about a unit's month with what the grants know, and adopting the answer (rà soát).

The screens' way in; whoever has determinations already adopts them by `adopt_changes`.
"""

from __future__ import annotations

import datetime as dt

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.determinations import operations as determinations
from ansinh.determinations.models import Run
from ansinh.geography.models import Unit
from ansinh.grants.models import Decision
from ansinh.grants.operations.adoption import NUMBER, Adopted, adopt_changes
from ansinh.grants.queries import granted_sql, residents_sql, running_sql
from ansinh.kernel.time import Month
from ansinh.rulebook.law import load


def ask_law(*, unit: Unit, month: Month, on: dt.date, at: dt.datetime, by: User) -> Run:
    """Put everyone of a unit to the law of a month as known on `on` (xác định lại), and note who asked.

    Refused: a month before the first instrument loaded.
    """
    run = determinations.determine(
        unit=unit,
        month=month,
        asked_on=on,
        at=at,
        by=by,
        granted=granted_sql(month, people=_asked(unit, month)),
    )
    accounts.record(
        at=at,
        who=by,
        right=Right.ASK_LAW,
        action="ask_law",
        subject=run,
        unit=unit,
        detail={"month": str(month)},
    )
    return run


def adopt_month(
    *, unit: Unit, month: Month, on: dt.date, at: dt.datetime, by: User, number: str = NUMBER
) -> Adopted:
    """Ask the law anew and make its answer decisions, signed by `by` on `on` (ra quyết định theo rà soát).

    When an instrument in force since the unit's last decision reaches back, the months it changes are asked
    too, so that levels are restated and arrears follow. Refused as `adopt_changes` refuses.
    """
    last = (
        Decision.objects.filter(unit=unit, kind=Decision.Kind.ADJUST, decided_on__lte=on)
        .order_by("-decided_on")
        .values_list("decided_on", flat=True)
        .first()
    )
    back = load().reaches_back_to(last or month.first, on)
    months = Month.range(min(back, month) if back else month, month)
    runs = [ask_law(unit=unit, month=asked, on=on, at=at, by=by) for asked in months]
    return adopt_changes(
        unit=unit,
        runs=runs,
        decided_on=on,
        at=at,
        by=by,
        signer=by,
        signer_name=by.full_name,
        number=number,
    )


def _asked(unit: Unit, month: Month) -> str:
    """Whose grants matter: the residents', whose grants the unit holds, and their relatives'."""
    own = (
        f"select person_id from ({residents_sql(unit, month)}) residents union "
        f"select g.person_id from ({running_sql(unit, month)}) held "
        "join grants_grant g on g.id = held.grant_id"
    )
    return f"{own} union select tie.other_id from registry_relation tie where tie.person_id in ({own})"
