"""What is done in each distinct case, and to whom: left in temporary tables for an adoption to write.

adopt_plan_end, adopt_plan_new, adopt_plan_level   what ends, begins and changes in each distinct case
adopt_end(grant_id, person_id, unit_id, reason, ground_id, month)          the grants that end
adopt_new(grant_id, person_id, unit_id, action, slot, …, replaces_id)      the grants that begin
adopt_level(grant_id, person_id, unit_id, made, from_month, amount_vnd, …) the levels of either
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from ansinh.db import bulk
from ansinh.geography.models import Unit
from ansinh.grants import logic
from ansinh.grants.logic import Case, Change, Level, StopReason, Verdict
from ansinh.grants.operations import cases
from ansinh.grants.operations.grounds import keep_grounds
from ansinh.grants.queries import competent_sql
from ansinh.kernel.time import Month
from ansinh.rulebook.law import MonthLaw

STOP_NOTES: dict[StopReason, str] = {
    "DEATH": "Người hưởng đã chết",
    "NOT_ENTITLED": "Không còn đủ điều kiện hưởng",
    "MERGED": "Hồ sơ đã gộp vào hồ sơ khác của cùng một người, xét hưởng ở hồ sơ đó",
    "CONVERTED": "Chuyển sang nhóm hưởng khác",
}


# ── deciding each distinct case ──


@dataclass
class _Plan:
    """Rows of the plan: what is done in each case."""

    months: list[Month]
    ends: list[tuple[Any, ...]] = field(default_factory=list)
    made: list[tuple[Any, ...]] = field(default_factory=list)
    levels: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, case_no: int, case: Case, seq: int, change: Change, ground: int | None) -> None:
        """Write down one change of a case."""
        old = None if change.grant is None else case.grants[change.grant]
        named = (None, None) if old is None else (old.slot, old.start)
        month = self._day(change.month)
        made = change.lawful
        if made is not None:
            until = None if change.end is None else self._day(change.end)
            what = (change.action, change.slot, made.category, made.scheme, made.payee)
            self.made.append((case_no, seq, *what, month, until, *named, ground))
        elif change.action == "STOP":
            self.ends.append((case_no, *named, month, change.reason, ground))
        whose = (*named, None) if made is None else (None, None, seq)
        self.levels += [
            (case_no, *whose, self._day(step.month), *self._level(step.level)) for step in change.steps
        ]

    @staticmethod
    def _level(level: Level) -> tuple[Any, ...]:
        return level.amount_vnd, level.standard_vnd, level.coefficient, level.ground, level.by_list

    def _day(self, number: int) -> dt.date:
        return (self.months[0] + number).first


def decide_cases(
    months: list[Month], verdicts: Mapping[Hashable, Verdict], rules: logic.Rules, law: MonthLaw
) -> bool:
    """Decide every distinct case; leave what is done in temporary tables. False: nothing."""
    plan = _Plan(months)
    stop_grounds: dict[tuple[StopReason, str], int] = {}

    def ground(reason: StopReason, category: str) -> int:
        if (reason, category) not in stop_grounds:
            key = ((law.timing("STOP", category)[1],), STOP_NOTES[reason])
            stop_grounds[reason, category] = keep_grounds(words=[key])[key]
        return stop_grounds[reason, category]

    for case_no, _people, case in cases.distinct():
        for seq, change in enumerate(logic.propose(case, verdicts, rules)):
            reason = change.reason or ("CONVERTED" if change.end is not None else None)
            category = change.lawful.category if change.lawful else case.grants[change.grant or 0].category
            plan.add(case_no, case, seq, change, ground(reason, category) if reason else None)
    _put(
        "adopt_plan_end",
        "case_no int, slot text, start int, month date, reason text, ground_id bigint",
        plan.ends,
    )
    _put(
        "adopt_plan_new",
        "case_no int, seq int, action text, slot text, category text, scheme text, payee text, month date, "
        "until date, old_slot text, old_start int, ground_id bigint",
        plan.made,
    )
    _put(
        "adopt_plan_level",
        "case_no int, slot text, start int, seq int, from_month date, amount_vnd int, standard_vnd int, "
        "coefficient numeric, ground_id bigint, by_list boolean",
        plan.levels,
    )
    return bool(plan.ends or plan.made or plan.levels)


def _put(name: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    bulk.run(f"drop table if exists pg_temp.{name}")
    bulk.run(f"create temporary table {name} ({columns}) on commit drop")
    with connection.cursor() as cursor, cursor.copy(f"copy pg_temp.{name} from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    bulk.run(f"analyze pg_temp.{name}")


# ── joining it back to the people ──


def name_grants(unit: Unit) -> None:
    """Name the grants that end, begin and change, and the unit that decides each."""
    cases.make(
        "adopt_todo",
        """select s.person_id, c.case_no, s.died_on
        from pg_temp.adopt_seen s
        join pg_temp.adopt_case c using (outcomes, dead_from, grants)
        where c.case_no in (select case_no from pg_temp.adopt_plan_end
            union select case_no from pg_temp.adopt_plan_new
            union select case_no from pg_temp.adopt_plan_level)""",
    )
    cases.make(
        "adopt_end",
        """select g.grant_id, g.person_id, g.unit_id, e.reason, e.ground_id,
            case when e.reason = 'DEATH' then (date_trunc('month', t.died_on) + interval '1 month')::date
                else e.month end as month
        from pg_temp.adopt_todo t
        join pg_temp.adopt_plan_end e on e.case_no = t.case_no
        join pg_temp.adopt_grant g on g.person_id = t.person_id and g.slot = e.slot and g.start = e.start""",
    )
    begun = """
        select t.person_id, t.case_no, n.seq, n.action, n.slot, n.category, n.scheme, n.payee, n.month,
            n.until, n.ground_id, g.grant_id as replaces_id, g.unit_id
        from pg_temp.adopt_todo t
        join pg_temp.adopt_plan_new n on n.case_no = t.case_no
        left join pg_temp.adopt_grant g
            on g.person_id = t.person_id and g.slot = n.old_slot and g.start = n.old_start"""
    cases.make("adopt_begun", begun)
    homeless = "(select distinct person_id, month from pg_temp.adopt_begun where unit_id is null)"
    cases.make("adopt_home", competent_sql(homeless))
    cases.make(
        "adopt_new",
        f"""select {bulk.next_id("grants_grant")} as grant_id, b.* from (
            select b.person_id, b.case_no, b.seq, b.action, b.slot, b.category, b.scheme, b.payee, b.month,
                b.until, b.ground_id, b.replaces_id, coalesce(b.unit_id, h.unit_id, {unit.pk}) as unit_id
            from pg_temp.adopt_begun b
            left join pg_temp.adopt_home h on h.person_id = b.person_id and h.month = b.month
            order by b.person_id, b.seq offset 0
        ) b""",
    )
    cases.make(
        "adopt_level",
        """select g.grant_id, g.person_id, g.unit_id, false as made, l.from_month, l.amount_vnd,
            l.standard_vnd, l.coefficient, l.ground_id, l.by_list
        from pg_temp.adopt_todo t
        join pg_temp.adopt_plan_level l on l.case_no = t.case_no and l.slot is not null
        join pg_temp.adopt_grant g on g.person_id = t.person_id and g.slot = l.slot and g.start = l.start
        union all
        select n.grant_id, n.person_id, n.unit_id, true, l.from_month, l.amount_vnd, l.standard_vnd,
            l.coefficient, l.ground_id, l.by_list
        from pg_temp.adopt_new n
        join pg_temp.adopt_plan_level l on l.case_no = n.case_no and l.seq = n.seq""",
    )
