"""The same rules in OpenFisca-core, side by side: same people, same answers, same process."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import polars as pl

from ansinh.kernel.time import Month
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.frames import Asked
from ansinh.rulebook.law import load
from bench import people
from bench.measure import Goal, Section, Timing, apart, forget_peak, peak

MONTH = Month(2026, 11)
SIZES = ((203_733, "BENEFICIARIES", 0.0), (3_500_000, "BENEFICIARIES", 3.0), (20_000_000, "POPULATION", 10.0))
REPEATS = 5

NOTES = """
The rules of 11/2026 written again by hand as an OpenFisca country package would have them
(`bench/openfisca_vietnam.py`: 24 groups, dated parameters, the four slots). Everything is known of
everybody and nobody has a birthday in the month, as OpenFisca has no "cannot tell" and one age a month;
AnSinh runs as it always does, with articles to every answer. Compared person by person: the group paid in
each slot, and the amount. Ours and theirs by turns in one process, medians of 5. OpenFisca is timed from
numpy columns in memory (`set_input` and `calculate`; making the empty simulation is not counted).
"""


def measure(scale: float = 1) -> Section:
    """Compare at all sizes, each in a process of its own; ours and theirs by turns."""
    rows, goals = [], []
    for size, kinds, wanted in SIZES:
        found = apart(one, size=round(size * scale), kinds=kinds)
        ours, theirs = found["ours"]["median"], found["theirs"]["median"]
        ratio = theirs / ours
        agreed = "yes" if not found["differ"] else f"no: {found['differ']:,}"
        rows.append(
            [
                f"{found['size']:,}", kinds.lower(), f"{ours:.3f}", f"{theirs:.2f}", f"{ratio:.1f} ×",
                f"{found['ours']['cpu']:.2f}", f"{found['theirs']['cpu']:.2f}",
                f"{found['above'] / 2**30:.1f} GiB", f"{found['paid']:,}", agreed,
            ]
        )  # fmt: skip
        if wanted:
            what = f"OpenFisca-core 46, same rules, {found['size']:,} persons"
            met = ratio >= wanted and not found["differ"]
            measured = f"{ratio:.1f} × faster, answers equal: {agreed}"
            goals.append(Goal(what, f"at least {wanted:.0f} × faster, same answers", measured, met))
    return Section(
        name="openfisca",
        title="The same rules in OpenFisca-core 46",
        head=[
            "persons", "kinds", "AnSinh, s", "OpenFisca, s", "ratio", "AnSinh CPU s", "OpenFisca CPU s",
            "OpenFisca memory", "persons paid", "same answers",
        ],
        rows=rows,
        goals=goals,
        notes=NOTES,
    )  # fmt: skip


def one(size: int, kinds: str) -> dict[str, Any]:
    """Ask both of one frame by turns, and compare what they answer."""
    from bench import openfisca_vietnam as openfisca

    frame = people.complete(size, MONTH, getattr(people, kinds))
    columns, country, law = _columns(frame), openfisca.system(), load().month(MONTH)
    ours, theirs = Timing(), Timing()
    Asked(law).answer(frame)
    above = 0
    for _ in range(REPEATS):
        asked = Asked(law)
        numbers = ours.add(partial(asked.answer, frame))
        empty = openfisca.simulation(country, size)
        before = forget_peak()
        told = theirs.add(partial(openfisca.calculate, empty, str(MONTH), columns))
        above = max(above, peak() - before)
        del empty
    return {
        "size": size,
        "ours": ours.told(),
        "theirs": theirs.told(),
        "above": above,
        "paid": int((told["total_vnd"] > 0).sum()),
        "differ": _differences(asked, numbers.to_numpy(), told),
    }


def _columns(frame: pl.DataFrame) -> dict[str, np.ndarray]:
    """Turn stored columns into OpenFisca's inputs: enums from 0, everything known."""
    from bench import openfisca_vietnam as openfisca

    kinds = frame["disability_kinds"].to_numpy() & vocabulary()["disability_kinds"].code("VISION")
    columns: dict[str, np.ndarray] = {
        "born": frame["born"].to_numpy().astype("datetime64[D]"),
        "visual_impairment": kinds != 0,
    }
    columns |= {name: frame[name].to_numpy() for name in openfisca.FLAGS if name in frame.columns}
    columns |= {name: (frame[name] - 1).to_numpy() for name in openfisca.ENUMS}
    for name in openfisca.NUMBERS:
        column = frame[name if name in frame.columns else f"{name}_min"]
        text = column.cast(pl.String) if isinstance(column.dtype, pl.Enum) else column
        columns[name] = text.cast(pl.Int32).to_numpy()
    return columns


def _differences(asked: Asked, numbers: np.ndarray, told: dict[str, np.ndarray]) -> int:
    """Count the people of whom a slot's group or amount differs."""
    from bench import openfisca_vietnam as openfisca

    differ = np.zeros(len(numbers), dtype=bool)
    places = {code: place for place, code in enumerate(openfisca.RECEIVING, start=1)}
    for slot in openfisca.SLOTS:
        group, vnd = np.zeros((2, len(asked.outcomes)), dtype=np.int64)
        for number, outcome in enumerate(asked.outcomes):
            for entitlement in outcome.entitlements:
                if entitlement.slot.lower() == slot:
                    group[number], vnd[number] = places[entitlement.category], entitlement.amount_vnd
        differ |= group[numbers] != openfisca.group(told[slot])
        differ |= vnd[numbers] != openfisca.vnd(told[slot])
    return int(differ.sum())
