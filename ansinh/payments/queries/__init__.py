"""What was paid, what is to be paid, what was paid too much (chi trả). Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max, Q, QuerySet

from ansinh.db.periods import span
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants import queries as grants
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments.logic import PAYMENT, Months, Summary, Totals, group_of, hash_of
from ansinh.payments.models import Kind, Line, Payroll, Roll, Slot
from ansinh.rulebook.categories import categories

# The business columns; no surrogate id, no clock. \x1f stands between, in no text.
CANONICAL = r"""(concat_ws(E'\x1f', coalesce(number, '~' || key), month, slot, seq, kind, category,
    amount_vnd, owed_vnd, booked_before_vnd, coalesce(standard_vnd::text, ''),
    coalesce(coefficient::text, ''), name, coalesce(recipient_kind, ''), coalesce(recipient_name, ''),
    commune_code))"""
EMPTY_HASH = "encode(sha256(''::bytea), 'hex')"


def hash_sql(*, lines: str, by: str) -> str:
    """Select the hash of each payroll's lines: `by`, hash (mã kiểm tra).

    `lines` is a relation with the canonical columns, `no` and `by`. In the order of the lists, which comes
    from names, keys, months and slots: neither ids nor the order of reading matter.
    """
    return rf"""
        select {by}, encode(sha256(convert_to(
            string_agg({CANONICAL}, E'\n' order by commune_code collate "C", no), 'UTF8')), 'hex') as hash
        from {lines} group by {by}"""


def payrolls_of(unit: Unit, months: Months) -> QuerySet[Payroll]:
    """Return the payrolls of a unit and below that share a month with those named."""
    units = geography.standings(unit, on=months.last.first).values("unit")
    return (
        Payroll.objects.filter(unit__in=units, months__overlap=_span(months))
        .select_related("unit")
        .order_by("unit__code", "months")
    )


def summary(unit: Unit, months: Iterable[Month]) -> Summary:
    """Roll up what the payrolls of some months hold for a unit and below (tổng hợp chi trả).

    Of a unit below the one that pays (a commune, until 6/2025) its own list. Refused: no payroll of these
    months; months that were paid together with others, without naming those.
    """
    named = tuple(sorted(set(months)))
    asked = Months(named[0], named[-1]) if named else Months.of(named)
    units = geography.standings(unit, on=asked.last.first).values("unit")
    whole = [p for p in payrolls_of(unit, asked) if _touches(p, named)]
    parts = list(
        Roll.objects.filter(
            Q(commune__in=units), ~Q(payroll__unit__in=units), payroll__months__overlap=_span(asked)
        ).select_related("payroll", "payroll__unit")
    )
    parts = [roll for roll in parts if _touches(roll.payroll, named)]
    payrolls = whole or list({roll.payroll_id: roll.payroll for roll in parts}.values())
    _refuse_partly(payrolls, named, unit, asked)
    rolls = [*Roll.objects.filter(payroll__in=whole).values_list("id", flat=True), *(r.pk for r in parts)]
    by_scheme, by_group, totals = _sums(payrolls, rolls)
    return Summary(
        unit=unit.code,
        months=named,
        totals=totals,
        by_scheme=by_scheme,
        by_group=by_group,
        status=_status(payrolls),
        release=",".join(sorted({payroll.release for payroll in payrolls})),
        hash=_hash(whole, parts),
        held_people=sum(payroll.held_people for payroll in whole),
        held_vnd=sum(payroll.held_vnd for payroll in whole),
        payrolls=len(payrolls),
        ids=tuple(payroll.pk for payroll in payrolls),
    )


def _span(months: Months) -> DateRange:
    return span(months.first.first, months.last.next().first)


def months_of(payroll: Payroll) -> Months:
    """Tell which months a payroll names."""
    return months_in(payroll.months)


def months_in(period: DateRange) -> Months:
    """Read a period that begins and ends on first days of months."""
    return Months(Month.of(period.lower), Month.of(period.upper) - 1)


def _touches(payroll: Payroll, named: Sequence[Month]) -> bool:
    return bool(set(months_of(payroll)) & set(named))


def _refuse_partly(payrolls: Sequence[Payroll], named: Sequence[Month], unit: Unit, asked: Months) -> None:
    if not payrolls:
        raise Refusal(
            f"Chưa có bảng chi trả {asked.vietnamese()} của {unit.full_name}.",
            PAYMENT,
            "Lập bảng chi trả (ansinh payroll prepare).",
        )
    for payroll in payrolls:
        if not set(months_of(payroll)) <= set(named):
            raise Refusal(
                f"{payroll.unit.full_name} chi gộp {months_of(payroll).vietnamese()}.",
                PAYMENT,
                "Nêu đủ các tháng đã chi gộp.",
            )


def _status(payrolls: Sequence[Payroll]) -> str:
    found = {payroll.status for payroll in payrolls}
    return found.pop() if len(found) == 1 else "PARTIAL"


def _hash(whole: Sequence[Payroll], parts: Sequence[Roll]) -> str:
    found = [(p.unit.code, p.months.lower.isoformat(), p.hash) for p in whole]
    if parts:
        hashes = dict(recomputed(roll.pk for roll in parts))
        found += [
            (roll.commune_code, roll.payroll.months.lower.isoformat(), hashes[roll.pk]) for roll in parts
        ]
    return hash_of(found)


def _lines(rolls: Iterable[int]) -> str:
    """The lines of lists, booked or drafted, as a relation."""
    ids = ", ".join(str(int(roll)) for roll in rolls) or "null"
    months = _value(
        f"select min(first_month)::text || '|' || max(upper(months))::text from payments_payroll "
        f"where id in (select payroll_id from payments_roll where id in ({ids}))"
    )
    first, _, last = str(months or "0001-01-01|0001-01-01").partition("|")
    columns = (
        "roll_id, no, month, slot, seq, kind, category, person_id, amount_vnd, owed_vnd, booked_before_vnd, "
        "standard_vnd, coefficient, name, number, key, recipient_kind, recipient_name"
    )
    return f"""(
        select {columns} from payments_line
        where roll_id in ({ids}) and month >= date '{first}' and month < date '{last}'
        union all select {columns} from payments_draftline where roll_id in ({ids}))"""


def recomputed(rolls: Iterable[int]) -> list[tuple[int, str]]:
    """Compute the hash of lists anew, from their lines: (list, hash)."""
    lines = f"""(
        select line.*, roll.commune_code from {_lines(rolls)} line
        join payments_roll roll on roll.id = line.roll_id) line"""
    with connection.cursor() as cursor:
        cursor.execute(hash_sql(lines=lines, by="roll_id"))
        return [(int(roll), str(told)) for roll, told in cursor.fetchall()]


def is_untouched(payroll: Payroll) -> bool:
    """Tell whether a payroll's lines still give the hash it carries (đối chiếu mã kiểm tra)."""
    lines = f"""(
        select line.*, roll.commune_code, roll.payroll_id
        from {_lines(payroll.rolls.values_list("id", flat=True))} line
        join payments_roll roll on roll.id = line.roll_id) line"""
    told = _value(f"select hash from ({hash_sql(lines=lines, by='payroll_id')}) hashed")
    return payroll.hash == (told or _value(f"select {EMPTY_HASH}"))


