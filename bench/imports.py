"""A list of 200,000 rows read, judged and written into an empty register (nhập danh sách)."""

from __future__ import annotations

import datetime as dt
import io
import os
from typing import Any

from bench.measure import Goal, Section, Timing, apart, forget_peak, peak
from tests import databases

ROWS = 200_000
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLES = ("Thị", "Thu", "Ngọc", "Thanh", "Kim", "Minh", "Hồng", "Thuý", "Mai", "Bích", "Diệu", "Xuân")
GIVEN = ("An", "Bình", "Cúc", "Duyên", "Hoa", "Lan", "Mai", "Nga", "Oanh", "Phượng", "Quý", "Thu")
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
    """A list of people, of each pair of name and day of birth one, as doubles would be held back."""
    import xlsxwriter

    from tests.imports import lists

    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"constant_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_row(0, 0, lists.HEAD)
        for number in range(rows):
            name, born, citizen = _somebody(number)
            cells = lists.row(
                name,
                f"{born:%d/%m/%Y}",
                citizen,
                village=f"Tổ {number % 40}",
                decision=f"{number % 500}/QĐ-UBND",
                decided="05/06/2024",
                since="07/2025",
            )
            page.write_row(number + 1, 0, cells)
    return into.getvalue()


def _somebody(number: int) -> tuple[str, dt.date, str]:
    """Name, day of birth and citizen number of a woman of the list."""
    of = len(FAMILIES), len(MIDDLES), len(GIVEN)
    at = number % of[0], number // of[0] % of[1], number // of[0] // of[1] % of[2]
    name = f"{FAMILIES[at[0]]} {MIDDLES[at[1]]} {GIVEN[at[2]]}"
    # 7919 is prime: two of one name are never born on the same day.
    born = dt.date(1930, 1, 1) + dt.timedelta(days=number * 7919 % (60 * 365))
    return name, born, f"0011{born.year % 100:02d}{number:06d}"
