"""The law as a reader asks for it: in force on a day, changed between two days, provision by provision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Unit
from ansinh.kernel.money import coefficient_text, vnd, whole_vnd
from ansinh.kernel.time import Month
from ansinh.rulebook import explain, law
from ansinh.rulebook.categories import SCHEME_LABELS, Scope
from ansinh.rulebook.instruments import Instrument, Provision
from ansinh.rulebook.resolve import Group

SCOPE_LABELS: dict[Scope, str] = {
    "COMMUNITY": "Trợ cấp, hỗ trợ tại cộng đồng",
    "SOCIAL_PENSION": "Trợ cấp hưu trí xã hội",
    "FACILITY": "Nuôi dưỡng tại cơ sở",
}

_ORDER = {scope: index for index, scope in enumerate(SCOPE_LABELS)}


@dataclass(frozen=True, slots=True)
class StandardAmount:
    """A standard amount (mức chuẩn), đồng a month."""

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
    """A group of people the law names, as it reads on the day."""

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
class SchemeLaw:
    """The groups of one scheme (chế độ)."""

    label: str
    groups: tuple[GroupLaw, ...]


@dataclass(frozen=True, slots=True)
class LawInForce:
    """The law that governs the month of a day, as it could be known on that day."""

    on: dt.date
    month: Month
    province: str
    release: str
    standards: tuple[StandardAmount, ...]
    schemes: tuple[SchemeLaw, ...]
    instruments: tuple[Instrument, ...]
    doubts: tuple[str, ...]


def provinces(on: dt.date) -> list[Unit]:
    """List the provinces of a day, by code."""
    return list(Unit.objects.filter(level=Level.PROVINCE, valid__contains=on).order_by("code"))


def province(code: str, on: dt.date) -> Unit | None:
    """Find the province that bears a code on a day; None for no code. Refuses a code nobody bears."""
    return geography.unit(code=code, on=on) if code else None


def law_in_force(*, on: dt.date, province: Unit | None) -> LawInForce:
    """Return the law of the month of `on`, as known on `on`, in a province (None: the national law)."""
    book = law.load()
    month = law_month(on, book)
    jurisdiction = month.resolver.jurisdictions[month.jurisdiction(province.code if province else "")]
    standards = tuple(
        StandardAmount(SCOPE_LABELS[scope], standard.vnd, standard.cites, standard.notes)
        for scope, standard in sorted(jurisdiction.standards.items(), key=lambda pair: _ORDER[pair[0]])
    )
    amounts = {scope: standard.vnd for scope, standard in jurisdiction.standards.items()}
    groups = [(_scheme(g), _group(g, amounts[g.category.scope])) for g in jurisdiction.groups]
    cited = {cite for standard in standards for cite in standard.cites}
    cited |= {cite for _scheme_, group in groups for cite in group.cites}
    used = {e.instrument.number for e in month.effective if not e.instrument.territory}
    used |= {e.instrument.number for e in month.effective if e.provision.cite in cited}
    doubts = [text for _group_, text, _fact in jurisdiction.doubtful_groups]
    doubts += [text for _scope, _standard, text, _fact in jurisdiction.doubtful_standards]
    return LawInForce(
        on=on,
        month=month.month,
        province=province.full_name if province else "",
        release=month.release,
        standards=standards,
        schemes=tuple(
            SchemeLaw(label, tuple(group for scheme, group in groups if scheme == label))
            for label in SCHEME_LABELS.values()
            if any(scheme == label for scheme, _found in groups)
        ),
        instruments=tuple(i for i in book.instruments if i.number in used),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def law_month(on: dt.date, book: law.Rulebook) -> law.MonthLaw:
    """Return the law of the month of a day, as it could be known on that day."""
    return book.month(Month.of(on), on)


def _scheme(group: Group) -> str:
    return SCHEME_LABELS[group.category.scheme]


def _group(group: Group, standard_vnd: int) -> GroupLaw:
    provision = group.provision
    return GroupLaw(
        code=group.category.code,
        label=group.category.label,
        scheme=_scheme(group),
        says=provision.says,
        condition=explain.words(provision.when) if provision.when is not None else "",
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


# ── what changed ──


@dataclass(frozen=True, slots=True)
class Change:
    """Something that reads differently on the later day: before, after (empty: was not, or is no more)."""

    what: str
    before: str
    after: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the law between two days."""

    before: LawInForce
    after: LawInForce
    came: tuple[Instrument, ...]
    went: tuple[Instrument, ...]
    standards: tuple[Change, ...]
    groups: tuple[Change, ...]


