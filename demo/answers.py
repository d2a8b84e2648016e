"""What the law must answer about the demo's people, by plain arithmetic over the generator's own columns.

A second reading of Decrees 20/2021, 147/2025, 176/2025, 335/2026 and Resolution 63/2025, written against
the text and sharing nothing with the rulebook: where the two agree, neither was fooled by the other. It
knows only the groups the demo has.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from ansinh.kernel.time import Month
from demo import days
from demo.chance import Bools, Floats, Ints
from demo.crowd import Carer, Crowd, Disability, Households, Marital, Parent, Poverty, Supporter
from demo.days import NEVER
from demo.fates import effective_birth
from demo.groups import Kind

CODES = (
    "", "C1", "C2", "C3", "C4", "C5A", "C5B", "C5C", "C5D", "C6X", "C6S", "C7", "C8", "HN-ELD", "SP70",
    "SP75", "K1", "K2", "K3", "K4", "K5", "K6", "K7",
)  # fmt: skip
"""Groups by the number they have in this module; 0 = none."""
NUMBER = {code: number for number, code in enumerate(CODES)}
SLOTS = ("OWN_INCOME", "SINGLE_PARENT", "CARE_OWN", "CARE_HOUSEHOLD")
AGES, CHILD_AGES = (3, 4, 16, 22, 60, 70, 75, 80), (3, 16, 22)
PENSIONS = (NUMBER["SP70"], NUMBER["SP75"])

TWO_TIERS = Month(2025, 7)
DECREE_335 = Month(2026, 10)
PUBLISHED_335 = dt.date(2026, 10, 5)
"""In force: only who asks from this day on hears of it."""
BACK_TO = Month(2026, 7)
"""From this month its amount and its levels are paid."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The people about whom the law may say yes, as columns, with the children they raise."""

    place: Ints
    """Place in the crowd."""
    columns: dict[str, np.ndarray]
    born: Ints
    """Latest possible day."""
    poverty: np.ndarray
    poverty_later: np.ndarray
    poverty_day: Ints
    remote: Bools
    city: bool
    """Hà Nội."""
    child_of: Ints
    """Row (in `place`) of the parent of each child raised."""
    child_born: Ints
    child_study: Ints
    household: Ints
    birthdays: dict[int, Ints]
    child_birthdays: dict[int, Ints]

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True, slots=True)
class Answer:
    """Group and coefficient by slot, one row a person of the situation; group 0 = nothing is due."""

    group: dict[str, np.ndarray]
    coefficient: dict[str, Floats]

    def entitled(self) -> Bools:
        """Tell who is due anything."""
        found: Bools = np.any([self.group[slot] > 0 for slot in SLOTS], axis=0)
        return found

    def total(self) -> Floats:
        """Sum of coefficients a person."""
        found: Floats = np.sum([self.coefficient[slot] for slot in SLOTS], axis=0)
        return found


def situation(crowd: Crowd, households: Households, remote: Bools, province: str) -> Situation:
    """Collect everybody the law may say yes to; `remote` by household."""
    columns = crowd.columns()
    place = np.flatnonzero(columns["kind"] != Kind.NONE)
    row = np.full(crowd.size, -1, dtype=np.int64)
    row[place] = np.arange(len(place))
    child, parent, _ = crowd.pairs("RAISED_BY")
    raised = row[parent] >= 0
    child, parent = child[raised], parent[raised]
    home = columns["household"][place]
    born = effective_birth(columns["born"][place], columns["precision"][place])
    return Situation(
        place=place,
        columns={name: column[place] for name, column in columns.items()},
        born=born,
        poverty=households.poverty[home],
        poverty_later=households.poverty_later[home],
        poverty_day=households.poverty_day[home],
        remote=remote[home],
        city=province == "01",
        child_of=row[parent],
        child_born=columns["born"][child],
        child_study=columns["study_until"][child],
        household=home,
        birthdays={age: days.birthday(born, age) for age in AGES},
        child_birthdays={age: days.birthday(columns["born"][child], age) for age in CHILD_AGES},
    )


