"""What officers say of two files (ý kiến về một cặp): proposed, the same, not the same, taken back.

Each word is kept with who said it, when and why; the pair itself holds where it stands by now.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import locks
from ansinh.db.constraints import speaking
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import Double, Merge, Opinion, Person, Whereabouts
from ansinh.registry.queries.doubles import proposals
from ansinh.registry.queries.matching import LIKELY, weigh
from ansinh.registry.queries.reasons import PROPOSED


def say_different(*, one: Person, other: Person, reason: str, by: User, at: dt.datetime) -> None:
    """Remember that two files are two people's (hai người khác nhau): they are never proposed again.

    Refused: a pair of which that was said, or that was merged.
    """
    with speaking():
        _hold(one, other)
        decide(one, other, Double.Status.DIFFERENT, reason, by, at)
        leave_trail("say_different", one, other, by, at, reason)


def take_back_different(*, pair: Double, reason: str, on: dt.date, by: User, at: dt.datetime) -> None:
    """Take back that two files are two people's (rút lại): the pair is in doubt again.

    It returns to the queue of what both belong to on `on`, weighed anew. Refused: no reason; a pair of which
    that does not stand.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do rút lại.", remedy="Ghi vì sao lời “hai người khác nhau” là nhầm.")
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        held = (
            Double.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=pair.pk)
        )
        if held.status != Double.Status.DIFFERENT:
            raise Refusal(
                "Cặp này không còn được ghi là hai người khác nhau.",
                remedy="Mở lại trang của cặp để xem kết luận hiện nay.",
            )
        proposed = PROPOSED.code in held.reasons
        again = _weighed(held.first_id, held.second_id, on=on, proposed=proposed)
        Double.objects.filter(pk=held.pk).update(**_OPEN, **again)
        _say(held, Opinion.Kind.TAKEN_BACK, reason, by, at)
        leave_trail("take_back_different", held.first, held.second, by, at, reason)


