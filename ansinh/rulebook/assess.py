"""Asking the law about people in a file (hỏi luật cho danh sách người), without the database.

One JSON object a line, with the public facts of the vocabulary; one JSON object back. A bad line is answered
with an error naming line, field and cure; the others are still answered.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, birthday, vietnamese_date, years_before
from ansinh.rulebook import places
from ansinh.rulebook.categories import categories, receiving_mask
from ansinh.rulebook.engines.person import test
from ansinh.rulebook.explain import DayFacts, Explanation, as_dict, explain
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw, Rulebook, load

_BIRTH = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_OTHER_FIELDS = (
    "id", "month", "asked_on", "born", "died", "sex", "province", "former_province", "receiving", "children",
)  # fmt: skip


RAISES_CHILDREN_FROM = 13
"""Who is younger raises no child: nobody is asked for a toddler's children."""


class BadField(ValueError):  # noqa: N818 - an answer to the file, like a refusal
    """A field that cannot be read: its name and the cure."""

    def __init__(self, field: str, cure: str) -> None:
        super().__init__(f"{field}: {cure}")
        self.field = field
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth as far as it is known: the first and the last day it can have been."""

    first: dt.date
    last: dt.date

    def effective(self, law: MonthLaw) -> dt.date:
        """Return the day the law counts from, by the parameter for births not known to the day."""
        return self.last if law.latest_birth else self.first


@dataclass(frozen=True, slots=True)
class Child:
    """A child somebody raises."""

    birth: Birth | None
    studying: bool | None


@dataclass(frozen=True)
class Person:
    """What a line says of somebody: facts as stored integers, None = unknown."""

    id: str | int
    month: Month
    asked_on: dt.date | None
    birth: Birth | None
    died: dt.date | None
    province: str | None
    former_province: str | None
    children: tuple[Child, ...] | None
    values: dict[str, Any]


def assess_lines(lines: Iterable[str], book: Rulebook | None = None) -> Iterator[tuple[dict[str, Any], bool]]:
    """Answer each line as (result, is it an answer?), in order, one at a time."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield assess_one(_object(line), book), True
        except BadField as fault:
            yield {"line": number, "field": fault.field, "error": fault.cure, "id": _id(line)}, False
        except Refusal as refusal:
            yield {"line": number, "field": "month", "error": str(refusal), "id": _id(line)}, False


def assess_one(table: Mapping[str, Any], book: Rulebook | None = None) -> dict[str, Any]:
    """Answer one person's line. Raises BadField or Refusal."""
    person = read_person(table)
    return as_dict(explain_person(person, book), {"id": person.id, "month": str(person.month)})


def explain_person(person: Person, book: Rulebook | None = None) -> Explanation:
    """Explain one person's month from the facts of a line, taken to hold the whole month."""
    law = (book or load()).month(person.month, person.asked_on)
    return explain(
        law,
        evaluated_days(person, law),
        province=person.province,
        former_province=person.former_province,
        assumptions=_assumptions(person, law),
        nobody=_nobody(person, person.birth.effective(law) if person.birth else None),
    )


def evaluated_days(person: Person, law: MonthLaw) -> list[DayFacts]:
    """List what is known of a person on each day of the month on which the answer may differ."""
    born = person.birth.effective(law) if person.birth else None
    return [DayFacts(day, _values(person, law, born, day)) for day in _days(person, law, born)]


def _days(person: Person, law: MonthLaw, born: dt.date | None) -> list[dt.date]:
    """List the days of the month on which the answer may differ, from the first day lived in it."""
    first, last = law.month.first, law.month.last
    start = max(first, born) if born else first
    end = min(last, person.died) if person.died else last
    days = {start}
    if born:
        days |= {birthday(born, years) for years in law.cutoff_ages}
    for child in person.children or ():
        if child.birth:
            child_born = child.birth.effective(law)
            days |= {child_born, *(birthday(child_born, years) for years in law.child_ages)}
    return sorted(day for day in days if start <= day <= end)


def _values(person: Person, law: MonthLaw, born: dt.date | None, day: dt.date) -> dict[str, Any]:
    values = {**person.values, "born": born}
    for count in law.counts:
        values[count.name] = _count(person, law, count.tree, born, day)
    return values


def _count(
    person: Person, law: MonthLaw, tree: Any, born: dt.date | None, day: dt.date
) -> tuple[int, int | None]:
    if person.children is None:
        childless = born is not None and born > years_before(day, RAISES_CHILDREN_FROM)
        return 0, 0 if childless else None
    verdicts = []
    for child in person.children:
        born = child.birth.effective(law) if child.birth else None
        if born is None or born <= day:
            values = {"born": born, "studying": child.studying, "receiving": person.values.get("receiving")}
            verdicts.append(test(tree)(values, day))
    return sum(v is True for v in verdicts), sum(v is not False for v in verdicts)


def _assumptions(person: Person, law: MonthLaw) -> tuple[str, ...]:
    birth = person.birth
    if birth is None or birth.first == birth.last:
        return ()
    which = "muộn nhất" if law.latest_birth else "sớm nhất"
    return (
        f"Ngày sinh chỉ biết trong khoảng {vietnamese_date(birth.first)}–{vietnamese_date(birth.last)}: "
        f"tính theo ngày {which} có thể, {vietnamese_date(birth.effective(law))}.",
    )


