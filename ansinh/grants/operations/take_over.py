"""Taking over who receives already (tiếp nhận danh sách đang hưởng): at the amount their list says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, constraints, locks
from ansinh.geography.models import Unit
from ansinh.grants.logic import slot_of
from ansinh.grants.models import Recipient
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook.categories import categories

COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "person_id": pl.Int64,
    "category": pl.String,
    "from_month": pl.Date,
    "coefficient": pl.Decimal(5, 2),
    "standard_vnd": pl.Int64,
    "amount_vnd": pl.Int64,
    "decision_number": pl.String,
    "decided_on": pl.Date,
    "signer": pl.String,
    "holding_code": pl.String,
    "recipient_kind": pl.String,
    "recipient_person_id": pl.Int64,
    "recipient_name": pl.String,
}
"""Columns of a list taken over; all but line, person_id, category, from_month, amount_vnd and holding_code
may be null. `line` counts the file's lines; from_month is a first day; amounts are đồng a month; no
recipient: the person; `holding_code` is the unit competent in the month of the list."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, and the cure (lỗi)."""

    line: int
    column: str
    message: str
    remedy: str


class ListRefused(Refusal):
    """A list with faults, all of them at once; nothing of it was taken over."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = "; ".join(f"dòng {f.line}, cột {f.column}: {f.message}" for f in faults[:10])
        super().__init__(
            f"Danh sách đang hưởng có {len(faults)} lỗi: {first}.", remedy="Sửa các dòng đó rồi nạp lại."
        )


@dataclass(frozen=True, slots=True)
class TakenOver:
    """How much was taken over."""

    grants: int
    people: int
    decisions: int
    monthly_vnd: int


def take_over(
    *, rows: str | pl.DataFrame, month: Month, unit: Unit, at: dt.datetime, by: User | None = None
) -> TakenOver:
    """Take over who receives in a month, as the list says (tiếp nhận).

    `rows`: a frame of `COLUMNS`, or the name of a temporary table with them. Each line becomes a grant *taken
    over*, its level `by_list` whatever the law says of it: differences are for the review. Lines of one
    decision (unit, number, day, signer) share it. `at` is the instant the levels count as decided.

    All or nothing; refused with every fault of every line: unknown people, categories and units, wrong months
    and amounts, two lines or an existing grant in the same slot.
    """
    with constraints.speaking():
        locks.share(locks.REGISTER_LOCK)
        table = rows if isinstance(rows, str) else bulk.temp_table("take_over_rows", _typed(rows))
        _prepare(table, month)
        if faults := _faults(month):
            raise ListRefused(faults)
        taken = _write(at, by, month)
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="take_over",
            subject=("grants.grant", str(month)),
            unit=unit,
            detail={"grants": taken.grants, "people": taken.people},
        )
    return taken


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in COLUMNS.items()
    )


def _prepare(table: str, month: Month) -> None:
    """Read the words of each line, and number the grants.

    In no order of persons: an exclusion constraint's index takes twice as long on sorted rows.
    """
    groups = ", ".join(
        f"('{g.code}', '{slot_of(g.code)}', '{g.scheme}', '{g.payee}')" for g in categories().values()
    )
    for name in ("taking", "taking_decision"):
        bulk.run(f"drop table if exists pg_temp.{name}")
    bulk.run(
        f"""
        create temporary table taking on commit drop as
        select {bulk.next_id("grants_grant")} as grant_id, r.*,
            concat_ws(e'\n', unit_id, number, decided_on, signer_name) as decision
        from (select r.line, r.person_id, r.category, r.from_month,
            r.coefficient, r.standard_vnd, r.amount_vnd,
            coalesce(r.decision_number, '') as number, r.decided_on, coalesce(r.signer, '') as signer_name,
            r.holding_code, r.recipient_kind, r.recipient_person_id,
            coalesce(r.recipient_name, '') as recipient_name,
            c.slot, c.scheme, c.payee, u.id as unit_id, p.id is not null as known
        from {table} r
        left join (values {groups}) as c (code, slot, scheme, payee) on c.code = r.category
        left join geography_unit u on u.code = r.holding_code and u.valid @> date '{month.first}'
        left join registry_person p on p.id = r.person_id
        order by hashint8(r.person_id) offset 0) r"""
    )
    bulk.run("analyze pg_temp.taking")


def _faults(month: Month) -> list[Fault]:
    kinds = ", ".join(f"'{kind}'" for kind in Recipient.Kind.values if kind != "SELF")
    checks = {
        "person_key": ("not known", "Không có người này trong hồ sơ.", "Nạp hồ sơ của người đó trước."),
        "category": (
            "slot is null",
            "Không có nhóm đối tượng mang mã này.",
            "Dùng mã nhóm của luật, ví dụ C6S.",
        ),
        "from_month": (
            f"from_month is null or extract(day from from_month) <> 1 or from_month > date '{month.first}'",
            f"Tháng bắt đầu hưởng phải là một tháng không sau {month.vietnamese()}.",
            "Ghi ngày đầu của tháng bắt đầu hưởng, ví dụ 2019-01-01.",
        ),
        "amount_vnd": (
            "amount_vnd is null or amount_vnd not between 1 and 2000000000",
            "Mức hưởng phải là số đồng lớn hơn 0.",
            "Ghi số đồng mỗi tháng, không dấu chấm.",
        ),
        "holding_code": (
            "unit_id is null",
            f"Tháng {month.vietnamese()} không có đơn vị hành chính mang mã này.",
            "Ghi mã huyện (đến 6/2025) hoặc mã xã đang quản lý.",
        ),
        "recipient_kind": (
            f"recipient_kind is not null and recipient_kind not in ('SELF', {kinds})",
            "Không rõ người nhận thay nhận với tư cách gì.",
            "Dùng GUARDIAN, CARER, AUTHORISED, FACILITY hoặc HEIR.",
        ),
        "recipient_name": (
            "recipient_kind <> 'SELF' and recipient_person_id is null and recipient_name = ''",
            "Thiếu người nhận thay.",
            "Ghi mã người hoặc tên người, tên cơ sở nhận thay.",
        ),
    }
    asked = [
        f"select line, '{column}' as fault from pg_temp.taking where {wrong}"
        for column, (wrong, _message, _remedy) in checks.items()
    ]
    asked.append(
        """select line, 'twice' from (
            select line, row_number() over (partition by person_id, slot order by line) as nth
            from pg_temp.taking where slot is not null) t where nth > 1"""
    )
    asked.append(
        """select t.line, 'granted' from pg_temp.taking t
        join grants_grant g on g.person_id = t.person_id and g.slot = t.slot
            and g.months && daterange(t.from_month, null)"""
    )
    words = {
        **checks,
        "twice": ("", "Người này có hai dòng cho cùng một loại hưởng.", "Giữ một dòng."),
        "granted": (
            "",
            "Người này đã có khoản hưởng cùng loại trong hệ thống.",
            "Bỏ dòng này khỏi danh sách.",
        ),
    }
    columns = {"twice": "person_key", "granted": "person_key"}
    with connection.cursor() as cursor:
        cursor.execute(f"{' union all '.join(asked)} order by 1, 2")
        return [
            Fault(line or 0, columns.get(what, what), words[what][1].rstrip("."), words[what][2])
            for line, what in cursor.fetchall()
        ]


def _write(at: dt.datetime, by: User | None, month: Month) -> TakenOver:
    bulk.run(
        f"""
        create temporary table taking_decision on commit drop as
        select {bulk.next_id("grants_decision")} as id, d.* from (
            select decision, min(unit_id) as unit_id, min(number) as number, min(decided_on) as decided_on,
                min(signer_name) as signer_name, min(from_month) as effective_month,
                count(distinct person_id)::int as people, count(*)::int as starts
            from pg_temp.taking group by decision order by 2, 4, 3, 5 offset 0
        ) d"""
    )
    decisions = bulk.run(
        """
        insert into grants_decision (id, unit_id, number, kind, decided_on, decided_at, effective_month,
            signer_name, by_id, people, starts)
        select id, unit_id, number, 'TAKEN_OVER', decided_on, %s, effective_month, signer_name, %s, people,
            starts
        from pg_temp.taking_decision order by id""",
        [at, by and by.pk],
    )
    # In no order of persons: an exclusion constraint's index takes twice as long on sorted rows.
    grants = bulk.run(
        """
        insert into grants_grant
            (id, person_id, category, slot, scheme, payee, months, decision_id, taken_over)
        select t.grant_id, t.person_id, t.category, t.slot, t.scheme, t.payee, daterange(t.from_month, null),
            d.id, true
        from pg_temp.taking t join pg_temp.taking_decision d using (decision)
        order by hashint8(t.person_id)"""
    )
    bulk.run(
        """
        insert into grants_level (grant_id, decided_at, from_month, decision_id, amount_vnd, standard_vnd,
            coefficient, by_list)
        select t.grant_id, %s, t.from_month, d.id, t.amount_vnd, t.standard_vnd, t.coefficient, true
        from pg_temp.taking t join pg_temp.taking_decision d using (decision) order by t.grant_id""",
        [at],
    )
    bulk.run(
        """
        insert into grants_holding (grant_id, from_month, unit_id)
        select grant_id, from_month, unit_id from pg_temp.taking"""
    )
    bulk.run(
        """
        insert into grants_recipient (grant_id, from_month, kind, person_id, name)
        select grant_id, from_month, recipient_kind, recipient_person_id, recipient_name
        from pg_temp.taking where recipient_kind <> 'SELF'"""
    )
    bulk.renew_statistics(
        "grants_decision", "grants_grant", "grants_level", "grants_holding", "grants_recipient", rows=grants
    )
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct person_id), coalesce(sum(amount_vnd), 0) from pg_temp.taking")
        people, monthly = cursor.fetchone()
    for table in ("taking", "taking_decision"):
        bulk.run(f"drop table pg_temp.{table}")
    return TakenOver(grants, people, decisions, int(monthly))