def propose_double(
    *, one: Person, other: Person, reason: str, on: dt.date, by: User, at: dt.datetime
) -> Double:
    """Put two files that an officer knows to be one person's in a queue (đề nghị xem một cặp).

    In that of what both belong to on `on`, weighed. Whoever knows it too is heard besides; the same said
    twice is a second click. Refused: no reason; a file with itself, merged into another, or of somebody who
    is registered nowhere; a pair decided before.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do đề nghị.", remedy="Ghi vì sao hai hồ sơ là của một người.")
    if one.pk == other.pk:
        raise Refusal("Hai hồ sơ này là một.", remedy="Chọn hai hồ sơ khác nhau.")
    with speaking():
        _hold(one, other)
        if Merge.objects.filter(gone__in=(one, other), superseded_at=None).exists():
            raise Refusal(
                "Một trong hai hồ sơ đã được gộp vào một hồ sơ khác.",
                remedy="Mở hồ sơ giữ lại của lần gộp đó.",
            )
        if len(_places(one.pk, other.pk, on)) < 2:
            raise Refusal(
                "Một trong hai hồ sơ không có nơi ở trong sổ, nên chưa có nơi nào xem được cặp này.",
                remedy="Ghi nơi ở của người đó, rồi đề nghị lại.",
            )
        known = Double.objects.filter(**pair_of(one, other)).first()
        if known is not None:
            _not_decided(known)
            if proposals().filter(pair=known, by=by, reason=reason.strip()).exists():
                return known
        said = {**_OPEN, **_weighed(**pair_of(one, other), on=on, proposed=True)}
        pair, _made = Double.objects.update_or_create(
            **pair_of(one, other), defaults=said, create_defaults={**said, "found_at": at}
        )
        _say(pair, Opinion.Kind.PROPOSED, reason, by, at)
        leave_trail("propose_double", one, other, by, at, reason)
    return pair


def withdraw_double(*, pair: Double, reason: str, on: dt.date, by: User, at: dt.datetime) -> Double:
    """Withdraw one's own proposal of a pair that nobody has judged (rút đề nghị).

    The pair waits on if another officer proposed it too, or if the files alone are reason to doubt; else it
    waits with nobody. Refused: no reason; a pair that was judged; one of which `by` has no proposal.
    """
    if not reason.strip():
        raise Refusal("Chưa ghi lý do rút.", remedy="Ghi vì sao rút đề nghị xem cặp này.")
    with speaking():
        _hold(pair.first, pair.second)
        held = (
            Double.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=pair.pk)
        )
        standing = proposals().filter(pair=held)
        if held.status in (Double.Status.MERGED, Double.Status.DIFFERENT) or not standing.filter(by=by):
            raise Refusal(
                "Đề nghị này không còn rút được: cặp đã có người kết luận, hoặc đề nghị đã được rút.",
                remedy="Kết luận nhầm thì đơn vị xem cặp này rút lại hoặc huỷ gộp.",
            )
        others = standing.exclude(by=by).exists()
        again = _weighed(held.first_id, held.second_id, on=on, proposed=others)
        waits = others or again["points"] >= LIKELY
        status = Double.Status.OPEN if waits else Double.Status.WITHDRAWN
        Double.objects.filter(pk=held.pk).update(**again, status=status)
        _say(held, Opinion.Kind.WITHDRAWN, reason, by, at)
        leave_trail("withdraw_double", held.first, held.second, by, at, reason)
        held.refresh_from_db()
    return held


def wait(one: Person, other: Person, *, unit: Unit | None, at: dt.datetime, **said: Any) -> None:
    """Put a pair that was found in a queue; of one known already what was said of it stands."""
    found = {**said, "unit": unit}
    known, made = Double.objects.get_or_create(**pair_of(one, other), defaults={**found, "found_at": at})
    if not made:
        waits = Double.objects.filter(pk=known.pk)
        waits.filter(status=Double.Status.OPEN).update(unit=unit)
        waits.filter(status=Double.Status.WITHDRAWN).update(**_OPEN, **found)


def decide(
    one: Person,
    other: Person,
    status: Double.Status,
    reason: str,
    by: User,
    at: dt.datetime,
    *,
    again: bool = False,
) -> None:
    """Keep what was decided about a pair, whether it was in the queue or not.

    A pair of the country's about which a unit decides has come into that unit. Refused: a pair that is
    merged; one of which the same was said, unless it may be said `again`.
    """
    said: dict[str, Any] = {"status": status, "decided_by": by, "decided_at": at, "why": reason.strip()}
    known = Double.objects.select_for_update().filter(**pair_of(one, other)).first()
    if known is None:
        known = Double.objects.create(**pair_of(one, other), unit=by.unit, points=0, found_at=at, **said)
    elif known.status == Double.Status.MERGED:
        raise Refusal("Cặp này đã được gộp.", remedy="Muốn tách ra, huỷ lần gộp đó.")
    elif known.status == status and not again:
        raise Refusal(
            "Cặp này đã được ghi là hai người khác nhau.",
            remedy="Mở lại trang của cặp để xem ai ghi, vì sao.",
        )
    else:
        Double.objects.filter(pk=known.pk).update(**said, unit=known.unit_id or by.unit_id)
    _say(known, Opinion.Kind(status), reason, by, at)


def close_pairs(person: Person, *, reason: str, by: User, at: dt.datetime) -> None:
    """Take the pairs of somebody who was entered by mistake from their queues: there is nobody."""
    waiting = Double.objects.select_for_update().filter(
        Q(first=person) | Q(second=person), status=Double.Status.OPEN
    )
    for pair in waiting.order_by("first", "second"):
        Double.objects.filter(pk=pair.pk).update(
            status=Double.Status.DIFFERENT, decided_by=by, decided_at=at, why=reason
        )
        _say(pair, Opinion.Kind.DIFFERENT, reason, by, at)


def reopen_split(one: Person, other: Person, reason: str, by: User, at: dt.datetime) -> None:
    """Put a pair whose merge was undone back in its queue."""
    pair = Double.objects.select_for_update().get(**pair_of(one, other))
    Double.objects.filter(pk=pair.pk).update(**_OPEN)
    _say(pair, Opinion.Kind.SPLIT, reason, by, at)


def pair_of(one: Person, other: Person) -> dict[str, Any]:
    """The keys of a pair: the one with the smaller number first."""
    first, second = sorted((one.pk, other.pk))
    return {"first_id": first, "second_id": second}


def common_unit(one: Unit, other: Unit, *, on: dt.date) -> Unit | None:
    """Return whose queue a pair is in: the commune of both, else the province; None: of two provinces."""
    ours, theirs = (geography.standing(unit, on=on) for unit in (one, other))
    if ours.commune is not None and ours.commune == theirs.commune:
        return ours.commune
    return ours.province if ours.province == theirs.province else None


def leave_trail(
    action: str,
    one: Person,
    other: Person,
    by: User,
    at: dt.datetime,
    reason: str,
    *,
    called: tuple[str, str] = ("other", "other"),
) -> None:
    """Write in the trail of the officer's unit what was said of one file and the other.

    What the country's officers say is read in both provinces: each has its line, about its own file.
    `called`: what the line about the one calls the other, and the other way round.
    """
    lines = [(one, other, called[0], by.unit)]
    if by.national:
        told = _provinces(one.pk, other.pk, timezone.localtime(at).date())
        lines = [
            (one, other, called[0], told.get(one.pk)),
            (other, one, called[1], told.get(other.pk)),
        ]
    for subject, beside, name, unit in lines:
        accounts.record(
            at=at, who=by, right=Right.MERGE_PERSONS, action=action, subject=subject, unit=unit,
            reason=reason.strip(), detail={name: beside.pk},
        )  # fmt: skip


_OPEN: dict[str, Any] = {"status": Double.Status.OPEN, "decided_by": None, "decided_at": None, "why": ""}


def _hold(one: Person, other: Person) -> None:
    """Share the register's lock and hold two files: what is said of them is said one after the other."""
    locks.share(locks.REGISTER_LOCK)
    two = Person.objects.select_for_update(no_key=True).filter(pk__in=(one.pk, other.pk))
    list(two.order_by("pk"))


