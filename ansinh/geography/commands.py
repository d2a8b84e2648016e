"""Commands of the map."""

import json
import time
from dataclasses import asdict

import click

from ansinh.db.commands import needs_database


@click.group()
def load() -> None:
    """Nạp dữ liệu vào cơ sở dữ liệu.

    Load data: administrative units, a register.
    """


@load.command()
@click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
@needs_database
def units(as_json: bool) -> None:
    """Nạp danh mục đơn vị hành chính, trước và sau 1/7/2025.

    Load the administrative units, before and after 1/7/2025. Safe to repeat.
    """
    from ansinh.geography import operations as geography

    began = time.monotonic()
    loaded = geography.load_units()
    seconds = round(time.monotonic() - began, 2)
    if as_json:
        click.echo(json.dumps({**asdict(loaded), "seconds": seconds}))
    else:
        click.echo(
            f"{loaded.units} đơn vị, {loaded.changes} thay đổi, {loaded.standings} nơi thuộc về; "
            f"ghi {loaded.written} dòng trong {seconds} giây · units, changes, standings; rows written"
        )


COMMANDS: list[click.Command] = [load]
