"""Writing the lists: every difference above zero a line, with the names as they are now (lập danh sách)."""

from __future__ import annotations

from ansinh.db.bulk import run
from ansinh.grants import queries as grants
from ansinh.payments.models import Kind
from ansinh.payments.operations.drafting import due
from ansinh.payments.operations.words import LINE, Asking, table


def write_lines(asking: Asking) -> None:
    """Write the draft lines of what `pay_owed` owes beyond what was booked, sorted as Vietnamese lists are.

    Payrolls and lists get their numbers first, in `pay_payroll` (payer_id, payroll_id) and `pay_roll`
    (payroll_id, payer_id, whole, commune_id, roll_id): their rows follow, when the sums are known.
    """
    _name_recipients(asking)
    _find_communes(asking)
    _number_lists()
    # What is sorted by comes first: columns after texts that may be NULL take longer to reach.
    run(
        f"""
        insert into payments_draftline ({LINE})
        select {LINE} from (
            select roll.roll_id, person.sort_key, person.key as own_key, due.month, due.slot,
                row_number() over (
                    partition by roll.roll_id order by person.sort_key, person.key, due.month, due.slot
                ) as no,
                due.person_id, due.lines as seq,
                case when due.month < {asking.first} then {Kind.ARREARS} else {Kind.REGULAR} end as kind,
                due.amount_vnd - due.booked_vnd as amount_vnd, due.amount_vnd as owed_vnd,
                due.booked_vnd as booked_before_vnd, due.grant_id, due.ground_id, null::bigint as recovery_id,
                due.standard_vnd, due.coefficient, due.category, person.name, person.number,
                case when person.number is null then person.key end as key,
                handed.kind as recipient_kind, handed.name as recipient_name
            from {due()} due
            join registry_person person on person.id = due.person_id
            left join pay_place place on place.person_id = due.person_id
            join pay_roll roll on roll.payer_id = due.payer_id
                and (roll.whole or roll.commune_id is not distinct from place.commune_id)
            left join pay_handed handed on handed.grant_id = due.grant_id
                and handed.month = case when due.payee = 'PERSON' then {asking.last} else due.month end
            where not due.held and due.amount_vnd > due.booked_vnd
        ) line
        """
    )


def _name_recipients(asking: Asking) -> None:
    """Find who is handed the money (người nhận).

    A person's own: the recipient of the last month named, whatever month it is for. A carer's or a
    facility's: that of the month itself.
    """
    wanted = f"""(
        select distinct owed.grant_id,
            case when owed.payee = 'PERSON' then {asking.last} else owed.month end as month
        from pay_owed owed where owed.grant_id in (select grant_id from grants_recipient))"""
    table(
        "pay_handed",
        rows=f"""
        select handed.grant_id, handed.month, handed.kind,
            coalesce(nullif(handed.name, ''), person.name) as name
        from ({grants.recipients_sql(wanted)}) handed
        left join registry_person person on person.id = handed.person_id
        """,
    )


def _find_communes(asking: Asking) -> None:
    """Find the commune of those a district or a province pays: where they live in the last month named."""
    table(
        "pay_place",
        rows=f"""
        select distinct on (owed.person_id) owed.person_id, standing.commune_id
        from (
            select distinct owed.person_id from pay_owed owed
            join geography_unit unit on unit.id = owed.payer_id where unit.level <> 'COMMUNE'
        ) owed
        join registry_member member on member.person_id = owed.person_id and member.superseded_at is null
            and member.valid_from <= {asking.last}
        join registry_householdresidence home on home.household_id = member.household_id
            and home.superseded_at is null and home.valid && member.valid and home.valid_from <= {asking.last}
        join geography_standing standing
            on standing.unit_id = home.unit_id and standing.valid @> {asking.last}
        order by owed.person_id, greatest(member.valid_from, home.valid_from) desc
        """,
    )


def _number_lists() -> None:
    """Number a payroll for whoever owes, or paid too much, and its lists: one if the payer is a commune."""
    table(
        "pay_payroll",
        rows="""
        select payer.payer_id, unit.level = 'COMMUNE' as whole,
            nextval(pg_get_serial_sequence('payments_payroll', 'id')) as payroll_id
        from (select payer_id from pay_owed union select payer_id from pay_over order by payer_id) payer
        join geography_unit unit on unit.id = payer.payer_id
        """,
    )
    table(
        "pay_roll",
        rows="""
        select list.*, nextval(pg_get_serial_sequence('payments_roll', 'id')) as roll_id
        from (
            select payroll_id, payer_id, whole, payer_id as commune_id from pay_payroll where whole
            union all
            select distinct payroll.payroll_id, payroll.payer_id, whole, place.commune_id
            from pay_payroll payroll
            join pay_owed owed on owed.payer_id = payroll.payer_id
            left join pay_place place on place.person_id = owed.person_id
            where not payroll.whole
        ) list
        left join geography_unit commune on commune.id = list.commune_id
        order by list.payroll_id, commune.code collate "C"
        """,
    )
