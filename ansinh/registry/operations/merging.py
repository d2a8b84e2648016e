"""Two files that were one person's (gộp hồ sơ): merged as one entry, undone as a whole.

Nothing is thrown away. What stood of the file that goes is superseded, so that the law is not asked about the
person twice; what only it knew is written for the file that stays, with the merge as its source. To undo it
is to supersede everything of that source, and to write again what the merge had superseded.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ansinh.accounts.models import User
from ansinh.db import bulk
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import Death, Double, Member, Merge, Person, Source
from ansinh.registry.operations.entries import Entry, entry
from ansinh.registry.operations.pairs import decide, leave_trail, reopen_split

MERGING = "gop-ho-so"
"""The event of an entry that is a merge."""

_CALLED = ("gone", "kept")
_NUMBERS = ("number", "old_number")
# One father, one mother, one spouse at a time; of the others as many as there are: as the table's trigger.
_SAME_TIE = "{0}.kind = {1}.kind and ({0}.kind <= 3 or {0}.other_id = {1}.other_id)"
# Table → what two rows of one person share that say the same, what else a row says.
_FACT = ("{0}.fact = {1}.fact", ("fact", "value", "document_id"))
_TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "registry_fact": _FACT,
    "registry_sensitivefact": _FACT,
    "registry_relation": (_SAME_TIE, ("kind", "other_id")),
    "registry_member": ("true", ("household_id", "role")),
}


def merge(*, kept: Person, gone: Person, reason: str, by: User, at: dt.datetime) -> Merge:
    """Merge a person's second file into the first (gộp hồ sơ): whom the numbers, facts and ties go over to.

    `kept` keeps what it says; of `gone`, only what `kept` does not know goes over: facts and ties of days of
    which it says nothing, a death, a number, and the household if it is in none. Refused: no reason, a file
    with itself, a file that was merged into another, two files that are both recorded dead on other days.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do gộp.", remedy="Ghi vì sao hai hồ sơ là của một người.")
    if kept.pk == gone.pk:
        raise Refusal("Hai hồ sơ này là một.", remedy="Chọn hai hồ sơ khác nhau.")
    with entry(
        "Gộp hồ sơ", by=by, at=at, about=kept, event=MERGING, reason=reason.strip(), locking=[kept, gone]
    ) as made:
        if Merge.objects.filter(gone=kept, superseded_at=None).exists():
            raise Refusal(
                f"Hồ sơ giữ lại ({kept.name}) đã được gộp vào một hồ sơ khác.",
                remedy="Mở hồ sơ giữ lại của lần gộp đó, rồi gộp vào hồ sơ đó.",
            )
        # While both still live somewhere: what goes is registered nowhere afterwards.
        leave_trail("merge_persons", kept, gone, by, at, reason, called=_CALLED)
        write = {"kept": kept.pk, "gone": gone.pk, "source": made.source.pk, "instant": made.instant}
        if not Member.objects.filter(person=kept, superseded_at=None).exists():
            _carry("registry_member", write)
        Member.objects.filter(person=gone, superseded_at=None).update(superseded_at=made.instant)
        for table in ("registry_fact", "registry_sensitivefact"):
            _carry(table, write)
        _carry_death(kept, gone, made)
        _carry_ties(write)
        merged = Merge.objects.create(
            kept=kept, gone=gone, source=made.source, recorded_at=made.instant, by=by,
            reason=reason.strip(), moved=_carry_numbers(kept, gone),
        )  # fmt: skip
        decide(kept, gone, Double.Status.MERGED, reason, by, at)
    return merged


