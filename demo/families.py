"""Whom they live with: households filled up to their size with relatives of fitting ages."""

from __future__ import annotations

import numpy as np

from demo import days
from demo.anchors import BOTH_PENSIONS, CHILDREN, YEAR, Anchors
from demo.chance import Bools, Chance, Floats, Ints
from demo.crowd import Carer, Crowd, Disability, Households, Marital, Parent, Role, Supporter
from demo.groups import Kind, Plan

SUPPORTED = 57.0
"""From this age on the day the account opens, somebody in a poor household is said to have able support."""
PENSIONED = 66.0
"""From this age a relative is said to have a pension, unless made one of the old without (see `fates`)."""
CRAWLS = 3.2
"""No other child under three lives in a poor household: where remote it would have its own allowance."""
OLD_ENOUGH = (72.0, 80.6)
"""Nor, while C5B was law, anybody who is 75 to 79 at some time of the story: with a pension too."""


class _Filler:
    """Adds one relative at a time to the households that still have room."""

    def __init__(self, plan: Plan, chance: Chance, anchors: Anchors) -> None:
        self.crowd: Crowd = anchors.crowd
        self.households: Households = anchors.households
        self.rng = chance.stream("families")
        self.opens = days.number(plan.opens.first)
        columns = self.crowd.columns()
        members = np.flatnonzero(columns["household"] >= 0)
        home = columns["household"][members]
        self.room = self.households.size - np.bincount(home, minlength=len(self.households.kind))
        # The anchor of a household is its first member.
        self.anchor = np.full(len(self.households.kind), -1, dtype=np.int64)
        self.anchor[home[::-1]] = members[::-1]
        self.age = (self.opens - columns["born"][self.anchor]) / YEAR
        self.female = columns["female"][self.anchor]
        # By name of relative and household: place in the crowd (−1 = none), age, sex.
        self.placed: dict[str, Ints] = {}
        self.ages: dict[str, Floats] = {}
        self.women: dict[str, Bools] = {}

    def of(self, *kinds: Kind) -> Bools:
        """Households of some kinds."""
        return np.isin(self.households.kind, kinds)

    def add(
        self,
        name: str,
        where: Bools,
        age: Floats,
        female: Bools | bool | float,
        role: Role,
        share: float = 1.0,
    ) -> None:
        """Add relative `name` of `age` (years; an array over all households) to `where` there is room."""
        chosen = np.flatnonzero(where & (self.room > 0) & (self.rng.random(len(self.room)) < share))
        years = np.clip(age[chosen], 0.15, 99.0)
        crowded = self.households.ever_poor[chosen] & (years < CRAWLS)
        years = np.where(crowded, CRAWLS + self.rng.random(len(chosen)) * 6, years)
        between = self.households.ever_poor[chosen] & (years > OLD_ENOUGH[0]) & (years < OLD_ENOUGH[1])
        if self.opens < BOTH_PENSIONS:
            years = np.where(between, OLD_ENOUGH[1] + self.rng.random(len(chosen)) * 4, years)
        sex = np.asarray(female)
        women = (
            self.rng.random(len(chosen)) < sex
            if sex.dtype == np.float64
            else np.broadcast_to(sex, self.room.shape)[chosen]
        )
        old = years >= PENSIONED
        in_need = self.households.ever_poor[chosen] & (years >= SUPPORTED)
        people = self.crowd.add(
            len(chosen),
            household=chosen,
            role=role,
            female=women,
            born=self.opens - np.rint(years * YEAR).astype(np.int64),
            pension=np.where(old, 1, -1),
            supporter=np.where(in_need, Supporter.ABLE, -1),
            mortal=years >= 70,
        )
        self.room[chosen] -= 1
        nobody = np.full(len(self.room), -1, dtype=np.int64)
        self.placed.setdefault(name, nobody)[chosen] = people
        self.ages.setdefault(name, self.age.copy())[chosen] = years
        self.women.setdefault(name, self.female.copy())[chosen] = women

    def spread(self, low: float, high: float) -> Floats:
        """Draw a number of years for every household."""
        return self.rng.uniform(low, high, len(self.room))


