"""Lists of 200,000 rows read, judged and written: people, then poor households (nhập danh sách)."""

from __future__ import annotations

import datetime as dt
import io
import os
from typing import TYPE_CHECKING, Any

from bench.measure import Goal, Section, Timing, apart, forget_peak, peak
from tests import databases

if TYPE_CHECKING:
    from ansinh.imports.logic.poor_list import PoorTerms

ROWS = 200_000
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLES = ("Thị", "Thu", "Ngọc", "Thanh", "Kim", "Minh", "Hồng", "Thuý", "Mai", "Bích", "Diệu", "Xuân")
GIVEN = ("An", "Bình", "Cúc", "Duyên", "Hoa", "Lan", "Mai", "Nga", "Oanh", "Phượng", "Quý", "Thu")
NOTES = """
One .xlsx of one commune with every column, every row of another person with a citizen number, a group, an
amount and a decision: read, asked of the law, looked up in the register, written with homes, facts and
grants, and reported. Then the year's list of poor and near-poor households, in which each of them is one,
found by its number; it is judged once more before it is written, and so many people are too many for the law
to be asked beforehand. Memory is that of the process; PostgreSQL's own comes beside it.
"""


def measure(scale: float = 1) -> Section:
    """Take a long list in."""
    rows = round(ROWS * scale)
    with databases.clone("bench") as url:
        found = apart(
            _import, rows=rows, env={"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        )
    told = [
        [f"{rows:,} {what}, {step}", f"{timed['median']:.1f}", f"{timed['cpu']:.1f}"]
        for what, steps in (("people", found["people"]), ("poor households", found["poor"]))
        for step, timed in steps.items()
    ]
    seconds = sum(timed["median"] for timed in found["people"].values())
    memory = found["peak"] / 2**30
    return Section(
        name="import",
        title="Moving in: `ansinh import register`, `ansinh import poverty`",
        head=["what", "seconds", "CPU s"],
        rows=told,
        goals=[
            Goal(
                f"a list of {rows:,} people checked and written", "≤ 60 s", f"{seconds:.1f} s", seconds <= 60
            ),
            Goal("memory meanwhile", "≤ 2 GiB", f"{memory:.2f} GiB", memory <= 2),
        ],
        notes=NOTES,
    )


def _import(rows: int) -> dict[str, Any]:
    import django

    django.setup()
    from ansinh.imports.logic.poor_list import PoorTerms
    from tests import cast

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    people, poor = _list(rows), _poor_list(rows)
    cast.make()
    terms = PoorTerms(2027, dt.date(2027, 1, 1), dt.date(2028, 1, 1), number="45/QĐ-UBND")
    forget_peak()
    found: dict[str, Any] = {"people": _taken_in(people, rows, None), "poor": _taken_in(poor, rows, terms)}
    return {**found, "peak": peak()}


def _taken_in(content: bytes, rows: int, terms: PoorTerms | None) -> dict[str, Any]:
    """Check and write a list; every row must say something new."""
    from ansinh.accounts.models import User
    from ansinh.imports import operations
    from ansinh.imports.models import Import
    from ansinh.kernel.time import Month
    from tests import cast

    officer = User.objects.get(username="binh")
    imported = operations.receive(
        unit=cast.commune(),
        name="ds.xlsx",
        content=content,
        month=Month(2026, 10),
        by=officer,
        at=cast.AT,
        poor=terms,
        defer=False,
    )
    checked, written = Timing(), Timing()
    checked.add(lambda: operations.check(imported=imported, at=cast.AT, on=cast.TODAY))
    written.add(lambda: operations.commit(imported=imported, by=officer, at=cast.AT, on=cast.TODAY))
    done = Import.objects.get(pk=imported.pk)
    if done.counts["CREATED"] != rows:
        raise RuntimeError(f"not every row was written: {done.counts}")
    return {"checked": checked.told(), "written": written.told()}


def _poor_list(rows: int) -> bytes:
    """The households of the same people, each of one, as a list of poor and near-poor ones."""
    import xlsxwriter

    from tests.imports import poor

    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"constant_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_row(0, 0, poor.HEAD)
        for number in range(rows):
            name, born, citizen = _somebody(number)
            cells = poor.poor(name, born.year, citizen, f"Tổ {number % 40}", near=number % 3 == 0)
            page.write_row(number + 1, 0, cells)
    return into.getvalue()


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
