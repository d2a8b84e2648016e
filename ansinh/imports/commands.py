"""Commands of lists: try one, write it, take it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ansinh.db.commands import AS_USER, needs_database
from ansinh.kernel.money import grouped
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month

if TYPE_CHECKING:
    from ansinh.accounts.models import User
    from ansinh.geography.models import Unit
    from ansinh.imports.models import Import

MONTH = click.types.FuncParamType(Month.parse)
MONTH.name = "tháng"
_json = click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
_ROWS = 40


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
    from ansinh.db.progress import told
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
    with told(imported, now=clock.now) as tell:
        assert tell is not None
        say = _saying(tell)
        operations.check(imported=imported, at=clock.now(), on=clock.today(), tell=say)
        if write:
            operations.commit(
                imported=imported, by=user, at=clock.now(), on=clock.today(), accept=accept, tell=say
            )
    _tell(imported, as_json)


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
    counts = imported.counts
    for key, words in (
        ("CREATED", "thêm mới · created"),
        ("CHANGED", "bổ sung · changed"),
        ("SAME", "giữ nguyên · left alone"),
        ("DOUBTFUL", "nghi ngờ · doubtful"),
        ("ERROR", "lỗi · errors"),
        ("SKIPPED", "bỏ qua · skipped"),
        ("differs", "khác luật · unlike the law"),
    ):
        click.echo(f"{grouped(counts.get(key, 0)):>10} {words}")
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
                f"  trang {row['sheet']}, dòng {row['row']}, {row['name']} · {remark['column']}{value}: "
                f"{remark['message']} {remark['cure']} {remark['basis']}".rstrip()
            )
    if len(told_rows) > _ROWS:
        click.echo(f"  … và {len(told_rows) - _ROWS} dòng nữa; xem đủ bằng --json hoặc trên trang web.")


COMMANDS: list[click.Command] = [import_]
