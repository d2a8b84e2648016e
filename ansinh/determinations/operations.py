"""Asking the law about everyone of a unit at once (xác định), in place in the database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.schema import month_partition
from ansinh.determinations import logic
from ansinh.determinations.models import Outcome as StoredOutcome
from ansinh.determinations.models import OutcomeEntitlement, Run
from ansinh.determinations.queries import NOBODY_GRANTED
from ansinh.geography.models import Level, Unit
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from ansinh.rulebook.law import MonthLaw, load
from ansinh.rulebook.resolve import Outcome

Situation = tuple[tuple[str, str, int, tuple[int, ...]], ...]
"""Of each evaluated day: province, former province, what was granted, what the conditions say (packed)."""


@dataclass
class _Answers:
    """Distinct outcomes of a run, in the order first met."""

    law: MonthLaw
    outcomes: list[Outcome] = field(default_factory=list)
    people: Counter[int] = field(default_factory=Counter)
    _numbers: dict[Outcome, int] = field(default_factory=dict)
    _known: dict[Situation, int] = field(default_factory=dict)

    def number(self, situation: Situation, people: int) -> int:
        if situation not in self._known:
            self._known[situation] = self._numbered(self._resolved(situation))
        number = self._known[situation]
        self.people[number] += people
        return number

    def _resolved(self, situation: Situation) -> Outcome:
        province, former, receiving, _packed = situation[0]
        packed = [number for *_place, numbers in situation for number in numbers]
        return self.law.resolve(
            logic.signature(self.law, province or None, former or None, receiving, packed)
        )

    def _numbered(self, outcome: Outcome) -> int:
        if outcome not in self._numbers:
            self._numbers[outcome] = len(self.outcomes)
            self.outcomes.append(outcome)
        return self._numbers[outcome]


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
    besides: Sequence[int] = (),
) -> Run:
    """Put everyone of a unit to the law of a month and keep the answers (xác định đối tượng).

    On their facts as of the month and as known at `known_at` (by default this instant). `granted`: SQL giving
    what the grants know, `person_id, receiving` (mask of groups granted before the month) and `on_allowance`.
    `besides`: people (ids) asked about too, by the law of where they lived then.

    Refused: a month before the first instrument loaded. All or nothing; running again on the same facts gives
    the same answers.
    """
    law = load().month(month, asked_on)
    known_at = known_at or known_now()
    if unit.level == Level.PROVINCE:
        registry.sweep(known_at=known_at)
    with transaction.atomic():
        _gather(unit, law, known_at, granted, besides)
        answers = _answer(law)
        return _keep(unit, law, asked_on, known_at, answers, by, at)


def _gather(unit: Unit, law: MonthLaw, known_at: dt.datetime, granted: str, besides: Sequence[int]) -> None:
    """Put the facts of everyone into temporary tables: who is of which kind and when (`gathered`, `kind`).

    And into `told` what the law's conditions say of each kind.
    """
    for name in ("granted", "told", "several", "answered"):
        bulk.run(f"drop table if exists pg_temp.{name}")
    bulk.run(f"create temporary table granted on commit drop as select * from ({granted}) as granted")
    bulk.run("create unique index on pg_temp.granted (person_id)")
    bulk.run("analyze pg_temp.granted")
    registry.make_frame(
        unit=unit,
        law=law,
        known_at=known_at,
        granted="pg_temp.granted",
        facts=law.facts,
        besides=besides,
    )
    days = [
        law.month.first + dt.timedelta(days=n) for n in range((law.month.last - law.month.first).days + 1)
    ]
    bulk.run(
        f"""
        create temporary table told on commit drop as
        select kind.kind, kind.alone, coalesce(kind.province_code, '') as province,
               coalesce(kind.former_province_code, '') as former, kind.receiving,
               {logic.day_sql(law, "kind")} as packed, kind.hash
        from pg_temp.kind join {logic.cutoffs_sql(law, days)} on cutoffs.day = kind.day
        """
    )


def _answer(law: MonthLaw) -> _Answers:
    """Answer each distinct situation once; leave the numbers in the temporary table `answered`.

    answered: kinds (one, or those of several days in their order), no, entitled. Nearly everybody has one
    evaluated day; who has more stands in `several` (person_id, kinds).
    """
    bulk.run(
        """
        create temporary table several on commit drop as
        select person_id, array_agg(kind order by day) as kinds
        from pg_temp.gathered cross join unnest(persons) as person_id where not alone group by person_id
        """
    )
    with connection.cursor() as cursor:
        cursor.execute("select kind, province, former, receiving, packed from pg_temp.told")
        told = {kind: (*place, tuple(packed)) for kind, *place, packed in cursor.fetchall()}
        cursor.execute(
            """
            select array[kind], cardinality(persons) from pg_temp.gathered where alone
            union all
            select kinds, count(*) from pg_temp.several group by kinds
            """
        )
        situations = sorted((tuple(told[kind] for kind in kinds), kinds, people) for kinds, people in cursor)
    answers = _Answers(law)
    rows = []
    for situation, kinds, people in situations:
        number = answers.number(situation, people)
        entitled = "t" if answers.outcomes[number].entitlements else "f"
        rows.append(f"{{{','.join(map(str, kinds))}}}\t{number}\t{entitled}\n")
    bulk.run(
        "create temporary table answered (kinds int[], no int, entitled boolean, kind int generated always "
        "as (case when cardinality(kinds) = 1 then kinds[1] end) stored) on commit drop"
    )
    with (
        connection.cursor() as cursor,
        cursor.copy("copy pg_temp.answered (kinds, no, entitled) from stdin") as copy,
    ):
        copy.write("".join(rows))
    bulk.run("analyze pg_temp.answered")
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
    # Kept of whoever is given something or was granted it: nearly all of these are told by their kind.
    written = bulk.run(
        """
        insert into determinations_answer (month, run_id, person_id, no)
        select %s, %s, asked.person_id, asked.no
        from (
            select unnest(persons) as person_id, no, entitled or receiving <> 0 as concerned
            from pg_temp.gathered join pg_temp.answered using (kind) where alone
            union all
            select person_id, no, entitled from pg_temp.several join pg_temp.answered using (kinds)
        ) asked
        where asked.concerned or asked.person_id in (select granted.person_id from pg_temp.granted)
        order by asked.person_id
        """,
        [law.month.first, run.pk],
    )
    bulk.renew_statistics(month_partition("determinations_answer", law.month.first), rows=written)
    return run


def _facts_hash() -> str:
    """Hash what the law was told of everyone, whatever the order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*), coalesce(sum(hashint8extended(person_id, hash)), 0)
            from (select unnest(persons) as person_id, hash
                from pg_temp.gathered join pg_temp.told using (kind)) of_everyone
            """
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
