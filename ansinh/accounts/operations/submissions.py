"""A form is written once, however often it is sent (lần gửi biểu mẫu)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from ansinh.accounts.models import Submission, User


def claim(token: str, *, who: User, at: datetime) -> bool:
    """Claim a form's token in the transaction that writes it; False when it was written already.

    Who sends the same form meanwhile waits until the first is written, or refused: then the second may.
    What is no token of ours is not known, and never claimed twice: it is written.
    """
    try:
        known = UUID(token)
    except ValueError:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            f"""insert into {Submission._meta.db_table} (token, who_id, at) values (%s, %s, %s)
            on conflict do nothing""",
            [known, who.pk, at],
        )
        return bool(cursor.rowcount)
