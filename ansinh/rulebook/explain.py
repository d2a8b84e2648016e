"""Why (vì sao): the law's answer for one person and month, in Vietnamese, with articles and arithmetic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ansinh.kernel.money import coefficient_text, grouped, vnd
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.rulebook import conditions as c
from ansinh.rulebook.categories import Category, categories
from ansinh.rulebook.engines.person import Test, Values, test
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw
from ansinh.rulebook.resolve import Day, Entitlement, Finding, Group, Outcome, Signature


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What is known of a person on one evaluated day of the month."""

    day: dt.date
    values: Values


@dataclass(frozen=True, slots=True)
class Paid:
    """An entitlement and its arithmetic in words."""

    entitlement: Entitlement
    category: Category
    arithmetic: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What the law says of one category: met True, False, or None = cannot tell; why; what is missing."""

    category: Category
    met: bool | None
    because: str
    cites: tuple[str, ...]
    missing: tuple[str, ...]
    outranked_by: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer for one person and month."""

    month: Month
    release: str
    entitlements: tuple[Paid, ...]
    reasons: tuple[Reason, ...]
    total_vnd: int
    assumptions: tuple[str, ...]


def signature(
    law: MonthLaw, days: Sequence[DayFacts], *, province: str | None, former_province: str | None
) -> Signature:
    """Return the signature of one person: what the engines return for everybody at once."""
    receiving = (days[0].values.get("receiving") or 0) if days else 0
    return Signature(
        jurisdiction=law.jurisdiction(province, former_province),
        receiving=receiving & law.receiving_of_interest,
        days=tuple(_day(law, day) for day in days),
    )


def _day(law: MonthLaw, facts: DayFacts) -> Day:
    met = unknown = 0
    for index, asked in enumerate(_tests(law)):
        verdict = asked(facts.values, facts.day)
        if verdict:
            met |= 1 << index
        elif verdict is None:
            unknown |= 1 << index
    return Day(met, unknown, tuple(facts.values.get(count.name, (0, None)) for count in law.counts))


@lru_cache(maxsize=64)
def _tests(law: MonthLaw) -> tuple[Test, ...]:
    return tuple(test(tree) for tree in law.conditions)


def explain(
    law: MonthLaw,
    days: Sequence[DayFacts],
    *,
    province: str | None,
    former_province: str | None = None,
    assumptions: tuple[str, ...] = (),
    nobody: str = "không có ngày nào trong tháng để xét",
) -> Explanation:
    """Explain one person's month. `days` in order; none: did not live in it (`nobody`: why)."""
    asked = signature(law, days, province=province, former_province=former_province)
    outcome = law.resolve(asked)
    jurisdiction = law.resolver.jurisdictions[asked.jurisdiction]
    groups = {
        g.category.code: g for g in (*jurisdiction.groups, *(g for g, _, _ in jurisdiction.doubtful_groups))
    }
    return Explanation(
        month=law.month,
        release=law.release,
        entitlements=tuple(Paid(e, categories()[e.category], arithmetic(e)) for e in outcome.entitlements),
        reasons=tuple(_reason(law, f, groups[f.category], days, outcome, nobody) for f in outcome.findings),
        total_vnd=outcome.total_vnd,
        assumptions=assumptions,
    )


def arithmetic(entitlement: Entitlement) -> str:
    """Write "2,0 × 540.000 = 1.080.000 đồng"."""
    return (
        f"{coefficient_text(entitlement.coefficient)} × {grouped(entitlement.standard_vnd)} = "
        f"{vnd(entitlement.amount_vnd)}"
    )


def _reason(
    law: MonthLaw, finding: Finding, group: Group, days: Sequence[DayFacts], outcome: Outcome, nobody: str
) -> Reason:
    category = group.category
    tree = law.conditions[group.bit]
    facts = days[finding.day] if days else None
    missing: tuple[str, ...] = ()
    if facts is None:
        because = f"Không đủ điều kiện: {nobody}."
    elif finding.doubt:
        missing = (finding.doubt_fact,) if finding.doubt_fact else ()
        because = f"Chưa thể kết luận: {finding.doubt}."
    elif finding.met:
        because = _met(tree, facts, group, finding, outcome)
        missing = _open(law, group, facts) if finding.open else ()
    elif finding.met is None:
        missing = tuple(_missing(tree, facts))
        because = f"Chưa thể kết luận, còn thiếu: {'; '.join(_label(name).lower() for name in missing)}."
    else:
        because = f"Không đủ điều kiện: {'; '.join(_failing(tree, facts, group))}."
    return Reason(category, finding.met, because, group.cites, missing, finding.outranked_by)


