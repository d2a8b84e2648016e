"""Asking the law about everyone of a unit at once (xác định), in place in the database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.determinations import logic
from ansinh.determinations.models import Outcome as StoredOutcome
from ansinh.determinations.models import OutcomeEntitlement, Run
from ansinh.determinations.queries import NOBODY_GRANTED
from ansinh.geography.models import Unit
from ansinh.kernel.time import Month
from ansinh.registry import queries as registry
from ansinh.rulebook.law import MonthLaw, load
from ansinh.rulebook.resolve import Outcome, Signature


@dataclass
class _Answers:
    """Distinct outcomes of a run, in the order first met."""

    law: MonthLaw
    outcomes: list[Outcome] = field(default_factory=list)
    people: Counter[int] = field(default_factory=Counter)
    _numbers: dict[Outcome, int] = field(default_factory=dict)
    _known: dict[Signature, int] = field(default_factory=dict)

    def number(self, signature: Signature, people: int) -> int:
        if signature not in self._known:
            outcome = self.law.resolve(signature)
            if outcome not in self._numbers:
                self._numbers[outcome] = len(self.outcomes)
                self.outcomes.append(outcome)
            self._known[signature] = self._numbers[outcome]
        number = self._known[signature]
        self.people[number] += people
        return number


def known_now() -> dt.datetime:
    """Return the instant up to which everything recorded is committed and nothing later is (known_at)."""
    with transaction.atomic(durable=not connection.in_atomic_block), connection.cursor() as cursor:
        locks.hold(locks.REGISTER_LOCK)
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant


def determine(
    *,
    unit: Unit,
    month: Month,
    asked_on: dt.date | None = None,
    by: User | None = None,
    at: dt.datetime,
    granted: str = NOBODY_GRANTED,
    known_at: dt.datetime | None = None,
) -> Run:
    """Put everyone of a unit to the law of a month and keep the answers (xác định đối tượng).

    On their facts as of the month and as known at `known_at` (by default this instant). `granted`: SQL giving
    what the grants know, `person_id, receiving` (mask of groups granted before the month) and `on_allowance`.
    Refused: a month before the first instrument loaded. All or nothing; running again on the same facts gives
    the same answers.
    """
    law = load().month(month, asked_on)
    known_at = known_at or known_now()
    with transaction.atomic():
        _gather(unit, law, known_at, granted)
        answers = _answer(law)
        return _keep(unit, law, asked_on, known_at, answers, by, at)


def _gather(unit: Unit, law: MonthLaw, known_at: dt.datetime, granted: str) -> None:
    """Put the facts of everyone into the temporary table `frame`, what the law says of them into `asked`."""
    for name in ("granted", "frame", "asked", "answered"):
        bulk.run(f"drop table if exists pg_temp.{name}")
    bulk.run(f"create temporary table granted on commit drop as select * from ({granted}) as granted")
    bulk.run("create unique index on pg_temp.granted (person_id)")
    bulk.run("analyze pg_temp.granted")
    registry.make_frame("frame", unit, law, known_at=known_at, granted="pg_temp.granted", facts=law.facts)
    days = [
        law.month.first + dt.timedelta(days=n) for n in range((law.month.last - law.month.first).days + 1)
    ]
    packed = logic.day_sql(law, "frame")
    bulk.run(
        f"""
        create temporary table asked on commit drop as
        select frame.person_id, frame.day, coalesce(frame.province_code, '') as province,
               coalesce(frame.former_province_code, '') as former, frame.receiving, {packed} as packed
        from pg_temp.frame join {logic.cutoffs_sql(law, days)} on cutoffs.day = frame.day
        """
    )


# Nearly everybody has one evaluated day; the few with several get their days' numbers one after the other.
_FOLD = """
    create temporary table answered on commit drop as
    with several as materialized (
        select person_id from pg_temp.asked where day > %(first)s group by person_id
    ),
    folded as (
        select asked.person_id, min(asked.province) filter (where asked.days_before = 0) as province,
               min(asked.former) filter (where asked.days_before = 0) as former,
               max(asked.receiving) as receiving,
               array_agg(number.value order by asked.day, number.position) as packed
        from (select asked.*, row_number() over (partition by person_id order by day) - 1 as days_before
              from pg_temp.asked join several using (person_id)) as asked
        cross join unnest(asked.packed) with ordinality as number (value, position)
        group by asked.person_id
    )
    select person_id, province, former, receiving, packed from pg_temp.asked
    where not exists (select from several where several.person_id = asked.person_id)
    union all
    select person_id, province, former, receiving, packed from folded
