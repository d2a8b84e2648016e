"""The lines, by the month they are for; what may never change; and that money, lines and postings agree.

Lines are written by one INSERT … SELECT of a whole province, so their watch is a trigger a *statement*: it
counts what was added to each roll into `payments_tally`, which only the trigger can write. At the end of the
transaction the tallies of every payroll touched must agree with its control totals and its postings.
"""

from datetime import date

from django.db import migrations

from ansinh.db.schema import make_month_partitions, revoke_changes

COLUMNS = """
    month date not null,
    roll_id bigint not null,
    no integer not null,
    person_id bigint not null,
    slot smallint not null,
    seq smallint not null,
    kind smallint not null,
    amount_vnd bigint not null,
    owed_vnd bigint not null,
    booked_before_vnd bigint not null,
    grant_id bigint,
    ground_id bigint,
    recovery_id bigint,
    standard_vnd bigint,
    coefficient numeric(6, 2),
    category text not null,
    name text not null,
    number text,
    key text,
    recipient_kind text,
    recipient_name text
"""

TABLES = [
    f"create table payments_draftline ({COLUMNS})",
    # Lists are written one after the other, so ranges of pages find them as well as a tree does, at no cost to
    # the writing (a tree took a third as long as the lines themselves).
    "create index draft_line_by_roll on payments_draftline using brin (roll_id) "
    "with (pages_per_range = 16, autosummarize = on)",
    f"""
    create table payments_line ({COLUMNS},
        constraint line_is_booked_once primary key (person_id, month, slot, seq),
        constraint line_pays_a_kind check (kind between 1 and 4),
        constraint line_of_a_slot check (slot between 1 and 4),
        constraint line_names_the_person check ((number is null) <> (key is null)),
        constraint line_is_a_subtraction check (
            seq >= 0 and amount_vnd <> 0 and case when kind = 3
                then amount_vnd < 0 and recovery_id is not null and booked_before_vnd + amount_vnd >= owed_vnd
                else amount_vnd = owed_vnd - booked_before_vnd and amount_vnd > 0 end
        )
    ) partition by range (month)
    """,
    "create index line_by_roll on payments_line using brin (roll_id) "
    "with (pages_per_range = 16, autosummarize = on)",
    """
    create table payments_tally (
        roll_id bigint not null,
        lines bigint not null,
        amount_vnd bigint not null,
        recovered_vnd bigint not null
    )
    """,
    "create index tally_by_roll on payments_tally (roll_id)",
]

