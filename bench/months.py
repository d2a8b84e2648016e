"""Months end to end in PostgreSQL: the facts asked, the answers stored, reviewed, adopted, paid.

A cluster of its own, made for the benchmark and deleted afterwards. Django is set up in the processes that
work on it only: everything of the rooms is imported inside functions.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from shutil import rmtree
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from ansinh.db.private import Cluster
from ansinh.kernel.time import Month
from bench.measure import ROOT, VAR, Goal, Section, Timing, apart, forget_peak, peak

OPENS = Month(2026, 11)
HA_NOI = 203_733
NATION = 3_500_000
REPEATS = 5
WORKERS = 2
STAGES = ("ask", "review", "adopt", "prepare", "approve")
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
SEED = 2026

NOTES = """
A register of the bench: {people:,} people in households of {home:.1f} with their relations, {facts:.1f}
facts a beneficiary of which one in ten stands corrected, a third of the optional ones unknown; 3 % change
within the month in which the account opens. It is loaded by `ansinh load register`'s operation
({load:.0f} s), those who receive already are taken over ({take_over:.0f} s), the account opens in
{opens}. Before each month all facts of one person in fifty are recorded anew. Months are run one after the
other by the operations that the pages and commands call: the law asked of everybody and the answers stored,
the differences reviewed, adopted in one decision a holding unit, the payrolls of all {payrolls:,} holding
units drafted and approved. Provinces are run by {workers} process{es}; the stages are summed over provinces,
"together" is by the clock. PostgreSQL is the private one with its ordinary settings, fsync on. The database
takes {size:.1f} GiB after the last month.
"""


def measure_ha_noi(scale: float = 1) -> Section:
    """Run months of one province of Hà Nội's size."""
    found = _run(round(HA_NOI * scale), only="01")
    seconds = _total(found)
    booked = median(_sum(month, "lines") / _sum(month, "approve") for month in found["months"])
    paid = median(_sum(month, "lines") / _sum(month, "prepare", "approve") for month in found["months"])
    told = f"{booked:,.0f} lines/s booked; drafted and booked {paid:,.0f} lines/s"
    return Section(
        name="month",
        title="A month of Hà Nội, end to end",
        head=_HEAD,
        rows=_rows(found),
        goals=[
            Goal("a month for Hà Nội, end to end", "≤ 8 s", f"{seconds:.1f} s", seconds <= 8),
            Goal(
                "payroll booking alone (openIMIS: 15 to 154/s)", "≥ 100,000 lines/s", told, booked >= 100_000
            ),
        ],
        notes=_notes(found) + "\nBooking: the lines of a month over the seconds of its approval. ",
    )


def measure_nation(scale: float = 1) -> Section:
    """Run months of the nation's beneficiaries, province by province; and of Hà Nội's, to compare."""
    small = _run(round(HA_NOI * scale), only="01")
    found = _run(round(NATION * scale), workers=WORKERS)
    seconds, ratio = _total(found), _cost(found) / _cost(small)
    memory = found["peak"] / 2**30
    return Section(
        name="nation",
        title="A month of the nation, end to end",
        head=_HEAD,
        rows=_rows(small) + _rows(found),
        goals=[
            Goal(
                f"a month at {_people(found):,} beneficiaries", "≤ 2 min", f"{seconds:.0f} s", seconds <= 120
            ),
            Goal("client's memory", "≤ 2 GiB", f"{memory:.2f} GiB", memory <= 2),
            Goal(
                f"cost a person beside that at {_people(small):,}, summed over processes",
                "at most 1.5 ×",
                f"{ratio:.2f} ×",
                ratio <= 1.5,
            ),
        ],
        notes=_notes(found),
        plan=found["plan"],
    )


_HEAD = ["beneficiaries", "month", *(f"{stage}, s" for stage in STAGES), "together, s", "lines", "answers"]


def _rows(found: dict[str, Any]) -> list[list[str]]:
    rows = []
    for month in found["months"]:
        seconds = [f"{one:.2f}" for one in (*(_sum(month, stage) for stage in STAGES), month["wall"])]
        counts = [f"{_sum(month, name):,.0f}" for name in ("lines", "outcomes")]
        rows.append([f"{_people(found):,}", month["month"], *seconds, *counts])
    return rows


def _sum(month: dict[str, Any], *names: str) -> float:
    return sum(part[name] for part in month["parts"] for name in names)


def _people(found: dict[str, Any]) -> int:
    return int(found["loaded"]["beneficiaries"])


def _total(found: dict[str, Any]) -> float:
    """Return the median of the months' seconds."""
    return median(month["wall"] for month in found["months"])


