"""What the law says beside what we pay: the differences, and what a decision does about them. Pure.

People in the same position are decided alike, so everything here is asked once per distinct *case* (a few
hundred to some thousands for a province) and joined back to the people by SQL.

Months are numbered from 0: the first month looked at, up to the last, the month reviewed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from ansinh.kernel.hashing import content_hash
from ansinh.kernel.time import Month
from ansinh.rulebook.categories import Category, Slot, categories

ReviewKind = Literal[
    "ENTITLED_NOT_GRANTED", "NO_LONGER_ENTITLED", "LEVEL_DIFFERS", "CONVERSION", "CANNOT_TELL"
]
REVIEW_KINDS: tuple[ReviewKind, ...] = get_args(ReviewKind)
Action = Literal["START", "LEVEL", "STOP", "CONVERT"]
StopReason = Literal["DEATH", "NOT_ENTITLED", "MERGED", "CONVERTED"]

INCOME_SLOTS: tuple[Slot, ...] = ("OWN_INCOME", "SINGLE_PARENT")
"""Slots of which one can outrank the other (khoản 2 Điều 6 Nghị định 335/2026/NĐ-CP)."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is paid a month, and on which ground (mức hưởng).

    `by_list` = as a list taken over says, whatever the law says.
    """

    amount_vnd: int
    coefficient: Decimal | None = None
    standard_vnd: int | None = None
    ground: int | None = None
    by_list: bool = False


@dataclass(frozen=True, slots=True)
class Lawful:
    """What the law gives in one slot."""

    category: str
    scheme: str
    payee: str
    level: Level


@dataclass(frozen=True, slots=True)
class Verdict:
    """The law's answer for a month: what it gives in each slot, and of which categories it cannot tell.

    A category both given and `unknown` is met, only the least amount certain. `merged`: into another file.
    """

    gives: Mapping[str, Lawful]
    unknown: frozenset[str] = frozenset()
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant as far as the months looked at know it.

    `start`: its first month, at the earliest 0. `end`: the month it ended with, None when it goes on beyond
    the last month. `began` = its first month is `start` itself, not an earlier one. `closed` = its end is
    decided already. `ours` = held by the units asked about; another's grant is never touched. `levels` from
    `start` on.
    """

    slot: str
    category: str
    start: int
    end: int | None
    began: bool
    closed: bool
    ours: bool
    levels: tuple[Level, ...]

    def level(self, month: int) -> Level:
        """What is paid in a month as decided."""
        return self.levels[month - self.start]

    def covers(self, month: int) -> bool:
        """Tell whether the grant stands in a month."""
        return self.start <= month and (self.end is None or month < self.end)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a decision about somebody depends on: people with equal cases are decided alike.

    `verdicts` holds the key of the law's answer for each month (None: not asked about them, so it tells
    nothing; they live elsewhere); `dead_from` the first month after that of a recorded death (0 also for
    earlier ones); `grants` lists those standing in some month looked at, and those decided to begin later
    (`start` beyond the last month).
    """

    verdicts: tuple[Hashable | None, ...]
    dead_from: int | None
    grants: tuple[Granted, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the review (dòng rà soát): in a slot, what we pay and what the law says."""

    kind: ReviewKind
    slot: str
    granted: Granted | None
    lawful: Lawful | None


