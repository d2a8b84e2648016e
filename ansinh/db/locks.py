"""Advisory locks: who waits for whom, and who is refused politely."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from ansinh.kernel.refusal import Refusal


def key(name: str) -> int:
    """The lock number of a name such as "payroll:01:2024-01": the same in every process, for ever."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


REGISTER_LOCK = key("register")


def share(lock: int, *, using: str = "default") -> None:
    """Hold a lock together with other sharers until the transaction ends; wait while one has it alone.

    Whoever writes to the register shares REGISTER_LOCK before stamping `recorded_at = clock_timestamp()`.
    """
    _ask("select pg_advisory_xact_lock_shared(%s)", lock, using)


def hold(lock: int, *, using: str = "default") -> None:
    """Hold a lock alone until the transaction ends; wait for it.

    A determination holds REGISTER_LOCK for the instant in which it reads `known_at = clock_timestamp()`:
    everything recorded before that instant is then committed, nothing recorded after it can be earlier.
    """
    _ask("select pg_advisory_xact_lock(%s)", lock, using)


def hold_or_refuse(lock: int, refusal: Refusal, *, using: str = "default") -> None:
    """Hold a lock alone until the transaction ends; raise the refusal when another session has it."""
    if not _ask("select pg_try_advisory_xact_lock(%s)", lock, using):
        raise refusal


@contextmanager
def held_or_refused(lock: int, refusal: Refusal, *, using: str = "default") -> Iterator[None]:
    """Hold a lock alone over several transactions (a long run); raise the refusal when another has it.

    The lock is the session's: if the process is killed the server lets go of it.
    """
    if not _ask("select pg_try_advisory_lock(%s)", lock, using):
        raise refusal
    try:
        yield
    finally:
        if connections[using].connection is not None and not connections[using].needs_rollback:
            _ask("select pg_advisory_unlock(%s)", lock, using)


def _ask(question: str, lock: int, using: str) -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute(question, [lock])
        row = cursor.fetchone()
    return bool(row and row[0] is not False)
