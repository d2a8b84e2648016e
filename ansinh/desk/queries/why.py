"""Why somebody is paid, or not, in a month: the law's answer on the register's facts, beside what is paid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import connection
from django.utils.translation import gettext as _

from ansinh.desk import logic
from ansinh.desk.logic import Shown
from ansinh.desk.queries.granted import signed
from ansinh.desk.queries.people import Sight
from ansinh.desk.queries.person import BookedLine, booked
from ansinh.determinations import queries as determinations
from ansinh.grants import queries as grants
from ansinh.grants.models import Grant
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry.models import Person, Relation
from ansinh.rulebook import explain
from ansinh.rulebook.law import MonthLaw, load


@dataclass(frozen=True, slots=True)
class PaidGrant:
    """What we pay for the month by a decision."""

    label: str
    amount_vnd: int
    held: bool
    decision: str


@dataclass(frozen=True, slots=True)
class Why:
    """The law says, we pay: one person, one month (vì sao)."""

    shown: Shown
    asked_on: dt.date
    known_at: dt.datetime
    granted: tuple[PaidGrant, ...]
    booked: tuple[BookedLine, ...]
    booked_vnd: int


def why(
    sight: Sight, *, month: Month, asked_on: dt.date, known_at: dt.datetime, everything: bool = False
) -> Why:
    """Ask the law about a person's month as known on `asked_on`, on the facts recorded up to `known_at`.

    Of whoever left, on what was known then. Refused: a month before the first instrument loaded; one in which
    they had left. Without `everything` what needs a reason is covered.
    """
    if not sight.shows_month(month):
        raise Refusal(
            _("Tháng {month} người này đã cư trú ở xã khác.").format(month=month.vietnamese()),
            basis="khoản 3 Điều 8 Nghị định 335/2026/NĐ-CP",
            remedy=_("Chọn tháng trước tháng chuyển đi; tháng sau do nơi ở mới trả lời."),
        )
    known_at = min(known_at, sight.known_at or known_at)
    law = load().month(month, asked_on)
    lines = next((paid.lines for paid in booked(sight) if paid.month == month), ())
    return Why(
        shown=logic.show(_explain(sight.person, law, asked_on, known_at), everything=everything),
        asked_on=asked_on,
        known_at=known_at,
        granted=tuple(_granted(sight.person, month, known_at, everything=everything)),
        booked=lines,
        booked_vnd=sum(line.amount_vnd for line in lines),
    )


def _explain(person: Person, law: MonthLaw, asked_on: dt.date, known_at: dt.datetime) -> explain.Explanation:
    relatives = Relation.objects.filter(person=person).values_list("other_id", flat=True)
    people = ", ".join(str(key) for key in [person.pk, *relatives])
    granted = f"(select * from ({grants.granted_sql(law.month)}) everybody where person_id in ({people}))"
    told = determinations.why(person.pk, law.month, asked_on=asked_on, known_at=known_at, granted=granted)
    return replace(told, assumptions=(*told.assumptions, *_assumptions(person, law)))


def _assumptions(person: Person, law: MonthLaw) -> tuple[str, ...]:
    """Say how a birth known only in part is read."""
    if person.born is None or person.born_precision == Person.Precision.DAY:
        return ()
    what = "năm" if person.born_precision == Person.Precision.YEAR else "tháng"
    which = "cuối cùng" if law.latest_birth else "đầu tiên"
    return (f"Chỉ biết {what} sinh: tính theo ngày {which} có thể.",)


def _granted(person: Person, month: Month, known_at: dt.datetime, *, everything: bool) -> list[PaidGrant]:
    running = list(
        Grant.objects.filter(person=person, months__contains=month.first).select_related("decision")
    )
    if not running:
        return []
    wanted = ", ".join(f"({grant.pk}::bigint, date '{month.first}')" for grant in running)
    owed = grants.owed_sql(f"(select * from (values {wanted}) w (grant_id, month))", grants.instant(known_at))
    with connection.cursor() as cursor:
        cursor.execute(f"select grant_id, decided_vnd, held from ({owed}) owed")
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    decisions = {grant.pk: grant.decision for grant in running}
    return [
        PaidGrant(
            logic.label(grant.category, everything=everything),
            found[grant.pk][0] or 0,
            found[grant.pk][1],
            signed(decisions[grant.pk].number, decisions[grant.pk].decided_on),
        )
        for grant in running
        if grant.pk in found
    ]
