"""Commands of lists: try one, write it, take it back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ansinh.db.commands import AS_USER, needs_database
from ansinh.kernel.money import grouped
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month

if TYPE_CHECKING:
    from ansinh.accounts.models import User
    from ansinh.geography.models import Unit
    from ansinh.imports.models import Import


def _day(text: str | dt.date) -> dt.date:
    from ansinh.web.fields import read_day

    day = read_day(text)
    if day is None:
        raise click.BadParameter(f"“{text}” không phải là ngày. Viết như 15/12/2026 hoặc 2026-12-15.")
    return day


DAY = click.types.FuncParamType(_day)
DAY.name = "ngày"
MONTH = click.types.FuncParamType(Month.parse)
MONTH.name = "tháng"
_json = click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
_ROWS = 40
_ALWAYS = (
    ("DOUBTFUL", "nghi ngờ · doubtful"),
    ("ERROR", "lỗi · errors"),
    ("SKIPPED", "bỏ qua · skipped"),
)
_COUNTED = {
    "REGISTER": (
        ("CREATED", "thêm mới · created"),
        ("CHANGED", "bổ sung · changed"),
        ("SAME", "giữ nguyên · left alone"),
        *_ALWAYS,
        ("differs", "khác luật · unlike the law"),
    ),
    "POVERTY": (
        ("CREATED", "hộ mới vào danh sách · new"),
        ("CHANGED", "hộ đổi giữa nghèo và cận nghèo · changed"),
        ("SAME", "hộ như trước · as before"),
        ("LEFT", "hộ ra khỏi danh sách · leaving"),
        *_ALWAYS,
        ("affected", "người có thể đổi trợ cấp · people whose allowance may change"),
    ),
}


@click.group("import")
def import_() -> None:
    """Nhập danh sách đối tượng từ bảng tính.

    Take in the lists communes keep in spreadsheets.
    """


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", "code", required=True, help="Mã xã, phường. · Code of the commune.")
@click.option(
    "--month", type=MONTH, help="Danh sách của tháng nào (mặc định: tháng này). · Month of the list."
)
@click.option("--commit", "write", is_flag=True, help="Ghi vào sổ (mặc định: chỉ báo cáo). · Write it.")
@click.option("--accept", is_flag=True, help="Nhập cả người chỉ nghi trùng. · Take doubtful people as new.")
@_json
@AS_USER
@needs_database
def register(
    file: Path, code: str, month: Month | None, write: bool, accept: bool, as_json: bool, username: str | None
) -> None:
    """Đọc danh sách FILE (.xlsx, .xls, .ods, .csv) của một xã; báo từng dòng, có --commit thì ghi vào sổ.

    Read a commune's list and tell what would become of every row; with --commit write all good rows in one
    transaction. The files understood are described in docs/reference/import.md.
    """
    from ansinh.geography import queries as geography
    from ansinh.imports import operations
    from ansinh.web import clock

    when = month or Month.of(clock.today())
    unit = geography.unit(code=code, on=when.first)
    user = _acting(username, unit)
    imported = operations.receive(
        unit=unit,
        name=file.name,
        content=file.read_bytes(),
        month=when,
        by=user,
        at=clock.now(),
        defer=False,
    )
    _work(imported, user, as_json, write=write, accept=accept)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", "code", required=True, help="Mã xã, phường. · Code of the commune.")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="Năm. · Year of the list.")
@click.option("--from", "first", type=DAY, help="Từ ngày (mặc định: 01/01 của năm). · First day.")
@click.option("--to", "last", type=DAY, help="Đến hết ngày (mặc định: 31/12). · Last day.")
@click.option("--decision", "number", default="", help="Số quyết định. · Number of the decision.")
@click.option("--decided", "decided_on", type=DAY, help="Ngày quyết định. · Day of the decision.")
@click.option("--issuer", default="", help="Nơi ban hành (mặc định: UBND xã). · Who issued it.")
@click.option(
    "--complete", is_flag=True, help="Đủ mọi hộ của xã: hộ không có tên thì ra khỏi danh sách. · Whole list."
)
@click.option("--commit", "write", is_flag=True, help="Ghi vào sổ (mặc định: chỉ báo cáo). · Write it.")
@_json
@AS_USER
@needs_database
def poverty(
    file: Path,
    code: str,
    year: int,
    first: dt.date | None,
    last: dt.date | None,
    number: str,
    decided_on: dt.date | None,
    issuer: str,
    complete: bool,
    write: bool,
    as_json: bool,
    username: str | None,
) -> None:
    """Đọc danh sách hộ nghèo, hộ cận nghèo của năm; báo từng hộ, có --commit thì ghi vào sổ.

    Read the year's list of poor and near-poor households of a commune and tell what changes; with --commit
    write it. The files understood are described in docs/reference/import.md.
    """
    from ansinh.geography import queries as geography
    from ansinh.imports import operations
    from ansinh.imports.logic.poor_list import PoorTerms
    from ansinh.web import clock

    unit = geography.unit(code=code, on=clock.today())
    user = _acting(username, unit)
    imported = operations.receive(
        unit=unit,
        name=file.name,
        content=file.read_bytes(),
        month=Month.of(clock.today()),
        by=user,
        at=clock.now(),
        poor=PoorTerms(
            year=year,
            valid_from=first or dt.date(year, 1, 1),
            valid_to=(last or dt.date(year, 12, 31)) + dt.timedelta(days=1),
            number=number.strip(),
            issuer=issuer.strip(),
            decided_on=decided_on,
            complete=complete,
        ),
        defer=False,
    )
    _work(imported, user, as_json, write=write)


@import_.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Lý do huỷ. · Why.")
@_json
@AS_USER
@needs_database
def undo(number: int, reason: str, as_json: bool, username: str | None) -> None:
    """Huỷ cả lần nhập số NUMBER, khi chưa có khoản nào của nó được duyệt chi.

    Take a whole import back, while nothing of it was approved in a payroll.
    """
    from ansinh.imports import operations
    from ansinh.imports.models import Import
    from ansinh.web import clock

    imported = Import.objects.select_related("unit").filter(pk=number).first()
    if imported is None:
        raise Refusal(f"Không có lần nhập số {number}.", remedy="Xem số của lần nhập ở trang Nhập danh sách.")
    user = _acting(username, imported.unit)
    operations.undo(imported=imported, reason=reason, by=user, at=clock.now())
    _tell(imported, as_json, rows=False)


def _work(imported: Import, user: User, as_json: bool, *, write: bool, accept: bool = False) -> None:
    """Check a list, and write it if asked, telling the steps, then what was found.

    Also when it is refused: the report says why no row could be written.
    """
    from ansinh.db.progress import told
    from ansinh.imports import operations
    from ansinh.web import clock

    with told(imported, now=clock.now) as tell:
        assert tell is not None
        say = _saying(tell)
        operations.check(imported=imported, at=clock.now(), on=clock.today(), tell=say)
        if write:
            operations.commit(
                imported=imported, by=user, at=clock.now(), on=clock.today(), accept=accept, tell=say
            )
    imported.refresh_from_db()
    refused = imported.state == imported.State.REFUSED
    if imported.counts or not refused:
        _tell(imported, as_json)
    if refused:
        raise Refusal(imported.message, basis=imported.basis, remedy=imported.remedy)


def _acting(username: str | None, unit: Unit) -> User:
    from ansinh.accounts import operations as accounts
    from ansinh.accounts.logic import Right
    from ansinh.web import clock

    right = Right.LOAD_REGISTER
    return accounts.act_as(username=username, right=right, unit=unit, on=clock.today(), at=clock.now())


def _saying(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Tell a step to whoever looks at the page, and to the terminal."""

    def say(step: str) -> None:
        tell(step)
        click.echo(step, err=True)

    return say


