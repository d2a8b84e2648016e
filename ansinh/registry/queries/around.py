"""Beside the facts frame: where its people live, who died, whom they raise (nơi ở, chết, con được nuôi)."""

from __future__ import annotations

import datetime as dt

from ansinh.registry.queries.folding import Day, Writer, date
from ansinh.registry.queries.packing import value, words
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw


def homes_sql(frame: str, law: MonthLaw, *, known_at: dt.datetime) -> str:
    """Select of a facts frame's people: person_id, unit_id (where they lived on their first evaluated day),
    born (effective date), sex, died (as known at the instant, NULL: alive)."""
    write, day = Writer(law, known_at, ""), Day("first.day")
    return f"""
        select first.person_id, h.unit_id, {write.born("p")} as born, p.sex, d.died_on as died
        from (select person_id, min(day) as day from {frame} group by person_id) first
        join registry_person p on p.id = first.person_id
        join registry_member m on m.person_id = first.person_id and {day.reaches("m")} and {write.seen("m")}
        join registry_householdresidence h
            on h.household_id = m.household_id and {day.reaches("h")} and {write.seen("h")}
        left join registry_death d on d.person_id = first.person_id and {write.seen("d")}"""


def children_sql(frame: str, law: MonthLaw, *, known_at: dt.datetime) -> str:
    """Select the children whom a facts frame's people raise on the last day of the month.

    person_id (who raises them), born (effective date), sex, died, studying; one row a child.
    """
    write, day = Writer(law, known_at, ""), Day(date(law.month.last))
    folded = ", ".join(f"bit_or({word}) as w{n}" for n, word in enumerate(words("f")))
    return f"""
        select r.other_id as person_id, {write.born("c")} as born, c.sex, d.died_on as died,
            ({value("studying").replace("(w", "(f.w")})::int as studying
        from registry_relation r
        join registry_person c on c.id = r.person_id
        left join registry_death d on d.person_id = r.person_id and {write.seen("d")}
        left join lateral (select {folded} from registry_fact f
            where f.person_id = r.person_id and f.fact = {vocabulary()["studying"].id}
                and {day.reaches("f")} and {write.seen("f")}) f on true
        where r.kind = 6 and {day.reaches("r")} and {write.seen("r")}
            and r.other_id in (select person_id from {frame})"""