def _cost(found: dict[str, Any]) -> float:
    """Return the seconds a person, of all processes together: two are not to be set against one."""
    return median(_sum(month, *STAGES) for month in found["months"]) / _people(found)


def _notes(found: dict[str, Any]) -> str:
    loaded = found["loaded"]
    return NOTES.format(
        people=loaded["persons"],
        home=loaded["persons"] / loaded["households"],
        facts=loaded["facts"] / loaded["beneficiaries"],
        load=loaded["load"],
        take_over=loaded["take_over"],
        opens=OPENS,
        payrolls=round(_sum(found["months"][-1], "payrolls")),
        workers=found["workers"],
        es="es" if found["workers"] > 1 else "",
        size=found["size"] / 2**30,
    )


def _run(beneficiaries: int, *, only: str = "", workers: int = 1) -> dict[str, Any]:
    """Load a register of so many beneficiaries into a cluster of its own, and run its months."""
    with loaded_cluster(beneficiaries, only=only) as (env, loaded):
        return {
            "loaded": loaded,
            **apart(run_months, env=env, provinces=loaded["provinces"], workers=workers),
        }


@contextmanager
def loaded_cluster(beneficiaries: int, *, only: str = "") -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Give a PostgreSQL of its own with a register of so many beneficiaries, and what was loaded."""
    with _cluster() as env:
        for command in (("migrate",), ("load", "units")):
            arguments = [sys.executable, "-m", "config.commands", *command]
            subprocess.run(
                arguments, cwd=ROOT, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL
            )
        yield env, apart(load_register, env=env, beneficiaries=beneficiaries, only=only)


@contextmanager
def _cluster() -> Iterator[dict[str, str]]:
    """Give a PostgreSQL of its own as an environment for processes, as long as the block lasts."""
    cluster = Cluster(VAR / "postgres")
    cluster.destroy()
    cluster.start()
    try:
        yield {"DATABASE_URL": cluster.url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    finally:
        cluster.destroy()


# ── in processes of their own, on the database ──


def load_register(beneficiaries: int, only: str) -> dict[str, Any]:
    """Make, load and take over province after province; return how many of what, and the seconds."""
    _django()
    from ansinh.grants import operations as grants
    from ansinh.payments import operations as payments
    from ansinh.registry import operations as registry
    from demo import groups
    from demo.files import province_folder

    plans = groups.nation(NATION, OPENS)
    if only:
        plans = [plan for plan in plans if plan.province == only]
    share = beneficiaries / sum(plan.beneficiaries for plan in plans)
    plans = [replace(plan, scale=plan.scale * share) for plan in plans]
    load, take_over = Timing(), Timing()
    counts = {"persons": 0, "households": 0, "facts": 0}
    for plan in plans:
        made = province_folder(plan, (), VAR / "registers", seed=SEED)
        unit, (prepares, approves), at = _unit(plan.province), _officers(plan.province), _at(OPENS, 1)
        loading = partial(registry.load_register, directory=made.register, at=at, by=prepares)
        loaded = load.add(loading)
        rows = registry.grants_of(directory=made.register)
        take_over.add(partial(grants.take_over, rows=rows, month=OPENS, unit=unit, at=at, by=prepares))
        payments.open_account(unit=unit, month=OPENS, by=approves, at=at, basis="Đo tốc độ")
        for name in counts:
            counts[name] += loaded.rows.get(name, 0)
        print(plan.province, plan.beneficiaries, file=sys.stderr, flush=True)
    rmtree(VAR / "registers", ignore_errors=True)
    _sql("vacuum analyze")
    return {
        "provinces": [plan.province for plan in plans],
        "beneficiaries": sum(plan.beneficiaries for plan in plans),
        "load": sum(load.wall),
        "take_over": sum(take_over.wall),
        **counts,
    }


def run_months(provinces: list[str], workers: int) -> dict[str, Any]:
    """Run the months one after the other, each of all provinces, by so many processes at once."""
    _django()
    forget_peak()
    months = []
    with ProcessPoolExecutor(workers, initializer=_django) as pool:
        for month in Month.range(OPENS, OPENS + (REPEATS - 1)):
            list(pool.map(partial(_news, month=month), provinces))
            watch = Timing()
            parts = watch.add(lambda month=month: list(pool.map(partial(_month, month=month), provinces)))
            months.append({"month": str(month), "wall": watch.median, "parts": parts})
    peaks: dict[int, int] = {}
    for part in months[-1]["parts"]:
        peaks[part["process"]] = max(part["peak"], peaks.get(part["process"], 0))
    size = _sql("select pg_database_size(current_database())")
    told = {"months": months, "workers": workers, "peak": peak() + sum(peaks.values()), "size": size}
    return {**told, "plan": _plan(provinces[0])}


def _plan(province: str) -> str:
    """Explain how the facts of a province's people are read, as the server did it."""
    from django.db import connection, transaction

    from ansinh.db import bulk
    from ansinh.determinations import operations as determinations
    from ansinh.grants import queries as granted
    from ansinh.registry import queries as registry
    from ansinh.rulebook.law import load

    unit = _unit(province)
    with transaction.atomic(), connection.cursor() as cursor:
        bulk.run(f"create temporary table granted on commit drop as {granted.granted_sql(OPENS, unit)}")
        bulk.run("create unique index on pg_temp.granted (person_id)")
        bulk.run("analyze pg_temp.granted")
        query, settings = registry.packed_frame(
            unit, load().month(OPENS), known_at=determinations.known_now(), granted="pg_temp.granted"
        )
        with bulk.with_settings(settings):
            cursor.execute(f"explain (analyze, costs off, timing off, summary on) {query}")
        return "\n".join(line[:160].rstrip() for (line,) in cursor.fetchall())


