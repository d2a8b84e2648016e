"""Asking for a simulation, and keeping one (yêu cầu, lưu mô phỏng)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from procrastinate.contrib.django import app

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook.drafts import standard_draft
from ansinh.rulebook.law import load
from ansinh.simulations.models import Simulation
from ansinh.simulations.operations.running import READERS, STEPS, law_with, run

NAME_AT_MOST = 120
TEXT_AT_MOST = 200_000


def ask(
    *,
    unit: Unit,
    month: Month,
    at: dt.datetime,
    by: User,
    standard_vnd: int | None = None,
    draft: str | None = None,
    name: str = "",
    fresh: bool = False,
) -> Simulation:
    """Have a policy tried in the background (yêu cầu mô phỏng), as `simulate` does it at once.

    Refused before anything is queued: a draft with faults, with all of them.
    """
    with transaction.atomic():
        made = _make(unit, month, at, by, standard_vnd, draft, name, fresh)
        app.configure_task("ansinh.simulations.jobs.run").defer(simulation_id=made.pk)
    return made


def simulate(
    *,
    unit: Unit | None,
    month: Month,
    at: dt.datetime,
    now: Callable[[], dt.datetime],
    by: User | None = None,
    standard_vnd: int | None = None,
    draft: str | None = None,
    name: str = "",
    fresh: bool = False,
    readers: int = READERS,
) -> Simulation:
    """Try a policy on the register of a unit (None: the country) and return what was found (mô phỏng).

    Either a new standard (đồng a month) for the community allowance and the social pension, of the unit's
    province or of the country, or the text of a draft instrument. Refused: both or none of them, a draft with
    faults, a month without law, and where the result would tell who is ill. It stands on facts as read today
    (`known_at` says when), `fresh`: read for it. `readers` as in `run`.
    """
    with transaction.atomic():
        made = _make(unit, month, at, by, standard_vnd, draft, name, fresh)
    run(simulation=made, now=now, readers=readers)
    if made.state == Simulation.State.REFUSED:
        raise Refusal(made.message, made.basis, made.remedy)
    return made


def keep(*, simulation: Simulation, name: str, by: User, at: dt.datetime) -> None:
    """Keep a finished simulation under a name (lưu mô phỏng). Refused: one not finished, an empty name."""
    if simulation.state != Simulation.State.DONE:
        raise Refusal("Mô phỏng chưa xong nên chưa lưu được.", remedy="Chờ đến khi có kết quả.")
    with transaction.atomic():
        simulation.name = _name(name, needed=True)
        simulation.save(update_fields=["name"])
        accounts.record(
            at=at,
            who=by,
            right=Right.SIMULATE_POLICY,
            action="keep_simulation",
            subject=simulation,
            unit=simulation.unit,
        )


def _make(
    unit: Unit | None,
    month: Month,
    at: dt.datetime,
    by: User | None,
    standard_vnd: int | None,
    draft: str | None,
    name: str,
    fresh: bool,
) -> Simulation:
    if (standard_vnd is None) == (draft is None):
        raise Refusal(
            "Phải cho biết thử điều gì: một mức chuẩn mới, hoặc một văn bản dự thảo.",
            remedy="Ghi mức chuẩn mới hoặc chọn tệp dự thảo, không cả hai.",
        )
    own = unit and geography.version(unit, on=month.first)
    load().month(month)
    if standard_vnd is not None:
        draft = _standard(own, month, standard_vnd)
    assert draft is not None
    if len(draft) > TEXT_AT_MOST:
        raise Refusal("Tệp dự thảo quá lớn.", remedy="Một văn bản dự thảo không quá 200.000 ký tự.")
    law_with(draft, month)
    made = Simulation.objects.create(
        unit=own,
        month=month.first,
        name=_name(name),
        standard_vnd=standard_vnd,
        draft=draft,
        fresh=fresh,
        by=by,
        asked_at=at,
        steps=len(STEPS),
    )
    accounts.record(
        at=at,
        who=by,
        right=Right.SIMULATE_POLICY,
        action="simulate",
        subject=made,
        unit=own,
        detail={"month": str(month)},
    )
    return made


def _standard(unit: Unit | None, month: Month, standard_vnd: int) -> str:
    if unit is None:
        return standard_draft(load(), month, amount_vnd=standard_vnd)
    above = geography.ancestors(unit, on=month.first)
    province = unit if unit.level == Level.PROVINCE else above[-1]
    place = (province.code, province.full_name)
    return standard_draft(load(), month, amount_vnd=standard_vnd, province=place)


def _name(text: str, *, needed: bool = False) -> str:
    name = " ".join(text.split())
    if len(name) > NAME_AT_MOST or (needed and not name):
        raise Refusal(
            "Tên mô phỏng trống hoặc quá dài.", remedy=f"Đặt một tên không quá {NAME_AT_MOST} ký tự."
        )
    return name
