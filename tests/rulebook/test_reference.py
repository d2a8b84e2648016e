"""The reference names every fact and value, so that nobody has to guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansinh.rulebook.facts import Fact, vocabulary

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "assess.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("fact", vocabulary().values(), ids=lambda fact: fact.name)
def test_the_page_tells_every_fact_its_values_and_what_its_absence_means(fact: Fact) -> None:
    (row,) = [
        line for line in PAGE.splitlines() if line.startswith("| ") and f"`{fact.name}`" in line.split("|")[1]
    ]
    _, _, values, absent, _ = (cell.strip() for cell in row.split("|"))
    assert [value for value in fact.values if value not in values.replace(",", " ").split()] == []
    assert absent.split()[0] in fact.absent
