"""The command that tries a policy on the register."""

from __future__ import annotations

import json
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
    from ansinh.simulations.models import Simulation

MONTH = click.types.FuncParamType(Month.parse)
MONTH.name = "tháng"


@click.command()
@click.option("--unit", "code", required=True, help="Mã đơn vị, ví dụ 01; VN là cả nước. · Code of the unit.")
@click.option("--month", type=MONTH, required=True, help="Tháng, ví dụ 2026-11. · Month.")
@click.option(
    "--set",
    "setting",
    metavar="standard_vnd=ĐỒNG",
    help="Mức chuẩn mới cho trợ cấp tại cộng đồng và hưu trí xã hội: của tỉnh (thay mức của tỉnh, không dưới "
    "mức trung ương), hoặc của cả nước. · The new standard.",
)
@click.option(
    "--instrument",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp TOML của văn bản dự thảo. · A draft instrument.",
)
@click.option(
    "--fresh",
    is_flag=True,
    help="Đọc lại sổ, không dùng dữ liệu đã đọc trong ngày. · Read the register anew.",
)
@click.option("--save", "name", default="", help="Lưu kết quả với tên này. · Keep under a name.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Ghi kết quả vào tệp .xlsx hoặc .pdf, có biểu đồ. · Write a file with charts.",
)
@click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
@AS_USER
@needs_database
def simulate(
    code: str,
    month: Month,
    setting: str | None,
    instrument: Path | None,
    fresh: bool,
    name: str,
    out: Path | None,
    as_json: bool,
    username: str | None,
) -> None:
    """Mô phỏng: so một chính sách dự thảo với luật hiện hành trên dữ liệu thật của một đơn vị hay cả nước.

    Try a policy on the register: who gains, loses, is new or drops out, and what it costs a month, a year
    and in five years. Nothing of the register changes. The whole country (VN) is for the operator alone.
    """
    from ansinh.geography import queries as geography
    from ansinh.simulations import operations
    from ansinh.simulations.exports import FORMATS
    from ansinh.web import clock

    ending = out.suffix.lower().removeprefix(".") if out else ""
    if out and ending not in FORMATS:
        raise Refusal(f"Không biết ghi tệp {out.name}.", remedy="Đặt tên tệp kết thúc bằng .xlsx hoặc .pdf.")
    unit = None if code == geography.COUNTRY else geography.unit(code=code, on=month.first)
    found = operations.simulate(
        unit=unit,
        month=month,
        at=clock.now(),
        now=clock.now,
        by=_acting(username, unit),
        standard_vnd=_standard(setting),
        draft=_text(instrument),
        name=name,
        fresh=fresh,
    )
    if out:
        write, _kind = FORMATS[ending]
        out.write_bytes(write(found))
    if as_json:
        click.echo(json.dumps(_told(found), ensure_ascii=False))
    else:
        _print(found)


def _standard(setting: str | None) -> int | None:
    if setting is None:
        return None
    key, _equals, value = setting.partition("=")
    digits = value.strip().replace(".", "").replace("_", "")
    if key.strip() != "standard_vnd" or not digits.isascii() or not digits.isdecimal():
        raise Refusal(f"Không hiểu “{setting}”.", remedy="Ghi --set standard_vnd=600000.")
    return int(digits)


def _text(instrument: Path | None) -> str | None:
    if instrument is None:
        return None
    try:
        return instrument.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal(
            f"Tệp {instrument.name} không phải văn bản UTF-8.", remedy="Lưu lại tệp dạng UTF-8."
        ) from None


def _acting(username: str | None, unit: Unit | None) -> User | None:
    from ansinh.accounts import queries as accounts
    from ansinh.accounts.logic import Right
    from ansinh.web import clock

    return accounts.acting(username, Right.SIMULATE_POLICY, unit=unit, on=clock.today())


def _told(found: Simulation) -> dict[str, Any]:
    from ansinh.simulations import queries

    assert found.known_at is not None
    return {
        "id": found.pk,
        "unit": queries.place(found)[0],
        "month": str(Month.of(found.month)),
        "name": found.name,
        "known_at": found.known_at.isoformat(),
        "release_before": found.release_before,
        "release_after": found.release_after,
        "overruled": queries.overruled(found),
        "years": [
            {"first": str(y.first), "last": str(y.last), "before_vnd": y.before_vnd, "after_vnd": y.after_vnd}
            for y in queries.years(found)
        ],
        **(found.figures or {}),
    }


def _print(found: Simulation) -> None:
    from ansinh.simulations import queries

    figures = found.figures or {}
    click.echo(
        f"{queries.place(found)[1]}, {Month.of(found.month).vietnamese()}: {grouped(figures['asked'])} người"
    )
    if overruled := queries.overruled(found):
        click.echo(overruled)
    for label, key in (("luật hiện hành · in force", "before"), ("có dự thảo · with the draft", "after")):
        side = figures[key]
        click.echo(f"{grouped(side['people']):>12}  {grouped(side['vnd']):>19} đồng/tháng  {label}")
    for move, words in queries.MOVE_LABELS.items():
        one = figures["moves"][move]
        click.echo(f"{grouped(one['people']):>12}  {grouped(one['vnd']):>19} đồng/tháng  {words}")
    for year in queries.years(found):
        click.echo(
            f"{year.first.vietnamese()}–{year.last.vietnamese()}: {grouped(year.before_vnd)} → "
            f"{grouped(year.after_vnd)} đồng ({grouped(year.difference_vnd)})"
        )


COMMANDS: list[click.Command] = [simulate]
