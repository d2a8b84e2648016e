"""The groups of people the law names (nhóm đối tượng)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from ansinh.rulebook.data import FOLDER, LawError, need, only, read_toml

Scheme = Literal["MONTHLY_ALLOWANCE", "SOCIAL_PENSION", "CARE_SUPPORT", "FACILITY_CARE"]
Slot = Literal["OWN_INCOME", "SINGLE_PARENT", "CARE_OWN", "CARE_HOUSEHOLD"]
Scope = Literal["COMMUNITY", "FACILITY", "SOCIAL_PENSION"]

SLOTS: tuple[Slot, ...] = ("OWN_INCOME", "SINGLE_PARENT", "CARE_OWN", "CARE_HOUSEHOLD")
SCHEME_LABELS: dict[str, str] = {
    "MONTHLY_ALLOWANCE": "Trợ cấp xã hội hằng tháng",
    "SOCIAL_PENSION": "Trợ cấp hưu trí xã hội",
    "CARE_SUPPORT": "Hỗ trợ kinh phí chăm sóc, nuôi dưỡng hằng tháng",
    "FACILITY_CARE": "Nuôi dưỡng tại cơ sở trợ giúp xã hội",
}
SCOPE_OF_SCHEME: dict[str, Scope] = {
    "MONTHLY_ALLOWANCE": "COMMUNITY",
    "CARE_SUPPORT": "COMMUNITY",
    "SOCIAL_PENSION": "SOCIAL_PENSION",
    "FACILITY_CARE": "FACILITY",
}

COMPANIONS = frozenset({"C1", "C2", "C4"})
"""Groups shown without their clause together with the discreet ones, everywhere and always: were C3 and C8
alone under the scheme's bare name, that name would tell the illness, its total the number of the ill."""


@dataclass(frozen=True, slots=True)
class Category:
    """A group: its number is stored (bit number−1 of `receiving`) and never re-used."""

    code: str
    number: int
    scheme: Scheme
    payee: Literal["PERSON", "CARER", "FACILITY"]
    label: str
    english: str
    discreet: bool

    @property
    def bit(self) -> int:
        """The group's bit in a `receiving` mask."""
        return 1 << (self.number - 1)

    @property
    def covered(self) -> bool:
        """Whether lists, totals and pages show only the scheme: discreet itself, or a companion."""
        return self.discreet or self.code in COMPANIONS

    @property
    def scope(self) -> Scope:
        """Which standard amount the group is paid by."""
        return SCOPE_OF_SCHEME[self.scheme]


@cache
def categories() -> MappingProxyType[str, Category]:
    """Return every group by code, in the order of precedence on a tie."""
    table = read_toml(FOLDER / "categories.toml")
    groups = {}
    for code, entry in table.items():
        place = f"categories.toml {code}"
        only(entry, ("number", "scheme", "payee", "label", "english", "discreet"), place)
        if entry.get("scheme") not in SCHEME_LABELS or entry.get("payee") not in (
            "PERSON",
            "CARER",
            "FACILITY",
        ):
            raise LawError(f"{place}: unknown scheme or payee")
        groups[code] = Category(
            code=code,
            number=need(entry, "number", int, place),
            scheme=entry["scheme"],
            payee=entry["payee"],
            label=need(entry, "label", str, place),
            english=need(entry, "english", str, place),
            discreet=entry.get("discreet", False),
        )
    if len({group.number for group in groups.values()}) != len(groups):
        raise LawError("categories.toml: a number is used twice")
    return MappingProxyType(groups)


def receiving_mask(codes: list[str]) -> int:
    """Return the bit mask of group codes. Raises KeyError for an unknown code."""
    return sum({categories()[code].bit for code in codes})
