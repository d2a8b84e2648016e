"""Legal instruments (văn bản quy phạm pháp luật), read from TOML and checked.

The format is described in docs/reference/instruments.md. Every provision does something or says why not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast

from ansinh.kernel.time import Month
from ansinh.rulebook import conditions
from ansinh.rulebook.categories import SCHEME_LABELS, SLOTS, Scheme, Slot, categories
from ansinh.rulebook.categories import Scope as StandardScope
from ansinh.rulebook.conditions import Tree
from ansinh.rulebook.data import LawError, need, only, read_toml

TimingEvent = Literal["START", "CHANGE", "STOP"]
TimingRule = Literal["SIGNING_MONTH", "CERTIFICATE_MONTH", "BIRTHDAY_MONTH", "SAME_MONTH", "MONTH_AFTER"]
AfterMerger = Literal["survives", "ends", "unknown"]
_RULES = ("SIGNING_MONTH", "CERTIFICATE_MONTH", "BIRTHDAY_MONTH", "SAME_MONTH", "MONTH_AFTER")
_UNITS = ("WORKING_DAY", "CALENDAR_DAY", "HOUR", "MONTH", "DAY_OF_MONTH", "DATE")
_SCOPES = ("COMMUNITY", "FACILITY", "SOCIAL_PENSION")

_EFFECTS = (
    "category", "standard_vnd", "count", "excludes", "ends", "beside_single_parent", "timing", "deadline",
    "suspension", "benefit", "not_applied",
)  # fmt: skip
_PROVISION_KEYS = (
    "at", "says", "applies_from", "applies_by", "applies_until", "applies_if", "uncertain", "certainty",
    "slot", "when", "coefficient", "per", "scope", *_EFFECTS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """A coefficient for those who fulfil `when` (everybody when None)."""

    when: Tree | None
    coefficient: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A point of the law that is not certain: what was chosen and why (điểm chưa chắc chắn)."""

    point: str
    chosen: str
    why: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Timing:
    """From which month an event counts (thời điểm hưởng, điều chỉnh, thôi hưởng)."""

    event: TimingEvent
    rule: TimingRule
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A limit of the process (thời hạn giải quyết)."""

    process: str
    step: str
    actor: str
    limit: int | str
    unit: str


@dataclass(frozen=True)
class Provision:
    """One article, clause or point, and what it does."""

    at: str
    says: str
    categories: tuple[str, ...] = ()
    slot: Slot | None = None
    when: Tree | None = None
    when_text: str = ""
    bands: tuple[Band, ...] = ()
    per: str | None = None
    standard_vnd: int | None = None
    scope: tuple[StandardScope, ...] = ()
    count: tuple[str, Tree, str] | None = None
    excludes: tuple[tuple[Scheme, ...], Tree, str] | None = None
    ends: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    timing: tuple[Timing, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    suspension: tuple[dict[str, Any], ...] = ()
    benefits: tuple[dict[str, Any], ...] = ()
    not_applied: str = ""
    applies_from: dt.date | None = None
    applies_by: str = ""
    applies_until: dt.date | None = None
    applies_if: str | None = None
    doubt: Doubt | None = None
    certainty: str = ""
    number: str = ""

    @property
    def cite(self) -> str:
        """Cite as officers do: "điểm a khoản 5 Điều 5 Nghị định 20/2021/NĐ-CP"."""
        return f"{self.at} {self.number}"

    @property
    def retroactive_cite(self) -> str:
        """Cite the article that lets the provision reach back."""
        return f"{self.applies_by} {self.number}" if self.applies_by else self.cite


@dataclass(frozen=True, slots=True)
class Parameter:
    """A choice where the law is silent or ambiguous."""

    name: str
    value: bool
    question: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Territory:
    """Where a local instrument applies: a province by its code while the unit lived."""

    code: str
    until: Month | None = None
    within: str | None = None


@dataclass(frozen=True)
class Instrument:
    """A decree, circular or resolution with its validity."""

    name: str
    number: str
    kind: str
    issuer: str
    title: str
    issued: dt.date
    published: dt.date
    in_force: dt.date
    ends: dt.date | None
    repeals: tuple[str, ...]
    repeals_articles: tuple[tuple[str, tuple[str, ...]], ...]
    territory: Territory | None
    after_merger: AfterMerger | None
    source: str
    parameters: tuple[Parameter, ...] = ()
    provisions: tuple[Provision, ...] = field(default=(), repr=False)

    @property
    def first_month(self) -> Month:
        """The first month the instrument governs, wholly."""
        return Month.of(self.in_force)

    @property
    def citation(self) -> str:
        """Name it as officers do: "Nghị định 335/2026/NĐ-CP"."""
        return f"{self.kind} {self.number}"


def read_instrument(path: Path) -> Instrument:
    """Read one instrument. Raises LawError with file, article and fault."""
    return instrument_of(read_toml(path), path.stem)


def instrument_of(table: dict[str, Any], name: str) -> Instrument:
    """Make an instrument of a TOML table. Raises LawError with the file's name, article and fault."""
    file = f"{name}.toml"
    only(table, ("instrument", "provision", "parameter"), file)
    head = need(table, "instrument", dict, file)
    instrument = _head(name, head)
    counts = frozenset(entry["count"]["name"] for entry in table.get("provision", []) if "count" in entry)
    provisions = tuple(
        provision_of(entry, instrument, counts, f"{file} {entry.get('at', f'provision {index + 1}')}")
        for index, entry in enumerate(table.get("provision", []))
    )
    parameters = tuple(
        Parameter(p["name"], p["value"], p["question"], p["chosen"]) for p in table.get("parameter", [])
    )
    return replace(instrument, provisions=provisions, parameters=parameters)