"""


def _answer(law: MonthLaw) -> _Answers:
    """Answer each distinct situation once; leave its number in the temporary table `situation`."""
    bulk.run(_FOLD, {"first": law.month.first})
    answers = _Answers(law)
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select province, former, receiving, packed, count(*) from pg_temp.answered group by 1, 2, 3, 4 "
            "order by 1, 2, 3, 4"
        )
        for province, former, receiving, packed, people in cursor.fetchall():
            signature = logic.signature(law, province or None, former or None, receiving, packed)
            number = answers.number(signature, people)
            entitled = bool(answers.outcomes[number].entitlements)
            rows.append((province, former, receiving, packed, number, entitled))
        cursor.execute("drop table if exists pg_temp.situation")
        cursor.execute(
            "create temporary table situation (province text, former text, receiving int, packed bigint[], "
            "no int, entitled boolean) on commit drop"
        )
        with cursor.copy("copy pg_temp.situation from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("analyze pg_temp.situation")
    return answers


def _keep(
    unit: Unit,
    law: MonthLaw,
    asked_on: dt.date | None,
    known_at: dt.datetime,
    answers: _Answers,
    by: User | None,
    at: dt.datetime,
) -> Run:
    people = sum(answers.people.values())
    run = Run.objects.create(
        unit=unit,
        month=law.month.first,
        asked_on=asked_on,
        known_at=known_at,
        release=law.release,
        facts_hash=_facts_hash(),
        people=people,
        entitled=sum(n for no, n in answers.people.items() if answers.outcomes[no].entitlements),
        signatures=len(answers.outcomes),
        by=by,
        at=at,
    )
    StoredOutcome.objects.bulk_create(
        _stored(run, no, o, answers.people[no]) for no, o in enumerate(answers.outcomes)
    )
    OutcomeEntitlement.objects.bulk_create(
        entitlement for no, o in enumerate(answers.outcomes) for entitlement in _entitlements(run, no, o)
    )
    bulk.run(
        """
        insert into determinations_answer (month, run_id, person_id, no)
        select %s, %s, answered.person_id, situation.no
        from pg_temp.answered
        join pg_temp.situation using (province, former, receiving, packed)
        where situation.entitled or exists (
            select from pg_temp.granted where granted.person_id = answered.person_id)
        """,
        [law.month.first, run.pk],
    )
    return run


def _facts_hash() -> str:
    """Hash the facts of everyone asked, whatever their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), coalesce(sum(hash_record_extended(frame, 0)::numeric), 0) from pg_temp.frame"
        )
        rows, total = cursor.fetchone()
    return f"{rows}:{int(total) % (1 << 64):016x}"


def _stored(run: Run, no: int, outcome: Outcome, people: int) -> StoredOutcome:
    return StoredOutcome(
        run=run,
        no=no,
        people=people,
        met=[f.category for f in outcome.findings if f.met],
        unknown=[f.category for f in outcome.findings if f.met is None or f.open],
    )


def _entitlements(run: Run, no: int, outcome: Outcome) -> list[OutcomeEntitlement]:
    return [
        OutcomeEntitlement(
            run=run,
            no=no,
            slot=e.slot,
            scheme=e.scheme,
            category=e.category,
            coefficient=e.coefficient,
            standard_vnd=e.standard_vnd,
            amount_vnd=e.amount_vnd,
            payee=e.payee,
            cites=list(e.cites),
            notes=list(e.notes),
        )
        for e in outcome.entitlements
    ]
