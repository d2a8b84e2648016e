"""What the register and the grants know of the rows of a list (đối chiếu với sổ)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import connection

from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.queries import level_sql
from ansinh.imports.logic.judging import Bearer, Known, Running
from ansinh.kernel.time import Month
from ansinh.payments.models import Account
from ansinh.registry.queries.matching import matches_sql
from ansinh.registry.queries.reasons import labels

LIKELY_UP_TO = 20_000
"""Up to so many new people of a list are looked for by likeness; those of a longer one are left to the search
for doubles of the whole register."""
_MOST = 5


def known(*, unit: Unit, month: Month, on: dt.date) -> Known:
    """Look the rows of the temporary table `import_row` up, set-based.

    By number in the whole register; by name and birth among the unit's people (and those of undone imports).
    """
    found = Known()
    found.by_number, found.by_name = known_people(unit=unit, standing_on=month.first, day=month.last)
    new = [line for (line,) in _rows("select line from import_row order by line")]
    new = [line for line in new if line not in found.by_number and not found.by_name.get(line)]
    found.likely = _likely(unit, on, new)
    found.running = _running(month)
    return found


def known_people(
    *, unit: Unit, standing_on: dt.date, day: dt.date
) -> tuple[dict[int, Bearer], dict[int, list[Bearer]]]:
    """Look the rows of the temporary table `import_row` up: by number, and by name and birth; by line.

    The unit's people are those who live there on `day`, of the unit as it is on `standing_on`; they stay in
    the temporary table `import_own`. Of `import_row` are asked: line, key, number, old_number, folded, born,
    born_precision.
    """
    _gather(unit, standing_on, day)
    by_name: dict[int, list[Bearer]] = defaultdict(list)
    for line, bearer in _bearers(_BY_NAME):
        if len(by_name[line]) < _MOST:
            by_name[line].append(bearer)
    return dict(_bearers(_BY_NUMBER)), by_name


def account_open(unit: Unit, month: Month) -> bool:
    """Tell whether the unit's payments are kept here: grants then begin with the list's month."""
    above = [unit, *geography.ancestors(unit, on=month.first)]
    return Account.objects.filter(unit__in=above).exists()


def paid_or_settled(*, unit: Unit, since: dt.datetime) -> str:
    """Say why the grants of `undone_grant` cannot be taken back; "" when they can."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select count(*) from payments_line l
            join grants_grant g on g.id = l.grant_id join undone_grant u on u.grant_id = g.id
            where l.person_id = g.person_id"""
        )
        if paid := cursor.fetchone()[0]:
            return f"{paid} dòng chi trả của danh sách này đã được duyệt"
        above = [one.pk for one in (unit, *geography.ancestors(unit, on=Month.of(since.date()).first))]
        cursor.execute(
            """select exists (select from payments_account where unit_id = any(%s) and as_decided_at >= %s)
            or exists (select from payments_settlement where unit_id = any(%s) and as_decided_at >= %s)""",
            [above, since, above, since],
        )
        return "đã mở tài khoản chi trả sau khi ghi danh sách này" if cursor.fetchone()[0] else ""


def _gather(unit: Unit, standing_on: dt.date, day_of: dt.date) -> None:
    """Put the people of the unit, and those of its undone imports who are nowhere, into `import_own`."""
    here = geography.standing_condition(unit, on=standing_on)
    day = f"date '{day_of.isoformat()}'"
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.import_own")
        cursor.execute(
            f"""
            create temporary table import_own on commit drop as
            select p.id, p.number, p.old_number, p.folded, p.name, p.born, p.born_precision, w.village,
                true as housed, null::text as key
            from registry_whereabouts w
            join geography_standing standing on standing.unit_id = w.unit_id and {here}
            join registry_person p on p.id = w.person_id
            where w.since <= {day} and (w.until is null or w.until > {day})
                and not exists (
                    select from registry_merge m where m.gone_id = p.id and m.superseded_at is null)
            union all
            select p.id, p.number, p.old_number, p.folded, p.name, p.born, p.born_precision, '', false, p.key
            from imports_import i
            join registry_person p on p.source_id = i.source_id
            where i.unit_id = {int(unit.pk)} and i.stage = 'UNDONE'
                and not exists (select from registry_whereabouts w where w.person_id = p.id)"""
        )
        cursor.execute("analyze pg_temp.import_own")


_OF = "p.id, p.folded, p.name, p.number"
_BY_NUMBER = f"""
    select distinct on (line) line, {_OF}, here, housed, village, unit_id, false from (
        select r.line, {_OF}, own.id is not null as here,
            coalesce(own.housed, w.person_id is not null) as housed,
            coalesce(own.village, '') as village, w.unit_id
        from import_row r join registry_person p on p.number = r.number
        left join import_own own on own.id = p.id
        left join registry_whereabouts w on w.person_id = p.id and w.until is null
        union all
        select r.line, {_OF}, true, p.housed, p.village, null
        from import_row r join import_own p on p.old_number = r.old_number
    ) p order by line, here desc, id"""
# Thousands bear one name: years are compared with it, in one hash, and the rest only within a year.
_BY_NAME = f"""
    select r.line, {_OF}, true, p.housed, p.village, null::bigint, coalesce(p.key = r.key, false)
    from import_row r
    join import_own p on p.folded = r.folded and extract(year from p.born) = extract(year from r.born) and (
        p.born = r.born and p.born_precision = r.born_precision
        or 'Y' in (p.born_precision, r.born_precision)
        or 'M' in (p.born_precision, r.born_precision)
            and extract(month from p.born) = extract(month from r.born))
    where r.number is null or p.number is null or p.number <> r.number
    union
    select r.line, {_OF}, true, p.housed, p.village, null::bigint, true
    from import_row r join import_own p on p.key = r.key and p.folded = r.folded
    where r.number is null or p.number is null or p.number <> r.number"""


def _bearers(query: str) -> list[tuple[int, Bearer]]:
    rows = _rows(
        f"""select found.*, dead.died_on, geo.kind || ' ' || geo.name
        from ({query}) found (line, id, folded, name, number, here, housed, village, unit_id, entered)
        left join registry_death dead on dead.person_id = found.id and dead.superseded_at is null
        left join geography_unit geo on geo.id = found.unit_id
        order by found.line, found.entered desc, found.id"""
    )
    return [
        (line, Bearer(key, folded, name, number, here, housed, village or "", place or "nơi khác", died))
        for line, key, folded, name, number, here, housed, village, _unit, _entered, died, place in rows
    ]


def _likely(unit: Unit, on: dt.date, lines: list[int]) -> dict[int, list[Bearer]]:
    """Look for people like those who are new; national, but only those of the unit are named."""
    if not lines or len(lines) > LIKELY_UP_TO:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.import_new")
        cursor.execute(
            f"""
            create temporary table import_new on commit drop as
            select line::bigint as row_no, number, old_number, name, folded, given_folded, born,
                born_precision, sex, {int(unit.pk)}::bigint as unit
            from import_row where line = any(%s)""",
            [lines],
        )
        cursor.execute("analyze pg_temp.import_new")
    found: dict[int, list[Bearer]] = defaultdict(list)
    rows = _rows(
        f"""select m.row_no, p.id, p.folded, p.name, p.number, own.id is not null, m.reasons,
            geo.kind || ' ' || geo.name
        from ({matches_sql("import_new", on=on)}) m join registry_person p on p.id = m.person_id
        left join import_own own on own.id = p.id
        left join geography_unit geo on geo.id = m.unit_id
        where m.unit_id is not null
        order by m.row_no, m.points desc, p.id"""
    )
    for line, key, folded, name, number, here, reasons, place in rows:
        words = tuple(labels(tuple(reasons)))
        found[line].append(
            Bearer(key, folded, name, number, here, True, "", place or "nơi khác", None, words)
        )
    return found


def _running(month: Month) -> dict[tuple[int, str], Running]:
    """What those of the rows who are in the register are granted, since a row begins."""
    rows = _rows(
        f"""
        select g.person_id, g.slot, g.category, coalesce(l.amount_vnd, 0)
        from (
            select p.id, min(r.from_month) as from_month
            from import_row r join registry_person p on p.number = r.number group by p.id
            union
            select p.id, min(r.from_month)
            from import_row r join import_own p on p.folded = r.folded group by p.id
        ) who
        join grants_grant g on g.person_id = who.id and g.months && daterange(who.from_month, null)
        left join lateral ({level_sql("g.id", f"date '{month.first.isoformat()}'")}) l on true
        order by g.person_id, g.slot, lower(g.months)"""
    )
    return {(person, slot): Running(category, amount) for person, slot, category, amount in rows}


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
