"""Charts drawn on the server as SVG shapes (biểu đồ): numbers in, coordinates out; each has its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, ROW = 640, 220, 8, 44


@dataclass(frozen=True, slots=True)
class Bar:
    """Two bars of one label: before and after, their widths in parts of the drawing."""

    label: str
    y: int
    before: int
    after: int
    before_vnd: int
    after_vnd: int

    @property
    def below(self) -> int:
        """Where the second bar begins."""
        return self.y + 11

    @property
    def words(self) -> int:
        """Where the label stands."""
        return self.y - 5


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars."""

    width: int
    height: int
    bars: tuple[Bar, ...]


def bars(rows: Sequence[tuple[str, int, int]]) -> Bars:
    """Draw label, before and after as pairs of bars; the longest takes the whole width."""
    longest = max((max(before, after) for _, before, after in rows), default=0) or 1
    room = WIDTH - 2 * LEFT

    def wide(vnd: int) -> int:
        return round(room * vnd / longest)

    return Bars(
        WIDTH,
        ROW * len(rows) + 10,
        tuple(
            Bar(label, 20 + n * ROW, wide(before), wide(after), before, after)
            for n, (label, before, after) in enumerate(rows)
        ),
    )
