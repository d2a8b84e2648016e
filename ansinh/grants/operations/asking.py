"""Asking the law about a unit's month with what the grants know, and adopting the answer (rà soát).

The screens' and commands' way in; whoever has determinations already adopts them by `adopt_changes`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Max

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.accounts.queries import behind
from ansinh.determinations import operations as determinations
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.models import Decision
from ansinh.grants.operations.adoption import NUMBER, SOME, Adopted, adopt_changes
from ansinh.grants.operations.tallies import count_open
from ansinh.grants.queries import came_since, granted_sql, latest_run
from ansinh.grants.queries.moving import year_before
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.rulebook.law import load


def ask_law(
    *,
    unit: Unit,
    month: Month,
    on: dt.date | None,
    at: dt.datetime,
    by: User | None = None,
    held_in: Month | None = None,
) -> Run:
    """Put everyone of a unit to the law of a month as known on `on` (xác định lại), and note who asked.

    `held_in`: a later month; whoever moved to the unit since, and is paid by it then, is asked about too, by
    the law of where they lived. Refused: a month before the first instrument loaded, or in which there was no
    such unit.
    """
    own = geography.version(unit, on=month.first)
    came = came_since(own, month, held_in) if held_in and held_in > month else []
    run = determinations.determine(
        unit=own,
        month=month,
        asked_on=on,
        at=at,
        by=by,
        granted=granted_sql(month, own, registry.near(came) if came else ()),
        besides=came,
    )
    accounts.record(
        at=at,
        who=by,
        right=Right.ASK_LAW,
        action="ask_law",
        subject=run,
        unit=own,
        detail={"month": str(month)},
    )
    return run


def ask_month(
    *, unit: Unit, month: Month, on: dt.date | None, at: dt.datetime, by: User | None = None
) -> Run:
    """Ask the law as `ask_law` does, and count what stands open in each unit (xác định lại, đếm)."""
    run = ask_law(unit=unit, month=month, on=on, at=at, by=by)
    count_open(run=run, at=at)
    return run


def answers(
    *,
    unit: Unit,
    months: Iterable[Month],
    on: dt.date,
    at: dt.datetime,
    by: User | None = None,
    anew: bool = False,
) -> list[Run]:
    """Return for each month the latest determination asked on a day; where there is none, or `anew`, ask.

    In the last month things are decided: of those before it also whoever the unit pays by then is asked.
    """
    found, asked = [], list(months)
    for month in asked:
        run = None if anew else latest_run(unit, month, asked_on=on)
        found.append(run or ask_law(unit=unit, month=month, on=on, at=at, by=by, held_in=asked[-1]))
    return found


def adopt_month(
    *,
    unit: Unit,
    month: Month,
    on: dt.date,
    at: dt.datetime,
    by: User,
    number: str = NUMBER,
    people: Collection[int] | None = None,
) -> Adopted:
    """Ask the law anew, make its answer decisions signed by `by` on `on`, count what is left (ra quyết định).

    `people`: only these, with everything that must change about each; whoever is not the unit's stays as is.
    Refused as `adopt_changes` refuses.
    """
    runs = asked_anew(unit=unit, month=month, on=on, at=at, by=by)
    adopted = adopt_changes(
        unit=unit,
        runs=runs,
        decided_on=on,
        at=at,
        by=by,
        signer=by,
        signer_name=signed_by(by, on),
        number=number,
        people=people,
        stops_last=True,
    )
    count_open(run=runs[-1], at=at)
    return adopted


def asked_anew(
    *,
    unit: Unit,
    month: Month,
    on: dt.date,
    at: dt.datetime,
    by: User,
) -> list[Run]:
    """Ask the law of what a decision signed on `on` looks at: the month reviewed is the last (hỏi luật lại).

    When an instrument in force since the unit's last decision about all its people reaches back, the months
    it changes are asked too, so that levels are restated and arrears follow.
    """
    back = load().reaches_back_to(_decided_last(unit, on), on)
    months = Month.range(min(back, month) if back else month, month)
    return answers(unit=unit, months=months, on=on, at=at, by=by, anew=True)


def _decided_last(unit: Unit, on: dt.date) -> dt.date:
    """The day of a unit's last decision about all its people; if there is none, a year ago.

    Of a larger unit, whose decisions are those of the units below, the earliest of theirs.
    """
    units = geography.standings(unit, on=on).values("unit")
    decisions = Decision.objects.filter(unit__in=units, kind=Decision.Kind.ADJUST, decided_on__lte=on)
    whole = decisions.exclude(basis__contains=[SOME]).values("unit").annotate(last=Max("decided_on"))
    return min((row["last"] for row in whole), default=year_before(on))


def signed_by(by: User, on: dt.date) -> str:
    """Name who signs, and, where they do so by delegation, for whom (thừa uỷ quyền)."""
    delegation = behind(by, Right.SIGN_DECISION, on=on)
    if delegation is None:
        return by.full_name
    return f"{by.full_name} (thừa uỷ quyền của {delegation.giver.full_name})"
