"""The demo's own arithmetic and the rulebook agree about every person of a small province, month by month."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from ansinh.kernel.time import Month
from demo import answers, groups
from demo.answers import CODES, SLOTS
from demo.groups import Kind
from demo.province import make
from tests.demo.asking import Asking

MONTHS = {
    "01": ["2024-01", "2024-02", "2024-07", "2025-03", "2025-07", "2025-12", "2026-01", "2026-07", "2026-08"],
    "15": ["2025-12", "2026-02", "2026-07", "2026-08", "2026-09"],
}
AFTER_DECREE_335 = ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]


@pytest.mark.parametrize("plan", [groups.hanoi(0.006), groups.lao_cai(0.02)], ids=["Hà Nội", "Lào Cai"])
def test_the_rulebook_gives_everybody_what_the_demo_expects(plan: groups.Plan) -> None:
    province = make(plan, seed=7)
    asking, s = Asking(province), province.situation()
    receiving = np.where(s.columns["kind"] == Kind.STUDENT, answers.NUMBER["C2"], 0)
    questions = [(Month.parse(m), Month.parse(m).last) for m in MONTHS[plan.province]]
    questions += [(Month.parse(m), dt.date(2026, 11, 30)) for m in AFTER_DECREE_335]
    for month, asked_on in questions:
        expected = answers.answer(s, month, receiving=receiving, asked_on=asked_on)
        for row, person in enumerate(s.place.tolist()):
            got = [CODES[receiving[row]]] if receiving[row] else []
            outcome = asking.ask(person, month, asked_on, got)
            paid = {
                e.slot: (e.category, float(e.coefficient)) for e in (outcome.entitlements if outcome else ())
            }
            wanted = {
                slot: (CODES[expected.group[slot][row]], float(expected.coefficient[slot][row]))
                for slot in SLOTS
                if expected.group[slot][row]
            }
            kind = Kind(s.columns["kind"][row]).name
            assert paid == wanted, f"{month} asked {asked_on}: person {person} ({kind})"
            if wanted and outcome:
                unsure = [f.category for f in outcome.findings if f.met is None or f.open]
                assert not unsure, f"{month}: person {person} ({kind}) cannot be told: {unsure}"
        receiving = expected.group["OWN_INCOME"]
        receiving = np.where(expected.group["SINGLE_PARENT"] > 0, answers.NUMBER["C4"], receiving)
