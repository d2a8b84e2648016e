"""Many households of a divided commune confirmed at once (xác nhận nơi cư trú hàng loạt)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry.operations.entries import entry


def confirm_communes(
    *,
    old: Unit,
    unit: Unit,
    on: dt.date,
    village: str,
    households: Collection[int] | None = None,
    by: User,
    at: dt.datetime,
) -> int:
    """Record in which heir of a divided commune households of a village live (xác nhận nơi cư trú).

    Since the day of the division; `households` (ids) None: the whole village. One statement each for what is
    superseded and what is written. Returns how many; those confirmed meanwhile are left alone. Refused: a
    commune that is not divided; a commune that took none of its people; nobody left to confirm.
    """
    if not geography.divided(old, on=on):
        raise Refusal(
            f"{old.full_name} không bị chia: nơi cư trú không cần xác nhận.",
            remedy="Nếu hộ đã chuyển đi, ghi chuyển nơi ở.",
        )
    choices = list(geography.successors(old, on=on, people=True))
    if unit not in choices:
        raise Refusal(
            f"{old.full_name} không có dân về {unit.full_name}.",
            basis=old.legal_basis,
            remedy=f"Chọn một trong: {', '.join(choice.full_name for choice in choices)}.",
        )
    with entry("Xác nhận nơi cư trú", by=by, at=at, event="xac-nhan-xa") as made:
        told = {
            "old": old.pk, "unit": unit.pk, "village": village, "on": on, "since": old.valid.upper or on,
            "all": households is None, "some": list(households or ()), "instant": made.instant,
            "source": made.source.pk,
        }  # fmt: skip
        bulk.run("drop table if exists pg_temp.confirming")
        bulk.run(
            "create temporary table confirming on commit drop as "
            "select r.id, r.household_id, r.valid_from, r.valid_to, r.source_id "
            "from registry_householdresidence r "
            "join (select id from registry_household where id in ("
            "    select household_id from registry_householdresidence where unit_id = %(old)s"
            "        and superseded_at is null and valid @> %(on)s::date and village = %(village)s"
            "        and (%(all)s or household_id = any(%(some)s::bigint[]))"
            ") order by id for no key update) held on held.id = r.household_id "
            "where r.unit_id = %(old)s and r.superseded_at is null and r.valid @> %(on)s::date",
            told,
        )
        count = bulk.run(
            "update registry_householdresidence set superseded_at = %(instant)s "
            "where superseded_at is null and id in (select id from pg_temp.confirming)",
            told,
        )
        if not count:
            raise Refusal("Không còn hộ nào cần xác nhận.", remedy="Xem lại danh sách.")
        bulk.run(
            "insert into registry_householdresidence "
            "(household_id, unit_id, village, source_id, recorded_at, valid_from, valid_to) "
            "select household_id, %(old)s, %(village)s, source_id, %(instant)s, valid_from, %(since)s::date "
            "from pg_temp.confirming where valid_from < %(since)s::date union all "
            "select household_id, %(unit)s, %(village)s, %(source)s, %(instant)s, "
            "greatest(valid_from, %(since)s::date), valid_to from pg_temp.confirming",
            told,
        )
        accounts.record(
            at=at,
            who=by,
            right=Right.KEEP_REGISTER,
            action="confirm_communes",
            subject=old,
            unit=unit,
            detail={"village": village, "households": count},
        )
    return count
