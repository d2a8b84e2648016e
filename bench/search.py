"""Searching among the nation's people: by every way the page offers, in communes and in provinces."""

from __future__ import annotations

import time
from statistics import median, quantiles
from typing import Any

import numpy as np
import polars as pl

from ansinh.kernel.names import fold, given
from bench import register
from bench.measure import Goal, Section, apart
from demo.groups import PROVINCE_MILLIONS

PEOPLE = 3_500_000
ASKED, WARM = 204, 34
SEED = 2028

NOTES = """
{people:,} people in the communes of the 34 provinces, by their size, most registered at a commune that was
merged since; PostgreSQL is the private one with its ordinary settings; some of each kind is asked before it
is measured. Each kind of question is asked {asked} times: by a province (each in turn) and by communes, with
names, numbers and years of people drawn from the register, half of them of the territory; at entry they are
typed in once more, every other one without a number, and looked for in the whole country. The first page
is read, as the page does, with villages and communes; the database's and the application's time together.
Making the register took {made:.0f} s, the table that is searched takes {size:.2f} GiB with its indexes.
"""


def measure(scale: float = 1) -> Section:
    """Ask everything there is to ask, of every province and of communes."""
    with register.cluster() as env:
        found = apart(ask, env=env, people=round(PEOPLE * scale))
    rows = [
        [kind, place, f"{median(times):.1f}", f"{_p95(times):.1f}", f"{max(times):.1f}"]
        for kind, place, times in found["times"]
    ]
    every = [one for kind, _, times in found["times"] if kind != ENTERING for one in times]
    hard = {
        kind: [one for said, _, times in found["times"] for one in times if said == kind]
        for kind in ("Nguyễn Thị", "four digits")
    }
    goals = [_goal("a search among " + f"{found['people']:,} people", every)]
    goals += [_goal(f"… for {kind}", times) for kind, times in hard.items()]
    entering = [one for kind, _, times in found["times"] if kind == ENTERING for one in times]
    goals.append(_goal("somebody looked for in the whole country before they are entered", entering))
    return Section(
        name="search",
        title="Finding people",
        head=["asked", "by", "median, ms", "p95, ms", "longest, ms"],
        rows=rows,
        goals=goals,
        notes=NOTES.format(people=found["people"], asked=ASKED, made=found["made"], size=found["size"]),
    )


def _goal(what: str, times: list[float]) -> Goal:
    told = f"{median(times):.1f} ms, p95 {_p95(times):.1f} ms"
    return Goal(what, "≤ 50 ms, p95 ≤ 200 ms", told, median(times) <= 50 and _p95(times) <= 200)


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def ask(people: int) -> dict[str, Any]:
    """Make the register and measure: milliseconds by kind of question and of territory."""
    import django

    django.setup()
    from django.db import connection

    from ansinh.accounts.models import User
    from ansinh.desk.queries.search import search
    from ansinh.geography.models import Unit
    from ansinh.registry.queries import likely

    start = time.perf_counter()
    places = register.communes()
    drawn = register.people(people, _homes(places, people), seed=SEED)
    register.write(drawn)
    made = time.perf_counter() - start
    units = {unit.pk: unit for unit in Unit.objects.filter(level__in=("PROVINCE", "COMMUNE"))}
    provinces = [unit for unit in units.values() if unit.level == "PROVINCE" and unit.valid.upper is None]
    rng = np.random.default_rng([SEED, 1])
    homes = places.select("unit", "commune", "province").unique("unit")
    sample = drawn[rng.integers(0, drawn.height, ASKED)].join(homes, on="unit", how="left")
    people_of = list(sample.iter_rows(named=True))
    times = []
    for kind in KINDS:
        for place in ("the country",) if kind == ENTERING else ("province", "commune"):
            spent = []
            for measured in (False, True):
                for number, person in enumerate(people_of if measured else people_of[:WARM]):
                    at_home = number % 2 == 0
                    if place == "province":
                        own = next(unit for unit in provinces if unit.code == person["province"])
                        user = User(unit=own if at_home else provinces[number % len(provinces)])
                    else:
                        other = people_of[(number + 1) % len(people_of)]
                        user = User(unit=units[(person if at_home else other)["commune"]])
                    wanted = _wanted(kind, person, number)
                    begun = time.perf_counter()
                    if kind == ENTERING:
                        likely(_entering(person, number), on=register.ON)
                    else:
                        search(user, wanted, on=register.ON)
                    if measured:
                        spent.append((time.perf_counter() - begun) * 1000)
            times.append((kind, place, spent))
    with connection.cursor() as cursor:
        cursor.execute("select pg_total_relation_size('registry_whereabouts') / 1073741824.0")
        row = cursor.fetchone()
    return {"people": people, "times": times, "made": made, "size": float(row[0])}


ENTERING = "likely doubles at entry"
KINDS = (
    ENTERING, "Nguyễn Thị", "four digits", "six digits", "whole number", "whole name", "name without tones",
    "surname and given name", "given name", "name and year", "year",
)  # fmt: skip


def _entering(person: dict[str, Any], number: int) -> Any:
    """Somebody of the register typed in once more, every other one without a number."""
    from ansinh.registry.queries import Asked

    name = person["name"]
    same = {key: person[key] for key in ("sex", "born", "born_precision", "unit", "village")}
    typed = person["number"] if number % 2 else None
    return Asked(name, fold(name), fold(given(name)), number=typed, **same)


def _wanted(kind: str, person: dict[str, Any], number: int) -> Any:
    from ansinh.desk.queries.search import Wanted

    name, digits = person["name"], person["number"] or "001150123456"
    words = name.split()
    match kind:
        case "Nguyễn Thị":
            return Wanted("Nguyễn Thị")
        case "four digits":
            at = number % 9
            return Wanted(digits[at : at + 4])
        case "six digits":
            return Wanted(digits[-6:])
        case "whole number":
            return Wanted(digits)
        case "whole name":
            return Wanted(name)
        case "name without tones":
            return Wanted(fold(name))
        case "surname and given name":
            return Wanted(f"{words[0]} {words[-1]}")
        case "given name":
            return Wanted(words[-1])
        case "name and year":
            return Wanted(name, year=person["born"].year)
        case _:
            return Wanted(year=person["born"].year)


def _homes(places: pl.DataFrame, people: int) -> np.ndarray:
    """Draw where each household is registered: provinces by their size, communes and their parts alike."""
    rng = np.random.default_rng([SEED, 2])
    parts = places.join(
        places.group_by("province").len(), on="province", how="left", maintain_order="left"
    ).with_columns(weight=pl.col("province").replace_strict(PROVINCE_MILLIONS, return_dtype=pl.Float64))
    weights = (parts["weight"] / parts["len"]).to_numpy()
    drawn = rng.choice(parts["unit"].to_numpy(), people // register.HOME + 1, p=weights / weights.sum())
    return np.asarray(drawn)
