"""Turn the published lists into units, changes, and where everyone stands on every day. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

MERGER = dt.date(2025, 7, 1)
# Who decided what took effect on that day.
PROVINCES_MERGED = "Nghị quyết 202/2025/QH15 ngày 12/06/2025"
DISTRICTS_ENDED = "Nghị quyết 203/2025/QH15 ngày 16/06/2025"

# "Thành phố" is a kind of provinces and of districts; the code tells which.
KINDS = ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Tỉnh", "Quận", "Huyện", "Phường", "Xã")
LEVELS = {2: "PROVINCE", 3: "DISTRICT", 5: "COMMUNE"}

Row = Mapping[str, str]
Key = tuple[str, int]  # code and version


@dataclass(frozen=True, slots=True)
class Lists:
    """The published lists as read: rows of text, columns as in `data/SOURCE.md`."""

    communes_before: list[Row]
    districts_without_communes: list[Row]
    provinces_from: list[Row]
    communes_from: list[Row]
    mapping: list[Row]
    changes_since: list[Row]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit from `start` (None: before the lists begin) up to, not including, `end`."""

    code: str
    version: int
    kind: str
    name: str
    start: dt.date | None
    end: dt.date | None
    legal_basis: str
    # Codes of what it belongs to.
    district: str | None = None
    province: str | None = None

    @property
    def key(self) -> Key:
        """Code and version."""
        return self.code, self.version

    @property
    def level(self) -> str:
        """PROVINCE, DISTRICT or COMMUNE."""
        return LEVELS[len(self.code)]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What `old` gave to `new`, or became, on a day."""

    old: Key
    new: Key
    on_date: dt.date
    kind: str
    confirmed: bool
    legal_basis: str


@dataclass(frozen=True, slots=True)
class StandingRow:
    """Where the people registered at `unit` stand from `start` up to `end`."""

    unit: Key
    start: dt.date | None
    end: dt.date | None
    commune: Key | None
    district: Key | None
    province: Key | None
    former_province: Key | None


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Everything the room's tables hold."""

    units: list[UnitRow]
    changes: list[ChangeRow]
    standings: list[StandingRow]


def level_of(code: str) -> str | None:
    """Tell the level that a code's length means; None when it is no code of a unit."""
    return LEVELS.get(len(code)) if code.isascii() and code.isdigit() else None


def split_kind(full_name: str) -> tuple[str, str]:
    """Split "phường Ba Đình" into ("Phường", "Ba Đình"); ValueError when it begins with no kind we know."""
    for kind in KINDS:
        if full_name.lower().startswith(f"{kind.lower()} "):
            return kind, full_name[len(kind) + 1 :]
    raise ValueError(f"no kind of unit in {full_name!r}")


def gazetteer(lists: Lists) -> Gazetteer:
    """Build units, changes and standings from the lists.

    ValueError says what does not fit: a code without name, an old unit without successor, a new one without
    origin. An unmerged province goes on as one row; communes and merged provinces begin anew on 1/7/2025.
    """
    register = _Register()
    _before(register, lists)
    _merge(register, lists)
    _since(register, lists.changes_since)
    _check(register)
    return Gazetteer(list(register.units.values()), register.changes, list(_standings(register)))


class _Register:
    """Units and changes while they are being built."""

    def __init__(self) -> None:
        self.units: dict[Key, UnitRow] = {}
        self.changes: list[ChangeRow] = []
        self.latest: dict[str, Key] = {}

    def begin(self, code: str, full_name: str, start: dt.date | None, basis: str, **above: str | None) -> Key:
        kind, name = split_kind(full_name)
        version = self.latest[code][1] + 1 if code in self.latest else 1
        self.units[code, version] = UnitRow(code, version, kind, name, start, None, basis, **above)
        self.latest[code] = code, version
        return code, version

    def end(self, key: Key, day: dt.date) -> None:
        self.units[key] = replace(self.units[key], end=day)

    def of(self, code: str) -> Key:
        if code not in self.latest:
            raise ValueError(f"no unit has the code {code}")
        return self.latest[code]


def _before(register: _Register, lists: Lists) -> None:
    """The 63 provinces, their districts and communes, as they stood on 30/6/2025."""
    for row in lists.communes_before:
        if row["province_code"] not in register.latest:
            register.begin(row["province_code"], row["province"], None, "", province=row["province_code"])
        if row["district_code"] not in register.latest:
            register.begin(
                row["district_code"],
                row["district"],
                None,
                "",
                district=row["district_code"],
                province=row["province_code"],
            )
        register.begin(
            row["code"], row["name"], None, "", district=row["district_code"], province=row["province_code"]
        )
    for row in lists.districts_without_communes:
        register.begin(
            row["code"], row["name"], None, "", district=row["code"], province=row["province_code"]
        )


