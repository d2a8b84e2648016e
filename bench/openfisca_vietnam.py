"""The rules of a month from 11/2026, written again for OpenFisca-core: the yardstick of the benchmark.

Independent of the rulebook: formulas by hand, as an OpenFisca country package has them, for complete facts
(OpenFisca knows no "cannot tell") and for people who keep their age through the month. Only `make bench`
installs OpenFisca-core (AGPL); nothing else imports this module. Long because one yardstick stands whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import ETERNITY, MONTH
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Person = build_entity(key="person", plural="persons", label="Người", is_person=True)
Formula = Callable[..., Any]


class Poverty(Enum):
    """Household poverty (hộ nghèo, cận nghèo)."""

    NONE = "NONE"
    NEAR_POOR = "NEAR_POOR"
    POOR = "POOR"


class Parent(Enum):
    """What a parent is to the child (cha, mẹ)."""

    ALIVE = "ALIVE"
    DEAD = "DEAD"
    MISSING = "MISSING"
    IN_FACILITY = "IN_FACILITY"
    DETAINED = "DETAINED"
    UNIDENTIFIED = "UNIDENTIFIED"
    INCAPABLE = "INCAPABLE"


class Marital(Enum):
    """Marriage (hôn nhân)."""

    NEVER = "NEVER"
    MARRIED = "MARRIED"
    DIVORCED = "DIVORCED"
    SPOUSE_DEAD = "SPOUSE_DEAD"
    SPOUSE_MISSING = "SPOUSE_MISSING"


class Supporter(Enum):
    """Who must support somebody old (người phụng dưỡng)."""

    NONE = "NONE"
    ON_ALLOWANCE = "ON_ALLOWANCE"
    UNABLE = "UNABLE"
    ABLE = "ABLE"


class Carer(Enum):
    """Who cares (người chăm sóc)."""

    NONE = "NONE"
    FAMILY = "FAMILY"
    TAKEN_IN = "TAKEN_IN"


class Disability(Enum):
    """Degree of disability (mức độ khuyết tật)."""

    NONE = "NONE"
    MILD = "MILD"
    SEVERE = "SEVERE"
    EXTREME = "EXTREME"


ENUMS: dict[str, Any] = {
    "household_poverty": Poverty, "father": Parent, "mother": Parent, "marital": Marital,
    "supporter": Supporter, "carer": Carer, "disability": Disability,
}  # fmt: skip
FLAGS = (
    "disadvantaged_area", "abandoned", "studying", "hiv", "facility_qualified", "pension",
    "insurance_allowance", "unable_to_work", "provincial_poor", "imprisoned", "pregnant", "stable_income",
    "in_facility", "spouse_has_care_share", "visual_impairment",
)  # fmt: skip
NUMBERS = (
    "province", "former_province", "receiving", "pension_vnd", "insurance_allowance_vnd", "children_raised",
    "children_under_36_months",
)  # fmt: skip

_FROM = "2026-07-01"


def _value(value: float | bool) -> dict[str, Any]:
    return {"values": {_FROM: {"value": value}}}


def _standards(national: int, **provinces: int) -> dict[str, Any]:
    return {"national": _value(national), **{f"p{code[1:]}": _value(vnd) for code, vnd in provinces.items()}}


PARAMETERS = {
    "standard": {
        "allowance": _standards(540_000, p01=650_000, p22=700_000, p31=700_000),
        "social_pension": _standards(
            540_000, p01=650_000, p08=530_000, p22=700_000, p31=700_000, p79=650_000
        ),
    },
    "binh_duong_resolution_survives_merger": _value(False),
}
"""Standard amounts in đồng; a province pays its own where it is higher."""

# code: (the group's number in `receiving`, the coefficient)
OWN_INCOME = (
    "C1", "C2", "C3", "C5A", "C5D", "C6X", "C6S", "C7", "C8", "HN-ELD", "BD-1", "BD-2", "BD-3", "SP70",
    "SP75", "FACILITY",
)  # fmt: skip
CARE_OWN = ("K3", "K4")
CARE_HOUSEHOLD = ("K1", "K2", "K5", "K6", "K7")
BESIDE_SINGLE_PARENT = ("C5A", "C5D", "C6X", "C6S", "C8")
RECEIVING = {
    code: number
    for number, code in enumerate(
        [
            "C1",
            "C2",
            "C3",
            "C4",
            "C5A",
            "C5B",
            "C5C",
            "C5D",
            "C6X",
            "C6S",
            "C7",
            "C8",
            "HN-ELD",
            "BD-1",
            "BD-2",
            "BD-3",
            "SP70",
            "SP75",
            "K1",
            "K2",
            "K3",
            "K4",
            "K5",
            "K6",
            "K7",
            "FACILITY",
        ]
    )
}
"""The groups in the order of the law, which is their bit in `receiving`."""


def _lost(person: Any, period: Any, name: str) -> Any:
    parent = person(name, period)
    return (
        (parent == Parent.DEAD)
        + (parent == Parent.MISSING)
        + (parent == Parent.IN_FACILITY)
        + (parent == Parent.DETAINED)
    )


def age(person: Any, period: Any) -> Any:
    """Completed years on the first of the month."""
    born = person("born", period)
    month = born.astype("datetime64[M]")
    months = (np.datetime64(period.start.date, "M") - month).astype(np.int32)
    return (months - (born > month)) // 12


def without_parents(person: Any, period: Any) -> Any:
    """Điều 5 khoản 1: no source of care."""
    father, mother = _lost(person, period, "father"), _lost(person, period, "mother")
    father_unknown = person("father", period) == Parent.UNIDENTIFIED
    mother_unknown = person("mother", period) == Parent.UNIDENTIFIED
    return person("abandoned", period) + father * (mother + mother_unknown) + father_unknown * mother


def poor(person: Any, period: Any) -> Any:
    """In a poor household."""
    return person("household_poverty", period) == Poverty.POOR


def poor_or_near(person: Any, period: Any) -> Any:
    """In a poor or near-poor household."""
    return person("household_poverty", period) != Poverty.NONE


def free(person: Any, period: Any) -> Any:
    """Not in prison."""
    return ~person("imprisoned", period)


def unsupported(person: Any, period: Any) -> Any:
    """Nobody who must support, or only somebody on allowance."""
    supporter = person("supporter", period)
    return (supporter == Supporter.NONE) + (supporter == Supporter.ON_ALLOWANCE)


def below_social_pension(person: Any, period: Any, parameters: Any) -> Any:
    """No pension and no insurance allowance, or lower ones than the social pension."""
    limit = parameters(period).standard.social_pension.national
    pension = ~person("pension", period) + (person("pension_vnd", period) < limit)
    allowance = ~person("insurance_allowance", period) + (person("insurance_allowance_vnd", period) < limit)
    return pension * allowance


def met_c1(person: Any, period: Any) -> Any:
    return (person("age", period) < 16) * person("without_parents", period) * person("free", period)


def met_c2(person: Any, period: Any) -> Any:
    granted = (person("receiving", period) & (1 << RECEIVING["C1"] | 1 << RECEIVING["C2"])) != 0
    return (person("age", period) >= 16) * person("studying", period) * granted * person("free", period)


def met_c3(person: Any, period: Any) -> Any:
    return (
        (person("age", period) < 16) * person("hiv", period) * person("poor", period) * person("free", period)
    )


def met_c4(person: Any, period: Any) -> Any:
    marital = person("marital", period)
    alone = (
        (marital == Marital.NEVER) + (marital == Marital.SPOUSE_DEAD) + (marital == Marital.SPOUSE_MISSING)
    )
    raises = person("children_raised", period) >= 1
    return person("poor_or_near", period) * alone * raises * person("free", period)


def met_c5a(person: Any, period: Any) -> Any:
    old = person("age", period) >= 60
    return old * person("poor", period) * person("unsupported", period) * person("free", period)


def met_c5d(person: Any, period: Any) -> Any:
    old = (person("age", period) >= 60) * person("poor", period)
    alone = (person("supporter", period) == Supporter.NONE) * person("facility_qualified", period)
    return old * alone * (person("carer", period) == Carer.TAKEN_IN) * person("free", period)


def met_c6x(person: Any, period: Any) -> Any:
    return (person("disability", period) == Disability.EXTREME) * person("free", period)


def met_c6s(person: Any, period: Any) -> Any:
    return (person("disability", period) == Disability.SEVERE) * person("free", period)


def met_c7(person: Any, period: Any) -> Any:
    small = (
        (person("age", period) < 3) * person("poor_or_near", period) * person("disadvantaged_area", period)
    )
    other = person("C1", period) + person("C3", period) + person("C6X", period) + person("C6S", period)
    return small * ~other * person("free", period)


def met_c8(person: Any, period: Any) -> Any:
    income = (
        person("stable_income", period) + person("pension", period) + person("insurance_allowance", period)
    )
    return person("hiv", period) * person("poor", period) * ~income * person("free", period)


def met_hn_eld(person: Any, period: Any) -> Any:
    old = (person("age", period) >= 60) * person("poor_or_near", period)
    alone = person("supporter", period) != Supporter.ABLE
    return (person("province", period) == 1) * old * alone * person("free", period)


def met_bd_1(person: Any, period: Any, parameters: Any) -> Any:
    father, mother = person("father", period), person("mother", period)
    lost = (father == Parent.DEAD) * (mother == Parent.INCAPABLE) + (father == Parent.INCAPABLE) * (
        mother == Parent.DEAD
    )
    child = (person("age", period) < 16) * lost * person("free", period)
    return child * person("under_binh_duong_resolution", period)


def met_bd_2(person: Any, period: Any) -> Any:
    ill = person("unable_to_work", period) * person("provincial_poor", period) * person("free", period)
    return ill * person("under_binh_duong_resolution", period)


def met_bd_3(person: Any, period: Any) -> Any:
    mild = (person("disability", period) == Disability.MILD) * person("visual_impairment", period)
    return mild * person("free", period) * person("under_binh_duong_resolution", period)


def under_binh_duong_resolution(person: Any, period: Any, parameters: Any) -> Any:
    """Lived in Bình Dương before 7/2025, if its resolution outlived the merger (not known: not paid)."""
    survives = parameters(period).binh_duong_resolution_survives_merger
    return (person("former_province", period) == 74) * bool(survives)


def met_sp70(person: Any, period: Any) -> Any:
    years = person("age", period)
    due = (years >= 70) * (years < 75) * person("poor_or_near", period)
    return due * person("below_social_pension", period)


def met_sp75(person: Any, period: Any) -> Any:
    return (person("age", period) >= 75) * person("below_social_pension", period)


def met_facility(person: Any, period: Any) -> Any:
    return person("in_facility", period)


def taken_in(person: Any, period: Any) -> Any:
    """Cared for by another household, outside a facility."""
    return (person("carer", period) == Carer.TAKEN_IN) * ~person("in_facility", period)


def met_k1(person: Any, period: Any) -> Any:
    return person("C1", period) * (person("age", period) < 4) * person("taken_in", period)


def met_k2(person: Any, period: Any) -> Any:
    child = person("C1", period) * (person("age", period) >= 4)
    return (child + person("C5D", period)) * person("taken_in", period)


def care_share(person: Any, period: Any) -> Any:
    """Severely disabled outside a facility, the spouse has no share yet."""
    degree = person("disability", period)
    disabled = (degree == Disability.SEVERE) + (degree == Disability.EXTREME)
    return disabled * ~person("in_facility", period) * ~person("spouse_has_care_share", period)


def met_k3(person: Any, period: Any) -> Any:
    pregnant, small = person("pregnant", period), person("children_under_36_months", period)
    return person("care_share", period) * (pregnant * (small == 0) + ~pregnant * (small == 1))


def met_k4(person: Any, period: Any) -> Any:
    pregnant, small = person("pregnant", period), person("children_under_36_months", period)
    return person("care_share", period) * (pregnant * (small >= 1) + (small >= 2))


def met_k5(person: Any, period: Any) -> Any:
    family = (person("carer", period) == Carer.FAMILY) * ~person("in_facility", period)
    return person("C6X", period) * family


def met_k6(person: Any, period: Any) -> Any:
    return person("C6X", period) * (person("age", period) >= 16) * person("taken_in", period)


def met_k7(person: Any, period: Any) -> Any:
    return person("C6X", period) * (person("age", period) < 16) * person("taken_in", period)


def _standard(person: Any, period: Any, standards: Any) -> Any:
    province = person("province", period)
    vnd = np.full(len(province), standards.national, dtype=np.int32)
    for code in standards:
        if code != "national":
            vnd[province == int(code[1:])] = max(standards.national, standards[code])
    return vnd


def allowance_standard(person: Any, period: Any, parameters: Any) -> Any:
    """Mức chuẩn trợ giúp xã hội where somebody lives."""
    return _standard(person, period, parameters(period).standard.allowance)


def social_pension_standard(person: Any, period: Any, parameters: Any) -> Any:
    """Mức trợ cấp hưu trí xã hội where somebody lives."""
    return _standard(person, period, parameters(period).standard.social_pension)


def _coefficients(person: Any, period: Any) -> Mapping[str, Any]:
    years = person("age", period)
    grown = (years >= 16) * (years < 60)
    return {
        "C1": np.where(years < 4, 2.5, 1.5), "C2": 1.5, "C3": np.where(years < 4, 2.5, 2.0),
        "C4": person("children_raised", period), "C5A": np.where(years < 75, 1.5, 2.0), "C5D": 3.0,
        "C6X": np.where(grown, 2.0, 2.5), "C6S": np.where(grown, 1.5, 2.0), "C7": 1.5, "C8": 1.5,
        "HN-ELD": np.where(years < 80, 1.5, 2.0), "BD-1": np.where(years < 4, 2.5, 1.5), "BD-2": 1.0,
        "BD-3": 1.0, "SP70": 1.0, "SP75": 1.0, "FACILITY": np.where(years < 4, 5.0, 4.0), "K1": 2.5,
        "K2": 1.5, "K3": 1.5, "K4": 2.0, "K5": 1.0, "K6": 1.5, "K7": 2.5,
    }  # fmt: skip


def _vnd(person: Any, period: Any, code: str, coefficient: Any) -> Any:
    scheme = "social_pension_standard" if code.startswith("SP") else "allowance_standard"
    return (person(code, period) * coefficient * person(scheme, period)).astype(np.int32)


def _best(person: Any, period: Any, codes: tuple[str, ...]) -> Any:
    """Return the highest rank among groups: amount, then granted already, allowance, order of the law."""
    coefficients = _coefficients(person, period)
    receiving = person("receiving", period)
    best = np.zeros(person.count, dtype=np.int32)
    for code in codes:
        vnd, number = _vnd(person, period, code, coefficients[code]), RECEIVING[code]
        allowance = 0 if code.startswith(("SP", "K", "FACILITY")) else 64
        rank = vnd * 256 + (receiving >> number & 1) * 128 + allowance + (63 - number)
        best = np.maximum(best, np.where(vnd > 0, rank, 0))
    return best


def alone(person: Any, period: Any) -> Any:
    """Rank of the best of all groups paid to the person."""
    return _best(person, period, OWN_INCOME)


def beside(person: Any, period: Any) -> Any:
    """Rank of the best of the groups that are paid beside the single parent's."""
    return _best(person, period, BESIDE_SINGLE_PARENT)


