"""Commands of the law: read it, check it, compare two days, write it out."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec

import click

from ansinh.kernel.time import Month, vietnamese_date

P = ParamSpec("P")


class Day(click.ParamType[date]):
    """A day on the command line: 2026-11-05."""

    name = "ngày"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}” không phải là ngày; viết NĂM-THÁNG-NGÀY, ví dụ 2026-11-05.", param, ctx)


AS_JSON = click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
PROVINCE = click.option("--province", default="", help="Mã tỉnh, ví dụ 01 (Hà Nội). · Province code.")
FORMER = click.option("--former-province", "former", help="Mã tỉnh trước 7/2025. · Code before 7/2025.")


def tells_faults_of_the_files(command: Callable[P, None]) -> Callable[P, None]:
    """End with status 1 and the fault's file and article when a law file cannot be read."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        from ansinh.rulebook.data import LawError

        try:
            command(*args, **kwargs)
        except LawError as fault:
            click.echo(f"✗ {fault}", err=True)
            sys.exit(1)

    return told


@click.group()
def law() -> None:
    """Luật trong hệ thống: đang áp dụng, thay đổi, kiểm tra, in ra.

    The law as the system holds it: in force, changed between two days, checked, written out.
    """


@law.command()
@click.option(
    "--on", type=Day(), help="Ngày; không nêu thì luật mới nhất đã nạp. · Day; else the newest loaded."
)
@PROVINCE
@FORMER
@AS_JSON
@tells_faults_of_the_files
def show(on: date | None, province: str, former: str | None, as_json: bool) -> None:
    """In luật áp dụng cho tháng của một ngày: mức chuẩn, nhóm, hệ số, căn cứ.

    Print the law in force on a day: standards, groups, coefficients, articles.
    """
    found = _law_on(on, province, former)
    if as_json:
        click.echo(_json(_public(found)))
        return
    where = f", {found.province}" if found.province else ", cả nước · nationwide"
    asked = f", như biết ngày {vietnamese_date(on)}" if on else ""
    click.echo(f"Luật áp dụng cho tháng {found.month.vietnamese()}{asked}{where} · law in force\n")
    click.echo("Mức chuẩn một tháng · standards")
    for standard in found.standards:
        click.echo(f"  {standard.label}: {_dong(standard.vnd)}  [{'; '.join(standard.cites)}]")
        _notes(standard.notes)
    for scheme, groups in found.schemes:
        click.echo(f"\n{scheme}")
        for group in groups:
            click.echo(f"  {group.code:<8} {group.label}")
            click.echo(f"           {group.says}")
            for rate in group.rates:
                who = f"{rate.when}: " if rate.when else ""
                each = " mỗi con" if rate.per_child else ""
                click.echo(
                    f"           {who}hệ số {_coefficient(rate.coefficient)}{each} = {_dong(rate.amount_vnd)}"
                )
            click.echo(f"           [{'; '.join(group.cites)}]")
            _notes(group.notes)
    for doubt in found.doubts:
        click.echo(f"\n  ? {doubt}")
    click.echo("\nVăn bản · instruments")
    for instrument in found.instruments:
        click.echo(f"  {instrument.citation}: {instrument.title}")


@law.command()
@click.argument("since", type=Day())
@click.argument("until", type=Day())
@PROVINCE
@AS_JSON
@tells_faults_of_the_files
def diff(since: date, until: date, province: str, as_json: bool) -> None:
    """So luật của hai ngày: mức chuẩn, nhóm, hệ số nào đã đổi.

    Compare the law of two days (SINCE, UNTIL): what changed. The code is read on each day.
    """
    from ansinh.rulebook import reading

    changes = reading.compare(_law_on(since, province, None), _law_on(until, province, None))
    if as_json:
        click.echo(_json(_public_changes(changes)))
        return
    for instrument in changes.came:
        click.echo(f"+ {instrument.citation}: {instrument.title}")
    for instrument in changes.went:
        click.echo(f"- {instrument.citation}: {instrument.title}")
    for change in (*changes.standards, *changes.groups):
        click.echo(f"\n{change.what}  [{'; '.join(change.cites)}]")
        click.echo(f"  - {change.before or '(chưa có)'}\n  + {change.after or '(không còn)'}")
    if not (changes.came or changes.went or changes.standards or changes.groups):
        click.echo("Không có gì thay đổi · nothing changed")


