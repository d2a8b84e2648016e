"""Taking back what one entry wrote (huỷ một lần ghi): what it replaced stands again."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from ansinh.accounts.models import User
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import (
    Household,
    HouseholdFact,
    HouseholdResidence,
    Member,
    Merge,
    Person,
    Relation,
    SensitiveFact,
    Source,
)
from ansinh.registry.operations.entries import ROWS, Entry, entry, kept_of, key_of
from ansinh.registry.operations.merging import unmerge
from ansinh.registry.operations.pairs import close_pairs


def undo_entry(*, source: Source, reason: str, by: User, at: dt.datetime) -> Source:
    """Take back everything that one entry wrote (huỷ một lần ghi): what it replaced stands again.

    Returns the source of the undoing. Not what a merge had brought that was undone since. Whoever it
    entered is in no household, and bears no number: another file may. A merge is undone as `unmerge` does.
    Refused: no reason; rows that did not come from a screen; an entry undone before, or one on which later
    entries were built.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do.", remedy="Ghi vì sao lần ghi đó là sai.")
    if source.recorded_at is None:
        raise Refusal(
            "Chỉ huỷ được việc ghi tại màn hình.", remedy="Dữ liệu nạp từ tệp thì đính chính từng dữ kiện."
        )
    merged = Merge.objects.select_related("kept", "gone", "source").filter(source=source).first()
    if merged is not None:
        return unmerge(merged=merged, reason=reason, by=by, at=at)
    touched = _touched(source.recorded_at)
    unmerged = Merge.objects.filter(superseded_at__isnull=False).values("source")
    with entry(
        f"Huỷ: {source.name}",
        by=by,
        at=at,
        about=source.about,
        event=source.event,
        reason=reason.strip(),
        undoes=source,
        locking=touched,
    ) as made:
        for model in ROWS:
            for row in model._default_manager.filter(recorded_at=source.recorded_at):
                standing = model._default_manager.filter(superseded_at=None, **kept_of(row)).first()
                if standing is None or not made.supersede(model, [standing.pk]):
                    raise _built_upon()
        for model in ROWS:
            rows = model._default_manager.filter(superseded_at=source.recorded_at)
            # What a merge brought went with it, if it was undone since.
            for row in rows.exclude(source__in=unmerged).order_by("pk"):
                made.again(row)
        _nobody_without_a_home([one for one in touched if isinstance(one, Household)])
        entered = Person.objects.filter(key=key_of(source)).first()
        if entered is not None:
            _not_entered(made, entered)
        subject = source.about or _household_of(source.recorded_at)
        if subject is not None:
            # Why something secret was wrong may say what it was.
            secret = SensitiveFact.objects.filter(recorded_at=source.recorded_at).exists()
            made.trail("undo_entry", subject, {"entry": source.pk}, reason="" if secret else None)
    return made.source


def _not_entered(made: Entry, person: Person) -> None:
    """Leave nothing of somebody who was entered by mistake but a name that no search finds.

    Refused: when anything else was recorded of them since.
    """
    stand = Q(person=person, superseded_at=None)
    tied = Relation.objects.filter(other=person, superseded_at=None)
    people = [model._default_manager.filter(stand) for model in ROWS if hasattr(model, "person")]
    merged = Merge.objects.filter(kept=person, superseded_at=None)
    if any(rows.exists() for rows in (*people, tied, merged)):
        raise _built_upon()
    Person.objects.filter(pk=person.pk).update(number=None, old_number=None)
    close_pairs(person, reason=made.source.name, by=made.by, at=made.at)


def _nobody_without_a_home(households: list[Household]) -> None:
    """Refuse to leave a household, which others have joined since, without a place where it lives."""
    homes = HouseholdResidence.objects.filter(household=OuterRef("household"), superseded_at=None)
    left = Member.objects.filter(household__in=households, superseded_at=None)
    if left.filter(~Exists(homes)).exists():
        raise _built_upon()


def _built_upon() -> Refusal:
    return Refusal(
        "Sau lần ghi này đã có ghi nhận khác thay vào hoặc dựa vào.",
        remedy="Huỷ ghi nhận sau cùng trước, hoặc đính chính dữ kiện.",
    )


def _touched(recorded_at: dt.datetime) -> list[Person | Household]:
    """Whom an entry wrote about, or took the words of."""
    told = Q(recorded_at=recorded_at) | Q(superseded_at=recorded_at)
    people: set[int] = set()
    households: set[int] = set()
    for model in ROWS:
        for row in model._default_manager.filter(told):
            people |= {key for key in (getattr(row, "person_id", None),) if key}
            households |= {key for key in (getattr(row, "household_id", None),) if key}
    return [*Household.objects.filter(pk__in=households), *Person.objects.filter(pk__in=people)]


def _household_of(recorded_at: dt.datetime) -> Household | None:
    """The household an entry was about when it was about no person."""
    for model in (HouseholdResidence, HouseholdFact, Member):
        row = model._default_manager.filter(recorded_at=recorded_at).select_related("household").first()
        if row is not None:
            return row.household
    return None
