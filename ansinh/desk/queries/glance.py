"""What a start page tells (nhìn chung): who receives, how much, and what waits for the officer.

Only numbers already kept are read (totals of payrolls, the last count of what stands open), and the few
persons with a birthday: nothing here looks at a province anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import queries as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.desk.queries import arrivals
from ansinh.geography.models import Level, Unit
from ansinh.grants import queries as grants
from ansinh.grants.queries import expected, proposals
from ansinh.grants.queries import screens as reviews
from ansinh.imports.queries import missed
from ansinh.imports.queries import screens as lists
from ansinh.imports.queries.unasked import Unasked, unasked
from ansinh.kernel.time import vietnamese_date
from ansinh.payments.logic import Totals
from ansinh.payments.queries import screens
from ansinh.registry.queries import doubles, transfers

PERIODS = 6
LISTS = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that opens the list behind it (việc đang chờ); `told` says from when, or how much of it."""

    people: int
    label: str | Promise
    url: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """A kind of money of the latest period beside the one before, in đồng."""

    label: Promise
    now: int
    before: int | None

    @property
    def more(self) -> int | None:
        """How much more than in the period before."""
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True, slots=True)
class Glance:
    """What the start page shows."""

    waiting: tuple[Waiting, ...]
    periods: tuple[screens.Row, ...]
    money: tuple[Money, ...]
    groups: tuple[screens.Row, ...]
    open: grants.Open | None
    unasked: Unasked | None
    has_communes: bool


def glance(user: User, *, on: dt.date) -> Glance:
    """Gather the start page of an officer; empty for whoever may see neither payrolls nor reviews."""
    rights = accounts.rights_of(user, on=on)
    sees_payrolls, sees_review = Right.SEE_PAYROLL in rights, Right.SEE_REVIEW in rights
    periods = tuple(screens.periods(user, on=on, limit=PERIODS)) if sees_payrolls else ()
    still_open = grants.still_open(user, on=on) if sees_review else None
    return Glance(
        waiting=tuple(_waiting(user, rights, still_open, on)),
        periods=periods,
        money=tuple(_money(periods)) if periods else (),
        groups=tuple(screens.by_group(user, periods[0].key, on=on)) if periods else (),
        open=still_open,
        unasked=unasked(user, on=on) if sees_review else None,
        has_communes=sees_review and user.unit is not None and user.unit.level != Level.COMMUNE,
    )


def _waiting(
    user: User, rights: frozenset[Right], still_open: grants.Open | None, on: dt.date
) -> Iterator[Waiting]:
    if Right.APPROVE_PAYROLL in rights:
        for row in screens.drafts_to_approve(user, on=on):
            yield Waiting(
                row.totals.lines,
                _("bảng chi trả dự thảo chờ duyệt"),
                reverse("payments:period", args=[row.key]),
                row.label,
            )
    yield from _proposals(user, rights)
    if still_open is not None:
        address = reverse("grants:review")
        for kind, people in still_open.kinds.items():
            if people:
                url = f"{address}?thang={still_open.month}&loai={kind}"
                yield Waiting(people, reviews.LABELS[kind], url, still_open.month.vietnamese())
    if Right.MERGE_PERSONS in rights:
        pairs = doubles.waiting(user, on=on)
        if pairs:
            label = _("cặp hồ sơ nghi trùng ở hai tỉnh") if user.national else _("cặp hồ sơ nghi trùng")
            yield Waiting(pairs, label, reverse("registry:doubles"))
    if Right.TRANSFER_PERSONS in rights:
        yield from _transfers(user, on)
    if Right.SEE_REVIEW in rights and (came := arrivals.arrived(user, on=on)):
        yield Waiting(came, _("người chuyển đến, nơi cũ còn chi trả"), reverse("desk:arrivals"))
    if Right.LOAD_REGISTER in rights:
        yield from _listed(user, on)
    if Right.SEE_REVIEW in rights and user.unit is not None:
        people, told = _coming(user, user.unit, still_open, on)
        if people:
            yield Waiting(people, _("sắp có thay đổi trong 90 ngày tới"), reverse("grants:coming"), told)