def _merge(register: _Register, lists: Lists) -> None:
    """1/7/2025: 34 provinces, no districts, 3,321 communes."""
    old = dict(register.latest)
    gifts = list(_gifts(lists))
    unmerged = _unmerged(gifts)
    for code, key in old.items():
        if code not in unmerged:
            register.end(key, MERGER)
    for row in lists.provinces_from:
        if row["code"] not in unmerged:
            register.begin(row["code"], row["name"], MERGER, PROVINCES_MERGED, province=row["code"])
        elif split_kind(row["name"])[1] != register.units[old[row["code"]]].name:
            raise ValueError(f"province {row['code']} was not merged, but has a new name")
    for row in lists.communes_from:
        register.begin(row["code"], row["name"], MERGER, row["legal_basis"], province=row["province_code"])

    def change(origin: str, target: str, share: str, confirmed: bool, basis: str) -> None:
        new = register.of(target)
        register.changes.append(ChangeRow(old[origin], new, MERGER, share, confirmed, basis))

    for (origin, target), (share, confirmed) in _shares(
        (g.province, g.new_province, g) for g in gifts
    ).items():
        if origin not in unmerged:
            change(origin, target, share, confirmed, PROVINCES_MERGED)
    for (origin, target), (share, confirmed) in _shares(
        (g.district, g.new_commune, g) for g in gifts
    ).items():
        change(origin, target, share, confirmed, DISTRICTS_ENDED)
    basis_of = {row["code"]: row["legal_basis"] for row in lists.communes_from}
    for gift in gifts:
        if gift.commune:
            change(gift.commune, gift.new_commune, gift.share, gift.confirmed, basis_of[gift.new_commune])


@dataclass(frozen=True, slots=True)
class _Gift:
    """What an old commune (or a district without communes) gave to a new one; codes."""

    commune: str | None
    district: str
    province: str
    new_commune: str
    new_province: str
    share: str
    confirmed: bool


def _gifts(lists: Lists) -> Iterator[_Gift]:
    before = {row["code"]: row for row in lists.communes_before}
    new_province = {row["code"]: row["province_code"] for row in lists.communes_from}
    for row in lists.mapping:
        old, new = before[row["old_code"]], row["new_code"]
        yield _Gift(
            commune=old["code"],
            district=old["district_code"],
            province=old["province_code"],
            new_commune=new,
            new_province=new_province[new],
            share=row["share"],
            confirmed=row["confirmed"] == "1",
        )
    for row in lists.districts_without_communes:
        new = row["new_code"]
        yield _Gift(None, row["code"], row["province_code"], new, new_province[new], "WHOLE", True)


def _unmerged(gifts: list[_Gift]) -> set[str]:
    """The provinces that nobody joined and that gave nothing away."""
    given: dict[str, set[str]] = defaultdict(set)
    taken: dict[str, set[str]] = defaultdict(set)
    for gift in gifts:
        given[gift.province].add(gift.new_province)
        taken[gift.new_province].add(gift.province)
    return {code for code in given if given[code] == {code} and taken[code] == {code}}


def _shares(gifts: Iterable[tuple[str, str, _Gift]]) -> dict[tuple[str, str], tuple[str, bool]]:
    """What larger units gave, from what their communes gave: (old, new) → (share, confirmed)."""
    parts: dict[str, dict[str, list[_Gift]]] = defaultdict(lambda: defaultdict(list))
    for origin, target, gift in gifts:
        parts[origin][target].append(gift)
    shares = {}
    for origin, gave in parts.items():
        takers = [target for target, given in gave.items() if any(gift.share != "AREA" for gift in given)]
        for target, given in gave.items():
            if len(gave) == 1:
                share = "WHOLE"
            elif target not in takers:
                share = "AREA"
            elif len(takers) == 1 and all(gift.share != "PART" for gift in given):
                share = "PEOPLE"
            else:
                share = "PART"
            shares[origin, target] = share, all(gift.confirmed for gift in given)
    return shares


