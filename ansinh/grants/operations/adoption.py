"""Adopting what the law says (ra quyết định theo kết quả rà soát): one decision a unit, for everyone at once.

Everybody's case is gathered by SQL; each distinct one is decided once, in `logic`; what follows is written
by SQL for all who share it. One person is decided by the very same steps.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

from django.db import connection

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, constraints, locks
from ansinh.determinations.models import Outcome, OutcomeEntitlement, Run
from ansinh.geography.models import Unit
from ansinh.grants import logic
from ansinh.grants.logic import Lawful, Level, Verdict
from ansinh.grants.operations import cases, plans
from ansinh.grants.operations.grounds import keep_entitlement_grounds
from ansinh.grants.queries import recipients_sql
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.rulebook.law import load

NUMBER = "{next}/QĐ-UBND"
SOME = {"people": "SOME"}
"""Stands in the basis of a decision that was about some of its unit's people only."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was decided: the decisions' ids, distinct people, and how often each action (kết quả)."""

    decisions: tuple[int, ...]
    people: int = 0
    starts: int = 0
    levels: int = 0
    stops: int = 0
    conversions: int = 0


def adopt_changes(
    *,
    unit: Unit,
    runs: Sequence[Run],
    decided_on: dt.date,
    at: dt.datetime,
    by: User | None = None,
    signer: User | None = None,
    signer_name: str = "",
    number: str = NUMBER,
    confirm_grounds: bool = False,
    people: Collection[int] | None = None,
    stops_last: bool = False,
) -> Adopted:
    """Make the law's answers decisions: one for each holding unit of `unit` and below (quyết định hàng loạt).

    `runs`: the determinations of consecutive months, all asked on the day of signing; the last is the month
    reviewed, earlier ones let levels be restated and rights begin with past effect, where the law says so.
    `number`: of every unit's decision, `{next}` being the unit's next number of the year. `confirm_grounds`:
    also restate levels whose amount is right but whose articles are others. `people`: only these.
    `stops_last`: nothing stops before the month reviewed.

    Whatever the law cannot tell stays as it is. Run again on the same answers it changes nothing and makes no
    decision. Refused: runs of other days, a hole between months, an instant before one already decided.
    """
    months = _months(runs, decided_on)
    law = load().month(Month.of(decided_on), decided_on)
    with constraints.speaking():
        locks.hold_or_refuse(
            locks.key(f"adopt:{unit.pk}"),
            Refusal("Một quyết định hàng loạt của đơn vị này đang được lập.", remedy="Chờ xong rồi thử lại."),
        )
        locks.share(locks.REGISTER_LOCK)
        cases.gather(unit=unit, runs=runs, people=people, grounds_too=confirm_grounds)
        rules = logic.Rules(
            months=len(months),
            signed=cases.number_of(month=Month.of(decided_on), first=months[0]),
            start_rule=lambda category: law.timing("START", category)[0],
            confirm_grounds=confirm_grounds,
            stops_from=len(months) - 1 if stops_last else 0,
        )
        if not plans.decide_cases(months, _verdicts(runs), rules, law):
            return Adopted(())
        plans.name_grants(unit)
        _refuse_earlier_instant(at)
        adopted = _decide(runs, months, decided_on, at, by, signer, signer_name, number, people is not None)
        _write(at, months)
        accounts.record(
            at=at,
            who=by,
            right=Right.SIGN_DECISION,
            action="adopt_changes",
            subject=("grants.decision", f"{adopted.decisions[0]}–{adopted.decisions[-1]}"),
            unit=unit,
            detail={"months": f"{months[0]}–{months[-1]}", "people": adopted.people},
        )
    return adopted


def _months(runs: Sequence[Run], decided_on: dt.date) -> list[Month]:
    months = [Month.of(run.month) for run in runs]
    if not months or months != list(Month.range(months[0], months[-1])):
        raise Refusal("Các tháng rà soát phải liên tục.", remedy="Xác định lại cho đủ các tháng.")
    for run in runs:
        if run.asked_on is not None and run.asked_on != decided_on:
            raise Refusal(
                f"Kết quả xác định hỏi luật ngày {vietnamese_date(run.asked_on)}, "
                f"còn quyết định ký ngày {vietnamese_date(decided_on)}.",
                remedy="Xác định lại với ngày hỏi là ngày ký.",
            )
    return months


def _verdicts(runs: Sequence[Run]) -> dict[Hashable, Verdict]:
    """Read what each run's outcomes give and leave open; the key is (number of the month, outcome).

    Of a file that was merged into another the month reviewed tells that it gives nothing.
    """
    grounds = keep_entitlement_grounds(runs=runs)
    verdicts: dict[Hashable, Verdict] = {(len(runs) - 1, cases.MERGED): Verdict({}, merged=True)}
    for index, run in enumerate(runs):
        gives: dict[int, dict[str, Lawful]] = {}
        for e in OutcomeEntitlement.objects.filter(run=run):
            level = Level(
                int(e.amount_vnd), e.coefficient, int(e.standard_vnd), grounds[run.pk, e.no, e.slot]
            )
            gives.setdefault(e.no, {})[e.slot] = Lawful(e.category, e.scheme, e.payee, level)
        for outcome in Outcome.objects.filter(run=run):
            verdicts[index, outcome.no] = Verdict(gives.get(outcome.no, {}), frozenset(outcome.unknown))
    return verdicts


# ── writing ──


def _refuse_earlier_instant(at: dt.datetime) -> None:
    """A level decided earlier than one already written would change nothing: refuse it loudly."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select max(d.decided_at) from grants_decision d
            join grants_level l on l.decision_id = d.id
            join pg_temp.adopt_level a on a.grant_id = l.grant_id and not a.made
            where d.decided_at >= %s""",
            [at],
        )
        latest = cursor.fetchone()[0]
    if latest is not None:
        raise Refusal(
            f"Đã có mức hưởng được quyết định lúc {latest:%d/%m/%Y %H:%M}, không trước thời điểm này.",
            remedy="Ghi thời điểm quyết định sau lần quyết định gần nhất.",
        )


def _decide(
    runs: Sequence[Run],
    months: list[Month],
    decided_on: dt.date,
    at: dt.datetime,
    by: User | None,
    signer: User | None,
    signer_name: str,
    number: str,
    some: bool,
) -> Adopted:
    """Write one decision for each holding unit, with its counts; leave them in `adopt_decision`."""
    basis = [
        {
            "run": run.pk,
            "month": str(month),
            "release": run.release,
            "facts": run.facts_hash,
            **(SOME if some else {}),
        }
        for run, month in zip(runs, months, strict=True)
    ]
    cases.make(
        "adopt_decision",
        f"""select {bulk.next_id("grants_decision")} as id, counted.* from (
            select unit_id, min(month) as effective_month, count(distinct person_id)::int as people,
                count(*) filter (where action = 'START')::int as starts,
                count(*) filter (where action = 'LEVEL')::int as levels,
                count(*) filter (where action = 'STOP')::int as stops,
                count(*) filter (where action = 'CONVERT')::int as conversions
            from (
                select unit_id, person_id, action, month from pg_temp.adopt_new
                union all
                select unit_id, person_id, 'STOP', month from pg_temp.adopt_end where reason <> 'CONVERTED'
                union all
                select unit_id, person_id, 'LEVEL', min(from_month) from pg_temp.adopt_level where not made
                group by unit_id, person_id, grant_id
            ) done group by unit_id order by unit_id offset 0
        ) counted""",
    )
    bulk.run(
        """
        insert into grants_decision (id, unit_id, number, kind, decided_on, decided_at, effective_month,
            signer_id, signer_name, by_id, basis, people, starts, levels, stops, conversions)
        select d.id, d.unit_id, replace(%(number)s, '{next}', (1 + (
                select count(*) from grants_decision earlier where earlier.unit_id = d.unit_id
                    and earlier.kind <> 'TAKEN_OVER'
                    and date_trunc('year', earlier.decided_on) = date_trunc('year', %(decided_on)s::date)
            ))::text),
            'ADJUST', %(decided_on)s, %(at)s, d.effective_month, %(signer)s, %(signer_name)s, %(by)s,
            %(basis)s::jsonb, d.people, d.starts, d.levels, d.stops, d.conversions
        from pg_temp.adopt_decision d order by d.id""",
        {
            "number": number,
            "decided_on": decided_on,
            "at": at,
            "signer": signer and signer.pk,
            "signer_name": signer_name or (signer.full_name if signer else ""),
            "by": by and by.pk,
            "basis": json.dumps(basis),
        },
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """select array_agg(id order by id), sum(people)::int, sum(starts)::int, sum(levels)::int,
                sum(stops)::int, sum(conversions)::int from pg_temp.adopt_decision"""
        )
        ids, people, starts, levels, stops, conversions = cursor.fetchone()
    return Adopted(tuple(ids), people, starts, levels, stops, conversions)


def _write(at: dt.datetime, months: list[Month]) -> None:
    """Write ends first, so that what takes a grant's place finds its months free."""
    bulk.run(
        """
        update grants_grant g
        set months = case when e.month > lower(g.months) then daterange(lower(g.months), e.month)
                else 'empty' end,
            ended_by_id = d.id, end_ground_id = e.ground_id
        from pg_temp.adopt_end e join pg_temp.adopt_decision d on d.unit_id = e.unit_id
        where g.id = e.grant_id"""
    )
    # In no order of persons: an exclusion constraint's index takes twice as long on sorted rows.
    bulk.run(
        """
        insert into grants_grant
            (id, person_id, category, slot, scheme, payee, months, decision_id, ended_by_id, end_ground_id)
        select n.grant_id, n.person_id, n.category, n.slot, n.scheme, n.payee, daterange(n.month, n.until),
            d.id, case when n.until is not null then d.id end, n.ground_id
        from pg_temp.adopt_new n join pg_temp.adopt_decision d on d.unit_id = n.unit_id
        order by hashint8(n.person_id)"""
    )
    later = (months[-1] + 1).first
    # A later step decided before stays as it was: the new decision would otherwise override it.
    bulk.run(
        """
        insert into grants_level (grant_id, decided_at, from_month, decision_id, amount_vnd, standard_vnd,
            coefficient, ground_id, by_list)
        select a.grant_id, %(at)s, l.from_month, d.id, l.amount_vnd, l.standard_vnd, l.coefficient,
            l.ground_id, l.by_list
        from (select distinct grant_id, unit_id from pg_temp.adopt_level where not made) a
        join pg_temp.adopt_decision d on d.unit_id = a.unit_id
        join grants_level l on l.grant_id = a.grant_id and l.from_month >= %(later)s
        where not exists (
            select from grants_level better
            where better.grant_id = l.grant_id and better.from_month <= l.from_month
                and (better.decided_at, better.from_month) > (l.decided_at, l.from_month))""",
        {"at": at, "later": later},
    )
    levels = bulk.run(
        """
        insert into grants_level (grant_id, decided_at, from_month, decision_id, amount_vnd, standard_vnd,
            coefficient, ground_id, by_list)
        select l.grant_id, %(at)s, l.from_month, d.id, l.amount_vnd, l.standard_vnd, l.coefficient,
            l.ground_id, l.by_list
        from pg_temp.adopt_level l join pg_temp.adopt_decision d on d.unit_id = l.unit_id
        order by l.grant_id, l.from_month""",
        {"at": at},
    )
    bulk.run(
        """
        insert into grants_holding (grant_id, from_month, unit_id)
        select grant_id, month, unit_id from pg_temp.adopt_new order by grant_id"""
    )
    bulk.renew_statistics("grants_decision", "grants_grant", "grants_level", "grants_holding", rows=levels)
    _carry_over()


def _carry_over() -> None:
    """Whoever received for the grant replaced receives for the new one; a suspension goes on."""
    wanted = "(select replaces_id as grant_id, month from pg_temp.adopt_new where action = 'CONVERT')"
    bulk.run(
        f"""
        insert into grants_recipient (grant_id, from_month, kind, person_id, name)
        select n.grant_id, n.month, r.kind, r.person_id, r.name
        from ({recipients_sql(wanted)}) r
        join pg_temp.adopt_new n on n.replaces_id = r.grant_id and n.month = r.month and n.action = 'CONVERT'
        join grants_grant old on old.id = r.grant_id and old.payee = n.payee"""
    )
    bulk.run(
        """
        insert into grants_hold (grant_id, from_month, ground_id, decision_id)
        select n.grant_id, n.month, h.ground_id, h.decision_id
        from pg_temp.adopt_new n
        join grants_hold h on h.grant_id = n.replaces_id and h.lifted_at is null
        where n.action = 'CONVERT'"""
    )
