"""The queue of pairs in doubt, and two files side by side (cặp nghi trùng)."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Standing
from ansinh.kernel.time import vietnamese_date
from ansinh.registry.models import (
    Death,
    Double,
    Fact,
    Member,
    Merge,
    Opinion,
    Person,
    Relation,
    Whereabouts,
)
from ansinh.registry.queries.reasons import weighed
from ansinh.rulebook.facts import vocabulary

PAGE = 25
_AFTER = re.compile(r"(-?\d{1,4})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Side:
    """One of a pair, in a list."""

    name: str
    born: dt.date | None
    born_precision: str
    commune: str
    province: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A line of the queue."""

    id: int
    points: int
    reasons: list[str]
    first: Side
    second: Side


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, most points first; `after` opens the next page ("": there is none)."""

    pairs: tuple[InDoubt, ...]
    after: str


@dataclass(frozen=True, slots=True)
class SaidDifferent:
    """A line of those said to be two people: who said so, when, why."""

    id: int
    first: Side
    second: Side
    at: dt.datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Different:
    """A page of those said to be two people, the latest first; `after` opens the next page ("": none)."""

    pairs: tuple[SaidDifferent, ...]
    after: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose pairs, as SQL: where each of the two stands, and which pairs of such are theirs."""

    inside: str
    theirs: str


def _scope(user: User, on: dt.date) -> _Scope | None:
    """Of a unit: pairs within it, in its queue or one below. Of the country: those of two provinces alone."""
    if user.national:
        return _Scope(
            f"standing.valid @> date '{on.isoformat()}'",
            "pair.unit_id is null and a_stands.province_id <> b_stands.province_id",
        )
    if user.unit is None:
        return None
    inside = geography.standing_condition(user.unit, on=on)
    # As an array, so that the pairs of few units are looked up by index, however many the nation has.
    units = f"array(select standing.unit_id from geography_standing standing where {inside})"
    return _Scope(inside, f"pair.unit_id = any({units})")


def queue(user: User, *, on: dt.date, after: str = "") -> Queue:
    """List the open pairs of which both are in the territory, likeliest first (hàng chờ hồ sơ trùng).

    A pair that lies across units is in the queue of what they have in common, so a commune does not see it;
    one of two provinces is in the country's.
    """
    scope = _scope(user, on)
    if scope is None:
        return Queue((), "")
    turned = _AFTER.fullmatch(after)
    query = f"""
        select pair.id, pair.points, pair.reasons, {_SIDES}
        {_waiting_in(scope)}
            {"and (-pair.points, pair.id) > (-%(points)s, %(key)s)" if turned else ""}
        order by pair.points desc, pair.id limit {PAGE + 1}
    """
    parameters: dict[str, dt.date | int] = {"on": on}
    if turned:
        parameters |= {"points": int(turned[1]), "key": int(turned[2])}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found = cursor.fetchall()
    pairs = tuple(
        InDoubt(row[0], row[1], weighed(_codes(row[2])), Side(*row[3:8]), Side(*row[8:13])) for row in found
    )
    last = pairs[PAGE - 1] if len(pairs) > PAGE else None
    return Queue(pairs[:PAGE], f"{last.points}.{last.id}" if last else "")


def _waiting_in(scope: _Scope) -> str:
    """The pairs of a queue, from where on: nobody of them was merged into another file since."""
    return f"""
        from registry_double pair {_there("a", "first", scope)} {_there("b", "second", scope)}
        where pair.status = 'OPEN' and {scope.theirs}
            and not exists (select from registry_merge merged where merged.superseded_at is null
                and merged.gone_id in (pair.first_id, pair.second_id))"""