def _head(name: str, head: dict[str, Any]) -> Instrument:
    place = f"{name}.toml [instrument]"
    only(
        head,
        ("number", "kind", "issuer", "title", "issued", "published", "in_force", "ends", "repeals",
         "repeals_articles", "territory", "after_merger", "source"),
        place,
    )  # fmt: skip
    territory = _territory(head.get("territory"), place)
    after_merger = head.get("after_merger")
    if territory and territory.until and after_merger not in ("survives", "ends", "unknown"):
        raise LawError(f"{place}: after_merger must say survives, ends or unknown")
    issued = need(head, "issued", dt.date, place)
    return Instrument(
        name=name,
        number=need(head, "number", str, place),
        kind=need(head, "kind", str, place),
        issuer=need(head, "issuer", str, place),
        title=need(head, "title", str, place),
        issued=issued,
        published=head.get("published", issued),
        in_force=need(head, "in_force", dt.date, place),
        ends=head.get("ends"),
        repeals=tuple(head.get("repeals", ())),
        repeals_articles=tuple((r["number"], tuple(r["at"])) for r in head.get("repeals_articles", ())),
        territory=territory,
        after_merger=after_merger,
        source=need(head, "source", str, place),
    )


def _territory(entry: dict[str, Any] | None, place: str) -> Territory | None:
    if entry is None:
        return None
    only(entry, ("code", "until", "within"), f"{place} territory")
    until = entry.get("until")
    return Territory(entry["code"], Month.of(until) if until else None, entry.get("within"))


def provision_of(entry: dict[str, Any], of: Instrument, counts: frozenset[str], place: str) -> Provision:
    """Make a provision of a TOML table; `place` names it in a LawError."""
    only(entry, _PROVISION_KEYS, place)
    if not any(key in entry for key in _EFFECTS):
        raise LawError(f"{place}: has no effect and does not say why (not_applied)")
    try:
        return Provision(
            at=need(entry, "at", str, place),
            says=need(entry, "says", str, place),
            number=of.citation,
            **_groups(entry, counts, place),
            **_standard(entry, place),
            **_rules(entry, counts, place),
            deadlines=tuple(_deadline(d, place) for d in entry.get("deadline", ())),
            suspension=tuple(entry.get("suspension", ())),
            benefits=tuple(_benefit(b, counts, place) for b in entry.get("benefit", ())),
            not_applied=entry.get("not_applied", ""),
            applies_from=entry.get("applies_from"),
            applies_by=entry.get("applies_by", ""),
            applies_until=entry.get("applies_until"),
            applies_if=entry.get("applies_if"),
            doubt=_doubt(entry.get("uncertain"), place),
            certainty=entry.get("certainty", ""),
        )
    except LawError as fault:
        raise LawError(str(fault) if str(fault).startswith(place) else f"{place}: {fault}") from None


