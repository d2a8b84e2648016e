"""The errors planted in the list that is taken over, and the truth about them.

The review of *the law says / we pay* must find exactly these in the month they become visible, besides what
life changed (`expected`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ansinh.kernel.time import Month
from demo import days
from demo.anchors import YEAR
from demo.answers import Answer
from demo.chance import Bools, Chance, Ints
from demo.crowd import Carer, Crowd, Disability, Households, Parent, Role, Supporter
from demo.days import NEVER
from demo.groups import Kind, Plan


class Error(StrEnum):
    """What is wrong (loại sai lệch)."""

    DEAD_PAID = "DEAD_PAID"
    NOT_GRANTED = "NOT_GRANTED"
    NEW_ORPHAN = "NEW_ORPHAN"
    WRONG_LEVEL = "WRONG_LEVEL"
    DUPLICATE = "DUPLICATE"


ERROR_LABELS: dict[Error, str] = {
    Error.DEAD_PAID: "đã chết mà còn trong danh sách chi trả",
    Error.NOT_GRANTED: "đủ điều kiện mà chưa được hưởng",
    Error.NEW_ORPHAN: "mồ côi vì người thân mới chết, chưa được hưởng",
    Error.WRONG_LEVEL: "hưởng sai mức",
    Error.DUPLICATE: "một người có hai hồ sơ",
}


@dataclass(frozen=True, slots=True)
class Truth:
    """One planted error: about whom, from which month it can be seen."""

    error: Error
    person: int
    other: int
    month: Month
    group: int = 0
    listed: float = 0.0
    right: float = 0.0


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list that is taken over says: who is on it, and whose coefficient is not the law's."""

    on: Bools
    wrong: dict[int, float]
    namesake: Ints
    """Whose name and birth an entry repeats (−1: nobody's)."""
    truths: list[Truth]


def plant(plan: Plan, chance: Chance, crowd: Crowd, households: Households) -> Listed:
    """Change the people so that the list is wrong about some of them."""
    copies, originals = _entered_twice(plan, chance, crowd)
    columns = crowd.columns()
    on = columns["granted"].copy()
    namesake = np.full(crowd.size, -1, dtype=np.int64)
    namesake[copies] = originals
    truths: list[Truth] = []
    free = columns["granted"] & (columns["kind"] != Kind.STUDENT)
    free[originals] = False
    _repeat_identity(plan, chance, columns, free, namesake)
    copied = np.flatnonzero(namesake >= 0).tolist()
    truths += [Truth(Error.DUPLICATE, copy, int(namesake[copy]), plan.opens) for copy in copied]
    orphans = _orphans(plan, chance, crowd, free)
    forgotten = _forgotten(plan, chance, crowd, free)
    on[orphans] = on[forgotten] = False
    free[orphans] = free[forgotten] = False
    # As many dead stand on the list as living are missing from it: its length is the published one.
    dead = _dead(len(orphans) + len(forgotten), plan, chance, crowd, households)
    columns = crowd.columns()
    on, free = (np.r_[x, np.zeros(len(dead), dtype=bool)] for x in (on, free))
    namesake = np.r_[namesake, np.full(len(dead), -1)]
    on[dead] = True
    truths += [Truth(Error.DEAD_PAID, int(p), -1, plan.opens) for p in dead]
    truths += [Truth(Error.NEW_ORPHAN, int(p), _parent(crowd, "MOTHER", int(p)), plan.opens) for p in orphans]
    truths += [Truth(Error.NOT_GRANTED, int(p), -1, plan.opens) for p in forgotten]
    wrong = _wrong_levels(plan, chance, columns, free)
    truths += [Truth(Error.WRONG_LEVEL, p, -1, plan.opens) for p in wrong]
    truths += [
        Truth(Error.NEW_ORPHAN, child, _parent(crowd, "FATHER", child), Month.of(days.date(day)))
        for child, day in _orphans_to_be(columns)
    ]
    return Listed(on, wrong, namesake, truths)


def complete(truths: list[Truth], listed: Listed, place: Ints, opening: Answer) -> list[Truth]:
    """Add to each truth its group and coefficients; `opening` is the law's answer of the first month."""
    row = {int(p): at for at, p in enumerate(place.tolist())}
    done = []
    for truth in truths:
        at = row.get(truth.person)
        group = int(opening.group["OWN_INCOME"][at]) if at is not None else 0
        right = float(opening.coefficient["OWN_INCOME"][at]) if at is not None else 0.0
        if truth.error == Error.WRONG_LEVEL:
            truth = Truth(
                truth.error, truth.person, truth.other, truth.month, group, listed.wrong[truth.person], right
            )
        else:
            truth = Truth(truth.error, truth.person, truth.other, truth.month, group, 0.0, right)
        done.append(truth)
    return done


def _dead(count: int, plan: Plan, chance: Chance, crowd: Crowd, households: Households) -> Ints:
    """Add people who died in the half year before the list was made."""
    rng = chance.stream("dead and paid")
    opens = days.number(plan.opens.first)
    columns = crowd.columns()
    disabled = np.arange(count) < count // 4
    homes = rng.choice(np.flatnonzero(~households.ever_poor & (households.kind == Kind.OLD)), count)
    age = np.where(disabled, rng.uniform(25, 55, count), rng.uniform(81, 97, count))
    died = opens - rng.integers(20, 170, count)
    dead = crowd.add(
        count,
        kind=np.where(disabled, Kind.SEVERE_ADULT, Kind.OLD),
        household=homes,
        role=Role.PARENT,
        female=rng.random(count) < 0.55,
        born=opens - np.rint(age * YEAR).astype(np.int64),
        died=died,
        death_known=died + rng.integers(0, 7, count),
        disability=np.where(disabled, Disability.SEVERE, Disability.NONE),
        certificate=np.where(disabled, opens - rng.integers(400, 2500, count), NEVER),
        pension=np.where(disabled, -1, 0),
        supporter=np.where(disabled, -1, Supporter.ABLE),
        joined=np.full(count, columns["born"].min()),
    )
    crowd.columns()
    return dead


