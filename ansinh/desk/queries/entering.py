"""What the page of a newcomer asks: which household is meant, who they may be already (thêm người)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ansinh.accounts.models import User
from ansinh.desk.queries.search import Wanted, search
from ansinh.registry.models import Death, HouseholdResidence, Member, Person
from ansinh.registry.queries import Likely

HOUSEHOLDS = 10


@dataclass(frozen=True, slots=True)
class Home:
    """A household to choose: its code, its head, where it lives."""

    id: int
    code: str
    head: str
    village: str

    def __str__(self) -> str:
        return " · ".join(part for part in (self.head, self.village, self.code) if part)


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody of the territory who may be the newcomer: enough to tell them apart, and why it may be."""

    person: Person
    home: str
    points: int
    words: list[str]
    same_number: bool
    dead: bool

    @property
    def key(self) -> str:
        """As the page sends it."""
        return str(self.person.pk)


def homes_named(user: User, text: str, *, on: dt.date) -> list[Home]:
    """Find the households of the territory that a code, a name or a number of one of theirs means."""
    found = search(user, Wanted(text), on=on).people
    rows = Member.objects.filter(
        person__in=[one.id for one in found], superseded_at=None, valid__contains=on
    ).values_list("household_id", flat=True)
    return homes(list(dict.fromkeys(rows))[:HOUSEHOLDS], on=on)


def homes(keys: Sequence[int], *, on: dt.date) -> list[Home]:
    """Describe some households as they are on a day, by code."""
    heads = Member.objects.filter(
        household__in=keys, role=Member.Role.HEAD, superseded_at=None, valid__contains=on
    ).select_related("person")
    names = {row.household_id: row.person.name for row in heads}
    places = HouseholdResidence.objects.filter(
        household__in=keys, superseded_at=None, valid__contains=on
    ).select_related("household")
    return sorted(
        (
            Home(row.household_id, row.household.code, names.get(row.household_id, ""), row.village)
            for row in places
        ),
        key=lambda home: home.code,
    )


def near(matches: Sequence[Likely], *, on: dt.date) -> list[Near]:
    """Describe those of the territory whom a newcomer may be, likeliest first."""
    keys = [one.person_id for one in matches]
    people = Person.objects.in_bulk(keys)
    dead = set(Death.objects.filter(person__in=keys, superseded_at=None).values_list("person_id", flat=True))
    members = Member.objects.filter(person__in=keys, superseded_at=None, valid__contains=on)
    household_of = dict(members.values_list("person_id", "household_id"))
    described = {home.id: home for home in homes(list(household_of.values()), on=on)}
    told = []
    for one in matches:
        home = described.get(household_of.get(one.person_id, 0))
        told.append(
            Near(
                person=people[one.person_id],
                home=str(home or ""),
                points=one.points,
                words=one.words,
                same_number="SAME_NUMBER" in one.reasons,
                dead=one.person_id in dead,
            )
        )
    return told