def _tell(imported: Import, as_json: bool, *, rows: bool = True) -> None:
    from ansinh.imports import queries
    from ansinh.imports.exports import report

    told = report.told(imported, rows=rows)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"Lần nhập số {imported.pk}: {imported.message}")
    for key, words in _COUNTED[imported.kind]:
        click.echo(f"{grouped(imported.counts.get(key, 0)):>10} {words}")
    for note in imported.notes:
        click.echo(f"  {note}")
    if rows:
        for cause in queries.causes(imported):
            kind = "lỗi" if cause.level == "ERROR" else "lưu ý"
            click.echo(
                f"{grouped(cause.rows):>10} {kind} · {cause.column}: {cause.message} "
                f"(trang {cause.sheet}, dòng {cause.row})"
            )
    told_rows = [row for row in told.get("rows", ()) if row["outcome"] != "SKIPPED"]
    for row in told_rows[:_ROWS]:
        for remark in row["remarks"]:
            value = f" “{remark['value']}”" if remark["value"] else ""
            click.echo(
                f"  {_place(row)}, {row['name']} · {remark['column']}{value}: "
                f"{remark['message']} {remark['cure']} {remark['basis']}".rstrip()
            )
    if len(told_rows) > _ROWS:
        click.echo(f"  … và {len(told_rows) - _ROWS} dòng nữa; xem đủ bằng --json hoặc trên trang web.")


def _place(row: dict[str, Any]) -> str:
    """Where a row of the report stands; a household that leaves the list stands in none."""
    if row["row"] is None:
        return "Không có trong danh sách"
    return f"trang {row['sheet_named']}, dòng {row['row']}"


COMMANDS: list[click.Command] = [import_]
