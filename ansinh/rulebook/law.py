"""The law in force for a month, as it could be known on a day (luật áp dụng cho một tháng).

Two times: the month the law is asked about, and the day on which it is asked. An instrument not yet
published that day does not exist; published, it governs the months from its coming into force; what it
gives for earlier months exists only once it is in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import MappingProxyType
from typing import Literal

from ansinh.kernel.hashing import content_hash
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook import conditions
from ansinh.rulebook.categories import Category, Scope, Slot, categories
from ansinh.rulebook.conditions import AgeAtLeast, Always, Member, Number, Tree
from ansinh.rulebook.data import FOLDER, LawError
from ansinh.rulebook.instruments import Instrument, Provision, TimingEvent, TimingRule, read_instrument
from ansinh.rulebook.resolve import Coefficient, Group, Jurisdiction, Outcome, Resolver, Signature, Standard

ALWAYS = dt.date.max
"""Asked with everything loaded: no instrument is too new."""


@dataclass(frozen=True)
class Effective:
    """A provision that governs the month asked about; `back` = it reaches back before its force."""

    instrument: Instrument
    provision: Provision
    back: bool

    @property
    def cites(self) -> tuple[str, ...]:
        """The provision and, when it reaches back, the article that lets it."""
        cite = self.provision.cite
        return tuple(dict.fromkeys((cite, self.provision.retroactive_cite))) if self.back else (cite,)

    @property
    def notes(self) -> tuple[str, ...]:
        """Doubts to print beside every answer the provision touches."""
        doubt = self.provision.doubt
        if doubt and doubt.shown and (self.back or not self.provision.applies_from):
            return (f"{doubt.point}: {doubt.chosen} — {doubt.why}",)
        return ()


@dataclass(frozen=True)
class Count:
    """How many of the children somebody raises fulfil `tree` (số con được tính)."""

    name: str
    tree: Tree
    text: str


@dataclass(frozen=True)
class Rulebook:
    """Every instrument loaded, with the choices made where the law is silent."""

    instruments: tuple[Instrument, ...]
    release: str
    parameters: Mapping[str, bool]
    _months: dict[tuple[Month, dt.date], MonthLaw] = field(default_factory=dict, repr=False, compare=False)

    def month(self, month: Month, asked_on: dt.date | None = None) -> MonthLaw:
        """Return the law of a month as it could be known on `asked_on` (None: everything loaded).

        Refuses a month before the first instrument loaded.
        """
        asked_on = asked_on or ALWAYS
        visible_from = max(
            (i.published for i in self.instruments if i.published <= asked_on), default=dt.date.min
        )
        in_force = max((i.in_force for i in self.instruments if i.in_force <= asked_on), default=dt.date.min)
        key = (month, max(visible_from, in_force))
        if key not in self._months:
            self._months[key] = _month_law(self, month, asked_on)
        return self._months[key]

    def choosing(self, **parameters: bool) -> Rulebook:
        """Return the same law read with other choices where it is silent."""
        if unknown := set(parameters) - set(self.parameters):
            raise LawError(f"no such parameter: {', '.join(sorted(unknown))}")
        chosen = MappingProxyType({**self.parameters, **parameters})
        release = content_hash([self.release.encode(), repr(sorted(chosen.items())).encode()])
        return replace(self, parameters=chosen, release=release, _months={})

    def visible(self, asked_on: dt.date) -> Iterator[Instrument]:
        """Yield the instruments published by a day, the oldest in force first."""
        return (i for i in self.instruments if i.published <= asked_on)

    def effective(self, month: Month, asked_on: dt.date) -> Iterator[Effective]:
        """Yield the provisions that govern a month, the latest in force last."""
        visible = list(self.visible(asked_on))
        repealed = _repealed(visible)
        for instrument in visible:
            if instrument.ends and month > Month.of(instrument.ends):
                continue
            for provision in instrument.provisions:
                article = (instrument.number, article_of(provision.at))
                if month >= min(repealed.get(article, month + 1), repealed.get(instrument.number, month + 1)):
                    continue
                if provision.applies_until and month > Month.of(provision.applies_until):
                    continue
                if month >= instrument.first_month:
                    yield Effective(instrument, provision, back=False)
                elif self._reaches_back(instrument, provision, month, asked_on):
                    yield Effective(instrument, provision, back=True)

    def _reaches_back(
        self, instrument: Instrument, provision: Provision, month: Month, asked_on: dt.date
    ) -> bool:
        return (
            provision.applies_from is not None
            and month >= Month.of(provision.applies_from)
            and asked_on >= instrument.in_force
            and self.parameters.get(provision.applies_if or "", True)
        )

    def reaches_back_to(self, known_on: dt.date, asked_on: dt.date) -> Month | None:
        """Return the first month changed by what came into force after `known_on`, up to `asked_on`."""
        months = [
            Month.of(provision.applies_from)
            for instrument in self.instruments
            if known_on < instrument.in_force <= asked_on
            for provision in instrument.provisions
            if provision.applies_from
        ]
        return min(months, default=None)


@dataclass(frozen=True, eq=False)
class MonthLaw:
    """The law of one month: the numbered tests, the groups, the standards; ready to be asked."""

    month: Month
    asked_on: dt.date
    release: str
    effective: tuple[Effective, ...]
    conditions: tuple[Tree, ...]
    counts: tuple[Count, ...]
    groups: tuple[Group, ...]
    resolver: Resolver
    locals: tuple[Instrument, ...]
    _jurisdictions: dict[tuple[str | None, str | None], int]
    latest_birth: bool

    @cached_property
    def cutoff_ages(self) -> tuple[int, ...]:
        """The ages at which an answer may change."""
        trees = [*self.conditions, *(count.tree for count in self.counts)]
        return tuple(
            sorted({n.years for tree in trees for n in conditions.walk(tree) if isinstance(n, AgeAtLeast)})
        )

    @cached_property
    def child_ages(self) -> tuple[int, ...]:
        """The ages of children at which a parent's answer may change."""
        trees = [count.tree for count in self.counts]
        return tuple(
            sorted({n.years for tree in trees for n in conditions.walk(tree) if isinstance(n, AgeAtLeast)})
        )

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts the month's law asks for."""
        return frozenset(set().union(*(conditions.names(tree) for tree in self.conditions)))

    @cached_property
    def receiving_of_interest(self) -> int:
        """The groups whose being granted already may change an answer beyond the numbered tests (ties)."""
        return sum(g.category.bit for g in self.groups)

    @cached_property
    def raising(self) -> int:
        """The groups granted for the children somebody raises, as a `receiving` mask.

        Of whom such a grant is held and no child was ever recorded, the children are not known: not none.
        """
        return sum(g.category.bit for g in self.groups if g.per is not None)

    def jurisdiction(self, province: str | None, former_province: str | None = None) -> int:
        """Return the key of the law that applies where somebody lives; equal law, equal key."""
        place = (province, former_province)
        if place not in self._jurisdictions:
            self._jurisdictions[place] = _add_jurisdiction(self, province, former_province)
        return self._jurisdictions[place]

    def resolve(self, signature: Signature) -> Outcome:
        """Say what follows from a signature."""
        return self.resolver.resolve(signature)

    def standard(self, scope: Scope, province: str | None = None) -> Standard:
        """Return the standard amount of a scope in a province."""
        return self.resolver.jurisdictions[self.jurisdiction(province)].standards[scope]

    def timing(self, event: TimingEvent, category: str) -> tuple[TimingRule, str]:
        """Return the rule from which month an event counts for a category, and its article."""
        found: tuple[bool, TimingRule, str] | None = None
        for effective in self.effective:
            for timing in effective.provision.timing:
                special = category in timing.categories
                if timing.event != event or (timing.categories and not special):
                    continue
                if found is None or special or not found[0]:
                    found = (special, timing.rule, effective.provision.cite)
        if found is None:
            raise LawError(f"{self.month}: no timing of {event} for {category}")
        return found[1], found[2]


