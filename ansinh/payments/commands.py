"""Commands of payrolls: open an account, settle, prepare, approve, show, export."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ansinh.accounts.logic import Right
from ansinh.db.commands import AS_USER, needs_database
from ansinh.kernel.money import grouped
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month

if TYPE_CHECKING:
    from ansinh.accounts.models import User
    from ansinh.geography.models import Unit
    from ansinh.payments.logic import Summary, Totals

KINDS = {
    "regular_vnd": "trong kỳ · regular",
    "arrears_vnd": "truy lĩnh · arrears",
    "recoveries_vnd": "thu hồi · recoveries",
    "one_off_vnd": "một lần · one-off",
    "total_vnd": "tổng cộng · total",
}

_unit = click.option("--unit", "code", required=True, help="Mã đơn vị, ví dụ 01. · Code of the unit.")
_months = click.option(
    "--month", "months", multiple=True, required=True, help="Tháng, ví dụ 2026-11; nêu nhiều lần. · Month."
)
_json = click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")


@click.group()
def payroll() -> None:
    """Bảng chi trả: mở tài khoản, lập, duyệt, xem, tải về.

    Payrolls: open an account, settle months, prepare, approve, show, export.
    """


@payroll.command("open-account")
@_unit
@click.option("--month", "month", required=True, help="Tháng bắt đầu chi tại đây. · First month paid here.")
@click.option("--basis", default="", help="Căn cứ. · Ground.")
@AS_USER
@needs_database
def open_account(code: str, month: str, basis: str, username: str | None) -> None:
    """Mở tài khoản chi trả của một đơn vị từ một tháng.

    Keep the payments of a unit and below from a month on; earlier months count as settled elsewhere.
    """
    from ansinh.payments import operations
    from ansinh.web import clock

    first = Month.parse(month)
    unit = _place(code, first)
    operations.open_account(
        unit=unit, month=first, by=_who(username, Right.APPROVE_PAYROLL, unit), at=clock.now(), basis=basis
    )
    click.echo(f"{unit.full_name}: {first.vietnamese()}", err=True)


@payroll.command()
@_unit
@_months
@click.option(
    "--basis", required=True, help="Chứng từ đã chi ở nơi khác. · Papers of what was paid elsewhere."
)
@AS_USER
@needs_database
def settle(code: str, months: tuple[str, ...], basis: str, username: str | None) -> None:
    """Quyết toán gộp các tháng đã chi ở nơi khác.

    Count months as paid elsewhere, in one entry, as decided now. Name the first and the last, or all.
    """
    from ansinh.payments import operations
    from ansinh.web import clock

    ends = sorted(map(Month.parse, months))
    named = list(Month.range(ends[0], ends[-1]))
    unit = _place(code, named[-1])
    by = _who(username, Right.APPROVE_PAYROLL, unit)
    operations.settle(unit=unit, months=named, basis=basis, by=by, at=clock.now())
    click.echo(f"{unit.full_name}: {named[0].vietnamese()}–{named[-1].vietnamese()}", err=True)


@payroll.command()
@_unit
@_months
@click.option("--on", "on", help="Ngày lập, NĂM-THÁNG-NGÀY (mặc định hôm nay). · Day (default today).")
@click.option("--replace", is_flag=True, help="Thay dự thảo đã có. · Replace an old draft.")
@click.option(
    "--everything",
    is_flag=True,
    help="Đối chiếu mọi tháng từ khi mở tài khoản. · Compare every month since the account opened.",
)
@AS_USER
@_json
@needs_database
def prepare(
    code: str,
    months: tuple[str, ...],
    on: str | None,
    replace: bool,
    everything: bool,
    username: str | None,
    as_json: bool,
) -> None:
    """Lập bảng chi trả của một đơn vị và cấp dưới, cho một hoặc nhiều tháng liền nhau.

    Draft the payrolls of a unit and below for one month or several in a row.
    """
    from ansinh.payments import operations, queries
    from ansinh.web import clock

    named = [Month.parse(month) for month in months]
    unit = _place(code, max(named))
    with _timed(as_json) as tell:
        operations.prepare(
            unit=unit,
            months=named,
            on=_day(on) if on else clock.today(),
            by=_who(username, Right.PREPARE_PAYROLL, unit),
            at=clock.now(),
            replace=replace,
            everything=everything,
            tell=tell,
        )
    _show(queries.summary(unit, named), as_json)


@payroll.command()
@_unit
@_months
@AS_USER
@_json
@needs_database
def approve(code: str, months: tuple[str, ...], username: str | None, as_json: bool) -> None:
    """Duyệt các dự thảo; người duyệt phải khác người lập.

    Approve the drafts: their lines are booked. Another person than who prepared them (--by).
    """
    from ansinh.payments import operations, queries
    from ansinh.web import clock

    if username is None:
        raise Refusal(
            "Chưa nêu ai duyệt.",
            "nguyên tắc bất kiêm nhiệm: người lập không phải là người duyệt",
            "Thêm --as TÊN_ĐĂNG_NHẬP của người duyệt, khác người lập.",
        )
    named = [Month.parse(month) for month in months]
    unit = _place(code, max(named))
    by = _who(username, Right.APPROVE_PAYROLL, unit)
    with _timed(as_json) as tell:
        operations.approve(unit=unit, months=named, by=by, at=clock.now(), tell=tell)
    _show(queries.summary(unit, named), as_json)


@payroll.command()
@_unit
@_months
@AS_USER
@_json
@needs_database
def show(code: str, months: tuple[str, ...], as_json: bool, username: str | None) -> None:
    """Xem số liệu tổng hợp của bảng chi trả.

    Show the control totals of the payrolls of a unit and below.
    """
    from ansinh.payments import queries

    named = [Month.parse(month) for month in months]
    unit = _place(code, max(named))
    if username:
        _who(username, Right.SEE_PAYROLL, unit)
    _show(queries.summary(unit, named), as_json)


@payroll.command()
@_unit
@_months
@click.option("--format", "form", type=click.Choice(["xlsx", "pdf"]), default="xlsx", show_default=True)
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default=True
)
@AS_USER
@needs_database
def export(code: str, months: tuple[str, ...], form: str, folder: Path, username: str | None) -> None:
    """Ghi bảng tổng hợp và danh sách ký nhận của từng xã ra tệp.

    Write the summary and every commune's signature list to files.
    """
    from ansinh.accounts.models import Role, User
    from ansinh.payments.exports.pdf import write_pdf
    from ansinh.payments.exports.xlsx import write_xlsx
    from ansinh.payments.logic import Months
    from ansinh.payments.queries import papers, screens

    named = Months.of(map(Month.parse, months))
    unit = _place(code, named.last)
    if username:
        _who(username, Right.EXPORT_PAYROLL, unit)
    reader, day = User(unit=unit, role=Role.PAYMASTER), named.last.first
    shown = screens.period(reader, named, on=day)
    listed = papers.payrolls_of(reader, named, on=day)
    if shown is None:
        raise Refusal(f"Chưa có bảng chi trả {named.vietnamese()} của {unit.full_name}.")
    write = {"xlsx": write_xlsx, "pdf": write_pdf}[form]
    folder.mkdir(parents=True, exist_ok=True)
    period = screens.key_of(named)
    if listed:
        with (folder / f"tong-hop-{unit.code}-{period}.{form}").open("wb") as into:
            write(papers.summary_sheet(reader, shown, listed), into)
    for found in listed:
        for roll in found.rolls.all():
            name = f"danh-sach-{found.unit.code}-{roll.commune_code or 'chua-ro-xa'}-{period}.{form}"
            with (folder / name).open("wb") as into:
                write(papers.signature_sheet(found, roll), into)
    click.echo(str(folder.absolute()), err=True)


class _timed:  # noqa: N801 - reads as a word: with _timed(...) as tell
    """Say each step on stderr, with its seconds."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.began = self.step_began = time.monotonic()
        self.step = ""

    def __enter__(self) -> Callable[[str], None]:
        return self.tell

    def __exit__(self, *_: object) -> None:
        self.tell("")
        self._say(f"{time.monotonic() - self.began:6.2f} giây · seconds")

    def tell(self, step: str) -> None:
        if self.step:
            self._say(f"{time.monotonic() - self.step_began:6.2f} {self.step}")
        self.step, self.step_began = step, time.monotonic()

    def _say(self, text: str) -> None:
        if not self.quiet:
            click.echo(text, err=True)


