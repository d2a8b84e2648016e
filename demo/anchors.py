"""The people the law is about: one by one of each kind, with what the law asks about them.

Whom they live with is added by `families`, what becomes of them by `fates`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from demo import days
from demo.chance import Bools, Chance, Floats, Ints, mark, pick, share
from demo.crowd import Carer, Crowd, Disability, Households, Marital, Parent, Poverty, Role, Supporter
from demo.days import ALWAYS, NEVER
from demo.groups import Kind, Plan

YEAR = 365.2425
END = days.of(2026, 11, 20)
"""The last day on which anything happens: the register holds no news of tomorrow."""
BOTH_PENSIONS = days.of(2025, 7, 1)
"""From this day the old have their social pension at 75, not an allowance at 80."""

CHILDREN = (Kind.ORPHAN, Kind.HIV_CHILD, Kind.EXTREME_CHILD, Kind.SEVERE_CHILD, Kind.TODDLER)
ELDERS = (
    Kind.POOR_ELDER, Kind.REMOTE_ELDER, Kind.OLD, Kind.FOSTERED_ELDER, Kind.EXTREME_ELDER, Kind.SEVERE_ELDER,
    Kind.NEAR_POOR_ELDER, Kind.CITY_ELDER,
)  # fmt: skip
_EXTREME = (Kind.EXTREME_CHILD, Kind.EXTREME_ADULT, Kind.EXTREME_ELDER)
_SEVERE = (Kind.SEVERE_CHILD, Kind.SEVERE_ADULT, Kind.SEVERE_ELDER)

# Age range when the account opens. A fifth of a year from every limit: nobody crosses one while it opens.
_AGES: dict[Kind, tuple[float, float]] = {
    Kind.ORPHAN: (0.3, 15.5), Kind.STUDENT: (16.2, 20.4), Kind.HIV_CHILD: (1.5, 15.5),
    Kind.SINGLE_PARENT: (20.0, 52.0), Kind.POOR_ELDER: (60.2, 94.0), Kind.REMOTE_ELDER: (75.2, 79.4),
    Kind.FOSTERED_ELDER: (62.0, 92.0), Kind.EXTREME_CHILD: (1.4, 15.4), Kind.SEVERE_CHILD: (1.4, 15.4),
    Kind.EXTREME_ADULT: (16.3, 59.3), Kind.SEVERE_ADULT: (16.3, 59.3), Kind.EXTREME_ELDER: (60.3, 96.0),
    Kind.SEVERE_ELDER: (60.3, 96.0), Kind.TODDLER: (0.1, 2.7), Kind.HIV_ADULT: (19.0, 56.0),
    Kind.NEAR_POOR_ELDER: (70.2, 74.6), Kind.CITY_ELDER: (60.2, 73.0),
}  # fmt: skip
_FEMALE: dict[Kind, float] = {
    Kind.SINGLE_PARENT: 0.9, Kind.HIV_ADULT: 0.34, Kind.SEVERE_ADULT: 0.44, Kind.EXTREME_ADULT: 0.46,
}  # fmt: skip
ORPHAN_STORIES: tuple[tuple[Parent, Parent, float], ...] = (
    (Parent.DEAD, Parent.DEAD, 0.46),
    (Parent.DEAD, Parent.MISSING, 0.17),
    (Parent.DETAINED, Parent.DEAD, 0.13),
    (Parent.DETAINED, Parent.MISSING, 0.06),
    (Parent.MISSING, Parent.MISSING, 0.06),
    (Parent.DETAINED, Parent.DETAINED, 0.03),
    (Parent.IN_FACILITY, Parent.DEAD, 0.03),
)
"""Father, mother, share; the rest (6 %) were abandoned."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """The crowd with the people the law is about, and their households."""

    crowd: Crowd
    households: Households


@cache
def pyramid() -> dict[str, dict[int, float]]:
    text = (Path(__file__).parent / "data" / "age_sex_2026_share.json").read_text(encoding="utf-8")
    return {sex: {int(age): part for age, part in bands.items()} for sex, bands in json.loads(text).items()}


def elder_ages(rng: np.random.Generator, count: int, low: float, high: float) -> tuple[Floats, Bools]:
    """Draw ages (years) and sexes as the country's pyramid has them between two ages."""
    choices = [
        (
            max(low, band),
            min(high, band + 5),
            sex == "Female",
            part * (min(high, band + 5) - max(low, band)) / 5,
        )
        for sex, bands in pyramid().items()
        for band, part in bands.items()
        if band + 5 > low and band < high
    ]
    chosen = pick(rng, [weight for *_, weight in choices], count)
    starts, ends = (np.asarray([choice[end] for choice in choices])[chosen] for end in (0, 1))
    return starts + rng.random(count) * (ends - starts), np.asarray([c[2] for c in choices])[chosen]