def said_different(user: User, *, on: dt.date, after: str = "") -> Different:
    """List the pairs of the territory said to be two people, the latest said first (đã ghi là khác)."""
    scope = _scope(user, on)
    if scope is None:
        return Different((), "")
    since = _since(after)
    query = f"""
        select pair.id, {_SIDES}, pair.decided_at, officer.full_name, pair.why
        from registry_double pair {_there("a", "first", scope)} {_there("b", "second", scope)}
        join accounts_user officer on officer.id = pair.decided_by_id
        where pair.status = 'DIFFERENT' and {scope.theirs}
            {"and (pair.decided_at, pair.id) < (%(at)s, %(key)s)" if since else ""}
        order by pair.decided_at desc, pair.id desc limit {PAGE + 1}
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"on": on, **since})
        found = cursor.fetchall()
    pairs = tuple(SaidDifferent(row[0], Side(*row[1:6]), Side(*row[6:11]), *row[11:]) for row in found)
    last = pairs[PAGE - 1] if len(pairs) > PAGE else None
    return Different(pairs[:PAGE], f"{last.at.isoformat()}_{last.id}" if last else "")


def _since(after: str) -> dict[str, dt.datetime | int]:
    """Where a page begins: the last instant and pair of the one before; nothing when that is not said."""
    at, _line, key = after.partition("_")
    try:
        return {"at": dt.datetime.fromisoformat(at), "key": int(key)} if len(after) < 60 else {}
    except ValueError:
        return {}


_SIDES = ", ".join(
    f"{side}.name, {side}.born, coalesce({side}.born_precision, ''), "
    f"coalesce({side}_commune.kind || ' ' || {side}_commune.name, ''), "
    f"coalesce({side}_province.kind || ' ' || {side}_province.name, '')"
    for side in ("a", "b")
)


def _there(alias: str, which: str, scope: _Scope) -> str:
    """A person of the pair who is in the territory on the day, their commune and province."""
    return f"""
        join registry_person {alias} on {alias}.id = pair.{which}_id
        join registry_whereabouts {alias}_place on {alias}_place.person_id = {alias}.id
            and {alias}_place.since <= %(on)s
            and ({alias}_place.until is null or {alias}_place.until > %(on)s)
        join geography_standing {alias}_stands on {alias}_stands.unit_id = {alias}_place.unit_id
            and {scope.inside.replace("standing.", f"{alias}_stands.")}
        left join geography_unit {alias}_commune on {alias}_commune.id = {alias}_stands.commune_id
        left join geography_unit {alias}_province on {alias}_province.id = {alias}_stands.province_id"""


def _codes(said: str | list[str]) -> list[str]:
    """The codes of a pair: the driver may hand JSON on as text."""
    return list(json.loads(said)) if isinstance(said, str) else said


def pair_in_scope(user: User, pair_id: int, *, on: dt.date) -> Double | None:
    """Return a pair, in doubt or said to be two, of whom both are in the territory, else None.

    For the country's officers one of two provinces, and none within a province.
    """
    known = Double.objects.select_related("first", "second", "decided_by").filter(
        status__in=(Double.Status.OPEN, Double.Status.DIFFERENT)
    )
    pair = known.filter(pk=pair_id).first()
    return pair if pair and _theirs(user, pair, on) else None


def withdrawn_in_scope(user: User, pair_id: int, *, on: dt.date) -> bool:
    """Tell whether a pair that would be the officer's waits no more: its proposal was withdrawn."""
    pair = Double.objects.filter(pk=pair_id, status=Double.Status.WITHDRAWN).first()
    return pair is not None and _theirs(user, pair, on)


def merge_in_scope(user: User, merge_id: int, *, on: dt.date) -> Merge | None:
    """Return a merge whose kept file is in the territory; None: there is none, or not for them.

    For the country's officers one of files of two provinces.
    """
    merged = Merge.objects.select_related("kept", "gone", "by", "undone_by").filter(pk=merge_id).first()
    if merged is None:
        return None
    if user.national:
        pair = pair_between(merged.kept, merged.gone)
        return merged if pair and pair.unit_id is None else None
    return merged if _of_territory(user, (merged.kept_id,), on) else None


def both_shown(user: User, merged: Merge, *, on: dt.date) -> bool:
    """Tell whether both files of a merge may be shown: one that was split off may be elsewhere."""
    if merged.superseded_at is None:
        return True
    pair = pair_between(merged.kept, merged.gone)
    return pair is not None and _theirs(user, pair, on)


def pair_between(one: Person, other: Person) -> Double | None:
    """Return what is kept of two persons as a pair, wherever it stands; None: nothing."""
    return Double.objects.filter(Q(first=one, second=other) | Q(first=other, second=one)).first()


