"""The communes of a province as shapes to shade (bản đồ xã); which provinces have one, `data/maps` tells."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MAPS = Path(__file__).resolve().parent.parent / "data" / "maps"
WIDTH = 720

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Map:
    """A province drawn: the size of the picture, and each commune's outline as SVG path data, by code."""

    width: int
    height: int
    outlines: dict[str, str]


@cache
def province_map(code: str) -> Map | None:
    """Draw the communes of a province (bản đồ xã); None when there is no geometry of it.

    Longitudes are shortened by the cosine of the middle latitude: at the size of a province nobody sees the
    difference to a proper projection.
    """
    path = MAPS / f"{code}.topo.json"
    if not (code.isdecimal() and path.is_file()):
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    arcs = [list(_places(arc, told["transform"])) for arc in told["arcs"]]
    every = [point for arc in arcs for point in arc]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shrink)

    def drawn(point: Point) -> str:
        return f"{(point[0] - west) * shrink * scale:.1f} {(north - point[1]) * scale:.1f}"

    outlines = {
        shape["properties"]["code"]: "".join(
            "M" + "L".join(drawn(point) for point in _ring(ring, arcs)) + "Z" for ring in _rings(shape)
        )
        for shape in told["objects"]["communes"]["geometries"]
    }
    return Map(WIDTH, math.ceil((north - south) * scale), outlines)


def _places(arc: Iterable[tuple[int, int]], transform: dict[str, Any]) -> Iterator[Point]:
    """Undo what TopoJSON does to an arc: each point is the step from the one before, in whole units."""
    x = y = 0
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        (scale_x, scale_y), (from_x, from_y) = transform["scale"], transform["translate"]
        yield x * scale_x + from_x, y * scale_y + from_y


def _rings(shape: dict[str, Any]) -> Iterator[list[int]]:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    for polygon in polygons:
        yield from polygon


def _ring(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Join the arcs of a ring; ~n is arc n backwards, and where two meet the point is written once."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points
