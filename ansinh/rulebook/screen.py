"""Asking the law about people in Parquet files of any size (rà soát theo tệp), part by part.

Columns are the public facts of `ansinh assess`, one person a row; texts, Enum or Categorical columns for
enumerated facts; `born` a date, or text of which only year or month may be known; `receiving` and
`disability_kinds` lists of texts; `children` a list of structs {born, studying}.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, years_before
from ansinh.rulebook import conditions as c
from ansinh.rulebook.assess import RAISES_CHILDREN_FROM, evaluated_days, read_person
from ansinh.rulebook.categories import categories
from ansinh.rulebook.engines.polars import expression
from ansinh.rulebook.explain import signature
from ansinh.rulebook.facts import Fact, vocabulary
from ansinh.rulebook.frames import Asked
from ansinh.rulebook.law import Count, MonthLaw, Rulebook, load

_AMOUNTS = (("pension_vnd", "pension"), ("insurance_allowance_vnd", "insurance_allowance"))
ROWS = 2_000_000
"""How many people are held in memory at once."""


@dataclass
class Summary:
    """What a screening found: people asked and entitled, đồng a month, by scheme and category."""

    month: str
    release: str
    files: int = 0
    people: int = 0
    entitled: int = 0
    total_vnd: int = 0
    by_category: dict[str, dict[str, int]] = field(default_factory=dict)
    outcomes: int = 0
    signatures: int = 0


def screen(
    paths: Sequence[Path],
    month: Month,
    out: Path,
    *,
    asked_on: dt.date | None = None,
    book: Rulebook | None = None,
    progress: Callable[[str], None] = lambda line: None,
    rows: int = ROWS,
) -> Summary:
    """Answer every person of the files; write `out/NAME.parquet` (id, outcome, total_vnd) for each file,
    `out/outcomes.jsonl` (what each outcome gives) and `out/summary.json`.

    Refused: no files, or a column the vocabulary does not know.
    """
    if not paths:
        raise Refusal(
            "Không tìm thấy tệp Parquet nào.", remedy="Kiểm tra đường dẫn, ví dụ 'thu-muc/*.parquet'."
        )
    law = (book or load()).month(month, asked_on)
    out.mkdir(parents=True, exist_ok=True)
    asked = Asked(law)
    summary = Summary(str(month), law.release)
    people: dict[int, int] = {}
    for path in paths:
        before = summary.people
        with _result(out / f"{path.stem}.parquet") as write:
            for part in _parts(path, rows):
                answers = _answered(part, asked)
                write(answers)
                for number, count in answers["outcome"].value_counts().iter_rows():
                    people[number] = people.get(number, 0) + count
                summary.people += answers.height
        summary.files += 1
        progress(f"{path.name}: {summary.people - before:,}".replace(",", "."))
    _sum_up(summary, asked, people)
    _write(out, asked, people, summary)
    return summary


def _parts(path: Path, rows: int) -> Iterator[pl.DataFrame]:
    scan = pl.scan_parquet(path)
    known = {
        "id",
        "born",
        "died",
        "sex",
        "province",
        "former_province",
        "receiving",
        "children",
        *vocabulary(),
    }
    if unknown := [name for name in scan.collect_schema().names() if name not in known]:
        raise Refusal(
            f"Tệp {path.name} có cột không rõ: {', '.join(unknown)}.",
            remedy="Đặt tên cột theo bảng dữ kiện trong docs/reference/assess.md hoặc bỏ cột đó.",
        )
    empty = [name for name, dtype in scan.collect_schema().items() if dtype == pl.Null]
    start = 0
    while (part := scan.slice(start, rows).collect()).height:
        yield part.drop(empty)
        start += rows


@contextmanager
def _result(path: Path) -> Iterator[Callable[[pl.DataFrame], None]]:
    """Write one file from parts, holding one part at a time in memory."""
    pieces: list[Path] = []

    def write(part: pl.DataFrame) -> None:
        pieces.append(path.with_suffix(f".{len(pieces)}.part"))
        part.write_parquet(pieces[-1], compression="lz4", statistics=False)

    try:
        yield write
        if len(pieces) == 1:
            pieces.pop().replace(path)
        elif pieces:
            pl.scan_parquet(pieces).sink_parquet(path, compression="lz4", statistics=False)
    finally:
        for piece in pieces:
            piece.unlink()


def _answered(part: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    outcome = asked.answer(coded(part, asked.law))
    alone = _alone(part, asked.law)
    if alone.height:
        numbers = [asked.number(_signature(row, asked.law)) for row in alone.iter_rows(named=True)]
        outcome = outcome.scatter(alone["row"], pl.Series(numbers, dtype=pl.UInt32))
    totals = pl.Series([o.total_vnd for o in asked.outcomes], dtype=pl.Int64)
    ids = part["id"] if "id" in part.columns else pl.int_range(part.height, eager=True)
    return pl.DataFrame({"id": ids, "outcome": outcome, "total_vnd": totals.gather(outcome)})


# ── public columns to stored integers ──


def coded(part: pl.DataFrame, law: MonthLaw) -> pl.DataFrame:
    """Turn public columns into the frame that `Asked.answer` reads."""
    asked = law.facts | {amount for amount, _ in _AMOUNTS}
    columns: list[pl.Expr] = []
    for name, dtype in part.schema.items():
        if name in ("born", "died"):
            columns.append(_date(name, dtype, latest=law.latest_birth))
        elif name in ("province", "former_province", "children") or (name == "sex" and name in asked):
            columns.append(pl.col(name))
        elif name == "receiving":
            bits = {code: category.bit for code, category in categories().items()}
            columns.append(_mask(name, bits))
        elif name in vocabulary() and name in asked:
            columns.append(_fact(vocabulary()[name], dtype))
    present = part.columns
    counts = [column for count in law.counts for column in _count(count, law, present)]
    frame = part.lazy().select(columns).with_columns(_implied_pension(present)).with_columns(counts)
    return frame.collect(engine="streaming")


def _date(name: str, dtype: pl.DataType, *, latest: bool) -> pl.Expr:
    """Read a date, or a text that may tell only the month or the year."""
    if dtype == pl.Date:
        return pl.col(name)
    text = pl.col(name).cast(pl.String)
    length = text.str.len_chars()
    rest = (
        pl.when(length == 4)
        .then(pl.lit("-01-01"))
        .when(length == 7)
        .then(pl.lit("-01"))
        .otherwise(pl.lit(""))
    )
    first = (text + rest).str.to_date("%Y-%m-%d")
    if not latest:
        return first.alias(name)
    year_end = pl.when(length == 4).then(first.dt.offset_by("1y").dt.offset_by("-1d"))
    return year_end.when(length == 7).then(first.dt.month_end()).otherwise(first).alias(name)


def _fact(fact: Fact, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(fact.name)
    if fact.kind == "enum":
        codes = {value: fact.code(value) for value in fact.values}
        if isinstance(dtype, pl.Enum):
            order = pl.Series([codes[value] for value in dtype.categories], dtype=pl.UInt8)
            return pl.lit(order).gather(column.to_physical()).alias(fact.name)
        return column.cast(pl.String).replace_strict(codes, return_dtype=pl.UInt8)
    if fact.kind == "set":
        return _mask(fact.name, {value: fact.code(value) for value in fact.values})
    return column


def _mask(name: str, bits: dict[str, int]) -> pl.Expr:
    held = pl.sum_horizontal(
        pl.col(name).list.contains(value).cast(pl.Int64) * bit for value, bit in bits.items()
    )
    return pl.when(pl.col(name).is_not_null()).then(held).alias(name)


def _implied_pension(columns: Sequence[str]) -> list[pl.Expr]:
    """Somebody whose pension has an amount has a pension."""
    return [
        (pl.col(flag) if flag in columns else pl.lit(None, dtype=pl.Boolean))
        .fill_null(pl.when(pl.col(amount).is_not_null()).then(True))
        .alias(flag)
        for amount, flag in _AMOUNTS
        if amount in columns
    ]


def _count(count: Count, law: MonthLaw, columns: Sequence[str]) -> Iterator[pl.Expr]:
    day = law.month.first
    young = pl.col("born") > years_before(day, RAISES_CHILDREN_FROM) if "born" in columns else pl.lit(False)
    if "children" not in columns:
        yield pl.lit(0).alias(f"{count.name}_min")
        yield pl.when(young).then(0).alias(f"{count.name}_max")
        return
    yield _children(count.tree, day, False, columns).fill_null(0).alias(f"{count.name}_min")
    most = _children(count.tree, day, True, columns).fill_null(pl.when(young).then(0))
    yield most.alias(f"{count.name}_max")


def _children(tree: c.Tree, day: dt.date, unknown_counts: bool, columns: Sequence[str]) -> pl.Expr:
    """Count the children of whom the tree holds; a term about the parent is decided outside the list."""
    parental = next((node for node in c.walk(tree) if isinstance(node, c.Contains)), None)
    if parental:
        yes, no = (
            _children(_settled(tree, parental, value), day, unknown_counts, columns)
            for value in (True, False)
        )
        granted = expression(parental, day) if parental.name in columns else pl.lit(False)
        return pl.when(granted).then(yes).otherwise(no)
    child = pl.element().struct
    unborn = (child.field("born") > day).fill_null(False)
    holds = expression(tree, day, lambda name: child.field(name)).fill_null(unknown_counts) & ~unborn
    return pl.col("children").list.eval(holds).list.sum()


def _settled(tree: c.Tree, leaf: c.Tree, value: bool) -> c.Tree:
    return c.rewrite(tree, lambda node: c.Always(value) if node == leaf else node)


# ── the few asked one by one ──


def _alone(part: pl.DataFrame, law: MonthLaw) -> pl.DataFrame:
    """Pick the parents whose answer turns within the month with a child's birth or birthday."""
    if "children" not in part.columns:
        return pl.DataFrame({"row": []})
    first, last = law.month.first, law.month.last
    born = pl.element().struct.field("born")
    turns = (born > first) & (born <= last)
    for age in law.child_ages:
        turns = turns | ((born > years_before(first, age)) & (born <= years_before(last, age)))
    chosen = pl.col("children").list.eval(turns.fill_null(False)).list.any().fill_null(False)
    return part.with_row_index("row").filter(chosen)


