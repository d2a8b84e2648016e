"""Finding who is there twice: of a whole unit, and of one person being entered (tìm hồ sơ trùng)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import Entry, User
from ansinh.db import bulk
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import Person
from ansinh.registry.queries.matching import Asked, Likely, bearer, likely, matches_sql
from ansinh.registry.queries.reasons import PROPOSED

OUTSIDE_AN_HOUR = 20
"""How often in an hour one officer may be told that somebody is registered elsewhere."""

_OUTSIDE = "outside_match"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """That somebody who may be the one is registered in a unit of another territory.

    `person_id` is for the transfer to be asked of that unit, not to be shown. `by_number`: it is certain.
    """

    unit: Unit
    person_id: int
    by_number: bool


@dataclass(frozen=True, slots=True)
class Met:
    """Who somebody being entered may be: files of the officer's territory, and units elsewhere that have one.

    Of a person elsewhere nothing is told but the unit: ask it for a transfer. Each unit once.
    """

    here: tuple[Likely, ...]
    elsewhere: tuple[Elsewhere, ...]
    people: frozenset[int] = frozenset()
    """All of them, told or not."""

    @property
    def settled(self) -> bool:
        """Whether the number says who it is, so that nobody is to be entered."""
        return any("SAME_NUMBER" in one.reasons for one in self.here) or any(
            one.by_number for one in self.elsewhere
        )


def check_entry(
    *,
    asked: Asked,
    on: dt.date,
    at: dt.datetime,
    by: User,
    right: Right = Right.KEEP_REGISTER,
    but: Person | None = None,
) -> Met:
    """Look, before somebody is entered, whether the country has them already (tra trùng khi nhập).

    Likely matches (`LIKELY` points or more), and whoever bears the number. A match outside the territory
    leaves a line in the trail; the same question again within the hour leaves none and is not counted. Who
    is registered nowhere (entered by mistake, a list withdrawn) is nobody's. `right`: by which `by` asks.
    `but`: whom of the register it is asked about, who is not told of. Refused: an officer who was told of
    people elsewhere `OUTSIDE_AN_HOUR` times within the hour.
    """
    found = [one for one in likely(asked, on=on) if one.unit_id is not None]
    if (known := bearer(asked.number, on=on)) and known.person_id not in {one.person_id for one in found}:
        found.insert(0, known)
    found = [one for one in found if but is None or one.person_id != but.pk]
    inside = _inside(by, [one.unit_id for one in found if one.unit_id is not None], on)
    here = tuple(one for one in found if one.unit_id in inside)
    outside = _elsewhere([one for one in found if one.unit_id not in inside], on)
    people = frozenset(one.person_id for one in found)
    if not outside:
        return Met(here, (), people)
    question = salted_hmac("ansinh.registry.entry", repr(asked)).hexdigest()[:16]
    with transaction.atomic():
        # One officer's questions one after the other, or two at once would both be the twentieth.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        told = Entry.objects.filter(
            subject_kind=_OUTSIDE, subject_id=str(by.pk), at__gt=at - dt.timedelta(hours=1)
        )
        if told.filter(detail__question=question).exists():
            return Met(here, outside, people)
        if told.count() >= OUTSIDE_AN_HOUR:
            raise Refusal(
                "Trong một giờ qua, nhiều người anh/chị nhập hoặc tra đã có ở địa bàn khác.",
                basis="khoản 2 Điều 3 Luật Bảo vệ dữ liệu cá nhân 2025",
                remedy="Thử lại sau, hoặc gửi danh sách cho đơn vị cấp trên đối chiếu.",
            )
        accounts.record(
            at=at,
            who=by,
            right=right,
            action="meet_outside",
            subject=(_OUTSIDE, by.pk),
            unit=by.unit,
            detail={"units": [one.unit.code for one in outside], "question": question},
        )
    return Met(here, outside, people)


def find_doubles(*, unit: Unit, on: dt.date, at: dt.datetime, by: User | None = None) -> int:
    """Compare everybody of a unit with the whole register; queue pairs in doubt (tìm hồ sơ trùng).

    A pair goes to the queue of the commune of both, else of the province of both, else to the country's; one
    known already follows who moved. What was decided stays decided. Returns how many pairs are in doubt. The
    same register gives the same.
    """
    inside = geography.standing_condition(unit, on=on)
    day = f"date '{on.isoformat()}'"
    with transaction.atomic():
        bulk.run("drop table if exists pg_temp.double_asked, pg_temp.double_found")
        bulk.run(
            f"""
            create temporary table double_asked on commit drop as
            select person.id as row_no, person.number, person.old_number, person.name, person.folded,
                person.given_folded, person.born, person.born_precision::text, person.sex::text,
                place.unit_id as unit, place.village
            from geography_standing standing
            join registry_whereabouts place on place.unit_id = standing.unit_id
                and place.since <= {day} and (place.until is null or place.until > {day})
            join registry_person person on person.id = place.person_id
            where {inside}
            """
        )
        bulk.run("create unique index on double_asked (row_no)")
        bulk.run("analyze double_asked")
        matches = matches_sql("double_asked", on=on, village="asked.village", kin=True, itself=True)
        bulk.run(
            f"""
            create temporary table double_found on commit drop as
            select least(row_no, person_id) as first_id, greatest(row_no, person_id) as second_id,
                max(points) as points, min(reasons::text)::text[] as reasons
            from ({matches}) matched group by 1, 2
            """
        )
        bulk.run("analyze double_found")
        pairs = bulk.run(
            f"""
            insert into registry_double (first_id, second_id, unit_id, points, reasons, found_at, status, why)
            select first_id, second_id, {_QUEUE}, points, to_jsonb(reasons), %(at)s, 'OPEN', ''
            from ({BEST}) best {_both_on(day, "left join")}
            order by first_id, second_id
            on conflict (first_id, second_id) do update
                set unit_id = excluded.unit_id, status = 'OPEN',
                    points = excluded.points + case when {_SAID} then {PROPOSED.points} else 0 end,
                    reasons = case when {_SAID} then '["{PROPOSED.code}"]' else '[]' end::jsonb
                        || excluded.reasons
                where registry_double.status in ('OPEN', 'WITHDRAWN')
            """,
            {"at": at},
        )
        _follow_moves(day)
        accounts.record(
            at=at, who=by, right=Right.MERGE_PERSONS, action="find_doubles", subject=unit, unit=unit,
            detail={"pairs": pairs},
        )  # fmt: skip
    return pairs


_QUEUE = """case when sa.commune_id = sb.commune_id then sa.commune_id
        when sa.province_id = sb.province_id then sa.province_id end"""


def _both_on(day: str, join: str) -> str:
    """Where both of a pair stand on a day, for `_QUEUE`."""
    return "".join(
        f"""
        {join} registry_whereabouts {side} on {side}.person_id = {which}_id
            and {side}.since <= {day} and ({side}.until is null or {side}.until > {day})
        {join} geography_standing s{side} on s{side}.unit_id = {side}.unit_id and s{side}.valid @> {day}"""
        for side, which in (("a", "first"), ("b", "second"))
    )


def _follow_moves(day: str) -> None:
    """Put the pairs of `double_asked` known before in the queue of what both belong to by now."""
    bulk.run(
        f"""
        update registry_double set unit_id = by_now.unit_id
        from (
            select pair.id, {_QUEUE} as unit_id from registry_double pair {_both_on(day, "join")}
            where pair.status <> 'MERGED' and exists (
                select from double_asked where row_no in (pair.first_id, pair.second_id))
        ) by_now
        where registry_double.id = by_now.id and registry_double.unit_id is distinct from by_now.unit_id
        """
    )


_SAID = f"registry_double.reasons ? '{PROPOSED.code}'"
"""What an officer said of a pair stays when it is found."""

BEST = """
    select found.* from (
        select pairs.*, max(points) over (partition by first_id) as of_first,
            max(points) over (partition by second_id) as of_second
        from double_found pairs
    ) found
    where points >= 26 or (points = of_first and points = of_second)
"""
"""Of pairs that are not near certain, only those of which neither has a likelier other."""


def _inside(by: User, units: list[int], on: dt.date) -> set[int]:
    """Which of some units belong to an officer's territory."""
    if by.unit is None or not units:
        return set()
    return set(
        geography.standings(by.unit, on=on).filter(unit_id__in=units).values_list("unit_id", flat=True)
    )


def _elsewhere(matches: list[Likely], on: dt.date) -> tuple[Elsewhere, ...]:
    """The communes of today to ask for a transfer (a divided one: its province), each for its likeliest."""
    units = Unit.objects.in_bulk({one.unit_id for one in matches})
    found: dict[int, Elsewhere] = {}
    for one in matches:
        place = geography.standing(units[one.unit_id or 0], on=on)
        today = place.commune or place.province or place.unit
        found.setdefault(today.pk, Elsewhere(today, one.person_id, "SAME_NUMBER" in one.reasons))
    return tuple(sorted(found.values(), key=lambda one: one.unit.code))
