"""Simulations one may see, and what they found, ready to be shown (mô phỏng, kết quả)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.kernel.money import grouped
from ansinh.kernel.time import Month
from ansinh.rulebook.drafts import SET_SCOPES
from ansinh.rulebook.law import load
from ansinh.rulebook.reading import SCOPE_LABELS
from ansinh.simulations.logic import in_order
from ansinh.simulations.models import Simulation

SHOWN = 50
CHARTED = 12
"""So many rows of a table are drawn; the table has all."""
MOVE_LABELS = {
    "NEW": _("được hưởng mới"),
    "GAIN": _("được tăng"),
    "SAME": _("không đổi"),
    "LOSE": _("bị giảm"),
    "OUT": _("thôi được hưởng"),
}
TABLE_LABELS = {
    "category": _("Theo nhóm đối tượng"),
    "province": _("Theo tỉnh, thành phố"),
    "commune": _("Theo xã, phường"),
    "sex": _("Theo giới tính"),
    "age": _("Theo tuổi"),
}


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months' cost of both laws, in đồng."""

    number: int
    first: Month
    last: Month
    before_vnd: int
    after_vnd: int

    @property
    def difference_vnd(self) -> int:
        """What the draft costs more."""
        return self.after_vnd - self.before_vnd


def place(simulation: Simulation) -> tuple[str, str]:
    """Return the code and the name of where a policy was tried."""
    unit = simulation.unit
    return (unit.code, unit.full_name) if unit else (geography.COUNTRY, geography.COUNTRY_NAME)


def visible_to(user: User, *, on: date) -> QuerySet[Simulation]:
    """Return the simulations of the user's territory (mô phỏng trong địa bàn), latest first."""
    units = accounts.territory(user, on).values("unit_id")  # never the country: only the operator tries there
    return Simulation.objects.filter(unit__in=units).select_related("unit", "by").order_by("-id")


def overruled(simulation: Simulation) -> str:
    """Say that the country's standard holds where the province's that was tried is lower; else nothing."""
    tried = simulation.standard_vnd
    if tried is None or simulation.unit is None:
        return ""
    law = load().month(Month.of(simulation.month))
    higher = [
        f"{SCOPE_LABELS[scope]} {grouped(national.vnd)} ({'; '.join(national.cites)})"
        for scope in SET_SCOPES
        if (national := law.standard(scope)).vnd > tried
    ]
    if not higher:
        return ""
    return gettext(
        "Mức thử {tried} đồng thấp hơn mức của trung ương. Nơi nào cũng không được thấp hơn trung ương, nên "
        "mức của trung ương vẫn áp dụng: {higher}."
    ).format(tried=grouped(tried), higher="; ".join(higher))


def years(simulation: Simulation) -> list[Year]:
    """Sum the costs up by years of twelve months, from the month simulated."""
    figures: dict[str, Any] = simulation.figures or {}
    months: Sequence[Sequence[int]] = figures.get("months", [])
    first = Month.of(simulation.month)
    return [
        Year(
            number=n // 12 + 1,
            first=first + n,
            last=first + (n + 11),
            before_vnd=sum(month[0] for month in months[n : n + 12]),
            after_vnd=sum(month[1] for month in months[n : n + 12]),
        )
        for n in range(0, len(months), 12)
    ]


def tables(simulation: Simulation) -> list[tuple[str, str]]:
    """Name the tables of what was found, and what each is called."""
    found = (simulation.figures or {}).get("tables", {})
    return [(name, str(label)) for name, label in TABLE_LABELS.items() if name in found]


def charted(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a table that its chart draws: all, or the dearest of many."""
    rows: list[dict[str, Any]] = table["rows"]
    return sorted(rows, key=lambda row: -int(row["after_vnd"]))[:CHARTED] if len(rows) > CHARTED else rows


@dataclass(frozen=True, slots=True)
class Beside:
    """A category in two simulations: the simulation, and what its draft gives: people, đồng a month."""

    label: str
    sides: tuple[tuple[Simulation, int, int], tuple[Simulation, int, int]]

    @property
    def difference_vnd(self) -> int:
        """What the second costs more a month."""
        return self.sides[1][2] - self.sides[0][2]


def beside(first: Simulation, second: Simulation) -> list[Beside]:
    """Put the categories of two finished simulations side by side, in the order of the law (so sánh)."""
    rows = [
        {row["key"]: row for row in (one.figures or {})["tables"]["category"]["rows"]}
        for one in (first, second)
    ]
    labels = {key: row["label"] for side in rows for key, row in side.items()}
    return [
        Beside(labels[key], ((first, *_paid(rows[0].get(key))), (second, *_paid(rows[1].get(key)))))
        for key in in_order(labels)
    ]


def _paid(row: Mapping[str, Any] | None) -> tuple[int, int]:
    return (row["after_people"], row["after_vnd"]) if row else (0, 0)


def known_at(simulation: Simulation) -> str:
    """Write as of when the register is told: 16:05 05/10/2026, the hour of Viet Nam."""
    assert simulation.known_at is not None
    return f"{localtime(simulation.known_at):%H:%M %d/%m/%Y}"


TRIAL = "Chỉ là tính thử trên sổ: không ai được thêm hay bị bớt vì tài liệu này."
WITHHELD = _("Không nêu: số người thay đổi quá ít, sẽ để lộ ai thuộc nhóm được giữ kín.")
SHORTENED = "Biểu đồ nêu mười hai dòng lớn nhất; bảng nêu tất cả."
ASSUMPTION = _(
    "Chi phí các năm tính cho chính những người này, lớn tuổi dần theo ngày sinh trong sổ. Không giả định có "
    "người sinh ra, chuyển đi, chuyển đến hay chết (trừ người đã ghi chết); dữ kiện khác giữ như cuối tháng."
)