def for_children(person: Any, period: Any) -> Any:
    """What a single parent is due for the children, in đồng."""
    return _vnd(person, period, "C4", person("children_raised", period))


def as_single_parent(person: Any, period: Any) -> Any:
    """Tell who is paid for the children, and what goes beside it, instead of the best alone."""
    children, best = person("for_children", period), person("alone", period)
    both, most = children + (person("beside", period) >> 8), best >> 8
    receiving = person("receiving", period)
    granted_alone = ((best & 128) != 0) * ~((receiving >> RECEIVING["C4"] & 1) == 1)
    return (children > 0) * ((both > most) + (both == most) * ~granted_alone)


def own_income(person: Any, period: Any) -> Any:
    """Rank of what is paid to the person."""
    single = person("as_single_parent", period)
    return np.where(single, person("beside", period), person("alone", period))


def single_parent(person: Any, period: Any) -> Any:
    """Rank of what is paid for the children."""
    vnd = np.where(person("as_single_parent", period), person("for_children", period), 0)
    return np.where(vnd > 0, vnd * 256 + (63 - RECEIVING["C4"]), 0)


def care_own(person: Any, period: Any) -> Any:
    """Rank of the care support for somebody disabled with a small child."""
    return _best(person, period, CARE_OWN)


def care_household(person: Any, period: Any) -> Any:
    """Rank of the care support for the household that cares."""
    return _best(person, period, CARE_HOUSEHOLD)


