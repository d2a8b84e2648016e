"""Where synthetic people live: the real communes, by code, weighted; who was moved to which on 1/7/2025."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import ansinh.geography
from demo.chance import Bools, Chance, Floats, Ints, pick

DATA = Path(ansinh.geography.__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Places:
    """The communes of one of the 34 provinces, as they were until 30/6/2025 and as they are since.

    Arrays of the same length, one place an old commune.
    """

    province: str
    code: np.ndarray
    """Old code."""
    district: np.ndarray
    former_province: np.ndarray
    """One of the 63."""
    remote: Bools
    """In the ethnic-minority and mountainous areas in special difficulty (drawn: no list is known)."""
    divided: Bools
    weight: Floats
    successors: tuple[tuple[str, ...], ...]
    """New codes; several, as a rule, where the commune was divided."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where each household lives: place in `Places`, and the new commune it said it is in ("" = not said)."""

    place: Ints
    confirmed: np.ndarray


REMOTE_SHARE: dict[str, float] = {
    "04": 0.75, "08": 0.55, "11": 0.80, "12": 0.70, "14": 0.60, "15": 0.55, "19": 0.25, "20": 0.50,
    "25": 0.20, "38": 0.15, "40": 0.20, "42": 0.05, "44": 0.20, "46": 0.10, "48": 0.15, "51": 0.35,
    "52": 0.35, "56": 0.15, "66": 0.35, "68": 0.20, "75": 0.08, "22": 0.05, "24": 0.05, "80": 0.02,
    "86": 0.10, "91": 0.06, "92": 0.08, "96": 0.06,
}  # fmt: skip
"""Share of rural communes drawn as remote: our guess, for no list of 2026–2030 is known."""
_HANOI_MOUNTAIN = {"09694", "09697", "09700", "09703", "09706", "09709", "09712"}
"""Seven communes of Ba Vì."""


@cache
def provinces() -> tuple[tuple[str, str], ...]:
    """The 34 provinces: code and name."""
    return tuple((row["code"], row["name"]) for row in _rows("provinces_from_2025.csv"))


@cache
def places(province: str) -> Places:
    """Read the communes that made up a province of today."""
    new = {row["code"]: row for row in _rows("communes_from_2025.csv")}
    goes_to: dict[str, list[str]] = defaultdict(list)
    parted = set()
    for row in _rows("commune_mapping_2025.csv"):
        if row["share"] != "AREA":  # AREA: land without people
            goes_to[row["old_code"]].append(row["new_code"])
        if row["share"] == "PART":  # some of the people, whether or not it is known where the others went
            parted.add(row["old_code"])
    old = [
        row
        for row in _rows("communes_before_2025.csv")
        if goes_to[row["code"]]
        and all(new[code]["province_code"] == province for code in goes_to[row["code"]])
    ]
    rng = Chance(0, province).stream("communes")
    remote = np.asarray([row["type"] == "Xã" for row in old]) & (
        rng.random(len(old)) < REMOTE_SHARE.get(province, 0.0)
    )
    if province == "01":
        remote = np.asarray([row["code"] in _HANOI_MOUNTAIN for row in old])
    size = {"Phường": 1.5, "Thị trấn": 1.1, "Xã": 1.0}
    weight = np.asarray([size[row["type"]] for row in old]) * rng.lognormal(0.0, 0.45, len(old))
    return Places(
        province=province,
        code=np.asarray([row["code"] for row in old], dtype=object),
        district=np.asarray([row["district_code"] for row in old], dtype=object),
        former_province=np.asarray([row["province_code"] for row in old], dtype=object),
        remote=remote,
        divided=np.asarray([row["code"] in parted for row in old]),
        weight=weight / weight.sum(),
        successors=tuple(tuple(sorted(goes_to[row["code"]])) for row in old),
    )


def settle(chance: Chance, where: Places, remote: Ints, unsaid: float) -> Home:
    """Give each household a home.

    `remote`: 1 = must be in a remote commune, 0 = must not, −1 = anywhere. Of the households of divided
    communes a share `unsaid` never told where they live now: they wait on the list for confirmation.
    """
    rng = chance.stream("homes")
    place = np.zeros(len(remote), dtype=np.int64)
    for kind, allowed in ((-1, np.ones(len(where.code), dtype=bool)), (1, where.remote), (0, ~where.remote)):
        chosen = np.flatnonzero(remote == kind)
        weight = where.weight * allowed if allowed.any() else where.weight
        place[chosen] = pick(rng, weight, len(chosen))
    turn = rng.random(len(remote))
    count = np.asarray([len(codes) for codes in where.successors])
    table = np.asarray(
        [[codes[min(at, len(codes) - 1)] for at in range(count.max())] for codes in where.successors],
        dtype=object,
    )
    said = table[place, (turn * count[place]).astype(np.int64)]
    silent = where.divided[place] & (rng.random(len(remote)) < unsaid)
    return Home(place=place, confirmed=np.where(silent, "", said))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