def _signature(row: dict[str, Any], law: MonthLaw) -> Any:
    table = {
        name: _public(value) for name, value in row.items() if name not in ("row", "id") and value is not None
    }
    person = read_person({**table, "id": row["row"], "month": str(law.month)})
    return signature(
        law,
        evaluated_days(person, law),
        province=person.province,
        former_province=person.former_province,
    )


def _public(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_public(item) for item in value]
    if isinstance(value, dict):
        return {name: _public(item) for name, item in value.items()}
    return value


# ── what was found ──


def _sum_up(summary: Summary, asked: Asked, people: dict[int, int]) -> None:
    summary.outcomes, summary.signatures = len(asked.outcomes), asked.signatures
    for number, outcome in enumerate(asked.outcomes):
        count = people.get(number, 0)
        summary.entitled += count if outcome.entitlements else 0
        summary.total_vnd += count * outcome.total_vnd
        for e in outcome.entitlements:
            entry = summary.by_category.setdefault(e.category, {"people": 0, "vnd": 0})
            entry["people"] += count
            entry["vnd"] += count * e.amount_vnd


def _write(out: Path, asked: Asked, people: dict[int, int], summary: Summary) -> None:
    with (out / "outcomes.jsonl").open("w", encoding="utf-8") as file:
        for number, outcome in enumerate(asked.outcomes):
            line = {
                "outcome": number,
                "people": people.get(number, 0),
                "total_vnd": outcome.total_vnd,
                "entitlements": [
                    {
                        "scheme": e.scheme,
                        "category": e.category,
                        "coefficient": float(e.coefficient),
                        "standard_vnd": e.standard_vnd,
                        "amount_vnd": e.amount_vnd,
                        "payee": e.payee,
                        "cites": list(e.cites),
                    }
                    for e in outcome.entitlements
                ],
                "unknown": [f.category for f in outcome.findings if f.met is None],
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    (out / "summary.json").write_text(
        json.dumps(summary.__dict__, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
