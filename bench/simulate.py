"""A policy tried on a register of Hà Nội's size, and on one of the nation's."""

from __future__ import annotations

from functools import partial
from shutil import rmtree
from typing import Any

from bench.measure import VAR, Goal, Section, Timing, apart, forget_peak, peak
from bench.months import HA_NOI, NATION, OPENS, loaded_cluster

FOLDER = VAR / "simulated"
STANDARDS = (700_000, 710_000, 720_000, 750_000, 800_000, 900_000)

NOTES = """
The register of the months above. `ansinh simulate` puts everybody of {month} to two laws, the law in force
and the same with a new standard, for that month and for sixty months in which they grow older. The first
trial ever folds everybody's facts from the tables; where the law was asked of the month before, or a policy
tried on it, most rows are kept (docs/adr/0016). Both keep what they read beside the database without who they
are; the trials after it on the same day, each with another standard, find it there, and the first of the next
day finds what was read in the night (docs/adr/0013).
Seconds are of whole trials, from the draft to the figures saved. The country is asked province by province,
{readers} read ahead. Memory is the most this process held, its database apart.
"""


def measure(scale: float = 1) -> Section:
    """Try policies on Hà Nội, then on the nation."""
    with loaded_cluster(round(HA_NOI * scale), only="01") as (env, _loaded):
        small = apart(tries, env=env, code="01")
    with loaded_cluster(round(NATION * scale)) as (env, _loaded):
        nation = apart(tries, env=env, code="VN")
    return told(small, nation)


def told(small: dict[str, Any], nation: dict[str, Any]) -> Section:
    """Put what was found into a section."""
    found = [("Hà Nội", small), ("the nation", nation)]
    return Section(
        name="simulate",
        title="A policy tried on the register",
        head=[
            "where",
            "people asked",
            "paid",
            "first trial ever, s",
            "first trial, rows kept, s",
            "trials after it, s (median)",
            "of which this process's CPU s",
            "memory",
        ],
        rows=[
            [
                where,
                f"{one['asked']:,}",
                f"{one['paid']:,}",
                f"{one['first']:.1f}",
                f"{one['kept']:.1f}",
                f"{one['after']['median']:.1f}",
                f"{one['after']['cpu']:.1f}",
                f"{one['peak'] / 2**20:.0f} MiB",
            ]
            for where, one in found
        ],
        goals=[
            goal
            for (where, one), most in zip(found, (3, 60), strict=True)
            for goal in (
                _goal(
                    f"a policy tried on {where}, {one['paid']:,} paid, facts ready",
                    one["after"]["median"],
                    most,
                ),
                _goal(
                    "the same, first trial of a month: facts read from rows that are kept", one["kept"], most
                ),
                _goal("the same, first trial ever: facts read from the tables", one["first"], most),
            )
        ],
        notes=NOTES.format(month=OPENS, readers=nation["readers"]),
    )


def _goal(what: str, seconds: float, most: int) -> Goal:
    return Goal(what, f"≤ {most} s", f"{seconds:.1f} s", seconds <= most)


# ── in a process of its own, on the database ──


def tries(code: str) -> dict[str, Any]:
    """Try one standard after the other on a unit, or on the country (VN); return the seconds."""
    import django

    django.setup()
    from django.conf import settings

    from ansinh.geography import queries as geography
    from ansinh.simulations import operations
    from ansinh.simulations.operations.running import READERS
    from ansinh.web import clock

    settings.VAR = FOLDER
    unit = None if code == geography.COUNTRY else geography.unit(code=code, on=OPENS.first)
    first, kept, after = Timing(), Timing(), Timing()
    forget_peak()
    for standard, timing in zip(STANDARDS, (first, kept, after, after, after, after), strict=True):
        if timing is not after:
            rmtree(FOLDER, ignore_errors=True)
        work = partial(
            operations.simulate,
            unit=unit,
            month=OPENS,
            at=clock.now(),
            now=clock.now,
            standard_vnd=standard,
        )
        found = timing.add(work).figures or {}
    rmtree(FOLDER, ignore_errors=True)
    return {
        "asked": found["asked"],
        "paid": found["before"]["people"],
        "first": first.median,
        "kept": kept.median,
        "after": after.told(),
        "peak": peak(),
        "readers": READERS,
    }
