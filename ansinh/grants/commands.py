"""Commands of rights: ask the law about a unit, review, adopt, follow a merger."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ansinh.accounts.logic import Right
from ansinh.db.commands import AS_USER, needs_database
from ansinh.grants.logic import REVIEW_KINDS, ReviewKind
from ansinh.kernel.money import grouped
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month

if TYPE_CHECKING:
    from ansinh.accounts.models import User
    from ansinh.determinations.models import Run
    from ansinh.geography.models import Unit

LABELS: dict[ReviewKind, str] = {
    "ENTITLED_NOT_GRANTED": "đủ điều kiện, chưa hưởng · entitled, not granted",
    "NO_LONGER_ENTITLED": "không còn đủ điều kiện · no longer entitled",
    "LEVEL_DIFFERS": "khác mức · level differs",
    "CONVERSION": "phải chuyển nhóm · to be converted",
    "CANNOT_TELL": "chưa kết luận được · cannot tell",
}
CAUSES = {
    "BIRTHDAY": "sinh nhật · birthday",
    "CHILD": "con đến tuổi · a child's birthday",
    "PAPER": "giấy tờ hết hiệu lực · a paper runs out",
}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            f"“{text}” không phải là một ngày.", remedy="Viết NĂM-THÁNG-NGÀY, ví dụ 2026-10-06."
        ) from None


MONTH = click.types.FuncParamType(Month.parse)
MONTH.name = "tháng"
DAY = click.types.FuncParamType(_day)
DAY.name = "ngày"
_unit = click.option("--unit", "code", required=True, help="Mã đơn vị, ví dụ 01. · Code of the unit.")
_month = click.option("--month", type=MONTH, required=True, help="Tháng, ví dụ 2026-11. · Month.")
_json = click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
_anew = click.option("--anew", is_flag=True, help="Hỏi luật lại dù đã hỏi. · Ask the law again.")


@click.command()
@_unit
@_month
@click.option("--asked-on", type=DAY, help="Hỏi luật như biết vào ngày này. · Law as known that day.")
@_json
@AS_USER
@needs_database
def determine(code: str, month: Month, asked_on: date | None, as_json: bool, username: str | None) -> None:
    """Hỏi luật về mọi người của một đơn vị cho một tháng, và giữ câu trả lời.

    Ask the law about everyone of a unit and below for a month, and keep the answers. What is granted already
    is taken into account. Without --asked-on everything loaded counts.
    """
    from ansinh.grants import operations
    from ansinh.web import clock

    unit = _place(code, month)
    by = _acting(username, Right.ASK_LAW, unit)
    run = operations.ask_month(unit=unit, month=month, on=asked_on, at=clock.now(), by=by)
    told = _run(run)
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(
            f"{month.vietnamese()}: {grouped(run.people)} người được hỏi, {grouped(run.entitled)} được "
            f"hưởng, {run.signatures} trường hợp · people, entitled, outcomes"
        )


@click.group()
def grants() -> None:
    """Quyền hưởng: rà soát, ra quyết định hàng loạt, theo sáp nhập.

    Rights: review what is paid, adopt what the law says, follow a merger.
    """


@grants.command("take-over")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_unit
@_month
@_json
@AS_USER
@needs_database
def take_over(directory: Path, code: str, month: Month, as_json: bool, username: str | None) -> None:
    """Tiếp nhận danh sách đang hưởng (tệp grants trong thư mục DIRECTORY đã nạp), đúng mức trong danh sách.

    Take over who receives already, from the file "grants" of a register that was loaded, at the amounts it
    says. All or nothing, every fault told. The format is described in docs/reference/register-format.md.
    """
    from ansinh.grants import operations
    from ansinh.registry import operations as registry
    from ansinh.web import clock

    unit = _place(code, month)
    by = _acting(username, Right.LOAD_REGISTER, unit)
    taken = operations.take_over(
        rows=registry.grants_of(directory=directory), month=month, unit=unit, at=clock.now(), by=by
    )
    if as_json:
        click.echo(json.dumps(asdict(taken)))
    else:
        click.echo(
            f"{grouped(taken.grants)} khoản hưởng của {grouped(taken.people)} người, "
            f"{grouped(taken.monthly_vnd)} đồng/tháng · grants, people, đồng a month"
        )


@grants.command()
@_unit
@_month
@click.option("--kind", type=click.Choice(REVIEW_KINDS), help="Chỉ loại này. · Only this kind.")
@click.option("--asked-on", type=DAY, help="Hỏi luật như biết vào ngày này. · Law as known that day.")
@click.option(
    "--limit", type=int, default=20, show_default=True, help="Số dòng liệt kê. · How many lines to list."
)
@_anew
@_json
@AS_USER
@needs_database
def review(
    code: str,
    month: Month,
    kind: ReviewKind | None,
    asked_on: date | None,
    limit: int,
    anew: bool,
    as_json: bool,
    username: str | None,
) -> None:
    """Rà soát: luật nói gì, ta đang chi gì.

    Compare what is granted with what the law says, for a unit and below in a month. Uses the latest
    determination of the month (with --asked-on: of that day), or asks the law first.
    """
    from ansinh.grants import operations, queries
    from ansinh.web import clock

    unit = _place(code, month)
    _acting(username, Right.SEE_REVIEW, unit)
    run = None if anew else queries.latest_run(unit, month, asked_on=asked_on)
    if run is None:
        by = _acting(username, Right.ASK_LAW, unit)
        run = operations.ask_month(unit=unit, month=month, on=asked_on, at=clock.now(), by=by)
    counts = queries.review_counts(run, unit)
    lines = queries.review(run, unit, kind=kind, limit=limit)
    coming = queries.coming_counts(unit, month, on=run.asked_on or month.first)
    if as_json:
        told = {
            "unit": code,
            "month": str(month),
            "run": _run(run),
            "counts": {count.kind: _without(asdict(count), "kind") for count in counts},
            "will_change": coming,
            "lines": [_line(line) for line in lines],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for count in counts:
        click.echo(
            f"{grouped(count.people):>9}  {grouped(count.difference_vnd):>17} đồng/tháng  "
            f"{LABELS[count.kind]}"
        )
    for cause, people in coming.items():
        click.echo(f"{grouped(people):>9}  {'':>17}             trong 90 ngày: {CAUSES[cause]}")
    for line in lines:
        was = f"{grouped(line.granted.amount_vnd)}" if line.granted else "—"
        now = f"{grouped(line.lawful.amount_vnd)}" if line.lawful else "—"
        click.echo(f"  {line.name} · {line.unit_name} · {was} → {now} · {LABELS[line.kind]}")


@grants.command("adopt-changes")
@_unit
@_month
@click.option("--decided-on", type=DAY, required=True, help="Ngày ký. · Day of signing.")
@click.option("--since", type=MONTH, help="Xét lại từ tháng này. · Look back to this month.")
@click.option("--signer", required=True, help="Họ tên người ký. · Who signs.")
@click.option("--number", help="Số quyết định; {next} là số tiếp theo. · Number of the decisions.")
@click.option(
    "--confirm-grounds",
    is_flag=True,
    help="Ghi lại căn cứ cả khi mức không đổi. · Restate articles of unchanged levels too.",
)
@_anew
@_json
@AS_USER
@needs_database
def adopt_changes(
    code: str,
    month: Month,
    decided_on: date,
    since: Month | None,
    signer: str,
    number: str | None,
    confirm_grounds: bool,
    anew: bool,
    as_json: bool,
    username: str | None,
) -> None:
    """Ra quyết định theo kết quả rà soát: mỗi đơn vị quản lý một quyết định cho nhiều người.

    Make the law's answers decisions, one for each holding unit: levels, starts, stops, conversions. The law
    is asked as known on the day of signing. With --since, earlier months are compared too: levels with past
    effect.
    """
    from ansinh.grants import operations
    from ansinh.web import clock

    unit, at = _place(code, month), clock.now()
    by = _acting(username, Right.SIGN_DECISION, unit)
    months = list(Month.range(since or month, month))
    runs = operations.answers(unit=unit, months=months, on=decided_on, at=at, anew=anew)
    adopted = operations.adopt_changes(
        unit=unit,
        runs=runs,
        decided_on=decided_on,
        at=at,
        signer_name=signer,
        number=number or operations.NUMBER,
        confirm_grounds=confirm_grounds,
        by=by,
    )
    operations.count_open(run=runs[-1], at=at)
    if as_json:
        click.echo(json.dumps({"unit": code, "months": [str(m) for m in months], **asdict(adopted)}))
    else:
        click.echo(
            f"{len(adopted.decisions)} quyết định, {grouped(adopted.people)} người: "
            f"{adopted.starts} hưởng mới, {adopted.levels} đổi mức, {adopted.conversions} chuyển nhóm, "
            f"{adopted.stops} thôi hưởng "
            "· decisions, people: starts, levels, conversions, stops"
        )


@grants.command("follow-merger")
@_unit
@click.option("--on", type=DAY, required=True, help="Ngày các đơn vị mới hoạt động. · Day of the merger.")
@_json
@AS_USER
@needs_database
def follow_merger(code: str, on: date, as_json: bool, username: str | None) -> None:
    """Chuyển hồ sơ của các đơn vị đã sáp nhập về đơn vị mới.

    Move the files of ended units to where their people stand on a day. Safe to repeat.
    """
    from ansinh.grants import operations
    from ansinh.web import clock

    unit = _place(code, Month.of(on))
    by = _acting(username, Right.SIGN_DECISION, unit)
    moved = operations.follow_merger(unit=unit, on=on, at=clock.now(), by=by)
    if as_json:
        click.echo(json.dumps(asdict(moved)))
    else:
        click.echo(
            f"{grouped(moved.grants)} khoản hưởng đổi đơn vị quản lý, "
            f"{grouped(moved.unconfirmed)} chờ xác nhận xã · grants moved, waiting for their commune"
        )


def _place(code: str, month: Month) -> Unit:
    from ansinh.geography import queries as geography

    return geography.unit(code=code, on=month.first)


def _acting(username: str | None, right: Right, unit: Unit) -> User | None:
    from ansinh.accounts import queries as accounts
    from ansinh.web import clock

    return accounts.acting(username, right, unit=unit, on=clock.today())


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.pk,
        "month": str(Month.of(run.month)),
        "asked_on": run.asked_on and run.asked_on.isoformat(),
        "known_at": run.known_at.isoformat(),
        "release": run.release,
        "facts_hash": run.facts_hash,
        "people": run.people,
        "entitled": run.entitled,
        "outcomes": run.signatures,
    }


def _line(line: Any) -> dict[str, Any]:
    """A line as an export may tell it: nothing that betrays an illness."""
    return {
        "kind": line.kind,
        "person": line.number or line.person_id,
        "name": line.name,
        "unit": line.unit_name,
        "slot": line.slot,
        "granted": line.granted and line.granted.as_listed(),
        "lawful": line.lawful and line.lawful.as_listed(),
        "difference_vnd": line.difference_vnd,
    }


def _without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


COMMANDS: list[click.Command] = [determine, grants]
