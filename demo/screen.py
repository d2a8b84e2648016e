"""A whole population as Parquet parts, for `ansinh screen`: any size, bounded memory, the same for a seed.

Ages and sexes follow the country's pyramid; of the facts on which an answer may depend a third of those that
are usually not written down are left unknown. One part holds two million people and depends on the seed and
its own number alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from ansinh.rulebook.facts import vocabulary
from demo import days
from demo.anchors import YEAR, pyramid
from demo.chance import Bools, Chance, pick
from demo.groups import PROVINCE_MILLIONS

PART = 2_000_000
_TODAY = days.of(2026, 11, 1)
_UNRECORDED = 1 / 3


def write_population(
    people: int, folder: Path, *, seed: int, children: bool = False, part: int = PART
) -> Iterator[tuple[Path, int]]:
    """Write `people` persons into parts of the folder; yields each file and how many it holds.

    Columns are the public facts of `ansinh assess`. `children` adds the list of children that single parents
    raise; without it nobody's children are known.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, people, part)):
        size = min(part, people - first)
        path = folder / f"part-{number:04d}.parquet"
        frame = population_part(Chance(seed, f"population {number}"), first, size, children=children)
        frame.write_parquet(path, compression="zstd", statistics=False)
        yield path, size


def population_part(chance: Chance, first: int, size: int, *, children: bool = False) -> pl.DataFrame:
    """Make `size` persons with ids from `first` on."""
    age, female = _ages(chance, size)
    born = _TODAY - (age * YEAR).astype(np.int64)
    rng = chance.stream("facts")
    child, adult, elder = age < 16, (age >= 16) & (age < 60), age >= 60
    poverty = np.searchsorted([0.93, 0.965], rng.random(size), side="right")
    codes = sorted(PROVINCE_MILLIONS)
    province = pick(rng, [PROVINCE_MILLIONS[code] for code in codes], size)
    columns: dict[str, pl.Series] = {
        "id": pl.Series(np.arange(first, first + size, dtype=np.int64)),
        "born": pl.Series(born.astype("datetime64[D]")),
        "sex": _enum(["M", "F"], female.astype(np.uint32), np.ones(size, dtype=bool)),
        "province": _enum(codes, province, np.ones(size, dtype=bool)),
        "household_poverty": _fact("household_poverty", poverty, rng.random(size) > 0.01),
        "disadvantaged_area": _flag(rng.random(size) < 0.11, np.ones(size, dtype=bool)),
    }
    lost = rng.random(size) < 0.0016
    for parent in ("father", "mother"):
        state = np.where(lost, pick(rng, [0, 0.62, 0.2, 0.03, 0.15], size), 0)
        columns[parent] = _fact(parent, state, child & ((rng.random(size) > 0.05) | lost))
    columns["abandoned"] = _flag(child & (rng.random(size) < 0.0002), child)
    columns["studying"] = _flag((age < 19) | (rng.random(size) < 0.3), _known(rng, (age >= 6) & (age < 24)))
    disability = np.searchsorted(
        [0.955, 0.97, 0.988], rng.random(size) - np.where(elder, -0.03, 0.01), side="right"
    )
    columns["disability"] = _fact(
        "disability", disability, (disability > 1) | (rng.random(size) > _UNRECORDED / 2)
    )
    columns["carer"] = _fact("carer", pick(rng, [0.25, 0.73, 0.02], size), (disability == 3) | lost)
    columns["marital"] = _fact(
        "marital", pick(rng, [0.22, 0.68, 0.03, 0.065, 0.005], size), _known(rng, ~child)
    )
    pension = elder & (rng.random(size) < 0.32)
    columns["pension"] = _flag(pension, elder & ((rng.random(size) > 0.04) | pension))
    columns["insurance_allowance"] = _flag(
        elder & (rng.random(size) < 0.02), elder & (rng.random(size) > 0.04)
    )
    columns["supporter"] = _fact("supporter", pick(rng, [0.05, 0.01, 0.06, 0.88], size), _known(rng, elder))
    columns["facility_qualified"] = _flag(rng.random(size) < 0.004, _known(rng, elder))
    hiv = rng.random(size) < 0.002
    columns["hiv"] = _flag(hiv, hiv)
    columns["stable_income"] = _flag(rng.random(size) < 0.6, _known(rng, adult))
    columns["unable_to_work"] = _flag(rng.random(size) < 0.02, _known(rng, adult))
    if children:
        columns["children"] = _children(rng, age, adult & (rng.random(size) < 0.03))
    return pl.DataFrame(columns)


def _ages(chance: Chance, size: int) -> tuple[np.ndarray, Bools]:
    rng = chance.stream("ages")
    bands = [
        (band, sex == "Female", share) for sex, ages in pyramid().items() for band, share in ages.items()
    ]
    chosen = pick(rng, [share for *_, share in bands], size)
    start = np.asarray([band for band, *_ in bands])[chosen]
    return start + rng.random(size) * 5, np.asarray([female for _, female, _ in bands])[chosen]


def _known(rng: np.random.Generator, those: Bools) -> Bools:
    return those & (rng.random(len(those)) > _UNRECORDED)


def _enum(categories: list[str], physical: np.ndarray, known: Bools) -> pl.Series:
    series = pl.Series(categories, dtype=pl.Enum(categories)).gather(physical.astype(np.uint32))
    return pl.select(pl.when(pl.lit(pl.Series(known))).then(pl.lit(series))).to_series()


def _fact(name: str, place: np.ndarray, known: Bools) -> pl.Series:
    return _enum(list(vocabulary()[name].values), place, known)


def _flag(value: Bools, known: Bools) -> pl.Series:
    return pl.select(pl.when(pl.lit(pl.Series(known))).then(pl.lit(pl.Series(value)))).to_series()


def _children(rng: np.random.Generator, age: np.ndarray, parents: Bools) -> pl.Series:
    """Give some adults one to three children; to the others the certainty that they raise none."""
    number = np.where(parents & (age > 20), rng.integers(1, 4, len(age)), 0)
    parent_age = np.repeat(age, number)
    born = _TODAY - (rng.random(len(parent_age)) * np.minimum(parent_age - 18, 20) * YEAR).astype(np.int64)
    flat = pl.DataFrame(
        {
            "parent": np.repeat(np.arange(len(age), dtype=np.uint32), number),
            "born": born.astype("datetime64[D]"),
            "studying": rng.random(len(born)) < 0.7,
        }
    )
    lists = flat.group_by("parent", maintain_order=True).agg(pl.struct("born", "studying").alias("children"))
    everyone = pl.DataFrame({"parent": np.arange(len(age), dtype=np.uint32)})
    joined = everyone.join(lists, on="parent", how="left", maintain_order="left")["children"]
    return joined.fill_null(pl.Series([[]], dtype=joined.dtype))
