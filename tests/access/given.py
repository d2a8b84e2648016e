"""What is there when a page of tests/access/pages.py is asked for: each gives its arguments, or its data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from ansinh.accounts.models import Delegation
from ansinh.grants import operations as grants
from ansinh.grants.models import Decision, Grant, Holding, Proposal, ProposalEvent
from ansinh.imports import operations as imports
from ansinh.imports.models import Import
from ansinh.kernel.time import Month
from ansinh.payments.models import Progress, Roll
from ansinh.registry import operations as registry
from ansinh.registry.models import Double, Fact, Merge, Person, Source, Transfer
from ansinh.simulations.models import Simulation
from tests import cast
from tests.desk import world
from tests.desk.world import REASON, Village
from tests.imports import lists

Given = Callable[[Village], dict[str, Any]]


def nothing(village: Village) -> dict[str, Any]:
    """No argument, no data."""
    return {}


def of(*parts: Given) -> Given:
    """The arguments of several together."""
    return lambda village: {name: value for part in parts for name, value in part(village).items()}


def give(**values: Any) -> Given:
    """Arguments or data that are the same for every village."""
    return lambda village: values


def person(village: Village) -> dict[str, Any]:
    return {"person_id": village.mai.pk}


def two(village: Village) -> dict[str, Any]:
    return {"person_id": village.mai.pk, "other_id": village.lan.pk}


def entry(village: Village) -> dict[str, Any]:
    """Something entered about Mai."""
    registry.record_fact(
        person=village.mai,
        fact="unable_to_work",
        value=True,
        valid_from=cast.TODAY,
        by=village.actors.binh,
        at=cast.AT,
    )
    return {"person_id": village.mai.pk, "entry_id": Source.objects.latest("pk").pk}


def moved_here(village: Village) -> dict[str, Any]:
    """Mai's grant is held next door, where she lived."""
    mai = Grant.objects.filter(person=village.mai, ended_by=None).get()
    Holding.objects.get_or_create(
        grant=mai, from_month=dt.date(2026, 10, 1), defaults={"unit": cast.neighbour()}
    )
    return {"person_id": village.mai.pk}


def known(village: Village) -> dict[str, Any]:
    """A fact known of Mai."""
    fact = Fact.objects.filter(person=village.mai, superseded_at=None).latest("pk")
    return {"person_id": village.mai.pk, "whose": "nguoi", "fact_id": fact.pk}


def scan(village: Village) -> dict[str, Any]:
    """A scan of a paper of Mai's."""
    kept = registry.attach(
        person=village.mai, content=b"\xff\xd8\xff\xd9", title="Giấy", by=village.actors.binh, at=cast.AT
    )
    return {"person_id": village.mai.pk, "attachment_id": kept.pk}


def payroll(village: Village) -> dict[str, Any]:
    return {"payroll_id": village.payroll().pk}


def roll(village: Village) -> dict[str, Any]:
    return {"roll_id": Roll.objects.get(payroll=village.payroll()).pk}


def decision(village: Village) -> dict[str, Any]:
    return {"decision_id": Decision.objects.get(kind="ADJUST", unit=cast.commune()).pk}


def submitted(village: Village) -> dict[str, Any]:
    """A decision about An, who is disabled now, that Bình asks for."""
    found = Proposal.objects.first()
    if found is None:
        world.fact(village.an, "disability", "EXTREME")
        world.fact(village.an, "disability_kinds", ["MOBILITY"])
        run = grants.ask_month(
            unit=cast.commune(), month=Month(2026, 10), on=cast.TODAY, at=cast.AT, by=village.actors.binh
        )
        found = grants.submit_proposal(
            unit=cast.commune(), run=run, people=[village.an.pk], by=village.actors.binh, at=cast.AT
        )
    return {"proposal_id": found.pk}


def waiting(village: Village) -> dict[str, Any]:
    submitted(village)
    return {}


