"""From which conditions hold to what is paid: precedence, exceptions, coefficients, articles.

Engines only answer which conditions hold on which day (a Signature). What follows is decided here, in plain
Python, once per distinct signature; and as slots that do not touch each other are decided apart, each family
of slots once per what it depends on: a few thousand times for a nation's month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, reduce
from itertools import chain
from operator import attrgetter, or_
from typing import Literal

from ansinh.kernel.money import whole_vnd
from ansinh.rulebook.categories import Category, Scope, Slot
from ansinh.rulebook.instruments import Provision

FAMILIES: tuple[tuple[Slot, ...], ...] = (("OWN_INCOME", "SINGLE_PARENT"), ("CARE_OWN",), ("CARE_HOUSEHOLD",))
"""The slots that are decided together: what is paid in one family depends on nothing in another."""

_REMEMBERED = 100_000
"""How many decisions of families are remembered: bounded memory, whatever is asked."""


@dataclass(frozen=True, slots=True)
class Day:
    """One evaluated day of the month: which tests hold, which cannot be told, how many children count.

    `counts` gives for each count of the month's law (at least, at most); at most None = not known.
    """

    met: int
    unknown: int
    counts: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """All that the law's answer depends on: people with equal signatures get equal answers."""

    jurisdiction: int
    receiving: int
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient for those for whom test `bit` holds (everybody when None)."""

    bit: int | None
    value: Decimal


@dataclass(frozen=True)
class Group:
    """A category as the law of one month has it."""

    category: Category
    slot: Slot
    bit: int
    provision: Provision
    coefficients: tuple[Coefficient, ...]
    coefficient_provision: Provision
    per: int | None
    local: bool
    notes: tuple[str, ...]
    cites: tuple[str, ...]

    @cached_property
    def tests(self) -> int:
        """The tests that eligibility and amount depend on, as bits."""
        return reduce(or_, (1 << c.bit for c in self.coefficients if c.bit is not None), 1 << self.bit)


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard amount (mức chuẩn) with its articles."""

    vnd: int
    cites: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Jurisdiction:
    """The law of one month where somebody lives.

    `doubtful` holds local groups and standards of which it is not known whether they apply, each with the
    reason in Vietnamese and the fact that would tell (None: only the law could tell).
    """

    key: int
    groups: tuple[Group, ...]
    standards: Mapping[Scope, Standard]
    doubtful_groups: tuple[tuple[Group, str, str | None], ...] = ()
    doubtful_standards: tuple[tuple[Scope, Standard, str, str | None], ...] = ()

    @cached_property
    def families(self) -> tuple[tuple[Group, ...], ...]:
        """Every group that applies or may, by family of slots."""
        groups = (*self.groups, *(group for group, _, _ in self.doubtful_groups))
        return tuple(tuple(group for group in groups if group.slot in slots) for slots in FAMILIES)

    @cached_property
    def doubts(self) -> dict[str, tuple[str, str | None]]:
        """The groups of which it is not known whether they apply: why, and which fact would tell."""
        return {group.category.code: (doubt, fact) for group, doubt, fact in self.doubtful_groups}


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What is to be paid for the month, with its articles."""

    slot: Slot
    scheme: str
    category: str
    coefficient: Decimal
    standard_vnd: int
    amount_vnd: int
    payee: Literal["PERSON", "CARER", "FACILITY"]
    cites: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the law says of one category: met, not met, or cannot tell (None).

    `day` indexes the evaluated day that decided; `open` = met, but the coefficient is only the least certain.
    """

    category: str
    met: bool | None
    day: int
    outranked_by: str | None = None
    open: bool = False
    doubt: str = ""
    doubt_fact: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The law's answer for one signature."""

    entitlements: tuple[Entitlement, ...]
    findings: tuple[Finding, ...]

    @cached_property
    def total_vnd(self) -> int:
        """The sum to be paid for the month, in đồng."""
        return sum(e.amount_vnd for e in self.entitlements)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A group that is, or may be, met; `rank` orders those of a slot, the best last."""

    group: Group
    coefficient: Decimal
    standard: Standard
    amount_vnd: int
    rank: tuple[int, bool, bool, int]
    day: int
    open: bool


@dataclass(frozen=True)
class Part:
    """The answer for one family of slots: what is paid, and what is met or cannot be told."""

    entitlements: tuple[Entitlement, ...]
    findings: tuple[Finding, ...]

    @cached_property
    def _hash(self) -> int:
        return hash((self.entitlements, self.findings))

    def __hash__(self) -> int:
        return self._hash


_Case = tuple[int, int, int, tuple[Day, ...]]
"""What a family's answer depends on: jurisdiction, family, groups granted already, days."""


