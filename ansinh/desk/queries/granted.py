"""What was granted to somebody, with its levels and suspensions, as far as an officer sees it (trợ cấp)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ansinh.desk import logic
from ansinh.desk.queries.people import Sight
from ansinh.grants.models import Decision, Grant, Handover, Hold, Holding, LegalGround, Level, Recipient
from ansinh.kernel.time import Month


@dataclass(frozen=True, slots=True)
class LevelRow:
    """What a grant pays from a month on."""

    since: Month
    coefficient: Decimal | None
    standard_vnd: int | None
    amount_vnd: int
    decision: str
    cites: tuple[str, ...]
    overruled: bool


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A suspension."""

    since: Month
    until: Month | None
    lifted: bool


@dataclass(frozen=True, slots=True)
class MoveRow:
    """From which month another unit pays, and by which decision of its own."""

    since: Month
    holder: str
    decision: str


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant with its levels."""

    id: int
    label: str
    since: Month
    until: Month | None
    running: bool
    annulled: bool
    decision: str
    ended_by: str
    taken_over: bool
    holder: str
    recipient: str
    levels: tuple[LevelRow, ...]
    holds: tuple[HoldRow, ...]
    moves: tuple[MoveRow, ...]


def grants_of(sight: Sight) -> tuple[GrantRow, ...]:
    """List a person's grants, the latest first.

    Of whoever left, those the territory held, up to the month from which another commune holds them: what
    others decided since is not told.
    """
    grants = list(
        Grant.objects.filter(person=sight.person)
        .select_related("decision", "ended_by")
        .order_by("-months", "slot")
    )
    keys = [grant.pk for grant in grants]
    levels = list(
        Level.objects.filter(grant__in=keys).select_related("decision").order_by("-from_month", "-decided_at")
    )
    grounds = LegalGround.objects.in_bulk({level.ground_id for level in levels if level.ground_id})
    holds = list(Hold.objects.filter(grant__in=keys).select_related("decision").order_by("-from_month"))
    moves = list(
        Handover.objects.filter(grant__in=keys).select_related("decision__unit").order_by("decision")
    )
    holdings = list(Holding.objects.filter(grant__in=keys).select_related("unit").order_by("from_month"))
    recipients = list(
        Recipient.objects.filter(grant__in=keys).select_related("person").order_by("from_month")
    )
    decisions = [level.decision for level in levels] + [hold.decision for hold in holds]
    decisions += [move.decision for move in moves]
    decisions += [grant.ended_by for grant in grants if grant.ended_by]
    deciding = {decision.unit_id for decision in decisions}
    others = sight.strange(deciding | {holding.unit_id for holding in holdings})
    told = []
    for grant in grants:
        own = _Own.of([row for row in holdings if row.grant_id == grant.pk], others)
        if own is None:
            continue
        payees = [row for row in recipients if row.grant_id == grant.pk and own.covers(row.from_month)]
        row = _grant(
            grant,
            [
                level
                for level in levels
                if level.grant_id == grant.pk
                and level.decision.unit_id not in others
                and own.covers(level.from_month)
            ],
            grounds,
            [hold for hold in holds if hold.grant_id == grant.pk and hold.decision.unit_id not in others],
            [move for move in moves if move.grant_id == grant.pk and move.decision.unit_id not in others],
            own.holder,
            _recipient(payees[-1]) if payees else "",
            sight.on,
            others,
        )
        told.append(own.shortened(row))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Own:
    """Of a grant: who of the territory holds it, or held it last, and from which month on another does."""

    holder: str
    until: dt.date | None

    @classmethod
    def of(cls, holdings: list[Holding], others: set[int]) -> _Own | None:
        """Read the holdings of a grant, by month; None: no other than strange communes held it."""
        own = [row for row in holdings if row.unit_id not in others]
        if holdings and not own:
            return None
        after = [row.from_month for row in holdings if own and row.from_month > own[-1].from_month]
        return cls(own[-1].unit.full_name if own else "", min(after, default=None))

    def covers(self, month: dt.date) -> bool:
        """Tell whether what is from this month on is theirs."""
        return self.until is None or month < self.until

    def shortened(self, row: GrantRow) -> GrantRow:
        """End a grant where another commune's begins."""
        if self.until is None:
            return row
        last = Month.of(self.until) - 1
        return replace(row, until=min(last, row.until or last), running=False)


def _grant(
    grant: Grant,
    levels: list[Level],
    grounds: dict[int, LegalGround],
    holds: list[Hold],
    moves: list[Handover],
    holder: str,
    recipient: str,
    on: dt.date,
    others: set[int],
) -> GrantRow:
    ended_by = grant.ended_by if grant.ended_by and grant.ended_by.unit_id not in others else None
    annulled = grant.months.isempty
    since = Month.of(grant.months.lower) if not annulled else Month.of(grant.decision.effective_month)
    until = Month.of(grant.months.upper) - 1 if not annulled and grant.months.upper else None
    return GrantRow(
        id=grant.pk,
        label=logic.label(grant.category),
        since=since,
        until=until,
        running=not annulled and since <= Month.of(on) and (until is None or Month.of(on) <= until),
        annulled=annulled,
        decision=signed(grant.decision.number, grant.decision.decided_on),
        ended_by=_ender(ended_by) if ended_by else "",
        taken_over=grant.taken_over,
        holder=holder,
        recipient=recipient,
        levels=tuple(_levels(grant, levels, grounds)),
        holds=tuple(
            HoldRow(
                Month.of(hold.from_month),
                Month.of(hold.until_month) - 1 if hold.until_month else None,
                hold.lifted_at is not None,
            )
            for hold in holds
        ),
        moves=tuple(
            MoveRow(
                Month.of(move.from_month),
                move.decision.unit.full_name,
                signed(move.decision.number, move.decision.decided_on),
            )
            for move in moves
        ),
    )


def _levels(grant: Grant, levels: list[Level], grounds: dict[int, LegalGround]) -> Iterable[LevelRow]:
    """List levels, the latest month first; one is overruled when a later decision speaks for its month."""
    for level in levels:
        ground = grounds.get(level.ground_id or 0)
        yield LevelRow(
            since=Month.of(level.from_month),
            coefficient=level.coefficient,
            standard_vnd=level.standard_vnd,
            amount_vnd=level.amount_vnd,
            decision=signed(level.decision.number, level.decision.decided_on),
            cites=logic.cites(ground.cites if ground else (), grant.category),
            overruled=any(
                other.decided_at > level.decided_at and other.from_month <= level.from_month
                for other in levels
            ),
        )


def _ender(decision: Decision) -> str:
    """Name what ended a grant: a decision, or the list that brought it being taken back."""
    if decision.kind == Decision.Kind.TAKEN_OVER and not decision.number:
        return "việc huỷ danh sách đã nhập"
    return signed(decision.number, decision.decided_on)


def signed(number: str, decided_on: dt.date | None) -> str:
    """Name a decision: "12/QĐ-UBND ngày 06/10/2026"."""
    if not number:
        return "có trước, tiếp nhận theo danh sách"
    return f"{number} ngày {decided_on:%d/%m/%Y}" if decided_on else number


def _recipient(row: Recipient) -> str:
    if row.kind == Recipient.Kind.SELF:
        return ""
    name = row.person.name if row.person else row.name
    return f"{name} ({Recipient.Kind(row.kind).label})"
