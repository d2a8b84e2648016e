"""The one subtraction, for a whole province at once: owed − booked, in temporary tables of the server.

Each step is one statement. `pay_scope` holds the grants asked about and who pays them, `pay_earlier` the
earlier months to be compared, `pay_owed` what grants owe for these and for the months named, `pay_due` the
same beside what was booked of it. Nothing leaves the server, nothing lasts beyond the transaction.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from ansinh.db.progress import Tell
from ansinh.grants import queries as grants
from ansinh.kernel.refusal import Refusal
from ansinh.payments.logic import PAYMENT
from ansinh.payments.operations.looking_back import look_back
from ansinh.payments.operations.words import (
    Asking,
    has_rows,
    months_between,
    own,
    slot_name,
    slot_number,
    table,
    value,
)


def scope(asking: Asking) -> None:
    """Put the grants held by the unit and below in the last month named into `pay_scope`, with who pays them.

    The payer is the holder as it stands that month; NULL where its people were divided.
    """
    table(
        "pay_scope",
        rows=f"""
        select held.grant_id, held.unit_id, {own("holder", standing="standing")} as payer_id
        from ({grants.held_sql(asking.unit, asking.months.last)}) held
        join geography_unit holder on holder.id = held.unit_id
        join geography_standing standing
            on standing.unit_id = held.unit_id and standing.valid @> {asking.last}
        """,
        big=True,
    )


def subtract(*, asking: Asking, tell: Tell) -> None:
    """Leave in `pay_due` what is owed beside what was booked of it before, as far as anything was.

    And in `pay_held` what is held back, in `pay_over` what was overpaid. Expects `pay_scope` and `pay_kept`.
    Refuses a grant without a level: a missing value is never zero.
    """
    tell(_("Chọn người và tháng phải xét"))
    earlier = look_back(asking)
    tell(_("Tính số phải chi theo quyết định"))
    _owe(asking, earlier)
    tell(_("Trừ số đã chi"))
    _find_keys(asking, earlier)
    _count_booked(asking)
    _set_against()
    _find_overpaid(asking)
    _hold_back()


def due() -> str:
    """Write what is owed beside what was booked of it: booked_vnd, lines (how many lines booked it)."""
    if has_rows("select from pay_due"):
        return "pay_due"
    return "(select owed.*, 0::bigint as booked_vnd, 0::smallint as lines from pay_owed owed)"


def _owe(asking: Asking, earlier: bool) -> None:
    """Leave in `pay_owed` what is owed, in the order of people: what is looked up of them lies together."""
    named = months_between(asking.first, last=asking.last)
    looked_back = "union all select grant_id, month, payer_id from pay_earlier" if earlier else ""
    wanted = f"""(
        select scope.grant_id, named.month, scope.payer_id from pay_scope scope cross join {named} named
        where scope.payer_id is not null
        {looked_back})"""
    few = grants.few_of_all(asking.unit, asking.months.last)
    table(
        "pay_owed",
        rows=f"""
        select owed.grant_id, owed.payer_id, owed.month, owed.person_id, {slot_number("owed.slot")} as slot,
            owed.category, owed.payee, owed.coefficient, owed.standard_vnd, owed.amount_vnd,
            owed.decided_vnd, owed.ground_id, owed.held
        from ({grants.owed_sql(wanted, asking.known, carry="payer_id", few=few)} offset 0) owed
        order by owed.person_id
        """,
        big=True,
    )
    without = value("select count(distinct grant_id) from pay_owed where amount_vnd is null")
    if without:
        raise Refusal(
            f"{without} quyết định chưa có mức hưởng cho tháng phải chi.",
            PAYMENT,
            "Rà soát và ký mức hưởng cho các quyết định đó rồi lập lại.",
        )


def _find_keys(asking: Asking, earlier: bool) -> None:
    """Leave in `pay_key` the earlier months that were settled, or in which no grant looked at still runs."""
    nothing = """
        select null::bigint as person_id, null::smallint as slot, null::date as month,
            null::bigint as payer_id, null::timestamptz as settled_at where false"""
    running = f"select count(*) from pay_owed where month < {asking.first}"
    if not earlier or not has_rows(
        f"select where exists (select from pay_earlier where settled_at is not null) "
        f"or (select count(*) from pay_earlier) <> ({running})"
    ):
        table("pay_key", rows=nothing)
        return
    table(
        "pay_key",
        rows=f"""
        select g.person_id, {slot_number("g.slot")} as slot, earlier.month, min(earlier.payer_id) as payer_id,
            max(earlier.settled_at) as settled_at
        from pay_earlier earlier join grants_grant g on g.id = earlier.grant_id
        where earlier.settled_at is not null or not exists (
            select from pay_owed owed where owed.grant_id = earlier.grant_id and owed.month = earlier.month)
        group by g.person_id, g.slot, earlier.month
        """,
    )


def _count_booked(asking: Asking) -> None:
    """Sum what was booked before: `pay_booked` by lines, `pay_settled` as settled elsewhere.

    Settled is asked of all grants of the person and slot: one may have taken the place of another since.
    """
    since = value("select least((select min(month) from pay_key), (select min(month) from pay_owed))")
    # So that the lines of a month are not read for the whole country where one province is asked about.
    first, last = (value(f"select coalesce({end}(person_id), 0) from pay_owed") for end in ("min", "max"))
    table(
        "pay_booked",
        rows=f"""
        select line.person_id, line.slot, line.month, sum(line.amount_vnd)::bigint as amount_vnd,
            count(*)::smallint as lines
        from (
            select person_id, slot, month from pay_owed union select person_id, slot, month from pay_key
        ) wanted
        join payments_line line using (person_id, slot, month)
        where line.month >= date '{since or asking.months.first.first}' and line.month <= {asking.last}
        group by line.person_id, line.slot, line.month
        """
        if has_rows("select from pay_key")
        else f"""
        select line.person_id, line.slot, line.month, sum(line.amount_vnd)::bigint as amount_vnd,
            count(*)::smallint as lines
        from pay_owed join payments_line line using (person_id, slot, month)
        where line.person_id between {first} and {last}
            and line.month >= date '{since or asking.months.first.first}' and line.month <= {asking.last}
        group by line.person_id, line.slot, line.month
        """,
    )
    wanted = f"""(
        select g.id as grant_id, key.month, key.settled_at from pay_key key
        join grants_grant g on g.person_id = key.person_id and g.slot = {slot_name("key.slot")}
        where key.settled_at is not null)"""
    table(
        "pay_settled",
        rows=f"""
        select owed.person_id, {slot_number("owed.slot")} as slot, owed.month,
            coalesce(sum(owed.amount_vnd), 0)::bigint as amount_vnd
        from ({grants.owed_sql(wanted, "w.settled_at")}) owed group by owed.person_id, owed.slot, owed.month
        """,
    )


def _set_against() -> None:
    """Set what was booked against what is owed, in `pay_due`; leave it empty if nothing was booked."""
    against = "select from pay_booked union all select from pay_settled"
    table(
        "pay_due",
        rows=f"""
        select owed.*, coalesce(booked.amount_vnd, 0) + coalesce(settled.amount_vnd, 0) as booked_vnd,
            coalesce(booked.lines, 0)::smallint as lines
        from pay_owed owed
        left join pay_booked booked using (person_id, slot, month)
        left join pay_settled settled using (person_id, slot, month)
        where {has_rows(against)}
        """,
        keys="payer_id, person_id, month, amount_vnd, booked_vnd",
    )


def _find_overpaid(asking: Asking) -> None:
    """Leave in `pay_over` the earlier months looked at of which more was booked than is owed as decided.

    What is only held is not overpaid: the decision to stop comes first. Those of which the grants looked at
    owe less than was booked are suspects; of them all grants of the person and slot are asked.
    """
    table(
        "pay_suspect",
        rows=f"""
        select person_id, slot, month, payer_id, booked_vnd from pay_due
        where month < {asking.first} and booked_vnd > decided_vnd
        union
        select key.person_id, key.slot, key.month, key.payer_id,
            coalesce(booked.amount_vnd, 0) + coalesce(settled.amount_vnd, 0)
        from pay_key key
        left join pay_booked booked using (person_id, slot, month)
        left join pay_settled settled using (person_id, slot, month)
        where coalesce(booked.amount_vnd, 0) + coalesce(settled.amount_vnd, 0) > 0
        """,
    )
    wanted = f"""(
        select distinct g.id as grant_id, key.month from pay_suspect key
        join grants_grant g on g.person_id = key.person_id and g.slot = {slot_name("key.slot")})"""
    table(
        "pay_over",
        rows=f"""
        select key.person_id, key.slot, key.month, min(key.payer_id) as payer_id,
            coalesce(min(settled.amount_vnd), 0) as settled_vnd
        from pay_suspect key
        left join pay_settled settled using (person_id, slot, month)
        left join (
            select owed.person_id, {slot_number("owed.slot")} as slot, owed.month,
                sum(owed.decided_vnd)::bigint as amount_vnd
            from ({grants.owed_sql(wanted, asking.known)}) owed group by 1, 2, 3
        ) decided using (person_id, slot, month)
        group by key.person_id, key.slot, key.month
        having min(key.booked_vnd) > coalesce(min(decided.amount_vnd), 0)
        """,
    )


def _hold_back() -> None:
    """Count, payer by payer, what a recorded death or a suspension keeps from being paid."""
    table(
        "pay_held",
        rows=f"""
        select payer_id, count(distinct person_id) as people,
            sum(due.decided_vnd - due.booked_vnd)::bigint as amount_vnd
        from {due()} due where due.held and due.decided_vnd > due.booked_vnd group by payer_id
        """,
    )
