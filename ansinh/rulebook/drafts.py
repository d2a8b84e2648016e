"""Drafts of instruments (dự thảo văn bản): read, checked like the law in force, put beside it in memory."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from ansinh.kernel.hashing import content_hash
from ansinh.kernel.money import grouped
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.rulebook import checking
from ansinh.rulebook.categories import Scope
from ansinh.rulebook.data import LawError
from ansinh.rulebook.instruments import Instrument, Provision, instrument_of, provision_of
from ansinh.rulebook.law import ALWAYS, Rulebook, article_of, slots

NAME = "du-thao"
FORMAT = "docs/reference/instruments.md (định dạng văn bản pháp luật dạng TOML)"
SET_SCOPES: tuple[Scope, ...] = ("COMMUNITY", "SOCIAL_PENSION")
_MOST_VND = 100_000_000

_WORDS = (
    (r"unknown key (.+)", r"có khoá không rõ: \1"),
    (r"(\w+) is missing", r"thiếu \1"),
    (r"(\S+) = (.+) has the wrong type", r"\1 = \2 sai kiểu"),
    (r"unknown fact (\S+)", r"không có dữ kiện \1"),
    (r"unknown category (.+)", r"không có nhóm \1"),
    (r"cannot be read: (.+)", r"không đọc được điều kiện: \1"),
    (r"(.+) is not a value of (\w+): (.+)", r"\1 không phải là giá trị của \2 (có: \3)"),
    (r"(\w+) is not a yes/no fact: compare it with a value",
     r"\1 không phải dữ kiện có/không: hãy so với một giá trị"),
    (r"not allowed in a condition: (.+)", r"không được dùng trong điều kiện: \1"),
    (r"has no effect and does not say why \(not_applied\)",
     "không có hiệu lực gì và không nói vì sao (not_applied)"),
    (r"a standard needs its scope: (.+)", r"mức chuẩn phải nêu phạm vi (scope): \1"),
    (r"a standard is a positive number of đồng", "mức chuẩn phải là số đồng lớn hơn 0"),
    (r"an eligibility names one category and its slot",
     "điều kiện hưởng phải nêu một nhóm và ô (slot) của nhóm"),
    (r"(\w+) has no coefficient", r"nhóm \1 chưa có hệ số"),
    (r"a category needs `when` or `coefficient`", "nhóm phải có when hoặc coefficient"),
)  # fmt: skip
"""The faults of law files, which are for their writers, in the words of an officer."""


def read_draft(text: str) -> Instrument:
    """Read a draft instrument (dự thảo) from TOML. Refuses with every fault found, article by article."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise _refused([f"tệp không phải TOML đúng: {fault}"]) from None
    found: list[str] = []
    head = None
    try:
        head = instrument_of({**table, "provision": []}, NAME)
    except LawError as fault:
        found.append(str(fault))
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
        found.append(f"[instrument]: {fault!r}")
    provisions = table.get("provision", [])
    if not isinstance(provisions, list) or not provisions:
        found.append("thiếu [[provision]]: dự thảo không có điều nào")
        provisions = []
    if head is None:
        raise _refused(found)
    read = list(_provisions(provisions, head, found))
    if found:
        raise _refused(found)
    return replace(head, provisions=tuple(read))


def _provisions(entries: list[object], head: Instrument, found: list[str]) -> Iterator[Provision]:
    counts = frozenset(
        str(entry["count"].get("name"))
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("count"), dict)
    )
    for number, entry in enumerate(entries, start=1):
        at = entry.get("at", "chưa ghi điều") if isinstance(entry, dict) else "chưa ghi điều"
        place = f"{at} ([[provision]] thứ {number})"
        try:
            if not isinstance(entry, dict):
                raise TypeError("không phải là bảng")
            yield provision_of(entry, head, counts, place)
        except LawError as fault:
            found.append(str(fault))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:
            found.append(f"{place}: {fault!r}")


def with_draft(book: Rulebook, draft: Instrument, month: Month, text: str) -> Rulebook:
    """Return the law as it would be with a draft in force, checked as the law in force is.

    Refused, with every fault: what `ansinh law check` would find, a group moved to another slot, a number
    that another instrument bears, nothing in the draft that governs `month`.
    """
    if any(draft.number == other.number for other in book.instruments):
        raise _refused([f"số {draft.number} đã là số của một văn bản đang có"])
    together = tuple(sorted((*book.instruments, draft), key=lambda i: i.in_force))
    chosen = {**book.parameters, **{p.name: p.value for p in draft.parameters}}
    release = content_hash([book.release.encode(), text.encode()])
    drafted = Rulebook(together, release, MappingProxyType(chosen))
    own = slots()
    moved = [
        f"{p.at}: nhóm {p.categories[0]} chuyển từ ô {own[p.categories[0]]} sang {p.slot}"
        for p in draft.provisions
        if p.slot and own.get(p.categories[0], p.slot) != p.slot
    ]
    try:
        found = [*moved, *checking.faults(drafted)]
    except Refusal as refusal:
        raise _refused([refusal.message]) from None
    if found:
        raise _refused(list(dict.fromkeys(found)))
    if not any(e.instrument is draft for e in drafted.effective(month, ALWAYS)):
        raise Refusal(
            f"Dự thảo không điều chỉnh tháng {month.vietnamese()}: "
            f"có hiệu lực từ {vietnamese_date(draft.in_force)}.",
            basis=draft.citation,
            remedy=f"Chọn tháng từ {draft.first_month.vietnamese()}, hoặc sửa in_force của dự thảo.",
        )
    return drafted


