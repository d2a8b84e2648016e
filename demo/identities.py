"""Who everybody of a province is on paper: name, people, numbers, phone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ansinh.kernel.names import fold
from demo import days, identity, names
from demo.chance import Ints
from demo.crowd import Role
from demo.places import provinces
from demo.province import Province

_OLD_BEFORE = 1958


@dataclass(frozen=True, slots=True)
class Identities:
    """Columns of text, one place a person; "" = none."""

    name: np.ndarray
    people: np.ndarray
    number: np.ndarray
    old_number: np.ndarray
    phone: np.ndarray


def identities(province: Province) -> Identities:
    """Name and number everybody; entries of one human twice differ as careless hands make them differ."""
    chance, crowd = province.chance, province.crowd
    c = crowd.columns()
    household = np.where(c["household"] >= 0, c["household"], c["family"])
    at_home = np.maximum(household, 0)
    people = np.where(household >= 0, province.households.people[at_home], "Kinh")
    born_year = days.parts(c["born"])[0]
    family_names = names.surnames(chance.stream("family names"), province.households.people)
    own = names.surnames(chance.stream("own names"), people)
    of_the_line = (household >= 0) & (
        np.isin(c["role"], [Role.CHILD, Role.GRANDCHILD])
        | (~c["female"] & np.isin(c["role"], [Role.HEAD, Role.PARENT]))
    )
    surname = np.where(of_the_line, family_names[at_home], own)
    name = names.full_names(chance.stream("names"), c["female"], born_year, people, surname)
    home = [code for code, _ in provinces()].index(province.plan.province)
    native = np.asarray(sorted(_identity_codes(province)), dtype=object)
    number = identity.citizen_numbers(chance.stream("numbers"), home, native, c["female"], born_year)
    rng = chance.stream("missing numbers")
    missing = rng.random(crowd.size) < np.where(born_year < _OLD_BEFORE, 0.06, 0.005)
    number = np.where(missing, "", number)
    old_number = identity.old_numbers(chance.stream("old numbers"), native, born_year)
    grown = born_year <= days.parts(np.asarray([days.number(province.plan.opens.first)]))[0][0] - 15
    holds = grown & (c["household"] >= 0) & (chance.stream("has a phone").random(crowd.size) < 0.45)
    phone = identity.phones(chance.stream("phones"), holds)
    _again(province, name, number, old_number)
    return Identities(name, people, number, old_number, phone)


def _identity_codes(province: Province) -> set[str]:
    """Codes of the old provinces in which its communes lay, as citizen numbers write them."""
    return {f"0{code}" for code in set(province.where.former_province.tolist())}


def _again(province: Province, name: np.ndarray, number: np.ndarray, old_number: np.ndarray) -> None:
    """Write the second entry of a human with the slips of a second hand, and without the 12-digit number."""
    rng = province.chance.stream("second hand")
    copies = np.flatnonzero(province.listed.namesake >= 0)
    for copy in copies.tolist():
        original = int(province.listed.namesake[copy])
        name[copy] = _slip(str(name[original]), int(rng.integers(0, 4)))
        number[copy] = ""
        old_number[copy] = old_number[original] if rng.random() < 0.5 else ""


def _slip(name: str, kind: int) -> str:
    if kind == 0:
        return fold(name).title()
    if kind == 1:
        return name.upper()
    if kind == 2 and len(name.split()) > 2:
        return f"{name.split()[0]} {name.split()[-1]}"
    return name


__all__ = ["Identities", "Ints", "identities"]
