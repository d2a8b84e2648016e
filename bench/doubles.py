"""Doubles found in a register in which they were planted: how many of them, and how many that are none."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import polars as pl

from ansinh.kernel.names import fold
from bench import register
from bench.measure import Goal, Section, apart

PEOPLE = 200_000
PLANTED = 0.02
SEED = 2027

NOTES = """
{people:,} people of Hà Nội's communes, 12 % without a citizen number, of the old a quarter with a year only
or 1 January for a birth. {planted:,} of them are entered a second time, by a careless hand: in 70 % of the
copies the name is wrong (no tones, one tone, the middle name, a letter, i for y, capitals, n for l, s for
x), in 50 % the birth (day and month swapped, the year only, a year off), 50 % have moved to another commune
of the city, 55 % lost their number, 20 % have it mistyped in one digit or two neighbours exchanged, 12 %
another one; the rest show the old identity card, if they have one. Nobody has phones or relatives to
compare. `ansinh register doubles` compares everybody with everybody who shares a key ({seconds:.0f} s) and
queues the pairs ({pairs:,}) of {likely} points or more of which neither has a likelier other.
"""


def measure(scale: float = 1) -> Section:
    """Plant doubles, look for them, count."""
    with register.cluster() as env:
        found = apart(find, env=env, people=round(PEOPLE * scale))
    recall, precision = found["right"] / found["planted"], found["right"] / max(found["pairs"], 1)
    return Section(
        name="doubles",
        title="People who are in the register twice",
        head=["points, at least", "pairs", "of them doubles", "recall", "precision"],
        rows=[
            [str(points), f"{pairs:,}", f"{right:,}", f"{right / found['planted']:.3f}", f"{part:.3f}"]
            for points, pairs, right in found["by_points"]
            for part in (right / pairs,)
        ],
        goals=[
            Goal("doubles found among those planted", "≥ 0.86", f"{recall:.3f}", recall >= 0.86),
            Goal("of the pairs queued, doubles", "≥ 0.80", f"{precision:.3f}", precision >= 0.80),
        ],
        notes=NOTES.format(
            people=found["people"], planted=found["planted"], pairs=found["pairs"], seconds=found["seconds"],
            likely=found["likely"],
        ),
    )  # fmt: skip


def find(people: int) -> dict[str, Any]:
    """Make the register, find its doubles; return how many of what."""
    import django

    django.setup()
    from ansinh.geography import queries as geography
    from ansinh.registry import operations as registry
    from ansinh.registry.models import Double, Source
    from ansinh.registry.queries.matching import LIKELY

    units = register.communes("01")
    originals = register.people(people, units["unit"].to_numpy(), seed=SEED)
    copies, of = plant(originals, units["unit"].to_numpy(), round(people * PLANTED))
    register.write(pl.concat([originals, copies]))
    hanoi = geography.unit(code="01", on=register.ON)
    start = time.perf_counter()
    registry.find_doubles(unit=hanoi, on=register.ON, at=Source.objects.get().at)
    seconds = time.perf_counter() - start
    true = {(int(one) + 1, people + number + 1) for number, one in enumerate(of)}
    queued = [
        (pair, points) for *pair, points in Double.objects.values_list("first_id", "second_id", "points")
    ]
    by_points = [
        (least, len(pairs), sum(tuple(pair) in true for pair in pairs))
        for least in sorted({points for _, points in queued})[:8]
        if (pairs := [pair for pair, points in queued if points >= least])
    ]
    return {
        "people": people,
        "planted": len(true),
        "pairs": len(queued),
        "right": sum(tuple(pair) in true for pair, _ in queued),
        "seconds": seconds,
        "likely": LIKELY,
        "by_points": by_points,
    }


def plant(people: pl.DataFrame, units: np.ndarray, count: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Return careless copies of some people, and of which row each is."""
    rng = np.random.default_rng([SEED, 1])
    of = np.sort(rng.choice(people.height, count, replace=False))
    copies = [_careless(rng, row, units) for row in people[of].iter_rows(named=True)]
    taken = set(people["number"].drop_nulls())
    for number, row in enumerate(copies):
        row["home"] = people["home"].max() + 1 + number
        if row["number"] in taken:
            row["number"] = None
        elif row["number"]:
            taken.add(row["number"])
    return pl.DataFrame(copies, schema=people.schema), of


def _careless(rng: np.random.Generator, row: dict[str, Any], units: np.ndarray) -> dict[str, Any]:
    copy = dict(row)
    if rng.random() < 0.7:
        copy["name"] = _misspelt(rng, row["name"])
    if rng.random() < 0.5:
        _misdate(rng, copy)
    if rng.random() < 0.5:
        copy["unit"], copy["village"] = (
            int(rng.choice(units)),
            f"Thôn {rng.integers(1, register.VILLAGES + 1)}",
        )
    fate = rng.random()
    number = row["number"]
    copy["old_number"] = row["old_number"] if fate >= 0.87 else None
    if fate < 0.55 or fate >= 0.87 or number is None:
        copy["number"] = None
    elif fate < 0.75:
        at = int(rng.integers(0, 11))
        digits = list(number)
        if rng.random() < 0.5 and digits[at] != digits[at + 1]:
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
        else:
            digits[at] = str((int(digits[at]) + int(rng.integers(1, 10))) % 10)
        copy["number"] = "".join(digits)
    else:
        copy["number"] = number[:6] + f"{rng.integers(0, 1_000_000):06}"
    return copy


def _misdate(rng: np.random.Generator, copy: dict[str, Any]) -> None:
    born, way = copy["born"], rng.integers(0, 3)
    if way == 0 and born.day <= 12:
        copy["born"] = born.replace(day=born.month, month=born.day)
    elif way == 1:
        copy["born"], copy["born_precision"] = born.replace(day=1, month=1), "Y"
    else:
        year = born.year + int(rng.choice((-1, 1)))
        copy["born"] = born.replace(year=year, day=min(born.day, 28))


def _misspelt(rng: np.random.Generator, name: str) -> str:
    words = name.split()
    way = rng.integers(0, 8)
    at = int(rng.integers(0, len(words)))
    if way == 0:
        return fold(name).title()
    if way == 1:
        words[at] = fold(words[at]).title()
    elif way == 2 and len(words) > 2:
        middle = int(rng.integers(1, len(words) - 1))
        words[middle : middle + 1] = (
            [] if rng.random() < 0.5 else [str(rng.choice(("Văn", "Thị", "Ngọc", "Kim")))]
        )
    elif way == 3:
        word = words[at]
        place = int(rng.integers(0, len(word)))
        words[at] = word[:place] + (
            word[place + 1 :] if rng.random() < 0.5 and len(word) > 2 else word[place:] + "h"
        )
    elif way == 4:
        return name.replace("y", "i") if "y" in name else name.replace("i", "y", 1)
    elif way == 5:
        return name.upper()
    elif way == 6:
        words = [("L" + word[1:]) if word[0] == "N" and word[1:2] != "g" else word for word in words]
    else:
        words = [("X" + word[1:]) if word[0] == "S" else word for word in words]
    return " ".join(words)
