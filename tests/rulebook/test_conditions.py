"""Conditions: what is meant is read, what cannot be compiled is refused, never widened."""

from __future__ import annotations

import pytest

from ansinh.rulebook import conditions as c
from ansinh.rulebook.conditions import parse
from ansinh.rulebook.data import LawError

POOR = c.OneOf("household_poverty", ("POOR",))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("age >= 60", c.AgeAtLeast(60)),
        ("age > 60", c.AgeAtLeast(61)),
        ("age < 16", c.Not(c.AgeAtLeast(16))),
        ("age <= 15", c.Not(c.AgeAtLeast(16))),
        ("60 <= age", c.AgeAtLeast(60)),
        ("age between 75 and 79", c.All((c.AgeAtLeast(75), c.Not(c.AgeAtLeast(80))))),
        ("household_poverty <> 'POOR'", c.Not(POOR)),
        ("not (household_poverty = 'POOR' or hiv)", c.All((c.Not(POOR), c.Not(c.Flag("hiv"))))),
        ("pension is null", c.Not(c.Known("pension"))),
        ("pension is not null", c.Known("pension")),
        ("not (pension is not null)", c.Not(c.Known("pension"))),
        ("receiving in ('C1', 'C2')", c.Contains("receiving", ("C1", "C2"))),
        ("pension_vnd < social_pension_vnd", c.Number("pension_vnd", "<", "social_pension_vnd")),
        ("social_pension_vnd > pension_vnd", c.Number("pension_vnd", "<", "social_pension_vnd")),
        ("not C5A and true", c.Not(c.Member("C5A"))),
        ("hiv and false", c.Always(False)),
        ("hiv or not false", c.Always(True)),
    ],
)
def test_a_condition_becomes_its_tree(text: str, tree: c.Tree) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "", "age >= 80; drop table person", "age >= (select 1)", "pg_sleep(10) is null", "exists (select 1)",
        "household_poverty = 'RICH'", "household_poverty = 3", "household_poverty > 'POOR'", "pension > 3",
        "age", "age + 1 > 2", "income = 1", "age in (select age from p)", "other.age > 3", "age > '80'",
        "age >= 80 and", "not age", "age > 1 or 1", "case when age > 1 then true end", "age::text = '1'",
        "(age > 80) union select 1", "age > 1e400", "age = any(array[1])", "age > $1", "age > :x", "1 = 1",
        "age = 80 = true", "receiving = 'C1'", "receiving in ('C9')", "age > -1", "age is true",
        "age like 'x'",
        "age between symmetric 80 and 60", "disability_kinds = 'VISION'", "children_raised > 0", "C5A = 1",
        "(" * 3000 + "hiv" + ")" * 3000, "not " * 900 + "hiv", "copy p to program 'x'", "pension in (true)",
    ],
)  # fmt: skip
def test_what_is_no_condition_over_facts_is_refused(text: str) -> None:
    with pytest.raises(LawError):
        parse(text)


def test_a_childs_condition_sees_the_child_alone() -> None:
    child = c.Scope(child=True)
    assert parse("age < 16 or studying", child)
    with pytest.raises(LawError):
        parse("household_poverty = 'POOR'", child)
