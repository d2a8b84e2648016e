"""A list of 200,000 rows read, judged and written into an empty register (nhập danh sách)."""

from __future__ import annotations

import io
import os
from typing import Any

from bench.measure import Goal, Section, Timing, apart, forget_peak, peak
from tests import databases

ROWS = 200_000
NOTES = """
One .xlsx of one commune with every column, every row of another person with a citizen number, a group, an
amount and a decision: read, asked of the law, looked up in the register, written with homes, facts and
grants, and reported. Memory is that of the process; PostgreSQL's own comes beside it.
"""


def measure(scale: float = 1) -> Section:
    """Take a long list in."""
    rows = round(ROWS * scale)
    with databases.clone("bench") as url:
        found = apart(
            _import, rows=rows, env={"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        )
    told = [
        [f"{rows:,} rows, {step}", f"{found[step]['median']:.1f}", f"{found[step]['cpu']:.1f}"]
        for step in ("checked", "written")
    ]
    seconds = found["checked"]["median"] + found["written"]["median"]
    memory = found["peak"] / 2**30
    return Section(
        name="import",
        title="Moving in: `ansinh import register`",
        head=["what", "seconds", "CPU s"],
        rows=told,
        goals=[
            Goal(f"a list of {rows:,} rows checked and written", "≤ 60 s", f"{seconds:.1f} s", seconds <= 60),
            Goal("memory meanwhile", "≤ 2 GiB", f"{memory:.2f} GiB", memory <= 2),
        ],
        notes=NOTES,
    )


def _import(rows: int) -> dict[str, Any]:
    import django

    django.setup()
    from ansinh.imports import operations
    from ansinh.imports.models import Import
    from ansinh.kernel.time import Month
    from tests import cast

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    content = _list(rows)
    officer = cast.make().binh
    imported = operations.receive(
        unit=cast.commune(),
        name="ds.xlsx",
        content=content,
        month=Month(2026, 10),
        by=officer,
        at=cast.AT,
        defer=False,
    )
    forget_peak()
    checked, written = Timing(), Timing()
    checked.add(lambda: operations.check(imported=imported, at=cast.AT, on=cast.TODAY))
    written.add(lambda: operations.commit(imported=imported, by=officer, at=cast.AT, on=cast.TODAY))
    done = Import.objects.get(pk=imported.pk)
    if done.counts["CREATED"] != rows:
        raise RuntimeError(f"not every row was written: {done.counts}")
    return {"checked": checked.told(), "written": written.told(), "peak": peak()}


def _list(rows: int) -> bytes:
    import xlsxwriter

    from tests.imports import lists

    names = ("An", "Bình", "Cúc", "Duyên", "Hoa", "Lan", "Mai", "Nga", "Oanh", "Phượng", "Quý", "Thu")
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"constant_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_row(0, 0, lists.HEAD)
        for number in range(rows):
            year = 1930 + number % 60
            name = f"Nguyễn {names[number // 12 % 12]} {names[number % 12]}"
            cells = lists.row(
                name,
                f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/{year}",
                f"0011{year % 100:02d}{number:06d}",
                village=f"Tổ {number % 40}",
                decision=f"{number % 500}/QĐ-UBND",
                decided="05/06/2024",
                since="07/2025",
            )
            page.write_row(number + 1, 0, cells)
    return into.getvalue()
