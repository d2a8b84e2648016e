"""Keeping count of what stands open in each unit (sổ đếm)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ansinh.db import bulk
from ansinh.determinations.models import Run
from ansinh.geography import queries as geography
from ansinh.grants.logic import REVIEW_KINDS
from ansinh.grants.queries import coming_sql, differences_sql, running_sql
from ansinh.kernel.time import Month


def count_open(*, run: Run, at: dt.datetime) -> None:
    """Count, for a run's unit and each one below it, who receives and what is found different (đếm việc mở).

    After asking, and again after a decision. One statement for a province. A unit without any difference is
    counted too: nothing is open there.
    """
    month, unit = Month.of(run.month), run.unit
    on = timezone.localtime(at).date()
    places = [unit.pk, *geography.descendants(unit, on=month.first).values_list("pk", flat=True)]
    kinds = ", ".join(
        f"count(distinct d.person_id) filter (where d.kind = '{kind}')::int as {kind.lower()}"
        for kind in REVIEW_KINDS
    )
    names = [kind.lower() for kind in REVIEW_KINDS]
    bulk.run(
        f"""
        insert into grants_tally
            (unit_id, month, run_id, at, people, no_number, year_only, coming, {", ".join(names)})
        select place.id, %(month)s, %(run)s, %(at)s,
            coalesce(r.people, 0), coalesce(r.no_number, 0), coalesce(r.year_only, 0),
            coalesce(c.people, 0),
            {", ".join(f"coalesce(o.{name}, 0)" for name in names)}
        from unnest(%(places)s::bigint[]) place (id)
        left join (
            select held.unit_id, count(*)::int as people,
                (count(*) filter (where p.number is null))::int as no_number,
                (count(*) filter (where p.born_precision is distinct from 'D'))::int as year_only
            from (
                select distinct running.unit_id, g.person_id
                from ({running_sql(unit, month)}) running
                join grants_grant g on g.id = running.grant_id
            ) held
            join registry_person p on p.id = held.person_id
            group by held.unit_id
        ) r on r.unit_id = place.id
        left join (
            select d.unit_id, {kinds} from ({differences_sql(run, unit)}) d group by d.unit_id
        ) o on o.unit_id = place.id
        left join (
            select soon.unit_id, count(distinct soon.person_id)::int as people
            from ({coming_sql(unit, month, on=on)}) soon group by soon.unit_id
        ) c on c.unit_id = place.id
        on conflict (unit_id, month) do update set
            run_id = excluded.run_id, at = excluded.at, people = excluded.people,
            no_number = excluded.no_number, year_only = excluded.year_only,
            coming = excluded.coming,
            {", ".join(f"{name} = excluded.{name}" for name in names)}""",
        {"month": run.month, "run": run.pk, "at": at, "places": places},
    )
