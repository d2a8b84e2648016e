"""Finding people of an officer's territory (tìm đối tượng): by name, number, birth year, commune, household.

Each unit of the territory is asked for its first page by an index that holds all that is asked for; the pages
are put together. So a search costs what the territory costs, however many people the register has.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.names import fold
from ansinh.registry.models import Person

PAGE = 25
FEWEST_DIGITS = 3
BEFORE_MERGERS = dt.date(2025, 6, 30)
_MARKS = str.maketrans("\\%_", "   ")
_NAME_AND_YEAR = re.compile(r"([^\d]+?)\s+(1[89]\d\d|20\d\d)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: a name, a number or a household; of which year; of which communes, now or before.

    `communes` and `former` are ids of units, as `communes_named` gives them; None: any.
    """

    text: str = ""
    year: int | None = None
    communes: tuple[int, ...] | None = None
    former: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody found: enough to tell them apart."""

    id: int
    name: str
    number: str
    old_number: str
    born: dt.date | None
    born_precision: str
    sex: str
    village: str
    commune: str
    died_on: dt.date | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of people found, by name; `after` is where the next page begins (0: there is none)."""

    people: tuple[Found, ...]
    after: int


def communes_named(user: User, text: str, *, on: dt.date, former: bool = False) -> tuple[int, ...]:
    """Return the communes of a name or code in a territory; `former`: of those before 1/7/2025."""
    if user.unit is None:
        return ()
    if former:
        own = geography.standings(user.unit, on=on).values("unit")
        found = geography.search(text, on=BEFORE_MERGERS, level=Level.COMMUNE).filter(pk__in=own)
    else:
        own_commune = user.unit.level == Level.COMMUNE
        found = geography.search(text, on=on, level=Level.COMMUNE, within=None if own_commune else user.unit)
        if own_commune:
            found = found.filter(pk=geography.version(user.unit, on=on).pk)
    return tuple(found.values_list("pk", flat=True)[:30])