def article_of(at: str) -> str:
    """Name the article of a place in an instrument: "Điều 5" of "điểm a khoản 5 Điều 5"."""
    article = at.rsplit(" Điều ", 1)[-1].removeprefix("Điều ")
    return f"Điều {article}"


def _repealed(visible: Iterable[Instrument]) -> dict[str | tuple[str, str], Month]:
    """Return from which month visible instruments repeal others, and single articles of others.

    Keys: the number of an instrument, or the number and an article.
    """
    found: dict[str | tuple[str, str], Month] = {}
    for other in visible:
        keys: list[str | tuple[str, str]] = list(other.repeals)
        keys += [(number, article) for number, several in other.repeals_articles for article in several]
        for key in keys:
            found[key] = min(found.get(key, other.first_month), other.first_month)
    return found


# ── building a month ──


def _month_law(book: Rulebook, month: Month, asked_on: dt.date) -> MonthLaw:
    effective = tuple(book.effective(month, asked_on))
    if not any(e.provision.when for e in effective):
        first = min(i.first_month for i in book.instruments if any(p.when for p in i.provisions))
        raise Refusal(
            f"Chưa có văn bản pháp luật nào được nạp cho tháng {month.vietnamese()}.",
            remedy=f"Hỏi từ tháng {first.vietnamese()} trở đi, hoặc nạp văn bản của thời kỳ trước.",
        )
    counts = _counts(effective)
    groups, tests = _groups(effective, counts)
    national = [e for e in effective if not e.instrument.territory]
    standards = _standards(national)
    if "SOCIAL_PENSION" in standards:
        tests = [_with_amount(tree, standards["SOCIAL_PENSION"].vnd) for tree in tests]
    law = MonthLaw(
        month=month,
        asked_on=asked_on,
        release=book.release,
        effective=effective,
        conditions=tuple(tests),
        counts=counts,
        groups=tuple(groups),
        resolver=Resolver(
            jurisdictions={},
            beside=frozenset(code for e in effective for code in e.provision.beside),
            coefficient_day=_coefficient_day(national),
            order={code: index for index, code in enumerate(categories())},
        ),
        locals=tuple(dict.fromkeys(e.instrument for e in effective if e.instrument.territory)),
        _jurisdictions={},
        latest_birth=book.parameters["birth_latest_possible_day"],
    )
    law.jurisdiction("")
    return law


