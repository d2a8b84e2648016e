"""Suspending and resuming, who receives, and taking back (tạm dừng, người nhận thay, thu hồi)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.constraints import speaking
from ansinh.geography.models import Unit
from ansinh.grants.models import Decision, Grant, Hold, Recipient, Recovery
from ansinh.grants.operations.grounds import keep_grounds
from ansinh.grants.queries import grants_held_by, suspension_grounds
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.registry.models import Death, Person


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed what paper: the unit, its number, the day, and the instant it counts from."""

    unit: Unit
    number: str
    decided_on: dt.date
    at: dt.datetime
    signer_name: str = ""
    signer: User | None = None
    by: User | None = None


def suspend(*, grants: Collection[int], from_month: Month, ground: str, signed: Signed) -> Decision:
    """Suspend grants from a month on (tạm dừng): nothing is owed until it is lifted, and at once.

    `ground` is one of `queries.suspension_grounds` of the day of signing (Thông tư 02/2021 Điều 2; NĐ
    335/2026 Điều 9). Refused: another ground, a grant of another unit, one that has ended or is suspended
    already.
    """
    named = suspension_grounds(on=signed.decided_on)
    if ground not in named:
        raise Refusal(
            f"Pháp luật ngày {vietnamese_date(signed.decided_on)} không cho tạm dừng vì “{ground}”.",
            remedy=f"Chọn một trong các lý do: {'; '.join(named)}.",
        )
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        _refuse_others(grants, signed, from_month)
        kept = keep_grounds(words=[((named[ground],), ground)])
        decision = _sign(Decision.Kind.SUSPEND, signed, from_month, len(set(grants)))
        Hold.objects.bulk_create(
            Hold(
                grant_id=grant,
                from_month=from_month.first,
                ground_id=next(iter(kept.values())),
                decision=decision,
            )
            for grant in sorted(set(grants))
        )
        _trail(signed, "suspend", decision, {"grants": len(set(grants)), "from": str(from_month)})
    return decision


def resume(*, grants: Collection[int], signed: Signed, until_month: Month | None = None) -> Decision:
    """Lift the suspension of grants (chi trả lại).

    Without `until_month` it counts as never made: the held months are owed (NĐ 335/2026 khoản 4 Điều 9,
    Thông tư 02/2021 Điều 2). With it they stay unpaid up to that month. Refused: a grant not suspended.
    """
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        holds = list(Hold.objects.filter(grant_id__in=grants, lifted_at=None))
        _refuse_others(grants, signed, Month.of(signed.decided_on))
        if {hold.grant_id for hold in holds} != set(grants):
            raise Refusal("Có khoản hưởng không bị tạm dừng.", remedy="Chỉ chọn các khoản đang tạm dừng.")
        first = min(Month.of(hold.from_month) for hold in holds)
        if until_month is not None and until_month <= max(Month.of(hold.from_month) for hold in holds):
            raise Refusal("Tháng chi trả lại phải sau tháng tạm dừng.", remedy="Chọn tháng muộn hơn.")
        decision = _sign(Decision.Kind.RESUME, signed, until_month or first, len(set(grants)))
        bulk.run(
            """update grants_hold set lifted_by_id = %s, lifted_at = clock_timestamp(), until_month = %s
            where id = any(%s)""",
            [decision.pk, until_month and until_month.first, [hold.pk for hold in holds]],
        )
        _trail(signed, "resume", decision, {"grants": len(set(grants))})
    return decision


