"""Random people for the rulebook's properties: facts at the edges the law looks at, a third unknown."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansinh.rulebook.categories import categories
from ansinh.rulebook.facts import vocabulary

EDGES = (0, 2, 3, 4, 15, 16, 21, 22, 59, 60, 69, 70, 74, 75, 79, 80, 81)


@st.composite
def births(draw: st.DrawFn, year: int, month: int) -> str:
    age = draw(st.sampled_from(EDGES) | st.integers(0, 100))
    near = draw(st.sampled_from([month, month, month % 12 + 1, (month - 2) % 12 + 1]))
    precise = draw(st.sampled_from(["day", "day", "day", "month", "year"]))
    text = f"{year - age:04d}"
    if precise != "year":
        text += f"-{near:02d}"
    return text + (f"-{draw(st.integers(1, 28)):02d}" if precise == "day" else "")


def _fact(name: str) -> st.SearchStrategy[Any]:
    fact = vocabulary()[name]
    match fact.kind:
        case "bool":
            return st.booleans()
        case "enum":
            return st.sampled_from(list(fact.values))
        case "set":
            return st.lists(st.sampled_from(list(fact.values)), unique=True)
        case _:
            return st.sampled_from([0, 499_999, 500_000, 500_001, 539_999, 540_000, 540_001])


@st.composite
def people(draw: st.DrawFn, month: str) -> dict[str, Any]:
    """A line of `ansinh assess`, valid for months from 7/2025."""
    year, number = (int(part) for part in month.split("-"))
    children = st.lists(
        st.fixed_dictionaries(
            {"born": births(year, number), "studying": st.none() | st.booleans()},
        ),
        max_size=3,
    )
    fields: dict[str, st.SearchStrategy[Any]] = {
        "born": births(year, number),
        "sex": st.sampled_from("FM"),
        "province": st.sampled_from(["01", "15", "22", "31", "79", "08"]),
        "former_province": st.sampled_from(["01", "10", "15", "30", "31", "74"]),
        "receiving": st.lists(st.sampled_from(list(categories())), unique=True, max_size=3),
        "children": children,
    }
    fields |= {name: _fact(name) for name in vocabulary()}
    optional = {name: st.one_of(st.none(), value, value) for name, value in fields.items()}
    return {"id": 1, "month": month, **draw(st.fixed_dictionaries(optional))}
