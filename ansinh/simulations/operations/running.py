"""Putting a draft beside the law in force (chạy mô phỏng)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import polars as pl
from django.utils import timezone

from ansinh.determinations import operations as determinations
from ansinh.geography import queries as geography
from ansinh.geography.models import Level, Standing, Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook import checking
from ansinh.rulebook.drafts import read_draft, with_draft
from ansinh.rulebook.law import MonthLaw, Rulebook, load
from ansinh.simulations import logic
from ansinh.simulations.logic import HORIZON, Compared, Pair, People
from ansinh.simulations.logic.asking import Laws
from ansinh.simulations.logic.people import age, band
from ansinh.simulations.models import Simulation
from ansinh.simulations.operations import snapshot

STEPS = ("Đọc dữ kiện từ sổ", "Hỏi hai bộ luật về từng người", "Tính chi phí năm năm")
FAILED = "Máy chủ gặp lỗi khi đang chạy mô phỏng; chưa có kết quả nào."
READERS = 2
"""So many provinces are read from the tables at once while others are asked about, and lie in memory."""
BATCH = 200_000
"""So many rows of provinces are asked about together, for every question costs something by itself."""


@dataclass(frozen=True)
class _Question:
    """The law in force and the law with the draft, and what is asked of everybody."""

    month: Month
    book: Rulebook
    drafted: Rulebook

    def laws(self, month: Month) -> Pair:
        """Both laws of a month."""
        return Pair(self.book.month(month), self.drafted.month(month))

    @cached_property
    def turns(self) -> list[Month]:
        """The months from which one of the laws reads differently."""
        return sorted({*checking.turning_months(self.book), *checking.turning_months(self.drafted)})

    @cached_property
    def others(self) -> list[MonthLaw]:
        """The draft's law of the month, and every law of the years ahead."""
        ahead = [turn for turn in self.turns if self.month < turn < self.month + HORIZON]
        return [self.laws(self.month).after, *(law for turn in ahead for law in self.laws(turn))]

    @cached_property
    def wide(self) -> MonthLaw:
        """A law that looks at every day on which one of them may answer differently."""
        return logic.changed_laws(self.laws(self.month).before, self.others)

    @cached_property
    def asked(self) -> Laws:
        """What they all ask between them."""
        return Laws.of([self.laws(self.month).before, *self.others])


@dataclass(frozen=True)
class _Answer:
    """What was found of some people: sums for the month, and the costs of the months ahead."""

    compared: Compared
    months: list[tuple[int, int]]


@dataclass(frozen=True)
class _Whole:
    """What was found of a unit or the country, with the names of its places, as known when.

    `warm`: the facts lay ready.
    """

    names: dict[str, str]
    answer: _Answer
    known_at: dt.datetime
    warm: bool


def run(*, simulation: Simulation, now: Callable[[], dt.datetime], readers: int = READERS) -> None:
    """Run a simulation (chạy mô phỏng), telling how far it is; again, it gives the same on the same register.

    A refusal is kept as the result. Nothing is written but the simulation itself. Of the country so many
    `readers` read provinces at once, on connections of their own; 0: one after the other, on the caller's.
    """
    try:
        _run(simulation, now, readers)
    except Refusal as refusal:
        _tell(
            simulation,
            now(),
            state=Simulation.State.REFUSED,
            message=refusal.message,
            basis=refusal.basis,
            remedy=refusal.remedy,
        )
    except Exception:
        _tell(simulation, now(), state=Simulation.State.FAILED, message=FAILED)
        raise


def _run(simulation: Simulation, now: Callable[[], dt.datetime], readers: int) -> None:
    month, unit = Month.of(simulation.month), simulation.unit
    question = _Question(month, load(), law_with(simulation.draft, month))
    if unit is None:
        whole = _of_country(simulation, question, now, readers)
    else:
        whole = _of_unit(simulation, unit, question, now)
    found = logic.tell(whole.answer.compared, whole.names, "province" if unit is None else "commune")
    if found.betrays and unit is not None and unit.level != Level.PROVINCE:
        raise Refusal(
            "Dự thảo gần như chỉ đổi mức của nhóm được giữ kín; kết quả ở địa bàn nhỏ cho biết ai mắc bệnh.",
            basis="Luật Phòng, chống HIV/AIDS, điều về giữ bí mật thông tin của người nhiễm",
            remedy="Chạy cho cả tỉnh, hoặc cho dự thảo đổi cả các nhóm khác.",
        )
    _tell(
        simulation,
        now(),
        state=Simulation.State.DONE,
        step="",
        done=simulation.steps,
        known_at=whole.known_at,
        release_before=question.book.release,
        release_after=question.drafted.release,
        figures={**found.figures, "months": whole.answer.months, "warm": whole.warm},
    )