@dataclass(frozen=True, slots=True)
class Step:
    """A level from a month on."""

    month: int
    level: Level


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a decision does.

    STOP and LEVEL are of the grant that `grant` indexes in the case. START and CONVERT make a grant of
    `lawful` from `month`, closed again with `end` if that is given; a CONVERT takes the place of `grant`,
    which stops in the same month. A STOP for death counts from the month after death, however long ago.
    """

    action: Action
    slot: str
    month: int
    grant: int | None = None
    end: int | None = None
    reason: StopReason | None = None
    lawful: Lawful | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """From which month a decision counts.

    `signed` is the month of signing (may lie outside the months looked at); `start_rule(category)` is the
    rulebook's START rule of the day of signing; what the law no longer gives stops from `stops_from` on at
    the earliest.
    """

    months: int
    signed: int
    start_rule: Callable[[str], str]
    confirm_grounds: bool = False
    stops_from: int = 0

    @property
    def last(self) -> int:
        """The month reviewed."""
        return self.months - 1


# ── one month: the law says / we pay ──


def review(case: Case, verdict: Verdict | None, month: int) -> Iterator[Difference]:
    """List the differences of one month, at most one for each slot."""
    standing = {grant.slot: grant for grant in case.grants if grant.covers(month)}
    for grant in standing.values():
        if grant.ours and (difference := _of_grant(case, grant, verdict, month)):
            yield difference
    if verdict is None or _dead(case, month):
        return
    for slot, lawful in verdict.gives.items():
        if slot not in standing:
            yield Difference("ENTITLED_NOT_GRANTED", slot, None, lawful)


def _of_grant(case: Case, grant: Granted, verdict: Verdict | None, month: int) -> Difference | None:
    position, lawful = stand(case, grant, verdict, month)
    if position == "UNKNOWN":
        return Difference("CANNOT_TELL", grant.slot, grant, lawful)
    if position == "NO":
        return Difference("NO_LONGER_ENTITLED", grant.slot, grant, None)
    if position == "OTHER":
        return Difference("CONVERSION", grant.slot, grant, lawful)
    if lawful and lawful.level.amount_vnd != grant.level(month).amount_vnd:
        return Difference("LEVEL_DIFFERS", grant.slot, grant, lawful)
    return None


Position = Literal["SAME", "OTHER", "NO", "UNKNOWN"]


def stand(case: Case, grant: Granted, verdict: Verdict | None, month: int) -> tuple[Position, Lawful | None]:
    """Say how the law stands to a grant in a month, and what it gives in the grant's slot.

    Who died before the month is entitled to nothing, whatever else is known. An unknown counts only where it
    touches what is granted: a granted category of which the law cannot tell is UNKNOWN, never NO. Where only
    the least amount is certain, a higher one granted is UNKNOWN.
    """
    if _dead(case, month):
        return "NO", None
    if verdict is None:
        return "UNKNOWN", None
    lawful = verdict.gives.get(grant.slot)
    if lawful and lawful.category == grant.category:
        if grant.category in verdict.unknown and grant.level(month).amount_vnd > lawful.level.amount_vnd:
            return "UNKNOWN", lawful
        return "SAME", lawful
    if grant.category in verdict.unknown:
        return "UNKNOWN", lawful
    return ("OTHER", lawful) if lawful else ("NO", None)


def _dead(case: Case, month: int) -> bool:
    return case.dead_from is not None and month >= case.dead_from


# ── several months: what a decision does ──


def propose(case: Case, verdicts: Mapping[Hashable, Verdict], rules: Rules) -> list[Change]:
    """Say what a decision does about somebody, looking at all months together.

    Levels are restated from the first month that differs, with every later step, because the later decision
    counts for all months from its first on. A grant ends with the last unbroken run of months in which the
    law does not give it; what the law gives instead from that very month on is a conversion. A right that was
    not granted begins with the month of signing, or with its first month where the rulebook says so.
    """
    asked = [None if key is None else verdicts[key] for key in case.verdicts]
    changes: list[Change] = []
    for index, grant in enumerate(case.grants):
        if grant.ours and grant.start <= rules.last:
            changes += _change_grant(case, index, grant, asked, rules)
    for slot in _slots(asked[rules.last]):
        if not any(grant.slot == slot and _blocks(grant, rules.last) for grant in case.grants):
            changes += _start(case, slot, asked, rules, changes)
    return changes


def _blocks(grant: Granted, last: int) -> bool:
    return grant.end is None or grant.end > last


def _slots(verdict: Verdict | None) -> Iterable[str]:
    return verdict.gives if verdict else ()


def _change_grant(
    case: Case, index: int, grant: Granted, asked: list[Verdict | None], rules: Rules
) -> list[Change]:
    until = rules.months if grant.end is None else min(grant.end, rules.months)
    stands = [stand(case, grant, asked[m], m) for m in range(grant.start, until)]
    kept = until
    if until == rules.months and not grant.closed:
        while kept > grant.start and _gives_way(stands[kept - 1 - grant.start][0], kept - 1, rules):
            kept -= 1
    changes = _levels(index, grant, stands[: kept - grant.start], rules)
    if kept == until:
        return changes
    after = stands[kept - grant.start :]
    converted = after[0][0] == "OTHER"
    by_death = case.dead_from is not None and kept >= case.dead_from
    lost: StopReason = "MERGED" if (last := asked[rules.last]) and last.merged else "NOT_ENTITLED"
    reason: StopReason = "CONVERTED" if converted else "DEATH" if by_death else lost
    changes.append(Change("STOP", grant.slot, kept, grant=index, reason=reason))
    return changes + _successors(index, grant.slot, kept, [lawful for _, lawful in after], rules)


def _gives_way(position: Position, month: int, rules: Rules) -> bool:
    """Tell whether a grant may be ended by a month in which the law stands so to it."""
    return position == "OTHER" or (position == "NO" and month >= rules.stops_from)


def _levels(
    index: int, grant: Granted, stands: list[tuple[Position, Lawful | None]], rules: Rules
) -> list[Change]:
    """Restate the levels from the first month that differs; months of which the law tells nothing stay."""
    decided, wanted = _decided_and_wanted(grant, stands)
    differs = _other if rules.confirm_grounds else _other_amount
    first = next((i for i, pair in enumerate(zip(wanted, decided, strict=True)) if differs(*pair)), None)
    if first is None:
        return []
    steps = steps_of(grant.start + first, wanted[first:])
    return [Change("LEVEL", grant.slot, grant.start + first, grant=index, steps=steps)]


def _decided_and_wanted(
    grant: Granted, stands: list[tuple[Position, Lawful | None]]
) -> tuple[list[Level], list[Level]]:
    """The levels of a grant from its first month on, as decided and as the law tells; untold ones stay."""
    decided = [grant.level(grant.start + offset) for offset in range(len(stands))]
    wanted = [
        lawful.level if position == "SAME" and lawful else paid
        for (position, lawful), paid in zip(stands, decided, strict=True)
    ]
    return decided, wanted


def _other_amount(wanted: Level, paid: Level) -> bool:
    return wanted.amount_vnd != paid.amount_vnd


def _other(wanted: Level, paid: Level) -> bool:
    return wanted != paid


def steps_of(first: int, levels: Iterable[Level]) -> tuple[Step, ...]:
    """Write a level for each month, from `first` on, as the months in which it changes."""
    steps: list[Step] = []
    for month, level in enumerate(levels, start=first):
        if not steps or steps[-1].level != level:
            steps.append(Step(month, level))
    return tuple(steps)


def go_on(
    case: Case, asked: Sequence[Verdict | None], month: int
) -> tuple[list[tuple[Position, Lawful | None]], list[Level], tuple[Step, ...]]:
    """Restate a case's one grant by the law of another place, from a month on: how the law stands, the levels
    of all months, and the steps that write them.

    Where the law gives the same category its level counts, with its articles; elsewhere the level stays.
    Months before are restated from the first of which the amount differs: the law reached back to them.
    """
    grant = case.grants[0]
    stands = [stand(case, grant, verdict, at) for at, verdict in enumerate(asked)]
    decided, wanted = _decided_and_wanted(grant, stands)
    pairs = list(zip(wanted, decided, strict=True))
    first = next((at for at, pair in enumerate(pairs[:month]) if _other_amount(*pair)), None)
    if first is None:
        first = next((at for at, pair in enumerate(pairs) if at >= month and _other(*pair)), None)
    return stands, wanted, () if first is None else steps_of(first, wanted[first:])


@dataclass(slots=True)
class _Run:
    """Consecutive months in which the law gives the same category (None: nothing)."""

    first: int
    given: list[Lawful] = field(default_factory=list)

    @property
    def category(self) -> str | None:
        return self.given[0].category if self.given else None

    @property
    def end(self) -> int:
        return self.first + len(self.given)


def _runs(first: int, given: list[Lawful | None]) -> list[_Run]:
    runs: list[_Run] = []
    for month, lawful in enumerate(given, start=first):
        if lawful is None:
            runs.append(_Run(month))
        elif runs and runs[-1].end == month and runs[-1].category == lawful.category:
            runs[-1].given.append(lawful)
        else:
            runs.append(_Run(month, [lawful]))
    return [run for run in runs if run.given]


def _successors(index: int, slot: str, end: int, given: list[Lawful | None], rules: Rules) -> list[Change]:
    """What takes the place of a grant ended with `end`: a chain of conversions, perhaps a new start."""
    changes: list[Change] = []
    joined = end
    for run in _runs(end, given):
        closes = None if run.end == rules.months else run.end
        if run.first == joined:
            joined = run.end
            changes.append(_made("CONVERT", slot, run, run.first, closes, index))
        elif closes is None:
            changes += _new(slot, run, rules)
    return changes


def _start(
    case: Case, slot: str, asked: list[Verdict | None], rules: Rules, changes: list[Change]
) -> list[Change]:
    if _dead(case, rules.last):
        return []
    free_from = max((g.end or 0 for g in case.grants if g.slot == slot), default=0)
    given = [v.gives.get(slot) if v and not _dead(case, m) else None for m, v in enumerate(asked)]
    run = _runs(free_from, given[free_from:])[-1]
    for stop in changes:
        if stop.action == "STOP" and {slot, stop.slot} <= set(INCOME_SLOTS) and run.first <= stop.month:
            return [_made("CONVERT", slot, run, stop.month, None, stop.grant)]
    return _new(slot, run, rules)


def _new(slot: str, run: _Run, rules: Rules) -> list[Change]:
    """Begin a right that was not granted: never before the law lets it begin."""
    assert run.category is not None
    month = run.first if rules.start_rule(run.category) != "SIGNING_MONTH" else max(run.first, rules.signed)
    return [_made("START", slot, run, month, None, None)] if month <= rules.last else []


def _made(action: Action, slot: str, run: _Run, month: int, end: int | None, replaces: int | None) -> Change:
    given = run.given[month - run.first :]
    steps = steps_of(month, (lawful.level for lawful in given))
    return Change(action, slot, month, grant=replaces, end=end, lawful=given[0], steps=steps)


# ── what a proposal was about, and what is left of it ──


@dataclass(frozen=True, slots=True)
class Stance:
    """How it stands with somebody in a slot (tình trạng một dòng): what is granted, what the law gives."""

    person: int
    slot: str
    kind: str
    granted_category: str | None
    granted_vnd: int | None
    lawful_category: str | None
    lawful_vnd: int | None

    @property
    def decidable(self) -> bool:
        """Whether something can be decided: the law can tell."""
        return self.kind != "CANNOT_TELL"


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since a decision was asked for (từ lúc trình): people, of whom none is in both.

    `gone`: nothing is left to decide about them; `changed`: something else is.
    """

    changed: frozenset[int]
    gone: frozenset[int]


