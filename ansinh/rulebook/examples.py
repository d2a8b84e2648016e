"""Worked examples of the law, written by hand for lawyers (ví dụ): read from TOML, said in Vietnamese."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ansinh.kernel.money import coefficient_text, grouped, vnd
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.rulebook.explain import label
from ansinh.rulebook.facts import vocabulary


@dataclass(frozen=True, slots=True)
class Examples:
    """A file of worked examples: what it is about, and the examples as written."""

    about: str
    examples: tuple[dict[str, Any], ...]

    def told(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Say each example: situation, month, facts, result, articles."""
        for e in self.examples:
            yield e["name"], _when(e), _facts(e["person"]), _result(e), "; ".join(e["articles"])


def read_examples(path: Path) -> Examples:
    """Read a file of worked examples; its first comment line says what it is about."""
    text = path.read_text(encoding="utf-8")
    about = text.splitlines()[0].removeprefix("#").strip().rstrip(".")
    return Examples(about, tuple(tomllib.loads(text, parse_float=Decimal)["example"]))


def _when(example: dict[str, Any]) -> str:
    said = Month.parse(example["month"]).vietnamese()
    if "asked_on" in example:
        said += f", hỏi ngày {vietnamese_date(dt.date.fromisoformat(example['asked_on']))}"
    for name, value in example.get("parameters", {}).items():
        said += f", tham số {name} = {str(value).lower()}"
    return said


def _facts(person: dict[str, Any]) -> str:
    return "; ".join(filter(None, (_fact(name, value, person) for name, value in person.items())))


def _fact(name: str, value: Any, person: dict[str, Any]) -> str:
    if name in vocabulary():
        fact = vocabulary()[name]
        return f"{_lower(fact.label)}: {fact.words(fact.store(value))}"
    match name:
        case "born":
            return f"sinh {_date(value)}"
        case "died":
            return f"chết {_date(value)}"
        case "sex":
            return "nữ" if value == "F" else "nam"
        case "province":
            return "" if value == "04" else f"tỉnh {value}"
        case "former_province":
            return "" if person.get("province") == value else f"trước 7/2025 tỉnh {value}"
        case "receiving":
            return f"đang hưởng {', '.join(value)}"
        case _:
            return _children(value)


def _children(children: list[dict[str, Any]]) -> str:
    if not children:
        return "không nuôi con"
    study = {True: ", đang học", False: ", không học", None: ""}
    return "nuôi con: " + ", ".join(f"sinh {_date(c['born'])}{study[c.get('studying')]}" for c in children)


def _date(text: str) -> str:
    return "/".join(reversed(text.split("-")))


def _result(example: dict[str, Any]) -> str:
    parts = [_paid(e) for e in example["expect"]] or ["không chi"]
    if "total_vnd" in example:
        parts.append(f"cộng {vnd(example['total_vnd'])}")
    for key, words in (("expect_not_met", "không thuộc"), ("expect_unknown", "chưa kết luận được")):
        if key in example:
            parts.append(f"{words} {', '.join(example[key])}")
    if outranked := [
        c for c in example.get("expect_met", []) if c not in {e["category"] for e in example["expect"]}
    ]:
        parts.append(f"cũng thuộc {', '.join(outranked)} nhưng không chi theo nhóm đó")
    if example.get("expect_missing"):
        labels = [_lower(label(name)) for name in example["expect_missing"]]
        parts.append(f"còn thiếu: {'; '.join(labels)}")
    return "; ".join(parts)


def _paid(entry: dict[str, Any]) -> str:
    to = {"CARER": ", cho người chăm sóc", "FACILITY": ", cho cơ sở"}.get(entry.get("payee", ""), "")
    coefficient = coefficient_text(Decimal(entry["coefficient"]))
    arithmetic = f"{coefficient} × {grouped(entry['standard_vnd'])} = {vnd(entry['amount_vnd'])}"
    return f"{entry['category']}: {arithmetic}{to}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
