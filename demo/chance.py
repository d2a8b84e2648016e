"""Where the demo's randomness comes from: named streams of one seed.

Every step draws from a stream of its own, so that adding a step moves no other, and a province is the same
however many others are made beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chance:
    """A seed and the place it is used at, for instance a province."""

    seed: int
    place: str

    def stream(self, *name: object) -> np.random.Generator:
        """Return the generator of one named step: the same name, the same numbers."""
        text = "\x1f".join([str(self.seed), self.place, *map(str, name)])
        key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
        return np.random.Generator(np.random.Philox(key=key))


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Draw `size` indices by weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    places: Ints = np.minimum(drawn, len(edges) - 1).astype(np.int64)
    return places


def share(total: int, weights: Sequence[float] | Floats) -> Ints:
    """Split a whole number by weight, by largest remainder: the parts sum to `total` exactly."""
    exact = np.asarray(weights, dtype=np.float64)
    exact = exact / exact.sum() * total
    parts: Ints = np.floor(exact).astype(np.int64)
    for index in np.argsort(parts - exact, kind="stable")[: total - int(parts.sum())]:
        parts[index] += 1
    return parts


def mark(rng: np.random.Generator, size: int, count: int) -> Bools:
    """Mark exactly `count` of `size` places."""
    marked = np.zeros(size, dtype=bool)
    marked[rng.choice(size, size=min(count, size), replace=False)] = True
    return marked
