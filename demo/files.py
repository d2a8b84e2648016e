"""The demo's folders: a province's register in the bulk format, the truth, and what each month must show.

DIR/01/*.parquet is what is loaded; DIR/01-truth/ stays outside it: `truth.csv` (the planted errors),
`review.parquet` (every line a review must show), `expected.json` (the figures of each month).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from ansinh.kernel.hashing import content_hash
from ansinh.kernel.time import Month
from demo import days, groups, places, register
from demo.anchors import END
from demo.expected import Result, Step, Walk, plain_arrears
from demo.province import Province, make

MARK = "made.json"


@dataclass(frozen=True, slots=True)
class Made:
    """A province on disk."""

    register: Path
    truth: Path

    @property
    def expected(self) -> list[dict[str, Any]]:
        """The figures of each month, in order."""
        figures: list[dict[str, Any]] = json.loads((self.truth / "expected.json").read_text(encoding="utf-8"))
        return figures

    def truths(self) -> pl.DataFrame:
        """The planted errors."""
        return pl.read_csv(self.truth / "truth.csv", infer_schema=False)

    def review(self, month: Month) -> set[tuple[str, str, str]]:
        """What the review of a month must show: person key, slot, kind."""
        rows = pl.read_parquet(self.truth / "review.parquet").filter(pl.col("month") == str(month))
        return set(rows.select("person_key", "slot", "kind").iter_rows())


def province_folder(
    plan: groups.Plan,
    steps: tuple[Step, ...],
    folder: Path,
    *,
    seed: int,
    form: register.Format = "parquet",
    until: dt.date | None = None,
) -> Made:
    """Make a province's folders, or take them as they stand if the same was made before.

    `until`: see `register.files`.
    """
    until = until if until and until <= days.date(END) else None
    made = Made(folder / plan.province, folder / f"{plan.province}-truth")
    mark = {
        "edition": _edition(),
        "seed": seed,
        "scale": plan.scale,
        "format": form,
        "opens": str(plan.opens),
        "until": until and until.isoformat(),
    }
    marked = made.truth / MARK
    if marked.is_file() and json.loads(marked.read_text()) == mark:
        return made
    marked.unlink(missing_ok=True)
    province = make(plan, seed)
    files = register.files(province, until)
    for _ in register.write(files, made.register, form):
        pass
    made.truth.mkdir(parents=True, exist_ok=True)
    _truths(files, steps).write_csv(made.truth / "truth.csv")
    if steps:
        _work_out(province, files, steps, made)
    marked.write_text(json.dumps(mark))
    return made


def _edition() -> str:
    """Tell by which generator folders were made: another one makes them anew."""
    here = Path(__file__).parent
    sources = [
        *sorted(here.glob("*.py")),
        *sorted((here / "data").iterdir()),
        *sorted(places.DATA.glob("*.csv")),
    ]
    return content_hash(path.read_bytes() for path in sources)


def _truths(files: register.Files, steps: tuple[Step, ...]) -> pl.DataFrame:
    """The planted errors, each with the month of the first review that can show it."""
    truths = register.truth_frame(files)
    reviewed = [str(step.month) for step in steps]
    seen = [
        next((month for month in reviewed if month >= happened), happened) for happened in truths["month"]
    ]
    return truths.with_columns(pl.Series("month", seen, dtype=pl.String))


def _work_out(province: Province, files: register.Files, steps: tuple[Step, ...], made: Made) -> None:
    walk = Walk(province)
    figures, reviews = [], []
    for step in steps:
        result = walk.step(step)
        figures.append(_figures(walk, result))
        rows = sorted(result.rows)
        reviews.append(
            pl.DataFrame(
                {
                    "month": str(step.month),
                    "person_key": files.person_keys[[person for person, _, _ in rows]],
                    "slot": [slot for _, slot, _ in rows],
                    "kind": [kind for _, _, kind in rows],
                },
                schema_overrides={"person_key": pl.String, "slot": pl.String, "kind": pl.String},
            )
        )
    pl.concat(reviews).write_parquet(made.truth / "review.parquet", compression="zstd")
    (made.truth / "expected.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")


def _figures(walk: Walk, result: Result) -> dict[str, Any]:
    step = result.step
    restated = list(Month.range(step.since, step.month - 1)) if step.since else []
    return {
        "month": str(step.month),
        "months": [str(month) for month in (step.month, *step.also)],
        "people": result.people,
        "regular_vnd": result.regular_vnd,
        "arrears_vnd": result.arrears_vnd,
        "plain": plain_arrears(walk, restated) if restated else {},
        "review": dict(result.review),
        "by_category": result.by_category,
    }


def nation_folder(
    beneficiaries: int, opens: Month, folder: Path, *, seed: int, form: register.Format = "parquet"
) -> Iterator[tuple[str, Made]]:
    """Make the register of the 34 provinces, one folder each; yields each province's code and folders."""
    for plan in groups.nation(beneficiaries, opens):
        yield plan.province, province_folder(plan, (), folder, seed=seed, form=form)
