"""What becomes of people after the account opens: poverty, deaths, births, new disabilities, lost parents.

Nothing happens in the months in which the account opens (`Plan.quiet_until`), so that the list taken over and
the law differ only where an error was planted.
"""

from __future__ import annotations

import numpy as np

from demo import days
from demo.anchors import BOTH_PENSIONS, END, YEAR, Anchors, school_end
from demo.chance import Bools, Chance, Ints, mark, pick, share
from demo.crowd import (
    Carer,
    Crowd,
    Disability,
    Households,
    Marital,
    Parent,
    Poverty,
    Precision,
    Role,
    Supporter,
)
from demo.days import ALWAYS, NEVER
from demo.groups import Kind, Later, Plan
from demo.mortality import LIMITS, die


def event_days(rng: np.random.Generator, plan: Plan, count: int) -> Ints:
    """Draw days between the opening months and the end of the story."""
    first = days.number(plan.quiet_until.last) + 3
    return rng.integers(first, max(END - 20, first + 1), count)


def newcomers(plan: Plan, chance: Chance, anchors: Anchors) -> None:
    """Add households of people who will be entitled one day, but are not when the account opens."""
    opens = days.number(plan.opens.first)
    crowd, households = anchors.crowd, anchors.households
    for later, planned in plan.later.items():
        count = plan.plants(planned)
        if not count or later == Later.NEWBORN:
            continue
        rng = chance.stream("newcomers", later.name)
        homes = _new_households(plan, rng, households, later, count)
        when = event_days(rng, plan, count)
        if later in (Later.ORPHAN, Later.UNIDENTIFIED):
            _later_orphans(rng, crowd, homes, when, opens, later)
        elif later == Later.SUPPORT_LOST:
            crowd.add(
                count,
                kind=Kind.POOR_ELDER,
                household=homes,
                role=Role.HEAD,
                female=rng.random(count) < 0.6,
                born=opens - rng.integers(round(61 * YEAR), round(71 * YEAR), count),
                disability=Disability.NONE,
                pension=1,
                facility_qualified=0,
                supporter=Supporter.ABLE,
                supporter_later=Supporter.NONE,
                supporter_day=when,
            )
        elif later == Later.WIDOWED:
            _widowed(rng, crowd, homes, when, opens)
        elif later == Later.TURNS_OLD:
            _turning_old(plan, rng, crowd, homes)
        elif later == Later.CITY_ELDER:
            crowd.add(
                count,
                kind=Kind.CITY_ELDER,
                household=homes,
                role=Role.HEAD,
                female=rng.random(count) < 0.55,
                born=opens - rng.integers(round(60.3 * YEAR), round(73 * YEAR), count),
                disability=Disability.NONE,
                pension=1,
                supporter=Supporter.UNABLE,
            )
    crowd.columns()


def _new_households(
    plan: Plan, rng: np.random.Generator, households: Households, later: Later, count: int
) -> Ints:
    first = len(households.kind)
    kind = {
        Later.ORPHAN: Kind.ORPHAN,
        Later.UNIDENTIFIED: Kind.ORPHAN,
        Later.SUPPORT_LOST: Kind.POOR_ELDER,
        Later.WIDOWED: Kind.SINGLE_PARENT,
        Later.CITY_ELDER: Kind.CITY_ELDER,
        Later.TURNS_OLD: Kind.OLD,
    }[later]
    poor = {
        Later.TURNS_OLD: (0.0, 0.0),
        Later.SUPPORT_LOST: (1.0, 0.0),
        Later.WIDOWED: (0.55, 0.45),
        Later.CITY_ELDER: (0.25, 0.75),
    }.get(later, plan.poor[Kind.NONE])
    peoples = ["Kinh", *plan.peoples]
    shares = [1 - sum(plan.peoples.values()), *plan.peoples.values()]
    drawn = pick(rng, [1 - sum(poor), poor[1], poor[0]], count) + 1
    households.kind = np.r_[households.kind, np.full(count, kind)]
    small, large = (1, 5) if later == Later.TURNS_OLD else (3, 6)
    households.size = np.r_[households.size, rng.integers(small, large, count)]
    households.poverty = np.r_[households.poverty, drawn]
    households.poverty_later = np.r_[households.poverty_later, np.full(count, Poverty.NONE)]
    households.poverty_day = np.r_[households.poverty_day, np.full(count, NEVER)]
    # Where elders of 75 in remote communes have their own allowance (C5B), nobody is left there by chance.
    anywhere = -1 if days.number(plan.opens.first) >= BOTH_PENSIONS else 0
    households.remote = np.r_[households.remote, np.full(count, anywhere)]
    households.people = np.r_[households.people, np.asarray(peoples, dtype=object)[pick(rng, shares, count)]]
    households.settled = np.r_[households.settled, np.full(count, kind != Kind.ORPHAN)]
    return np.arange(first, first + count)