def _since(register: _Register, rows: Iterable[Row]) -> None:
    """New names and kinds after 1/7/2025."""
    for row in rows:
        old = register.of(row["code"])
        before = register.units[old]
        day = dt.date.fromisoformat(row["on_date"])
        register.end(old, day)
        new = register.begin(
            row["code"],
            row["new_name"],
            day,
            row["legal_basis"],
            district=before.district,
            province=before.province,
        )
        kind = "RENAME" if register.units[new].kind == before.kind else "KIND"
        register.changes.append(ChangeRow(old, new, day, kind, row["confirmed"] == "1", row["legal_basis"]))


def _check(register: _Register) -> None:
    units = register.units.values()
    gave = {change.old for change in register.changes}
    came = {change.new for change in register.changes}
    faults = [f"{unit.key} ended and went nowhere" for unit in units if unit.end and unit.key not in gave]
    faults += [f"{unit.key} came from nowhere" for unit in units if unit.start and unit.key not in came]
    if faults:
        raise ValueError("; ".join(faults))


def _standings(register: _Register) -> Iterator[StandingRow]:
    """Where everyone stands, each stretch of days as long as nothing changes."""
    turns = sorted({change.on_date for change in register.changes})
    stretches = list(zip([None, *turns], [*turns, None], strict=True))
    maps = [_Map(register, start) for start, _ in stretches]
    origins = _Origins(register)
    for unit in register.units.values():
        former = origins.of(unit.key)
        lived = [
            (start, end, day_map.standing(unit.key))
            for (start, end), day_map in zip(stretches, maps, strict=True)
            if unit.start is None or (start is not None and unit.start <= start)
        ]
        for (commune, district, province), alike in groupby(lived, key=lambda stretch: stretch[2]):
            days = list(alike)
            yield StandingRow(unit.key, days[0][0], days[-1][1], commune, district, province, former)


class _Map:
    """The country in one stretch of days."""

    def __init__(self, register: _Register, start: dt.date | None) -> None:
        self.units = register.units
        self.alive = {
            unit.code: unit.key
            for unit in register.units.values()
            if (unit.start is None or (start is not None and unit.start <= start))
            and (unit.end is None or start is None or start < unit.end)
        }
        self.gave: dict[Key, list[ChangeRow]] = defaultdict(list)
        for change in register.changes:
            if start is not None and change.on_date <= start:
                self.gave[change.old].append(change)

    def standing(self, key: Key) -> tuple[Key | None, Key | None, Key | None]:
        """Commune, district and province of the people registered at a unit; None where it is not one."""
        heirs, certain = self._heirs(key)
        units = [self.units[heir] for heir in heirs]
        communes = {unit.key for unit in units if unit.level == "COMMUNE"}
        settled = certain and len(heirs) == 1
        return (
            communes.pop() if settled and communes else None,
            self._only({unit.district for unit in units}),
            self._only({unit.province for unit in units}),
        )

    def _heirs(self, key: Key) -> tuple[frozenset[Key], bool]:
        """The standing units to which a unit's people may have come; and whether no step is in doubt."""
        if self.alive.get(key[0]) == key:
            return frozenset([key]), True
        heirs: set[Key] = set()
        certain = True
        for change in self.gave[key]:
            if change.kind == "AREA" and change.confirmed:
                continue
            further, sure = self._heirs(change.new)
            heirs |= further
            certain = certain and sure and _settles(change)
        return frozenset(heirs), certain

    def _only(self, codes: set[str | None]) -> Key | None:
        code = next(iter(codes)) if len(codes) == 1 else None
        return self.alive[code] if code else None


def _settles(change: ChangeRow) -> bool:
    """Whether all the old unit's people are surely in the new one.

    A doubtful day of a new name does not make the unit doubtful.
    """
    return change.kind in ("RENAME", "KIND") or (change.confirmed and change.kind in ("WHOLE", "PEOPLE"))


class _Origins:
    """The province, until 30/6/2025, of the land each unit is made of."""

    def __init__(self, register: _Register) -> None:
        self.units = register.units
        self.first = {code: (code, 1) for code, _ in register.units if len(code) == 2}
        self.came: dict[Key, list[Key]] = defaultdict(list)
        for change in register.changes:
            if change.kind != "AREA":
                self.came[change.new].append(change.old)

    def of(self, key: Key) -> Key | None:
        """The one province, or None when there were several."""
        codes = self._codes(key)
        return self.first[next(iter(codes))] if len(codes) == 1 else None

    def _codes(self, key: Key) -> frozenset[str]:
        unit = self.units[key]
        if unit.start is None:
            return frozenset([unit.province or unit.code])
        return frozenset().union(*(self._codes(old) for old in self.came[key]))
