"""A register for finding people in: persons, households and where they live, written straight by COPY.

Names as the demo draws them (a third is called Nguyễn), births like those of beneficiaries: more than half
are 75 or older, of the old a quarter has a year only or 1 January. Most households are registered at
communes that were merged in 2025, as those are that were entered before.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl

from ansinh.db.private import Cluster
from ansinh.kernel import names as folding
from bench.measure import ROOT, VAR
from demo import names

ON = dt.date(2026, 11, 5)
SINCE = dt.date(2024, 1, 1)
HOME = 3
BLOCK = 250_000
VILLAGES = 8


@contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Give a migrated PostgreSQL of its own, with the units, as an environment for processes."""
    own = Cluster(VAR / "postgres")
    own.destroy()
    own.start()
    try:
        env = {"DATABASE_URL": own.url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
        for command in (("migrate",), ("load", "units")):
            arguments = [sys.executable, "-m", "config.commands", *command]
            subprocess.run(
                arguments, cwd=ROOT, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL
            )
        yield env
    finally:
        own.destroy()


def people(count: int, homes: np.ndarray, *, seed: int) -> pl.DataFrame:
    """Draw so many people, three in each of the homes (units' ids): as `write` takes them."""
    return pl.concat(
        _block(np.random.default_rng([seed, number]), start, min(BLOCK, count - start), homes)
        for number, start in enumerate(range(0, count, BLOCK))
    ).pipe(_numbered, seed)


def _block(rng: np.random.Generator, start: int, count: int, homes: np.ndarray) -> pl.DataFrame:
    female = rng.random(count) < 0.62
    age = np.where(
        rng.random(count) < 0.55,
        75 + np.minimum(rng.exponential(6, count), 30),
        75 * rng.random(count) ** 0.7,
    )
    born = pl.Series(np.datetime64(ON) - np.round(age * 365.2425).astype("timedelta64[D]")).cast(pl.Date)
    year = born.dt.year().to_numpy().astype(np.int64)
    kinh = np.full(count, "Kinh")
    name = names.full_names(rng, female, year, kinh, names.surnames(rng, kinh))
    precision = np.where((age > 60) & (rng.random(count) < 0.25), "Y", "D")
    home = (start + np.arange(count)) // HOME
    village = np.char.add("Thôn ", (home * 7919 % VILLAGES + 1).astype(str))
    made = pl.DataFrame(
        {
            "name": name.astype(str),
            "born": born,
            "born_precision": precision,
            "sex": np.where(female, "F", "M"),
            "unit": homes[home % len(homes)],
            "home": home,
            "village": village,
            "numbered": rng.random(count) >= 0.12,
            "old_number": rng.integers(100_000_000, 999_999_999, count),
            "had_old": (rng.random(count) < 0.5) & (age > 25),
        }
    )
    # A year-only birth is written as a year, or, as often, as 1 January.
    first = pl.col("born").dt.truncate("1y")
    return made.with_columns(
        born=pl.when(pl.col("born_precision") == "Y").then(first).otherwise("born"),
        born_precision=pl.when((pl.col("born_precision") == "Y") & (pl.col("home") % 2 == 0))
        .then(pl.lit("D"))
        .otherwise("born_precision"),
    )


def _numbered(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give citizen numbers, each its own: province of birth, century and sex, year, and six digits."""
    provinces = [f"{code:03}" for code in (1, 2, 8, 19, 24, 27, 31, 34, 36, 38, 40, 48, 52, 66, 79, 92)]
    rng = np.random.default_rng([seed, 99])
    weights = np.r_[np.full(1, 0.4), np.full(len(provinces) - 1, 0.6 / (len(provinces) - 1))]
    century = (pl.col("born").dt.year() // 100 - 19) * 2 + (pl.col("sex") == "F").cast(pl.Int32)
    drawn = people.with_columns(
        prefix=pl.concat_str(
            pl.Series(rng.choice(provinces, people.height, p=weights)),
            century.cast(pl.String),
            (pl.col("born").dt.year() % 100).cast(pl.String).str.zfill(2),
        )
    )
    # 611953 and a million have no common divisor: no two of a prefix get the same.
    rank = pl.int_range(pl.len()).over("prefix")
    end = ((rank * 611_953 + pl.col("prefix").cast(pl.Int64) * 7) % 1_000_000).cast(pl.String).str.zfill(6)
    return drawn.with_columns(
        number=pl.when("numbered").then(pl.concat_str("prefix", end)),
        old_number=pl.when("had_old").then(pl.col("old_number").cast(pl.String)),
    ).drop("prefix", "numbered", "had_old")


def write(people: pl.DataFrame) -> None:
    """Write the people and their households into the database; row n becomes person n + 1 of the register."""
    from django.db import transaction

    from ansinh.db import bulk
    from ansinh.registry.models import Source

    source = Source.objects.create(kind="LOAD", name="Đo tốc độ", at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    at = pl.lit(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).alias("recorded_at")
    said = (at, pl.lit(source.pk).alias("source_id"))
    people = people.with_row_index("id", offset=1).with_columns(
        pl.col("id", "unit").cast(pl.Int64), home=pl.col("home").cast(pl.Int64) + 1
    )
    spelt = people.select("name").unique()
    words = {
        "folded": folding.fold,
        "given_folded": lambda name: folding.fold(folding.given(name)),
        "sort_key": folding.sort_key,
    }
    spelt = spelt.with_columns(
        pl.Series(column, [work(name) for name in spelt["name"]], dtype=pl.String)
        for column, work in words.items()
    )
    with transaction.atomic():
        for part in people.join(spelt, on="name", how="left", maintain_order="left").iter_slices(BLOCK):
            rows = part.select(
                "id", "born", "born_precision", "sex", "number", "old_number", "name", "folded",
                "given_folded", "sort_key", pl.col("id").cast(pl.String).alias("key"), said[1],
                ethnicity=pl.lit("Kinh"), phone=pl.lit(""),
            )  # fmt: skip
            bulk.copy_frame(rows, "registry_person")
        homes = people.unique("home", keep="first", maintain_order=True)
        codes = pl.format("B{}", "home").alias("code")
        bulk.copy_frame(homes.select(pl.col("home").alias("id"), codes, said[1]), "registry_household")
        since = pl.lit(SINCE).alias("valid_from")
        bulk.copy_frame(
            homes.select(
                pl.col("home").alias("household_id"), pl.col("unit").alias("unit_id"), "village", since, *said
            ),
            "registry_householdresidence",
        )
        bulk.copy_frame(
            people.select(
                pl.col("id").alias("person_id"),
                pl.col("home").alias("household_id"),
                pl.lit(1).alias("role"),
                pl.max_horizontal(pl.lit(SINCE), "born").alias("valid_from"),
                *said,
            ),
            "registry_member",
        )
    bulk.run("vacuum analyze", using="owner")


def communes(province: str = "") -> pl.DataFrame:
    """Return the communes of today with their provinces and where people of each may be registered.

    Columns: commune, province (code), unit (itself, or a commune of before 1/7/2025 that is in it now).
    """
    from ansinh.db import bulk

    return bulk.read_frame(
        "select standing.commune_id, province.code, standing.unit_id from geography_standing standing "
        "join geography_unit unit on unit.id = standing.unit_id and unit.level = 'COMMUNE' "
        "join geography_unit province on province.id = standing.province_id "
        "where standing.valid @> %s::date and standing.commune_id is not null "
        "and (%s = '' or province.code = %s) order by 1, 3",
        [ON, province, province],
        {"commune": pl.Int64, "province": pl.String, "unit": pl.Int64},
    )
