"""Simulations one may see, and what they found, ready to be shown (mô phỏng, kết quả)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.geography import queries as geography
from ansinh.kernel.time import Month
from ansinh.simulations.models import Simulation

SHOWN = 50
MOVE_LABELS = {
    "NEW": "được hưởng mới",
    "GAIN": "được tăng",
    "SAME": "không đổi",
    "LOSE": "bị giảm",
    "OUT": "thôi được hưởng",
}
TABLE_LABELS = {
    "category": "Theo nhóm đối tượng",
    "province": "Theo tỉnh, thành phố",
    "commune": "Theo xã, phường",
    "sex": "Theo giới tính",
    "age": "Theo tuổi",
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
    return [(name, label) for name, label in TABLE_LABELS.items() if name in found]


ASSUMPTION = (
    "Chi phí các năm tính cho chính những người này, lớn tuổi dần theo ngày sinh trong sổ. Không giả định có "
    "người sinh ra, chuyển đi, chuyển đến hay chết (trừ người đã ghi chết); dữ kiện khác giữ như cuối tháng."
)
