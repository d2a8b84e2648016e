"""How many of whom: the mix of beneficiaries of each province, and what is planted among them.

Published are the totals (Hà Nội: 203,733 in the community in 1/2024 and more than 251 billion đồng for
January and February 2024; Lào Cai: 64,242 at the end of 2025) and the levels paid. How the totals split
into groups is not published: the counts below are ours, chosen so that the totals come out and no share is
implausible.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from ansinh.kernel.time import Month
from demo.chance import Ints, share


class Kind(IntEnum):
    """Why somebody is in the register: the group they belong to when the account opens, or will."""

    NONE = 0
    ORPHAN = 1
    STUDENT = 2
    HIV_CHILD = 3
    SINGLE_PARENT = 4
    POOR_ELDER = 5
    REMOTE_ELDER = 6
    """75–79, poor or near-poor, in a remote commune (C5B)."""
    OLD = 7
    """Without pension: from 80 until 6/2025 (C5C), from 75 since (SP75)."""
    FOSTERED_ELDER = 8
    EXTREME_CHILD = 9
    EXTREME_ADULT = 10
    EXTREME_ELDER = 11
    SEVERE_CHILD = 12
    SEVERE_ADULT = 13
    SEVERE_ELDER = 14
    TODDLER = 15
    HIV_ADULT = 16
    NEAR_POOR_ELDER = 17
    """70–74, poor or near-poor, without pension (SP70)."""
    CITY_ELDER = 18
    """60 and over, near-poor, supporters past work: Hà Nội's own group from 2026 (HN-ELD)."""


class Later(IntEnum):
    """Households whose day of need comes after the account opens."""

    ORPHAN = 1
    """The mother is dead; the father dies."""
    UNIDENTIFIED = 2
    """The mother is dead, the father not known: a source of care is missing only under Decree 335/2026."""
    SUPPORT_LOST = 3
    WIDOWED = 4
    CITY_ELDER = 5
    NEWBORN = 6
    TURNS_OLD = 7


KIND_LABELS: dict[Kind, str] = {
    Kind.ORPHAN: "C1",
    Kind.STUDENT: "C2",
    Kind.HIV_CHILD: "C3",
    Kind.SINGLE_PARENT: "C4",
    Kind.POOR_ELDER: "C5A",
    Kind.REMOTE_ELDER: "C5B",
    Kind.OLD: "C5C · SP75",
    Kind.FOSTERED_ELDER: "C5D",
    Kind.EXTREME_CHILD: "C6X trẻ em",
    Kind.EXTREME_ADULT: "C6X 16–59",
    Kind.EXTREME_ELDER: "C6X từ 60",
    Kind.SEVERE_CHILD: "C6S trẻ em",
    Kind.SEVERE_ADULT: "C6S 16–59",
    Kind.SEVERE_ELDER: "C6S từ 60",
    Kind.TODDLER: "C7",
    Kind.HIV_ADULT: "C8",
    Kind.NEAR_POOR_ELDER: "SP70",
    Kind.CITY_ELDER: "HN-ELD",
}

HANOI: dict[Kind, int] = {
    Kind.ORPHAN: 1_420,
    Kind.STUDENT: 330,
    Kind.HIV_CHILD: 120,
    Kind.SINGLE_PARENT: 2_650,
    Kind.POOR_ELDER: 3_900,
    Kind.REMOTE_ELDER: 40,
    Kind.OLD: 119_153,
    Kind.FOSTERED_ELDER: 75,
    Kind.EXTREME_CHILD: 1_550,
    Kind.EXTREME_ADULT: 9_440,
    Kind.EXTREME_ELDER: 6_180,
    Kind.SEVERE_CHILD: 2_340,
    Kind.SEVERE_ADULT: 39_730,
    Kind.SEVERE_ELDER: 15_800,
    Kind.TODDLER: 25,
    Kind.HIV_ADULT: 980,
}
"""203,733 on 1/1/2024."""

LAO_CAI: dict[Kind, int] = {
    Kind.ORPHAN: 2_150,
    Kind.STUDENT: 310,
    Kind.HIV_CHILD: 60,
    Kind.SINGLE_PARENT: 2_900,
    Kind.POOR_ELDER: 2_480,
    Kind.OLD: 24_170,
    Kind.EXTREME_CHILD: 720,
    Kind.EXTREME_ADULT: 2_310,
    Kind.EXTREME_ELDER: 1_620,
    Kind.SEVERE_CHILD: 1_480,
    Kind.SEVERE_ADULT: 8_960,
    Kind.SEVERE_ELDER: 5_152,
    Kind.TODDLER: 6_730,
    Kind.HIV_ADULT: 390,
    Kind.NEAR_POOR_ELDER: 4_810,
}
"""64,242 on 31/12/2025."""

