"""The register of who read somebody's file, on paper for its person (sổ lượt xem hồ sơ)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from ansinh.accounts import queries as accounts
from ansinh.accounts.logic import READ_LABELS, ReadPage
from ansinh.accounts.models import User
from ansinh.accounts.queries import Reading
from ansinh.geography import queries as geography
from ansinh.geography.models import Level
from ansinh.registry.models import Person

MOST = 1000
WITH_REASON = "hồ sơ, có ghi lý do"


@dataclass(frozen=True, slots=True)
class ReadsPaper:
    """The readings of some days, latest first, under the head of an administrative paper (Nghị định 30/2020).

    `above` and `agency` issue it at `place`. `count` is how many there were: more than `lines` after the most
    that one paper holds.
    """

    person: Person
    above: str
    agency: str
    place: str
    on: dt.date
    since: dt.date
    until: dt.date
    lines: tuple[Reading, ...]
    count: int
    maker: str

    @property
    def place_and_day(self) -> str:
        """Write "Ba Đình, ngày 05 tháng 10 năm 2026"."""
        month = f"{self.on.month:02d}" if self.on.month < 3 else str(self.on.month)
        return f"{self.place}, ngày {self.on.day:02d} tháng {month} năm {self.on.year}"


def reads_paper(
    person: Person, *, user: User, since: dt.date, until: dt.date, reasons: bool, on: dt.date
) -> ReadsPaper:
    """Gather who opened a file from one day through another, as `user` may hand it to the citizen.

    That somebody looked at what is sensitive is told like any look for which a reason was given, of everybody
    alike: the paper lies on tables. `reasons`: for the screen of who may read them, never for the paper.
    """
    told = accounts.reads_of(person.pk, since=since, until=until, limit=MOST, reasons=reasons)
    above, agency, place = _issuer(user, on)
    return ReadsPaper(
        person=person,
        above=above,
        agency=agency,
        place=place,
        on=on,
        since=since,
        until=until,
        lines=tuple(replace(line, page=COVERED.get(line.page, line.page)) for line in told.lines),
        count=accounts.count_reads(person.pk, since=since, until=until),
        maker=user.full_name,
    )


COVERED = {READ_LABELS[ReadPage.SENSITIVE]: WITH_REASON}


def _issuer(user: User, on: dt.date) -> tuple[str, str, str]:
    """Whose paper it is: what stands above, the agency, the place."""
    if user.unit is None:
        return "", "", ""
    unit = geography.version(user.unit, on=on)
    council = f"UBND {unit.kind.lower()} {unit.name}"
    if unit.level == Level.PROVINCE:
        return council, "Sở Y tế", unit.name
    province = geography.ancestors(unit, on=on)[-1]
    return f"UBND {province.kind.lower()} {province.name}", council, unit.name