def _proposals(user: User, rights: frozenset[Right]) -> Iterator[Waiting]:
    """Decisions asked for: each to who signs, to who prepares those sent back and those not signed."""
    waiting = proposals.waiting(user) if rights & {Right.SIGN_DECISION, Right.PREPARE_DECISION} else []
    every, label = reverse("grants:proposals"), _("người trong dự thảo quyết định chờ ký")
    if Right.SIGN_DECISION in rights:
        for one in waiting[:LISTS]:
            day = vietnamese_date(timezone.localtime(one.at).date())
            told = gettext("%(by)s trình ngày %(day)s") % {"by": one.by.full_name, "day": day}
            yield Waiting(one.people, label, reverse("grants:proposal", args=[one.pk]), told)
        if rest := waiting[LISTS:]:
            told = gettext("trong %(count)s dự thảo khác") % {"count": len(rest)}
            yield Waiting(sum(one.people for one in rest), label, every, told)
    elif waiting:
        told = gettext("trong %(count)s dự thảo") % {"count": len(waiting)}
        label = _("người trong dự thảo đã trình, chưa ký")
        yield Waiting(sum(one.people for one in waiting), label, every, told)
    if Right.PREPARE_DECISION in rights:
        for event in proposals.returned(user)[:LISTS]:
            label, told = _("người trong dự thảo bị trả lại"), event.by.full_name
            url = reverse("grants:proposal", args=[event.proposal_id])
            yield Waiting(event.proposal.people, label, url, told)


def _listed(user: User, on: dt.date) -> Iterator[Waiting]:
    """Rows of written lists that are not in the register, and those of lists not yet written."""
    rows, written = missed.count(user, on=on)
    if rows:
        told = gettext("trong %(lists)s danh sách đã ghi") % {"lists": written}
        yield Waiting(rows, _("dòng chưa vào sổ"), reverse("imports:missed"), told)
    for one in lists.unsettled(user, on=on)[:LISTS]:
        if doubtful := missed.of(one):
            label = _("dòng nghi ngờ hoặc có lỗi trong danh sách nhập")
            yield Waiting(doubtful, label, reverse("imports:imported", args=[one.pk]), one.name)


def _transfers(user: User, on: dt.date) -> Iterator[Waiting]:
    """Requests for files: to answer, answers that arrived, and one's own that wait elsewhere."""
    address = reverse("desk:transfers")
    if asked := transfers.waiting(user, on=on).count():
        yield Waiting(asked, _("yêu cầu chuyển hồ sơ đi, chờ trả lời"), address)
    if answers := transfers.answered(user, on=on):
        told = gettext("trong %(days)s ngày qua") % {"days": transfers.FRESH}
        yield Waiting(answers, _("trả lời về hồ sơ đã xin"), address, told)
    if own := transfers.pending(user, on=on).count():
        yield Waiting(own, _("yêu cầu xin chuyển hồ sơ về, nơi kia chưa trả lời"), address)


def _coming(user: User, unit: Unit, still_open: grants.Open | None, on: dt.date) -> tuple[int, str]:
    """For whom something changes soon; of a province as last counted, and when."""
    if unit.level == Level.COMMUNE:
        return sum(expected.coming_causes(user, on=on).values()), ""
    if still_open is None:
        return 0, ""
    return still_open.coming, vietnamese_date(timezone.localtime(still_open.at).date())


def _money(periods: tuple[screens.Row, ...]) -> Iterator[Money]:
    now = periods[0].totals
    before = periods[1].totals if len(periods) > 1 else None
    labels = {
        "people": _("Số người"),
        "regular_vnd": _("Trong kỳ"),
        "arrears_vnd": _("Truy lĩnh"),
        "recoveries_vnd": _("Thu hồi"),
        "one_off_vnd": _("Một lần"),
        "total_vnd": _("Tổng cộng"),
    }
    for name, label in labels.items():
        here, there = _of(now, name), None if before is None else _of(before, name)
        if here or there or name in ("people", "total_vnd"):
            yield Money(label, here, there)


def _of(totals: Totals, name: str) -> int:
    return int(getattr(totals, name))
