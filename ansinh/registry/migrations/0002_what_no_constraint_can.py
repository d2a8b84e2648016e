"""What constraints cannot keep, or only row by row: triggers that look once at all rows of a statement.

After an INSERT into a table of dated rows:
- whoever writes about the same person or household at the same moment waits (few rows: a lock per subject;
  more: one lock for all), so that two transactions cannot each miss what the other writes;
- what the rows point to must exist (their keys have no constraint: its check, row by row, doubles a load);
- no two current rows of one kind overlap. Many rows: neighbours in the index are compared, one pass over the
  span of the subjects; few: each is looked up.
An UPDATE may only set `superseded_at`, once. The application is refused DELETE and TRUNCATE.

What a statement's plan is made of is only known when it runs: hence EXECUTE.
"""

from django.db import migrations

from ansinh.db.schema import revoke_changes

INSERTED = """
create function {table}_inserted() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    rows bigint := (select count(*) from inserted);
    wrong boolean;
    loops text := current_setting('enable_nestloop');
begin
    if rows > 1000 then
        perform pg_advisory_xact_lock(hashtextextended('registry in bulk', 0));
        -- Of a table never analysed the planner expects an overlap at once, and loops over all pairs.
        perform set_config('enable_nestloop', 'off', true);
    elsif rows > 0 then
        perform pg_advisory_xact_lock_shared(hashtextextended('registry in bulk', 0));
        perform pg_advisory_xact_lock(hashtextextended('registry {table} ' || subject, 0))
        from (select distinct {subject} as subject from inserted order by 1) as subjects;
    end if;
    {existence}
    if rows > 100000 then
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
                join {table} other on {same} and other.superseded_at is null and other.id <> inserted.id
                    and other.valid_from < coalesce(inserted.valid_to, 'infinity')
                    and inserted.valid_from < coalesce(other.valid_to, 'infinity')
                where inserted.superseded_at is null)
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
create trigger {table}_inserted after insert on {table}
    referencing new table as inserted for each statement execute function {table}_inserted();
"""

EXISTENCE = """
    execute $find$
        select exists (
            select from inserted
            where {column} is not null and not exists (select from {there} there where there.id = {column}))
    $find$ into wrong;
    if wrong then
        raise exception '{table}.{column}: no such row in {there}'
            using errcode = 'foreign_key_violation', constraint = '{table}_{column}_exists', table = '{table}';
    end if;
"""

POINTING = """
create function {table}_inserted() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    wrong boolean;
begin
    {existence}
    return null;
end
$$;
create trigger {table}_inserted after insert on {table}
    referencing new table as inserted for each statement execute function {table}_inserted();
"""

STANDING = """
create function registry_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '%: rows stand', tg_table_name
        using errcode = 'integrity_constraint_violation', constraint = 'register_rows_stand',
              table = tg_table_name;
end
$$;
"""

STANDS = """
create trigger {table}_stands before update on {table} for each row
    when (old.superseded_at is not null or new.superseded_at is null
          or ({columns}) is distinct from ({olds}))
    execute function registry_refuse_change();
"""

# Table → what rows of one kind share, the constraint's name, what its loose keys point to, its other columns.
LOOSE = {"source_id": "registry_source", "document_id": "registry_document"}
DATED = {
    "registry_fact": (
        ("person_id", "fact"),
        "facts_never_overlap",
        {"person_id": "registry_person", **LOOSE},
        ("fact", "value"),
    ),
    "registry_sensitivefact": (
        ("person_id", "fact"),
        "facts_never_overlap",
        {"person_id": "registry_person", **LOOSE},
        ("fact", "value"),
    ),
    "registry_householdfact": (
        ("household_id", "fact"),
        "household_facts_never_overlap",
        {"household_id": "registry_household", **LOOSE},
        ("fact", "value"),
    ),
    "registry_member": (
        ("person_id",),
        "one_household_at_a_time",
        {
            "person_id": "registry_person",
            "household_id": "registry_household",
            "source_id": "registry_source",
        },
        ("role",),
    ),
    "registry_householdresidence": (
        ("household_id",),
        "one_residence_at_a_time",
        {"household_id": "registry_household", "source_id": "registry_source"},
        ("unit_id", "village"),
    ),
    # One father, one mother, one spouse at a time (kinds 1, 2, 3); of the others as many as there are.
    "registry_relation": (
        ("person_id", "kind", "case when {row}kind <= 3 then 0 else {row}other_id end"),
        "relations_never_overlap",
        {"person_id": "registry_person", "other_id": "registry_person", "source_id": "registry_source"},
        ("kind",),
    ),
}
POINTERS = {
    "registry_person": {"source_id": "registry_source"},
    "registry_household": {"source_id": "registry_source"},
}


def _existence(table: str, keys: dict[str, str]) -> str:
    return "".join(EXISTENCE.format(table=table, column=column, there=there) for column, there in keys.items())


def _of(part: str, row: str) -> str:
    return part.format(row=row) if "{" in part else row + part


def _dated() -> list[migrations.RunSQL]:
    made = []
    for table, (key, constraint, keys, others) in DATED.items():
        columns = sorted({"id", "recorded_at", "valid_from", "valid_to", *keys, *others})
        made.append(
            migrations.RunSQL(
                INSERTED.format(
                    table=table,
                    subject=key[0],
                    key=", ".join(_of(part, "") for part in key),
                    same=" and ".join(f"{_of(part, 'other.')} = {_of(part, 'inserted.')}" for part in key),
                    constraint=constraint,
                    existence=_existence(table, keys),
                )
                + STANDS.format(
                    table=table,
                    columns=", ".join(f"new.{column}" for column in columns),
                    olds=", ".join(f"old.{column}" for column in columns),
                ),
                f"drop trigger {table}_stands on {table}; drop trigger {table}_inserted on {table}; "
                f"drop function {table}_inserted();",
            )
        )
    return made


def _pointers() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            POINTING.format(table=table, existence=_existence(table, keys)),
            f"drop trigger {table}_inserted on {table}; drop function {table}_inserted();",
        )
        for table, keys in POINTERS.items()
    ]


DEATHS = ("id", "person_id", "source_id", "document_id", "recorded_at", "died_on")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_registry")]
    operations = [
        migrations.RunSQL(STANDING, "drop function registry_refuse_change();"),
        *_dated(),
        *_pointers(),
        migrations.RunSQL(
            STANDS.format(
                table="registry_death",
                columns=", ".join(f"new.{column}" for column in DEATHS),
                olds=", ".join(f"old.{column}" for column in DEATHS),
            ),
            "drop trigger registry_death_stands on registry_death;",
        ),
        *(revoke_changes(table, allow=("UPDATE",)) for table in (*DATED, *POINTERS, "registry_death")),
        revoke_changes("registry_source"),
        revoke_changes("registry_document"),
    ]
