"""Single entries in the register: a fact, a death, the commune somebody says they live in (ghi sổ đối tượng).

Nothing is edited: what no longer stands is superseded at the instant at which the new words are recorded, and
what of it still holds, before and after, is written again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import locks
from ansinh.db.constraints import speaking
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date
from ansinh.registry.models import (
    Death,
    Document,
    Fact,
    Household,
    HouseholdFact,
    HouseholdResidence,
    Person,
    SensitiveFact,
    Source,
)
from ansinh.rulebook.facts import Fact as Meaning
from ansinh.rulebook.facts import vocabulary


def record_fact(
    *,
    person: Person,
    fact: str,
    value: Any,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
) -> Fact | SensitiveFact:
    """Record a fact of a person (ghi dữ kiện), true from a day to the day before another (None: still so).

    `value` is the vocabulary's public value. It replaces what was said of those days; the rest stands on.
    Refused: a fact of households, a value that the vocabulary does not know, a span without a day.
    """
    meaning = _meaning(fact, "person")
    number = _stored(meaning, value)
    model: type[Fact | SensitiveFact] = SensitiveFact if meaning.privacy == "secret" else Fact
    with speaking():
        instant = _stamp(person)
        source = _source("Ghi dữ kiện của người", by, at)
        same = {"person": person, "fact": meaning.id}
        _clear(model, same, ("value", "document_id"), valid_from, valid_to, instant)
        row = model.objects.create(
            **same,
            **_span(valid_from, valid_to),
            value=number,
            document=document,
            source=source,
            recorded_at=instant,
        )
        # What is secret is not named in the trail.
        said = {} if meaning.privacy == "secret" else {"fact": fact}
        _trail("record_fact", person, by, at, said)
    return row


def record_household_fact(
    *,
    household: Household,
    fact: str,
    value: Any,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
) -> HouseholdFact:
    """Record a fact of a household (ghi dữ kiện của hộ); otherwise as `record_fact`."""
    meaning = _meaning(fact, "household")
    number = _stored(meaning, value)
    with speaking():
        instant = _stamp(household)
        source = _source("Ghi dữ kiện của hộ", by, at)
        same = {"household": household, "fact": meaning.id}
        _clear(HouseholdFact, same, ("value", "document_id"), valid_from, valid_to, instant)
        row = HouseholdFact.objects.create(
            **same,
            **_span(valid_from, valid_to),
            value=number,
            document=document,
            source=source,
            recorded_at=instant,
        )
        _trail("record_household_fact", household, by, at, {"fact": fact})
    return row


def record_death(
    *, person: Person, died_on: dt.date, document: Document | None = None, by: User, at: dt.datetime
) -> Death:
    """Record that a person has died (ghi chết): payment is held at once, relatives' answers follow.

    Refused: a day to come, a day before the birth, somebody already recorded dead.
    """
    if died_on > _day(at):
        raise Refusal(
            f"Ngày {vietnamese_date(died_on)} chưa tới.", remedy="Ghi ngày chết theo giấy chứng tử."
        )
    if person.born is not None and died_on < person.born:
        raise Refusal(
            f"Ngày chết {vietnamese_date(died_on)} trước ngày sinh.",
            remedy="Kiểm tra ngày chết và ngày sinh.",
        )
    with speaking():
        instant = _stamp(person)
        source = _source("Ghi chết", by, at)
        death = Death.objects.create(
            person=person, source=source, document=document, died_on=died_on, recorded_at=instant
        )
        _trail("record_death", person, by, at, {"died_on": died_on.isoformat()})
    return death


def undo_death(*, person: Person, reason: str, by: User, at: dt.datetime) -> None:
    """Take back that a person has died (huỷ việc ghi chết): it was a mistake, for a stated reason.

    Refused: nobody is recorded dead; no reason.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do huỷ.", remedy="Ghi vì sao việc ghi chết là sai.")
    with speaking():
        instant = _stamp(person)
        if not Death.objects.filter(person=person, superseded_at=None).update(superseded_at=instant):
            raise Refusal("Người này không được ghi là đã chết.", remedy="Không cần huỷ gì.")
        _trail("undo_death", person, by, at, reason=reason)


