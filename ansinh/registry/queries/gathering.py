"""Gathering people of whom the law is told the same (gộp người có dữ kiện như nhau)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from ansinh.kernel.time import years_before
from ansinh.registry.queries.folding import Writer, date
from ansinh.registry.queries.packing import masks
from ansinh.rulebook.law import MonthLaw


def kinds(write: Writer, settled: str | None, facts: Iterable[str]) -> str:
    """Gather people whose facts say the same to the law: a row a kind, its people in the array `persons`.

    Of the words only what `facts` needs counts, of the birth date only which ages it has completed:
    `born` is the latest day that has completed the same. The people are those of `packed` and of the query
    for the `settled`, who may share a kind with them under another number.
    """
    calendar = _turning_points(write.law)
    folded = [_gathered(write, "pg_temp.packed", calendar, facts, {})]
    if settled:
        folded.append(_gathered(write, f"({settled})", calendar, facts, _of_all_settled(write)))
    return f"""
        select row_number() over ()::int as kind, {", ".join(_names(write))}, persons,
            case age when 0 then turned[1] - 1 else turned[age] end as born
        from ({" union all ".join(folded)}) grouped join {calendar} using (day)"""


def _names(write: Writer) -> list[str]:
    own = ["alone", "day", "province_code", "former_province_code", "sex", "receiving"]
    return [*own, *write.names().split(", ")]


def _of_all_settled(write: Writer) -> dict[str, str]:
    """What is the same of all who are settled, or the same as another column: it need not be compared."""
    least, most = ([f"{count.name}_{end}" for count in write.law.counts] for end in ("min", "max"))
    same = {"alone": "true", "day": date(write.law.month.first)}
    return same | dict.fromkeys(least, "0") | dict.fromkeys(most[1:], most[0])


def _gathered(
    write: Writer, people: str, calendar: str, facts: Iterable[str], same: Mapping[str, str]
) -> str:
    words = {f"w{n}": f"w{n} & {mask}" for n, mask in enumerate(masks(facts))}
    names, first = _names(write), write.law.month.first
    age = f"""case when day = {date(first)} then {_age(_turned(write.law, first))}
        else (select {_age("turned")} from {calendar} where calendar.day = packed.day) end"""
    return f"""
        select {", ".join(f"{same.get(name, name)} as {name}" for name in names)}, age, persons
        from (
            select {", ".join(apart := [name for name in names if name not in same])}, age,
                array_agg(person_id) as persons
            from (
                select person_id, {", ".join(f"{words.get(name, name)} as {name}" for name in names)},
                    {age} as age
                from {people} packed
                offset 0
            ) told
            group by {", ".join(apart)}, age
        ) gathered"""


def _age(turned: str) -> str:
    """How many of the birth dates somebody was born by; of somebody whose birth is not known not known."""
    return f"case when {turned} = '{{}}' then 0 else width_bucket(born, {turned}) end"


def _turning_points(law: MonthLaw) -> str:
    """The days of the month, with the birth dates that are one day short of an age, ascending."""
    days = (law.month.first + dt.timedelta(days=n) for n in range(law.month.last.day))
    rows = (f"({date(day)}, {_turned(law, day)})" for day in days)
    return f"(values {', '.join(rows)}) as calendar (day, turned)"


def _turned(law: MonthLaw, day: dt.date) -> str:
    short = {years_before(day, age) + dt.timedelta(days=1) for age in law.cutoff_ages}
    return f"array[{', '.join(map(date, sorted(short)))}]::date[]"
