"""What of an explanation may be shown, and to whom (che chi tiết nhạy cảm). Pure.

A clause can betray an illness, and so can its absence. So the groups that payments shows under the bare name
of their scheme are covered here too, all of them, whether one applies to the person or not: who has not given
a reason learns the amount and the decree, and nothing more than of an orphan or a single parent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ansinh.kernel.time import Month
from ansinh.payments.logic import group_of
from ansinh.rulebook import explain
from ansinh.rulebook.categories import SCHEME_LABELS, categories
from ansinh.rulebook.facts import vocabulary

ALLOWANCE = "Trợ cấp hằng tháng"
OUTRANKED = "Không chi theo nhóm này vì chỉ hưởng một mức cao nhất: đã hưởng một khoản trợ cấp khác."
_INSTRUMENT = re.compile(r"^.*?(?=(?:Nghị định|Thông tư|Nghị quyết|Quyết định|Luật)\b)")


@dataclass(frozen=True, slots=True)
class ShownPaid:
    """What is to be paid, as shown: `covered` = its clause stays closed."""

    label: str
    scheme: str
    coefficient: Decimal
    standard_vnd: int
    amount_vnd: int
    cites: tuple[str, ...]
    notes: tuple[str, ...]
    covered: bool


@dataclass(frozen=True, slots=True)
class ShownReason:
    """What the law says of one group, as shown."""

    code: str
    label: str
    met: bool | None
    because: str
    cites: tuple[str, ...]
    missing: tuple[str, ...]
    outranked_by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An explanation as one reader sees it; `covered` = something stays closed."""

    month: Month
    release: str
    paid: tuple[ShownPaid, ...]
    met: tuple[ShownReason, ...]
    open: tuple[ShownReason, ...]
    not_met: tuple[ShownReason, ...]
    total_vnd: int
    assumptions: tuple[str, ...]
    covered: bool


def is_covered(category: str) -> bool:
    """Tell whether a category is shown only under its scheme's name."""
    return group_of(category) != category


def label(category: str, *, everything: bool = False) -> str:
    """Name a category as a reader sees it."""
    known = categories()[category]
    if everything or not is_covered(category):
        return known.label
    return ALLOWANCE if known.scheme == "MONTHLY_ALLOWANCE" else SCHEME_LABELS[known.scheme]


def cites(texts: Iterable[str], category: str, *, everything: bool = False) -> tuple[str, ...]:
    """Cite the articles, or for a covered category the instruments alone."""
    if everything or not is_covered(category):
        return tuple(texts)
    return tuple(dict.fromkeys(_INSTRUMENT.sub("", text) for text in texts))


def show(explanation: explain.Explanation, *, everything: bool = False) -> Shown:
    """Cover what needs a reason, or, with `everything`, nothing."""
    reasons = [
        _reason(reason, everything=everything)
        for reason in explanation.reasons
        if everything or not is_covered(reason.category.code)
    ]
    paid = tuple(_paid(entitled, everything=everything) for entitled in explanation.entitlements)
    return Shown(
        month=explanation.month,
        release=explanation.release,
        paid=paid,
        met=tuple(reason for reason in reasons if reason.met),
        open=tuple(reason for reason in reasons if reason.met is None),
        not_met=tuple(reason for reason in reasons if reason.met is False),
        total_vnd=explanation.total_vnd,
        assumptions=tuple(text for text in explanation.assumptions if everything or not _tells(text)),
        covered=not everything,
    )


def _paid(entitled: explain.Paid, *, everything: bool) -> ShownPaid:
    entitlement = entitled.entitlement
    covered = not everything and is_covered(entitlement.category)
    return ShownPaid(
        label=label(entitlement.category, everything=everything),
        scheme=SCHEME_LABELS[entitlement.scheme],
        coefficient=entitlement.coefficient,
        standard_vnd=entitlement.standard_vnd,
        amount_vnd=entitlement.amount_vnd,
        cites=cites(entitlement.cites, entitlement.category, everything=everything),
        notes=() if covered else entitlement.notes,
        covered=covered,
    )


def _reason(reason: explain.Reason, *, everything: bool) -> ShownReason:
    because, winner = reason.because, reason.outranked_by or ""
    if not everything:
        if winner and is_covered(winner):
            winner = ALLOWANCE
        because = _without_tells(because)
    return ShownReason(
        code=reason.category.code,
        label=reason.category.label,
        met=reason.met,
        because=because,
        cites=reason.cites,
        missing=tuple(explain.label(name) for name in reason.missing),
        outranked_by=winner,
    )


def _without_tells(text: str) -> str:
    """Put a general sentence in the place of one that names a covered group or a secret fact."""
    sentences = re.split(r"(?<=\.) ", text)
    kept = [OUTRANKED if _tells(sentence) else sentence for sentence in sentences]
    return " ".join(dict.fromkeys(kept))


def _tells(text: str) -> bool:
    return bool(_tell_words().search(text))


def _tell_words() -> re.Pattern[str]:
    codes = [code for code in categories() if is_covered(code)]
    secret = [fact.label for fact in vocabulary().values() if fact.privacy == "secret"]
    words = "|".join(re.escape(word) for word in secret)
    return re.compile(rf"\b(?:{'|'.join(codes)})\b|HIV|AIDS|{words}", re.IGNORECASE)
