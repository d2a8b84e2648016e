"""Operations for migrations: what the application may not do, and partitions by month."""

from datetime import date

from django.db.migrations.operations import RunSQL


def revoke_changes(table: str, *, allow: tuple[str, ...] = ()) -> RunSQL:
    """Make a table append-only for the application: it may INSERT and SELECT. `allow=("UPDATE",)` keeps one.

    Triggers would stop the application too, but not more, and cost time; its owner they do not stop either.
    """
    refused = ", ".join(right for right in ("UPDATE", "DELETE", "TRUNCATE") if right not in allow)
    return RunSQL(f'revoke {refused} on table "{table}" from ansinh_app', RunSQL.noop)


def make_month_partitions(table: str, first: date, last: date) -> RunSQL:
    """Make the partitions of a table partitioned by a month column, from the month of `first` to `last`'s.

    They are named `table_2024_01`. The application has no rights on a partition: only through the table.
    """
    statements = []
    undo = []
    month = first.replace(day=1)
    while month <= last:
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        name = f"{table}_{month:%Y_%m}"
        statements += [
            f'create table if not exists "{name}" partition of "{table}" '
            f"for values from ('{month}') to ('{following}')",
            f'revoke all on table "{name}" from ansinh_app',
        ]
        undo.append(f'drop table if exists "{name}"')
        month = following
    return RunSQL(tuple(statements), tuple(undo))
