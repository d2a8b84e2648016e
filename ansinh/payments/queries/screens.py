"""What the payment pages and lists show, within an officer's territory (màn hình chi trả).

Whatever is shown is a sum over rolls, the lists of communes: of a payroll in the territory all of them, of a
district's payroll the lists of the officer's own commune.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.db.periods import span
from ansinh.kernel.names import fold
from ansinh.kernel.time import Month
from ansinh.payments.logic import Months, Totals, categories_of, group_label, group_of, hash_of
from ansinh.payments.models import (
    DraftLine,
    GroupTotal,
    Kind,
    Line,
    LineColumns,
    Payroll,
    Posting,
    Progress,
    Roll,
)
from ansinh.payments.queries import months_of
from ansinh.registry.models import Person
from ansinh.rulebook.categories import SCHEME_LABELS, categories

PAGE = 100
SUMS = ("lines", "people", "regular_vnd", "arrears_vnd", "recoveries_vnd", "one_off_vnd")
STATUS = {
    "DRAFT": (_("dự thảo"), "tag-wait"),
    "APPROVED": (_("đã duyệt"), "tag-good"),
    "PARTIAL": (_("duyệt một phần"), "tag-wait"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of totals: what it is, where it leads, how much."""

    label: str
    key: str
    totals: Totals
    status: str = ""

    @property
    def status_label(self) -> str:
        """The status in words."""
        return str(STATUS[self.status][0]) if self.status else ""

    @property
    def status_tag(self) -> str:
        """The status as a class of the style sheet."""
        return STATUS[self.status][1] if self.status else ""


@dataclass(frozen=True, slots=True)
class SchemeRows:
    """A scheme's totals, and those of its groups."""

    scheme: str
    label: str
    totals: Totals
    groups: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The payrolls of some months in a territory, rolled up (kỳ chi trả)."""

    months: Months
    place: str
    totals: Totals
    status: str
    schemes: tuple[SchemeRows, ...]
    units: tuple[Row, ...]
    release: str
    hash: str
    held_people: int
    held_vnd: int
    whole: bool

    @property
    def key(self) -> str:
        """The period in an address: "2024-01..2024-02"."""
        return key_of(self.months)

    @property
    def status_label(self) -> str:
        """The status in words."""
        return str(STATUS[self.status][0])

    @property
    def status_tag(self) -> str:
        """The status as a class of the style sheet."""
        return STATUS[self.status][1]


@dataclass(frozen=True, slots=True)
class PayrollPage:
    """One payroll (bảng chi trả), as far as the reader may see it; `whole` = all of it."""

    payroll: Payroll
    months: Months
    whole: bool
    totals: Totals
    schemes: tuple[SchemeRows, ...]
    rolls: tuple[Row, ...]
    postings: tuple[Posting, ...]
    status_label: str
    status_tag: str
    prepared_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as lists show it: no category that betrays an illness."""

    no: int
    person_id: int
    name: str
    number: str
    commune: str
    label: str
    month: Month
    kind: str
    coefficient: Decimal | None
    standard_vnd: int | None
    owed_vnd: int
    booked_before_vnd: int
    amount_vnd: int
    recipient: str


@dataclass(frozen=True, slots=True)
class LinesPage:
    """A page of lines; `after` is where the next begins ("": there is none)."""

    lines: tuple[ShownLine, ...]
    after: str


def key_of(months: Months) -> str:
    """Write months as addresses do: "2024-01..2024-02"."""
    return f"{months.first}..{months.last}"


# ── what an officer may see ──


def rolls_of(user: User, on: dt.date) -> QuerySet[Roll]:
    units = accounts.territory(user, on).values("unit_id")
    return Roll.objects.filter(Q(payroll__unit__in=units) | Q(commune__in=units)).select_related(
        "payroll__unit"
    )


def _sum(rows: Iterable[Roll | GroupTotal]) -> Totals:
    rows = list(rows)
    return Totals(
        lines=sum(row.lines for row in rows),
        people=sum(row.people for row in rows),
        regular_vnd=sum(row.regular_vnd for row in rows),
        arrears_vnd=sum(row.arrears_vnd for row in rows),
        recoveries_vnd=sum(row.recoveries_vnd for row in rows),
        one_off_vnd=sum(row.one_off_vnd for row in rows),
    )


def _status(payrolls: Iterable[Payroll]) -> str:
    found = {payroll.status for payroll in payrolls}
    return "PARTIAL" if len(found) > 1 else next(iter(found))