NATION: dict[Kind, int] = {
    Kind.ORPHAN: 26_000,
    Kind.STUDENT: 5_000,
    Kind.HIV_CHILD: 1_500,
    Kind.SINGLE_PARENT: 90_000,
    Kind.POOR_ELDER: 95_000,
    Kind.OLD: 1_760_000,
    Kind.FOSTERED_ELDER: 900,
    Kind.EXTREME_CHILD: 42_000,
    Kind.EXTREME_ADULT: 170_000,
    Kind.EXTREME_ELDER: 105_000,
    Kind.SEVERE_CHILD: 78_000,
    Kind.SEVERE_ADULT: 610_000,
    Kind.SEVERE_ELDER: 330_000,
    Kind.TODDLER: 48_600,
    Kind.HIV_ADULT: 9_000,
    Kind.NEAR_POOR_ELDER: 129_000,
}
"""3.5 million, for measuring; a province without remote communes gets more of the old for its toddlers."""


@dataclass(frozen=True, slots=True)
class Planted:
    """How many errors the list that is taken over carries, at full size."""

    not_granted: int
    """Disabled people with a certificate, and the old, whom nobody put on the list."""
    orphans: int
    """Children whose second parent died shortly before: nobody told the welfare office."""
    wrong_level: int
    duplicates: int

    @property
    def dead_paid(self) -> int:
        """As many dead stand on the list as living are missing from it."""
        return self.not_granted + self.orphans


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make of one province."""

    province: str
    opens: Month
    """The account's first month: until its end the list says what is paid."""
    quiet_until: Month
    """Nothing happens to anybody from `opens` to the end of this month, so that the lists of both agree."""
    mix: dict[Kind, int]
    planted: Planted
    later: dict[Later, int] = field(default_factory=dict)
    """Households whose need begins later, at full size."""
    poor: dict[Kind, tuple[float, float]] = field(default_factory=dict)
    """Share (poor, near-poor) of the households of each kind; NONE for all others."""
    peoples: dict[str, float] = field(default_factory=dict)
    """Share of each people (dân tộc); the rest are Kinh."""
    unsaid: float = 0.01
    """Share of households of divided communes who never said where they live now."""
    optional_known: float = 0.6
    """Share of the facts on which nothing depends that are recorded all the same."""
    superseded: float = 0.03
    """Share of facts that stand corrected: an older version is kept beside."""
    moving: float = 0.0
    """Share of the facts on which nothing depends that change in the middle of `opens`."""
    scale: float = 1.0

    @property
    def beneficiaries(self) -> int:
        """How many the province has when its account opens."""
        return round(sum(self.mix.values()) * self.scale)

    def counts(self) -> dict[Kind, int]:
        """Split the beneficiaries over the kinds, exactly."""
        kinds = list(self.mix)
        return dict(zip(kinds, map(int, share(self.beneficiaries, list(self.mix.values()))), strict=True))

    def plants(self, count: int) -> int:
        """Scale a number of planted errors: never fewer than two, so that a small demo shows each."""
        return max(2, round(count * self.scale)) if count else 0


_CITY_POOR = {Kind.NONE: (0.02, 0.03), Kind.SEVERE_ADULT: (0.06, 0.07), Kind.EXTREME_ADULT: (0.07, 0.08)}
_MOUNTAIN_POOR = {Kind.NONE: (0.26, 0.14), Kind.SEVERE_ADULT: (0.34, 0.15), Kind.EXTREME_ADULT: (0.36, 0.15)}
_NATION_POOR = {Kind.NONE: (0.08, 0.07), Kind.SEVERE_ADULT: (0.14, 0.10), Kind.EXTREME_ADULT: (0.15, 0.10)}


def hanoi(scale: float = 1.0) -> Plan:
    """Hà Nội, whose account opens in January 2024."""
    return Plan(
        province="01",
        opens=Month(2024, 1),
        quiet_until=Month(2024, 2),
        mix=HANOI,
        planted=Planted(not_granted=180, orphans=60, wrong_level=320, duplicates=150),
        later={
            Later.ORPHAN: 320,
            Later.UNIDENTIFIED: 70,
            Later.SUPPORT_LOST: 150,
            Later.WIDOWED: 140,
            Later.CITY_ELDER: 900,
            Later.NEWBORN: 15,
            Later.TURNS_OLD: 14_000,
        },
        poor=_CITY_POOR,
        peoples={"Mường": 0.008, "Tày": 0.004},
        scale=scale,
    )


