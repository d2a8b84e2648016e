"""The facts vocabulary (bảng từ vựng dữ kiện): what the law asks about a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from ansinh.rulebook.data import FOLDER, LawError, need, only, read_toml

Kind = Literal["bool", "enum", "set", "money"]
Absent = Literal["unknown", "no", "not below"]
_KINDS = ("bool", "enum", "set", "money")
_ABSENT = ("unknown", "no", "not below")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the law may ask.

    `values` maps public value → Vietnamese words, in code order. Stored as an integer: bool 0/1, enum
    1, 2, …, set a sum of 1, 2, 4, …, money in đồng.
    """

    name: str
    id: int
    kind: Kind
    label: str
    subject: Literal["person", "household"]
    absent: Absent
    privacy: Literal["personal", "sensitive", "secret"]
    values: MappingProxyType[str, str]

    def code(self, value: str) -> int:
        """Return the stored code of a public value of an enum, or its bit of a set."""
        index = list(self.values).index(value)
        return 1 << index if self.kind == "set" else index + 1

    def public(self, code: int) -> bool | int | str | list[str]:
        """Return the public value of a stored integer."""
        if self.kind == "bool":
            return bool(code)
        if self.kind == "enum":
            return list(self.values)[code - 1]
        if self.kind == "set":
            return [value for index, value in enumerate(self.values) if code >> index & 1]
        return code

    def store(self, value: Any) -> int:
        """Return the integer stored for a public value. Raises ValueError naming what is allowed."""
        if self.kind == "bool" and isinstance(value, bool):
            return int(value)
        if self.kind == "money" and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if self.kind == "enum" and isinstance(value, str) and value in self.values:
            return self.code(value)
        if self.kind == "set" and isinstance(value, list) and all(v in self.values for v in value):
            return sum({self.code(v) for v in value})
        raise ValueError(f"{self.name} = {value!r}: {self.allowed()}")

    def allowed(self) -> str:
        """Say in Vietnamese which values are allowed."""
        match self.kind:
            case "bool":
                return "phải là true hoặc false"
            case "money":
                return "phải là số đồng, số nguyên không âm"
            case "enum":
                return f"phải là một trong {', '.join(self.values)}"
            case _:
                return f"phải là danh sách gồm {', '.join(self.values)}"

    def words(self, code: int) -> str:
        """Say a stored value in Vietnamese."""
        if self.kind == "bool":
            return "có" if code else "không"
        if self.kind == "money":
            return f"{code:,}".replace(",", ".") + " đồng"
        names = self.public(code)
        chosen = names if isinstance(names, list) else [str(names)]
        return ", ".join(self.values[name] for name in chosen) or "không"


@cache
def vocabulary() -> MappingProxyType[str, Fact]:
    """Return every fact by name, in the order of the file."""
    table = read_toml(FOLDER / "facts.toml")
    facts = {name: _fact(name, entry) for name, entry in table.items()}
    if len({fact.id for fact in facts.values()}) != len(facts):
        raise LawError("facts.toml: an id is used twice")
    return MappingProxyType(facts)


def _fact(name: str, entry: dict[str, Any]) -> Fact:
    place = f"facts.toml [{name}]"
    only(entry, ("id", "type", "values", "label", "subject", "absent", "privacy"), place)
    if entry.get("type") not in _KINDS or entry.get("absent") not in _ABSENT:
        raise LawError(f"{place}: type or absent is not one of {_KINDS}, {_ABSENT}")
    return Fact(
        name=name,
        id=need(entry, "id", int, place),
        kind=entry["type"],
        label=need(entry, "label", str, place),
        subject=need(entry, "subject", str, place),
        absent=entry["absent"],
        privacy=need(entry, "privacy", str, place),
        values=MappingProxyType(entry.get("values", {})),
    )