def _turning_old(plan: Plan, rng: np.random.Generator, crowd: Crowd, homes: Ints) -> None:
    """People without a pension who turn 80 before 7/2025, or are 75 by then or after."""
    count, opens = len(homes), days.number(plan.opens.first)
    low, high = (72.8, 79.7) if opens < BOTH_PENSIONS else (73.9, 74.8)
    crowd.add(
        count,
        kind=Kind.OLD,
        household=homes,
        role=Role.HEAD,
        female=rng.random(count) < 0.6,
        born=opens - np.rint(rng.uniform(low, high, count) * YEAR).astype(np.int64),
        disability=Disability.NONE,
        pension=0,
        supporter=Supporter.ABLE,
        mortal=True,
    )


def _later_orphans(
    rng: np.random.Generator, crowd: Crowd, homes: Ints, when: Ints, opens: int, later: Later
) -> None:
    """Children whose mother is dead; the father dies later, or was never known (counts since 335/2026)."""
    count = len(homes)
    born = opens - rng.integers(round(3.3 * YEAR), round(11 * YEAR), count)
    dies = later == Later.ORPHAN
    children = crowd.add(
        count,
        kind=Kind.ORPHAN,
        household=homes,
        role=Role.CHILD if dies else Role.TAKEN_IN,
        female=rng.random(count) < 0.48,
        born=born,
        disability=Disability.NONE,
        carer=Carer.NONE,
        study_until=school_end(rng, born, np.maximum(days.birthday(born, 16), opens)),
        mother=Parent.DEAD,
        father=Parent.ALIVE if dies else Parent.UNIDENTIFIED,
        father_later=Parent.DEAD if dies else -1,
        father_day=when if dies else NEVER,
        father_said=not dies,
    )
    mothers = crowd.add(
        count,
        female=True,
        born=born - rng.integers(round(20 * YEAR), round(36 * YEAR), count),
        died=born + 5 + (rng.random(count) * (opens - 90 - born - 5)).astype(np.int64),
        family=homes,
    )
    crowd.tie("MOTHER", children, mothers)
    if dies:
        fathers = crowd.add(
            count,
            household=homes,
            role=Role.HEAD,
            born=born - rng.integers(round(22 * YEAR), round(38 * YEAR), count),
            died=when,
            family=homes,
        )
        crowd.tie("FATHER", children, fathers)


def _widowed(rng: np.random.Generator, crowd: Crowd, homes: Ints, when: Ints, opens: int) -> None:
    """Poor parents of one child who lose husband or wife."""
    count = len(homes)
    child_born = opens - rng.integers(round(3.2 * YEAR), round(11 * YEAR), count)
    women = rng.random(count) < 0.75
    parents = crowd.add(
        count,
        kind=Kind.SINGLE_PARENT,
        household=homes,
        role=Role.HEAD,
        female=women,
        born=child_born - rng.integers(round(20 * YEAR), round(30 * YEAR), count),
        disability=Disability.NONE,
        marital=Marital.MARRIED,
        marital_later=Marital.SPOUSE_DEAD,
        marital_day=when,
    )
    spouses = crowd.add(
        count,
        household=homes,
        role=Role.SPOUSE,
        female=~women,
        born=child_born - rng.integers(round(21 * YEAR), round(33 * YEAR), count),
        died=when,
    )
    crowd.tie("SPOUSE", parents, spouses)
    children = crowd.add(
        count,
        household=homes,
        role=Role.CHILD,
        female=rng.random(count) < 0.48,
        born=child_born,
        disability=Disability.NONE,
        study_until=school_end(rng, child_born, np.maximum(days.birthday(child_born, 16), opens)),
    )
    crowd.tie("RAISED_BY", children, parents, child_born)
    for kind, parent in (("MOTHER", women), ("FATHER", ~women)):
        crowd.tie(kind, children[parent], parents[parent])
        crowd.tie(kind, children[~parent], spouses[~parent])


