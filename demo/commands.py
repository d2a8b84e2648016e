"""The commands of the demo: run it; make people of any number."""

import json
import time
from pathlib import Path
from typing import Literal

import click

from ansinh.kernel.time import Month

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Kết quả dạng JSON. · As JSON.")
SEED = 2026


@click.group()
def demo() -> None:
    """Dữ liệu minh hoạ: dân cư tổng hợp của hai tỉnh.

    Synthetic people: two provinces of real size, or any number for measuring.
    """


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

    Make synthetic people into FOLDER, in the bulk format of `ansinh load register` (a folder a province), with
    the truth about the planted errors beside; or, with --screen, persons for `ansinh screen`.
    """
    from demo import groups
    from demo.files import nation_folder, province_folder
    from demo.screen import write_population
    from demo.months import STEPS

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
