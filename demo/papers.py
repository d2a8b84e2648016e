"""What the register holds of people: dated facts with their papers, as they were known day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ansinh.rulebook.facts import vocabulary
from demo import days
from demo.anchors import END, YEAR
from demo.chance import Bools, Chance, Ints
from demo.crowd import Crowd, Disability, Households, Marital, Parent, Poverty
from demo.days import NEVER
from demo.groups import Kind, Plan

AREAS_SINCE = days.of(2021, 6, 4)
"""Decision 861/QĐ-TTg, the list of communes in special difficulty."""
_POVERTY_SINCE = days.of(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of document and who issues it."""

    kind: str
    issuer: str
    suffix: str


CERTIFICATE = Paper("Giấy xác nhận khuyết tật", "UBND cấp xã", "GXN-KT")
COURT = Paper("Quyết định tuyên bố mất tích", "Toà án nhân dân", "QĐST-VDS")
POVERTY_LIST = Paper("Quyết định công nhận hộ nghèo, hộ cận nghèo", "UBND cấp xã", "QĐ-UBND")
PAPERS = (None, CERTIFICATE, COURT, POVERTY_LIST)
_CERTIFIED, _DECLARED, _LISTED = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of persons or of households, one row a version: true from … until, known from … until."""

    subject: Ints
    fact: Ints
    """Its number in the vocabulary."""
    value: Ints
    valid_from: Ints
    valid_to: Ints
    """First day on which it is no longer so; NEVER = open."""
    recorded: Ints
    superseded: Ints
    paper: np.ndarray
    """Place in PAPERS."""

    def __len__(self) -> int:
        return len(self.subject)

    def only(self, which: Bools) -> Facts:
        """Keep some rows."""
        return Facts(*(getattr(self, name)[which] for name in self.__slots__))


class _Rows:
    def __init__(self) -> None:
        self._batches: list[tuple[np.ndarray, ...]] = []
        self._numbers = {name: fact.id for name, fact in vocabulary().items()}

    def add(
        self,
        name: str,
        subject: Ints,
        value: np.ndarray | int,
        since: Ints | int,
        until: Ints | int = NEVER,
        paper: np.ndarray | int = 0,
    ) -> None:
        """Write a fact down; a span without a day is left out."""
        value, since, until = (np.broadcast_to(np.asarray(x), subject.shape) for x in (value, since, until))
        real = until > since
        self._batches.append(
            (
                subject[real],
                np.full(int(real.sum()), self._numbers[name]),
                value[real].astype(np.int64),
                since[real].astype(np.int64),
                until[real].astype(np.int64),
                np.broadcast_to(np.asarray(paper), subject.shape)[real].astype(np.int8),
            )
        )

    def changing(
        self,
        name: str,
        subject: Ints,
        first: np.ndarray,
        later: np.ndarray,
        day: Ints,
        since: Ints,
        paper: int = 0,
    ) -> None:
        """Write down a fact that has another value from a day on; a value of −1 is not known and not written.

        The first value of a vocabulary's list says that nothing is the matter: no paper proves that.
        """
        known = first >= 0
        self.add(
            name, subject[known], first[known], since[known], day[known], np.where(first[known] > 1, paper, 0)
        )
        changed = (day < NEVER) & (later >= 0)
        self.add(
            name,
            subject[changed],
            later[changed],
            day[changed],
            NEVER,
            np.where(later[changed] > 1, paper, 0),
        )

    def facts(self) -> Facts:
        """Join them; each is known on the day from which it holds."""
        subject, fact, value, since, until, paper = (
            np.concatenate(x) for x in zip(*self._batches, strict=True)
        )
        facts = Facts(subject, fact, value, since, until, since.copy(), np.full(len(since), NEVER), paper)
        return facts.only(facts.recorded <= END)


def person_facts(plan: Plan, chance: Chance, crowd: Crowd, households: Households) -> Facts:
    """Write down what is known of persons."""
    rng = chance.stream("facts")
    c = crowd.columns()
    opens = days.number(plan.opens.first)
    everyone = np.arange(crowd.size)
    earliest = np.maximum(c["born"], opens - round(8 * YEAR))
    span = np.maximum(opens - 40 - earliest, 0)
    since = np.where(
        c["born"] >= opens - 40, c["born"], earliest + (rng.random(crowd.size) * span).astype(np.int64)
    )
    rows = _Rows()
    disabled = c["disability"] >= Disability.SEVERE
    certified = np.where(disabled, c["certificate"], since)
    known = c["disability"] >= 0
    who = everyone[known]
    rows.changing(
        "disability", who, c["disability"][who], c["disability_later"][who], c["disability_day"][who],
        certified[who], paper=_CERTIFIED,
    )  # fmt: skip
    ever = np.flatnonzero(disabled | (c["disability_day"] < NEVER))
    kinds = 1 << rng.choice(6, size=len(ever), p=[0.42, 0.11, 0.12, 0.20, 0.13, 0.02])
    rows.add(
        "disability_kinds",
        ever,
        kinds,
        np.where(disabled[ever], certified[ever], c["disability_day"][ever]),
        paper=_CERTIFIED,
    )
    for name in ("pension", "facility_qualified", "carer", "stable_income", "spouse_has_care_share"):
        who = np.flatnonzero(c[name] >= 0)
        rows.add(name, who, c[name][who], since[who])
    without = np.flatnonzero(c["pension"] == 0)
    rows.add("insurance_allowance", without, 0, since[without])
    for name in ("supporter", "marital"):
        who = np.flatnonzero((c[name] >= 0) | (c[f"{name}_day"] < NEVER))
        rows.changing(name, who, c[name][who], c[f"{name}_later"][who], c[f"{name}_day"][who], since[who])
    for name in ("father", "mother"):
        who = np.flatnonzero(c[f"{name}_said"])
        missing = c[name][who] == Parent.MISSING
        rows.add(name, who[missing], Parent.MISSING, since[who[missing]], paper=_DECLARED)
        rows.add(name, who[~missing], c[name][who[~missing]], since[who[~missing]])
    for name in ("hiv", "abandoned"):
        who = np.flatnonzero(c[name])
        rows.add(name, who, 1, since[who])
    _study(rows, c, since)
    inside = np.flatnonzero(c["imprisoned_from"] < NEVER)
    rows.add("imprisoned", inside, 1, c["imprisoned_from"][inside], c["imprisoned_until"][inside])
    cared = np.flatnonzero(c["in_facility"])
    rows.add("in_facility", cared, 1, since[cared])
    expecting = np.flatnonzero(c["pregnant_from"] < NEVER)
    rows.add("pregnant", expecting, 1, c["pregnant_from"][expecting], c["pregnant_until"][expecting])
    _optional(plan, rng, rows, c, since, households)
    return _corrected(plan, chance.stream("corrections"), rows.facts(), opens)


def _study(rows: _Rows, c: dict[str, np.ndarray], since: Ints) -> None:
    pupils = np.flatnonzero(c["study_until"] > 0)
    starts = np.maximum(since[pupils], days.birthday(c["born"][pupils], 6))
    rows.add("studying", pupils, 1, np.minimum(starts, c["study_until"][pupils]), c["study_until"][pupils])
    ended = pupils[c["study_until"][pupils] <= END]
    rows.add("studying", ended, 0, c["study_until"][ended])


def _optional(
    plan: Plan,
    rng: np.random.Generator,
    rows: _Rows,
    c: dict[str, np.ndarray],
    since: Ints,
    households: Households,
) -> None:
    """Write down, of some, what changes nothing: as a register has it."""
    whose = np.flatnonzero((c["kind"] != Kind.NONE) & (c["household"] >= 0))
    never_poor = ~households.ever_poor[c["household"][whose]]
    grown = c["born"][whose] < days.number(plan.opens.first) - round(18 * YEAR)
    elder = c["pension"][whose] >= 0
    married = np.where(rng.random(len(whose)) < 0.55, Marital.MARRIED, Marital.SPOUSE_DEAD)
    choices: tuple[tuple[str, Bools, np.ndarray | int], ...] = (
        ("survivor_allowance", elder, 0),
        ("unable_to_work", grown, 1),
        ("stable_income", grown & (c["stable_income"][whose] < 0), 0),
        ("marital", never_poor & grown & (c["marital"][whose] < 0), married),
        ("carer", c["carer"][whose] < 0, 1),
        ("facility_qualified", elder & (c["facility_qualified"][whose] < 0), 0),
    )
    opens = days.number(plan.opens.first)
    for name, eligible, value in choices:
        known = eligible & (rng.random(len(whose)) < plan.optional_known)
        value = np.broadcast_to(np.asarray(value), whose.shape)
        moves = (
            known
            & (rng.random(len(whose)) < plan.moving * 0.75)
            & (name in ("unable_to_work", "survivor_allowance"))
        )
        middle = opens + rng.integers(4, 25, len(whose))
        start = since[whose]
        moves &= start < opens
        rows.add(name, whose[known], value[known], start[known], np.where(moves, middle, NEVER)[known])
        rows.add(name, whose[moves], 1 - value[moves], middle[moves])


def household_facts(plan: Plan, chance: Chance, households: Households, remote: Bools) -> Facts:
    """Write down poverty and remoteness of every household (`remote` by household)."""
    rows = _Rows()
    everyone = np.arange(len(households.kind))
    rows.changing(
        "household_poverty",
        everyone,
        households.poverty,
        households.poverty_later,
        households.poverty_day,
        np.full(len(everyone), _POVERTY_SINCE),
        paper=_LISTED,
    )
    rows.add("disadvantaged_area", everyone, remote.astype(np.int64), AREAS_SINCE)
    return _corrected(
        plan, chance.stream("household corrections"), rows.facts(), days.number(plan.opens.first)
    )


def _corrected(plan: Plan, rng: np.random.Generator, facts: Facts, opens: int) -> Facts:
    """Keep, beside some facts, the mistaken version that stood until somebody corrected it."""
    old_enough = facts.valid_from < opens - 300
    chosen = np.flatnonzero(
        old_enough & (rng.random(len(facts)) < plan.superseded / max(old_enough.mean(), 0.01))
    )
    mended = facts.valid_from[chosen] + rng.integers(20, 250, len(chosen))
    facts.recorded[chosen] = mended
    wrong = _another(facts.fact[chosen], facts.value[chosen])
    return Facts(
        subject=np.r_[facts.subject, facts.subject[chosen]],
        fact=np.r_[facts.fact, facts.fact[chosen]],
        value=np.r_[facts.value, wrong],
        valid_from=np.r_[facts.valid_from, facts.valid_from[chosen]],
        valid_to=np.r_[facts.valid_to, facts.valid_to[chosen]],
        recorded=np.r_[facts.recorded, facts.valid_from[chosen]],
        superseded=np.r_[facts.superseded, mended],
        paper=np.r_[facts.paper, np.zeros(len(chosen), dtype=np.int8)],
    )


def _another(fact: Ints, value: Ints) -> Ints:
    """A value the fact could have been mistaken for."""
    wrong = value.copy()
    for entry in vocabulary().values():
        those = fact == entry.id
        if entry.kind == "bool":
            wrong[those] = 1 - value[those]
        elif entry.kind == "enum":
            wrong[those] = value[those] % len(entry.values) + 1
        elif entry.kind == "set":
            wrong[those] = np.where(value[those] == 1, 2, 1)
    return wrong


__all__ = ["PAPERS", "Facts", "Paper", "Poverty", "household_facts", "person_facts"]