def _not_decided(pair: Double) -> None:
    if pair.status in (Double.Status.MERGED, Double.Status.DIFFERENT):
        raise Refusal(
            f"Cặp này đã có kết luận: {pair.get_status_display()}.",
            remedy="Kết luận nhầm thì đơn vị xem cặp này rút lại hoặc huỷ gộp.",
        )


def _weighed(first_id: int, second_id: int, *, on: dt.date, proposed: bool) -> dict[str, Any]:
    """What speaks for a pair by now, and whose queue it is in."""
    points, reasons = weigh(first_id, second_id, on=on)
    if proposed:
        points, reasons = points + PROPOSED.points, [PROPOSED.code, *reasons]
    return {"points": points, "reasons": reasons, "unit": _queue_of(first_id, second_id, on)}


def _queue_of(first: int, second: int, on: dt.date) -> Unit | None:
    places = _places(first, second, on)
    return common_unit(*places.values(), on=on) if len(places) == 2 else None


def _places(first: int, second: int, on: dt.date) -> dict[int, Unit]:
    """The units in which two are registered on a day, of whom one or both may be nowhere."""
    now = Whereabouts.objects.filter(Q(until=None) | Q(until__gt=on), since__lte=on)
    return {row.person_id: row.unit for row in now.filter(person__in=(first, second)).select_related("unit")}


def _provinces(first: int, second: int, on: dt.date) -> dict[int, Unit | None]:
    """In which provinces two are registered on a day."""
    places = _places(first, second, on)
    return {person: geography.standing(place, on=on).province for person, place in places.items()}


def _say(pair: Double, kind: Opinion.Kind, reason: str, by: User, at: dt.datetime) -> None:
    Opinion.objects.create(pair=pair, kind=kind, reason=reason.strip(), by=by, at=at)
