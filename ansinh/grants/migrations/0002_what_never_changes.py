"""What the database refuses beyond keys and checks: changing what was decided, levels of no grant."""

from django.db import migrations

from ansinh.db.schema import revoke_changes

# A key for every row of the big tables would cost more than the row; what they refer to is never deleted, so
# one look a statement proves as much.
REFERENCES = {
    "grants_grant": {
        "person_id": "registry_person",
        "decision_id": "grants_decision",
        "ended_by_id": "grants_decision",
        "end_ground_id": "grants_legalground",
    },
    "grants_level": {
        "grant_id": "grants_grant",
        "decision_id": "grants_decision",
        "ground_id": "grants_legalground",
    },
    "grants_holding": {"grant_id": "grants_grant", "unit_id": "geography_unit"},
}


def _refers(table: str, references: dict[str, str]) -> str:
    missing = " or ".join(
        f"""exists (
            select from (select distinct {column} as id from written where {column} is not null) w
            where not exists (select from {target} t where t.id = w.id))"""
        if target in ("grants_decision", "grants_legalground", "geography_unit")
        else f"exists (select from written w where not exists (select from {target} t where t.id = w.{column}))"
        for column, target in references.items()
    )
    return f"""
        create function {table}_refers() returns trigger language plpgsql as $$
        begin
            if {missing} then
                raise exception 'a row of % refers to nothing', tg_table_name
                    using errcode = 'foreign_key_violation', constraint = '{table}_refers';
            end if;
            return null;
        end $$;
        create trigger {table}_refers after insert on {table}
            referencing new table as written for each statement execute function {table}_refers();
        create trigger {table}_still_refers after update on {table}
            referencing new table as written for each statement execute function {table}_refers();"""


# A level counts as decided at the instant of its decision.
SAME_INSTANT = """
create function grants_level_at_its_instant() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct decision_id, decided_at from written) w
        join grants_decision d on d.id = w.decision_id and d.decided_at <> w.decided_at
    ) then
        raise exception 'a level decided at another instant than its decision'
            using errcode = 'integrity_constraint_violation', constraint = 'grants_level_at_its_instant';
    end if;
    return null;
end $$;
create trigger grants_level_at_its_instant after insert on grants_level
    referencing new table as written for each statement execute function grants_level_at_its_instant();
"""

# The owner's own rights are refused nothing, so a trigger stands behind them.
NEVER_CHANGE = """
create function grants_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name
        using errcode = 'integrity_constraint_violation', constraint = 'grants_append_only';
end $$;
create trigger grants_decision_append_only before update or delete on grants_decision
    for each statement execute function grants_append_only();
create trigger grants_level_append_only before update or delete on grants_level
    for each statement execute function grants_append_only();
create trigger grants_legalground_append_only before update or delete on grants_legalground
    for each statement execute function grants_append_only();
create trigger grants_recovery_append_only before update or delete on grants_recovery
    for each statement execute function grants_append_only();
create trigger grants_grant_never_deleted before delete on grants_grant
    for each statement execute function grants_append_only();

create function grants_grant_ends_once() returns trigger language plpgsql as $$
begin
    if old.ended_by_id is not null then
        raise exception 'grant % has ended', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'grants_grant_ends_once';
    end if;
    if new.ended_by_id is null or upper_inf(new.months)
        or not (isempty(new.months) or lower(new.months) = lower(old.months))
        or (new.id, new.person_id, new.category, new.slot, new.scheme, new.payee, new.decision_id, new.taken_over)
            is distinct from
           (old.id, old.person_id, old.category, old.slot, old.scheme, old.payee, old.decision_id, old.taken_over)
    then
        raise exception 'of grant % only the end may be written', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'grants_append_only';
    end if;
    return new;
end $$;
create trigger grants_grant_ends_once before update on grants_grant
    for each row execute function grants_grant_ends_once();

revoke update on grants_grant from ansinh_app;
grant update (months, ended_by_id, end_ground_id) on grants_grant to ansinh_app;
"""

ITEMS = """
create view grants_decisionitem as
    select g.decision_id, g.id as grant_id, g.person_id,
        case when o.id is null then 'START' else 'CONVERT' end as action,
        coalesce(lower(g.months), (select min(l.from_month) from grants_level l where l.grant_id = g.id)) as month,
        o.id as replaces_id
    from grants_grant g
    left join grants_grant o
        on o.person_id = g.person_id and o.slot = g.slot and o.ended_by_id = g.decision_id and o.id <> g.id
        and coalesce(upper(o.months), (select min(l.from_month) from grants_level l where l.grant_id = o.id))
            = coalesce(lower(g.months), (select min(l.from_month) from grants_level l where l.grant_id = g.id))
    union all
    select l.decision_id, l.grant_id, g.person_id, 'LEVEL', min(l.from_month), null
    from grants_level l
    join grants_grant g on g.id = l.grant_id and g.decision_id <> l.decision_id
    group by l.decision_id, l.grant_id, g.person_id
    union all
    select g.ended_by_id, g.id, g.person_id, 'STOP', e.month, null
    from grants_grant g
    cross join lateral (
        select coalesce(upper(g.months), (select min(l.from_month) from grants_level l where l.grant_id = g.id))
    ) as e(month)
    where g.ended_by_id is not null and not exists (
        select from grants_grant n
        where n.person_id = g.person_id and n.slot = g.slot and n.decision_id = g.ended_by_id and n.id <> g.id
            and coalesce(lower(n.months), (select min(l.from_month) from grants_level l where l.grant_id = n.id))
                = e.month
    )
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0001_decisions_grants_levels")]
    operations = [
        *(migrations.RunSQL(_refers(table, references)) for table, references in REFERENCES.items()),
        migrations.RunSQL(SAME_INSTANT),
        migrations.RunSQL(NEVER_CHANGE),
        revoke_changes("grants_decision"),
        revoke_changes("grants_level"),
        revoke_changes("grants_legalground"),
        revoke_changes("grants_recovery"),
        revoke_changes("grants_grant", allow=("UPDATE",)),
        revoke_changes("grants_holding", allow=("UPDATE",)),
        revoke_changes("grants_recipient", allow=("UPDATE",)),
        revoke_changes("grants_hold", allow=("UPDATE",)),
        migrations.RunSQL(ITEMS),
    ]