def name_recipient(
    *,
    grant: Grant,
    from_month: Month,
    kind: Recipient.Kind,
    at: dt.datetime,
    by: User | None,
    unit: Unit,
    person: Person | None = None,
    name: str = "",
) -> None:
    """Say who is handed the money of a grant from a month on (người nhận thay). SELF: the person again.

    Refused: another unit's grant, nobody named.
    """
    if kind != Recipient.Kind.SELF and person is None and not name:
        raise Refusal("Chưa ghi ai là người nhận thay.", remedy="Chọn người, hoặc ghi tên người, tên cơ sở.")
    if grant.pk not in grants_held_by(unit, from_month, [grant.pk]):
        raise _not_ours(unit)
    with speaking():
        Recipient.objects.filter(grant=grant, from_month=from_month.first).update(
            kind=kind, person=person, name=name
        )
        if not Recipient.objects.filter(grant=grant, from_month=from_month.first).exists():
            Recipient.objects.create(
                grant=grant, from_month=from_month.first, kind=kind, person=person, name=name
            )
        accounts.record(
            at=at, who=by, right=Right.SIGN_DECISION, action="name_recipient", subject=grant, unit=unit,
            detail={"kind": str(kind), "from": str(from_month)},
        )  # fmt: skip


def decide_recovery(
    *, person: Person, slot: str, amount_vnd: int, instalment_vnd: int, first_month: Month, signed: Signed
) -> Recovery:
    """Decide that somebody gives back what they were paid too much (thu hồi), in instalments of đồng a month.

    How much it may be is for payments to check: they know what was booked. Refused: nothing or less, an
    instalment above the whole, somebody dead (Bộ luật Dân sự: the heirs' debts are not set off), a person
    whose grants another unit holds.
    """
    if amount_vnd <= 0 or not 0 < instalment_vnd <= amount_vnd:
        raise Refusal("Số thu hồi và số trừ mỗi tháng phải lớn hơn 0, trừ mỗi tháng không quá số thu hồi.")
    if Death.objects.filter(person=person, superseded_at=None).exists():
        raise Refusal(
            f"{person.name} đã chết; không trừ vào khoản chi trả của người chết.",
            remedy="Giải quyết với người thừa kế theo pháp luật dân sự.",
        )
    held = grants_held_by(
        signed.unit, first_month, list(Grant.objects.filter(person=person).values_list("pk", flat=True))
    )
    if not held:
        raise _not_ours(signed.unit)
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        decision = _sign(Decision.Kind.RECOVER, signed, first_month, 1)
        recovery = Recovery.objects.create(
            decision=decision, person=person, slot=slot, amount_vnd=amount_vnd, instalment_vnd=instalment_vnd,
            first_month=first_month.first,
        )  # fmt: skip
        _trail(signed, "decide_recovery", decision, {"amount_vnd": amount_vnd})
    return recovery


def _sign(kind: Decision.Kind, signed: Signed, month: Month, people: int) -> Decision:
    decision = Decision(
        unit=signed.unit, number=signed.number, kind=kind, decided_on=signed.decided_on, decided_at=signed.at,
        effective_month=month.first, signer=signed.signer,
        signer_name=signed.signer_name or (signed.signer.full_name if signed.signer else ""),
        by=signed.by, people=people,
    )  # fmt: skip
    decision.save()
    return decision


def _refuse_others(grants: Collection[int], signed: Signed, month: Month) -> None:
    """Refuse grants that another unit holds, or that have ended by the month."""
    if not grants or set(grants) - set(grants_held_by(signed.unit, month, list(grants))):
        raise _not_ours(signed.unit)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from grants_grant where id = any(%s) and not months && daterange(%s, null)",
            [list(grants), month.first],
        )
        if cursor.fetchone()[0]:
            raise Refusal("Có khoản hưởng đã kết thúc.", remedy="Chỉ chọn các khoản đang hưởng.")


def _not_ours(unit: Unit) -> Refusal:
    return Refusal(
        f"{unit.full_name} không quản lý khoản hưởng này.",
        remedy="Chuyển cho đơn vị đang quản lý quyết định.",
    )


def _trail(signed: Signed, action: str, decision: Decision, detail: dict[str, object]) -> None:
    accounts.record(
        at=signed.at, who=signed.by, right=Right.SIGN_DECISION, action=action, subject=decision,
        unit=signed.unit, detail=detail,
    )  # fmt: skip
