"""The worked examples: what a lawyer reads is what the engine answers.

Amounts in the examples were worked out by hand; a first test checks their arithmetic without the engine.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ansinh.rulebook.assess import assess_one
from ansinh.rulebook.categories import categories
from ansinh.rulebook.law import load

SPEC = Path(__file__).parent / "spec"
KEYS = {
    "name", "articles", "month", "asked_on", "parameters", "person", "expect", "total_vnd", "expect_missing",
    "expect_met", "expect_not_met", "expect_unknown",
}  # fmt: skip


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(SPEC.glob("*.toml")):
        for example in tomllib.loads(path.read_text(), parse_float=Decimal)["example"]:
            yield path.stem, example


ALL = [pytest.param(example, id=f"{stem}: {example['name']}") for stem, example in examples()]


@pytest.mark.parametrize("example", ALL)
def test_an_example_comes_out_as_a_lawyer_worked_it_out(example: dict[str, Any]) -> None:
    answer = _ask(example)
    paid = [
        (e["category"], Decimal(str(e["coefficient"])), e["standard_vnd"], e["amount_vnd"], e["payee"])
        for e in answer["entitlements"]
    ]
    expected = [
        (
            e["category"],
            Decimal(e["coefficient"]),
            e["standard_vnd"],
            e["amount_vnd"],
            e.get("payee", "PERSON"),
        )
        for e in example["expect"]
    ]
    assert sorted(paid) == sorted(expected)
    assert answer["total_vnd"] == sum(e["amount_vnd"] for e in example["expect"])
    findings = {(f["category"], f["met"]) for f in answer["findings"]}
    for key, met in (("expect_met", True), ("expect_not_met", False), ("expect_unknown", None)):
        for category in example.get(key, []):
            assert (category, met) in findings, f"{category} should be {met}"
    if "expect_missing" in example:
        missing = {name for f in answer["findings"] for name in f["missing"]}
        assert missing == set(example["expect_missing"])
    cited = {cite for part in (*answer["entitlements"], *answer["findings"]) for cite in part["cites"]}
    assert set(example["articles"]) <= cited


def _ask(example: dict[str, Any]) -> dict[str, Any]:
    line = {"id": 1, "month": example["month"], **example["person"]}
    if "asked_on" in example:
        line["asked_on"] = example["asked_on"]
    book = load()
    return assess_one(line, book.choosing(**example["parameters"]) if "parameters" in example else book)


@pytest.mark.parametrize("example", ALL)
def test_the_arithmetic_of_an_example_is_right(example: dict[str, Any]) -> None:
    assert set(example) <= KEYS
    assert example["articles"]
    for paid in example["expect"]:
        assert paid["amount_vnd"] == Decimal(paid["coefficient"]) * paid["standard_vnd"]
        assert categories()[paid["category"]].payee == paid.get("payee", "PERSON")
    if "total_vnd" in example:
        assert example["total_vnd"] == sum(paid["amount_vnd"] for paid in example["expect"])
    assert ("total_vnd" in example) == (len(example["expect"]) > 1)


def test_there_are_enough_examples_and_each_has_its_own_name() -> None:
    names = [example["name"] for _, example in examples()]
    assert len(names) >= 140
    assert len(set(names)) == len(names)


def test_every_category_is_paid_under_every_law_in_which_it_lives() -> None:
    """Regimes: until 6/2025, 7/2025–9/2026, from 10/2026."""
    paid: dict[str, set[str]] = {}
    for _, example in examples():
        month = example["month"]
        regime = "R20" if month < "2025-07" else "R147" if month < "2026-10" else "R335"
        for entitlement in example["expect"]:
            paid.setdefault(entitlement["category"], set()).add(regime)
    everywhere = {"R20", "R147", "R335"}
    wanted = dict.fromkeys(categories(), everywhere)
    wanted |= {code: {"R20"} for code in ("C5B", "C5C", "BD-1", "BD-2", "BD-3")}
    wanted |= {code: {"R147", "R335"} for code in ("SP70", "SP75", "HN-ELD")}
    missing = {code: sorted(regimes - paid.get(code, set())) for code, regimes in wanted.items()}
    assert {code: regimes for code, regimes in missing.items() if regimes} == {}


def test_every_coefficient_of_every_instrument_is_worked_out_once() -> None:
    paid = {
        (example["month"] >= "2026-10", e["category"], Decimal(e["coefficient"]))
        for _, example in examples()
        for e in example["expect"]
    }
    for instrument in load().instruments:
        for provision in instrument.provisions:
            for code in provision.categories:
                for band in provision.bands:
                    if provision.per is None:
                        assert any((new, code, band.coefficient) in paid for new in (False, True)), (
                            f"{provision.cite}: no example pays {code} × {band.coefficient}"
                        )


def test_every_local_standard_is_met_and_every_parameter_is_tried_both_ways() -> None:
    used = {e["standard_vnd"] for _, example in examples() for e in example["expect"]}
    cited = {article for _, example in examples() for article in example["articles"]}
    for instrument in load().instruments:
        for provision in instrument.provisions:
            if provision.standard_vnd:
                assert provision.standard_vnd in used, provision.cite
                assert provision.cite in cited, provision.cite
    turned = {name for _, example in examples() for name in example.get("parameters", {})}
    assert turned == set(load().parameters)