def _latest(effective: Iterable[Effective]) -> list[Effective]:
    """Sort so that the instrument latest in force comes last."""
    return sorted(effective, key=lambda e: e.instrument.in_force)


def _counts(effective: Iterable[Effective]) -> tuple[Count, ...]:
    found = {e.provision.count[0]: Count(*e.provision.count) for e in _latest(effective) if e.provision.count}
    return tuple(found.values())


def _groups(effective: tuple[Effective, ...], counts: tuple[Count, ...]) -> tuple[list[Group], list[Tree]]:
    eligibility: dict[str, Effective] = {}
    bands: dict[str, Effective] = {}
    for e in _latest(effective):
        for code in e.provision.categories:
            if e.provision.when is not None:
                eligibility[code] = e
            if e.provision.bands:
                bands[code] = e
        for code in e.provision.ends:
            if code in eligibility and eligibility[code].instrument.in_force <= e.instrument.in_force:
                del eligibility[code]
    exclusions = [e.provision.excludes for e in effective if e.provision.excludes]
    trees = {
        code: conditions.both(
            [e.provision.when or Always(False)]
            + [conditions.negate(t) for schemes, t, _ in exclusions if categories()[code].scheme in schemes]
        )
        for code, e in eligibility.items()
    }
    tests: dict[Tree, int] = {}
    index = {count.name: number for number, count in enumerate(counts)}
    groups = []
    for code in sorted(eligibility, key=list(categories()).index):
        found = _group(categories()[code], eligibility[code], bands, _expand(code, trees, ()), tests, index)
        groups.append(found)
    return groups, list(tests)


def _group(
    category: Category,
    eligible: Effective,
    bands: Mapping[str, Effective],
    tree: Tree,
    tests: dict[Tree, int],
    counts: Mapping[str, int],
) -> Group:
    if category.code not in bands:
        raise LawError(f"{eligible.provision.cite}: {category.code} has no coefficient")
    priced = bands[category.code]
    coefficients = tuple(
        Coefficient(None if band.when is None else tests.setdefault(band.when, len(tests)), band.coefficient)
        for band in priced.provision.bands
    )
    return Group(
        category=category,
        slot=eligible.provision.slot or "OWN_INCOME",
        bit=tests.setdefault(tree, len(tests)),
        provision=eligible.provision,
        coefficients=coefficients,
        coefficient_provision=priced.provision,
        per=counts[priced.provision.per] if priced.provision.per else None,
        local=eligible.instrument.territory is not None,
        notes=(*eligible.notes, *priced.notes),
        cites=tuple(dict.fromkeys((*eligible.cites, *priced.cites))),
    )


def _expand(code: str, trees: Mapping[str, Tree], seen: tuple[str, ...]) -> Tree:
    """Put the conditions of other groups in the place of their names."""
    if code in seen:
        raise LawError(f"{' → '.join((*seen, code))}: the groups refer to each other in a circle")

    def leaf(node: Tree) -> Tree:
        if not isinstance(node, Member):
            return node
        return _expand(node.category, trees, (*seen, code)) if node.category in trees else Always(False)

    return conditions.rewrite(trees[code], leaf)


def _with_amount(tree: Tree, social_pension_vnd: int) -> Tree:
    def leaf(node: Tree) -> Tree:
        if isinstance(node, Number) and node.value == "social_pension_vnd":
            return replace(node, value=social_pension_vnd)
        return node

    return conditions.rewrite(tree, leaf)


def _standards(effective: Iterable[Effective]) -> dict[Scope, Standard]:
    """Return the national standards by scope: the instrument latest in force counts."""
    found: dict[Scope, Standard] = {}
    for e in _latest(effective):
        for scope in e.provision.scope:
            found[scope] = Standard(e.provision.standard_vnd or 0, e.cites, e.notes)
    return found


