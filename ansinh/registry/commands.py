"""Commands of the register: load one, find who is there twice."""

import json
from pathlib import Path

import click

from ansinh.accounts.logic import Right
from ansinh.db.commands import AS_USER, needs_database


@click.group()
def load() -> None:
    """Nạp dữ liệu vào cơ sở dữ liệu.

    Load data: administrative units, a register.
    """


@load.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
@needs_database
def register(directory: Path, as_json: bool) -> None:
    """Nạp sổ đối tượng từ thư mục DIRECTORY (CSV hoặc Parquet), tất cả hoặc không gì cả.

    Load a register from a directory of files: all or nothing, every fault told. The same files again change
    nothing. The format is described in docs/reference/register-format.md.
    """
    from ansinh.registry import operations as registry
    from ansinh.web import clock

    def say(words: str) -> None:
        click.echo(words, err=True)

    loaded = registry.load_register(directory=directory, at=clock.now(), say=say)
    if as_json:
        summary = {"source": loaded.source, "rows": dict(loaded.rows), "again": loaded.again}
        click.echo(json.dumps({**summary, "warnings": len(loaded.warnings)}))
        return
    if loaded.again:
        click.echo("Thư mục này đã nạp rồi, không thay đổi gì · loaded before, nothing changed")
    for name, rows in loaded.rows.items():
        click.echo(f"{rows:>10,} {name}".replace(",", "."))
    for warning in loaded.warnings[:20]:
        click.echo(f"Cảnh báo · warning: {warning}", err=True)
    click.echo(f"{len(loaded.warnings)} cảnh báo · warnings")


@click.group(name="register")
def keep() -> None:
    """Sổ đối tượng: tìm hồ sơ trùng.

    The register: find files that are one person's.
    """


@keep.command()
@click.option("--unit", "code", required=True, help="Mã đơn vị. · Code of the unit.")
@click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
@AS_USER
@needs_database
def doubles(code: str, as_json: bool, username: str | None) -> None:
    """Tìm hồ sơ trùng: so mọi người của đơn vị với cả sổ, đưa các cặp nghi trùng vào hàng chờ.

    Compare everybody of a unit with the whole register and queue the pairs in doubt. Run again, it finds the
    same; what officers have decided stays decided.
    """
    from ansinh.accounts import queries as accounts
    from ansinh.geography import queries as geography
    from ansinh.registry import operations as registry
    from ansinh.web import clock

    unit = geography.unit(code=code, on=clock.today())
    by = accounts.acting(username, Right.MERGE_PERSONS, unit=unit, on=clock.today())
    pairs = registry.find_doubles(unit=unit, on=clock.today(), at=clock.now(), by=by)
    click.echo(json.dumps({"pairs": pairs}) if as_json else f"{pairs} cặp nghi trùng · pairs in doubt")


COMMANDS: list[click.Command] = [load, keep]
