"""Up to 100,000 rows written at once are looked up by index in the triggers of 0002 and 0005.

From a thousand rows on they were joined by hashing, which reads whole tables: among a country's thirty million
facts and twelve million people every list of a commune took ten seconds a table more. `offset 0` holds a
row's own look-up; an array is asked of an index also where loops are off.
"""

from importlib import import_module

from django.db import migrations

before = import_module("ansinh.registry.migrations.0002_what_no_constraint_can")
finding = import_module("ansinh.registry.migrations.0005_finding_and_telling_apart")

MANY = 100_000

INSERTED = """
create or replace function {table}_inserted() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    rows bigint := (select count(*) from inserted);
    one_by_one text := case when rows <= {many} then 'offset 0' else '' end;
    wrong boolean;
    loops text := current_setting('enable_nestloop');
begin
    if rows > 1000 then
        perform pg_advisory_xact_lock(hashtextextended('registry in bulk', 0));
    elsif rows > 0 then
        perform pg_advisory_xact_lock_shared(hashtextextended('registry in bulk', 0));
        perform pg_advisory_xact_lock(hashtextextended('registry {table} ' || subject, 0))
        from (select distinct {subject} as subject from inserted order by 1) as subjects;
    end if;
    if rows > {many} then
        -- Of a table never analysed the planner expects nothing, and loops over all pairs.
        perform set_config('enable_nestloop', 'off', true);
    end if;
    {existence}
    if rows > {many} then
        execute $find$
            select exists (
                select from (
                    select valid_from, lag(coalesce(valid_to, 'infinity')) over (
                        partition by {key} order by valid_from) as ended
                    from {table}
                    where superseded_at is null and {subject} between
                        (select min({subject}) from inserted) and (select max({subject}) from inserted)
                ) as neighbours
                where ended > valid_from)
        $find$ into wrong;
    else
        execute $find$
            select exists (
                select from inserted
                where inserted.superseded_at is null and exists (
                    select from {table} other
                    where {same} and other.superseded_at is null and other.id <> inserted.id
                        and other.valid_from < coalesce(inserted.valid_to, 'infinity')
                        and inserted.valid_from < coalesce(other.valid_to, 'infinity')
                    offset 0))
        $find$ into wrong;
    end if;
    if wrong then
        raise exception '{table}: rows overlap'
            using errcode = 'integrity_constraint_violation', constraint = '{constraint}', table = '{table}';
    end if;
    perform set_config('enable_nestloop', loops, true);
    return null;
end
$$;
"""

EXISTENCE = """
    execute format($find$
        select exists (
            select from inserted
            where {column} is not null
                and not exists (select from {there} there where there.id = {column} %s))
    $find$, one_by_one) into wrong;
    if wrong then
        raise exception '{table}.{column}: no such row in {there}'
            using errcode = 'foreign_key_violation', constraint = '{table}_{column}_exists', table = '{table}';
    end if;
"""

POINTING = """
create or replace function {table}_inserted() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    one_by_one text := case when (select count(*) from inserted) <= {many} then 'offset 0' else '' end;
    wrong boolean;
begin
    {existence}
    return null;
end
$$;
"""


WHEREABOUTS = """
create or replace function {table}_whereabouts() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    rows bigint := (select count(*) from changed);
    loops text := current_setting('enable_nestloop');
begin
    -- Two who move the same person at once: the second sees what the first has done.
    if rows > 1000 then
        perform pg_advisory_xact_lock(hashtextextended('whereabouts in bulk', 0));
        -- In the middle of a load nothing is known of the tables' sizes: loops over loops would never end.
        perform set_config('enable_nestloop', 'off', true);
    else
        perform pg_advisory_xact_lock_shared(hashtextextended('whereabouts in bulk', 0));
        perform pg_advisory_xact_lock(hashtextextended('whereabouts ' || person, 0))
        from (select distinct person from ({people}) as touched (person) order by 1) as people;
    end if;
    if rows > {many} then
        execute $keep$ delete from registry_whereabouts where person_id in ({people}) $keep$;
        execute $keep$ {fill} $keep$;
    else
        execute $keep$ delete from registry_whereabouts where person_id = any(array({few})) $keep$;
        execute $keep$ {fill_few} $keep$;
    end if;
    perform set_config('enable_nestloop', loops, true);
    return null;
end
$$;
"""
ON_PERSON = "on person.id = member.person_id"
FEW = {
    "registry_member": "select person_id from changed",
    "registry_householdresidence": "select person_id from registry_member where superseded_at is null "
    "and household_id = any(array(select household_id from changed))",
    "registry_person": "select id from changed",
}


def _existence(table: str, keys: dict[str, str]) -> str:
    return "".join(EXISTENCE.format(table=table, column=column, there=there) for column, there in keys.items())


def _dated() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            INSERTED.format(
                table=table,
                many=MANY,
                subject=key[0],
                key=", ".join(before._of(part, "") for part in key),
                same=" and ".join(
                    f"{before._of(part, 'other.')} = {before._of(part, 'inserted.')}" for part in key
                ),
                constraint=constraint,
                existence=_existence(table, keys),
            ),
            migrations.RunSQL.noop,
        )
        for table, (key, constraint, keys, _others) in before.DATED.items()
    ]


def _pointers() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            POINTING.format(table=table, many=MANY, existence=_existence(table, keys)),
            migrations.RunSQL.noop,
        )
        for table, keys in before.POINTERS.items()
    ]


def _whereabouts() -> list[migrations.RunSQL]:
    made = []
    for table, (people, _events) in finding.TOUCHED.items():
        few = FEW[table]
        members = "select household_id from registry_member where superseded_at is null and person_id"
        made.append(
            migrations.RunSQL(
                WHEREABOUTS.format(
                    table=table,
                    many=MANY,
                    people=people,
                    few=few,
                    fill=finding.FILL.format(
                        of_people=f"and person_id in ({people})",
                        of_homes=f"and household_id in ({members} in ({people}))",
                    ),
                    fill_few=finding.FILL.format(
                        of_people=f"and person_id = any(array({few}))",
                        of_homes=f"and household_id = any(array({members} = any(array({few}))))",
                    ).replace(ON_PERSON, f"{ON_PERSON} and person.id = any(array({few}))"),
                ),
                migrations.RunSQL.noop,
            )
        )
    return made


class Migration(migrations.Migration):
    dependencies = [("registry", "0019_left_since")]

    operations = [*_dated(), *_pointers(), *_whereabouts()]
