"""What payrolls decide without a database: which months, which group a reader may see, sums. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ansinh.kernel.hashing import content_hash
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook.categories import SCHEME_LABELS, categories

PAYMENT = "quy định về chi trả (Điều 34 Nghị định 20/2021/NĐ-CP, Điều 28 Nghị định 335/2026/NĐ-CP)"
ALLOWANCE = "Trợ cấp hằng tháng"


@dataclass(frozen=True, slots=True)
class Months:
    """Months in a row that are paid together (các tháng chi trả)."""

    first: Month
    last: Month

    @classmethod
    def of(cls, named: Iterable[Month]) -> Months:
        """Read the months somebody named, in any order. Refuses none, and gaps: what lies between would be
        neither paid nor missed."""
        months = sorted(set(named))
        if not months:
            raise Refusal("Chưa nêu tháng chi trả.", remedy="Nêu ít nhất một tháng theo dạng NĂM-THÁNG.")
        span = cls(months[0], months[-1])
        if list(span) != months:
            raise Refusal(
                "Các tháng chi gộp phải liền nhau.",
                PAYMENT,
                "Lập riêng cho từng đợt, hoặc nêu đủ các tháng ở giữa.",
            )
        return span

    def __iter__(self) -> Iterator[Month]:
        return Month.range(self.first, self.last)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def vietnamese(self) -> str:
        """Say "01/2024" or "01/2024–02/2024"."""
        if self.first == self.last:
            return self.first.vietnamese()
        return f"{self.first.vietnamese()}–{self.last.vietnamese()}"


def group_of(category: str) -> str:
    """Name the group under which a category is shown: itself, or the bare scheme if the clause is secret."""
    known = categories()[category]
    return known.scheme if known.covered else category


def categories_of(group: str) -> list[str]:
    """List the categories that a group shown stands for; none for a group that does not exist."""
    return [code for code in categories() if group_of(code) == group]


def group_label(group: str) -> str:
    """Say a group in words, as lists and totals do."""
    if group in SCHEME_LABELS:
        return ALLOWANCE if group == "MONTHLY_ALLOWANCE" else SCHEME_LABELS[group]
    return categories()[group].label


def is_discreet(category: str) -> bool:
    """Tell whether a category may be named only to those who may see why."""
    return categories()[category].discreet


def hash_of(payrolls: Iterable[tuple[str, str, str]]) -> str:
    """Return the hash of several payrolls, given (unit code, first month, hash) each; one keeps its own."""
    ordered = sorted(payrolls)
    if len(ordered) == 1:
        return ordered[0][2]
    return content_hash("\n".join(payroll).encode() for payroll in ordered)


@dataclass(frozen=True, slots=True)
class Totals:
    """Control totals: lines, people and đồng by kind; recoveries are zero or below (số liệu kiểm soát)."""

    lines: int = 0
    people: int = 0
    regular_vnd: int = 0
    arrears_vnd: int = 0
    recoveries_vnd: int = 0
    one_off_vnd: int = 0

    @property
    def total_vnd(self) -> int:
        """The sum of the four."""
        return self.regular_vnd + self.arrears_vnd + self.recoveries_vnd + self.one_off_vnd

    def as_json(self) -> dict[str, int]:
        """Write them under their names, the total last."""
        return {
            "people": self.people,
            "lines": self.lines,
            "regular_vnd": self.regular_vnd,
            "arrears_vnd": self.arrears_vnd,
            "recoveries_vnd": self.recoveries_vnd,
            "one_off_vnd": self.one_off_vnd,
            "total_vnd": self.total_vnd,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """The roll-up of the payrolls of a unit and below for some months (bảng tổng hợp).

    `people` are distinct beneficiaries; a carer is handed money and not counted. `by_group` holds no group
    that betrays an illness. `status` is APPROVED when all are, DRAFT when none is, else PARTIAL.
    """

    unit: str
    months: tuple[Month, ...]
    totals: Totals
    by_scheme: Mapping[str, Totals]
    by_group: Mapping[str, Totals]
    status: str
    release: str
    hash: str
    held_people: int = 0
    held_vnd: int = 0
    payrolls: int = 0
    ids: tuple[int, ...] = field(default=(), repr=False)

    def as_json(self) -> dict[str, object]:
        """Answer `ansinh payroll show --json`."""
        return {
            "unit": self.unit,
            "months": [str(month) for month in self.months],
            **self.totals.as_json(),
            "by_scheme": {scheme: totals.as_json() for scheme, totals in self.by_scheme.items()},
            "by_category": {group: totals.as_json() for group, totals in self.by_group.items()},
            "status": self.status,
            "release": self.release,
            "hash": self.hash,
        }