def overtaken(pair: Double) -> bool:
    """Tell whether somebody has said something of a pair since it was looked up."""
    return not Double.objects.filter(pk=pair.pk, status=pair.status).exists()


def merge_of(user: User, pair_id: int, *, on: dt.date) -> Merge | None:
    """Return the merge that a pair came to, if its kept file is in the territory, else None."""
    pair = Double.objects.filter(pk=pair_id, status="MERGED").first()
    if pair is None:
        return None
    two = (pair.first_id, pair.second_id)
    merged = Merge.objects.filter(kept__in=two, gone__in=two, superseded_at=None).first()
    return merge_in_scope(user, merged.pk, on=on) if merged else None


def opinions(pair: Double) -> QuerySet[Opinion]:
    """Return what was said of a pair, the latest first (ý kiến về một cặp)."""
    return Opinion.objects.select_related("by__unit").filter(pair=pair).order_by("-pk")


def proposals() -> QuerySet[Opinion]:
    """Return the proposals that stand: not withdrawn or said anew, of pairs nobody has judged since."""
    later = Opinion.objects.filter(pair=OuterRef("pair"), pk__gt=OuterRef("pk"))
    overtaken = later.filter(Q(by=OuterRef("by")) | Q(kind__in=Opinion.JUDGING))
    return Opinion.objects.filter(kind=Opinion.Kind.PROPOSED).exclude(Exists(overtaken))


def proposals_of(user: User, person: Person) -> QuerySet[Opinion]:
    """Return an officer's own proposals about somebody that may be withdrawn (đề nghị của mình)."""
    about = Q(pair__first=person) | Q(pair__second=person)
    return proposals().filter(about, by=user, pair__status=Double.Status.OPEN).select_related("pair__unit")


def ever_proposed(user: User, person: Person, pair_id: int) -> Double | None:
    """Return a pair about somebody that an officer once proposed, whatever became of it; None: no such."""
    about = Double.objects.select_related("first", "second", "unit").filter(
        Q(first=person) | Q(second=person)
    )
    said = Opinion.objects.filter(pair=pair_id, by=user, kind=Opinion.Kind.PROPOSED)
    return about.filter(pk=pair_id).first() if said.exists() else None


def merges_of(person_id: int) -> QuerySet[Merge]:
    """Return the merges that stand in which a file is the kept one or the one that went."""
    return Merge.objects.select_related("kept", "gone").filter(
        Q(kept=person_id) | Q(gone=person_id), superseded_at=None
    )


def waiting(user: User, *, on: dt.date) -> int:
    """Count the pairs that wait in the territory's queues, to show on a desk; at most 1,000."""
    if user.national:
        return _waiting_with_the_country(user, on)
    if user.unit is None:
        return 0
    units = geography.standings(user.unit, on=on).values("unit_id")
    return Double.objects.filter(status="OPEN", unit_id__in=units)[:1000].count()


def _waiting_with_the_country(user: User, on: dt.date) -> int:
    """Count what its queue lists: where two people are says whether their pair is one of two provinces."""
    scope = _scope(user, on)
    assert scope is not None
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from (select {_waiting_in(scope)} limit 1000) few", {"on": on})
        return int(cursor.fetchall()[0][0])


def _theirs(user: User, pair: Double, on: dt.date) -> bool:
    """Tell whether both of a pair are in an officer's territory; for the country, in two provinces."""
    two = (pair.first_id, pair.second_id)
    if user.national:
        return pair.unit_id is None and _of_two_provinces(two, on)
    return len(_of_territory(user, two, on)) == 2


def _of_two_provinces(two: tuple[int, int], on: dt.date) -> bool:
    here = _registered(on).filter(person__in=two).values_list("unit_id", flat=True)
    stands = Standing.objects.filter(unit__in=list(here), valid__contains=on, province__isnull=False)
    return len(set(stands.values_list("province_id", flat=True))) == 2


def _registered(on: dt.date) -> QuerySet[Whereabouts]:
    return Whereabouts.objects.filter(Q(until=None) | Q(until__gt=on), since__lte=on)