def unmerge(*, merged: Merge, reason: str, by: User, at: dt.datetime) -> Source:
    """Undo a merge as a whole (huỷ gộp hồ sơ): both files are again what they were, for a stated reason.

    Returns the source of the undoing. What was recorded for the kept file after the merge stays with it,
    unlike what follows on other entries (`undo_entry`, which comes here for a merge). Refused: no reason, a
    merge undone before, a kept file that was itself merged into another since.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do huỷ.", remedy="Ghi vì sao hai hồ sơ không phải của một người.")
    kept, gone = merged.kept, merged.gone
    with entry(
        f"Huỷ: {merged.source.name}",
        by=by,
        at=at,
        about=kept,
        event=MERGING,
        reason=reason.strip(),
        undoes=merged.source,
        locking=[kept, gone],
    ) as made:
        if Merge.objects.filter(gone=kept, superseded_at=None).exists():
            raise Refusal(
                "Hồ sơ giữ lại sau đó đã được gộp vào một hồ sơ khác.", remedy="Huỷ lần gộp sau trước."
            )
        undone = Merge.objects.filter(pk=merged.pk, superseded_at=None).update(
            superseded_at=made.instant, undone_by=by, undone_reason=reason.strip()
        )
        if not undone:
            raise Refusal("Lần gộp này đã được huỷ.", remedy="Không cần huỷ nữa.")
        for model in ("member", "fact", "sensitivefact", "relation", "death"):
            bulk.run(
                f"update registry_{model} set superseded_at = %s where source_id = %s "
                "and superseded_at is null and person_id in (select person_id from ("
                f"{_TOUCHED}) touched)",
                [made.instant, merged.source_id, kept.pk, kept.pk],
            )
        write = {"gone": gone.pk, "then": merged.recorded_at, "instant": made.instant}
        _restore("registry_member", "was.person_id = %(gone)s", write)
        _restore("registry_relation", "(was.person_id = %(gone)s or was.other_id = %(gone)s)", write)
        _give_numbers_back(merged)
        reopen_split(kept, gone, reason, by, at)
        leave_trail("unmerge_persons", kept, gone, by, at, reason, called=_CALLED)
    return made.source


# Whose rows a merge may have written: the kept one's, and those of whoever was tied to the one that went.
_TOUCHED = "select %s::bigint as person_id union select person_id from registry_relation where other_id = %s"


def _carry(table: str, write: dict[str, Any]) -> None:
    """Write for the kept one what the other's rows say of days of which the kept one's say nothing."""
    same, columns = _TABLES[table]
    _fill(table, "%(kept)s", same, columns, "was.person_id = %(gone)s and was.superseded_at is null", write)


def _carry_ties(write: dict[str, Any]) -> None:
    """Turn every tie of the one that goes, and every tie to them, to the kept one."""
    same, columns = _TABLES["registry_relation"]
    bulk.run(
        "update registry_relation set superseded_at = %(instant)s "
        "where superseded_at is null and (person_id = %(gone)s or other_id = %(gone)s)",
        write,
    )
    then = "was.superseded_at = %(instant)s and was.{0} = %(gone)s and was.{1} <> %(kept)s"
    _fill("registry_relation", "%(kept)s", same, columns, then.format("person_id", "other_id"), write)
    # Of the single ties (father, mother, spouse) the table's trigger sees that there are never two.
    to_kept = same.replace("{1}.other_id", "%(kept)s")
    replaced = tuple("%(kept)s" if column == "other_id" else column for column in columns)
    _fill(
        "registry_relation", "was.person_id", to_kept, columns, then.format("other_id", "person_id"), write,
        values=replaced,
    )  # fmt: skip


def _fill(
    table: str,
    person: str,
    same: str,
    columns: tuple[str, ...],
    which: str,
    write: dict[str, Any],
    *,
    values: tuple[str, ...] | None = None,
    source: str = "%(source)s",
) -> None:
    """Write rows again for a person, for those of their days on which nothing that says the same stands."""
    said = ", ".join(value if value.startswith("%") else f"was.{value}" for value in values or columns)
    bulk.run(
        f"""
        insert into {table}
            (person_id, {", ".join(columns)}, valid_from, valid_to, source_id, recorded_at)
        select {person}, {said}, lower(gap.days), upper(gap.days), {source}, %(instant)s
        from {table} was
        cross join lateral unnest(
            datemultirange(daterange(was.valid_from, was.valid_to)) - coalesce((
                select range_agg(daterange(here.valid_from, here.valid_to)) from {table} here
                where here.person_id = {person} and here.superseded_at is null
                    and {same.format("here", "was")}
            ), '{{}}'::datemultirange)
        ) as gap (days)
        where {which}
        """,
        write,
    )


def _restore(table: str, whose: str, write: dict[str, Any]) -> None:
    """Write again what the merge superseded, from its own source."""
    same, columns = _TABLES[table]
    which = f"was.superseded_at = %(then)s and {whose}"
    _fill(table, "was.person_id", same, columns, which, write, source="was.source_id")


def _carry_death(kept: Person, gone: Person, made: Entry) -> None:
    deaths = {
        death.person_id: death for death in Death.objects.filter(person__in=(kept, gone), superseded_at=None)
    }
    ours, theirs = deaths.get(kept.pk), deaths.get(gone.pk)
    if theirs is None:
        return
    if ours is None:
        Death.objects.create(
            person=kept, source=made.source, document_id=theirs.document_id, died_on=theirs.died_on,
            recorded_at=made.instant,
        )  # fmt: skip
    elif ours.died_on != theirs.died_on:
        raise Refusal(
            "Hai hồ sơ ghi hai ngày chết khác nhau.",
            remedy="Xác định ngày chết đúng, huỷ việc ghi chết ở hồ sơ ghi sai, rồi gộp.",
        )


def _carry_numbers(kept: Person, gone: Person) -> dict[str, str]:
    """Give the kept one the numbers it lacks; return them."""
    kept.refresh_from_db(fields=_NUMBERS)
    gone.refresh_from_db(fields=_NUMBERS)
    moved = {
        name: getattr(gone, name) for name in _NUMBERS if getattr(gone, name) and not getattr(kept, name)
    }
    if moved:
        Person.objects.filter(pk=gone.pk).update(**dict.fromkeys(moved))
        Person.objects.filter(pk=kept.pk).update(**moved)
    return moved


def _give_numbers_back(merged: Merge) -> None:
    for name, number in merged.moved.items():
        if Person.objects.filter(pk=merged.kept_id, **{name: number}).update(**{name: None}):
            Person.objects.filter(pk=merged.gone_id, **{name: None}).update(**{name: number})