def total_vnd(person: Any, period: Any) -> Any:
    """What is paid for the month in all, in đồng."""
    return sum(person(slot, period) >> 8 for slot in SLOTS)


SLOTS = ("own_income", "single_parent", "care_own", "care_household")


# ── the system ──


def _variable(name: str, kind: Any, formula: Formula | None = None, **more: Any) -> type[Variable]:
    period = ETERNITY if name == "born" else MONTH
    attributes = {"value_type": kind, "entity": Person, "definition_period": period, "label": name, **more}
    return type(name, (Variable,), attributes | ({"formula": formula} if formula else {}))


def _variables() -> list[type[Variable]]:
    groups = {code: globals()[f"met_{code.lower().replace('-', '_')}"] for code in _CODES}
    yes_no = (without_parents, poor, poor_or_near, free, unsupported, below_social_pension,
              under_binh_duong_resolution, taken_in, care_share, as_single_parent)  # fmt: skip
    numbers = (age, allowance_standard, social_pension_standard, alone, beside, for_children, own_income,
               single_parent, care_own, care_household, total_vnd)  # fmt: skip
    return [
        _variable("born", date),
        *(_variable(name, bool) for name in FLAGS),
        *(_variable(name, int) for name in NUMBERS),
        *(
            _variable(name, Enum, possible_values=values, default_value=next(iter(values)))
            for name, values in ENUMS.items()
        ),
        *(_variable(code, bool, formula) for code, formula in groups.items()),
        *(_variable(formula.__name__, bool, formula) for formula in yes_no),
        *(_variable(formula.__name__, int, formula) for formula in numbers),
    ]


