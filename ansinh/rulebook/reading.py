"""The law as a reader asks for it: in force for a month, changed between two, provision by provision.

Plain values for pages, commands and documents; Vietnamese, in the order of the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansinh.kernel.money import coefficient_text, vnd, whole_vnd
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.rulebook import conditions, explain, places
from ansinh.rulebook.categories import SCHEME_LABELS, Scope
from ansinh.rulebook.instruments import Instrument, Provision
from ansinh.rulebook.law import MonthLaw, Rulebook, load
from ansinh.rulebook.resolve import Group

SCOPE_LABELS: dict[Scope, str] = {
    "COMMUNITY": "Trợ cấp, hỗ trợ tại cộng đồng",
    "SOCIAL_PENSION": "Trợ cấp hưu trí xã hội",
    "FACILITY": "Nuôi dưỡng tại cơ sở",
}
TIMING_EVENTS = {"START": "Hưởng", "CHANGE": "Điều chỉnh", "STOP": "Thôi hưởng"}
TIMING_RULES = {
    "SIGNING_MONTH": "từ tháng ký quyết định",
    "CERTIFICATE_MONTH": "từ tháng cấp giấy xác nhận",
    "BIRTHDAY_MONTH": "từ tháng đủ tuổi",
    "SAME_MONTH": "từ chính tháng thay đổi",
    "MONTH_AFTER": "từ tháng liền sau",
}
SUSPENSION_RESULTS = {"SUSPEND": "Tạm dừng", "STOP": "Thôi hưởng", "RESUME": "Sau tạm dừng"}

_ORDER = {scope: index for index, scope in enumerate(SCOPE_LABELS)}


@dataclass(frozen=True, slots=True)
class StandardAmount:
    """A standard amount (mức chuẩn), đồng a month."""

    scope: Scope
    label: str
    vnd: int
    cites: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A coefficient, for whom (empty: everybody of the group), and what it makes in đồng."""

    when: str
    coefficient: Decimal
    amount_vnd: int
    per_child: bool


@dataclass(frozen=True, slots=True)
class GroupLaw:
    """A group of people the law names, as it reads for the month."""

    code: str
    label: str
    scheme: str
    says: str
    condition: str
    rates: tuple[Rate, ...]
    cites: tuple[str, ...]
    notes: tuple[str, ...]
    local: bool


@dataclass(frozen=True, slots=True)
class LawInForce:
    """The law of a month in a province (empty: the national law), as known on a day (None: all loaded)."""

    month: Month
    on: dt.date | None
    province: str
    release: str
    standards: tuple[StandardAmount, ...]
    groups: tuple[GroupLaw, ...]
    instruments: tuple[Instrument, ...]
    doubts: tuple[str, ...]

    @property
    def schemes(self) -> tuple[tuple[str, tuple[GroupLaw, ...]], ...]:
        """The groups by scheme (chế độ), in the order of the law."""
        found = {
            label: tuple(g for g in self.groups if g.scheme == label) for label in SCHEME_LABELS.values()
        }
        return tuple((label, groups) for label, groups in found.items() if groups)


def newest_day(book: Rulebook | None = None) -> dt.date:
    """Return the day on which the newest national instrument came into force."""
    return max(i.in_force for i in (book or load()).instruments if not i.territory)


