"""Who of the register somebody may be (đối chiếu trùng): a blocked look-up, national, scored in points.

Nobody is compared with everybody: two files are compared when they share something that an index answers: a
number or the end of one, a name, a birth date with the given name, a commune with surname and given name.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from ansinh.registry.models import Merge, Person, Whereabouts
from ansinh.registry.queries.reasons import ASPECTS, REASONS, code_sql, labels, points_sql

LIKELY = 8
"""From so many points a pair is shown to an officer."""

ASKED = (
    "row_no",
    "number",
    "old_number",
    "name",
    "folded",
    "given_folded",
    "born",
    "born_precision",
    "sex",
    "unit",
)
"""The columns of people asked about: as in `registry_person`; `unit` the id of the unit they live in.

row_no bigint, born date (the first possible day), texts otherwise; all but row_no, name, folded and
given_folded may be NULL.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One person being entered, to be looked for."""

    name: str
    folded: str
    given_folded: str
    sex: str | None = None
    born: dt.date | None = None
    born_precision: str | None = None
    number: str | None = None
    old_number: str | None = None
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Likely:
    """A person of the register who may be the one: points, codes of reasons, where they are registered."""

    person_id: int
    points: int
    reasons: tuple[str, ...]
    unit_id: int | None

    @property
    def words(self) -> list[str]:
        """The reasons in words."""
        return labels(self.reasons)


def likely(asked: Asked, *, on: dt.date, least: int = LIKELY, most: int = 10) -> list[Likely]:
    """Look one person up in the whole register (tìm người có thể đã có trong sổ); likeliest first.

    National: whose file it is is not asked. Who shows it outside their territory uses
    `operations.check_entry`.
    """
    one = """
        (select 0::bigint as row_no, %(number)s::text as number, %(old_number)s::text as old_number,
            %(name)s::text as name, %(folded)s::text collate "C" as folded,
            %(given_folded)s::text collate "C" as given_folded, %(born)s::date as born,
            %(born_precision)s::text as born_precision, %(sex)s::text as sex, %(unit)s::bigint as unit)
    """
    query = f"""
        select person_id, points, reasons, unit_id from ({matches_sql(one, on=on, least=least)}) found
        order by points desc, person_id limit {int(most)}
    """
    parameters = {name: getattr(asked, name) for name in ASKED if name != "row_no"}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [Likely(row[0], row[1], tuple(row[2]), row[3]) for row in cursor.fetchall()]


def bearer(number: str | None, *, on: dt.date) -> Likely | None:
    """Look up whose number it is, whatever else is said of them (người mang số).

    Of a file that was merged into another, that one. None: nobody's, or of somebody registered nowhere.
    """
    person = Person.objects.filter(number=number).values_list("pk", flat=True).first() if number else None
    if person is None:
        return None
    merged = Merge.objects.filter(gone=person, superseded_at=None).values_list("kept_id", flat=True).first()
    whose = merged or person
    place = Whereabouts.objects.filter(Q(until=None) | Q(until__gt=on), person=whose, since__lte=on).first()
    if place is None:
        return None
    return Likely(whose, REASONS["SAME_NUMBER"].points, ("SAME_NUMBER",), place.unit_id)


def matches_sql(
    asked: str,
    *,
    on: dt.date,
    least: int = LIKELY,
    village: str = "''",
    kin: bool = False,
    itself: bool = False,
) -> str:
    """Write the query for the likely persons of everybody in a relation with the columns `ASKED`.

    `asked` names a table (a temporary one, analysed) or is a sub-query in parentheses. Returns row_no,
    person_id, points int, reasons text[], unit_id (where that person is registered on the day). `village` is
    an SQL expression over `asked`; with `kin` names of mother, father and spouse are compared too, `row_no`
    then being a person; with `itself` row_no is a person as well, and nobody is likely to be themselves.
    Files that were merged into others are left out.
    """
    day = f"date '{on.isoformat()}'"
    codes = ", ".join(f"{code_sql(aspect)} as c{n}" for n, aspect in enumerate(ASPECTS))
    columns = [f"c{n}" for n in range(len(ASPECTS))]
    points = " + ".join(points_sql(column) for column in columns)
    columns_asked = ", ".join(f"asked.{column}" for column in ASKED)
    others = "and p.id <> a.row_no" if itself else ""
    kin_of_a, kin_of_p = (_kin("asked.row_no", day), _kin("person.id", day)) if kin else (_NO_KIN, _NO_KIN)
    return f"""
        with asked as materialized (
            select {columns_asked}, {village} as village,
                coalesce(standing.commune_id, -asked.unit) as commune,
                (select count(*) from (select from registry_person same
                    where same.folded = asked.folded limit 21) few) as bearers
            from {asked} asked
            left join geography_standing standing on standing.unit_id = asked.unit and standing.valid @> {day}
        ),
        candidate as materialized ({_blocks(day)}),
        pair as materialized (
            select a.row_no, p.id as person_id, p.unit_id, {codes}
            from candidate
            join (select asked.*, kin.* from asked {kin_of_a}) a on a.row_no = candidate.row_no
            join (
                select person.*, place.unit_id, place.village,
                    coalesce(standing.commune_id, -place.unit_id) as commune, kin.*
                from registry_person person
                left join registry_whereabouts place on place.person_id = person.id
                    and place.since <= {day} and (place.until is null or place.until > {day})
                left join geography_standing standing on standing.unit_id = place.unit_id
                    and standing.valid @> {day}
                {kin_of_p}
            ) p on p.id = candidate.person_id {others}
            where not exists (
                select from registry_merge merged
                where merged.gone_id = candidate.person_id and merged.superseded_at is null)
        )
        select row_no, person_id, points, reasons, unit_id
        from (
            select row_no, person_id, unit_id, {points} as points,
                array_remove(array[{", ".join(columns)}], null) as reasons
            from pair
        ) scored
        where points >= {int(least)}"""


_NO_KIN = "cross join (select null::text as mother, null::text as father, null::text as spouse) kin"


def _kin(person: str, day: str) -> str:
    """The folded names of somebody's mother, father and spouse."""
    names = ", ".join(
        f"max(other.folded) filter (where relation.kind = {kind}) as {name}"
        for kind, name in ((2, "mother"), (1, "father"), (3, "spouse"))
    )
    return f"""cross join lateral (
        select {names}
        from registry_relation relation join registry_person other on other.id = relation.other_id
        where relation.person_id = {person} and relation.kind in (1, 2, 3) and relation.superseded_at is null
            and relation.valid_from <= {day} and (relation.valid_to is null or relation.valid_to > {day})
    ) kin"""


