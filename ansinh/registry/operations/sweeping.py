"""Whom anything recorded lately touches: looked for once, for all provinces that keep rows (ai bị đụng).

`registry_touched` gathers them, sweep after sweep; each province takes what came since it last looked
(`operations.settling`). Were it to look by itself, every province would read what all the others recorded.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from ansinh.db import bulk
from ansinh.registry.queries.folding import OF_RELATIVES

_DATED = {
    "member": "person_id",
    "householdresidence": "household_id",
    "relation": "person_id, other_id, kind",
    "fact": "person_id, fact",
    "sensitivefact": "person_id",
    "householdfact": "household_id",
    "death": "person_id",
}
"""The dated tables that are folded, and whom their rows are about."""
_FORGOTTEN = dt.timedelta(days=100)
"""Not asked for so long, a province is folded anew."""


def sweep(*, known_at: dt.datetime) -> None:
    """Write down whom anything recorded since the last sweep touches, unless that one was no earlier.

    `known_at`: an instant up to which everything recorded is committed. Nothing is done while no province
    keeps rows. Two sweeps at once wait for each other, so this is best a transaction of its own. Who a person
    is has no dates: a birth corrected since the last sweep is found by the next later one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select from registry_sweep where known_at >= %s", [known_at])
        if cursor.fetchone() is not None:
            return
        cursor.execute(
            "select number, known_at, marks, cluster, saw::text, xid::text from registry_sweep for update"
        )
        found = cursor.fetchone()
        if found is None or found[1] >= known_at:
            return
        number, _, marks, *saw = found
        # Before anything is read: whatever is committed from here on the next sweep reads, again if need be.
        cursor.execute(
            "select system_identifier, pg_current_snapshot()::text, pg_current_xact_id()::text "
            "from pg_control_system()"
        )
        sees = cursor.fetchone()
        _clear(known_at)
        written = bulk.run(
            f"""
            insert into registry_touched (sweep, person_id, unit_id, at)
            select {number + 1}, whom.person_id, place.unit_id, whom.at
            from ({_touched(json.loads(marks), saw[1:] if saw[0] == sees[0] else ())}) whom
            left join registry_whereabouts place on place.person_id = whom.person_id"""
        )
        cursor.execute(
            "update registry_sweep set number = number + 1, known_at = %s, cluster = %s, saw = %s, xid = %s, "
            f"marks = {_marks(known_at)}",
            [known_at, *sees],
        )
    bulk.renew_statistics("registry_touched", rows=written)


def _clear(known_at: dt.datetime) -> None:
    """Remove what every province has taken, and the rows of provinces that were not asked for long.

    Those would hold the rest back for ever: of a province that was merged nobody asks any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from registry_settling where known_at < %s returning area_id", [known_at - _FORGOTTEN]
        )
        areas = [area for (area,) in cursor.fetchall()]
        for table in ("registry_settled", "registry_unsettled"):
            cursor.execute(f"delete from {table} where area_id = any(%s)", [areas])
        cursor.execute(
            "delete from registry_touched using (select coalesce(min(sweep), number) as sweep, "
            "coalesce(min(registry_settling.known_at), 'infinity') as known_at "
            "from registry_sweep left join registry_settling on true group by number) taken "
            "where registry_touched.sweep <= taken.sweep and registry_touched.at <= taken.known_at"
        )


def swept(*, known_at: dt.datetime) -> int:
    """Return the number of a sweep that reached an instant, swept now if need be (the first one counts 1)."""
    bulk.run(
        "insert into registry_sweep (number, known_at, marks) "
        f"select 1, %s, {_marks(known_at)} on conflict do nothing",
        [known_at],
    )
    sweep(known_at=known_at)
    with connection.cursor() as cursor:
        cursor.execute("select number from registry_sweep")
        (number,) = cursor.fetchone()
    return int(number)


def _touched(marks: Mapping[str, int], saw: Sequence[str]) -> str:
    """Select whom anything recorded since may concern, and the latest instant of it: person_id, at.

    Rows are found by their ids, those superseded since and persons corrected by the change history; of that
    only what the last sweep did not see: its snapshot and its own transaction, which may have written more
    since (nothing: that was another cluster). Of relatives the fold reads who died, and which parent is in a
    facility or detained.
    """
    unseen = ""
    if saw:
        snapshot, own = saw
        unseen = (
            f"and (transaction = {own} or not pg_visible_in_snapshot(transaction::text::xid8, '{snapshot}'))"
        )
    lately = ", ".join(
        f"""{table}_rows as materialized (
            select {whom}, greatest(recorded_at, superseded_at) as at
            from registry_{table} where id > {marks[table]}
            union all
            select {whom}, greatest(recorded_at, superseded_at) as at
            from registry_{table} where id in (
                select unnest(rows) from changed where "table" = 'registry_{table}')
        )"""
        for table, whom in _DATED.items()
    )
    return f"""
        with changed as materialized (
            select "table", "row", rows, at from db_change where id > {marks["change"]} {unseen}
        ),
        {lately},
        homes as (
            select household_id, at from householdresidence_rows
            union all select household_id, at from householdfact_rows
        ),
        relatives as (
            select person_id, at from death_rows
            union all select person_id, at from fact_rows
                where fact in ({", ".join(map(str, OF_RELATIVES))})
        )
        select person_id, max(at) as at from (
            select person_id, at from member_rows
            union all select person_id, at from fact_rows
            union all select person_id, at from sensitivefact_rows
            union all select person_id, at from death_rows
            union all select person_id, at from relation_rows
            union all select other_id, at from relation_rows where kind = 6
            union all select "row", at from changed where "table" = 'registry_person' and "row" is not null
            union all select m.person_id, homes.at from homes join registry_member m using (household_id)
            union all select r.person_id, relatives.at
                from relatives join registry_relation r on r.other_id = relatives.person_id
                where r.kind in (1, 2, 3, 5)
        ) whom group by person_id"""


def _marks(known_at: dt.datetime) -> str:
    """Write as SQL the last ids recorded up to an instant."""
    at = f"timestamptz '{known_at.isoformat()}'"
    last = {
        table: f"(select id from registry_{table} where recorded_at <= {at} order by id desc limit 1)"
        for table in _DATED
    }
    # Who changes anything else does not wait for the register: a minute is left for who was about to.
    last["change"] = (
        f"(select id from db_change where at <= {at} - interval '1 minute' order by id desc limit 1)"
    )
    named = (f"'{name}', coalesce({query}, 0)" for name, query in last.items())
    return f"jsonb_build_object({', '.join(named)})"
