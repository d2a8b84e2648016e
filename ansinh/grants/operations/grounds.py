"""Legal grounds: the same articles are written down once, however many people they give money to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from ansinh.db import bulk
from ansinh.determinations.models import Run

_DIGEST = "encode(sha256(convert_to({cites}::jsonb::text || e'\\n' || {note}, 'UTF8')), 'hex')"
_NOTE = "(select coalesce(string_agg(note, e'\\n'), '') from jsonb_array_elements_text(e.notes) as note)"


def keep_entitlement_grounds(*, runs: Sequence[Run]) -> dict[tuple[int, int, str], int]:
    """Write down the grounds of everything some runs give; return them by (run, outcome, slot)."""
    which = f"e.run_id in ({', '.join(str(run.pk) for run in runs)})"
    digest = _DIGEST.format(cites="e.cites", note=_NOTE)
    bulk.run(
        f"""
        insert into grants_legalground (digest, cites, note)
        select distinct on (1) {digest}, e.cites, {_NOTE}
        from determinations_outcomeentitlement e where {which} order by 1
        on conflict (digest) do nothing"""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select e.run_id, e.no, e.slot, g.id
            from determinations_outcomeentitlement e
            join grants_legalground g on g.digest = {digest} where {which}"""
        )
        return {(run, no, slot): ground for run, no, slot, ground in cursor}


def keep_grounds(*, texts: Iterable[tuple[Sequence[str], str]]) -> Mapping[tuple[tuple[str, ...], str], int]:
    """Write down grounds given as (articles, note); return their ids by the same."""
    kept = {}
    for cites, note in texts:
        digest = _DIGEST.format(cites="%(cites)s", note="%(note)s::text")
        values = {"cites": json.dumps(list(cites), ensure_ascii=False), "note": note}
        bulk.run(
            f"""
            insert into grants_legalground (digest, cites, note)
            values ({digest}, %(cites)s::jsonb, %(note)s) on conflict (digest) do nothing""",
            values,
        )
        with connection.cursor() as cursor:
            cursor.execute(f"select id from grants_legalground where digest = {digest}", values)
            kept[tuple(cites), note] = int(cursor.fetchone()[0])
    return kept
