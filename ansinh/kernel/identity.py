"""The personal identification number (số định danh cá nhân): PPP G YY RRRRRR, no check digit."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"\d{12}")
BIRTH_PROVINCES = frozenset(
    [
        "001",
        "002",
        "004",
        "006",
        "008",
        "010",
        "011",
        "012",
        "014",
        "015",
        "017",
        "019",
        "020",
        "022",
        "024",
        "025",
        "026",
        "027",
        "030",
        "031",
        "033",
        "034",
        "035",
        "036",
        "037",
        "038",
        "040",
        "042",
        "044",
        "045",
        "046",
        "048",
        "049",
        "051",
        "052",
        "054",
        "056",
        "058",
        "060",
        "062",
        "064",
        "066",
        "067",
        "068",
        "070",
        "072",
        "074",
        "075",
        "077",
        "079",
        "080",
        "082",
        "083",
        "084",
        "086",
        "087",
        "089",
        "091",
        "092",
        "093",
        "094",
        "095",
        "096",
    ]
)
"""Codes of the 63 provinces before 7/2025: numbers keep them after the mergers."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What a 12-digit number says of its owner."""

    province: str
    sex: str
    birth_year: int


def is_number(text: str) -> bool:
    """Tell whether the text has the form of a personal identification number."""
    return _NUMBER.fullmatch(text) is not None


def read_number(text: str) -> NumberReading:
    """Read the parts of a 12-digit number (Decree 137/2015 article 13)."""
    century, odd = divmod(int(text[3]), 2)
    return NumberReading(text[:3], "F" if odd else "M", 1900 + century * 100 + int(text[4:6]))


def implausible(number: str, *, sex: str | None, birth_year: int | None) -> list[str]:
    """List, in Vietnamese, what of a number does not agree with its owner: warnings, never errors."""
    read = read_number(number)
    warnings = []
    if sex and read.sex != sex:
        warnings.append("chữ số thứ tư của số định danh không khớp giới tính đã khai")
    if birth_year and read.birth_year != birth_year:
        warnings.append(f"số định danh cho năm sinh {read.birth_year}, khác năm sinh đã khai {birth_year}")
    if read.province not in BIRTH_PROVINCES:
        warnings.append(f"ba chữ số đầu {read.province} không phải mã tỉnh nơi đăng ký khai sinh")
    return warnings