def poverty(plan: Plan, chance: Chance, households: Households) -> None:
    """Let some leave poverty, and some fall to near-poor, by the list of 1 January 2025 or 2026."""
    rng = chance.stream("poverty")
    lists = [
        day for day in (days.of(2025, 1, 1), days.of(2026, 1, 1)) if day > days.number(plan.quiet_until.last)
    ]
    if not lists:
        return
    turn = rng.random(len(households.kind))
    rate = len(lists)
    when = np.asarray(lists)[rng.integers(0, len(lists), len(turn))]
    moved = [
        ((households.poverty == Poverty.POOR) & (turn < 0.05 * rate), Poverty.NEAR_POOR),
        ((households.poverty == Poverty.POOR) & (turn >= 0.05 * rate) & (turn < 0.07 * rate), Poverty.NONE),
        ((households.poverty == Poverty.NEAR_POOR) & (turn < 0.06 * rate), Poverty.NONE),
        ((households.poverty == Poverty.NONE) & (turn < 0.003 * rate), Poverty.NEAR_POOR),
    ]
    for those, later in moved:
        chosen = those & ~households.settled
        households.poverty_later[chosen] = later
        households.poverty_day[chosen] = when[chosen]


def befall(plan: Plan, chance: Chance, anchors: Anchors, child: Ints) -> None:
    """Let everything else happen, to everybody who is there. `child`: by household, who supports the old."""
    crowd, households = anchors.crowd, anchors.households
    _without_pension(plan, chance, crowd.columns(), households)
    _disabilities(plan, chance, crowd.columns())
    _worse(plan, chance, crowd.columns())
    _releases(plan, chance, crowd)
    _past_work(plan, chance, crowd.columns(), households)
    _babies(plan, chance, crowd, households)
    _newborns(plan, chance, crowd, households)
    _supported(plan, crowd.columns(), households)
    _support(crowd, child)
    die(plan, chance, crowd.columns())
    _year_only(plan, chance, crowd.columns(), households)


def _without_pension(
    plan: Plan, chance: Chance, columns: dict[str, np.ndarray], households: Households
) -> None:
    """Make some relatives people without a pension, who reach the age for an allowance later."""
    rng = chance.stream("without pension")
    opens, last = days.number(plan.opens.first), days.number(plan.quiet_until.last)
    relatives = (columns["kind"] == Kind.NONE) & (columns["household"] >= 0) & (columns["pension"] == 1)
    age = 80 if opens < BOTH_PENSIONS else 75
    later = relatives & (days.birthday(columns["born"], age) > last)
    home = np.maximum(columns["household"], 0)
    needy = households.ever_poor[home]
    # The poor have something at 70 (social pension) or 75 (remote communes): leave those to the plan.
    later &= ~needy | (days.birthday(columns["born"], 70 if age == 75 else 75) > last)
    chosen = np.flatnonzero(later)
    chosen = chosen[rng.random(len(chosen)) < 0.6]
    columns["kind"][chosen] = Kind.OLD
    columns["pension"][chosen] = 0
    columns["disability"][chosen] = Disability.NONE
    columns["supporter"][chosen] = Supporter.ABLE


def _disabilities(plan: Plan, chance: Chance, columns: dict[str, np.ndarray]) -> None:
    """Certify new disabilities among relatives: three in a hundred of those there are, a year."""
    rng = chance.stream("new disabilities")
    opens = days.number(plan.opens.first)
    there = int(((columns["disability"] >= Disability.SEVERE) & columns["granted"]).sum())
    years = max(END - opens, 0) / YEAR
    age = (opens - columns["born"]) / YEAR
    fit = (
        (columns["kind"] == Kind.NONE)
        & (columns["household"] >= 0)
        & (columns["died"] == NEVER)
        & (columns["study_until"] < 0)
        & (age > 4)
        & (age < 56)
    )
    pool = np.flatnonzero(fit)
    chosen = pool[mark(rng, len(pool), round(there * 0.03 * years))]
    when = event_days(rng, plan, len(chosen))
    extreme = rng.random(len(chosen)) < 0.22
    columns["kind"][chosen] = np.where(extreme, Kind.EXTREME_ADULT, Kind.SEVERE_ADULT)
    columns["disability"][chosen] = Disability.NONE
    columns["disability_later"][chosen] = np.where(extreme, Disability.EXTREME, Disability.SEVERE)
    columns["disability_day"][chosen] = when
    # Of a child nobody says who cares unless it is the family: the law would ask whether it was taken in.
    columns["carer"][chosen] = np.where(extreme | (age[chosen] < 16.5), Carer.FAMILY, -1)