def _coefficient_day(effective: Iterable[Effective]) -> Literal["first", "last"]:
    rules = [
        t.rule
        for e in _latest(effective)
        for t in e.provision.timing
        if t.event == "CHANGE" and not t.categories
    ]
    return "first" if rules and rules[-1] == "MONTH_AFTER" else "last"


# ── where somebody lives ──


def _add_jurisdiction(law: MonthLaw, province: str | None, former: str | None) -> int:
    applies, doubtful = [], []
    for instrument in law.locals:
        verdict = _applies(instrument, law.month, province, former)
        if verdict is True:
            applies.append(instrument)
        elif verdict is not False:
            doubtful.append((instrument, *verdict))
    new = _jurisdiction(law, len(law.resolver.jurisdictions), applies, doubtful)
    for known in law.resolver.jurisdictions.values():
        if replace(known, key=new.key) == new:
            return known.key
    law.resolver.jurisdictions[new.key] = new
    return new.key


def _applies(
    instrument: Instrument, month: Month, province: str | None, former: str | None
) -> bool | tuple[str, str | None]:
    """Tell whether a local instrument applies: yes, no, or (why it cannot be told, which fact would)."""
    territory = instrument.territory
    if territory is None:
        return True
    if territory.until is None or month <= territory.until:
        if province is None:
            return f"chưa biết nơi cư trú có thuộc phạm vi của {instrument.citation} không", "province"
        return province == territory.code
    if instrument.after_merger == "ends":
        return False
    inside = former == territory.code
    if not inside and (former is not None or (province is not None and province != territory.within)):
        return False
    if not inside:
        return (
            f"chưa biết trước sáp nhập có cư trú trong phạm vi của {instrument.citation} không",
            "former_province" if province else "province",
        )
    if instrument.after_merger == "unknown":
        return f"chưa rõ {instrument.citation} còn hiệu lực sau sáp nhập không", None
    return True


def _jurisdiction(
    law: MonthLaw,
    key: int,
    applies: list[Instrument],
    doubtful: list[tuple[Instrument, str, str | None]],
) -> Jurisdiction:
    standards = _standards(e for e in law.effective if not e.instrument.territory)
    for scope, standard in _local_standards(law, applies):
        if scope not in standards or standard.vnd > standards[scope].vnd:
            standards[scope] = standard
    uncertain_groups, uncertain_standards = [], []
    for instrument, doubt, fact in doubtful:
        uncertain_groups += [(g, doubt, fact) for g in law.groups if g.provision in instrument.provisions]
        uncertain_standards += [
            (scope, standard, f"{doubt} (mức chuẩn {standard.vnd:,} đồng)".replace(",", "."), fact)
            for scope, standard in _local_standards(law, [instrument])
        ]
    groups = tuple(
        g
        for g in law.groups
        if not g.local or any(g.provision in instrument.provisions for instrument in applies)
    )
    return Jurisdiction(key, groups, standards, tuple(uncertain_groups), tuple(uncertain_standards))


def _local_standards(law: MonthLaw, instruments: list[Instrument]) -> Iterator[tuple[Scope, Standard]]:
    for e in law.effective:
        if e.instrument in instruments:
            for scope in e.provision.scope:
                yield scope, Standard(e.provision.standard_vnd or 0, e.cites, e.notes)


# ── loading ──


@cache
def load() -> Rulebook:
    """Read every instrument of the project, once. Raises LawError on the first fault found."""
    folder = FOLDER / "instruments"
    instruments = sorted((read_instrument(path) for path in folder.glob("*.toml")), key=lambda i: i.in_force)
    numbers = [instrument.number for instrument in instruments]
    if len(set(numbers)) != len(numbers):
        raise LawError("two instruments have the same number")
    files = sorted(
        [*folder.glob("*.toml"), FOLDER / "facts.toml", FOLDER / "categories.toml"], key=lambda p: p.name
    )
    chosen = {"birth_latest_possible_day": True}
    for instrument in instruments:
        chosen |= {parameter.name: parameter.value for parameter in instrument.parameters}
    release = content_hash([part for path in files for part in (path.name.encode(), path.read_bytes())])
    return Rulebook(tuple(instruments), release, MappingProxyType(chosen))


def slots() -> dict[str, Slot]:
    """Return the exclusion slot of every category; a later instrument never moves one."""
    found: dict[str, Slot] = {}
    for instrument in load().instruments:
        for provision in instrument.provisions:
            if provision.slot:
                code = provision.categories[0]
                if found.setdefault(code, provision.slot) != provision.slot:
                    raise LawError(
                        f"{provision.cite}: {code} moves from slot {found[code]} to {provision.slot}"
                    )
    return found
