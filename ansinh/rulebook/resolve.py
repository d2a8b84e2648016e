"""From which conditions hold to what is paid: precedence, exceptions, coefficients, articles.

Engines only answer which conditions hold on which day (a Signature). What follows is decided here, in plain
Python, once per distinct signature: a few hundred times for a nation's month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from ansinh.kernel.money import whole_vnd
from ansinh.rulebook.categories import Category, Scope, Slot
from ansinh.rulebook.instruments import Provision


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


@dataclass(frozen=True, slots=True)
class _Candidate:
    group: Group
    coefficient: Decimal
    standard: Standard
    amount_vnd: int
    day: int
    open: bool = False
    doubt: str = ""
    doubt_fact: str | None = None


@dataclass(frozen=True)
class Resolver:
    """The resolving part of a month's law."""

    jurisdictions: dict[int, Jurisdiction]
    beside: frozenset[str]
    coefficient_day: Literal["first", "last"]
    order: Mapping[str, int]

    def resolve(self, signature: Signature) -> Outcome:
        """Answer for one signature."""
        law = self.jurisdictions[signature.jurisdiction]
        met: list[_Candidate] = []
        unknown: list[_Candidate] = []
        rejected: list[Finding] = []
        for group in law.groups:
            verdict, day = self._fold(group, signature.days)
            if verdict is False:
                rejected.append(Finding(group.category.code, False, day))
            else:
                (met if verdict else unknown).append(
                    self._candidate(group, law, signature.days[day], day, verdict)
                )
        for group, doubt, fact in law.doubtful_groups:
            verdict, day = self._fold(group, signature.days)
            if verdict is not False:
                unknown.append(self._candidate(group, law, signature.days[day], day, False, doubt, fact))
        chosen = self._choose(met, signature.receiving)
        findings = [*self._met_findings(met, chosen), *self._open_standards(law, chosen)]
        findings += [
            Finding(c.group.category.code, None, c.day, doubt=c.doubt, doubt_fact=c.doubt_fact)
            for c in unknown
            if self._matters(c, met, unknown, signature.receiving)
        ]
        findings += rejected
        findings.sort(key=lambda f: self.order[f.category])
        return Outcome(tuple(_entitlement(c) for c in chosen), tuple(findings))

    def _fold(self, group: Group, days: tuple[Day, ...]) -> tuple[bool | None, int]:
        mask = 1 << group.bit
        held = [index for index, day in enumerate(days) if day.met & mask]
        if held:
            return True, held[0] if self.coefficient_day == "first" else held[-1]
        open_days = [index for index, day in enumerate(days) if day.unknown & mask]
        return (None, open_days[-1]) if open_days else (False, len(days) - 1)

    def _candidate(
        self,
        group: Group,
        law: Jurisdiction,
        day: Day,
        index: int,
        certain: bool | None,
        doubt: str = "",
        fact: str | None = None,
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
        return _Candidate(group, coefficient, standard, amount, index, is_open, doubt, fact)

    def _choose(self, met: Iterable[_Candidate], receiving: int) -> tuple[_Candidate, ...]:
        slots: dict[Slot, list[_Candidate]] = {}
        for candidate in met:
            slots.setdefault(candidate.group.slot, []).append(candidate)

        def best(candidates: Iterable[_Candidate]) -> _Candidate | None:
            return max(candidates, key=lambda c: self._rank(c, receiving), default=None)

        own = slots.get("OWN_INCOME", [])
        alone, parent = best(own), best(slots.get("SINGLE_PARENT", []))
        chosen = [alone]
        if parent:
            beside = best(c for c in own if c.group.category.code in self.beside)
            both = parent.amount_vnd + (beside.amount_vnd if beside else 0)
            if (
                alone is None
                or both > alone.amount_vnd
                or (both == alone.amount_vnd and not self._granted_first(alone, parent, receiving))
            ):
                chosen = [beside, parent]
        chosen += [best(slots.get("CARE_OWN", [])), best(slots.get("CARE_HOUSEHOLD", []))]
        return tuple(c for c in chosen if c and c.amount_vnd > 0)

    def _rank(self, candidate: _Candidate, receiving: int) -> tuple[int, bool, bool, int]:
        """Order on a tie: the one already granted, else the allowance, else the order of the law."""
        category = candidate.group.category
        return (
            candidate.amount_vnd,
            bool(receiving & category.bit),
            category.scheme == "MONTHLY_ALLOWANCE",
            -self.order[category.code],
        )

    @staticmethod
    def _granted_first(alone: _Candidate, parent: _Candidate, receiving: int) -> bool:
        return bool(receiving & alone.group.category.bit) and not receiving & parent.group.category.bit

    def _matters(
        self, candidate: _Candidate, met: list[_Candidate], unknown: list[_Candidate], receiving: int
    ) -> bool:
        """Tell whether knowing could change what is paid, whatever the other unknowns turn out to be."""
        others = [c for c in unknown if c is not candidate]
        for background in ([*met], [*met, *others]):
            without = _paid(self._choose(background, receiving))
            if without != _paid(self._choose([*background, candidate], receiving)):
                return True
        return False

    @staticmethod
    def _met_findings(met: list[_Candidate], chosen: tuple[_Candidate, ...]) -> list[Finding]:
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


def _paid(chosen: tuple[_Candidate, ...]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for candidate in chosen:
        payee = candidate.group.category.payee
        totals[payee] = totals.get(payee, 0) + candidate.amount_vnd
    return totals


def _winner(loser: _Candidate, chosen: tuple[_Candidate, ...]) -> str | None:
    same = [c for c in chosen if c.group.slot == loser.group.slot]
    income = [c for c in chosen if c.group.slot in ("OWN_INCOME", "SINGLE_PARENT")]
    winners = same or (income if loser.group.slot in ("OWN_INCOME", "SINGLE_PARENT") else [])
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