def _place(code: str, month: Month) -> Unit:
    from ansinh.geography import queries as geography

    return geography.unit(code=code, on=month.first)


def _day(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            f"“{text}” không phải là một ngày.",
            remedy="Viết ngày theo dạng NĂM-THÁNG-NGÀY, ví dụ 2026-10-06.",
        ) from None


def _who(username: str | None, right: Right, unit: Unit) -> User:
    """Find who does it; nobody named: the operator of the system."""
    from ansinh.accounts import operations as accounts
    from ansinh.web import clock

    return accounts.act_as(username=username, right=right, unit=unit, on=clock.today(), at=clock.now())


def _show(summary: Summary, as_json: bool) -> None:
    from ansinh.payments.logic import group_label
    from ansinh.rulebook.categories import SCHEME_LABELS

    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False))
        return
    totals = summary.totals
    months = ", ".join(month.vietnamese() for month in summary.months)
    click.echo(f"{summary.unit} · {months} · {summary.status} · {summary.payrolls} bảng chi trả · payrolls")
    click.echo(f"{grouped(totals.people):>22} người · people\n{grouped(totals.lines):>22} dòng · lines")
    for name, words in KINDS.items():
        click.echo(f"{grouped(getattr(totals, name)):>22} {words}")
    for scheme, of_scheme in summary.by_scheme.items():
        click.echo(_row(SCHEME_LABELS[scheme], of_scheme))
    for group, of_group in summary.by_group.items():
        click.echo(_row(f"  {group_label(group)}", of_group))
    if summary.held_people:
        held = f"{grouped(summary.held_people)} người, {grouped(summary.held_vnd)} đồng"
        click.echo(f"tạm giữ (đã chết, tạm dừng) · held: {held}")
    click.echo(f"bản luật · release: {summary.release}\nmã kiểm tra · hash:  {summary.hash}")


def _row(label: str, totals: Totals) -> str:
    return f"{grouped(totals.total_vnd):>22} {grouped(totals.people):>10} {label}"


COMMANDS: list[click.Command] = [payroll]
