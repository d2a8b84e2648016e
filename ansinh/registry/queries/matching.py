"""Who of the register somebody may be (đối chiếu trùng): a blocked look-up, national, scored in points.

Nobody is compared with everybody: two files are compared when they share something that an index answers: a
number or the end of one, how a name sounds, a birth date with the given name or the surname, a village.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from ansinh.registry.models import Merge, Person, Whereabouts
from ansinh.registry.queries.reasons import (
    ASPECTS,
    POINTS_SQL,
    RARITIES,
    REASONS,
    REASONS_SQL,
    codes_sql,
    weighed,
)

LIKELY = 11
"""From so many points a pair is shown to an officer."""

COUNTED = 257
"""So many bearers of a name are counted, no more."""

SAME_YEAR = 33
"""So many bearers of a name who were born in a year are counted; of more, only those near are compared."""

_ANY = -1000
"""Fewer points than any pair has."""

RARE = 4
"""A name of so many bearers may be another name misspelt."""

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
    village: str = ""


@dataclass(frozen=True, slots=True)
class Likely:
    """A person of the register who may be the one: points, codes of reasons, where they are registered."""

    person_id: int
    points: int
    reasons: tuple[str, ...]
    unit_id: int | None

    @property
    def words(self) -> list[str]:
        """The reasons in words, each with its points."""
        return weighed(self.reasons)


def asked_of(person: Person, *, on: dt.date, number: str = "") -> Asked:
    """Ask who else somebody of the register may be (hỏi về một hồ sơ): by what is known of them.

    Not by their number: another file of theirs bears another, or none. `number`: that one, if known.
    """
    now = Whereabouts.objects.filter(Q(until=None) | Q(until__gt=on), person=person, since__lte=on)
    place = now.first()
    return Asked(
        name=person.name,
        folded=person.folded,
        given_folded=person.given_folded,
        sex=person.sex,
        born=person.born,
        born_precision=person.born_precision,
        number=number or None,
        old_number=person.old_number,
        unit=place.unit_id if place else None,
        village=place.village if place else "",
    )


def likely(asked: Asked, *, on: dt.date, least: int = LIKELY, most: int = 10) -> list[Likely]:
    """Look one person up in the whole register (tìm người có thể đã có trong sổ); likeliest first.

    National: whose file it is is not asked. Who shows it outside their territory uses
    `operations.check_entry`.
    """
    one = """
        (select 0::bigint as row_no, %(number)s::text as number, %(old_number)s::text as old_number,
            %(name)s::text as name, %(folded)s::text collate "C" as folded,
            %(given_folded)s::text collate "C" as given_folded, %(born)s::date as born,
            %(born_precision)s::text as born_precision, %(sex)s::text as sex, %(unit)s::bigint as unit,
            %(village)s::text as village)
    """
    matching = matches_sql(one, on=on, least=least, village="asked.village")
    query = f"""
        select person_id, points, reasons, unit_id from ({matching}) found
        order by points desc, person_id limit {int(most)}
    """
    parameters = {name: getattr(asked, name) for name in (*ASKED[1:], "village")}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [Likely(row[0], row[1], tuple(row[2]), row[3]) for row in cursor.fetchall()]


def weigh(one: int, other: int, *, on: dt.date) -> tuple[int, list[str]]:
    """Weigh two persons of the register (cân một cặp): the points, the codes of the reasons.

    Whether or not the look-up would have compared them. Nothing of a file that was merged into another.
    """
    asked = f"""
        (select {", ".join(f"person.{column}" for column in ASKED[1:-1])}, person.id as row_no,
            place.unit_id as unit, place.village
        from registry_person person
        left join registry_whereabouts place on place.person_id = person.id and place.since <= %(on)s
            and (place.until is null or place.until > %(on)s)
        where person.id = %(one)s)"""
    pair = "select %(one)s::bigint as row_no, %(other)s::bigint as person_id"
    with connection.cursor() as cursor:
        cursor.execute(
            matches_sql(asked, on=on, least=_ANY, village="asked.village", kin=True, pairs=pair),
            {"one": one, "other": other, "on": on},
        )
        row = cursor.fetchone()
    return (row[2], list(row[3])) if row else (0, [])


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
    pairs: str | None = None,
) -> str:
    """Write the query for the likely persons of everybody in a relation with the columns `ASKED`.

    `asked` names a table (a temporary one, analysed) or is a sub-query in parentheses. Returns row_no,
    person_id, points int, reasons text[], unit_id (where that person is registered on the day). `village` is
    an SQL expression over `asked`; with `kin` names of mother, father and spouse are compared too, `row_no`
    then being a person; with `itself` row_no is a person as well: nobody is likely to be themselves, and a
    pair of two who are both asked about comes once. `pairs`: a query of who is compared with whom (row_no,
    person_id), instead of looking for them. Files that were merged into others are left out.
    """
    day = f"date '{on.isoformat()}'"
    columns_asked = ", ".join(f"asked.{column}" for column in ASKED)
    kin_of_a, kin_of_p = (_kin("asked.row_no", day), _kin("person.id", day)) if kin else (_NO_KIN, _NO_KIN)
    return f"""
        with asked as materialized (
            select {columns_asked}, lower({village}) as village,
                coalesce(standing.commune_id, -asked.unit) as commune, kin.*, {_words("asked")}, {_RARE}
            from {asked} asked
            left join geography_standing standing on standing.unit_id = asked.unit and standing.valid @> {day}
            {kin_of_a} {_toned("asked")}
        ),
        candidate as materialized ({pairs or _blocks(day, asked if itself else None)}),
        known as materialized (
            select person.*, place.unit_id, lower(place.village) as village,
                coalesce(standing.commune_id, -place.unit_id) as commune, kin.*, {_words("person")}
            from (select distinct person_id from candidate) wanted
            join registry_person person on person.id = wanted.person_id
            left join registry_whereabouts place on place.person_id = person.id
                and place.since <= {day} and (place.until is null or place.until > {day})
            left join geography_standing standing on standing.unit_id = place.unit_id
                and standing.valid @> {day}
            {kin_of_p} {_toned("person")}
            where not exists (
                select from registry_merge merged
                where merged.gone_id = person.id and merged.superseded_at is null)
        ),
        bearers as materialized (
            select folded, (select count(*) from (select from registry_person same
                where same.folded = name.folded limit {COUNTED}) few) as count
            from (select folded from asked union select folded from known) name
        )
        select row_no, person_id, points, {REASONS_SQL} as reasons, unit_id
        from (
            select coded.*, {POINTS_SQL} as points
            from (
                select pair.*, {codes_sql(RARITIES)}
                from (
                    select a.row_no, p.id as person_id, p.unit_id, {codes_sql(ASPECTS)},
                        least(one.count, other.count) as rarer, greatest(one.count, other.count) as commoner,
                        greatest(a.of_year, p.of_year) as of_year
                    from candidate
                    join asked a on a.row_no = candidate.row_no
                    join known p on p.id = candidate.person_id
                    join bearers one on one.folded = a.folded
                    join bearers other on other.folded = p.folded
                    offset 0
                ) pair
                offset 0
            ) coded
            offset 0
        ) scored
        where points >= {int(least)}"""


def _words(person: str) -> str:
    """What is compared of somebody besides their file: surname, sound, the year as its first day.

    `spelt`: the name in small letters; `toned`: with the tones as digits at the end of the words ("hoà" and
    "hòa" are one); `toned_sound`: how that sounds. `of_year`: how many of the register bear the name and were
    born in the year.
    """
    january = f"date_trunc('year', {person}.born)::date"
    born = f"same.born >= {january} and same.born < ({january} + interval '1 year')::date"
    return f"""split_part({person}.folded, ' ', 1) as surname, sounding({person}.folded) as sound,
        lower({person}.name) as spelt, toned.name as toned, sounding(toned.name) as toned_sound,
        {january} as january,
        (select count(*) from (select from registry_person same
            where same.folded = {person}.folded and {born} limit {SAME_YEAR}) few) as of_year"""


_RARE = f"""(select count(*) from (select from registry_person same
        where same.folded = asked.folded limit {RARE} + 1) few) <= {RARE} as rare"""
"""Whether hardly anybody of the register bears the name of somebody asked about."""


_TONES = "".join(map(chr, (0x300, 0x301, 0x303, 0x309, 0x323)))


def _toned(person: str) -> str:
    """A person's name with its tones as digits at the end of the words: "hoà" and "hòa" are "hoa1"."""
    apart = f"regexp_replace(normalize(lower({person}.name), NFD), '([{_TONES}])([^ ]*)', '\\2\\1', 'g')"
    return f"""cross join lateral (
        select normalize(translate({apart}, '{_TONES}', '12345'), NFC) as name offset 0
    ) toned"""


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


