"""Setting off what was overpaid, by a signed recovery, against what a payroll pays (thu hồi dần)."""

from __future__ import annotations

from ansinh.db.bulk import run, with_settings
from ansinh.grants import queries as grants
from ansinh.payments.models import Kind
from ansinh.payments.operations.words import LINE, NO_LOOPS, Asking, has_rows, slot_number, table


def set_off(asking: Asking) -> None:
    """Take an instalment of a signed recovery from what this payroll pays the same person, as a draft line.

    Never more than is overpaid, than the decision still asks for, or than the person's payment; never from
    the dead. The oldest recovery of a person comes first, and of it the oldest month.
    """
    if not has_rows(f"select from grants_recovery where first_month <= {asking.last}"):
        return
    with with_settings(NO_LOOPS):
        _find_instalments(asking)
    if has_rows("select from pay_recovery"):
        _tell_excess(asking)
        run(_TAKE)


def _find_instalments(asking: Asking) -> None:
    """Leave in `pay_recovery` how much of whose recovery this payroll may take."""
    months = (
        f"(extract(year from age({asking.last}, recovery.first_month)) * 12 "
        f"+ extract(month from age({asking.last}, recovery.first_month)) + 1)::int"
    )
    table(
        "pay_recovery",
        rows=f"""
        select distinct on (recovery.person_id)
            recovery.id as recovery_id, recovery.person_id, recovery.slot as slot_name,
            {slot_number("recovery.slot")} as slot, paid.roll_id,
            least(paid.amount_vnd, recovery.amount_vnd + coalesce(taken.amount_vnd, 0),
                recovery.instalment_vnd * least({len(asking.months)}, {months})) as wanted_vnd
        from grants_recovery recovery
        join grants_decision decision on decision.id = recovery.decision_id
        join (
            select distinct on (line.person_id) line.person_id, line.roll_id,
                sum(line.amount_vnd) as amount_vnd
            from payments_draftline line join pay_roll roll on roll.roll_id = line.roll_id
            where line.person_id in (select person_id from grants_recovery)
            group by line.person_id, line.roll_id order by line.person_id, line.roll_id
        ) paid on paid.person_id = recovery.person_id
        left join lateral (
            select sum(line.amount_vnd) as amount_vnd from payments_line line
            where line.person_id = recovery.person_id and line.recovery_id = recovery.id) taken on true
        where recovery.first_month <= {asking.last} and decision.recorded_at <= {asking.known}
            and recovery.amount_vnd + coalesce(taken.amount_vnd, 0) > 0
            and not exists (select from registry_death dead
                where dead.person_id = recovery.person_id and dead.recorded_at <= {asking.known}
                    and (dead.superseded_at is null or dead.superseded_at > {asking.known}))
        order by recovery.person_id, recovery.id
        """,
    )


def _tell_excess(asking: Asking) -> None:
    """Leave in `pay_excess` how much was booked beyond what is owed, for the people with a recovery."""
    table(
        "pay_excess_key",
        rows="""
        select distinct recovery.person_id, recovery.slot_name, recovery.slot, found.month, found.settled_vnd
        from pay_recovery recovery join (
            select person_id, slot, month, settled_vnd from pay_over
            union select person_id, slot, month, settled_vnd from payments_receivable
        ) found on found.person_id = recovery.person_id and found.slot = recovery.slot
        """,
    )
    wanted = """(
        select g.id as grant_id, key.month from pay_excess_key key
        join grants_grant g on g.person_id = key.person_id and g.slot = key.slot_name)"""
    table(
        "pay_excess",
        rows=f"""
        select key.person_id, key.slot, key.month, booked.lines as seq,
            coalesce(owed.amount_vnd, 0) as owed_vnd, key.settled_vnd + booked.amount_vnd as booked_vnd,
            coalesce(booked.category, held.category) as category
        from pay_excess_key key
        cross join lateral (
            select coalesce(sum(line.amount_vnd), 0)::bigint as amount_vnd, count(*)::smallint as lines,
                (array_agg(line.category order by line.seq desc))[1] as category
            from payments_line line
            where line.person_id = key.person_id and line.slot = key.slot and line.month = key.month
        ) booked
        cross join lateral (
            select g.category from grants_grant g
            where g.person_id = key.person_id and g.slot = key.slot_name order by g.id desc limit 1
        ) held
        left join (
            select person_id, {slot_number("slot")} as slot, month, sum(decided_vnd)::bigint as amount_vnd
            from ({grants.owed_sql(wanted, asking.known)}) decided group by 1, 2, 3
        ) owed on owed.person_id = key.person_id and owed.slot = key.slot and owed.month = key.month
        where key.settled_vnd + booked.amount_vnd > coalesce(owed.amount_vnd, 0)
        """,
    )


_TAKE = f"""
    insert into payments_draftline ({LINE})
    with excess as (
        select pay_excess.*, booked_vnd - owed_vnd as amount_vnd,
            sum(booked_vnd - owed_vnd) over (partition by person_id, slot order by month) as up_to_vnd
        from pay_excess
    ),
    taken as (
        select recovery.recovery_id, recovery.roll_id, excess.*,
            least(excess.amount_vnd, recovery.wanted_vnd - excess.up_to_vnd + excess.amount_vnd) as taken_vnd
        from pay_recovery recovery join excess using (person_id, slot)
    )
    select taken.month, taken.roll_id, last.no + row_number() over (
            partition by taken.roll_id order by own.no, taken.month, taken.slot),
        taken.person_id, taken.slot, taken.seq, {Kind.RECOVERY}, -taken.taken_vnd, taken.owed_vnd,
        taken.booked_vnd, null, null, taken.recovery_id, null, null, taken.category, own.name, own.number,
        own.key, own.recipient_kind, own.recipient_name
    from taken
    cross join lateral (
        select * from payments_draftline line
        where line.roll_id = taken.roll_id and line.person_id = taken.person_id
        order by line.no limit 1) own
    cross join lateral (
        select max(line.no) as no from payments_draftline line where line.roll_id = taken.roll_id) last
    where taken.taken_vnd > 0
"""