def _worse(plan: Plan, chance: Chance, columns: dict[str, np.ndarray]) -> None:
    """Let some severe disabilities be found extremely severe."""
    rng = chance.stream("worse")
    pool = np.flatnonzero(columns["granted"] & (columns["disability"] == Disability.SEVERE))
    years = max(END - days.number(plan.opens.first), 0) / YEAR
    chosen = pool[mark(rng, len(pool), round(len(pool) * 0.008 * years))]
    columns["disability_later"][chosen] = Disability.EXTREME
    columns["disability_day"][chosen] = event_days(rng, plan, len(chosen))
    columns["carer"][chosen] = Carer.FAMILY


def _releases(plan: Plan, chance: Chance, crowd: Crowd) -> None:
    """Some fathers come out of prison: their children have a source of care again."""
    rng = chance.stream("releases")
    columns = crowd.columns()
    inside = np.flatnonzero((columns["imprisoned_from"] < NEVER) & ~columns["female"])
    free = inside[rng.random(len(inside)) < 0.12]
    when = event_days(rng, plan, len(free))
    columns["imprisoned_until"][free] = when
    children, fathers, _ = crowd.pairs("FATHER")
    freed = np.full(crowd.size, NEVER, dtype=np.int64)
    freed[free] = when
    theirs = freed[fathers] < NEVER
    columns["father_later"][children[theirs]] = Parent.ALIVE
    columns["father_day"][children[theirs]] = freed[fathers[theirs]]


def _past_work(plan: Plan, chance: Chance, columns: dict[str, np.ndarray], households: Households) -> None:
    """Hà Nội: some of the old in near-poor households have supporters past work (a group since 2026)."""
    if Later.CITY_ELDER not in plan.later:
        return
    rng = chance.stream("past work")
    home = np.maximum(columns["household"], 0)
    pool = np.flatnonzero(
        (columns["kind"] == Kind.OLD)
        & columns["granted"]
        & (households.poverty[home] == Poverty.NEAR_POOR)
        & (households.kind[home] == Kind.OLD)
    )
    columns["supporter"][pool[rng.random(len(pool)) < 0.15]] = Supporter.UNABLE


def _babies(plan: Plan, chance: Chance, crowd: Crowd, households: Households) -> None:
    """Some severely disabled women raise a child under 36 months, or will bear one (K3, K4)."""
    rng = chance.stream("babies")
    columns = crowd.columns()
    opens, last = days.number(plan.opens.first), days.number(plan.quiet_until.last)
    age = (opens - columns["born"]) / YEAR
    pool = np.flatnonzero(
        columns["granted"]
        & (columns["kind"] == Kind.SEVERE_ADULT)
        & columns["female"]
        & (age > 20)
        & (age < 36)
        & ~households.ever_poor[columns["household"]]
    )
    part = pick(rng, [0.955, 0.025, 0.003, 0.017], len(pool))
    columns["spouse_has_care_share"][pool[part > 0]] = 0
    columns["mortal"][pool[part > 0]] = False
    has_one, has_two, expects = (pool[part == n] for n in (1, 2, 3))
    _bear(rng, crowd, has_one, opens - rng.integers(40, round(2.5 * YEAR), len(has_one)))
    twins = opens - rng.integers(40, round(2.5 * YEAR), len(has_two))
    _bear(rng, crowd, has_two, twins)
    _bear(rng, crowd, has_two, twins)
    birth = event_days(rng, plan, len(expects))
    columns = crowd.columns()
    columns["pregnant_from"][expects] = np.maximum(birth - 200, last + 2)
    columns["pregnant_until"][expects] = birth
    _bear(rng, crowd, expects, birth)


def _bear(rng: np.random.Generator, crowd: Crowd, mothers: Ints, born: Ints) -> None:
    columns = crowd.columns()
    children = crowd.add(
        len(mothers),
        household=columns["household"][mothers],
        joined=born,
        role=Role.CHILD,
        female=rng.random(len(mothers)) < 0.48,
        born=born,
        disability=Disability.NONE,
    )
    crowd.tie("RAISED_BY", children, mothers, born)
    crowd.tie("MOTHER", children, mothers, born)