def changes(*, since: dt.date, until: dt.date, province_code: str) -> Changes:
    """Compare the law of two days in a province. The code is read on each day (codes are used again)."""
    before = law_in_force(on=since, province=province(province_code, since))
    after = law_in_force(on=until, province=province(province_code, until))
    old, new = ({i.number for i in side.instruments} for side in (before, after))
    return Changes(
        before=before,
        after=after,
        came=tuple(i for i in after.instruments if i.number not in old),
        went=tuple(i for i in before.instruments if i.number not in new),
        standards=tuple(_standards_changed(before, after)),
        groups=tuple(_groups_changed(before, after)),
    )


def _groups_changed(before: LawInForce, after: LawInForce) -> Iterator[Change]:
    """Compare group by group: who belongs to it, then how much; a group that came or went is told once."""
    old, new = _by_code(before), _by_code(after)
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
        if _rates_said(was) != _rates_said(now):
            yield Change(f"{what}: hệ số", _rates_said(was), _rates_said(now), group.cites)


def _by_code(side: LawInForce) -> dict[str, GroupLaw]:
    return {group.code: group for scheme in side.schemes for group in scheme.groups}


def _rates_said(group: GroupLaw) -> str:
    return "; ".join(
        f"{rate.when + ': ' if rate.when else ''}{coefficient_text(rate.coefficient)}"
        + (" mỗi con" if rate.per_child else "")
        for rate in group.rates
    )


def _standards_changed(before: LawInForce, after: LawInForce) -> Iterator[Change]:
    old, new = ({standard.label: standard for standard in side.standards} for side in (before, after))
    for label in dict.fromkeys([*old, *new]):
        was, now = old.get(label), new.get(label)
        if (was and was.vnd) != (now and now.vnd):
            told = (vnd(was.vnd) if was else "", vnd(now.vnd) if now else "")
            yield Change(label, *told, now.cites if now else was.cites if was else ())


# ── instruments ──


@dataclass(frozen=True, slots=True)
class ProvisionRead:
    """A provision and what the system does with it."""

    provision: Provision
    effects: tuple[str, ...]


def instruments() -> list[Instrument]:
    """List every instrument loaded, the latest in force first."""
    return sorted(law.load().instruments, key=lambda i: (i.in_force, i.number), reverse=True)


def instrument(name: str) -> Instrument | None:
    """Find an instrument by its short name, as in its address."""
    return next((i for i in law.load().instruments if i.name == name), None)


def provisions(of: Instrument) -> list[ProvisionRead]:
    """List an instrument's provisions in their order, each with what is done with it."""
    return [ProvisionRead(provision, tuple(_effects(provision))) for provision in of.provisions]


def _effects(provision: Provision) -> Iterator[str]:
    if provision.when is not None:
        yield f"Nhóm {', '.join(provision.categories)}: {explain.words(provision.when)}"
    for band in provision.bands:
        who = f"{explain.words(band.when)}: " if band.when is not None else ""
        each = " mỗi con" if provision.per else ""
        yield f"{who}hệ số {coefficient_text(band.coefficient)}{each} ({', '.join(provision.categories)})"
    if provision.standard_vnd is not None:
        scopes = ", ".join(SCOPE_LABELS[scope].lower() for scope in provision.scope)
        yield f"Mức chuẩn {vnd(provision.standard_vnd)} một tháng: {scopes}"
    if provision.ends:
        yield f"Thôi áp dụng nhóm {', '.join(provision.ends)}"
    if provision.excludes is not None:
        yield f"Không hưởng khi: {explain.words(provision.excludes[1])}"
    for timing in provision.timing:
        who = f" ({', '.join(timing.categories)})" if timing.categories else ""
        yield f"{TIMING_EVENTS[timing.event]}: {TIMING_RULES[timing.rule]}{who}"
    for deadline in provision.deadlines:
        unit = DEADLINE_UNITS.get(deadline.unit, deadline.unit)
        yield f"Thời hạn: {deadline.limit} {unit} ({deadline.actor})"


TIMING_EVENTS = {"START": "Hưởng", "CHANGE": "Điều chỉnh", "STOP": "Thôi hưởng"}
TIMING_RULES = {
    "SIGNING_MONTH": "từ tháng ký quyết định",
    "CERTIFICATE_MONTH": "từ tháng cấp giấy xác nhận",
    "BIRTHDAY_MONTH": "từ tháng đủ tuổi",
    "SAME_MONTH": "từ chính tháng thay đổi",
    "MONTH_AFTER": "từ tháng liền sau",
}
DEADLINE_UNITS = {
    "WORKING_DAY": "ngày làm việc",
    "CALENDAR_DAY": "ngày",
    "HOUR": "giờ",
    "MONTH": "tháng",
    "DAY_OF_MONTH": "hằng tháng",
    "DATE": "",
}