@dataclass(frozen=True, eq=False)
class Resolver:
    """The resolving part of a month's law."""

    jurisdictions: dict[int, Jurisdiction]
    beside: frozenset[str]
    coefficient_day: Literal["first", "last"]
    order: Mapping[str, int]
    _remembered: dict[_Case, Part] = field(default_factory=dict, repr=False)

    def resolve(self, signature: Signature) -> Outcome:
        """Answer for one signature, naming also every group that is plainly not met."""
        may, last = _may(signature.days), len(signature.days) - 1
        rejected = [
            Finding(group.category.code, False, last)
            for group in self.jurisdictions[signature.jurisdiction].groups
            if not may >> group.bit & 1
        ]
        parts = [self.part(signature, family) for family in range(len(FAMILIES))]
        return self.outcome([*parts, Part((), tuple(rejected))])

    def outcome(self, parts: Sequence[Part]) -> Outcome:
        """Put the answers for all families together."""
        findings = sorted(chain(*(part.findings for part in parts)), key=lambda f: self.order[f.category])
        return Outcome(tuple(chain(*(part.entitlements for part in parts))), tuple(findings))

    def part(self, signature: Signature, family: int) -> Part:
        """Answer for one family of slots, remembering answers by the little that they depend on."""
        law, may = self.jurisdictions[signature.jurisdiction], _may(signature.days)
        groups = [group for group in law.families[family] if may >> group.bit & 1]
        tests = granted = 0
        counted = False
        for group in groups:
            tests |= group.tests
            granted |= group.category.bit
            counted |= group.per is not None
        case = (
            signature.jurisdiction,
            family,
            signature.receiving & granted,
            tuple(Day(d.met & tests, d.unknown & tests, d.counts if counted else ()) for d in signature.days),
        )
        if case not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[case] = self._decide(law, groups, *case[2:])
        return self._remembered[case]

    def _decide(
        self, law: Jurisdiction, groups: Iterable[Group], receiving: int, days: tuple[Day, ...]
    ) -> Part:
        """Decide between groups that are or may be met."""
        met: list[_Candidate] = []
        unknown: list[_Candidate] = []
        for group in groups:
            held, day = self._day(group, days)
            certain = held and group.category.code not in law.doubts
            candidate = self._candidate(group, law, receiving, days[day], day, certain)
            (met if certain else unknown).append(candidate)
        chosen = self._choose(met, receiving)
        findings = [*self._met_findings(met, chosen), *self._open_standards(law, chosen)]
        for candidate in self._mattering(met, unknown, chosen, receiving):
            code = candidate.group.category.code
            doubt, fact = law.doubts.get(code, ("", None))
            findings.append(Finding(code, None, candidate.day, doubt=doubt, doubt_fact=fact))
        return Part(tuple(_entitlement(c) for c in chosen), tuple(findings))

    def _day(self, group: Group, days: tuple[Day, ...]) -> tuple[bool, int]:
        """Tell whether the group is met on some day of the month, and which day decides."""
        held = [index for index, day in enumerate(days) if day.met >> group.bit & 1]
        if held:
            return True, held[0] if self.coefficient_day == "first" else held[-1]
        return False, max(index for index, day in enumerate(days) if day.unknown >> group.bit & 1)

    def _candidate(
        self, group: Group, law: Jurisdiction, receiving: int, day: Day, index: int, certain: bool
    ) -> _Candidate:
        """Price a group: for certain the least that is due, when in doubt the most that could be."""
        values = [c.value for c in group.coefficients if c.bit is None or day.met >> c.bit & 1]
        is_open = not values
        values = values or [c.value for c in group.coefficients if c.bit is None or day.unknown >> c.bit & 1]
        coefficient = (min if certain else max)(values, default=Decimal(0))
        if group.per is not None:
            least, most = day.counts[group.per]
            is_open = is_open or least != most
            coefficient *= least if certain else max(1, least if most is None else most)
        standard = law.standards[group.category.scope]
        amount = whole_vnd(coefficient * standard.vnd)
        rank = self._rank(group, amount, receiving)
        return _Candidate(group, coefficient, standard, amount, rank, index, is_open)

    def _rank(self, group: Group, amount_vnd: int, receiving: int) -> tuple[int, bool, bool, int]:
        """Order on a tie: the one already granted, else the allowance, else the order of the law."""
        category = group.category
        allowance = category.scheme == "MONTHLY_ALLOWANCE"
        return amount_vnd, bool(receiving & category.bit), allowance, -self.order[category.code]

    def _choose(self, met: Iterable[_Candidate], receiving: int) -> tuple[_Candidate, ...]:
        """Choose what is paid in one family of slots."""
        own: list[_Candidate] = []
        parents: list[_Candidate] = []
        for candidate in met:
            (parents if candidate.group.slot == "SINGLE_PARENT" else own).append(candidate)
        alone, parent = _best(own), _best(parents)
        chosen = [alone]
        if parent:
            beside = _best([c for c in own if c.group.category.code in self.beside])
            both = parent.amount_vnd + (beside.amount_vnd if beside else 0)
            if (
                alone is None
                or both > alone.amount_vnd
                or (both == alone.amount_vnd and not self._granted_first(alone, parent, receiving))
            ):
                chosen = [beside, parent]
        return tuple(c for c in chosen if c and c.amount_vnd > 0)

    @staticmethod
    def _granted_first(alone: _Candidate, parent: _Candidate, receiving: int) -> bool:
        return bool(receiving & alone.group.category.bit) and not receiving & parent.group.category.bit

    def _mattering(
        self,
        met: Sequence[_Candidate],
        unknown: Sequence[_Candidate],
        chosen: tuple[_Candidate, ...],
        receiving: int,
    ) -> list[_Candidate]:
        """Pick the unknown groups that could change what is paid, whatever the others turn out to be."""
        least, most = _paid(chosen), _paid(self._choose([*met, *unknown], receiving))
        return [
            one
            for one in unknown
            if _paid(self._choose([*met, one], receiving)) != least
            or _paid(self._choose([*met, *(c for c in unknown if c is not one)], receiving)) != most
        ]

    @staticmethod
    def _met_findings(met: Sequence[_Candidate], chosen: tuple[_Candidate, ...]) -> list[Finding]:
        findings = []
        for candidate in met:
            paid = candidate in chosen
            findings.append(
                Finding(
                    candidate.group.category.code,
                    True,
                    candidate.day,
                    outranked_by=None if paid else _winner(candidate, chosen),
                    open=candidate.open and paid,
                )
            )
        return findings

    @staticmethod
    def _open_standards(law: Jurisdiction, chosen: tuple[_Candidate, ...]) -> list[Finding]:
        """Say where a local standard that may apply would pay more."""
        return [
            Finding(c.group.category.code, None, c.day, doubt=doubt, doubt_fact=fact)
            for scope, standard, doubt, fact in law.doubtful_standards
            for c in chosen
            if c.group.category.scope == scope and standard.vnd > c.standard.vnd
        ]


