"""Keeping what was drafted: payrolls with their totals and hash, lists by commune, lines (lưu dự thảo)."""

from __future__ import annotations

import datetime as dt

from ansinh.accounts.models import User
from ansinh.db.bulk import run, with_settings
from ansinh.db.periods import span
from ansinh.kernel.refusal import Refusal
from ansinh.payments.logic import PAYMENT, group_of
from ansinh.payments.models import Kind, Payroll, PayrollRun
from ansinh.payments.operations.words import NO_LOOPS, Asking, has_rows, own, table
from ansinh.payments.queries import EMPTY_HASH, hash_sql, payrolls_of
from ansinh.rulebook.categories import categories

SUMS = f"""
    count(*)::int as lines, count(distinct person_id)::int as people,
    coalesce(sum(amount_vnd) filter (where kind = {Kind.REGULAR}), 0)::bigint as regular_vnd,
    coalesce(sum(amount_vnd) filter (where kind = {Kind.ARREARS}), 0)::bigint as arrears_vnd,
    coalesce(sum(amount_vnd) filter (where kind = {Kind.RECOVERY}), 0)::bigint as recoveries_vnd,
    coalesce(sum(amount_vnd) filter (where kind = {Kind.ONE_OFF}), 0)::bigint as one_off_vnd"""
KINDS = "lines, people, regular_vnd, arrears_vnd, recoveries_vnd, one_off_vnd"


def make_room(asking: Asking, *, replace: bool) -> None:
    """Clear the way for new drafts in `pay_scope`: old drafts go if `replace`, what is approved stays.

    A unit approved for all the months named is left out. Refused: a draft without `replace`; a unit approved
    for some of the months only; nothing left to prepare.
    """
    found = list(payrolls_of(asking.unit, asking.months))
    approved = [payroll for payroll in found if payroll.status == Payroll.Status.APPROVED]
    drafts = [payroll for payroll in found if payroll.status == Payroll.Status.DRAFT]
    wanted = span(asking.months.first.first, asking.months.last.next().first)
    partly = [p for p in approved if p.months.lower > wanted.lower or p.months.upper < wanted.upper]
    if partly:
        raise Refusal(
            f"{_names(partly)} đã duyệt bảng chi trả cho một phần của {asking.months.vietnamese()}.",
            PAYMENT,
            "Lập cho các tháng chưa duyệt; phần còn thiếu của tháng đã duyệt được chi bù trong bảng đó.",
        )
    if drafts and not replace:
        raise Refusal(
            f"Đã có dự thảo bảng chi trả của {_names(drafts)} trong {asking.months.vietnamese()}.",
            PAYMENT,
            "Duyệt dự thảo đã có, hoặc lập lại với lựa chọn thay thế (--replace).",
        )
    _forget(drafts)
    _leave_out(asking, approved)
    if not has_rows("select from pay_scope where payer_id is not null"):
        raise Refusal(
            f"Bảng chi trả {asking.months.vietnamese()} của {asking.unit.full_name} đã được duyệt."
            if approved
            else f"Không xác định được đơn vị chi trả của {asking.unit.full_name}.",
            PAYMENT,
            "Khoản còn thiếu của tháng đã duyệt được chi bù (truy lĩnh) trong bảng của tháng sau."
            if approved
            else "Xác nhận xã nơi ở của những người thuộc đơn vị đã chia tách.",
        )


def _names(payrolls: list[Payroll]) -> str:
    names = [payroll.unit.full_name for payroll in payrolls]
    return ", ".join(names[:3]) + (f" và {len(names) - 3} đơn vị khác" if len(names) > 3 else "")


def _leave_out(asking: Asking, payrolls: list[Payroll]) -> None:
    """Take out of the scope what the units of payrolls have become in the last month named."""
    if payrolls:
        run(
            f"""
            delete from pay_scope where payer_id in (
                select {own("unit", standing="standing")}
                from geography_unit unit join geography_standing standing
                    on standing.unit_id = unit.id and standing.valid @> {asking.last}
                where unit.id = any(%s))
            """,
            [[payroll.unit_id for payroll in payrolls]],
        )


def _forget(drafts: list[Payroll]) -> None:
    ids = [payroll.pk for payroll in drafts]
    if not ids:
        return
    rolls = "select id from payments_roll where payroll_id = any(%s)"
    run(f"delete from payments_draftline where roll_id in ({rolls})", [ids])
    run(f"delete from payments_grouptotal where roll_id in ({rolls})", [ids])
    run("delete from payments_roll where payroll_id = any(%s)", [ids])
    run("delete from payments_payroll where id = any(%s)", [ids])
    run(
        """
        delete from payments_payrollrun run where id = any(%s)
            and not exists (select from payments_payroll where run_id = run.id)
        """,
        [sorted({payroll.run_id for payroll in drafts})],
    )