def _met(tree: c.Tree, facts: DayFacts, group: Group, finding: Finding, outcome: Outcome) -> str:
    parts = [f"Đủ điều kiện: {'; '.join(_say(term, facts.values, facts.day) for term in _terms(tree))}."]
    if finding.outranked_by:
        other = categories()[finding.outranked_by]
        parts.append(f"Không chi theo nhóm này vì chỉ hưởng một mức cao nhất: đã hưởng nhóm {other.code}.")
    for entitlement in outcome.entitlements:
        if entitlement.category == group.category.code:
            parts.append(f"Mức hưởng: {arithmetic(entitlement)}.")
            parts.extend(f"{note.rstrip('.')}." for note in entitlement.notes)
    if finding.open:
        parts.append("Đang tính ở mức thấp nhất chắc chắn được hưởng vì còn thiếu dữ kiện.")
    return " ".join(parts)


def _open(law: MonthLaw, group: Group, facts: DayFacts) -> tuple[str, ...]:
    names = [
        name
        for coefficient in group.coefficients
        if coefficient.bit is not None
        for name in _missing(law.conditions[coefficient.bit], facts)
    ]
    if group.per is not None:
        least, most = facts.values.get(law.counts[group.per].name, (0, None))
        names += [] if least == most else ["children"]
    return tuple(dict.fromkeys(names))


# ── which terms decide ──


def _terms(tree: c.Tree) -> tuple[c.Tree, ...]:
    return tree.terms if isinstance(tree, c.All) else (tree,)


def _failing(tree: c.Tree, facts: DayFacts, group: Group) -> Iterator[str]:
    for term in _terms(tree):
        if test(term)(facts.values, facts.day) is False:
            yield _needs(term, facts, group)


def _needs(term: c.Tree, facts: DayFacts, group: Group) -> str:
    leaves = _leaves(term)
    if len(leaves) > 5:
        return f"không thuộc trường hợp nào của {group.provision.at}"
    actual = "; ".join(
        dict.fromkeys(filter(None, (_actual(leaf, facts.values, facts.day) for leaf in leaves)))
    )
    return f"cần {_say(term, facts.values, facts.day)}" + (f" (thực tế: {actual})" if actual else "")


@cache
def _leaves(tree: c.Tree) -> list[c.Tree]:
    return [node for node in c.walk(tree) if not isinstance(node, c.All | c.Any | c.Not)]


def _missing(tree: c.Tree, facts: DayFacts) -> list[str]:
    """Name the unknown facts that keep a condition from being told, in the order of its terms."""
    found: list[str] = []
    for term in tree.terms if isinstance(tree, c.All | c.Any) else (tree,):
        if test(term)(facts.values, facts.day) is None:
            if isinstance(term, c.All | c.Any):
                found += _missing(term, facts)
            else:
                found += sorted(_public(name) for name in c.names(term))
    return list(dict.fromkeys(found))


def _public(name: str) -> str:
    return name if name in vocabulary() or name in ("born", "sex") else "children"


# ── words ──

_OTHER_LABELS = {
    "born": "Ngày sinh",
    "sex": "Giới tính",
    "children": "Con đang nuôi (ngày sinh, việc học)",
    "province": "Tỉnh, thành phố nơi cư trú",
    "former_province": "Tỉnh nơi cư trú trước 7/2025",
}
_AMOUNTS = {"social_pension_vnd": "mức trợ cấp hưu trí xã hội"}
_SEX = {"F": "nữ", "M": "nam"}
_OPS = {"<": "dưới", "<=": "không quá", "=": "bằng", ">=": "từ", ">": "trên"}


@cache
def _label(name: str) -> str:
    fact = vocabulary().get(name)
    return fact.label if fact else _OTHER_LABELS.get(name, name)


def label(name: str) -> str:
    """Name a fact, or what else may be missing, in Vietnamese."""
    return _label(name)


def words(tree: c.Tree) -> str:
    """Say a condition in Vietnamese, of nobody in particular: "từ đủ 60 tuổi; hộ nghèo: hộ nghèo"."""
    return "; ".join(_in_general(term) for term in _terms(tree))


def _in_general(tree: c.Tree) -> str:
    match tree:
        case c.All(terms):
            return "(" + " và ".join(map(_in_general, terms)) + ")"
        case c.Any(terms):
            return " hoặc ".join(map(_in_general, terms))
        case c.Not(term):
            return _leaf(term, positive=False)
        case _:
            return _leaf(tree, positive=True)