def _nobody(person: Person, born: dt.date | None) -> str:
    if person.died and person.died < person.month.first:
        return f"đã chết ngày {vietnamese_date(person.died)}; thôi hưởng từ tháng liền kề sau tháng chết"
    if born and born > person.month.last:
        return f"chưa sinh trong tháng (sinh ngày {vietnamese_date(born)})"
    return "không có ngày nào trong tháng để xét"


# ── reading a line ──


def _object(line: str) -> dict[str, Any]:
    try:
        table = json.loads(line)
    except ValueError as fault:
        raise BadField("(cả dòng)", f"không phải JSON: {fault}. Mỗi dòng là một đối tượng JSON.") from None
    if not isinstance(table, dict):
        raise BadField("(cả dòng)", "mỗi dòng phải là một đối tượng JSON {…}.")
    return table


def _id(line: str) -> Any:
    try:
        return json.loads(line).get("id")
    except (ValueError, AttributeError):
        return None


def read_person(table: Mapping[str, Any]) -> Person:
    """Read one line's facts. Raises BadField at the first field that cannot be read."""
    facts = vocabulary()
    for name in table:
        if name not in facts and name not in _OTHER_FIELDS:
            near = get_close_matches(name, [*facts, *_OTHER_FIELDS], n=1)
            raise BadField(name, f"không có dữ kiện này{f'; có phải là “{near[0]}”?' if near else '.'}")
    if not isinstance(table.get("id"), str | int) or isinstance(table.get("id"), bool):
        raise BadField("id", "cần có, là chuỗi hoặc số nguyên, để nhận lại kết quả.")
    month = _month(table.get("month"))
    birth, died = _birth("born", table.get("born")), _date("died", table.get("died"))
    if birth and died and died < birth.first:
        raise BadField("died", "ngày chết trước ngày sinh; kiểm tra lại hai ngày.")
    sex = table.get("sex")
    if sex not in (None, "F", "M"):
        raise BadField("sex", "phải là F (nữ) hoặc M (nam).")
    values = {name: _fact(name, table[name]) for name in facts if table.get(name) is not None}
    for amount, flag in (("pension_vnd", "pension"), ("insurance_allowance_vnd", "insurance_allowance")):
        if amount in values and flag not in values:
            values[flag] = 1
    return Person(
        id=table["id"],
        month=month,
        asked_on=_date("asked_on", table.get("asked_on")),
        birth=birth,
        died=died,
        province=_province(table.get("province"), month),
        former_province=_former(table.get("former_province")),
        children=_children(table.get("children")),
        values={**values, "sex": sex, "receiving": _receiving(table.get("receiving"))},
    )


def _month(value: Any) -> Month:
    if not isinstance(value, str):
        raise BadField("month", "cần có, dạng NĂM-THÁNG, ví dụ 2026-11.")
    try:
        return Month.parse(value)
    except Refusal as refusal:
        raise BadField("month", str(refusal)) from None


def _date(field: str, value: Any) -> dt.date | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and len(value) == 10:
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise BadField(field, f"“{value}” không phải là ngày; viết NĂM-THÁNG-NGÀY, ví dụ 2026-11-05.")


def _birth(field: str, value: Any) -> Birth | None:
    if value is None:
        return None
    match = _BIRTH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise BadField(field, "viết NĂM-THÁNG-NGÀY, NĂM-THÁNG hoặc NĂM, ví dụ 1950-03-31, 1950-03, 1950.")
    year, month, day = int(match[1]), match[2] and int(match[2]), match[3] and int(match[3])
    try:
        first = dt.date(year, month or 1, day or 1)
    except ValueError:
        raise BadField(field, f"“{value}” không phải là ngày có thật.") from None
    if day:
        return Birth(first, first)
    last_month = month or 12
    return Birth(first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1]))


def _fact(name: str, value: Any) -> int:
    try:
        return vocabulary()[name].store(value)
    except ValueError as fault:
        raise BadField(name, str(fault).split(": ", 1)[1] + ".") from None


def _province(value: Any, month: Month) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and places.province_name(value, month):
        return value
    if isinstance(value, str) and month >= places.MERGERS and (within := places.successors(value)):
        raise BadField(
            "province",
            f"mã {value} hết hiệu lực từ 7/2025; dùng mã {' hoặc '.join(within)} "
            f"và former_province = {value}.",
        )
    raise BadField("province", f"“{value}” không phải mã tỉnh có hiệu lực trong tháng {month.vietnamese()}.")


def _former(value: Any) -> str | None:
    if value is None or value in places.former_provinces():
        return None if value is None else str(value)
    raise BadField("former_province", f"“{value}” không phải mã tỉnh trước 7/2025.")


def _receiving(value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, list) or any(code not in categories() for code in value):
        raise BadField("receiving", f"phải là danh sách mã nhóm: {', '.join(categories())}.")
    return receiving_mask(value)


def _children(value: Any) -> tuple[Child, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise BadField("children", 'phải là danh sách, ví dụ [{"born": "2020-05-01", "studying": true}].')
    return tuple(_child(index, entry) for index, entry in enumerate(value))


def _child(index: int, entry: Any) -> Child:
    field = f"children[{index}]"
    if not isinstance(entry, dict) or set(entry) - {"born", "studying"}:
        raise BadField(field, "mỗi con chỉ có born và studying.")
    studying = entry.get("studying")
    if studying is not None and not isinstance(studying, bool):
        raise BadField(f"{field}.studying", "phải là true hoặc false.")
    return Child(_birth(f"{field}.born", entry.get("born")), studying)