def anchors(plan: Plan, chance: Chance) -> Anchors:
    """Make the beneficiaries of a province, exactly as many of each kind as planned, and their households."""
    kinds = np.concatenate([np.full(n, kind, dtype=np.int64) for kind, n in plan.counts().items()])
    born, female = _births(plan, chance, kinds)
    household = _join_households(chance, kinds)
    households = _households(plan, chance, kinds, household)
    crowd = Crowd()
    crowd.add(
        len(kinds), kind=kinds, granted=True, household=household, female=female, born=born, **_facts(kinds)
    )
    columns = crowd.columns()
    _couples(chance, columns, households)
    _disabled(plan, chance, columns)
    _elders(chance, columns)
    _cared_for(chance, columns)
    _orphans(plan, chance, crowd, households)
    _students(plan, chance, crowd.columns())
    _single_parents(plan, chance, crowd, households)
    _hiv(crowd.columns())
    _keep_quiet(plan, crowd.columns())
    return Anchors(crowd, households)


def _births(plan: Plan, chance: Chance, kinds: Ints) -> tuple[Ints, Bools]:
    rng = chance.stream("births")
    opens = days.number(plan.opens.first)
    age = np.zeros(len(kinds))
    female = rng.random(len(kinds)) < 0.49
    ages = dict(_AGES) | {Kind.OLD: (80.2 if opens < BOTH_PENSIONS else 75.2, 103.0)}
    for kind, (low, high) in ages.items():
        those = np.flatnonzero(kinds == kind)
        if kind in ELDERS:
            age[those], female[those] = elder_ages(rng, len(those), low, high)
            continue
        # Fewer of the very young among orphans and disabled children: losses and diagnoses add up with age.
        drawn = rng.random(len(those))
        if kind in CHILDREN and kind != Kind.TODDLER:
            drawn = np.sqrt(drawn)
        age[those] = low + drawn * (high - low)
        if kind in _FEMALE:
            female[those] = rng.random(len(those)) < _FEMALE[kind]
    return opens - np.rint(age * YEAR).astype(np.int64), female


