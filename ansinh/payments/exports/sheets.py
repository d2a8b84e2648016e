"""What a list of payments says, whatever it is written on (nội dung danh sách).

A list travels: it is printed, posted, read out. So nothing here can carry a category or a clause:
a line names the scheme, the money and who signs, no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ansinh.kernel.money import in_words
from ansinh.kernel.time import Month

_KINDS = {
    "regular_vnd": "Trong kỳ",
    "arrears_vnd": "Truy lĩnh",
    "recoveries_vnd": "Thu hồi",
    "one_off_vnd": "Một lần",
    "total_vnd": "Tổng cộng",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of an administrative document (thể thức văn bản).

    `above` is the superior agency, `agency` the one that issues, `place` where; `number` is written with dots
    while it has none ("……/DS-UBND"). `seal` is the content hash of the payroll, printed at the foot so that
    paper and record can be compared. `draft` prints DỰ THẢO.
    """

    above: str
    agency: str
    number: str
    place: str
    on_date: dt.date
    title: str
    months: tuple[Month, ...]
    seal: str
    release: str
    draft: bool
    signer_title: str
    signer: str = ""

    @property
    def period(self) -> str:
        """Say which months: "Tháng 01/2024 và 02/2024"."""
        names = [month.vietnamese() for month in self.months]
        told = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} và {names[-1]}"
        return f"Tháng {told}"


@dataclass(frozen=True, slots=True)
class Sums:
    """Money of a row or of a list, in đồng; recoveries are zero or below."""

    regular_vnd: int = 0
    arrears_vnd: int = 0
    recoveries_vnd: int = 0
    one_off_vnd: int = 0

    @property
    def total_vnd(self) -> int:
        """The sum of the four."""
        return self.regular_vnd + self.arrears_vnd + self.recoveries_vnd + self.one_off_vnd

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.regular_vnd + other.regular_vnd,
            self.arrears_vnd + other.arrears_vnd,
            self.recoveries_vnd + other.recoveries_vnd,
            self.one_off_vnd + other.one_off_vnd,
        )


@dataclass(frozen=True, slots=True)
class Payee:
    """A row of the signature list: one person and who signs for the money (người thụ hưởng)."""

    name: str
    number: str
    born: str
    address: str
    schemes: tuple[str, ...]
    months: str
    recipient: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of the summary: one unit (đơn vị)."""

    code: str
    name: str
    people: int
    lines: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in characters, and whether it holds money (or a count)."""

    heading: str
    width: float
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole list: heading, columns, rows of texts and integers, totals."""

    heading: Heading
    columns: tuple[Column, ...]
    rows: Sequence[tuple[str | int, ...]]
    totals: tuple[str | int, ...]
    sums: Sums
    landscape: bool = True
    notes: tuple[str, ...] = field(default=())

    @property
    def total_in_words(self) -> str:
        """The total, spelled."""
        return in_words(self.sums.total_vnd)


def signature_list(heading: Heading, payees: Sequence[Payee]) -> Sheet:
    """Make the commune's signature list (danh sách chi trả và ký nhận)."""
    sums = sum((payee.sums for payee in payees), Sums())
    kinds = _kinds(payee.sums for payee in payees)
    columns = (
        Column("STT", 7, True),
        Column("Họ và tên", 27),
        Column("Số định danh", 18),
        Column("Sinh", 11),
        Column("Địa chỉ", 20),
        Column("Chế độ", 20),
        Column("Chi cho tháng", 18),
        *(Column(f"{_KINDS[kind]} (đồng)", 18, True) for kind in kinds),
        Column("Người nhận", 20),
        Column("Ký nhận", 13),
    )
    rows: list[tuple[str | int, ...]] = []
    for index, payee in enumerate(payees, start=1):
        rows.append(
            (
                index,
                payee.name,
                payee.number,
                payee.born,
                payee.address,
                "; ".join(payee.schemes),
                payee.months,
                *_money(payee.sums, kinds),
                payee.recipient,
                "",
            )
        )
    totals: tuple[str | int, ...] = (
        "",
        _counted(payees),
        "",
        "",
        "",
        "",
        "",
        *_money(sums, kinds),
        "",
        "",
    )
    return Sheet(heading, columns, rows, totals, sums)


def _counted(payees: Sequence[Payee]) -> str:
    """Count the people: with an allowance and another's support, one person has two rows."""
    people = len({(payee.name, payee.number, payee.born, payee.address) for payee in payees})
    rows = f", {len(payees)} dòng" if people != len(payees) else ""
    return f"Cộng {people} người{rows}"


def summary(heading: Heading, units: Sequence[UnitRow]) -> Sheet:
    """Make the province's summary by unit (bảng tổng hợp kinh phí chi trả)."""
    sums = sum((unit.sums for unit in units), Sums())
    kinds = _kinds(unit.sums for unit in units)
    columns = (
        Column("STT", 7, True),
        Column("Mã", 8),
        Column("Đơn vị", 30),
        Column("Số người", 10, True),
        Column("Số dòng", 10, True),
        *(Column(f"{_KINDS[kind]} (đồng)", 18, True) for kind in kinds),
    )
    rows: list[tuple[str | int, ...]] = [
        (index, unit.code, unit.name, unit.people, unit.lines, *_money(unit.sums, kinds))
        for index, unit in enumerate(units, start=1)
    ]
    people, lines = sum(unit.people for unit in units), sum(unit.lines for unit in units)
    totals: tuple[str | int, ...] = ("", "", f"Cộng {len(units)} đơn vị", people, lines, *_money(sums, kinds))
    return Sheet(heading, columns, rows, totals, sums)


def _kinds(every: Iterable[Sums]) -> tuple[str, ...]:
    """Name the columns of money a list needs: one in which nobody has anything is left out."""
    used = {kind for sums in every for kind in _KINDS if getattr(sums, kind)}
    return tuple(kind for kind in _KINDS if kind in used | {"regular_vnd", "total_vnd"})


def _money(sums: Sums, kinds: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(getattr(sums, kind) for kind in kinds)