def answer(
    s: Situation,
    month: Month,
    *,
    receiving: np.ndarray,
    known_on: int = NEVER,
    asked_on: dt.date | None = None,
) -> Answer:
    """Say what is due for a month.

    `receiving` is the OWN_INCOME group granted before; `known_on` the last day whose news of deaths and
    other events the register had; `asked_on` decides whether Decree 335/2026 is heard of (None: it is).
    """
    law = _Law(month, asked_on, s.city)
    events = _event_days(s, known_on)
    first, last = days.span(month)
    died = np.where(s.columns["death_known"] <= known_on, s.columns["died"], NEVER)
    start = np.maximum(s.born, first)
    alive = (start <= last) & (died >= first)
    # Everybody is looked at on the 1st (or at birth); those to whom something happens on those days too.
    found = {code: np.zeros(len(s)) for code in CODES[1:]}
    met = {code: np.zeros(len(s), dtype=bool) for code in CODES[1:]}
    everyone = np.flatnonzero(alive)
    _look(s, everyone, start[everyone], law, events, receiving, found, met)
    moments = _moments(s, start, np.minimum(died, last), events, everyone)
    for rows, day in moments:
        _look(s, rows, day, law, events, receiving, found, met)
    return _choose(s, found, met, receiving)


@dataclass(frozen=True, slots=True)
class _Law:
    month: Month
    asked_on: dt.date | None
    city: bool

    @property
    def heard_335(self) -> bool:
        return self.asked_on is None or self.asked_on >= PUBLISHED_335

    @property
    def decree_335(self) -> bool:
        return self.month >= DECREE_335 and self.heard_335

    @property
    def higher_at_75(self) -> bool:
        return self.month >= BACK_TO and self.heard_335

    @property
    def social_pension(self) -> bool:
        return self.month >= TWO_TIERS

    @property
    def first_day_counts(self) -> bool:
        """Under Decree 147/2025 a level changes the month after."""
        return self.month >= TWO_TIERS and not self.decree_335


def _event_days(s: Situation, known_on: int) -> dict[str, Ints]:
    """Days on which a fact changes, as far as the register knows by then."""
    names = ("disability_day", "supporter_day", "marital_day", "father_day", "mother_day", "pregnant_from")
    events = {name: s.columns[name] for name in names} | {"poverty_day": s.poverty_day}
    events = {name: np.where(day <= known_on, day, NEVER) for name, day in events.items()}
    # An end announced long before is known: the end of study, of a pregnancy.
    events["study_until"] = np.where(s.columns["study_until"] > 0, s.columns["study_until"], NEVER)
    events["pregnant_until"] = np.where(events["pregnant_from"] < NEVER, s.columns["pregnant_until"], NEVER)
    return events


def _moments(
    s: Situation, start: Ints, last: Ints, events: dict[str, Ints], everyone: Ints
) -> list[tuple[Ints, Ints]]:
    """Find the later days on which somebody's answer may change, in order; each row once a round."""
    rows, when = [], []

    def note(at: Ints, day: Ints) -> None:
        inside = (day > start[at]) & (day <= last[at])
        rows.append(at[inside])
        when.append(day[inside])

    for birthday in s.birthdays.values():
        note(everyone, birthday[everyone])
    for day in events.values():
        note(everyone, day[everyone])
    parents = s.child_of
    listed = np.isin(parents, everyone)
    for birthday in s.child_birthdays.values():
        note(parents[listed], birthday[listed])
    note(parents[listed], s.child_born[listed])
    note(parents[listed], np.where(s.child_study > 0, s.child_study, NEVER)[listed])
    row, day = np.concatenate(rows), np.concatenate(when)
    order = np.lexsort((day, row))
    row, day = row[order], day[order]
    new = np.r_[True, (row[1:] != row[:-1]) | (day[1:] != day[:-1])] if len(row) else np.zeros(0, dtype=bool)
    row, day = row[new], day[new]
    rounds = []
    while len(row):
        lead = np.r_[True, row[1:] != row[:-1]]
        rounds.append((row[lead], day[lead]))
        row, day = row[~lead], day[~lead]
    return rounds