_CODES = ("C4", *OWN_INCOME, *CARE_OWN, *CARE_HOUSEHOLD)


def system() -> TaxBenefitSystem:
    """Build the system: variables and dated parameters."""
    country = TaxBenefitSystem([Person])
    country.parameters = ParameterNode("", data=PARAMETERS)
    country.add_variables(*_variables())
    return country


def simulation(country: TaxBenefitSystem, people: int) -> Simulation:
    """Return an empty simulation of so many people."""
    builder = SimulationBuilder()
    builder.create_entities(country)
    builder.declare_person_entity("person", np.arange(people))
    return builder.build(country)


def calculate(empty: Simulation, month: str, people: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the rank of what is paid for each slot (see `group`, `vnd`), and `total_vnd`.

    `people`: a column for each of the inputs, enums as their position from 0.
    """
    for name, values in people.items():
        empty.set_input(name, "eternity" if name == "born" else month, values)
    total = empty.calculate("total_vnd", month)
    return {"total_vnd": total, **{slot: empty.calculate(slot, month) for slot in SLOTS}}


def group(rank: np.ndarray) -> np.ndarray:
    """Return the number of the group paid, from 1 in the order of RECEIVING; 0: none."""
    return np.where(rank > 0, 64 - (rank & 63), 0)


def vnd(rank: np.ndarray) -> np.ndarray:
    """Return the amount paid, in đồng."""
    return rank >> 8