def _sums(
    payrolls: Sequence[Payroll], rolls: Sequence[int]
) -> tuple[dict[str, Totals], dict[str, Totals], Totals]:
    """Sum lists by scheme, by group shown and in all; people are distinct in each."""
    groups = ", ".join(
        f"('{code}', '{category.scheme}', '{group_of(code)}')" for code, category in categories().items()
    )
    sums = ", ".join(
        f"coalesce(sum(amount_vnd) filter (where kind = {kind}), 0)"
        for kind in (Kind.REGULAR, Kind.ARREARS, Kind.RECOVERY, Kind.ONE_OFF)
    )
    by_scheme: dict[str, Totals] = {}
    by_group: dict[str, Totals] = {}
    total = Totals()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select groups.scheme, groups.shown, count(*), count(distinct person_id), {sums}
            from {_lines(rolls)} line join (values {groups}) groups (category, scheme, shown) using (category)
            group by grouping sets ((), (groups.scheme), (groups.scheme, groups.shown))
            order by 1 nulls first, 2 nulls first
            """
        )
        for scheme, shown, lines, people, *vnd in cursor.fetchall():
            totals = Totals(lines, people, *map(int, vnd))
            if scheme is None:
                total = totals
            elif shown is None:
                by_scheme[scheme] = totals
            else:
                by_group[shown] = totals
    return by_scheme, by_group, total


# ── a person ──


@dataclass(frozen=True, slots=True)
class Booked:
    """A booked line of a person (dòng đã chi). `category` may be a secret: show `logic.group_of` of it."""

    month: Month
    slot: Slot
    kind: Kind
    category: str
    amount_vnd: int
    owed_vnd: int
    booked_before_vnd: int
    standard_vnd: int | None
    coefficient: Decimal | None
    ground_id: int | None
    recipient: str
    payroll_id: int
    paid_in: Months
    unit: str


def booked_months(person_id: int, *, of_units: Collection[int] | None = None) -> list[Booked]:
    """List everything booked for a person, latest month first; `of_units`: by these, or in their lists."""
    theirs = "(payroll.unit_id = any(%(units)s) or roll.commune_id = any(%(units)s))"
    own = "" if of_units is None else f"and {theirs}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select line.month, line.slot, line.kind, line.category, line.amount_vnd, line.owed_vnd,
                line.booked_before_vnd, line.standard_vnd, line.coefficient, line.ground_id,
                coalesce(line.recipient_name, line.name), payroll.id, lower(payroll.months),
                upper(payroll.months), unit.kind || ' ' || unit.name
            from payments_line line
            join payments_roll roll on roll.id = line.roll_id
            join payments_payroll payroll on payroll.id = roll.payroll_id
            join geography_unit unit on unit.id = payroll.unit_id
            where line.person_id = %(person)s {own} order by line.month desc, line.slot, line.seq
            """,
            {"person": person_id, "units": list(of_units or ())},
        )
        return [_booked(row) for row in cursor.fetchall()]