def sent_back(village: Village) -> dict[str, Any]:
    """The same, sent back by Châu."""
    args = submitted(village)
    found = Proposal.objects.get(pk=args["proposal_id"])
    if not ProposalEvent.objects.filter(proposal=found).exists():
        grants.return_proposal(proposal=found, reason=REASON, by=village.actors.chau, at=cast.AT)
    return args


def job(village: Village) -> dict[str, Any]:
    made = Progress.objects.create(
        job=Progress.Job.PREPARE,
        unit=cast.commune(),
        months=village.payroll().months,
        by=village.actors.binh,
        asked_at=cast.AT,
    )
    return {"job_id": made.pk}


def delegation(village: Village) -> dict[str, Any]:
    made = Delegation.objects.create(
        giver=village.actors.chau,
        to=village.actors.binh,
        rights=["grants.sign"],
        since=cast.TODAY,
        until=cast.TODAY,
        reason="Đi công tác",
        at=cast.AT,
    )
    return {"delegation_id": made.pk}


def account(village: Village) -> dict[str, Any]:
    return {"user_id": village.actors.binh.pk}


def pair(village: Village) -> dict[str, Any]:
    first, second = sorted((village.mai, village.lan), key=lambda person: person.pk)
    double, _ = Double.objects.get_or_create(
        first=first, second=second, unit=cast.commune(), defaults={"points": 9, "found_at": cast.AT}
    )
    return {"pair_id": double.pk}


def queue(village: Village) -> dict[str, Any]:
    pair(village)
    return {}


def different(village: Village) -> dict[str, Any]:
    """Mai and Lan, said to be two people."""
    args = pair(village)
    if Double.objects.get(pk=args["pair_id"]).status == Double.Status.OPEN:
        registry.say_different(
            one=village.mai, other=village.lan, reason=REASON, by=village.actors.binh, at=cast.AT
        )
    return args


def different_list(village: Village) -> dict[str, Any]:
    different(village)
    return {}


def far_away(village: Village) -> Person:
    """Mai's other file, in another province."""
    return Person.objects.filter(number=world.FAR).first() or world.far_twin()


def across(village: Village) -> dict[str, Any]:
    """Mai and her file in another province."""
    first, second = sorted((village.mai, far_away(village)), key=lambda person: person.pk)
    double, _ = Double.objects.get_or_create(
        first=first, second=second, defaults={"points": 9, "found_at": cast.AT}
    )
    return {"pair_id": double.pk}


def queue_across(village: Village) -> dict[str, Any]:
    across(village)
    return {}


def different_across(village: Village) -> dict[str, Any]:
    """They are said to be two people."""
    args = across(village)
    if Double.objects.get(pk=args["pair_id"]).status == Double.Status.OPEN:
        registry.say_different(
            one=village.mai, other=far_away(village), reason=REASON, by=village.actors.khoa, at=cast.AT
        )
    return args


def different_list_across(village: Village) -> dict[str, Any]:
    different_across(village)
    return {}


def merge_across(village: Village) -> dict[str, Any]:
    """Mai's file went into the one far away."""
    across(village)
    merged = Merge.objects.filter(gone=village.mai).first() or registry.merge(
        kept=far_away(village), gone=village.mai, reason=REASON, by=village.actors.khoa, at=cast.AT
    )
    return {"merge_id": merged.pk}


def proposed(village: Village) -> dict[str, Any]:
    """Hoà and An, whom Bình says to be one person."""
    made = registry.propose_double(
        one=village.hoa, other=village.an, reason=REASON, on=cast.TODAY, by=village.actors.binh, at=cast.AT
    )
    return {"person_id": village.hoa.pk, "pair_id": made.pk}


def merge(village: Village) -> dict[str, Any]:
    merged = Merge.objects.filter(kept=village.mai).first() or registry.merge(
        kept=village.mai, gone=village.lan, reason=REASON, by=village.actors.binh, at=cast.AT
    )
    return {"merge_id": merged.pk}