def keep(*, asking: Asking, on: dt.date, by: User, at: dt.datetime, release: str) -> PayrollRun:
    """Keep the payrolls and lists of the draft lines written, with sums and hashes, and return their run."""
    run_ = PayrollRun(
        unit=asking.unit,
        months=span(asking.months.first.first, asking.months.last.next().first),
        on_date=on,
        known_at=asking.known_at,
        prepared_by=by,
        prepared_at=at,
    )
    run_.save(force_insert=True)
    with with_settings(NO_LOOPS):
        _sum_up()
        _keep_payrolls(asking, run_, release)
    _keep_rolls()
    _keep_overpaid(at)
    return run_


def _sum_up() -> None:
    """Sum the lines by payroll, list, scheme and group, into `pay_sum`; each level is of distinct people."""
    groups = ", ".join(
        f"('{code}', '{category.scheme}', '{group_of(code)}')" for code, category in categories().items()
    )
    table(
        "pay_sum",
        rows=f"""
        select roll.payroll_id, roll.roll_id, groups.scheme, groups.shown, min(line.month) as first_month,
            {SUMS}
        from payments_draftline line
        join pay_roll roll on roll.roll_id = line.roll_id
        join (values {groups}) groups (category, scheme, shown) using (category)
        group by grouping sets ((roll.payroll_id), (roll.payroll_id, roll.roll_id),
            (roll.payroll_id, roll.roll_id, groups.scheme),
            (roll.payroll_id, roll.roll_id, groups.scheme, groups.shown))
        """,
    )


def _keep_payrolls(asking: Asking, run_: PayrollRun, release: str) -> None:
    lines = """(
        select line.*, roll.payroll_id, coalesce(commune.code, '') as commune_code
        from payments_draftline line join pay_roll roll on roll.roll_id = line.roll_id
        left join geography_unit commune on commune.id = roll.commune_id) line"""
    run(
        f"""
        insert into payments_payroll (id, run_id, unit_id, months, on_date, known_at, prepared_by_id,
            prepared_at, status, release, first_month, {KINDS}, held_people, held_vnd, hash)
        select payroll.payroll_id, run.id, payroll.payer_id, run.months, run.on_date, run.known_at,
            run.prepared_by_id, run.prepared_at, 'DRAFT', %s, coalesce(sums.first_month, {asking.first}),
            {", ".join(f"coalesce(sums.{name}, 0)" for name in KINDS.split(", "))},
            coalesce(held.people, 0), coalesce(held.amount_vnd, 0), coalesce(hashed.hash, {EMPTY_HASH})
        from payments_payrollrun run
        cross join pay_payroll payroll
        left join pay_sum sums on sums.payroll_id = payroll.payroll_id and sums.roll_id is null
        left join pay_held held on held.payer_id = payroll.payer_id
        left join ({hash_sql(lines=lines, by="payroll_id")}) hashed on hashed.payroll_id = payroll.payroll_id
        where run.id = %s
        """,
        [release, run_.pk],
    )


def _keep_rolls() -> None:
    sums = ", ".join(f"sums.{name}" for name in KINDS.split(", "))
    run(
        f"""
        insert into payments_roll (id, payroll_id, commune_id, commune_code, commune_name, {KINDS})
        select roll.roll_id, roll.payroll_id, roll.commune_id, coalesce(commune.code, ''),
            coalesce(commune.kind || ' ' || commune.name, ''), {sums}
        from pay_roll roll
        join pay_sum sums on sums.roll_id = roll.roll_id and sums.scheme is null
        left join geography_unit commune on commune.id = roll.commune_id
        """
    )
    run(
        f"""
        insert into payments_grouptotal (roll_id, scheme, shown, {KINDS})
        select sums.roll_id, sums.scheme, sums.shown, {sums} from pay_sum sums where sums.scheme is not null
        """
    )


def _keep_overpaid(at: dt.datetime) -> None:
    run(
        """
        insert into payments_receivable (unit_id, person_id, slot, month, settled_vnd, at)
        select payer_id, person_id, slot, month, settled_vnd, %s from pay_over
        on conflict do nothing
        """,
        [at],
    )