def booked_to(person_id: int) -> Month | None:
    """Return the last month for which something was booked for a person; None: never anything."""
    last = Line.objects.filter(person_id=person_id).exclude(kind=Kind.RECOVERY).aggregate(Max("month"))
    return Month.of(last["month__max"]) if last["month__max"] else None


def _booked(row: Sequence[Any]) -> Booked:
    month, slot, kind, category, amount, owed, before, standard, coefficient, ground, recipient = row[:11]
    payroll, lower, upper, unit = row[11:]
    return Booked(
        month=Month.of(month),
        slot=Slot(slot),
        kind=Kind(kind),
        category=category,
        amount_vnd=amount,
        owed_vnd=owed,
        booked_before_vnd=before,
        standard_vnd=standard,
        coefficient=coefficient,
        ground_id=ground,
        recipient=recipient,
        payroll_id=payroll,
        paid_in=Months(Month.of(lower), Month.of(upper) - 1),
        unit=unit,
    )


# ── paid too much ──


@dataclass(frozen=True, slots=True)
class Overpaid:
    """What is to be recovered of a person for a month (phải thu hồi): booked − owed as decided now."""

    person_id: int
    name: str
    slot: Slot
    month: Month
    booked_vnd: int
    owed_vnd: int
    dead: bool

    @property
    def excess_vnd(self) -> int:
        """What was booked beyond what is owed."""
        return self.booked_vnd - self.owed_vnd


def receivables(unit: Unit, *, on: dt.date, known_at: dt.datetime) -> list[Overpaid]:
    """List what a unit and below booked beyond what is owed as decided now (khoản phải thu hồi).

    Found by the payrolls prepared so far; set off by signed recoveries only, never from the dead.
    """
    known = grants.instant(known_at)
    slots = " ".join(f"when {slot.value} then '{slot.name}'" for slot in Slot)
    wanted = f"""(
        select g.id as grant_id, found.month from payments_receivable found
        join grants_grant g on g.person_id = found.person_id and g.slot = case found.slot {slots} end
        where {_held("found", unit, on)})"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select found.person_id, person.name, found.slot, found.month,
                found.settled_vnd + coalesce(booked.amount_vnd, 0) as booked_vnd,
                coalesce(owed.amount_vnd, 0) as owed_vnd,
                exists (select from registry_death dead
                    where dead.person_id = found.person_id and dead.superseded_at is null)
            from payments_receivable found
            join registry_person person on person.id = found.person_id
            left join lateral (
                select sum(line.amount_vnd)::bigint as amount_vnd from payments_line line
                where line.person_id = found.person_id and line.slot = found.slot
                    and line.month = found.month) booked on true
            left join (
                select person_id, slot, month, sum(decided_vnd)::bigint as amount_vnd
                from ({grants.owed_sql(wanted, known)}) decided group by 1, 2, 3
            ) owed on owed.person_id = found.person_id and owed.month = found.month
                and owed.slot = case found.slot {slots} end
            where {_held("found", unit, on)}
                and found.settled_vnd + coalesce(booked.amount_vnd, 0) > coalesce(owed.amount_vnd, 0)
            order by person.sort_key, person.key, found.month, found.slot
            """
        )
        return [
            Overpaid(person, name, Slot(slot), Month.of(month), booked, owed, dead)
            for person, name, slot, month, booked, owed, dead in cursor.fetchall()
        ]


def _held(row: str, unit: Unit, on: dt.date) -> str:
    return (
        f"{row}.unit_id in (select standing.unit_id from geography_standing standing "
        f"where {geography.standing_condition(unit, on=on)})"
    )


def _value(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None