def _may(days: Iterable[Day]) -> int:
    """Return the tests that hold, or may hold, on one of the days."""
    return reduce(or_, (day.met | day.unknown for day in days), 0)


def _best(candidates: Sequence[_Candidate]) -> _Candidate | None:
    return max(candidates, key=attrgetter("rank"), default=None)


def _paid(chosen: tuple[_Candidate, ...]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for candidate in chosen:
        payee = candidate.group.category.payee
        totals[payee] = totals.get(payee, 0) + candidate.amount_vnd
    return totals


def _winner(loser: _Candidate, chosen: tuple[_Candidate, ...]) -> str | None:
    same = [c for c in chosen if c.group.slot == loser.group.slot]
    winners = same or chosen
    return winners[0].group.category.code if winners else None


def _entitlement(candidate: _Candidate) -> Entitlement:
    group, category = candidate.group, candidate.group.category
    return Entitlement(
        slot=group.slot,
        scheme=category.scheme,
        category=category.code,
        coefficient=candidate.coefficient,
        standard_vnd=candidate.standard.vnd,
        amount_vnd=candidate.amount_vnd,
        payee=category.payee,
        cites=tuple(dict.fromkeys((*group.cites, *candidate.standard.cites))),
        notes=tuple(dict.fromkeys((*group.notes, *candidate.standard.notes))),
    )
