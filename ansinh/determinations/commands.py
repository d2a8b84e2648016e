"""Options that name a month or a day; the command that puts people in files to the law."""

import json
from datetime import date
from glob import glob
from pathlib import Path
from typing import IO

import click

from ansinh.kernel.time import Month


class MonthType(click.ParamType[Month]):
    """A month on the command line: 2026-11."""

    name = "tháng"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        return value if isinstance(value, Month) else Month.parse(str(value))


class DateType(click.ParamType[date]):
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
ASKED_ON = click.option(
    "--asked-on", type=DateType(), help="Hỏi luật như biết vào ngày này. · The law as known on this day."
)


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option(
    "--out", type=click.File("w", encoding="utf-8"), default="-", help="Tệp kết quả. · Result file."
)
def assess(file: IO[str], out: IO[str]) -> None:
    """Hỏi luật về từng người trong một tệp JSONL (FILE; - là đầu vào chuẩn).

    Ask the law about the people of a JSONL file, one object a line; one answer a line. A bad line is answered
    by an error naming line, field and cure; the others are answered all the same (exit status 1).
    """
    from ansinh.rulebook.assess import assess_lines

    bad = 0
    for answer, answered in assess_lines(file):
        bad += not answered
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    if bad:
        click.echo(f"{bad} dòng không trả lời được · lines could not be answered", err=True)
        raise SystemExit(1)


@click.command()
@click.argument("files")
@click.option("--month", type=MonthType(), required=True, help="Tháng hỏi, ví dụ 2026-11. · Month.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Thư mục kết quả. · Folder for results."
)
@ASKED_ON
@AS_JSON
def screen(files: str, month: Month, out: Path, asked_on: date | None, as_json: bool) -> None:
    """Hỏi luật cho người trong các tệp Parquet (FILES, ví dụ 'thu-muc/*.parquet').

    Put the people of Parquet files to the law; writes answers, outcomes and a summary into --out.
    """
    from ansinh.rulebook.screen import screen as ask

    def progress(line: str) -> None:
        click.echo(line, err=True)

    paths = [Path(name) for name in sorted(glob(files))]  # noqa: PTH207 - the pattern is the user's
    summary = ask(paths, month, out, asked_on=asked_on, progress=progress)
    if as_json:
        click.echo(json.dumps(summary.__dict__, ensure_ascii=False))
    else:
        click.echo(
            f"{summary.people:,} người, {summary.entitled:,} được hưởng, {summary.total_vnd:,} đồng/tháng; "
            f"kết quả ở {out} · people, entitled, a month; results in {out}"
        )


COMMANDS: list[click.Command] = [assess, screen]
