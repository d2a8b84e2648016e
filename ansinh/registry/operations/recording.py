"""Single entries in the register: facts, a death, a commune confirmed (ghi sổ đối tượng)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ansinh.accounts.models import User
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
)
from ansinh.registry.operations.entries import Entry, entry
from ansinh.registry.operations.merging import MERGING
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
    (row,) = record_facts(
        person=person,
        facts={fact: value},
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        by=by,
        at=at,
    )
    return row


def record_facts(
    *,
    person: Person,
    facts: Mapping[str, Any],
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    name: str = "Ghi dữ kiện của người",
    event: str = "",
) -> list[Fact | SensitiveFact]:
    """Record several facts of a person at once, proved by one paper; otherwise as `record_fact`."""
    meanings = {fact: meant(fact, "person") for fact in facts}
    stored = {fact: as_stored(meanings[fact], value) for fact, value in facts.items()}
    with entry(name, by=by, at=at, about=person, event=event, document=document, locking=[person]) as made:
        rows = [
            write_fact(made, person, meanings[fact], stored[fact], valid_from, valid_to, document)
            for fact in facts
        ]
        # What is secret is not named in the trail.
        for fact, meaning in meanings.items():
            made.trail("record_fact", person, {} if meaning.privacy == "secret" else {"fact": fact})
    return rows


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
    about: Person | None = None,
    name: str = "Ghi dữ kiện của hộ",
    event: str = "",
) -> HouseholdFact:
    """Record a fact of a household (ghi dữ kiện của hộ); otherwise as `record_fact`.

    `about`: the person at whose file it was entered.
    """
    meaning = meant(fact, "household")
    number = as_stored(meaning, value)
    with entry(name, by=by, at=at, about=about, event=event, document=document, locking=[household]) as made:
        same = {"household": household, "fact": meaning.id}
        row: HouseholdFact = made.replace(
            HouseholdFact, same, valid_from, valid_to, value=number, document=document
        )
        made.trail("record_household_fact", household, {"fact": fact})
    return row


def correct_fact(
    *,
    row: Fact | HouseholdFact,
    value: Any,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    reason: str,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    about: Person | None = None,
    event: str = "",
) -> Fact | HouseholdFact | None:
    """Put a fact right (đính chính dữ kiện): what it said is superseded, another value or other days stand.

    `value` None: it is taken back and nothing stands in its place; else the vocabulary's public value. It
    replaces what was said of its days. Refused: no reason; a row that no longer stands.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do đính chính.", remedy="Ghi vì sao dữ kiện cũ là sai.")
    meaning = next(fact for fact in vocabulary().values() if fact.id == row.fact)
    subject = row.household if isinstance(row, HouseholdFact) else row.person
    number = None if value is None else as_stored(meaning, value)
    with entry(
        f"Đính chính: {meaning.label}",
        by=by,
        at=at,
        about=about or (subject if isinstance(subject, Person) else None),
        event=event,
        document=document,
        reason=reason.strip(),
        locking=[subject],
    ) as made:
        if not made.supersede(type(row), [row.pk]):
            raise Refusal("Dữ kiện này đã được thay.", remedy="Mở lại hồ sơ và xem dữ kiện mới nhất.")
        made.trail("correct_fact", subject, {"fact": meaning.name})
        if number is None:
            return None
        whose = {"household": subject} if isinstance(row, HouseholdFact) else {"person": subject}
        same = {**whose, "fact": meaning.id}
        new: Fact | HouseholdFact = made.replace(
            type(row), same, valid_from, valid_to, value=number, document=document or row.document
        )
    return new


def record_death(
    *,
    person: Person,
    died_on: dt.date,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
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
    with entry(
        "Ghi chết", by=by, at=at, about=person, event=event, document=document, locking=[person]
    ) as made:
        death = Death.objects.create(
            person=person,
            source=made.source,
            document=document,
            died_on=died_on,
            recorded_at=made.instant,
        )
        made.trail("record_death", person, {"died_on": died_on.isoformat()})
    return death


def undo_death(
    *,
    person: Person,
    reason: str,
    document: Document | None = None,
    by: User,
    at: dt.datetime,
    event: str = "",
) -> None:
    """Take back that a person has died (huỷ việc ghi chết): it was a mistake, for a stated reason.

    However the death came in: by a screen, with a file, by a merge (which stands). Refused: nobody is
    recorded dead; no reason.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do huỷ.", remedy="Ghi vì sao việc ghi chết là sai.")
    with speaking():
        death = Death.objects.filter(person=person, superseded_at=None).select_related("source").first()
        own = death is not None and death.source.recorded_at == death.recorded_at
        undone = death.source if death and own and death.source.event != MERGING else None
        told = f" ngày {vietnamese_date(death.died_on)}" if death else ""
        with entry(
            f"Huỷ việc ghi chết{told}",
            by=by,
            at=at,
            about=person,
            event=event,
            document=document,
            reason=reason.strip(),
            undoes=undone,
            locking=[person],
        ) as made:
            if death is None or not made.supersede(Death, [death.pk]):
                raise Refusal("Người này không được ghi là đã chết.", remedy="Không cần huỷ gì.")
            made.trail("undo_death", person)


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
    with entry("Xác nhận nơi cư trú", by=by, at=at, locking=[household]) as made:
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
        row: HouseholdResidence = made.replace(
            HouseholdResidence,
            {"household": household},
            valid_from,
            home.valid_to,
            unit=unit,
            village=village or home.village,
        )
        made.trail("confirm_commune", household, {"commune": unit.code}, unit=unit)
    return row


def meant(fact: str, subject: str) -> Meaning:
    """Look a fact of persons or households up. Refused: one that is not."""
    meaning = vocabulary().get(fact)
    if meaning is None or meaning.subject != subject:
        whose = "hộ" if subject == "household" else "người"
        raise Refusal(f"“{fact}” không phải dữ kiện của {whose}.", remedy="Chọn một dữ kiện trong danh mục.")
    return meaning


def as_stored(meaning: Meaning, value: Any) -> int:
    """The integer kept for a public value. Refused: a value the vocabulary does not know."""
    try:
        return meaning.store(value)
    except ValueError:
        raise Refusal(
            f"{meaning.label}: “{value}” không hợp lệ.", remedy=f"Giá trị {meaning.allowed()}."
        ) from None


def write_fact(
    made: Entry,
    person: Person,
    meaning: Meaning,
    number: int,
    valid_from: dt.date,
    valid_to: dt.date | None,
    document: Document | None,
) -> Fact | SensitiveFact:
    """Write a fact of a person within an entry, where facts of its kind are kept."""
    model: type[Fact | SensitiveFact] = SensitiveFact if meaning.privacy == "secret" else Fact
    same = {"person": person, "fact": meaning.id}
    row: Fact | SensitiveFact = made.replace(
        model, same, valid_from, valid_to, value=number, document=document
    )
    return row


def _day(at: dt.datetime) -> dt.date:
    """The day in Viet Nam of an instant."""
    return at.astimezone(dt.timezone(dt.timedelta(hours=7))).date()