def law_in_force(
    *, month: Month, on: dt.date | None = None, province: str = "", former: str | None = None
) -> LawInForce:
    """Return the law of a month as known on a day. Refuses a province code not valid in the month."""
    name = places.province_name(province, month) if province else ""
    if name is None:
        raise Refusal(
            f"“{province}” không phải mã tỉnh có hiệu lực trong tháng {month.vietnamese()}.",
            remedy="Dùng mã hai chữ số của tỉnh trong tháng đó, ví dụ 01 là Hà Nội.",
        )
    law = load().month(month, on)
    jurisdiction = law.resolver.jurisdictions[law.jurisdiction(province, former)]
    standards = tuple(
        StandardAmount(scope, SCOPE_LABELS[scope], found.vnd, found.cites, found.notes)
        for scope, found in sorted(jurisdiction.standards.items(), key=lambda pair: _ORDER[pair[0]])
    )
    amounts = {standard.scope: standard.vnd for standard in standards}
    groups = tuple(_group(g, amounts[g.category.scope], law) for g in jurisdiction.groups)
    doubts = [text for _group_, text, _fact in jurisdiction.doubtful_groups]
    doubts += [text for _scope, _standard, text, _fact in jurisdiction.doubtful_standards]
    return LawInForce(
        month=month,
        on=on,
        province=name,
        release=law.release,
        standards=standards,
        groups=groups,
        instruments=_instruments_used(law, standards, groups),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _instruments_used(
    law: MonthLaw, standards: tuple[StandardAmount, ...], groups: tuple[GroupLaw, ...]
) -> tuple[Instrument, ...]:
    cited = {cite for standard in standards for cite in standard.cites}
    cited |= {cite for group in groups for cite in group.cites}
    used = {
        e.instrument.number
        for e in law.effective
        if not e.instrument.territory and not _held_aside(e.instrument)
    }
    used |= {e.instrument.number for e in law.effective if e.provision.cite in cited}
    return tuple(i for i in load().instruments if i.number in used)


def _held_aside(instrument: Instrument) -> bool:
    """Tell whether an instrument says nothing of the month's money: held for its time limits."""
    return not any(
        p.categories or p.standard_vnd or p.timing or p.excludes or p.ends for p in instrument.provisions
    )


def _group(group: Group, standard_vnd: int, law: MonthLaw) -> GroupLaw:
    provision = group.provision
    assert provision.when is not None
    asked = conditions.names(provision.when)
    counted = [f"con được tính: {explain.words(c.tree)}" for c in law.counts if c.name in asked]
    return GroupLaw(
        code=group.category.code,
        label=group.category.label,
        scheme=SCHEME_LABELS[group.category.scheme],
        says=provision.says,
        condition="; ".join([explain.words(provision.when), *counted]),
        rates=tuple(
            Rate(
                when=explain.words(band.when) if band.when is not None else "",
                coefficient=band.coefficient,
                amount_vnd=whole_vnd(band.coefficient * standard_vnd),
                per_child=group.per is not None,
            )
            for band in group.coefficient_provision.bands
        ),
        cites=group.cites,
        notes=group.notes,
        local=group.local,
    )


def rates_said(group: GroupLaw) -> str:
    """Write "dưới 75 tuổi: 1,5; từ đủ 75 tuổi: 2,0"."""
    return "; ".join(
        f"{rate.when + ': ' if rate.when else ''}{coefficient_text(rate.coefficient)}"
        + (" mỗi con" if rate.per_child else "")
        for rate in group.rates
    )


# ── what changed ──


@dataclass(frozen=True, slots=True)
class Change:
    """Something that reads differently later: before, after (empty: was not, or is no more)."""

    what: str
    before: str
    after: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the law between two readings of it."""

    before: LawInForce
    after: LawInForce
    came: tuple[Instrument, ...]
    went: tuple[Instrument, ...]
    standards: tuple[Change, ...]
    groups: tuple[Change, ...]


def compare(before: LawInForce, after: LawInForce) -> Changes:
    """Say what reads differently in `after`."""
    old, new = ({i.number for i in side.instruments} for side in (before, after))
    return Changes(
        before=before,
        after=after,
        came=tuple(i for i in after.instruments if i.number not in old),
        went=tuple(i for i in before.instruments if i.number not in new),
        standards=tuple(_standards_changed(before, after)),
        groups=tuple(_groups_changed(before, after)),
    )


def _standards_changed(before: LawInForce, after: LawInForce) -> Iterator[Change]:
    old, new = ({standard.label: standard for standard in side.standards} for side in (before, after))
    for label in dict.fromkeys([*old, *new]):
        was, now = old.get(label), new.get(label)
        if (was and was.vnd) != (now and now.vnd):
            told = (vnd(was.vnd) if was else "", vnd(now.vnd) if now else "")
            yield Change(label, *told, now.cites if now else was.cites if was else ())


def _groups_changed(before: LawInForce, after: LawInForce) -> Iterator[Change]:
    """Compare group by group: who belongs to it, then how much; a group that came or went is told once."""
    old, new = ({group.code: group for group in side.groups} for side in (before, after))
    for code in dict.fromkeys([*old, *new]):
        was, now = old.get(code), new.get(code)
        group = now or was
        assert group is not None
        what = f"{group.label} ({code})"
        if was is None or now is None:
            yield Change(what, was.says if was else "", now.says if now else "", group.cites)
            continue
        if was.condition != now.condition:
            told = (was.says, now.says) if was.says != now.says else (was.condition, now.condition)
            yield Change(f"{what}: điều kiện", *told, group.cites)
        if rates_said(was) != rates_said(now):
            yield Change(f"{what}: hệ số", rates_said(was), rates_said(now), group.cites)


# ── provision by provision ──


def effects(provision: Provision) -> Iterator[str]:
    """Say what the system does with a provision, one sentence an effect; nothing when it is not applied."""
    if provision.count is not None:
        yield f"Số con được tính: {explain.words(provision.count[1])}"
    if provision.when is not None:
        yield f"Nhóm {', '.join(provision.categories)}: {explain.words(provision.when)}"
    yield from _rates(provision)
    if provision.standard_vnd is not None:
        scopes = ", ".join(SCOPE_LABELS[scope].lower() for scope in provision.scope)
        yield f"Mức chuẩn {vnd(provision.standard_vnd)} một tháng: {scopes}"
    if provision.excludes is not None:
        schemes = ", ".join(SCHEME_LABELS[scheme].lower() for scheme in provision.excludes[0])
        yield f"Không hưởng {schemes} khi: {explain.words(provision.excludes[1])}"
    if provision.ends:
        yield f"Thôi áp dụng nhóm {', '.join(provision.ends)}"
    if provision.beside:
        codes = ", ".join(provision.beside)
        yield f"Hưởng cùng trợ cấp người đơn thân nghèo: nhóm {codes}; ngoài ra chỉ mức cao nhất"
    for timing in provision.timing:
        who = f" ({', '.join(timing.categories)})" if timing.categories else ""
        yield f"{TIMING_EVENTS[timing.event]}: {TIMING_RULES[timing.rule]}{who}"
    for deadline in provision.deadlines:
        yield f"Thời hạn: {limit(deadline.limit, deadline.unit)} ({deadline.actor})"
    for entry in provision.suspension:
        yield f"{SUSPENSION_RESULTS[entry['leads_to']]}: {entry['ground']}"
    yield from map(benefit, provision.benefits)
    if provision.applies_from is not None:
        yield _reach(provision)


def _rates(provision: Provision) -> Iterator[str]:
    codes = ", ".join(provision.categories)
    for band in provision.bands:
        who = f"{explain.words(band.when)}: " if band.when is not None else ""
        each = " mỗi con" if provision.per else ""
        yield f"{who}hệ số {coefficient_text(band.coefficient)}{each} ({codes})"


def _reach(provision: Provision) -> str:
    assert provision.applies_from is not None
    by = f" theo {provision.applies_by}" if provision.applies_by else ""
    chosen = f", nếu chọn như tham số {provision.applies_if}" if provision.applies_if else ""
    return f"Áp dụng cho các tháng từ {vietnamese_date(provision.applies_from)}{by}{chosen}"


def benefit(entry: dict[str, Any]) -> str:
    """Say a one-off or in-kind benefit: "Mai táng: 20 lần mức chuẩn…"."""
    parts = []
    if "times" in entry:
        of = {"SOCIAL_PENSION": "trợ cấp hưu trí xã hội"}.get(entry["of"], "mức chuẩn")
        parts.append(f"{entry['times']} lần {of}")
    if "vnd" in entry:
        parts.append(vnd(entry["vnd"]))
    if "kilograms" in entry:
        parts.append(f"{entry['kilograms']} kg gạo")
    if "actual" in entry:
        parts.append("theo thực tế")
    who = "; ".join(str(entry[key]) for key in ("who", "per") if key in entry)
    return f"Khoản một lần hoặc hiện vật {entry['code']}: {', '.join(parts)}" + (f" ({who})" if who else "")


def limit(amount: int | str, unit: str) -> str:
    """Say a time limit: "7 ngày làm việc", "trước ngày 25 hằng tháng", "trước 15/06"."""
    match unit:
        case "DAY_OF_MONTH":
            return f"trước ngày {amount} hằng tháng"
        case "DATE":
            return f"trước ngày {str(amount)[3:]}/{str(amount)[:2]}"
        case _:
            words = {"WORKING_DAY": "ngày làm việc", "CALENDAR_DAY": "ngày", "HOUR": "giờ", "MONTH": "tháng"}
            return f"{amount} {words[unit]}"
