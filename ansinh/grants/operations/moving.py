"""Going on paying, at the commune they moved to, whom another one paid so far (chuyển nơi chi trả)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.constraints import speaking
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.models import Decision, Handover, Level
from ansinh.grants.operations.asking import signed_by
from ansinh.grants.operations.grounds import keep_grounds
from ansinh.grants.queries import Arrival, Incoming, arrivals, first_month, incoming, move_basis
from ansinh.grants.queries.moving import BACK
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.registry.models import Person
from ansinh.rulebook.law import load


def take_in(
    *,
    person: Person,
    unit: Unit,
    month: Month,
    on: dt.date,
    at: dt.datetime,
    by: User,
    number: str,
    stopped_by: str = "",
    paid_to: Month | None = None,
) -> Decision:
    """Decide that a unit goes on paying from a month on what another paid somebody (nhận chi trả).

    One decision ends the old unit's holding with the month and begins the unit's own, at the level the law
    gives there (khoản 3 Điều 8 NĐ 335/2026); where the law gives another group or nothing, or cannot tell,
    the level stays and the unit's review shows it. `stopped_by`: the old unit's own paper, if there is one.
    `paid_to`: the last month booked for them, as payments knows. Refused: nothing held elsewhere; a unit not
    competent; a month before they live there on its first day, or booked already, or too far ahead; an
    instant before one already decided.
    """
    own = geography.version(unit, on=on)
    with speaking():
        locks.hold_or_refuse(
            locks.key(f"take-in:{person.pk}"),
            Refusal("Một quyết định khác về người này đang được ghi.", remedy="Chờ xong rồi thử lại."),
        )
        locks.share(locks.REGISTER_LOCK)
        found = _found(own, person, on)
        _refuse_month(found, month, paid_to, on)
        _refuse_earlier(found, at)
        going = incoming(found, month, on=on)
        decision = _sign(own, going, month, on, at, by, number)
        _write(going, decision, stopped_by)
        accounts.record(
            at=at, who=by, right=Right.SIGN_DECISION, action="take_in", subject=decision, unit=own,
            detail={"person": person.pk, "from": str(month)},
        )  # fmt: skip
    return decision


def _found(own: Unit, person: Person, on: dt.date) -> list[Arrival]:
    found = arrivals(own, on=on, person=person.pk)
    if not found:
        raise Refusal(
            f"Không có khoản hưởng nào của {person.name} do nơi khác chi trả.",
            remedy="Ghi việc chuyển nơi ở vào sổ trước; khoản mình đang chi trả thì không phải nhận.",
        )
    if any(one.unit_id != own.pk for one in found):
        raise Refusal(
            f"{own.full_name} không có thẩm quyền quyết định cho {person.name}.",
            move_basis(on=on),
            "Chủ tịch Ủy ban nhân dân nơi ở mới ký quyết định.",
        )
    return found


def _refuse_month(found: Sequence[Arrival], month: Month, paid_to: Month | None, on: dt.date) -> None:
    first, basis = first_month(found, paid_to), move_basis(on=on)
    if month < first and paid_to is not None and month <= paid_to:
        raise Refusal(
            f"Tháng {month.vietnamese()} đã được chi cho người này.",
            basis,
            f"Nơi mới chi trả từ tháng {first.vietnamese()}, tháng nơi cũ thôi chi trả.",
        )
    if month < first:
        raise Refusal(
            f"Tháng {month.vietnamese()} quá sớm: ngày 01 người này chưa cư trú ở đây, "
            f"khoản hưởng chưa bắt đầu, hoặc đã quá {BACK} tháng.",
            basis,
            f"Chọn từ tháng {first.vietnamese()}.",
        )
    if month > max(first, Month.of(on) + 1):
        raise Refusal(
            f"Tháng {month.vietnamese()} còn xa: nơi cũ vẫn phải chi đến hết tháng trước đó.",
            basis,
            f"Chọn tháng {max(first, Month.of(on) + 1).vietnamese()} hoặc sớm hơn.",
        )


def _refuse_earlier(found: Sequence[Arrival], at: dt.datetime) -> None:
    """A level decided earlier than one already written would change nothing."""
    grants = [one.grant_id for one in found]
    latest = Level.objects.filter(grant__in=grants, decided_at__gte=at).order_by("-decided_at").first()
    if latest is not None:
        raise Refusal(
            f"Đã có mức hưởng được quyết định ngày {vietnamese_date(latest.decided_at.date())}, "
            "không trước thời điểm này.",
            remedy="Ghi thời điểm quyết định sau lần quyết định gần nhất.",
        )


def _sign(
    own: Unit, going: Sequence[Incoming], month: Month, on: dt.date, at: dt.datetime, by: User, number: str
) -> Decision:
    earlier = Decision.objects.filter(unit=own, decided_on__year=on.year).exclude(
        kind=Decision.Kind.TAKEN_OVER
    )
    return Decision.objects.create(
        unit=own,
        number=number.replace("{next}", str(1 + earlier.count())),
        kind=Decision.Kind.MOVE,
        decided_on=on,
        decided_at=at,
        effective_month=month.first,
        signer=by,
        signer_name=signed_by(by, on),
        by=by,
        basis=[{"cite": move_basis(on=on), "month": str(month), "release": load().release}],
        people=1,
        levels=sum(bool(one.steps) for one in going),
    )


def _write(going: Sequence[Incoming], decision: Decision, stopped_by: str) -> None:
    kept = keep_grounds(words={words for one in going for _, _, words in one.steps if words})
    for one in going:
        arrival = one.arrival
        Handover.objects.create(
            decision=decision,
            grant_id=arrival.grant_id,
            left_id=arrival.holder_id,
            from_month=one.month.first,
            stopped_by=stopped_by.strip(),
        )
        bulk.run(
            """insert into grants_holding (grant_id, from_month, unit_id) values (%s, %s, %s)
            on conflict (grant_id, from_month) do update set unit_id = excluded.unit_id""",
            [arrival.grant_id, one.month.first, arrival.unit_id],
        )
        Level.objects.bulk_create(
            Level(
                grant_id=arrival.grant_id,
                decided_at=decision.decided_at,
                from_month=month.first,
                decision=decision,
                amount_vnd=level.amount_vnd,
                standard_vnd=level.standard_vnd,
                coefficient=level.coefficient,
                ground_id=kept[words] if words else level.ground,
                by_list=level.by_list,
            )
            for month, level, words in one.steps
        )
