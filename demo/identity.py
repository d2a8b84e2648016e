"""Numbers of synthetic people: the 12-digit citizen number, the old 9-digit one, phones.

A citizen number (PPP G YY RRRRRR, Decree 137/2015 article 13) agrees with birth, sex and province and
belongs to one person only, in whatever province it was made. Any such number may by chance be somebody's in
real life: the form leaves no room that could never be issued. Phones do: 050 is given to no network.
"""

from __future__ import annotations

import numpy as np

from ansinh.kernel.identity import BIRTH_PROVINCES
from demo.chance import Bools, Ints

OLD_PROVINCES = tuple(sorted(BIRTH_PROVINCES))
_NATIVE = 800_000
"""Of the million endings of a (province, sex, year), those for people who live where they were born."""
_PER_HOME = (1_000_000 - _NATIVE) // 34
"""The rest are dealt out to the 34 provinces they may have moved to."""
_OLD_NUMBER_PREFIX = {"001": "01", "010": "063", "015": "060"}
_MULTIPLIER, _SHIFT = 382_583, 271_933
"""x → (x·m + s) mod 10⁶ visits every ending once: m shares no factor with 10."""


def citizen_numbers(
    rng: np.random.Generator, home: int, native: np.ndarray, female: Bools, birth_year: Ints
) -> np.ndarray:
    """Give each person a number of their own.

    `home` is the place (0–33) of the province they live in, in the order of the 34; `native` the old codes of
    that province. One in sixteen was registered elsewhere.
    """
    size = len(female)
    elsewhere = rng.random(size) < 1 / 16
    strangers = np.asarray([code for code in OLD_PROVINCES if code not in set(native)], dtype=object)
    province = np.where(
        elsewhere,
        strangers[rng.integers(0, len(strangers), size)],
        np.asarray(native, dtype=object)[rng.integers(0, len(native), size)],
    )
    province_number = province.astype(np.int64)
    century = (birth_year - 1900) // 100
    digit = century * 2 + female
    year = birth_year % 100
    group = (province_number * 10 + digit) * 100 + year
    rank = _rank(group)
    native_room, stranger_room = int(rank[~elsewhere].max(initial=0)), int(rank[elsewhere].max(initial=0))
    if native_room >= _NATIVE or stranger_room >= _PER_HOME:
        raise ValueError("too many people of one sex and year for one province's numbers")
    ending = np.where(elsewhere, _NATIVE + home * _PER_HOME + rank, rank)
    ending = ((ending + group * 7_919) % 1_000_000 * _MULTIPLIER + _SHIFT) % 1_000_000
    return _digits(province_number * 10**9 + digit * 10**8 + year * 10**6 + ending, 12)


def old_numbers(rng: np.random.Generator, native: np.ndarray, born_year: Ints) -> np.ndarray:
    """Give those of 14 and over in 2016 their old 9-digit number (chứng minh nhân dân); "" to others."""
    prefix = _OLD_NUMBER_PREFIX.get(str(native[0]), str(native[0])[1:])
    room = 10 ** (9 - len(prefix))
    drawn = _digits(int(prefix) * room + rng.integers(0, room, len(born_year)), 9)
    had_one = (born_year <= 2002) & (rng.random(len(born_year)) < 0.7)
    return np.where(had_one, drawn, "")


def phones(rng: np.random.Generator, holds: Bools) -> np.ndarray:
    """Give a phone to those who hold one, "" to others: in 050, which no network was given."""
    drawn = _digits(500_000_000 + rng.integers(0, 10_000_000, len(holds)), 10)
    return np.where(holds, drawn, "")


def _rank(group: Ints) -> Ints:
    """Number the members of each group 0, 1, 2, … in the order they stand."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    run = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = run
    return rank


def _digits(numbers: Ints, width: int) -> np.ndarray:
    """Write numbers with leading zeros."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    figures = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint32)
    return np.ascontiguousarray(figures).view(f"<U{width}").ravel()
