"""Beside the facts frame: whom its people raise (con được nuôi)."""

from __future__ import annotations

import datetime as dt

from ansinh.registry.queries.folding import Writer, date
from ansinh.registry.queries.packing import value, words
from ansinh.registry.queries.spans import Day
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw


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