def _look(
    s: Situation,
    rows: Ints,
    day: Ints,
    law: _Law,
    events: dict[str, Ints],
    receiving: np.ndarray,
    found: dict[str, Floats],
    met: dict[str, Bools],
) -> None:
    """Read the law for some people on one day each, and fold it into what was found before."""
    for code, (holds, coefficient) in _on_day(s, rows, day, law, events, receiving).items():
        before = met[code][rows]
        replace = holds & ~before if law.first_day_counts else holds
        found[code][rows] = np.where(replace, coefficient, found[code][rows])
        met[code][rows] = before | holds


def _on_day(
    s: Situation, rows: Ints, day: Ints, law: _Law, events: dict[str, Ints], receiving: np.ndarray
) -> dict[str, tuple[Bools, Floats]]:
    c = {name: column[rows] for name, column in s.columns.items()}

    def reached(age: int) -> Bools:
        return s.birthdays[age][rows] <= day

    def now(name: str, first: np.ndarray, later: np.ndarray) -> np.ndarray:
        return np.where(events[name][rows] <= day, later, first)

    poverty = now("poverty_day", s.poverty[rows], s.poverty_later[rows])
    disability = now("disability_day", c["disability"], c["disability_later"])
    supporter = now("supporter_day", c["supporter"], c["supporter_later"])
    marital = now("marital_day", c["marital"], c["marital_later"])
    father = now("father_day", c["father"], c["father_later"])
    mother = now("mother_day", c["mother"], c["mother_later"])
    studying = (c["study_until"] > 0) & (day < c["study_until"])
    pregnant = (events["pregnant_from"][rows] <= day) & (day < events["pregnant_until"][rows])
    poor, needy, remote = poverty == Poverty.POOR, poverty >= Poverty.NEAR_POOR, s.remote[rows]
    children, infants = _children(s, rows, day, law, receiving)
    got = receiving[rows]
    child, elder = ~reached(16), reached(60)
    taken_in = c["carer"] == Carer.TAKEN_IN
    one = np.ones(len(rows))

    lost = [Parent.DEAD, Parent.MISSING, Parent.IN_FACILITY, Parent.DETAINED]
    if law.decree_335:
        # Unidentified counts beside a parent in another listed state.
        unknown_ok = [*lost, Parent.UNIDENTIFIED]
        parents = np.isin(father, unknown_ok) & np.isin(mother, unknown_ok)
        parents &= ~((father == Parent.UNIDENTIFIED) & (mother == Parent.UNIDENTIFIED))
    else:
        parents = np.isin(father, lost) & np.isin(mother, lost)
    c1 = child & (c["abandoned"] | parents)
    c2 = ~child & studying & np.isin(got, [NUMBER["C1"], NUMBER["C2"]])
    if not law.decree_335:
        c2 &= ~reached(22)
    c5a = elder & poor & np.isin(supporter, [Supporter.NONE, Supporter.ON_ALLOWANCE])
    no_pension = c["pension"] == 0
    c5d = elder & poor & (supporter == Supporter.NONE) & (c["facility_qualified"] == 1) & taken_in
    severe, extreme = disability == Disability.SEVERE, disability == Disability.EXTREME
    c3 = child & c["hiv"] & poor
    working = ~child & ~elder
    higher = reached(75) if law.higher_at_75 else reached(80)
    unmarried = np.isin(marital, [Marital.NEVER, Marital.SPOUSE_DEAD, Marital.SPOUSE_MISSING])
    unable = np.isin(supporter, [Supporter.NONE, Supporter.ON_ALLOWANCE, Supporter.UNABLE])
    shares_none = (severe | extreme) & (c["spouse_has_care_share"] == 0)
    young = np.where(reached(4), 1.5, 2.5)
    answer: dict[str, tuple[Bools, Floats]] = {
        "C1": (c1, young),
        "C2": (c2, 1.5 * one),
        "C3": (c3, np.where(reached(4), 2.0, 2.5)),
        "C4": (needy & unmarried & (children >= 1), children.astype(float)),
        "C5A": (c5a, np.where(higher, 2.0, 1.5)),
        "C5D": (c5d, 3.0 * one),
        "C6X": (extreme, np.where(working, 2.0, 2.5)),
        "C6S": (severe, np.where(working, 1.5, 2.0)),
        "C7": (~reached(3) & needy & remote & ~c1 & ~c3 & ~severe & ~extreme, 1.5 * one),
        "C8": (c["hiv"] & poor & (c["stable_income"] == 0), 1.5 * one),
        "K1": (c1 & ~reached(4) & taken_in, 2.5 * one),
        "K2": (((c1 & reached(4)) | c5d) & taken_in, 1.5 * one),
        "K3": (shares_none & (pregnant.astype(int) + np.minimum(infants, 2) == 1), 1.5 * one),
        "K4": (shares_none & (pregnant.astype(int) + np.minimum(infants, 2) >= 2), 2.0 * one),
        "K5": (extreme & (c["carer"] == Carer.FAMILY), one),
        "K6": (extreme & ~child & taken_in, 1.5 * one),
        "K7": (extreme & child & taken_in, 2.5 * one),
    }
    if law.social_pension:
        answer["SP75"] = (reached(75) & no_pension, one)
        answer["SP70"] = (reached(70) & ~reached(75) & needy & no_pension, one)
    else:
        answer["C5B"] = (reached(75) & ~reached(80) & needy & ~c5a & remote, one)
        answer["C5C"] = (reached(80) & ~c5a & no_pension, one)
    if s.city and law.month >= Month(2026, 1):
        answer["HN-ELD"] = (elder & needy & unable, np.where(reached(80), 2.0, 1.5))
    return answer