def _join_households(chance: Chance, kinds: Ints) -> Ints:
    """Number the households: couples, siblings, poor elders with a disabled child share one."""
    rng = chance.stream("sharing")
    size = len(kinds)
    opens_household = np.ones(size, dtype=bool)
    old = np.flatnonzero(kinds == Kind.OLD)
    couples = len(old) * 11 // 100
    opens_household[old[1 : 2 * couples : 2]] = False
    orphans = np.flatnonzero(kinds == Kind.ORPHAN)
    siblings = np.repeat(
        np.arange(len(orphans)), 1 + pick(rng, [0.62, 0.30, 0.08], len(orphans))
    )[: len(orphans)]  # fmt: skip
    opens_household[orphans[1:]] = siblings[1:] != siblings[:-1]
    household = np.cumsum(opens_household) - 1
    # A poor elder whose only support is a disabled child on an allowance lives with that child.
    poor = np.flatnonzero(kinds == Kind.POOR_ELDER)
    adult = np.flatnonzero(kinds == Kind.SEVERE_ADULT)
    joint = min(len(poor) // 9, len(adult) // 4)
    household[poor[:joint]] = household[adult[:joint]]
    return np.unique(household, return_inverse=True)[1].astype(np.int64)


def _households(plan: Plan, chance: Chance, kinds: Ints, household: Ints) -> Households:
    rng = chance.stream("households")
    count = int(household.max()) + 1
    kind = np.zeros(count, dtype=np.int64)
    kind[household[::-1]] = kinds[::-1]  # the first member's
    poverty = np.full(count, Poverty.NONE, dtype=np.int64)
    turn = rng.random(count)
    poor, near = plan.poor[Kind.NONE]
    for of_kind in Kind:
        those = np.flatnonzero(kind == of_kind)
        poor_share, near_share = _POVERTY.get(of_kind) or plan.poor.get(of_kind, (poor, near))
        poverty[those] = np.where(
            turn[those] < poor_share,
            Poverty.POOR,
            np.where(turn[those] < poor_share + near_share, Poverty.NEAR_POOR, Poverty.NONE),
        )
    joined_by_poor_elder = household[kinds == Kind.POOR_ELDER]
    poverty[joined_by_poor_elder] = Poverty.POOR
    remote = np.full(count, -1, dtype=np.int64)
    remote[np.isin(kind, [Kind.TODDLER, Kind.REMOTE_ELDER])] = 1
    names, shares = ["Kinh", *plan.peoples], [1 - sum(plan.peoples.values()), *plan.peoples.values()]
    peoples = np.asarray(names, dtype=object)[pick(rng, shares, count)]
    sizes = np.repeat(np.arange(1, 9), share(count, [0.09, 0.17, 0.20, 0.26, 0.15, 0.08, 0.03, 0.02]))
    rng.shuffle(sizes)
    return Households(
        kind=kind,
        size=np.maximum(np.maximum(sizes, _AT_LEAST[kind]), np.bincount(household, minlength=count)),
        poverty=poverty,
        poverty_later=np.full(count, Poverty.NONE, dtype=np.int64),
        poverty_day=np.full(count, NEVER, dtype=np.int64),
        remote=remote,
        people=peoples,
        settled=np.isin(kind, [Kind.TODDLER, Kind.CITY_ELDER]),
    )


# Poor and near-poor share where the group's own definition asks for it.
_POVERTY: dict[Kind, tuple[float, float]] = {
    Kind.HIV_CHILD: (1.0, 0.0), Kind.HIV_ADULT: (1.0, 0.0), Kind.POOR_ELDER: (1.0, 0.0),
    Kind.FOSTERED_ELDER: (1.0, 0.0), Kind.SINGLE_PARENT: (0.55, 0.45), Kind.REMOTE_ELDER: (0.45, 0.55),
    Kind.TODDLER: (0.60, 0.40), Kind.NEAR_POOR_ELDER: (0.55, 0.45), Kind.CITY_ELDER: (0.25, 0.75),
}  # fmt: skip


_AT_LEAST = np.ones(len(Kind), dtype=np.int64)
_AT_LEAST[[Kind.HIV_CHILD, Kind.EXTREME_CHILD, Kind.SEVERE_CHILD, Kind.STUDENT, Kind.FOSTERED_ELDER]] = 2
_AT_LEAST[[Kind.TODDLER, Kind.ORPHAN]] = 3
"""Children live with somebody."""


def _facts(kinds: Ints) -> dict[str, np.ndarray]:
    """Say what is known of everybody in a group: enough that the law's answer is certain."""
    extreme, severe, elder = (np.isin(kinds, group) for group in (_EXTREME, _SEVERE, ELDERS))
    return {
        "role": np.where(np.isin(kinds, CHILDREN), Role.CHILD, Role.HEAD),
        "disability": np.where(
            extreme, Disability.EXTREME, np.where(severe, Disability.SEVERE, Disability.NONE)
        ),
        "pension": np.where(elder, 0, -1),
        "mortal": elder | np.isin(kinds, [Kind.EXTREME_ADULT, Kind.SEVERE_ADULT]),
        "supporter": np.where(
            np.isin(kinds, [Kind.POOR_ELDER, Kind.FOSTERED_ELDER]),
            Supporter.NONE,
            np.where(kinds == Kind.CITY_ELDER, Supporter.UNABLE, np.where(elder, Supporter.ABLE, -1)),
        ),
        "facility_qualified": np.where(
            kinds == Kind.FOSTERED_ELDER, 1, np.where(kinds == Kind.POOR_ELDER, 0, -1)
        ),
        "hiv": np.isin(kinds, [Kind.HIV_CHILD, Kind.HIV_ADULT]),
    }


def _couples(chance: Chance, columns: dict[str, np.ndarray], households: Households) -> None:
    """Make husband and wife of two old people who share a household."""
    old = np.flatnonzero(columns["kind"] == Kind.OLD)
    home = columns["household"][old]
    second = old[1:][home[1:] == home[:-1]]
    columns["female"][second] = True
    columns["female"][second - 1] = False
    columns["role"][second] = Role.SPOUSE
    rng = chance.stream("couples")
    # Husband and wife are of an age; whoever would fall under the limit stays as drawn.
    near = columns["born"][second - 1] + rng.normal(2.5 * YEAR, 2 * YEAR, len(second)).astype(np.int64)
    youngest = columns["born"][old].max(initial=ALWAYS)
    columns["born"][second] = np.where(near <= youngest, near, columns["born"][second])
    for name in ("marital",):
        columns[name][second] = columns[name][second - 1] = Marital.MARRIED


def _disabled(plan: Plan, chance: Chance, columns: dict[str, np.ndarray]) -> None:
    """Date the certificates; name who cares for the extremely severe."""
    rng = chance.stream("certificates")
    opens = days.number(plan.opens.first)
    those = np.flatnonzero(columns["disability"] >= Disability.SEVERE)
    first = np.maximum(columns["born"][those] + 200, days.of(2012, 6, 1))
    columns["certificate"][those] = first + (rng.random(len(those)) * (opens - 40 - first)).astype(np.int64)
    extreme = np.flatnonzero(columns["disability"] == Disability.EXTREME)
    columns["carer"][extreme] = rng.permutation(
        np.repeat([Carer.FAMILY, Carer.TAKEN_IN, Carer.NONE], share(len(extreme), [0.88, 0.03, 0.09]))
    )


def _elders(chance: Chance, columns: dict[str, np.ndarray]) -> None:
    """Poor elders who share a household with a disabled child are supported from an allowance."""
    poor = np.flatnonzero(columns["kind"] == Kind.POOR_ELDER)
    shared = np.isin(columns["household"][poor], columns["household"][columns["kind"] == Kind.SEVERE_ADULT])
    columns["supporter"][poor[shared]] = Supporter.ON_ALLOWANCE
    columns["role"][poor[shared]] = Role.PARENT
    # The child is at least twenty years younger.
    adult = np.flatnonzero(columns["kind"] == Kind.SEVERE_ADULT)
    first = dict(zip(columns["household"][adult].tolist(), adult.tolist(), strict=True))
    children = np.asarray(
        [first[home] for home in columns["household"][poor[shared]].tolist()], dtype=np.int64
    )
    parents = poor[shared]
    rng = chance.stream("late children")
    gap = (rng.uniform(21, 33, len(children)) * YEAR).astype(np.int64)
    wanted = columns["born"][parents] + gap
    adults = columns["born"][adult]
    columns["born"][children] = np.clip(wanted, adults.min(initial=NEVER), adults.max(initial=ALWAYS))
    columns["certificate"][children] = np.maximum(
        columns["certificate"][children], columns["born"][children] + 200
    )
    fostered = np.flatnonzero(columns["kind"] == Kind.FOSTERED_ELDER)
    columns["carer"][fostered] = Carer.TAKEN_IN
    columns["role"][fostered] = Role.TAKEN_IN


def _cared_for(chance: Chance, columns: dict[str, np.ndarray]) -> None:
    """Half of the orphans were taken in by a household that is paid for it."""
    orphans = np.flatnonzero(columns["kind"] == Kind.ORPHAN)
    columns["carer"][orphans] = np.where(
        mark(chance.stream("taken in"), len(orphans), len(orphans) // 2), Carer.TAKEN_IN, Carer.NONE
    )
    columns["role"][orphans] = Role.TAKEN_IN


def _orphans(plan: Plan, chance: Chance, crowd: Crowd, households: Households) -> None:
    """Tell what became of the parents; the dead, detained or cared for are persons of their own."""
    rng = chance.stream("orphans")
    columns = crowd.columns()
    those = np.flatnonzero(columns["kind"] == Kind.ORPHAN)
    home = columns["household"][those]
    first = np.unique(home, return_index=True)[1]
    family = np.searchsorted(home[first], home)
    stories = [
        *ORPHAN_STORIES,
        (Parent.UNIDENTIFIED, Parent.UNIDENTIFIED, 1 - sum(s[2] for s in ORPHAN_STORIES)),
    ]
    story = pick(rng, [s[2] for s in stories], len(first))
    abandoned = story == len(ORPHAN_STORIES)
    opens = days.number(plan.opens.first)
    youngest = np.full(len(first), ALWAYS, dtype=np.int64)
    eldest = np.full(len(first), NEVER, dtype=np.int64)
    np.maximum.at(youngest, family, columns["born"][those])
    np.minimum.at(eldest, family, columns["born"][those])
    _spread_siblings(rng, columns, those, family, opens)
    columns["abandoned"][those] = abandoned[family]
    lost = np.minimum(
        youngest + 20 + (rng.random(len(first)) * (opens - 60 - youngest - 20)).astype(np.int64), opens - 60
    )
    lost = np.maximum(lost, youngest + 5)
    earlier = lost - rng.integers(30, 2500, len(first))
    for column, parent_female, which, age_gap in (("father", False, 0, 3.0), ("mother", True, 1, 0.0)):
        state = np.asarray([s[which] for s in stories])[story]
        columns[column][those] = np.where(abandoned[family], -1, state[family])
        columns[f"{column}_said"][those] = (state == Parent.MISSING)[family]
        linked = np.flatnonzero(~abandoned & (state != Parent.MISSING))
        fate = lost if which == 1 else np.maximum(earlier, youngest - 200)
        parents = crowd.add(
            len(linked),
            female=parent_female,
            born=eldest[linked] - ((rng.uniform(20, 36, len(linked)) + age_gap) * YEAR).astype(np.int64),
            died=np.where(state[linked] == Parent.DEAD, fate[linked], NEVER),
            imprisoned_from=np.where(state[linked] == Parent.DETAINED, fate[linked], NEVER),
            in_facility=state[linked] == Parent.IN_FACILITY,
            family=home[first][linked],
        )
        columns = crowd.columns()
        of_family = np.full(len(first), -1, dtype=np.int64)
        of_family[linked] = parents
        children = those[of_family[family] >= 0]
        crowd.tie(column.upper(), children, of_family[family][of_family[family] >= 0])


def _spread_siblings(
    rng: np.random.Generator, columns: dict[str, np.ndarray], those: Ints, family: Ints, opens: int
) -> None:
    """Brothers and sisters are at least a year apart."""
    for at in range(1, len(those)):
        if family[at] != family[at - 1]:
            continue
        before = columns["born"][those[at - 1]]
        if abs(columns["born"][those[at]] - before) < 400:
            older = before - rng.integers(420, 900)
            columns["born"][those[at]] = (
                older if opens - older < 15.5 * YEAR else before + rng.integers(420, 900)
            )
            columns["born"][those[at]] = min(columns["born"][those[at]], opens - 120)


def _students(plan: Plan, chance: Chance, columns: dict[str, np.ndarray]) -> None:
    """Say until when those study whose allowance depends on it: not past 22 under the old decree."""
    rng = chance.stream("students")
    opens = days.number(plan.opens.first)
    students = np.flatnonzero(columns["kind"] == Kind.STUDENT)
    columns["study_until"][students] = school_end(rng, columns["born"][students], opens)
    children = np.flatnonzero(columns["kind"] == Kind.ORPHAN)
    sixteen = days.birthday(columns["born"][children], 16)
    leaves = rng.random(len(children)) < 0.25
    until = school_end(rng, columns["born"][children], np.maximum(sixteen, opens))
    # School counts from six; before it nothing is written down.
    columns["study_until"][children] = np.where(leaves, sixteen - rng.integers(20, 200, len(children)), until)


def school_end(rng: np.random.Generator, born: Ints, after: Ints | int) -> Ints:
    """Draw a last day of study: a 31 May after `after`, before the 22nd birthday or after Decree 335/2026."""
    sixteen_year = days.parts(born)[0] + 16
    wanted = sixteen_year + rng.integers(2, 6, len(born))
    ends = np.asarray([days.of(2000, 5, 31)] * len(born))
    for at, year in enumerate(wanted.tolist()):
        ends[at] = days.of(year, 5, 31)
    after = np.broadcast_to(np.asarray(after), born.shape)
    ends = np.where(ends <= after + 60, after + 60 + rng.integers(0, 700, len(born)), ends)
    limit = days.birthday(born, 22)
    free = limit >= days.of(2026, 10, 10)
    return np.where(free, ends, np.minimum(ends, limit - 40))


def _single_parents(plan: Plan, chance: Chance, crowd: Crowd, households: Households) -> None:
    """Give single parents their children, and the widowed the husband or wife they lost."""
    rng = chance.stream("single parents")
    columns = crowd.columns()
    those = np.flatnonzero(columns["kind"] == Kind.SINGLE_PARENT)
    opens = days.number(plan.opens.first)
    marital = rng.permutation(
        np.repeat(
            [Marital.NEVER, Marital.SPOUSE_DEAD, Marital.SPOUSE_MISSING],
            share(len(those), [0.45, 0.50, 0.05]),
        )
    )
    columns["marital"][those] = marital
    disabled = those[mark(rng, len(those), len(those) * 3 // 100)]
    columns["disability"][disabled] = Disability.SEVERE
    columns["certificate"][disabled] = opens - rng.integers(100, 3000, len(disabled))
    few = plan.province == "15"  # the levels published of Lào Cai end at 2.5
    number = rng.permutation(
        np.repeat([1, 2, 3], share(len(those), [0.66, 0.34, 0.0] if few else [0.62, 0.31, 0.07]))
    )
    households.size[columns["household"][those]] = np.maximum(
        households.size[columns["household"][those]], number + 1
    )
    youngest = 3.2 + rng.random(len(those)) * (14.6 - 3.2 - 2.6 * (number - 1))
    eldest = youngest.copy()
    gaps = rng.uniform(1.1, 2.6, (3, len(those)))
    for nth in range(3):
        some = np.flatnonzero(number > nth)
        if nth:
            eldest[some] += gaps[nth, some]
        born = opens - np.rint(eldest[some] * YEAR).astype(np.int64)
        sixteen = days.birthday(born, 16)
        leaves = rng.random(len(some)) < 0.2
        parents = those[some]
        children = crowd.add(
            len(some),
            household=columns["household"][parents],
            role=Role.CHILD,
            female=rng.random(len(some)) < 0.48,
            born=born,
            study_until=np.where(leaves, sixteen - 30, school_end(rng, born, np.maximum(sixteen, opens))),
            disability=Disability.NONE,
        )
        columns = crowd.columns()
        crowd.tie("RAISED_BY", children, parents, born)
        women = columns["female"][parents]
        crowd.tie("MOTHER", children[women], parents[women])
        crowd.tie("FATHER", children[~women], parents[~women])
    columns["born"][those] = np.minimum(
        columns["born"][those], opens - np.rint((eldest + 18) * YEAR).astype(np.int64)
    )
    widowed = those[marital == Marital.SPOUSE_DEAD]
    last_birth = opens - np.rint(youngest[marital == Marital.SPOUSE_DEAD] * YEAR).astype(np.int64)
    spouses = crowd.add(
        len(widowed),
        female=~columns["female"][widowed],
        born=columns["born"][widowed] - rng.integers(-900, 2200, len(widowed)),
        died=np.maximum(opens - rng.integers(120, 3000, len(widowed)), last_birth + 5),
    )
    crowd.tie("SPOUSE", widowed, spouses)


def _hiv(columns: dict[str, np.ndarray]) -> None:
    columns["stable_income"][columns["hiv"]] = 0
    columns["pension"][columns["kind"] == Kind.HIV_ADULT] = 0


def _keep_quiet(plan: Plan, columns: dict[str, np.ndarray]) -> None:
    """Move the birthdays that change a level out of the months in which the account opens."""
    first, last = days.number(plan.opens.first), days.number(plan.quiet_until.last)
    young = np.isin(columns["kind"], [Kind.ORPHAN, Kind.HIV_CHILD]) & days.within(
        days.birthday(columns["born"], 4), first, last
    )
    columns["born"][young] += 100
    old = (columns["kind"] == Kind.POOR_ELDER) & (
        days.within(days.birthday(columns["born"], 80), first, last)
        | days.within(days.birthday(columns["born"], 75), first, last)
    )
    columns["born"][old] -= 100