WATCH = [
    """
    create function payments_tell(name text, message text) returns void language plpgsql as $$
    begin
        raise exception '%', message using errcode = 'integrity_constraint_violation', constraint = name;
    end $$
    """,
    # What was booked, roll by roll; runs as the owner, for nobody else may write the tally.
    """
    create function payments_tally_lines() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
    begin
        insert into payments_tally (roll_id, lines, amount_vnd, recovered_vnd)
        select roll_id, count(*), sum(amount_vnd), coalesce(sum(amount_vnd) filter (where kind = 3), 0)
        from booked group by roll_id;
        return null;
    end $$
    """,
    # The application has no right to; this stops its owner's slip too, and costs an INSERT nothing.
    """
    create function payments_line_stays() returns trigger language plpgsql as $$
    begin
        perform payments_tell('what_is_booked_stays', 'a booked line is never changed or deleted');
        return null;
    end $$
    """,
    """
    create trigger booked_line_stays before update or delete on payments_line
    for each row execute function payments_line_stays()
    """,
    """
    create trigger booked_lines_stay before truncate on payments_line
    for each statement execute function payments_line_stays()
    """,
    """
    create trigger lines_are_tallied after insert on payments_line
    referencing new table as booked for each statement execute function payments_tally_lines()
    """,
    """
    create function payments_agree(wanted bigint) returns void language plpgsql
    set search_path = public, pg_temp as $$
    declare
        payroll record;
        counted record;
        posted record;
    begin
        select status, lines, total_vnd, recoveries_vnd into payroll from payments_payroll where id = wanted;
        select coalesce(sum(t.lines), 0) lines, coalesce(sum(t.amount_vnd), 0) amount_vnd,
               coalesce(sum(t.recovered_vnd), 0) recovered_vnd
        into counted from payments_tally t join payments_roll r on r.id = t.roll_id where r.payroll_id = wanted;
        select coalesce(sum(amount_vnd), 0) balance,
               coalesce(sum(amount_vnd) filter (where account = 'PAYABLE'), 0) payable,
               coalesce(sum(amount_vnd) filter (where account = 'RECEIVABLE'), 0) receivable
        into posted from payments_posting where payroll_id = wanted;
        if posted.balance <> 0 then
            perform payments_tell('postings_sum_to_zero', format('postings of payroll %s sum to %s', wanted, posted.balance));
        end if;
        if payroll.status is distinct from 'APPROVED' then
            if counted.lines <> 0 or posted.payable <> 0 or posted.receivable <> 0 then
                perform payments_tell('booked_is_approved', format('payroll %s is not approved', wanted));
            end if;
        elsif counted.lines <> payroll.lines or counted.amount_vnd <> payroll.total_vnd
            or counted.recovered_vnd <> payroll.recoveries_vnd
            or posted.payable <> payroll.total_vnd or posted.receivable <> -payroll.recoveries_vnd then
            perform payments_tell('payroll_agrees_with_its_lines', format(
                'payroll %s: totals %s/%s, lines %s/%s, payable %s', wanted,
                payroll.lines, payroll.total_vnd, counted.lines, counted.amount_vnd, posted.payable));
        end if;
    end $$
    """,
    """
    create function payments_agree_later() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
    begin
        if tg_table_name = 'payments_tally' then
            if not exists (select from payments_roll where id = new.roll_id) then
                perform payments_tell('lines_belong_to_a_roll', format('there is no roll %s', new.roll_id));
            end if;
            perform payments_agree((select payroll_id from payments_roll where id = new.roll_id));
        elsif tg_table_name = 'payments_posting' then
            perform payments_agree(new.payroll_id);
        else
            perform payments_agree(new.id);
        end if;
        return null;
    end $$
    """,
    """
    create constraint trigger tally_agrees after insert on payments_tally
    deferrable initially deferred for each row execute function payments_agree_later()
    """,
    """
    create constraint trigger posting_agrees after insert on payments_posting
    deferrable initially deferred for each row execute function payments_agree_later()
    """,
    """
    create constraint trigger approval_agrees after insert or update on payments_payroll
    deferrable initially deferred for each row when (new.status = 'APPROVED')
    execute function payments_agree_later()
    """,
    # What is approved stays as it is.
    """
    create function payments_approved_stays() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
    begin
        if tg_table_name = 'payments_payroll' then
            if old.status = 'APPROVED' then
                perform payments_tell('what_is_approved_stays', format('payroll %s is approved', old.id));
            end if;
        elsif exists (select from payments_payroll where id = old.payroll_id and status = 'APPROVED') then
            perform payments_tell('what_is_approved_stays', format('roll %s is approved', old.id));
        end if;
        return case when tg_op = 'DELETE' then old else new end;
    end $$
    """,
    """
    create trigger approved_payroll_stays before update or delete on payments_payroll
    for each row execute function payments_approved_stays()
    """,
    """
    create trigger approved_roll_stays before update or delete on payments_roll
    for each row execute function payments_approved_stays()
    """,
]

UNDO = [
    "drop table if exists payments_line, payments_draftline cascade",
    "drop table if exists payments_tally cascade",
    "drop function if exists payments_tally_lines() cascade",
    "drop function if exists payments_line_stays() cascade",
    "drop function if exists payments_agree_later() cascade",
    "drop function if exists payments_agree(bigint) cascade",
    "drop function if exists payments_approved_stays() cascade",
    "drop function if exists payments_tell(text, text) cascade",
]


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_payments"), ("db", "0001_roles_and_extensions")]

    operations = [
        migrations.RunSQL([*TABLES, *WATCH], UNDO),
        make_month_partitions("payments_line", date(2021, 1, 1), date(2030, 12, 1)),
        revoke_changes("payments_line"),
        revoke_changes("payments_posting"),
        revoke_changes("payments_account"),
        revoke_changes("payments_settlement"),
        revoke_changes("payments_receivable"),
        revoke_changes("payments_roll", allow=("DELETE",)),
        revoke_changes("payments_grouptotal", allow=("DELETE",)),
        migrations.RunSQL(
            "revoke insert, update, delete, truncate on payments_tally from ansinh_app", migrations.RunSQL.noop
        ),
    ]