def lao_cai(scale: float = 1.0) -> Plan:
    """Lào Cai (with Yên Bái), whose account opens in December 2025."""
    return Plan(
        province="15",
        opens=Month(2025, 12),
        quiet_until=Month(2025, 12),
        mix=LAO_CAI,
        planted=Planted(not_granted=60, orphans=30, wrong_level=110, duplicates=60),
        later={
            Later.ORPHAN: 170,
            Later.UNIDENTIFIED: 60,
            Later.SUPPORT_LOST: 60,
            Later.WIDOWED: 70,
            Later.NEWBORN: 1_900,
            Later.TURNS_OLD: 1_500,
        },
        poor=_MOUNTAIN_POOR,
        peoples={
            "Mông": 0.24,
            "Tày": 0.17,
            "Dao": 0.15,
            "Thái": 0.07,
            "Giáy": 0.04,
            "Nùng": 0.04,
            "Mường": 0.02,
        },
        scale=scale,
    )


PEOPLES: dict[str, dict[str, float]] = {
    "04": {"Tày": 0.41, "Nùng": 0.31, "Mông": 0.12, "Dao": 0.10},
    "08": {"Mông": 0.22, "Tày": 0.25, "Dao": 0.15, "Nùng": 0.06},
    "11": {"Mông": 0.38, "Thái": 0.38}, "12": {"Thái": 0.33, "Mông": 0.24, "Dao": 0.14, "Giáy": 0.05},
    "14": {"Thái": 0.54, "Mông": 0.16, "Mường": 0.08},
    "19": {"Tày": 0.25, "Nùng": 0.08, "Dao": 0.06, "Mông": 0.03},
    "20": {"Nùng": 0.42, "Tày": 0.36, "Dao": 0.03}, "25": {"Mường": 0.27, "Dao": 0.02},
    "22": {"Dao": 0.05, "Tày": 0.03}, "24": {"Nùng": 0.03, "Tày": 0.02}, "38": {"Mường": 0.10, "Thái": 0.06},
    "40": {"Thái": 0.09, "Mông": 0.01}, "66": {"Ê Đê": 0.14, "Nùng": 0.03, "Tày": 0.02},
    "52": {"Ê Đê": 0.02}, "92": {"Khmer": 0.12}, "86": {"Khmer": 0.12}, "96": {"Khmer": 0.04},
    "91": {"Khmer": 0.07},
}  # fmt: skip
PROVINCE_MILLIONS = {
    "01": 8.6, "04": 0.6, "08": 1.9, "11": 0.7, "12": 0.5, "14": 1.4, "15": 1.8, "19": 1.8, "20": 0.9,
    "22": 1.4, "24": 3.6, "25": 4.0, "31": 4.7, "33": 3.6, "37": 4.4, "38": 4.3, "40": 3.8, "42": 1.6,
    "44": 1.9, "46": 1.4, "48": 3.1, "51": 2.2, "52": 3.6, "56": 2.2, "66": 3.3, "68": 3.9, "75": 4.5,
    "79": 14.0, "80": 3.3, "82": 4.4, "86": 4.3, "91": 4.9, "92": 4.2, "96": 2.6,
}  # fmt: skip
"""Millions, rounded: only how the nation's beneficiaries spread over the provinces."""


def nation(beneficiaries: int, opens: Month) -> list[Plan]:
    """The 34 provinces, for measuring: what is published of one province is not claimed here."""
    codes = sorted(PROVINCE_MILLIONS)
    sizes = share(beneficiaries, [PROVINCE_MILLIONS[code] for code in codes])
    return [_national(code, int(size), opens) for code, size in zip(codes, sizes, strict=True)]


def _national(code: str, size: int, opens: Month) -> Plan:
    from demo.places import places

    mix = dict(NATION)
    if not places(code).remote.any():
        mix[Kind.OLD] += mix.pop(Kind.TODDLER)
    return Plan(
        province=code,
        opens=opens,
        quiet_until=opens,
        mix=mix,
        planted=Planted(not_granted=0, orphans=0, wrong_level=0, duplicates=0),
        poor=_NATION_POOR,
        peoples=PEOPLES.get(code, {}),
        optional_known=0.67,
        superseded=0.10,
        moving=0.03,
        scale=size / sum(mix.values()),
    )


def summary(counts: dict[Kind, Any]) -> list[tuple[str, Any]]:
    """Name the kinds for a table."""
    return [(KIND_LABELS[kind], value) for kind, value in counts.items()]


__all__ = ["Ints", "Kind", "Plan", "Planted", "hanoi", "lao_cai", "nation", "summary"]