def periods(user: User, *, on: dt.date, limit: int | None = None) -> list[Row]:
    """List the periods of the territory, latest first, with their totals; the sums are the database's."""
    grouped = rolls_of(user, on).order_by().values_list("payroll__months").order_by("-payroll__months")
    rows = grouped.annotate(
        Count("payroll__status", distinct=True), Max("payroll__status"), *(Sum(name) for name in SUMS)
    )
    found = []
    for span_of, kinds, status, *told in rows[:limit]:
        months = Months(Month.of(span_of.lower), Month.of(span_of.upper) - 1)
        totals = Totals(*(int(amount) for amount in told))
        found.append(
            Row(months.vietnamese(), key_of(months), totals, "PARTIAL" if kinds > 1 else str(status))
        )
    return found


def rolls_in(user: User, key: str, *, on: dt.date) -> QuerySet[Roll]:
    """Return the lists of a period that the reader may see."""
    first, last = (Month.parse(part) for part in key.split(".."))
    return rolls_of(user, on).filter(payroll__months=span(first.first, last.next().first))


def by_group(user: User, key: str, *, on: dt.date) -> list[Row]:
    """Sum a period of the territory up by the groups shown: whose clause is covered, under the scheme."""
    rolls = rolls_in(user, key, on=on)
    sums: dict[str, Totals] = {}
    totals = GroupTotal.objects.filter(roll__in=rolls.order_by().values("pk"), shown__isnull=False)
    for shown, *told in totals.values_list("shown").annotate(*(Sum(name) for name in SUMS)):
        sums[str(shown)] = Totals(*(int(amount) for amount in told))
    order = [*categories(), *SCHEME_LABELS]
    return [
        Row(_group_name(group), group, sums[group])
        for group in sorted(sums, key=lambda one: order.index(one))
    ]


def drafts_to_approve(user: User, *, on: dt.date) -> list[Row]:
    """Count the drafts of the territory that somebody else prepared, by period (chờ duyệt).

    `totals.lines` is how many payrolls.
    """
    units = accounts.territory(user, on).values("unit_id")
    rows = (
        Payroll.objects.filter(unit__in=units, status=Payroll.Status.DRAFT)
        .exclude(prepared_by=user)
        .values("months")
        .annotate(payrolls=Count("pk"), people=Sum("people"))
        .order_by("months")
    )
    found = []
    for row in rows:
        months = Months(Month.of(row["months"].lower), Month.of(row["months"].upper) - 1)
        found.append(
            Row(months.vietnamese(), key_of(months), Totals(lines=row["payrolls"], people=row["people"]))
        )
    return found


def period(user: User, months: Months, *, on: dt.date) -> Period | None:
    """Roll the payrolls of exactly these months up for the territory; None when there is none."""
    wanted = span(months.first.first, months.last.next().first)
    rolls = list(rolls_of(user, on).filter(payroll__months=wanted).order_by("commune_code", "id"))
    if not rolls or user.unit is None:
        return None
    payrolls = {roll.payroll_id: roll.payroll for roll in rolls}
    complete = _complete(user, payrolls.values(), on)
    return Period(
        months=months,
        place=user.unit.full_name,
        totals=_sum(rolls),
        status=_status(payrolls.values()),
        schemes=_schemes(rolls),
        units=tuple(
            Row(
                payroll.unit.full_name,
                str(payroll.pk),
                _sum(roll for roll in rolls if roll.payroll_id == payroll.pk),
                payroll.status,
            )
            for payroll in sorted(payrolls.values(), key=lambda payroll: payroll.unit.code)
        ),
        release=", ".join(sorted({payroll.release for payroll in payrolls.values()})),
        hash=hash_of((p.unit.code, p.months.lower.isoformat(), p.hash) for p in payrolls.values())
        if complete
        else "",
        held_people=sum(p.held_people for p in payrolls.values()) if complete else 0,
        held_vnd=sum(p.held_vnd for p in payrolls.values()) if complete else 0,
        whole=complete,
    )


def _complete(user: User, payrolls: Iterable[Payroll], on: dt.date) -> bool:
    units = {payroll.unit_id for payroll in payrolls}
    return accounts.territory(user, on).filter(unit_id__in=units).count() == len(units)


def _schemes(rolls: Sequence[Roll]) -> tuple[SchemeRows, ...]:
    totals = list(GroupTotal.objects.filter(roll__in=[roll.pk for roll in rolls]))
    shown = []
    for scheme, label in SCHEME_LABELS.items():
        own = [row for row in totals if row.scheme == scheme]
        groups = list(dict.fromkeys(row.shown for row in own if row.shown))
        if not own:
            continue
        shown.append(
            SchemeRows(
                scheme,
                label,
                _sum(row for row in own if row.shown is None),
                tuple(
                    Row(_group_name(group), group, _sum(row for row in own if row.shown == group))
                    for group in sorted(groups, key=lambda group: (group in SCHEME_LABELS, group))
                ),
            )
        )
    return tuple(shown)


