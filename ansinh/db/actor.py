"""Who is at work on this connection, for the history that the database keeps (ai đang làm)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def at_work(user_id: int) -> Iterator[None]:
    """Have every change of the block written with an officer's number, in transactions and out of them."""
    _set(str(user_id))
    try:
        yield
    finally:
        # A connection that is broken, or in a failed transaction of somebody else's, forgets by itself.
        if connection.connection is not None and not connection.needs_rollback:
            _set("")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('ansinh.user', %s, false)", [value])