_UNREADABLE = lists.row("Nguyễn Thị Mai", 1949, "", amount="không rõ")


def listed(village: Village, *rows: list[Any]) -> dict[str, Any]:
    """A checked list, with a row about Mai that has an error."""
    made = imports.receive(
        unit=cast.commune(),
        name="danh-sach.xlsx",
        content=lists.tidy(_UNREADABLE, *rows),
        month=Month(2026, 10),
        by=village.actors.binh,
        at=cast.AT,
        defer=False,
    )
    imports.check(imported=made, at=cast.AT, on=cast.TODAY)
    return {"import_id": made.pk}


def written(village: Village) -> dict[str, Any]:
    """A written list that left Mai's row out."""
    made = Import.objects.filter(stage=Import.Stage.COMMITTED).first()
    if made is None:
        args = listed(village, lists.row("Bùi Thị Kim", "05/03/1970", "001170000111"))
        made = Import.objects.get(pk=args["import_id"])
        imports.commit(imported=made, by=village.actors.binh, at=cast.AT, on=cast.TODAY)
    return {"import_id": made.pk}


def left_out(village: Village) -> dict[str, Any]:
    written(village)
    return {}


def seen_to(village: Village) -> dict[str, Any]:
    """The same, and somebody said that it is done."""
    args = written(village)
    made = Import.objects.get(pk=args["import_id"])
    if made.settled_at is None:
        imports.settle(imported=made, by=village.actors.binh, at=cast.AT)
    return args


def simulation(village: Village) -> dict[str, Any]:
    """One that found nobody, of the commune."""
    side = {"people": 0, "vnd": 0}
    made = Simulation.objects.create(
        unit=cast.commune(),
        month=cast.TODAY.replace(day=1),
        by=village.actors.chau,
        asked_at=cast.AT,
        state=Simulation.State.DONE,
        known_at=cast.AT,
        draft="x",
        figures={
            "asked": 0,
            "before": side,
            "after": side,
            "moves": dict.fromkeys(("NEW", "GAIN", "SAME", "LOSE", "OUT"), side),
            "tables": {name: {"rows": []} for name in ("category", "commune", "sex", "age")},
            "months": [[0, 0]] * 60,
        },
    )
    return {"simulation_id": made.pk}


def two_simulations(village: Village) -> dict[str, Any]:
    key = simulation(village)["simulation_id"]
    return {"mot": key, "hai": key}


def newcomer(village: Village) -> dict[str, Any]:
    """Somebody like Lan, being entered: whoever keeps her sees her, who does not learns where she is."""
    return {
        "name": "Vu Thi Lan", "born": "12/01/1972", "sex": "F", "commune": cast.COMMUNE,
        "valid_from": "01/09/2026", "village": "Tổ dân phố 4", "paper_kind": "Giấy",
        "paper_issuer": "Công an", "paper_day": "01/09/2026", "step": "look",
    }  # fmt: skip


def asked_for(village: Village) -> dict[str, Any]:
    """The file of Lan, for which the commune next door asks."""
    made = Transfer.objects.filter(person=village.lan).first() or registry.ask_transfer(
        person=village.lan,
        holder=cast.commune(),
        to=cast.neighbour(),
        valid_from=cast.TODAY,
        said={"name": "Vu Thi Lan", "born": "1972", "number": ""},
        reason=REASON,
        document=registry.keep_document(kind="Giấy"),
        on=cast.TODAY,
        by=village.actors.dung,
        at=cast.AT,
    )
    return {"transfer_id": made.pk}


NO = give(what="DECLINE", reason=REASON)
TWO = give(what="DIFFERENT", reason=REASON)
BECAUSE = give(reason=REASON)
PERIOD = give(key="2026-10..2026-10")
OCTOBER = give(thang="10/2026")
EVERYBODY = of(OCTOBER, give(chon="tat-ca"))
READS = give(since="01/10/2026", until="31/12/2026", reason=REASON)