def _news(province: str, month: Month) -> None:
    """Record everything anew that is said of one person in fifty, another fiftieth each month."""
    from django.db import connection, transaction

    from ansinh.db import locks
    from ansinh.registry import queries as registry

    first, last = registry.person_span(_unit(province), on=OPENS.first)
    of_them = f"person_id between {first} and {last} and mod(person_id, 50) = {month.number}"
    with transaction.atomic(), connection.cursor() as cursor:
        locks.share(locks.REGISTER_LOCK)
        cursor.execute("select clock_timestamp()")
        (now,) = cursor.fetchone()
        cursor.execute(
            f"update registry_fact set superseded_at = %s where {of_them} and superseded_at is null", [now]
        )
        cursor.execute(
            "insert into registry_fact "
            "(person_id, source_id, document_id, recorded_at, valid_from, valid_to, fact, value) "
            "select person_id, source_id, document_id, superseded_at, valid_from, valid_to, fact, value "
            f"from registry_fact where {of_them} and superseded_at = %s",
            [now],
        )


def _month(province: str, month: Month) -> dict[str, Any]:
    from ansinh.grants import operations as grants
    from ansinh.grants import queries as granted
    from ansinh.payments import operations as payments
    from ansinh.payments import queries as paid

    unit, (prepares, approves), on = _unit(province), _officers(province), month.first + dt.timedelta(days=4)
    stages = {stage: Timing() for stage in STAGES}
    run = stages["ask"].add(
        lambda: grants.ask_law(unit=unit, month=month, on=on, at=_at(month, 5), by=prepares)
    )
    stages["review"].add(lambda: granted.review_counts(run, unit))
    stages["adopt"].add(
        lambda: grants.adopt_changes(
            unit=unit, runs=[run], decided_on=on, at=_at(month, 6), by=approves, signer_name="Đo tốc độ"
        )
    )
    stages["prepare"].add(
        lambda: payments.prepare(unit=unit, months=[month], on=on, by=prepares, at=_at(month, 7))
    )
    stages["approve"].add(lambda: payments.approve(unit=unit, months=[month], by=approves, at=_at(month, 8)))
    summary = paid.summary(unit, [month])
    told = {stage: timing.median for stage, timing in stages.items()}
    print(province, month, {name: round(one, 2) for name, one in told.items()}, file=sys.stderr, flush=True)
    return {
        "process": os.getpid(),
        "peak": peak(),
        "lines": summary.totals.lines,
        "payrolls": summary.payrolls,
        "outcomes": run.signatures,
        **told,
    }


def _django() -> None:
    import django

    django.setup()


def _unit(province: str) -> Any:
    from ansinh.geography import queries as geography

    return geography.unit(code=province, on=OPENS.first)


def _officers(province: str) -> tuple[Any, Any]:
    """Return who prepares and who approves in a province."""
    from ansinh.accounts import operations as accounts
    from ansinh.accounts.models import Role

    prepares, approves = (
        accounts.ensure_account(
            at=_at(OPENS, 1),
            username=f"bench.{role.value.lower()}.{province}",
            full_name="Đo tốc độ",
            role=role,
            unit=_unit(province),
            password=None,
        )
        for role in (Role.PAYMASTER, Role.DEPARTMENT)
    )
    return prepares, approves


def _at(month: Month, hour: int) -> dt.datetime:
    return dt.datetime.combine(month.first + dt.timedelta(days=4), dt.time(hour), tzinfo=HERE)


def _sql(query: str) -> Any:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0] if cursor.description else None