def make_ready(*, now: Callable[[], dt.datetime]) -> int:
    """Read anew the facts that simulations of the past week stood on, so that the day's first finds them.

    What else was read before is removed. Return how many places were read.
    """
    at = now()
    asked = Simulation.objects.filter(asked_at__gt=at - dt.timedelta(days=7), state=Simulation.State.DONE)
    read = 0
    for simulation in (
        asked.select_related("unit").order_by("unit", "month", "draft").distinct("unit", "month", "draft")
    ):
        month = Month.of(simulation.month)
        law = _Question(month, load(), law_with(simulation.draft, month)).wide
        units = [simulation.unit] if simulation.unit else geography.provinces(on=month.first)
        known_at = determinations.known_now()
        for unit in units:
            taken = snapshot.take(unit=unit, law=law, since=at, known_at=known_at)
            read += not taken.warm
    snapshot.forget(before=at)
    return read


def _since(simulation: Simulation) -> dt.datetime:
    """From when on what was read serves a simulation: from that day's beginning, or from its asking."""
    if simulation.fresh:
        return simulation.asked_at
    return timezone.localtime(simulation.asked_at).replace(hour=0, minute=0, second=0, microsecond=0)


def _of_unit(
    simulation: Simulation, unit: Unit, question: _Question, now: Callable[[], dt.datetime]
) -> _Whole:
    """Ask about the people of a unit, by commune."""

    def step(number: int) -> None:
        going = Simulation.State.RUNNING
        _tell(simulation, now(), state=going, step=STEPS[number], done=number, steps=len(STEPS))

    step(0)
    taken = snapshot.take(
        unit=unit, law=question.wide, since=_since(simulation), known_at=determinations.known_now()
    )
    step(1)
    communes = _communes(taken.people.persons["unit"], question.month)
    places = {key: code for key, (code, _name) in communes.items()}
    answer = _answer(question, taken.people, places, lambda: step(2))
    return _Whole(dict(communes.values()), answer, taken.known_at, taken.warm)


def _of_country(
    simulation: Simulation, question: _Question, now: Callable[[], dt.datetime], readers: int
) -> _Whole:
    """Ask about the people of one province after the other and add it up.

    All that is read now is as known at one instant; `known_at` of the whole is the earliest.
    """
    provinces = list(geography.provinces(on=question.month.first))
    known_at, warm = determinations.known_now(), True
    taken = snapshot.take_each(
        units=provinces,
        law=question.wide,
        since=_since(simulation),
        known_at=known_at,
        readers=readers,
    )
    found: list[_Answer] = []
    waiting: list[People] = []
    places: dict[int, str] = {}
    for number, (province, one) in enumerate(zip(provinces, taken, strict=True), start=1):
        _tell(
            simulation,
            now(),
            state=Simulation.State.RUNNING,
            step=province.full_name,
            done=number - 1,
            steps=len(provinces),
        )
        known_at, warm = min(known_at, one.known_at), warm and one.warm
        waiting.append(one.people)
        places |= dict.fromkeys(one.people.persons["unit"].drop_nulls().unique(), province.code)
        if number == len(provinces) or sum(people.persons.height for people in waiting) >= BATCH:
            found.append(_answer(question, logic.together(waiting), places))
            waiting.clear()
            places.clear()
    months = zip(*(one.months for one in found), strict=True)
    answer = _Answer(
        logic.sum_up([one.compared for one in found]),
        [(sum(before for before, _ in each), sum(after for _, after in each)) for each in months],
    )
    return _Whole({one.code: one.full_name for one in provinces}, answer, known_at, warm)


def _answer(
    question: _Question,
    people: People,
    places: Mapping[int, str],
    ahead: Callable[[], None] = lambda: None,
) -> _Answer:
    """Put both laws to people: for the month day by day, then (`ahead` is called) for the years ahead."""
    asked, month = question.asked, question.month
    days = people.days.join(people.persons.select("no", "born"), on="no", how="left", maintain_order="left")
    rows = days.select(
        "profile", *asked.ends, key="no", band=band(age(pl.col("born"), pl.col("day")), asked.ages)
    )
    found, case_of = logic.cases(rows, asked)
    before, after = (logic.ask(law, people, found, asked) for law in question.laws(month))
    compared = logic.compare(people, case_of, before, after, month, places)
    ahead()
    first = (int(compared.cells["before_vnd"].sum()), int(compared.cells["after_vnd"].sum()))
    months = logic.costs(people, first, month, question.turns, question.laws, asked)
    return _Answer(compared, months)


@lru_cache(maxsize=8)
def law_with(draft: str, month: Month) -> Rulebook:
    """Return the law with a draft in force. Refused: whatever `read_draft` and `with_draft` refuse."""
    return with_draft(load(), read_draft(draft), month, draft)


def _communes(units: pl.Series, month: Month) -> dict[int, tuple[str, str]]:
    """Name the commune in which the people registered at each unit live in a month."""
    keys = units.drop_nulls().unique().to_list()
    standing = Standing.objects.filter(valid__contains=month.first, unit__in=keys).select_related("commune")
    return {one.unit_id: _named(one.commune) for one in standing}


def _named(commune: Unit | None) -> tuple[str, str]:
    return (commune.code, commune.full_name) if commune else ("", "Chưa xác nhận xã")


def _tell(simulation: Simulation, at: dt.datetime, **told: Any) -> None:
    for name, value in {**told, "told_at": at}.items():
        setattr(simulation, name, value)
    simulation.save(update_fields=[*told, "told_at"])