def search(user: User, wanted: Wanted, *, on: dt.date, after: int = 0) -> FoundPage:
    """Find people of the territory; nobody when nothing is asked for.

    A name: the beginning of the full name, or words that end in the given name, or surname and given name;
    tones do not matter. A number: any part of it. Whoever died or left without a trace is where they were
    last. `after` is the last person of the page before.
    """
    branches, parameters = _branches(user, wanted, on)
    if user.unit is None or not branches:
        return FoundPage((), 0)
    parameters |= {"on": on, "after": after, "last": None}
    if after:
        parameters["last"] = Person.objects.filter(pk=after).values_list("folded", flat=True).first()
    query = f"""
        select person.id, person.name, coalesce(person.number, ''), coalesce(person.old_number, ''),
            person.born, coalesce(person.born_precision, ''), person.sex, place.village,
            coalesce(commune.kind || ' ' || commune.name, ''), death.died_on
        from (
            select person_id, folded, commune_id from ({" union ".join(branches)}) every
            order by folded, person_id limit {PAGE + 1}
        ) found
        join registry_person person on person.id = found.person_id
        join registry_whereabouts place on place.person_id = person.id and {_present("place")}
        left join geography_unit commune on commune.id = found.commune_id
        left join registry_death death on death.person_id = person.id and death.superseded_at is null
        order by found.folded, found.person_id
    """
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows = [Found(*row) for row in cursor.fetchall()]
    return FoundPage(tuple(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else 0)


def _present(row: str) -> str:
    return f"{row}.since <= %(on)s and ({row}.until is null or {row}.until > %(on)s)"


def _branches(user: User, wanted: Wanted, on: dt.date) -> tuple[list[str], dict[str, Any]]:
    """The queries, each of (person_id, folded, commune_id), whose answers together are the people found."""
    if user.unit is None:
        return [], {}
    own = geography.version(user.unit, on=on)
    places = [geography.standing_condition(own, on=on)]
    also = ["(%(last)s::text is null or (w.folded, w.person_id) > (%(last)s, %(after)s))"]
    if wanted.communes is not None:
        places.append(f"standing.commune_id in ({_ids(wanted.communes)})")
    if wanted.former is not None:
        old, now = _ids(wanted.former), _ids(_successors(wanted.former, on))
        places.append(f"(standing.unit_id in ({old}) or standing.commune_id in ({now}))")
        also.append(
            f"(w.unit_id in ({old}) or exists (select from registry_whereabouts earlier "
            f"where earlier.person_id = w.person_id and earlier.unit_id in ({old})))"
        )
    text, year = wanted.text.strip()[:100], wanted.year
    if year is None and not text.casefold().startswith("hộ ") and (both := _NAME_AND_YEAR.fullmatch(text)):
        text, year = both[1], int(both[2])
    if year is not None:
        also.append(f"w.born >= date '{year:04}-01-01' and w.born < date '{year + 1:04}-01-01'")
    few = own.level == Level.COMMUNE or wanted.communes is not None
    conditions, parameters = _asked(text, few=few, anyone=year is not None)
    inside = " and ".join(places)
    rest = " and ".join([*also, _present("w")])
    return [_branch(condition, inside, rest) for condition in conditions], parameters


def _branch(condition: str, inside: str, rest: str) -> str:
    """People of each unit by name, the first page of each; or, when few persons are meant, each of them."""
    if condition.startswith("person."):
        return f"""
            select w.person_id, w.folded, standing.commune_id
            from registry_person person
            join registry_whereabouts w on w.person_id = person.id
            join geography_standing standing on standing.unit_id = w.unit_id and {inside}
            where {condition} and {rest}"""
    return f"""
        select w.person_id, w.folded, standing.commune_id
        from geography_standing standing
        cross join lateral (
            select w.person_id, w.folded from registry_whereabouts w
            where w.unit_id = standing.unit_id and {condition} and {rest}
            order by w.folded, w.person_id limit {PAGE + 1}
        ) w
        where {inside}"""


_OF_THE_HOUSEHOLD = """person.id in (
    select member.person_id
    from registry_household household join registry_member member on member.household_id = household.id
    where household.code = %(code)s and member.superseded_at is null)"""


def _asked(text: str, *, few: bool, anyone: bool) -> tuple[list[str], dict[str, Any]]:
    """Turn what was typed into conditions; none when it asks for nobody.

    Digits alone are a number; digits among letters a household code (no name has any). With `few`, words in
    the middle of names are looked for too; with `anyone`, no text is everybody.
    """
    if not text:
        return (["true"] if anyone else []), {}
    digits = text.replace(" ", "").replace(".", "")
    if digits.isdecimal() and digits.isascii():
        if len(digits) == 12:
            return ["person.number = %(digits)s"], {"digits": digits}
        return (
            ["w.digits like %(part)s"] if len(digits) >= FEWEST_DIGITS else [],
            {"part": f"%{digits}%"},
        )
    if any(mark.isdecimal() for mark in text):
        return [_OF_THE_HOUSEHOLD], {"code": re.sub(r"^hộ ", "", text, flags=re.IGNORECASE).strip()}
    words = fold(text.translate(_MARKS)).split()
    if len("".join(words)) < 2:
        return [], {}
    phrase = " ".join(words)
    asked = ["w.folded like %(beginning)s", "w.given_folded = %(given)s and w.folded like %(ending)s"]
    parameters = {"beginning": f"{phrase}%", "given": words[-1], "ending": f"%{phrase}"}
    if len(words) > 1:
        asked.append("w.given_folded = %(given)s and w.folded like %(scattered)s")
        parameters |= {"ending": f"% {phrase}", "scattered": _scattered(words)}
    if few:
        asked.append("w.folded like %(within)s")
        parameters["within"] = f"% {phrase} %"
    return asked, parameters


def _scattered(words: list[str]) -> str:
    """The pattern of names that begin with the first word, end in the last, and hold the others between."""
    return f"{words[0]} %" + "".join(f"{word}%" for word in words[1:-1]) + words[-1]


def _successors(units: Iterable[int], on: dt.date) -> tuple[int, ...]:
    """What became of some communes."""
    found = [
        geography.successors(unit, on=on, people=True).values_list("pk", flat=True)
        for unit in Unit.objects.filter(pk__in=tuple(units))
    ]
    return tuple({pk for pks in found for pk in pks})


def _ids(units: Iterable[int]) -> str:
    return ", ".join(str(int(unit)) for unit in units) or "null"