def _group_name(group: str) -> str:
    return (
        f"{group_label(group)} (các nhóm không nêu riêng)" if group in SCHEME_LABELS else group_label(group)
    )


def payroll(user: User, key: int, *, on: dt.date) -> Payroll | None:
    """Return a payroll of which the reader may see something; None when there is none."""
    found = rolls_of(user, on).filter(payroll=key).first()
    if found is None:
        return None
    return Payroll.objects.select_related("unit", "prepared_by", "approved_by").get(pk=key)


def payroll_page(user: User, shown: Payroll, *, on: dt.date) -> PayrollPage:
    """Gather a payroll's page."""
    rolls = list(rolls_of(user, on).filter(payroll=shown).order_by("commune_code", "id"))
    whole = _complete(user, [shown], on)
    label, tag = STATUS[shown.status]
    return PayrollPage(
        payroll=shown,
        months=months_of(shown),
        whole=whole,
        totals=_sum(rolls),
        schemes=_schemes(rolls),
        rolls=tuple(Row(roll_name(roll), str(roll.pk), _sum([roll])) for roll in rolls),
        postings=tuple(Posting.objects.filter(payroll=shown).order_by("id")) if whole else (),
        status_label=str(label),
        status_tag=tag,
        prepared_by=shown.prepared_by.full_name,
        approved_by=shown.approved_by.full_name if shown.approved_by else "",
    )


def roll_name(roll: Roll) -> str:
    """Name a commune's list."""
    return roll.commune_name or str(_("Chưa xác định xã"))


# ── lines ──


def lines(
    user: User,
    shown: Payroll,
    *,
    on: dt.date,
    roll: int | None = None,
    group: str = "",
    text: str = "",
    after: str = "",
) -> LinesPage:
    """List a payroll's lines in the order of its lists, of one commune, group or name if asked.

    `after` is where the page before ended: "roll.number".
    """
    rolls = {
        found.pk: found
        for found in rolls_of(user, on).filter(payroll=shown)
        if roll is None or found.pk == roll
    }
    asked = written(shown).filter(roll_id__in=rolls)
    if group:
        asked = asked.filter(category__in=categories_of(group))
    if text.strip():
        asked = asked.filter(_named(text))
    start = _place(after)
    if start:
        asked = asked.filter(Q(roll_id__gt=start[0]) | Q(roll_id=start[0], no__gt=start[1]))
    found = list(asked.order_by("roll_id", "no")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return LinesPage(
        tuple(_shown(line, rolls[line.roll_id]) for line in found[:PAGE]),
        f"{last.roll_id}.{last.no}" if last else "",
    )


def written(shown: Payroll) -> QuerySet[Line] | QuerySet[DraftLine]:
    """The lines of a payroll: booked ones, or those of the draft."""
    table = Line if shown.status == Payroll.Status.APPROVED else DraftLine
    return table._default_manager.filter(month__gte=shown.first_month, month__lt=shown.months.upper)


def _named(text: str) -> Q:
    """Find people by number, or by their names now (the frozen ones are not folded)."""
    digits = text.replace(" ", "")
    if digits.isdecimal():
        return Q(number__startswith=digits)
    words = fold(text)
    people = Person.objects.filter(folded__contains=words) if words else Person.objects.none()
    return Q(person_id__in=people.values("pk"))


def _place(after: str) -> tuple[int, int] | None:
    left, dot, right = after.partition(".")
    return (int(left), int(right)) if dot and left.isdecimal() and right.isdecimal() else None


def _shown(line: LineColumns, roll: Roll) -> ShownLine:
    return ShownLine(
        no=line.no,
        person_id=line.person_id,
        name=line.name,
        number=line.number or "",
        commune=roll_name(roll),
        label=group_label(group_of(line.category)),
        month=Month.of(line.month),
        kind=Kind(line.kind).label if line.kind != Kind.REGULAR else "",
        coefficient=line.coefficient,
        standard_vnd=line.standard_vnd,
        owed_vnd=line.owed_vnd,
        booked_before_vnd=line.booked_before_vnd,
        amount_vnd=line.amount_vnd,
        recipient=line.recipient_name or "",
    )


# ── progress ──


def progress(user: User, key: int, *, on: dt.date) -> Progress | None:
    """Return a job of the territory; None when there is none."""
    units = accounts.territory(user, on).values("unit_id")
    return Progress.objects.filter(pk=key, unit__in=units).select_related("unit", "by").first()


def running(user: User, *, on: dt.date) -> list[Progress]:
    """List the jobs of the territory that wait or run."""
    units = accounts.territory(user, on).values("unit_id")
    states = (Progress.State.WAITING, Progress.State.RUNNING)
    return list(
        Progress.objects.filter(unit__in=units, state__in=states).select_related("unit").order_by("-id")
    )
