"""Whether the written-down law is whole: what reading a file alone cannot tell (kiểm tra văn bản)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from ansinh.kernel.time import Month
from ansinh.rulebook import conditions
from ansinh.rulebook.categories import categories
from ansinh.rulebook.conditions import Tree
from ansinh.rulebook.data import LawError
from ansinh.rulebook.engines import polars, postgres
from ansinh.rulebook.engines.person import test
from ansinh.rulebook.instruments import Band, Instrument
from ansinh.rulebook.law import MonthLaw, Rulebook, slots
from ansinh.rulebook.resolve import Group

OLDEST = 130
"""Completed years up to which every band is tried."""

_ARTICLES = re.compile(r"Điều (\d+)( đến Điều (\d+)| đến khoản \d+ Điều (\d+)| trở đi)?(?: và Điều (\d+))?")


def faults(book: Rulebook) -> Iterator[str]:
    """Yield what is wrong, in Vietnamese, with file and article; nothing when the law is whole."""
    numbers = {instrument.number for instrument in book.instruments}
    for instrument in book.instruments:
        yield from _repeals(instrument, numbers)
        yield from _articles_left_out(instrument)
    try:
        slots()
    except LawError as fault:
        yield str(fault)
    tried: set[tuple[Band, ...]] = set()
    for month in turning_months(book):
        try:
            yield from _month_faults(book.month(month), tried)
        except LawError as fault:
            yield f"{month}: {fault}"


def turning_months(book: Rulebook) -> list[Month]:
    """List the months from which the law reads differently, from the first that can be asked."""
    months = set()
    for instrument in book.instruments:
        months.add(instrument.first_month)
        if instrument.ends:
            months.add(Month.of(instrument.ends) + 1)
        if instrument.territory and instrument.territory.until:
            months.add(instrument.territory.until + 1)
        for provision in instrument.provisions:
            if provision.applies_from:
                months.add(Month.of(provision.applies_from))
            if provision.applies_until:
                months.add(Month.of(provision.applies_until) + 1)
    first = min(i.first_month for i in book.instruments if any(p.when for p in i.provisions))
    return sorted(month for month in months if month >= first)


def every_condition(book: Rulebook) -> set[Tree]:
    """Return each distinct condition of each month in which the law turns, compiled for every engine."""
    found = {tree for month in turning_months(book) for tree in book.month(month).conditions}
    for tree in found:
        test(tree)
        postgres.sql(tree, column=lambda name: name, cutoff=str)
        polars.expression(tree, dt.date(2026, 11, 1))
    return found


def _repeals(instrument: Instrument, numbers: set[str]) -> Iterator[str]:
    for number in (*instrument.repeals, *(number for number, _at in instrument.repeals_articles)):
        if number not in numbers:
            yield f"{instrument.name}: bãi bỏ {number}, nhưng không có văn bản nào mang số đó"


def articles(instrument: Instrument) -> set[int]:
    """Return the numbers of the articles an instrument's provisions speak for."""
    found: set[int] = set()
    for provision in instrument.provisions:
        for match in _ARTICLES.finditer(provision.at):
            first = int(match[1])
            found |= set(range(first, int(match[3] or match[4] or first) + 1))
            if match[5]:
                found.add(int(match[5]))
    return found


def _articles_left_out(instrument: Instrument) -> Iterator[str]:
    """A decree's articles run from 1 without a gap; the articles of a resolution may not be known."""
    numbers = articles(instrument)
    if instrument.territory or not numbers:
        return
    for number in sorted(set(range(1, max(numbers) + 1)) - numbers):
        yield f"{instrument.name}: thiếu Điều {number}; mỗi điều phải có hiệu lực gì hoặc nói rõ vì sao không"


def _month_faults(law: MonthLaw, tried: set[tuple[Band, ...]]) -> Iterator[str]:
    """`tried`: bands found sound in an earlier month."""
    living = {group.category.code for group in law.groups}
    for group in law.groups:
        bands = group.coefficient_provision.bands
        if bands not in tried:
            found = list(_band_faults(law, group))
            yield from found
            if not found:
                tried.add(bands)
        assert group.provision.when is not None
        for node in conditions.walk(group.provision.when):
            if isinstance(node, conditions.Member) and node.category not in categories():
                yield f"{group.provision.cite}: không có nhóm {node.category}"
    for code in law.resolver.beside - living:
        if not any(code in e.provision.ends for e in law.effective):
            yield f"{law.month}: {code} được xếp cùng người đơn thân nghèo, nhưng không có nhóm đó"
    for scope in {group.category.scope for group in law.groups}:
        if scope not in law.resolver.jurisdictions[law.jurisdiction("")].standards:
            yield f"{law.month}: thiếu mức chuẩn {scope}"


def _band_faults(law: MonthLaw, group: Group) -> Iterator[str]:
    """At every age exactly one coefficient holds; bands ask for nothing but age."""
    bands, code = group.coefficient_provision.bands, group.category.code
    place = f"{group.coefficient_provision.cite}: {code}"
    for band in bands:
        if band.when is not None and conditions.names(band.when) != {"born"}:
            yield f"{place}: hệ số chỉ được xét theo tuổi"
            return
    day = law.month.first
    for years in range(OLDEST):
        born = {"born": day.replace(year=day.year - years)}
        if sum(band.when is None or test(band.when)(born, day) is True for band in bands) != 1:
            yield f"{place} không có đúng một hệ số lúc {years} tuổi"
            return
