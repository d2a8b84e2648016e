"""Operations for migrations: what the application may not do, and partitions by month."""

from datetime import date

from django.db.migrations.operations import RunSQL


def revoke_changes(table: str, *, allow: tuple[str, ...] = ()) -> RunSQL:
    """Make a table append-only for the application: it may INSERT and SELECT. `allow=("UPDATE",)` keeps one.

    Triggers would stop the application too, but not more, and cost time; its owner they do not stop either.
    """
    refused = ", ".join(right for right in ("UPDATE", "DELETE", "TRUNCATE") if right not in allow)
    return RunSQL(f'revoke {refused} on table "{table}" from ansinh_app', RunSQL.noop)


def keep_history(
    table: str, *, key: str = "id", superseded: bool = False, hide: tuple[str, ...] = ()
) -> RunSQL:
    """Have every UPDATE and DELETE of a table written to `db_change`.

    A statement-level trigger: one INSERT … SELECT for a statement, however many rows it touched; INSERTs,
    which are nearly all there is, cost nothing. `superseded` is for the dated tables of the register, whose
    rows stand but for their `superseded_at`: copies of 200,000 rows would take thrice the time of their
    update, a list of their keys takes next to nothing; nor is any value copied. What a deleted row had in
    the columns of `hide` is not copied either. `key` is the table's: its columns by commas. Needs db's 0002.
    """
    arguments = ", ".join(f"'{word}'" for word in (key, *hide))
    update = "db_keep_superseding" if superseded else "db_keep_update"
    return RunSQL(
        (
            f'create trigger keep_update after update on "{table}" referencing old table as old_rows '
            f"new table as new_rows for each statement execute function {update}({arguments})",
            f'create trigger keep_delete after delete on "{table}" referencing old table as old_rows '
            f"for each statement execute function db_keep_delete({arguments})",
        ),
        (f'drop trigger keep_update on "{table}"', f'drop trigger keep_delete on "{table}"'),
    )


def month_partition(table: str, month: date) -> str:
    """Name the partition of a table that holds the month of a day."""
    return f"{table}_{month:%Y_%m}"


def make_month_partitions(table: str, first: date, last: date) -> RunSQL:
    """Make the partitions of a table partitioned by a month column, from the month of `first` to `last`'s.

    They are named `table_2024_01`. The application has no rights on a partition: only through the table.
    """
    statements = []
    undo = []
    month = first.replace(day=1)
    while month <= last:
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        name = month_partition(table, month)
        statements += [
            f'create table if not exists "{name}" partition of "{table}" '
            f"for values from ('{month}') to ('{following}')",
            f'revoke all on table "{name}" from ansinh_app',
        ]
        undo.append(f'drop table if exists "{name}"')
        month = following
    return RunSQL(tuple(statements), tuple(undo))