@law.command()
@AS_JSON
@tells_faults_of_the_files
def check(as_json: bool) -> None:
    """Kiểm tra mọi văn bản: đủ điều khoản, điều kiện hợp lệ, hệ số phủ kín, trang docs/law còn mới.

    Check every instrument: each article accounted for, conditions compile, bands cover, docs are fresh.
    """
    from ansinh.rulebook import checking, document
    from ansinh.rulebook.law import load

    book = load()
    faults = [
        *checking.faults(book),
        *(f"docs/law/{name}: chạy `ansinh law docs`" for name in document.stale(book)),
    ]
    provisions = [provision for instrument in book.instruments for provision in instrument.provisions]
    figures = {
        "instruments": len(book.instruments),
        "provisions": len(provisions),
        "not_applied": sum(bool(p.not_applied) for p in provisions),
        "uncertain": sum(p.doubt is not None for p in provisions),
        "conditions": len(checking.every_condition(book)),
        "months": len(checking.turning_months(book)),
        "release": book.release,
        "faults": faults,
    }
    if as_json:
        click.echo(_json(figures))
    else:
        for fault in faults:
            click.echo(f"✗ {fault}", err=True)
        click.echo(
            f"{figures['instruments']} văn bản, {figures['provisions']} quy định "
            f"({figures['not_applied']} không áp dụng, có lý do; {figures['uncertain']} chưa chắc chắn), "
            f"{figures['conditions']} điều kiện, {figures['months']} lần đổi luật, bản {book.release[:12]} · "
            f"{len(faults)} lỗi · faults"
        )
    if faults:
        sys.exit(1)


@law.command()
@click.option("--check", "only_check", is_flag=True, help="Chỉ so, không viết. · Compare only.")
@tells_faults_of_the_files
def docs(only_check: bool) -> None:
    """Viết docs/law/ từ các tệp văn bản và ví dụ.

    Write docs/law/ from the instruments and the worked examples; --check tells which pages are stale.
    """
    from ansinh.rulebook import document
    from ansinh.rulebook.law import load

    if only_check:
        stale = document.stale(load())
        for name in stale:
            click.echo(f"✗ docs/law/{name}", err=True)
        click.echo(f"{len(stale)} trang đã cũ · stale pages")
        sys.exit(1 if stale else 0)
    changed = document.write(load())
    for name in document.lines_of(changed):
        click.echo(name)
    click.echo(f"{len(changed)} trang đã viết · pages written")


def _law_on(on: date | None, province: str, former: str | None) -> Any:
    from ansinh.rulebook import reading

    month = Month.of(on or reading.newest_day())
    return reading.law_in_force(month=month, on=on, province=province, former=former)


# ── figures as JSON ──


def _public(found: Any) -> dict[str, Any]:
    return {
        "month": str(found.month),
        "asked_on": found.on,
        "province": found.province or None,
        "release": found.release,
        "standards": [_plain(standard) for standard in found.standards],
        "groups": [_plain(group) for group in found.groups],
        "instruments": [instrument.citation for instrument in found.instruments],
        "doubts": list(found.doubts),
    }


def _public_changes(changes: Any) -> dict[str, Any]:
    return {
        "before": {"month": str(changes.before.month), "asked_on": changes.before.on},
        "after": {"month": str(changes.after.month), "asked_on": changes.after.on},
        "came": [instrument.citation for instrument in changes.came],
        "went": [instrument.citation for instrument in changes.went],
        "standards": [_plain(change) for change in changes.standards],
        "groups": [_plain(change) for change in changes.groups],
    }


def _plain(value: Any) -> dict[str, Any]:
    assert is_dataclass(value) and not isinstance(value, type)
    return asdict(value)


def _json(value: Any) -> str:
    def other(part: object) -> float | str:
        return float(part) if isinstance(part, Decimal) else str(part)

    return json.dumps(value, ensure_ascii=False, indent=2, default=other)


# ── words ──


def _dong(amount: int) -> str:
    from ansinh.kernel.money import vnd

    return vnd(amount)


def _coefficient(value: Decimal) -> str:
    from ansinh.kernel.money import coefficient_text

    return coefficient_text(value)


def _notes(notes: tuple[str, ...]) -> None:
    for note in notes:
        click.echo(f"           ! {note}")


COMMANDS: list[click.Command] = [law]