def _say(tree: c.Tree, values: Values, day: dt.date) -> str:
    match tree:
        case c.All(terms):
            return "(" + " và ".join(_say(term, values, day) for term in terms) + ")"
        case c.Any(terms):
            true = [term for term in terms if test(term)(values, day)]
            return " hoặc ".join(_say(term, values, day) for term in true or terms)
        case c.Not(term):
            return _leaf(term, positive=False)
        case c.OneOf(name, _) if name != "sex" and test(tree)(values, day):
            return _actual_value(name, values)
        case _:
            return _leaf(tree, positive=True)


@cache
def _leaf(tree: c.Tree, *, positive: bool) -> str:
    match tree:
        case c.AgeAtLeast(years):
            return f"{'từ đủ' if positive else 'dưới'} {years} tuổi"
        case c.Flag(name):
            return f"{_lower(_label(name))}: {'có' if positive else 'không'}"
        case c.OneOf("sex", wanted):
            return " hoặc ".join(_SEX[value] for value in wanted)
        case c.OneOf(name, wanted):
            words = " hoặc ".join(vocabulary()[name].values[value] for value in wanted)
            return f"{_lower(_label(name))}: {'' if positive else 'không phải '}{words}"
        case c.Contains("receiving", wanted):
            return f"{'đang' if positive else 'không'} hưởng nhóm {', '.join(wanted)}"
        case c.Contains(name, wanted):
            words = " hoặc ".join(vocabulary()[name].values[value] for value in wanted)
            return f"{_lower(_label(name))}: {'' if positive else 'không có '}{words}"
        case c.Number(name, op, value):
            number = _AMOUNTS.get(str(value)) or grouped(int(value)) + (
                " đồng" if name in vocabulary() else ""
            )
            subject = _lower(_label(name)) if name in vocabulary() else "số con được tính"
            return f"{subject} {'' if positive else 'không '}{_OPS[op]} {number}"
        case c.Known(name):
            return f"{'đã' if positive else 'chưa'} biết {_lower(_label(name))}"
        case c.Member(category):
            return f"{'thuộc' if positive else 'không thuộc'} nhóm {category}"
        case c.Always(value):
            return "luôn đúng" if value is positive else "không bao giờ"
        case _:
            raise AssertionError(f"no words for {tree}")


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _actual(leaf: c.Tree, values: Values, day: dt.date) -> str:
    match leaf:
        case c.AgeAtLeast():
            return age_in_words(values.get("born"), day)
        case c.Flag(name) | c.OneOf(name, _) | c.Contains(name, _) | c.Number(name, _, _):
            return _actual_value(name, values)
        case _:
            return ""


def _actual_value(name: str, values: Values) -> str:
    value: Any = values.get(name)
    if name in vocabulary():
        return "" if value is None else f"{_lower(_label(name))}: {vocabulary()[name].words(int(value))}"
    if name == "sex":
        return _SEX.get(value, "")
    if name == "receiving":
        held = [code for code, category in categories().items() if (value or 0) & category.bit]
        return f"đang hưởng {', '.join(held)}" if held else "chưa hưởng trợ cấp nào"
    return f"số con được tính: {value[0]}" if value else ""


def age_in_words(born: dt.date | None, day: dt.date) -> str:
    """Write "76 tuổi ngày 01/11/2026", or nothing when the birth is unknown."""
    if born is None:
        return ""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return f"{years} tuổi ngày {vietnamese_date(day)}"


def as_dict(explanation: Explanation, subject: Mapping[str, Any]) -> dict[str, Any]:
    """Return the public result of `ansinh assess` for one line; `subject` gives id and month."""
    return {
        **subject,
        "release": explanation.release,
        "entitlements": [
            {
                "scheme": p.entitlement.scheme,
                "category": p.entitlement.category,
                "coefficient": float(p.entitlement.coefficient),
                "standard_vnd": p.entitlement.standard_vnd,
                "amount_vnd": p.entitlement.amount_vnd,
                "payee": p.entitlement.payee,
                "cites": list(p.entitlement.cites),
            }
            for p in explanation.entitlements
        ],
        "total_vnd": explanation.total_vnd,
        "findings": [
            {
                "category": r.category.code,
                "met": r.met,
                "because": r.because + "".join(f" {a}" for a in explanation.assumptions),
                "cites": list(r.cites),
                "missing": list(r.missing),
            }
            for r in explanation.reasons
        ],
    }