def _blocks(day: str, among: str | None) -> str:
    """Who is compared with whom: pairs (row_no, person_id), each branch by an index.

    `among`: the table of persons who are asked about, when they are of the register themselves.
    """
    swapped = (
        "case when a.born_precision = 'D' and extract(day from a.born) <= 12 then make_date("
        "extract(year from a.born)::int, extract(day from a.born)::int, extract(month from a.born)::int) end"
    )
    year_more, year_less = (f"(a.born {sign} interval '1 year')::date" for sign in "+-")
    near = f"""join geography_standing here on here.commune_id = a.commune and here.valid @> {day}
        join registry_whereabouts p on p.unit_id = here.unit_id
            and p.since <= {day} and (p.until is null or p.until > {day})"""
    given, surname = "p.given_folded = a.given_folded", "split_part(p.folded, ' ', 1) = a.surname"
    village = "lower(p.village) = a.village and a.village <> ''"
    few, known_day = f"a.of_year < {SAME_YEAR}", "extract(doy from a.born) <> 1"
    letter = "levenshtein_less_equal(p.folded, a.folded, 1) <= 1"
    # A number is looked up by its end alone, whatever else has an index: hence COALESCE.
    persons = [
        "p.number = a.number",
        "p.old_number = a.old_number",
        "right(p.number, 6) = right(a.number, 6) and p.number is not null "
        f"and coalesce({given} or p.born = a.born, false)",
        "p.number between left(a.number, 8) || '0000' and left(a.number, 8) || '9999'",
        "p.folded = a.folded and a.born is null",
        "p.folded = a.folded and p.born is null",
        f"sounding(p.folded) = a.sound and {_in_year(0)} and {few}",
        *(f"p.folded = a.folded and {_in_year(years)} and {few}" for years in (-1, 1)),
        *(
            f"sounding(p.folded) = a.sound and p.born = {born} and {known_day}"
            for born in (year_more, year_less)
        ),
        *(f"sounding(p.folded) = a.sound and {_in_year(years)} and a.rare" for years in (-1, 1)),
        *(
            f"p.born = {born} and {given} and {known_day}"
            for born in ("a.born", swapped, year_more, year_less)
        ),
        *(
            f"p.born = {born} and {surname} and p.sex = a.sex and {known_day}"
            for born in ("a.born", swapped, year_more, year_less)
        ),
    ]
    neighbours = [f"{given} and {surname} and {whose}.born is null" for whose in ("a", "p")]
    for years in (-1, 0, 1):
        neighbours.append(f"{given} and {surname} and {_in_year(years)}")
        neighbours += [f"{word} and {village} and {_in_year(years)}" for word in (given, surname)]
    found = [
        f"select a.row_no, {key} as person_id from asked a {joined} {block} {_others(key, among)}"
        for key, joined, blocks in (
            ("p.id", "join registry_person p on", persons),
            ("p.person_id", f"{near} and", neighbours),
        )
        for block in blocks
    ]
    # Either of the two may be the one whose name is rare: asked from both sides.
    others = "and p.id <> a.row_no" if among else ""
    found.append(
        f"select a.row_no, p.id from asked a join registry_person p on a.rare and {given} "
        f"and ({surname} or {letter}) and p.sex = a.sex and {_in_year(0)} {others}"
    )
    return " union ".join(found)


def _in_year(years: int) -> str:
    """Born so many years later: as a range, which an index answers, and as an equation, for many at once."""
    first, last = (f"(a.january + interval '{count} year')::date" for count in (years, years + 1))
    same = f"extract(year from p.born) = extract(year from a.born) + {years}"
    return f"{same} and p.born >= {first} and p.born < {last}"


def _others(key: str, among: str | None) -> str:
    """Nobody with themselves, and of two who are both asked about only the one with the other."""
    if among is None:
        return ""
    asked = f"exists (select from {among} twin where twin.row_no = {key})"
    return f"and {key} <> a.row_no and ({key} > a.row_no or not {asked})"
