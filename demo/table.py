"""What the demo prints: the control totals beside what was expected, the truth, where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from demo.leading import Told
from demo.planted import ERROR_LABELS, Error
from demo.story import PASSWORD, Story

_HEAD = (
    "tỉnh",
    "tháng",
    "người",
    "trong kỳ",
    "truy lĩnh",
    "tính tay",
    "thu hồi",
    "tổng (đồng)",
    "mã kiểm tra",
    "giây",
)


def as_rows(rows: Sequence[Told]) -> list[dict[str, Any]]:
    """The table for machines."""
    return [{**asdict(row), "plain_vnd": row.plain_vnd, "differences": row.differences()} for row in rows]


def table(rows: Sequence[Told]) -> str:
    """The table for people: month by month what was booked, and beside the arrears the sum done on paper."""
    cells = [
        (
            row.province,
            row.months,
            _n(row.people),
            _n(row.regular_vnd),
            _n(row.arrears_vnd),
            _n(row.plain_vnd),
            _n(row.recoveries_vnd),
            _n(row.total_vnd),
            row.hash[:12],
            f"{row.seconds:.1f}" if row.seconds else "",
        )
        for row in rows
    ]
    widths = [max(len(line[at]) for line in (_HEAD, *cells)) for at in range(len(_HEAD))]
    lines = [_line(_HEAD, widths), "  ".join("─" * width for width in widths)]
    lines += [_line(line, widths) for line in cells]
    return "\n".join(["", *lines, "", *_found(rows), *_wrong(rows)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    left = (0, 1, 8)
    return "  ".join(
        cell.ljust(width) if at in left else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


def _found(rows: Sequence[Told]) -> list[str]:
    """Say which planted errors the reviews found."""
    lines = []
    for row in rows:
        for error, (found, planted) in sorted(row.errors.items()):
            what = ERROR_LABELS[Error(error)]
            lines.append(f"{row.province} {row.months}: {what}: tìm thấy {found}/{planted}")
    reviews = [row for row in rows if row.review]
    exact = sum(not (row.missed or row.extra) for row in reviews)
    if reviews:
        shown = sum(sum(row.review.values()) for row in reviews)
        lines.append(f"Rà soát: {exact}/{len(reviews)} lần đúng từng dòng như phải có ({_n(shown)} dòng).")
    return lines


def _wrong(rows: Sequence[Told]) -> list[str]:
    told = [(row, row.differences()) for row in rows]
    wrong = [f"≠ {row.province} {row.months}: {'; '.join(found)}" for row, found in told if found]
    return ["", *wrong] if wrong else ["Mọi con số đúng như tính trước. · Every figure as worked out before."]


def goodbye(story: Story) -> str:
    """Say where to look, and as whom."""
    pages = "\n".join(f"  {words}: http://localhost:8000{path}" for words, path in story.pages())
    officers = "\n".join(
        f"  {user.username:12} {user.full_name} · {user.get_role_display()}"
        + (f" · {user.unit.full_name}" if user.unit else "")
        for user in story.users
    )
    return (
        f"\nXem (khi trang web chạy: ansinh serve) · to look at:\n{pages}\n"
        f"\nTài khoản minh hoạ, mật khẩu “{PASSWORD}” · demo accounts and their password:\n{officers}\n"
    )


def _n(number: int) -> str:
    return f"{number:,}".replace(",", ".") if number else "–"
