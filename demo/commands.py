"""The commands of the demo: run it; make people of any number."""

import json
import time
from pathlib import Path
from typing import Literal

import click

from ansinh.kernel.time import Month

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
SEED = 2026


@click.group(invoke_without_command=True)
@click.option("--scale", type=float, default=1.0, show_default=True, help="Tỷ lệ, ví dụ 0.01. · Scale.")
@click.option("--serve/--no-serve", default=False, help="Rồi chạy trang web. · Then serve the site.")
@AS_JSON
@click.pass_context
def demo(ctx: click.Context, scale: float, serve: bool, as_json: bool) -> None:
    """Minh hoạ: nạp hai tỉnh có quy mô thật và chạy các tháng; làm lại được, chạy tiếp được.

    The demo: load two provinces of real size and run their months, then print the control totals. Safe to
    interrupt and to repeat. `ansinh demo generate` only makes people.
    """
    if ctx.invoked_subcommand is None:
        _run(ctx, scale, serve, as_json)


def _run(ctx: click.Context, scale: float, serve: bool, as_json: bool) -> None:
    from ansinh.db.commands import needs_database

    @needs_database
    def told() -> None:
        from django.conf import settings

        from ansinh.web import clock
        from demo.story import Story
        from demo.table import as_rows, goodbye, table

        start = time.perf_counter()

        def say(words: str) -> None:
            click.echo(f"{time.perf_counter() - start:7.1f}s  {words}", err=True)

        story = Story(scale=scale, folder=Path(settings.VAR) / "demo", at=clock.now(), say=say)
        rows = story.tell()
        say("xong · done")
        if as_json:
            click.echo(json.dumps(as_rows(rows), ensure_ascii=False))
        else:
            click.echo(table(rows))
            click.echo(goodbye(story))

    told()
    if serve:
        from ansinh.web.commands import serve as site

        ctx.invoke(site)


@demo.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--province",
    type=click.Choice(["hanoi", "laocai", "nation"]),
    default="hanoi",
    show_default=True,
    help="Tỉnh, hoặc cả nước. · Which province, or all 34.",
)
@click.option("--scale", type=float, default=1.0, show_default=True, help="Tỷ lệ, ví dụ 0.01. · Scale.")
@click.option("--beneficiaries", type=int, help="Số người hưởng của cả nước. · Of the nation.")
@click.option("--opens", default="2026-10", show_default=True, help="Tháng mở (cả nước). · Month it opens.")
@click.option("--format", "form", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True)
@click.option(
    "--screen", "people", type=int, help="Thay vào đó: số người để rà soát. · People for screening."
)
@click.option("--children", is_flag=True, help="Kèm con của cha mẹ đơn thân (--screen). · With children.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Hạt giống ngẫu nhiên. · Seed.")
@AS_JSON
def generate(
    folder: Path,
    province: str,
    scale: float,
    beneficiaries: int | None,
    opens: str,
    form: Literal["parquet", "csv"],
    people: int | None,
    children: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Làm dân cư tổng hợp vào thư mục FOLDER theo định dạng nạp hàng loạt.

    Make synthetic people into FOLDER, in the bulk format of `ansinh load register` (a folder a province),
    with the truth about the planted errors beside; or, with --screen, persons for `ansinh screen`.
    """
    from demo import groups
    from demo.files import nation_folder, province_folder
    from demo.months import STEPS
    from demo.screen import write_population

    start = time.perf_counter()
    made: list[str] = []

    def tell(path: Path, words: str) -> None:
        made.append(str(path))
        click.echo(f"{time.perf_counter() - start:7.1f}s  {path}  {words}", err=True)

    if people is not None:
        for path, size in write_population(people, folder, seed=seed, children=children):
            tell(path, f"{size:,} người")
    elif province == "nation":
        count = beneficiaries or round(3_500_000 * scale)
        for _, one in nation_folder(count, Month.parse(opens), folder, seed=seed, form=form):
            tell(one.register, "xong")
    else:
        plan = groups.hanoi(scale) if province == "hanoi" else groups.lao_cai(scale)
        one = province_folder(plan, STEPS[plan.province], folder, seed=seed, form=form)
        tell(one.register, f"{plan.beneficiaries:,} người hưởng; sự thật ở {one.truth}")
    if as_json:
        click.echo(json.dumps({"made": made, "seconds": round(time.perf_counter() - start, 1)}))


COMMANDS: list[click.Command] = [demo]