def _newborns(plan: Plan, chance: Chance, crowd: Crowd, households: Households) -> None:
    """Children are born into poor households of remote communes (C7)."""
    count = plan.plants(plan.later.get(Later.NEWBORN, 0))
    if not count:
        return
    rng = chance.stream("newborns")
    columns = crowd.columns()
    child, mother, _ = crowd.pairs("MOTHER")
    siblings = np.flatnonzero((columns["kind"][child] == Kind.TODDLER) & columns["granted"][child])
    chosen = siblings[mark(rng, len(siblings), count)]
    born = np.maximum(event_days(rng, plan, len(chosen)), columns["born"][child[chosen]] + 330)
    keep = born < END - 5
    chosen, born = chosen[keep], born[keep]
    babies = crowd.add(
        len(chosen),
        kind=Kind.TODDLER,
        household=columns["household"][child[chosen]],
        joined=born,
        role=Role.CHILD,
        female=rng.random(len(chosen)) < 0.48,
        born=born,
        disability=Disability.NONE,
        mother=Parent.ALIVE,
    )
    crowd.tie("MOTHER", babies, mother[chosen], born)
    crowd.columns()


def _supported(plan: Plan, columns: dict[str, np.ndarray], households: Households) -> None:
    """Whoever reaches 60 in a household that is or gets poor has support, unless said otherwise."""
    in_need = (columns["household"] >= 0) & households.ever_poor[np.maximum(columns["household"], 0)]
    near = columns["born"] < days.number(plan.opens.first) - round(56.5 * YEAR)
    columns["supporter"][in_need & near & (columns["supporter"] < 0)] = Supporter.ABLE


def _support(crowd: Crowd, child: Ints) -> None:
    """Tie the old to the grown child they live with, poor elders to the disabled child on an allowance."""
    columns = crowd.columns()
    old = np.flatnonzero((columns["supporter"] == Supporter.ABLE) & (columns["supporter_day"] == NEVER))
    old = old[columns["household"][old] >= 0]
    kin = child[columns["household"][old]]
    able = (kin >= 0) & (kin != old)
    able &= (columns["kind"][kin] == Kind.NONE) & ~columns["mortal"][kin] & (columns["died"][kin] == NEVER)
    able &= columns["born"][kin] > columns["born"][old] + round(16 * YEAR)
    crowd.tie("SUPPORTER", old[able], kin[able])
    home = np.full(len(child), -1, dtype=np.int64)
    disabled = np.flatnonzero(columns["granted"] & (columns["kind"] == Kind.SEVERE_ADULT))
    home[columns["household"][disabled]] = disabled
    leaning = np.flatnonzero(columns["supporter"] == Supporter.ON_ALLOWANCE)
    supporting = home[columns["household"][leaning]]
    columns["mortal"][supporting] = False
    crowd.tie("SUPPORTER", leaning, supporting)


def _year_only(plan: Plan, chance: Chance, columns: dict[str, np.ndarray], households: Households) -> None:
    """Of many of the old only the year of birth is known, of some year and month.

    The law takes the latest possible day. Nobody's group changes by it in the opening months.
    """
    rng = chance.stream("year only")
    first, last = days.number(plan.opens.first), days.number(plan.quiet_until.last)
    old = np.flatnonzero(columns["born"] < days.of(1958, 1, 1))
    turn = rng.random(len(old))
    precision = np.where(turn < 0.22, Precision.YEAR, np.where(turn < 0.25, Precision.MONTH, Precision.DAY))
    born = columns["born"][old]
    latest = effective_birth(born, precision)
    fits = np.ones(len(old), dtype=bool)
    for years_old in LIMITS:
        there, then = days.birthday(born, years_old), days.birthday(latest, years_old)
        fits &= ~days.within(then, first, last) & ((there < first) == (then < first))
    columns["precision"][old] = np.where(fits, precision, Precision.DAY)
    # The first possible day stands for the rest that nobody knows.
    those = old[fits]
    year, month, _ = days.parts(columns["born"][those])
    rough = np.where(precision[fits] == Precision.YEAR, 1, month)
    start = ((year - 1970) * 12 + rough - 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    columns["born"][those] = np.where(precision[fits] == Precision.DAY, columns["born"][those], start)


def effective_birth(born: Ints, precision: np.ndarray) -> Ints:
    """The birth the law counts from: the latest possible day."""
    return np.where(
        precision == Precision.YEAR,
        days.year_last(born),
        np.where(precision == Precision.MONTH, days.month_last(born), born),
    )


__all__ = ["ALWAYS", "Bools", "befall", "effective_birth", "newcomers", "poverty", "share"]
