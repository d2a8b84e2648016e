"""Taking back a list that was taken over by mistake (huỷ tiếp nhận): as if it had never come."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.constraints import speaking
from ansinh.geography.models import Unit
from ansinh.grants.models import Decision
from ansinh.kernel.refusal import Refusal


def annul_list(*, grants: str, unit: Unit, reason: str, by: User | None, at: dt.datetime) -> int:
    """Annul grants from their first month on (huỷ tiếp nhận); return how many.

    `grants` names a temporary table (grant_id). Refused: a grant not taken over from a list, or about which
    something was decided since. Whether any of it was paid is the caller's to know.
    """
    with speaking():
        locks.share(locks.REGISTER_LOCK)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                select count(*), count(distinct g.person_id), min(l.from_month), count(*) filter (
                    where not g.taken_over or g.ended_by_id is not null or l.decision_id <> g.decision_id
                        or exists (select from grants_hold h where h.grant_id = g.id))
                from {grants} a join grants_grant g on g.id = a.grant_id
                join grants_level l on l.grant_id = g.id"""
            )
            count, people, month, decided = cursor.fetchone()
        if not count:
            return 0
        if decided:
            raise Refusal(
                f"{decided} khoản hưởng trong danh sách đã có quyết định khác sau khi tiếp nhận.",
                remedy="Không huỷ cả danh sách được nữa; sửa từng trường hợp bằng quyết định mới.",
            )
        decision = Decision.objects.create(
            unit=unit,
            number="",
            kind=Decision.Kind.TAKEN_OVER,
            decided_at=at,
            effective_month=month,
            by=by,
            people=people,
            stops=count,
        )
        bulk.run(
            f"""
            update grants_grant set months = 'empty', ended_by_id = %s
            where id in (select grant_id from {grants})""",
            [decision.pk],
        )
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="annul_list",
            subject=decision,
            unit=unit,
            reason=reason,
            detail={"grants": count},
        )
    return int(count)
