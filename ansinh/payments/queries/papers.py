"""The lists on paper: a commune's signature list, a province's summary (danh sách, bảng tổng hợp)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from ansinh.accounts import queries as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db.periods import span
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.time import Month
from ansinh.payments.exports.sheets import Heading, Payee, Sheet, Sums, UnitRow, signature_list, summary
from ansinh.payments.logic import Months
from ansinh.payments.models import Kind, LineColumns, Payroll, Roll
from ansinh.payments.queries import months_of
from ansinh.payments.queries.screens import Period, rolls_of, written
from ansinh.registry.models import Person
from ansinh.rulebook.categories import categories


def roll_in_scope(user: User, shown: Payroll, key: int, *, on: dt.date) -> Roll | None:
    """Return a commune's list of a payroll, when the reader may see it."""
    return rolls_of(user, on).filter(payroll=shown, pk=key).first()


def signature_sheet(shown: Payroll, roll: Roll) -> Sheet:
    """Make a commune's signature list: one row a person and recipient, whatever months it pays."""
    rows = list(written(shown).filter(roll_id=roll.pk).order_by("no"))
    people = Person.objects.in_bulk({row.person_id for row in rows})
    villages = _villages(list(people), roll)
    together: dict[tuple[int, str], list[LineColumns]] = {}
    for row in rows:
        together.setdefault((row.person_id, row.recipient_name or ""), []).append(row)
    payees = [
        _payee(own, people.get(person), villages.get(person, ""))
        for (person, _recipient), own in together.items()
    ]
    title = "DANH SÁCH CHI TRẢ TRỢ GIÚP XÃ HỘI HẰNG THÁNG"
    return signature_list(_heading(shown.unit, shown, title, roll.commune_name), payees)


def _villages(people: list[int], roll: Roll) -> dict[int, str]:
    """Where in the list's commune people lived last; of whoever moved, nothing of the new place."""
    on = roll.payroll.on_date
    here = geography.standing_condition(roll.commune, on=on) if roll.commune else "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select person.id, home.village from unnest(%s::bigint[]) person (id)
            join lateral (
                select residence.village from registry_member member
                join registry_householdresidence residence on residence.household_id = member.household_id
                join geography_standing standing on standing.unit_id = residence.unit_id and {here}
                where member.person_id = person.id and member.superseded_at is null
                    and residence.superseded_at is null and residence.valid_from <= %s
                order by member.valid_from desc, residence.valid_from desc limit 1
            ) home on true
            """,
            [people, on],
        )
        return dict(cursor.fetchall())


def _payee(own: list[LineColumns], person: Person | None, village: str) -> Payee:
    first = own[0]
    born = person.born if person else None
    return Payee(
        name=first.name,
        number=first.number or "",
        born=str(born.year) if born else "",
        address=village,
        schemes=tuple(dict.fromkeys(SCHEMES_SHORT[_scheme(line.category)] for line in own)),
        months=_span_words(sorted({Month.of(line.month) for line in own})),
        recipient=first.recipient_name or "",
        sums=Sums(**{_MONEY[kind]: sum(x.amount_vnd for x in own if x.kind == kind) for kind in _MONEY}),
    )


SCHEMES_SHORT = {
    "MONTHLY_ALLOWANCE": "Trợ cấp hằng tháng",
    "SOCIAL_PENSION": "Hưu trí xã hội",
    "CARE_SUPPORT": "Hỗ trợ chăm sóc",
    "FACILITY_CARE": "Nuôi dưỡng tại cơ sở",
}
_MONEY = {
    Kind.REGULAR: "regular_vnd",
    Kind.ARREARS: "arrears_vnd",
    Kind.RECOVERY: "recoveries_vnd",
    Kind.ONE_OFF: "one_off_vnd",
}


def _scheme(category: str) -> str:
    return categories()[category].scheme


def _span_words(months: list[Month]) -> str:
    """Write months shortly: "01/2024–02/2024", "07/2026–10/2026"."""
    parts: list[str] = []
    start = previous = months[0]
    for month in [*months[1:], None]:
        if month is not None and month == previous + 1:
            previous = month
            continue
        parts.append(Months(start, previous).vietnamese())
        if month is not None:
            start = previous = month
    return ", ".join(parts)


def summary_sheet(user: User, shown: Period, payrolls: Sequence[Payroll]) -> Sheet:
    """Make the province's summary: one row a unit."""
    rows = []
    for row in shown.units:
        unit = next(p.unit for p in payrolls if str(p.pk) == row.key)
        t = row.totals
        sums = Sums(t.regular_vnd, t.arrears_vnd, t.recoveries_vnd, t.one_off_vnd)
        rows.append(UnitRow(unit.code, unit.full_name, t.people, t.lines, sums))
    assert user.unit is not None
    title = "BẢNG TỔNG HỢP KINH PHÍ CHI TRẢ TRỢ GIÚP XÃ HỘI HẰNG THÁNG"
    return summary(_heading(user.unit, payrolls[0], title, "", seal=shown.hash), rows)


def payrolls_of(user: User, months: Months, *, on: dt.date) -> list[Payroll]:
    """List the payrolls of exactly these months wholly in the territory."""
    wanted = span(months.first.first, months.last.next().first)
    units = accounts.territory(user, on).values("unit_id")
    return list(Payroll.objects.filter(unit__in=units, months=wanted).select_related("unit", "approved_by"))


def _signer_title(shown: Payroll, *, of_province: bool) -> str:
    """Name the office that signs; a delegate signs for it (TUQ., Phụ lục I Nghị định 30/2020)."""
    office = "Giám đốc" if of_province else "Chủ tịch"
    who, at = shown.approved_by, shown.approved_at
    delegated = who and at and accounts.in_whose_name(who, Right.APPROVE_PAYROLL, at=at)
    return f"TUQ. {office}" if delegated else office


def _signer(unit: Unit, shown: Payroll) -> str:
    """Name who signs for a commune: who approved, if they are of it; an officer above is not its chairman."""
    who = shown.approved_by
    if who is None or who.unit is None or unit.level != Level.COMMUNE or who.unit.code != unit.code:
        return ""
    return who.full_name


def _heading(unit: Unit, shown: Payroll, title: str, commune: str, seal: str = "") -> Heading:
    on = shown.on_date
    above = geography.ancestors(unit, on=shown.months.lower)
    province = above[-1] if above else unit
    council = f"UBND {unit.kind.lower()} {unit.name}"
    of_province = unit.level == Level.PROVINCE
    places = f" – {commune.upper()}" if commune and commune != unit.full_name else ""
    return Heading(
        above=council if of_province else f"UBND {province.kind.lower()} {province.name}",
        agency="Sở Y tế" if of_province else council,
        number="……/BTH-SYT" if of_province else "……/DS-UBND",
        place=unit.name,
        on_date=on,
        title=f"{title}{places}",
        months=tuple(months_of(shown)),
        seal=seal or shown.hash,
        release=shown.release,
        draft=shown.status != Payroll.Status.APPROVED,
        signer_title=_signer_title(shown, of_province=of_province),
        signer=_signer(unit, shown),
    )