def fill(plan: Plan, chance: Chance, anchors: Anchors) -> Ints:
    """Add relatives until every household has its size, and tie them to the people the law is about.

    Returns, by household, the grown child of the old person it is about (−1: none).
    """
    f = _Filler(plan, chance, anchors)
    elder = f.age >= 60
    adult = ~elder & (f.age >= 16) & ~f.of(Kind.SINGLE_PARENT, Kind.STUDENT)
    child = f.of(*CHILDREN) & ~f.of(Kind.ORPHAN)
    kin = f.of(Kind.ORPHAN, Kind.STUDENT)
    couple = _has_spouse(f)
    alone = f.of(Kind.POOR_ELDER, Kind.CITY_ELDER)
    raised = f.of(Kind.FOSTERED_ELDER)
    grown = elder & ~raised

    f.add(
        "spouse",
        grown & ~couple & ~alone,
        f.age + np.where(f.female, 1, -1) * f.spread(-1, 6),
        ~f.female,
        Role.SPOUSE,
        0.5,
    )
    f.add("child", grown, f.age - f.spread(21, 38), 0.4, Role.CHILD)
    f.add(
        "in-law",
        grown & (f.placed["child"] >= 0),
        f.ages["child"] + f.spread(-4, 4),
        ~f.women["child"],
        Role.RELATIVE,
        0.9,
    )
    f.add("grandchild", grown, f.ages["child"] - f.spread(22, 32), 0.48, Role.GRANDCHILD)
    f.add("grandchild 2", grown, f.ages["grandchild"] - f.spread(1.5, 6), 0.48, Role.GRANDCHILD)
    f.add("child 2", grown, f.age - f.spread(21, 38), 0.5, Role.CHILD)

    young = adult & (f.age < 34)
    f.add("mother", young | child, f.age + f.spread(19, 34), True, Role.PARENT)
    f.add("father", young | child, f.ages["mother"] + f.spread(0, 6), False, Role.PARENT)
    f.add("brother", young | child, np.maximum(f.age + f.spread(-7, 9), 0.3), 0.48, Role.RELATIVE)
    f.add("grandmother", child, f.ages["mother"] + f.spread(19, 30), True, Role.RELATIVE, 0.5)
    f.add("brother 2", young | child, np.maximum(f.age + f.spread(-9, 9), 0.3), 0.48, Role.RELATIVE)

    settled = adult & ~young
    f.add("mother", settled, f.age + f.spread(19, 30), True, Role.PARENT, 0.45)
    f.add("wife", settled, f.age + f.spread(-5, 4), ~f.female, Role.SPOUSE, 0.5)
    f.add("offspring", settled, f.age - f.spread(21, 30), 0.48, Role.CHILD, 0.8)
    f.add("offspring 2", settled, f.age - f.spread(22, 32), 0.48, Role.CHILD, 0.7)
    f.add("sibling", settled, f.age + f.spread(-8, 8), 0.48, Role.RELATIVE)

    f.add("aunt", kin, f.age + f.spread(22, 36), True, Role.HEAD)
    f.add("uncle", kin, f.ages["aunt"] + f.spread(-1, 6), False, Role.SPOUSE, 0.7)
    f.add("old kin", kin, f.ages["aunt"] + f.spread(20, 30), 0.7, Role.PARENT, 0.5)
    f.add("host", raised, f.spread(32, 55), 0.5, Role.HEAD)
    f.add("host 2", raised, f.ages["host"] + f.spread(-4, 4), ~f.women["host"], Role.SPOUSE)
    f.add("grandmother 2", f.of(Kind.SINGLE_PARENT), f.age + f.spread(19, 32), True, Role.PARENT, 0.5)
    while (f.room > 0).any():
        lone = alone | raised
        f.add("kin", ~lone, np.maximum(f.spread(1, 58), 1), 0.49, Role.RELATIVE)
        f.add("kin of the old", lone, f.spread(4, 52), 0.49, Role.RELATIVE)
    _tie(f, child)
    _care(f)
    return f.placed["child"]


def _has_spouse(f: _Filler) -> Bools:
    columns = f.crowd.columns()
    married = (columns["role"] == Role.SPOUSE) & (columns["household"] >= 0)
    return np.bincount(columns["household"][married], minlength=len(f.room)) > 0


def _tie(f: _Filler, child: Bools) -> None:
    columns = f.crowd.columns()
    for name, kind, column in (("father", "FATHER", "father"), ("mother", "MOTHER", "mother")):
        at = f.placed[name]
        homes = np.flatnonzero(child & (at >= 0))
        f.crowd.tie(kind, f.anchor[homes], at[homes])
        columns[column][f.anchor[homes]] = Parent.ALIVE
    spouses = f.placed["spouse"]
    homes = np.flatnonzero(spouses >= 0)
    f.crowd.tie("SPOUSE", f.anchor[homes], spouses[homes])
    columns["marital"][f.anchor[homes]] = Marital.MARRIED
    old = np.flatnonzero(
        (columns["kind"] == Kind.OLD) & (columns["role"] == Role.SPOUSE) & columns["granted"]
    )
    f.crowd.tie("SPOUSE", f.anchor[columns["household"][old]], old)


def _care(f: _Filler) -> None:
    """Name the relative who cares for an extremely severely disabled person."""
    columns = f.crowd.columns()
    cared = np.flatnonzero((columns["disability"] == Disability.EXTREME) & (columns["carer"] == Carer.FAMILY))
    home = columns["household"][cared]
    carer = np.full(len(f.room), -1, dtype=np.int64)
    grown = np.flatnonzero(
        (columns["household"] >= 0)
        & (columns["kind"] == Kind.NONE)
        & (columns["born"] < f.opens - round(18 * YEAR))
        & (columns["born"] > f.opens - round(72 * YEAR))
    )
    carer[columns["household"][grown]] = grown
    by_kin = np.flatnonzero(carer[home] >= 0)
    f.crowd.tie("CARER", cared[by_kin], carer[home[by_kin]])