def confirm_commune(
    *,
    household: Household,
    unit: Unit,
    valid_from: dt.date,
    village: str = "",
    by: User,
    at: dt.datetime,
) -> HouseholdResidence:
    """Record in which commune a household lives since its old one was divided (xác nhận nơi cư trú).

    Refused: a household whose commune that day is certain; a commune that took none of the divided one's
    people (the choices are named).
    """
    with speaking():
        instant = _stamp(household)
        home = HouseholdResidence.objects.filter(
            household=household, superseded_at=None, valid__contains=valid_from
        ).first()
        if home is None or not geography.divided(home.unit, on=valid_from):
            raise Refusal(
                f"Nơi cư trú của hộ {household.code} ngày {vietnamese_date(valid_from)} không cần xác nhận.",
                remedy="Nếu hộ đã chuyển đi, ghi nơi cư trú mới.",
            )
        choices = list(geography.successors(home.unit, on=valid_from, people=True))
        if unit not in choices:
            raise Refusal(
                f"{home.unit.full_name} không có dân về {unit.full_name}.",
                basis=home.unit.legal_basis,
                remedy=f"Chọn một trong: {', '.join(choice.full_name for choice in choices)}.",
            )
        source = _source("Xác nhận nơi cư trú", by, at)
        same = {"household": household}
        _clear(HouseholdResidence, same, ("unit_id", "village"), valid_from, home.valid_to, instant)
        row = HouseholdResidence.objects.create(
            **same,
            **_span(valid_from, home.valid_to),
            unit=unit,
            village=village or home.village,
            source=source,
            recorded_at=instant,
        )
        _trail("confirm_commune", household, by, at, {"commune": unit.code}, unit=unit)
    return row


def _meaning(fact: str, subject: str) -> Meaning:
    meaning = vocabulary().get(fact)
    if meaning is None or meaning.subject != subject:
        whose = "hộ" if subject == "household" else "người"
        raise Refusal(f"“{fact}” không phải dữ kiện của {whose}.", remedy="Chọn một dữ kiện trong danh mục.")
    return meaning


def _stored(meaning: Meaning, value: Any) -> int:
    try:
        return meaning.store(value)
    except ValueError:
        raise Refusal(
            f"{meaning.label}: “{value}” không hợp lệ.", remedy=f"Giá trị {meaning.allowed()}."
        ) from None


def _span(valid_from: dt.date, valid_to: dt.date | None) -> dict[str, dt.date | None]:
    if valid_to is not None and valid_to <= valid_from:
        raise Refusal(
            "Khoảng thời gian không có ngày nào.",
            remedy="Ngày hết hiệu lực là ngày đầu tiên không còn đúng, sau ngày bắt đầu.",
        )
    return {"valid_from": valid_from, "valid_to": valid_to}


def _stamp(subject: Person | Household) -> dt.datetime:
    """Share the register's lock, hold the subject, then read the instant at which all of this is recorded.

    Held first: who waits for another entry of the same subject must not be stamped before it.
    """
    locks.share(locks.REGISTER_LOCK)
    type(subject)._default_manager.select_for_update(no_key=True).get(pk=subject.pk)
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant


def _source(name: str, by: User, at: dt.datetime) -> Source:
    return Source.objects.create(kind=Source.Kind.SCREEN, name=name, by=by, at=at)


def _clear(
    model: type[Fact | SensitiveFact] | type[HouseholdFact] | type[HouseholdResidence],
    same: dict[str, Any],
    kept: tuple[str, ...],
    start: dt.date,
    end: dt.date | None,
    instant: dt.datetime,
) -> None:
    """Supersede what stands within a span; what of it lies outside is written again, from its own source."""
    standing = model.objects.filter(**same, superseded_at=None)
    overlapping = [
        row
        for row in standing
        if (end is None or row.valid_from < end) and (row.valid_to is None or row.valid_to > start)
    ]
    model.objects.filter(pk__in=[row.pk for row in overlapping]).update(superseded_at=instant)
    for row in overlapping:
        for since, until in _outside(row.valid_from, row.valid_to, start, end):
            model.objects.create(
                **same,
                **{name: getattr(row, name) for name in kept},
                source_id=row.source_id,
                valid_from=since,
                valid_to=until,
                recorded_at=instant,
            )


def _outside(
    since: dt.date, until: dt.date | None, start: dt.date, end: dt.date | None
) -> Iterator[tuple[dt.date, dt.date | None]]:
    if since < start:
        yield since, start
    if end is not None and (until is None or until > end):
        yield end, until


def _day(at: dt.datetime) -> dt.date:
    """The day in Viet Nam of an instant."""
    return at.astimezone(dt.timezone(dt.timedelta(hours=7))).date()


def _trail(
    action: str,
    subject: Person | Household,
    by: User,
    at: dt.datetime,
    detail: dict[str, Any] | None = None,
    *,
    unit: Unit | None = None,
    reason: str = "",
) -> None:
    accounts.record(
        at=at,
        who=by,
        right=Right.KEEP_REGISTER,
        action=action,
        subject=subject,
        unit=unit or by.unit,
        reason=reason,
        detail=detail,
    )