def since(then: Iterable[Stance], now: Iterable[Stance]) -> Since:
    """Compare how it stood with people with how it stands."""
    before, after = _by_person(then), _by_person(one for one in now if one.decidable)
    gone = before.keys() - after.keys()
    changed = {person for person, stood in before.items() if person not in gone and stood != after[person]}
    return Since(frozenset(changed), frozenset(gone))


def _by_person(stances: Iterable[Stance]) -> dict[int, set[Stance]]:
    found: dict[int, set[Stance]] = {}
    for one in stances:
        found.setdefault(one.person, set()).add(one)
    return found


def fingerprint(stances: Iterable[Stance]) -> str:
    """Return the hash of what can be decided: who signs signs what they saw (dấu của những dòng đã xem)."""
    rows = [astuple(one) for one in stances if one.decidable]
    rows.sort(key=lambda row: row[:2])
    return content_hash(repr(row).encode() for row in rows)


# ── reading a level back ──


@dataclass(frozen=True, slots=True, order=True)
class DecidedLevel:
    """A row of the level table, as far as its order matters."""

    decided_at: float
    from_month: Month
    amount_vnd: int = field(compare=False, default=0)


def level_of(rows: Iterable[DecidedLevel], month: Month) -> DecidedLevel | None:
    """Return the level of a month: of the rows that reach it the one decided latest, then the latest month.

    The slow reference of what `queries` asks in SQL.
    """
    return max((row for row in rows if row.from_month <= month), default=None)


# ── categories ──


def slot_of(category: str) -> Slot:
    """Name the exclusion slot of a category, for lists that do not say it (Điều 6, Điều 17 NĐ 335/2026)."""
    if category == "C4":
        return "SINGLE_PARENT"
    group = categories()[category]
    if group.scheme != "CARE_SUPPORT":
        return "OWN_INCOME"
    return "CARE_HOUSEHOLD" if group.payee == "CARER" else "CARE_OWN"


def by_code() -> Mapping[str, Category]:
    """Every category by its code."""
    return categories()
