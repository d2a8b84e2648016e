"""Constraints that speak: a broken constraint of the database becomes a Refusal in Vietnamese.

A room says once, beside the model, what each of its constraints means:

    constraints.say(
        "grant_once_per_person_slot_and_day",
        message="Người này đã có trợ cấp cùng loại trong thời gian đó.",
        basis="khoản 2 Điều 4 Nghị định 335/2026/NĐ-CP",
        remedy="Kết thúc quyết định cũ trước khi ra quyết định mới.",
    )

and its operations write inside `with constraints.speaking():`, which is a transaction or a savepoint.
A trigger joins in with `raise … using errcode = 'integrity_constraint_violation', constraint = 'name'`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError, transaction

from ansinh.kernel.refusal import Refusal

_said: dict[str, tuple[str, str, str]] = {}


def say(name: str, *, message: str, basis: str = "", remedy: str = "") -> None:
    """Give a constraint its words."""
    _said[name] = (message, basis, remedy)


@contextmanager
def speaking(*, using: str = "default") -> Iterator[None]:
    """Do the work in a transaction (inside one: a savepoint).

    A constraint with words, when broken, is raised as its Refusal, with everything of this block undone.
    Deferred constraints speak at the end of the outermost block.
    """
    try:
        with transaction.atomic(using=using):
            yield
    except DatabaseError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def refusal_of(error: BaseException) -> Refusal | None:
    """The words of the constraint that a database error names, if it has any."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name is None or name not in _said:
        return None
    return Refusal(*_said[name])