def _blocks(day: str) -> str:
    """Who is compared with whom: pairs (row_no, person_id), each branch by an index."""
    year_before, year_after = (
        f"make_date(extract(year from a.born)::int {sign}, 1, 1)" for sign in ("- 1", "+ 2")
    )
    swapped = (
        "case when a.born_precision = 'D' and extract(day from a.born) <= 12 then make_date("
        "extract(year from a.born)::int, extract(day from a.born)::int, extract(month from a.born)::int) end"
    )
    near = f"""
        join geography_standing here on here.commune_id = a.commune and here.valid @> {day}
        join registry_whereabouts w on w.unit_id = here.unit_id
            and w.since <= {day} and (w.until is null or w.until > {day})"""
    years = f"p.born >= {year_before} and p.born < {year_after}"
    branches = (
        "join registry_person p on p.number = a.number",
        "join registry_person p on p.old_number = a.old_number",
        "join registry_person p on right(p.number, 6) = right(a.number, 6) and p.number is not null "
        "and (p.given_folded = a.given_folded or p.born = a.born)",
        f"join registry_person p on p.folded = a.folded and (a.born is null or p.born is null or {years})",
        "join registry_person p on p.born = a.born and p.given_folded = a.given_folded",
        f"join registry_person p on p.born = {swapped} and p.given_folded = a.given_folded",
    )
    in_commune = (
        "w.given_folded = a.given_folded and split_part(w.folded, ' ', 1) = split_part(a.folded, ' ', 1)",
        "w.folded = a.folded",
        "w.born = a.born and extract(doy from a.born) <> 1",
    )
    return " union ".join(
        [f"select a.row_no, p.id as person_id from asked a {branch}" for branch in branches]
        + [f"select a.row_no, w.person_id from asked a {near} and {block}" for block in in_commune]
    )
