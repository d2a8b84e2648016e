"""Following the map (theo sáp nhập): who is competent for a grant after units ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.constraints import speaking
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.grants.queries import competent_sql, held_sql
from ansinh.kernel.time import Month


@dataclass(frozen=True, slots=True)
class Moved:
    """How many grants got another holder, and how many wait at a province for their commune."""

    grants: int
    unconfirmed: int


def follow_merger(*, unit: Unit, on: dt.date, at: dt.datetime, by: User | None = None) -> Moved:
    """Move the files of ended units to where their people stand on a day (chuyển đơn vị quản lý).

    All grants held in `unit` and below whose holder is no longer valid go, from that month on, to the
    district (until 6/2025) or the commune of the person; to the province while the commune is not confirmed.
    Those that waited at a province go to a commune confirmed since. Nothing else of a grant changes. Safe to
    repeat.
    """
    month = Month.of(on)
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        for name in ("moving", "moving_home"):
            bulk.run(f"drop table if exists pg_temp.{name}")
        bulk.run(
            f"""
            create temporary table moving on commit drop as
            select held.grant_id, g.person_id, date '{month.first}' as month,
                held.unit_id as from_id, s.province_id
            from ({held_sql(unit, month)}) held
            join geography_unit u on u.id = held.unit_id
            join geography_standing s on s.unit_id = held.unit_id and s.valid @> date '{month.first}'
            join grants_grant g on g.id = held.grant_id
            where not u.valid @> date '{month.first}' or u.level = 'PROVINCE'"""
        )
        bulk.run("analyze pg_temp.moving")
        people = "(select distinct person_id, month from pg_temp.moving)"
        bulk.run(f"create temporary table moving_home on commit drop as {competent_sql(people)}")
        bulk.run("analyze pg_temp.moving_home")
        moved = """
            select m.grant_id, m.from_id, coalesce(home.unit_id, m.province_id) as unit_id
            from pg_temp.moving m left join pg_temp.moving_home home on home.person_id = m.person_id"""
        grants = bulk.run(
            f"""
            insert into grants_holding (grant_id, from_month, unit_id)
            select grant_id, %s, unit_id from ({moved}) moved
            where unit_id is distinct from from_id and unit_id is not null order by grant_id
            on conflict (grant_id, from_month) do update set unit_id = excluded.unit_id""",
            [month.first],
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"""select count(*) from ({moved}) moved join geography_unit u on u.id = moved.unit_id
                where u.level = 'PROVINCE'"""
            )
            unconfirmed = int(cursor.fetchone()[0])
        bulk.renew_statistics("grants_holding", rows=grants)
        if grants:
            accounts.record(
                at=at, who=by, right=Right.SIGN_DECISION, action="follow_merger",
                subject=("grants.holding", str(month)), unit=geography.version(unit, on=on),
                detail={"grants": grants, "unconfirmed": unconfirmed},
            )  # fmt: skip
    return Moved(grants, unconfirmed)
