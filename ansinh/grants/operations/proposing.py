"""Asking the chairman for a decision: submitted, withdrawn, sent back, signed (trình ký)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import constraints, locks
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import logic
from ansinh.grants.models import Proposal, ProposalEvent, ProposalItem
from ansinh.grants.operations.adoption import NUMBER, Adopted, adopt_changes
from ansinh.grants.operations.asking import asked_anew, signed_by
from ansinh.grants.operations.tallies import count_open
from ansinh.grants.queries.proposals import people_of, stands
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date

_BECAME = {
    ProposalEvent.Kind.SIGNED: "đã được ký",
    ProposalEvent.Kind.RETURNED: "đã được trả lại",
    ProposalEvent.Kind.WITHDRAWN: "đã được rút",
}


def submit_proposal(
    *,
    unit: Unit,
    run: Run,
    people: Collection[int],
    note: str = "",
    follows: Proposal | None = None,
    by: User,
    at: dt.datetime,
) -> Proposal:
    """Ask for a decision about some people, as a review found them (trình dự thảo); nothing changes yet.

    Whoever is not the unit's, or of whom the law cannot tell, falls away. `follows`: what was sent back, and
    this mends. Refused: nobody is left; what it follows was not sent back, or was mended already.
    """
    here = geography.version(unit, on=run.month)
    found = [one for one in stands(run, here, people) if one.decidable]
    if not found:
        raise Refusal(
            "Không có gì phải đổi ở những người này, nên không có gì để trình.",
            remedy="Chọn những người có khác nhau trong rà soát.",
        )
    with constraints.speaking():
        if follows is not None:
            _hold(follows, ProposalEvent.Kind.RETURNED)
            _refuse_mended(follows)
        made = Proposal.objects.create(
            unit=unit,
            month=run.month,
            run=run,
            by=by,
            at=at,
            note=note.strip(),
            people=len({one.person for one in found}),
            follows=follows,
        )
        ProposalItem.objects.bulk_create(_item(made, one) for one in found)
        _trail("submit_proposal", Right.PREPARE_DECISION, made, by, at, people=made.people)
    return made


def _item(proposal: Proposal, stance: logic.Stance) -> ProposalItem:
    return ProposalItem(
        proposal=proposal,
        person_id=stance.person,
        slot=stance.slot,
        kind=stance.kind,
        granted_category=stance.granted_category,
        granted_vnd=stance.granted_vnd,
        lawful_category=stance.lawful_category,
        lawful_vnd=stance.lawful_vnd,
    )


def withdraw_proposal(*, proposal: Proposal, by: User, at: dt.datetime) -> None:
    """Take a proposal back before it is signed, or leave one that was sent back (rút dự thảo).

    Refused: it was signed, withdrawn or mended.
    """
    with constraints.speaking():
        _hold(proposal, None, ProposalEvent.Kind.RETURNED)
        _refuse_mended(proposal)
        _end(proposal, ProposalEvent.Kind.WITHDRAWN, by, at)
        _trail("withdraw_proposal", Right.PREPARE_DECISION, proposal, by, at)


def return_proposal(*, proposal: Proposal, reason: str, by: User, at: dt.datetime) -> None:
    """Send a proposal back to who asked, for a reason that they read (trả lại dự thảo).

    Refused: no reason; it was signed, withdrawn or sent back already.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do trả lại.", remedy="Ghi lý do để người soạn biết phải sửa gì.")
    with constraints.speaking():
        _hold(proposal, None)
        _end(proposal, ProposalEvent.Kind.RETURNED, by, at, reason=reason.strip())
        _trail("return_proposal", Right.SIGN_DECISION, proposal, by, at, reason=reason.strip())


def sign_proposal(
    *,
    proposal: Proposal,
    seen: str,
    number: str = NUMBER,
    on: dt.date,
    at: dt.datetime,
    by: User,
) -> Adopted:
    """Ask the law anew and make one decision about everybody of a proposal (ký dự thảo).

    `seen`: the `logic.fingerprint` of the rows that the signer looked at. Refused: the law, asked anew, finds
    other rows than those; nothing is left to decide; it was signed, withdrawn or sent back; and as
    `adopt_changes` refuses.
    """
    runs = asked_anew(unit=proposal.unit, month=Month.of(proposal.month), on=on, at=at, by=by)
    run = runs[-1]
    # Asking is kept even when signing is refused: the page then shows what the law says now.
    count_open(run=run, at=at)
    with constraints.speaking():
        _hold(proposal, None)
        people = people_of(proposal)
        now = stands(run, geography.version(proposal.unit, on=run.month), people)
        _refuse_unseen(now, seen)
        adopted = adopt_changes(
            unit=proposal.unit,
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
        if not adopted.decisions:
            raise _nothing_begins(Month.of(run.month), on)
        _end(proposal, ProposalEvent.Kind.SIGNED, by, at, decision_id=adopted.decisions[0])
        _trail("sign_proposal", Right.SIGN_DECISION, proposal, by, at, people=adopted.people)
    count_open(run=run, at=at)
    return adopted


def _refuse_unseen(now: list[logic.Stance], seen: str) -> None:
    if not any(one.decidable for one in now):
        raise Refusal(
            "Luật vừa được hỏi lại: không còn gì phải đổi ở những người này.",
            remedy="Trả lại dự thảo, ghi lý do; cán bộ soạn rút hoặc trình lại.",
        )
    if logic.fingerprint(now) != seen:
        raise Refusal(
            "Luật vừa được hỏi lại, và có dòng khác với lúc mở trang.",
            remedy="Xem lại các dòng dưới đây, rồi ký.",
        )


def _nothing_begins(month: Month, on: dt.date) -> Refusal:
    return Refusal(
        f"Ký ngày {vietnamese_date(on)} thì rà soát tháng {month.vietnamese()} không đổi được gì: "
        "khoản chưa hưởng bắt đầu từ tháng ký.",
        remedy="Trả lại dự thảo; cán bộ hỏi luật cho tháng này, rồi trình lại.",
    )


def _hold(proposal: Proposal, *after: ProposalEvent.Kind | None) -> None:
    """Hold a proposal until the transaction ends. Refused: what became of it last is none of `after`."""
    locks.hold(locks.key(f"proposal:{proposal.pk}"))
    events = ProposalEvent.objects.filter(proposal=proposal).order_by("-id")
    last = next((ProposalEvent.Kind(event.kind) for event in events[:1]), None)
    if last not in after:
        words = _BECAME[last] if last else "còn chờ ký"
        raise Refusal(f"Dự thảo này {words}.", remedy="Tải lại trang để thấy tình trạng.")


def _refuse_mended(proposal: Proposal) -> None:
    if Proposal.objects.filter(follows=proposal).exists():
        raise Refusal("Dự thảo này đã được soạn lại và trình rồi.", remedy="Xem dự thảo trình lại.")


def _end(
    proposal: Proposal,
    kind: ProposalEvent.Kind,
    by: User,
    at: dt.datetime,
    reason: str = "",
    decision_id: int | None = None,
) -> None:
    ProposalEvent.objects.create(
        proposal=proposal, kind=kind, by=by, at=at, reason=reason, decision_id=decision_id
    )


def _trail(
    action: str, right: Right, proposal: Proposal, by: User, at: dt.datetime, reason: str = "", **detail: int
) -> None:
    accounts.record(
        at=at,
        who=by,
        right=right,
        action=action,
        subject=proposal,
        unit=proposal.unit,
        reason=reason,
        detail=detail,
    )