def _refused(found: list[str]) -> Refusal:
    lines = [_in_words(fault) for fault in found]
    return Refusal(
        f"Dự thảo có {len(lines)} lỗi: " + "; ".join(lines) + ".",
        basis="; ".join(dict.fromkeys(line.split(": ")[0] for line in lines)),
        remedy=f"Sửa từng điều đã nêu theo {FORMAT}, rồi chạy lại.",
    )


def _in_words(fault: str) -> str:
    fault = fault.removeprefix(f"{NAME}.toml ")
    for pattern, words in _WORDS:
        told, changed = re.subn(rf"{pattern}$", words, fault)
        if changed:
            return told
    return fault


# ── a new standard, as a resolution or a decree would say it ──

_HIGHER = "địa phương đã quy định mức cao hơn thì theo mức của địa phương"


def standard_draft(
    book: Rulebook, month: Month, *, amount_vnd: int, province: tuple[str, str] | None = None
) -> str:
    """Write the draft that sets a standard (mức chuẩn) as TOML: a province's resolution, or else a decree.

    The amount is for the community allowance and the social pension. That of a province (code, name) takes
    the place of its own standards of these scopes; the national standard stays the least: the law takes the
    higher of both. What those articles say of other scopes is said again. That of the country takes the place
    of the national standard; provinces keep their own where they are higher. Refused: an amount that is not a
    positive one.
    """
    if not 0 < amount_vnd <= _MOST_VND:
        raise Refusal(
            f"Mức chuẩn {grouped(amount_vnd)} đồng không dùng được.",
            remedy=f"Ghi số đồng một tháng, lớn hơn 0 và không quá {grouped(_MOST_VND)}.",
        )
    replaced, kept = _own_standards(book, month, province[0]) if province else ({}, {})
    repeals = ", ".join(
        f"{{ number = {_quoted(number)}, at = [{', '.join(map(_quoted, at))}] }}"
        for number, at in replaced.items()
    )
    lines = [
        "[instrument]",
        f"number = {_quoted(f'dự thảo {month}')}",
        f"kind = {_quoted('Nghị quyết' if province else 'Nghị định')}",
        f"issuer = {_quoted(f'Hội đồng nhân dân {province[1]}' if province else 'Chính phủ')}",
        f"title = {_quoted(f'Mức chuẩn trợ giúp xã hội {grouped(amount_vnd)} đồng một tháng (dự thảo)')}",
        f"issued = {month.first.isoformat()}",
        f"in_force = {month.first.isoformat()}",
        *([f"repeals_articles = [{repeals}]"] if repeals else []),
        *([f"territory = {{ code = {_quoted(province[0])} }}"] if province else []),
        'source = "dự thảo lập khi mô phỏng"',
        "",
        *_standard_lines(
            "Điều 1",
            f"Mức chuẩn trợ giúp xã hội tại cộng đồng và mức trợ cấp hưu trí xã hội là {grouped(amount_vnd)} "
            f"đồng một tháng; {'mức của trung ương cao hơn thì theo trung ương' if province else _HIGHER}.",
            amount_vnd,
            SET_SCOPES,
        ),
    ]
    for number, (scope, vnd) in enumerate(kept.items(), start=2):
        says = f"Mức chuẩn đang áp dụng cho phạm vi {scope} giữ nguyên là {grouped(vnd)} đồng một tháng."
        lines += ["", *_standard_lines(f"Điều {number}", says, vnd, (scope,))]
    return "\n".join(lines) + "\n"


def _own_standards(
    book: Rulebook, month: Month, province: str
) -> tuple[dict[str, list[str]], dict[Scope, int]]:
    """Return the articles that set a province's own standards, by instrument, and what else they set."""
    replaced: dict[str, list[str]] = {}
    kept: dict[Scope, int] = {}
    for e in book.effective(month, ALWAYS):
        own = e.instrument.territory
        if (
            own is None
            or province not in (own.code, own.within)
            or not set(e.provision.scope) & {*SET_SCOPES}
        ):
            continue
        article = article_of(e.provision.at)
        if any(p.categories for p in e.instrument.provisions if article_of(p.at) == article):
            continue  # its groups would go too: the higher of both standards applies
        replaced.setdefault(e.instrument.number, []).append(article)
        for scope in e.provision.scope:
            if scope not in SET_SCOPES:
                kept[scope] = max(kept.get(scope, 0), e.provision.standard_vnd or 0)
    return replaced, kept


def _standard_lines(at: str, says: str, amount_vnd: int, scopes: tuple[Scope, ...]) -> list[str]:
    return [
        "[[provision]]",
        f"at = {_quoted(at)}",
        f"says = {_quoted(says)}",
        f"standard_vnd = {amount_vnd}",
        f"scope = [{', '.join(map(_quoted, scopes))}]",
    ]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