def _groups(entry: dict[str, Any], counts: frozenset[str], place: str) -> dict[str, Any]:
    if "category" not in entry:
        return {}
    named = entry["category"] if isinstance(entry["category"], list) else [entry["category"]]
    _known_groups(named, place)
    result: dict[str, Any] = {"categories": tuple(named)}
    if "when" in entry:
        if entry.get("slot") not in SLOTS or len(named) != 1:
            raise LawError(f"{place}: an eligibility names one category and its slot")
        result |= {"slot": entry["slot"], "when": _tree(entry["when"], counts), "when_text": entry["when"]}
    if "coefficient" in entry:
        result |= {"bands": _bands(entry["coefficient"], counts), "per": entry.get("per")}
        if entry.get("per") is not None and entry["per"] not in counts:
            raise LawError(f"{place}: per names no count of this instrument")
    if len(result) == 1:
        raise LawError(f"{place}: a category needs `when` or `coefficient`")
    return result


def _bands(value: Any, counts: frozenset[str]) -> tuple[Band, ...]:
    if not isinstance(value, list):
        return (Band(None, Decimal(value), ""),)
    return tuple(Band(_tree(b["when"], counts), Decimal(b["is"]), b["when"]) for b in value)


def _standard(entry: dict[str, Any], place: str) -> dict[str, Any]:
    if "standard_vnd" not in entry:
        return {}
    scope = entry.get("scope", [])
    if not scope or any(s not in _SCOPES for s in scope):
        raise LawError(f"{place}: a standard needs its scope: {', '.join(_SCOPES)}")
    amount = need(entry, "standard_vnd", int, place)
    if amount <= 0:
        raise LawError(f"{place}: a standard is a positive number of đồng")
    return {"standard_vnd": amount, "scope": tuple(scope)}


def _rules(entry: dict[str, Any], counts: frozenset[str], place: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if count := entry.get("count"):
        tree = conditions.parse(count["when"], conditions.Scope(child=True))
        result["count"] = (count["name"], tree, count["when"])
    if excludes := entry.get("excludes"):
        if any(scheme not in SCHEME_LABELS for scheme in excludes["schemes"]):
            raise LawError(f"{place}: excludes an unknown scheme")
        result["excludes"] = (tuple(excludes["schemes"]), _tree(excludes["when"], counts), excludes["when"])
    for key, name in (("ends", "ends"), ("beside_single_parent", "beside")):
        if key in entry:
            _known_groups(entry[key], place)
            result[name] = tuple(entry[key])
    if "timing" in entry:
        result["timing"] = tuple(_timing(t, place) for t in entry["timing"])
    return result


def _timing(entry: dict[str, Any], place: str) -> Timing:
    only(entry, ("event", "rule", "categories"), f"{place} timing")
    if entry.get("event") not in ("START", "CHANGE", "STOP") or entry.get("rule") not in _RULES:
        raise LawError(f"{place}: unknown timing event or rule")
    named: list[str] = entry.get("categories", [])
    _known_groups(named, place)
    return Timing(cast(TimingEvent, entry["event"]), cast(TimingRule, entry["rule"]), tuple(named))


def _deadline(entry: dict[str, Any], place: str) -> Deadline:
    only(entry, ("process", "step", "actor", "limit", "unit"), f"{place} deadline")
    if entry.get("unit") not in _UNITS:
        raise LawError(f"{place}: a deadline's unit is one of {', '.join(_UNITS)}")
    return Deadline(entry["process"], entry["step"], entry.get("actor", ""), entry["limit"], entry["unit"])


def _benefit(entry: dict[str, Any], counts: frozenset[str], place: str) -> dict[str, Any]:
    if "code" not in entry or not ({"times", "vnd", "kilograms", "actual"} & set(entry)):
        raise LawError(f"{place}: a benefit needs a code and times, vnd, kilograms or actual")
    if "when" in entry:
        _tree(entry["when"], counts)
    return dict(entry)


def _doubt(entry: dict[str, Any] | None, place: str) -> Doubt | None:
    if entry is None:
        return None
    only(entry, ("point", "chosen", "why", "shown"), f"{place} uncertain")
    return Doubt(entry["point"], entry["chosen"], entry["why"], entry.get("shown", False))


def _tree(text: str, counts: frozenset[str]) -> Tree:
    return conditions.parse(text, conditions.Scope(counts=counts))


def _known_groups(codes: Sequence[str], place: str) -> None:
    if unknown := [code for code in codes if code not in categories()]:
        raise LawError(f"{place}: unknown category {', '.join(unknown)}")