def _entered_twice(plan: Plan, chance: Chance, crowd: Crowd) -> tuple[Ints, Ints]:
    """Enter some of the old once more, with a relative elsewhere, with nothing known of them."""
    rng = chance.stream("entered twice")
    columns = crowd.columns()
    count = plan.plants(plan.planted.duplicates) * 6 // 10
    pool = np.flatnonzero(columns["granted"] & (columns["kind"] == Kind.OLD) & (columns["role"] == Role.HEAD))
    originals = rng.choice(pool, size=min(count, len(pool)), replace=False)
    columns["died"][originals] = columns["death_known"][originals] = NEVER
    homes = rng.permutation(columns["household"][pool])[: len(originals)]
    copies = crowd.add(
        len(originals),
        household=homes,
        role=Role.RELATIVE,
        female=columns["female"][originals],
        born=columns["born"][originals],
        precision=columns["precision"][originals],
    )
    crowd.columns()
    return copies, originals


def _repeat_identity(
    plan: Plan, chance: Chance, columns: dict[str, np.ndarray], free: Bools, namesake: Ints
) -> None:
    """Let some beneficiaries be the same human as another: paid twice, in two places."""
    rng = chance.stream("paid twice")
    count = plan.plants(plan.planted.duplicates) - plan.plants(plan.planted.duplicates) * 6 // 10
    pool = np.flatnonzero(free & (columns["kind"] == Kind.OLD) & (columns["role"] == Role.HEAD))
    chosen = rng.choice(pool, size=min(2 * count, len(pool) // 2 * 2), replace=False)
    first, second = chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]
    for name in ("female", "born", "precision"):
        columns[name][second] = columns[name][first]
    for both in (first, second):
        columns["died"][both] = columns["death_known"][both] = NEVER
    namesake[second] = first
    free[chosen] = False


def _orphans(plan: Plan, chance: Chance, crowd: Crowd, free: Bools) -> Ints:
    """Choose orphans whose mother died in the last weeks before the list was made."""
    rng = chance.stream("new orphans")
    columns = crowd.columns()
    count = plan.plants(plan.planted.orphans)
    size = np.bincount(
        columns["household"][(columns["kind"] == Kind.ORPHAN)], minlength=int(columns["household"].max()) + 1
    )
    child, mother, _ = crowd.pairs("MOTHER")
    alone = (
        free[child]
        & (columns["kind"][child] == Kind.ORPHAN)
        & (columns["mother"][child] == Parent.DEAD)
        & (columns["carer"][child] == Carer.NONE)
        & (size[np.maximum(columns["household"][child], 0)] == 1)
    )
    at = rng.choice(np.flatnonzero(alone), size=min(count, int(alone.sum())), replace=False)
    opens = days.number(plan.opens.first)
    columns["died"][mother[at]] = opens - rng.integers(8, 36, len(at))
    columns["death_known"][mother[at]] = columns["died"][mother[at]] + rng.integers(0, 6, len(at))
    orphans: Ints = child[at]
    return orphans


def _parent(crowd: Crowd, kind: str, child: int) -> int:
    children, parents, _ = crowd.pairs(kind)
    return int(parents[children == child][0])


def _forgotten(plan: Plan, chance: Chance, crowd: Crowd, free: Bools) -> Ints:
    """Choose people whom nobody put on the list; nobody whose allowance is somebody else's support."""
    rng = chance.stream("not granted")
    columns = crowd.columns()
    free = free.copy()
    free[crowd.pairs("SUPPORTER")[1]] = False
    count = plan.plants(plan.planted.not_granted)
    opens = days.number(plan.opens.first)
    kinds = [Kind.OLD, Kind.SEVERE_ADULT]
    pool = np.flatnonzero(free & np.isin(columns["kind"], kinds) & (columns["disability_day"] == NEVER))
    chosen = rng.choice(pool, size=count, replace=False)
    disabled = chosen[columns["disability"][chosen] == Disability.SEVERE]
    columns["certificate"][disabled] = opens - rng.integers(15, 60, len(disabled))
    return chosen


def _wrong_levels(
    plan: Plan, chance: Chance, columns: dict[str, np.ndarray], free: Bools
) -> dict[int, float]:
    """Choose people listed with the coefficient of another age."""
    rng = chance.stream("wrong levels")
    count = plan.plants(plan.planted.wrong_level)
    wrong = {Kind.SEVERE_ELDER: 1.5, Kind.SEVERE_ADULT: 2.0, Kind.EXTREME_ELDER: 2.0}
    pool = np.flatnonzero(free & np.isin(columns["kind"], list(wrong)))
    chosen = rng.choice(pool, size=count, replace=False)
    return {int(p): wrong[Kind(columns["kind"][p])] for p in chosen}


def _orphans_to_be(columns: dict[str, np.ndarray]) -> list[tuple[int, int]]:
    """The children whose last parent dies later in the story, and the day."""
    children = np.flatnonzero((columns["kind"] == Kind.ORPHAN) & (columns["father_later"] == Parent.DEAD))
    return [(int(child), int(columns["father_day"][child])) for child in children]