def _of_territory(user: User, people: Iterable[int], on: dt.date) -> set[int]:
    """Keep, of some persons, those who are registered in the territory on the day."""
    if user.unit is None:
        return set()
    units = geography.standings(user.unit, on=on).values("unit_id")
    here = _registered(on).filter(person__in=list(people), unit_id__in=units)
    return set(here.values_list("person_id", flat=True))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison: what each file says, and whether they differ."""

    label: str | Promise
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Tell whether both say something, and not the same."""
        return bool(self.first and self.second) and self.first != self.second


_BORN = {"D": "%d/%m/%Y", "M": "%m/%Y", "Y": "%Y"}


def compare(user: User, first: Person, second: Person, *, on: dt.date) -> list[Row]:
    """Lay two files side by side (so sánh hai hồ sơ), relatives elsewhere without their names.

    The country's officers see the two and nobody else, so no relative's name. Nothing secret: what betrays an
    illness is not read.
    """
    two = frozenset({first.pk, second.pk})
    told = [_told(user, person, two, on) for person in (first, second)]
    return [Row(label, *(one.get(label, "") for one in told)) for label in _LABELS]


NAME, NUMBER, OLD_NUMBER, BORN, SEX = (
    _("Họ và tên"),
    _("Số định danh"),
    _("Số CMND cũ"),
    _("Sinh"),
    _("Giới tính"),
)
PHONE, HOME, HOUSEHOLD = _("Điện thoại"), _("Nơi ở"), _("Hộ")
FACTS, DIED, SOURCE = _("Thông tin đã ghi"), _("Chết ngày"), _("Nhập từ")
TIES = {
    Relation.Kind.MOTHER: _("Mẹ"),
    Relation.Kind.FATHER: _("Cha"),
    Relation.Kind.SPOUSE: _("Vợ, chồng"),
}
_LABELS = (
    NAME, NUMBER, OLD_NUMBER, BORN, SEX, PHONE, HOME, HOUSEHOLD, *TIES.values(), FACTS, DIED, SOURCE,
)  # fmt: skip


def _told(user: User, person: Person, two: frozenset[int], on: dt.date) -> dict[str | Promise, str]:
    place = _registered(on).filter(person=person).select_related("unit").first()
    member = (
        Member.objects.filter(person=person, superseded_at=None, valid__contains=on)
        .select_related("household")
        .first()
    )
    death = Death.objects.filter(person=person, superseded_at=None).first()
    ties = Relation.objects.filter(
        person=person, kind__in=[*TIES], superseded_at=None, valid__contains=on
    ).select_related("other")
    here = two | _of_territory(user, [tie.other_id for tie in ties], on)
    unnamed = str(_("có ghi, không nêu tên") if user.national else _("ở địa bàn khác"))
    facts = Fact.objects.filter(person=person, superseded_at=None, valid_from__lte=on).filter(
        Q(valid_to=None) | Q(valid_to__gt=on)
    )
    meanings = {meaning.id: meaning for meaning in vocabulary().values() if meaning.privacy != "secret"}
    said = sorted(
        f"{meanings[fact.fact].label}: {meanings[fact.fact].words(fact.value)}"
        for fact in facts
        if fact.fact in meanings
    )
    return {
        NAME: person.name,
        NUMBER: person.number or "",
        OLD_NUMBER: person.old_number or "",
        BORN: person.born.strftime(_BORN[person.born_precision or "D"]) if person.born else "",
        SEX: person.get_sex_display(),
        PHONE: person.phone,
        HOME: _home(user, place, on) if place else "",
        HOUSEHOLD: f"{member.household.code} ({member.get_role_display()})" if member else "",
        **{
            TIES[Relation.Kind(tie.kind)]: tie.other.name if tie.other_id in here else unnamed for tie in ties
        },
        FACTS: "; ".join(said),
        DIED: vietnamese_date(death.died_on) if death else "",
        SOURCE: f"{person.source.name}, {vietnamese_date(person.source.at.date())}",
    }


def _home(user: User, place: Whereabouts, on: dt.date) -> str:
    """Where somebody lives: village and commune, and for the country's officers the province."""
    parts = [place.village, place.unit.full_name]
    if user.national and (province := geography.standing(place.unit, on=on).province):
        parts.append(province.full_name)
    return ", ".join(part for part in parts if part)