def _children(s: Situation, rows: Ints, day: Ints, law: _Law, receiving: np.ndarray) -> tuple[Ints, Ints]:
    """Count the children each raises that count for a single parent, and those under 36 months."""
    today = np.full(len(s), -1, dtype=np.int64)
    today[rows] = day
    on = today[s.child_of]
    there = (on >= 0) & (s.child_born <= on)
    under = there & (s.child_birthdays[16] > on)
    studies = there & (s.child_study > 0) & (on < s.child_study)
    if law.decree_335:
        older = studies & (receiving[s.child_of] == NUMBER["C4"])
    else:
        older = studies & (s.child_birthdays[22] > on)
    infant = there & (s.child_birthdays[3] > on)
    return tuple(  # type: ignore[return-value]
        np.bincount(s.child_of[which], minlength=len(s))[rows] for which in (under | older, infant)
    )


def _choose(s: Situation, found: dict[str, Floats], met: dict[str, Bools], receiving: np.ndarray) -> Answer:
    """Pay the highest; on a tie the one already granted, else the allowance before the pension."""
    own = [code for code in CODES[1:] if not code.startswith("K") and code != "C4"]
    value = np.stack([np.where(met[code], found[code], 0.0) for code in own], axis=1)
    preference = np.stack(
        [
            value[:, at] * 1000
            + np.where(receiving == NUMBER[code], 100, 0)
            + (0 if NUMBER[code] in PENSIONS else 50)
            - at
            for at, code in enumerate(own)
        ],
        axis=1,
    )
    best = np.where(value > 0, preference, -1e9).argmax(axis=1)
    rows = np.arange(len(s))
    group = {"OWN_INCOME": np.where(value[rows, best] > 0, np.asarray([NUMBER[c] for c in own])[best], 0)}
    coefficient = {"OWN_INCOME": value[rows, best]}
    group["SINGLE_PARENT"] = np.where(met["C4"], NUMBER["C4"], 0)
    coefficient["SINGLE_PARENT"] = np.where(met["C4"], found["C4"], 0.0)
    for slot, codes in (("CARE_OWN", ("K4", "K3")), ("CARE_HOUSEHOLD", ("K1", "K7", "K2", "K6", "K5"))):
        group[slot], coefficient[slot] = np.zeros(len(s), dtype=np.int64), np.zeros(len(s))
        for code in codes:  # the highest first
            take = met[code] & (found[code] > coefficient[slot])
            group[slot] = np.where(take, NUMBER[code], group[slot])
            coefficient[slot] = np.where(take, found[code], coefficient[slot])
    return Answer(group, coefficient)
