"""People as frames: what the law is asked about when only the law is timed.

Somebody is of a kind (old, disabled, an orphan, one of the many who need nothing …), which says how old they
are and how likely each fact is. Each fact that a register would hold of a person of that age is then hidden
from the law for a share of the people, one by one and at random: more different situations meet than in a
real register, where the same people's facts are missing together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from ansinh.kernel.time import Month
from ansinh.rulebook.categories import categories
from ansinh.rulebook.facts import vocabulary

BLOCK = 1_000_000
"""How many people are drawn at once; each block from its own seed, so that any part can be drawn alone."""

Weights = Sequence[float]


@dataclass(frozen=True)
class Kind:
    """People of one kind: their share, their ages, and the facts that are not as with everybody."""

    share: float
    ages: tuple[float, float]
    facts: Mapping[str, Weights] = field(default_factory=dict)


_DEAD = (0.02, 0.85, 0.03, 0.02, 0.04, 0.03, 0.01)
_POOR = {"household_poverty": (0.0, 0.1, 0.9)}

BENEFICIARIES = (
    Kind(0.560, (75, 100), {"pension": (0.99, 0.01)}),
    Kind(0.270, (3, 75), {"disability": (0, 0, 1, 0)}),
    Kind(0.090, (3, 90), {"disability": (0, 0, 0, 1), "carer": (0.1, 0.87, 0.03)}),
    Kind(0.012, (0, 16), {"father": _DEAD, "mother": _DEAD, "carer": (0.05, 0.15, 0.8)}),
    Kind(0.003, (16, 22), {"studying": (0, 1)}),
    Kind(0.015, (22, 55), {**_POOR, "marital": (0.3, 0, 0, 0.65, 0.05)}),
    Kind(0.034, (60, 80), {**_POOR, "supporter": (0.6, 0.35, 0.05, 0)}),
    Kind(0.006, (0, 3), {**_POOR, "disadvantaged_area": (0, 1)}),
    Kind(0.006, (1, 60), {**_POOR, "hiv": (0, 1)}),
    Kind(0.004, (20, 90), {"in_facility": (0, 1)}),
)
"""Who is on the lists, roughly as in Hà Nội in 2024."""

POPULATION = (
    Kind(0.230, (0, 16)),
    Kind(0.605, (16, 60)),
    Kind(0.110, (60, 75)),
    Kind(0.020, (75, 100), {"pension": (0.3, 0.7)}),
    *(Kind(kind.share * 0.035, kind.ages, kind.facts) for kind in BENEFICIARIES),
)
"""A nation, with 3.5 % of it on the lists."""

_USUAL: dict[str, tuple[tuple[float, float], Weights]] = {
    "household_poverty": ((0, 120), (0.94, 0.035, 0.025)),
    "disadvantaged_area": ((0, 120), (0.85, 0.15)),
    "father": ((0, 16), (0.95, 0.03, 0.003, 0.002, 0.006, 0.006, 0.003)),
    "mother": ((0, 16), (0.97, 0.02, 0.002, 0.001, 0.002, 0.002, 0.003)),
    "abandoned": ((0, 16), (0.9995, 0.0005)),
    "studying": ((3, 25), (0.2, 0.8)),
    "hiv": ((0, 120), (0.998, 0.002)),
    "marital": ((16, 120), (0.2, 0.65, 0.05, 0.09, 0.01)),
    "supporter": ((60, 120), (0.03, 0.03, 0.14, 0.80)),
    "facility_qualified": ((60, 120), (0.995, 0.005)),
    "carer": ((0, 120), (0.9, 0.099, 0.001)),
    "disability": ((0, 120), (0.97, 0.02, 0.008, 0.002)),
    "pension": ((50, 120), (0.75, 0.25)),
    "insurance_allowance": ((50, 120), (0.97, 0.03)),
    "survivor_allowance": ((0, 120), (0.99, 0.01)),
    "unable_to_work": ((16, 120), (0.97, 0.03)),
    "provincial_poor": ((0, 120), (0.95, 0.05)),
    "imprisoned": ((14, 120), (0.999, 0.001)),
    "pregnant": ((16, 50), (0.98, 0.02)),
    "stable_income": ((16, 120), (0.4, 0.6)),
    "in_facility": ((0, 120), (0.9998, 0.0002)),
    "spouse_has_care_share": ((16, 60), (0.998, 0.002)),
}
"""Of whom a fact is recorded (ages), and how often it has each of its values."""

_WHEN_NOT_RECORDED = {name: False if len(weights) == 2 else 1 for name, (_, weights) in _USUAL.items()}
_WHEN_NOT_RECORDED |= {"disability_kinds": 0, "children_raised_max": 0, "children_under_36_months_max": 0}
_PLENTY = 99_000_000

_PROVINCES = {
    "01": ("01",), "08": ("08", "02"), "15": ("15", "10"), "22": ("22",), "24": ("24", "27"),
    "31": ("31", "30"), "38": ("38",), "40": ("40",), "48": ("48", "49"), "66": ("66", "54"),
    "68": ("68", "70", "60"), "79": ("79", "74", "77"), "82": ("82", "87"), "92": ("92", "94", "93"),
}  # fmt: skip
"""Provinces since 7/2025, each with those it was before."""


def frame(
    count: int, month: Month, kinds: Sequence[Kind], *, unknown: float = 1 / 3, seed: int = 1
) -> pl.DataFrame:
    """Return people as `Asked.answer` reads them, each fact hidden of that share of them."""
    return pl.concat(blocks(count, month, kinds, unknown=unknown, seed=seed)).rechunk()


def blocks(
    count: int, month: Month, kinds: Sequence[Kind], *, unknown: float = 1 / 3, seed: int = 1
) -> Iterator[pl.DataFrame]:
    """Yield the people of `frame`, block by block."""
    for number, start in enumerate(range(0, count, BLOCK)):
        rng = np.random.default_rng([seed, number])
        yield _block(rng, min(BLOCK, count - start), month.first, kinds, unknown)


def complete(count: int, month: Month, kinds: Sequence[Kind], *, seed: int = 1) -> pl.DataFrame:
    """Return people of whom everything is known and who have no birthday in the month."""
    people = frame(count, month, kinds, unknown=0, seed=seed)
    known = [pl.col(name).fill_null(value) for name, value in _WHEN_NOT_RECORDED.items()]
    known += [
        pl.when(pl.col(flag)).then(pl.col(f"{flag}_vnd").fill_null(_PLENTY)).otherwise(0).alias(f"{flag}_vnd")
        for flag in ("pension", "insurance_allowance")
    ]
    born = pl.col("born").fill_null(dt.date(1980, 1, 15))
    birthday = born.dt.month() == month.number
    return people.with_columns(known).with_columns(
        born=pl.when(birthday).then(born - pl.duration(days=31)).otherwise(born),
        died=pl.lit(None, dtype=pl.Date),
        former_province=pl.col("former_province").fill_null("01"),
    )


def _block(
    rng: np.random.Generator, count: int, day: dt.date, kinds: Sequence[Kind], unknown: float
) -> pl.DataFrame:
    kind = rng.choice(len(kinds), count, p=_shares([k.share for k in kinds])).astype(np.uint8)
    least, most = (np.array([k.ages[end] for k in kinds])[kind] for end in (0, 1))
    age = least + rng.random(count) * (most - least)
    born = pl.Series(np.datetime64(day) - np.round(age * 365.2425).astype("timedelta64[D]"))
    now, former = _places(rng, count)
    true = {name: _fact(rng, name, kind, age, kinds) for name in _USUAL}
    columns = {
        "born": _hidden(rng, born, 0.002),
        "died": _hidden(rng, pl.repeat(day + dt.timedelta(days=9), count, dtype=pl.Date, eager=True), 0.999),
        "province": now,
        "former_province": _hidden(rng, former, unknown),
        "receiving": _granted(rng, pl.DataFrame({"age": age, **true})),
        **{
            name: _hidden(rng, values, _optional(name, kind, kinds) * unknown)
            for name, values in true.items()
        },
        **_children(rng, age, unknown),
    }
    kinds_of_disability = pl.Series(1 << rng.integers(0, 6, count, dtype=np.uint8), dtype=pl.UInt8)
    told = _hidden(rng, kinds_of_disability, unknown)
    columns["disability_kinds"] = pl.select(pl.when(columns["disability"] > 1).then(told)).to_series()
    for name in ("pension", "insurance_allowance"):
        amount = _hidden(rng, pl.Series(rng.integers(300, 900, count, dtype=np.int32) * 1000), unknown)
        columns[f"{name}_vnd"] = pl.select(pl.when(columns[name]).then(amount)).to_series()
    return pl.DataFrame(columns)


def _shares(weights: Weights) -> np.ndarray:
    return np.asarray(weights) / sum(weights)


def _places(rng: np.random.Generator, count: int) -> tuple[pl.Series, pl.Series]:
    pairs = [(now, former) for now, formers in _PROVINCES.items() for former in formers]
    drawn = rng.integers(0, len(pairs), count, dtype=np.uint32)
    now, former = ([pair[side] for pair in pairs] for side in (0, 1))
    return _codes(now).gather(drawn), _codes(former).gather(drawn)


def _codes(codes: Sequence[str]) -> pl.Series:
    return pl.Series(codes, dtype=pl.Enum(sorted(set(codes))))


def _fact(
    rng: np.random.Generator, name: str, kind: np.ndarray, age: np.ndarray, kinds: Sequence[Kind]
) -> pl.Series:
    """Draw a fact: its stored number, null for those of whom no register would hold it."""
    (least, most), usual = _USUAL[name]
    limits = np.array([np.cumsum(_shares(one.facts.get(name, usual)))[:-1] for one in kinds])
    share, value = rng.random(len(kind), dtype=np.float32), np.zeros(len(kind), dtype=np.uint8)
    for column in limits.T:
        value += share >= column[kind]
    stored = pl.Series(value == 1) if vocabulary()[name].kind == "bool" else pl.Series(value + np.uint8(1))
    held = pl.Series((age >= least) & (age < most))
    return pl.select(pl.when(held).then(stored)).to_series()


def _optional(name: str, kind: np.ndarray, kinds: Sequence[Kind]) -> Any:
    """Tell for whom a fact is optional: what makes somebody one of their kind has its papers."""
    return np.array([name not in one.facts for one in kinds])[kind]


def _granted(rng: np.random.Generator, true: pl.DataFrame) -> pl.Series:
    """Grant nine of ten what they seem to be due, as far as the plain cases go."""
    bits = {code: pl.lit(category.bit, pl.Int32) for code, category in categories().items()}
    alone = (pl.col("household_poverty") == 3) & (pl.col("supporter") <= 2)
    gone = (pl.col("father").is_between(2, 5) & pl.col("mother").is_between(2, 5)) | pl.col("abandoned")
    income = (
        pl.when(pl.col("disability") == 4).then(bits["C6X"])
        .when(pl.col("disability") == 3).then(bits["C6S"])
        .when((pl.col("age") < 16) & gone).then(bits["C1"])
        .when((pl.col("age") >= 75) & ~pl.col("pension")).then(bits["SP75"])
        .when((pl.col("age") >= 60) & alone).then(bits["C5A"])
        .otherwise(0)
    )  # fmt: skip
    care = pl.when((pl.col("disability") == 4) & (pl.col("carer") == 2)).then(bits["K5"]).otherwise(0)
    granted = pl.Series(rng.random(true.height, dtype=np.float32) < 0.9)
    return true.select(pl.when(granted).then(income | care).otherwise(0)).to_series()


def _children(rng: np.random.Generator, age: np.ndarray, unknown: float) -> dict[str, pl.Series]:
    drawn = rng.choice(5, len(age), p=(0.55, 0.2, 0.17, 0.06, 0.02))
    raised = np.where((age < 20) | (age > 65), 0, drawn).astype(np.uint8)
    young = np.minimum(raised, rng.choice(3, len(age), p=(0.9, 0.08, 0.02))).astype(np.uint8)
    told = pl.Series((rng.random(len(age), dtype=np.float32) >= unknown) | (age < 16))
    columns: dict[str, pl.Series] = {}
    for name, number in (("children_raised", raised), ("children_under_36_months", young)):
        most = pl.select(pl.when(told).then(pl.Series(number))).to_series()
        columns |= {f"{name}_min": most.fill_null(0), f"{name}_max": most}
    return columns


def _hidden(rng: np.random.Generator, values: pl.Series, unknown: float | np.ndarray) -> pl.Series:
    told = pl.Series(rng.random(len(values), dtype=np.float32) >= unknown)
    return pl.select(pl.when(told).then(values)).to_series()
