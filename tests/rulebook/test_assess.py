"""A file of people: every line answered or told what is wrong, one at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansinh.rulebook.assess import assess_lines


def _line(**fields: Any) -> str:
    return json.dumps({"id": "a", "month": "2026-11", **fields})


@pytest.mark.parametrize(
    ("fields", "field", "cure"),
    [
        ({"born": "31/12/1950"}, "born", "1950-03-31"),
        ({"born": "1950-02-30"}, "born", "có thật"),
        ({"month": "11/2026"}, "month", "2026-11"),
        ({"sex": "Nữ"}, "sex", "F"),
        ({"household_poverty": "poor"}, "household_poverty", "NEAR_POOR"),
        ({"pension": "no"}, "pension", "true"),
        ({"pension_vnd": -1}, "pension_vnd", "không âm"),
        ({"disability_kinds": ["EYES"]}, "disability_kinds", "VISION"),
        ({"receiving": ["C9"]}, "receiving", "C5A"),
        ({"province": "74"}, "province", "79"),
        ({"province": "1"}, "province", "mã tỉnh"),
        ({"former_province": "99"}, "former_province", "7/2025"),
        ({"children": [{"born": "x"}]}, "children[0].born", "NĂM"),
        ({"children": [{"name": "x"}]}, "children[0]", "studying"),
        ({"disabilty": "SEVERE"}, "disabilty", "disability"),
        ({"born": "1950-05-01", "died": "1949-01-01"}, "died", "trước ngày sinh"),
        ({"id": None}, "id", "cần có"),
        ({"month": "2019-01"}, "month", "07/2021"),
    ],
)
def test_a_bad_line_is_told_by_line_field_and_cure(fields: dict[str, Any], field: str, cure: str) -> None:
    lines = [_line(), json.dumps({"id": "a", "month": "2026-11", **fields}), _line(id="c")]
    (_, first), (error, second), (after, third) = assess_lines(lines)
    assert (first, second, third) == (True, False, True)
    assert (error["line"], error["field"]) == (2, field)
    assert cure in error["error"]
    assert after["id"] == "c"


@pytest.mark.parametrize("text", ["{", "[]", "3", '"x"'])
def test_what_is_no_object_is_told_so(text: str) -> None:
    ((error, answered),) = assess_lines([text])
    assert not answered
    assert error["line"] == 1


def test_lines_are_read_only_as_they_are_answered() -> None:
    def endless() -> Any:
        number = 0
        while True:
            number += 1
            yield _line(id=number)

    answers = assess_lines(endless())
    assert [next(answers)[0]["id"] for _ in range(3)] == [1, 2, 3]


def test_hiv_is_never_named_as_missing() -> None:
    ((answer, _),) = assess_lines([_line(born="1990-01-01", household_poverty="POOR")])
    assert all("hiv" not in finding["missing"] for finding in answer["findings"])


def test_an_unknown_that_cannot_change_what_is_paid_is_not_reported() -> None:
    orphan = {"born": "2024-01-01", "father": "DEAD", "mother": "DEAD", "carer": "NONE", "province": "15"}
    ((answer, _),) = assess_lines([_line(**orphan, disability="NONE")])
    assert answer["total_vnd"] == 2.5 * 540_000
    assert [f["category"] for f in answer["findings"] if f["met"] is None] == []
