"""Putting a draft beside the law in force (chạy mô phỏng)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import polars as pl

from ansinh.geography.models import Level, Standing, Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.rulebook import checking
from ansinh.rulebook.drafts import read_draft, with_draft
from ansinh.rulebook.law import Rulebook, load
from ansinh.simulations import logic
from ansinh.simulations.logic import HORIZON, Pair
from ansinh.simulations.logic.asking import Laws
from ansinh.simulations.logic.people import age, band
from ansinh.simulations.models import Simulation
from ansinh.simulations.operations import snapshot

STEPS = ("Đọc dữ kiện từ sổ", "Hỏi hai bộ luật về từng người", "Tính chi phí năm năm")
FAILED = "Máy chủ gặp lỗi khi đang chạy mô phỏng; chưa có kết quả nào."


def run(*, simulation: Simulation, now: Callable[[], dt.datetime]) -> None:
    """Run a simulation (chạy mô phỏng), telling how far it is; again, it gives the same on the same register.

    A refusal is kept as the result. Nothing is written but the simulation itself.
    """
    try:
        _run(simulation, now)
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


def _run(simulation: Simulation, now: Callable[[], dt.datetime]) -> None:
    def step(number: int) -> None:
        _tell(
            simulation,
            now(),
            state=Simulation.State.RUNNING,
            step=STEPS[number],
            done=number,
            steps=len(STEPS),
        )

    month, unit = Month.of(simulation.month), simulation.unit
    book = load()
    drafted = law_with(simulation.draft, month)
    turns = sorted({*checking.turning_months(book), *checking.turning_months(drafted)})
    future = [pair for m in turns if month < m < month + HORIZON for pair in _laws(book, drafted, m)]
    here = _laws(book, drafted, month)
    step(0)
    wide = logic.changed_laws(here.before, [here.after, *future])
    taken = snapshot.take(unit=unit, law=wide)
    people, asked = taken.people, Laws.of([here.before, here.after, *future])
    step(1)
    days = people.days.join(people.persons.select("no", "born"), on="no", how="left", maintain_order="left")
    rows = days.select("profile", *asked.ends, key="no", band=_band(asked))
    found, case_of = logic.cases(rows, asked)
    before, after = (logic.ask(law, people, found, asked) for law in here)
    compared = logic.compare(people, case_of, before, after, month, _communes(people.persons["unit"], month))
    if compared.betrays and unit.level != Level.PROVINCE:
        raise Refusal(
            "Dự thảo gần như chỉ đổi mức của nhóm được giữ kín; kết quả ở địa bàn nhỏ cho biết ai mắc bệnh.",
            basis="Luật Phòng, chống HIV/AIDS, điều về giữ bí mật thông tin của người nhiễm",
            remedy="Chạy cho cả tỉnh, hoặc cho dự thảo đổi cả các nhóm khác.",
        )
    step(2)
    first = (compared.figures["before"]["vnd"], compared.figures["after"]["vnd"])
    months = logic.costs(people, first, month, turns, lambda m: _laws(book, drafted, m), asked)
    _tell(
        simulation,
        now(),
        state=Simulation.State.DONE,
        step="",
        done=len(STEPS),
        steps=len(STEPS),
        known_at=taken.known_at,
        release_before=book.release,
        release_after=drafted.release,
        figures={**compared.figures, "months": months, "warm": taken.warm},
    )


@lru_cache(maxsize=8)
def law_with(draft: str, month: Month) -> Rulebook:
    """Return the law with a draft in force. Refused: whatever `read_draft` and `with_draft` refuse."""
    return with_draft(load(), read_draft(draft), month, draft)


def _laws(book: Rulebook, drafted: Rulebook, month: Month) -> Pair:
    return Pair(book.month(month), drafted.month(month))


def _band(asked: Laws) -> pl.Expr:
    return band(age(pl.col("born"), pl.col("day")), asked.ages)


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
