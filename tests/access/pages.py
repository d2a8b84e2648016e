"""Every page of the site, one line each: whose work it is, and what it answers to whom.

A new address needs its line here, once for each method it takes (GET, POST); test_matrix.py fails without.

    Page("desk:person", "OCDPI", of(person), tells=True)

is: the page `desk:person` with the argument of `person`, for officers (O), chairmen (C), the department (D),
paymasters (P) and inspectors (I), not for the ministry (M) or the administrator (A). Whoever is at the
commune of the village or above gets `answer`, the neighbour gets 404 (`neighbour=` says otherwise), another
role 403, and somebody not signed in is sent to the door. `tells`: the answer names people of the commune; the
neighbour's never does. `lost`: who has the right and finds nothing there, wherever they are (`lost_gets`, 404
unless it is a list): a pair of the commune is not the ministry's, one of two provinces the ministry's alone.
`ANYONE` needs no account.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansinh.accounts.models import Delegation
from ansinh.geography import queries as geography
from ansinh.geography.models import Level
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
ANYONE = "-"


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
    found = Person.objects.filter(number="079149000555").first()
    if found is None:
        saigon = geography.unit(code="79", on=cast.TODAY)
        commune = geography.descendants(saigon, on=cast.TODAY).filter(level=Level.COMMUNE)[0]
        home = world.household("XX-1", commune, "Ấp 1")
        found = world.person(home, "Nguyễn Thị Mai", "079149000555", dt.date(1949, 1, 1))
    return found


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
    """Mai and Hoà, whom Bình says to be one person."""
    made = registry.propose_double(
        one=village.mai, other=village.hoa, reason=REASON, on=cast.TODAY, by=village.actors.binh, at=cast.AT
    )
    return {"person_id": village.mai.pk, "pair_id": made.pk}


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


@dataclass(frozen=True)
class Page:
    """A line: an address, a method, and who gets what."""

    name: str
    who: str
    args: Given = nothing
    method: str = "GET"
    data: Given = nothing
    answer: int = 200
    neighbour: int | None = None
    above: int | None = None
    tells: bool = False
    lost: str = ""
    lost_gets: int = 404

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    def expected(self, role: str, where: str) -> int:
        """What an officer of a role gets, seen from the village: own, neighbour, parent or country."""
        if role in self.lost:
            return self.lost_gets
        if self.who != ANYONE and role not in self.who:
            return 403
        if where == "neighbour":
            if self.neighbour is not None:
                return self.neighbour
            return self.answer if self.args is nothing else 404
        return self.above if where == "parent" and self.above is not None else self.answer


PAGES = (
    # ── web, accounts ──
    Page("web:language", ANYONE, method="POST", data=give(language="vi", next="/"), answer=302),
    Page("accounts:sign_in", ANYONE, answer=302),
    Page("accounts:sign_in", ANYONE, method="POST", answer=302),
    Page("accounts:sign_in_code", ANYONE, answer=302),
    Page("accounts:sign_in_code", ANYONE, method="POST", answer=302),
    Page("accounts:sign_out", ANYONE, method="POST", answer=302),
    Page("accounts:accounts", "A"),
    Page("accounts:trail", "IA"),
    Page("accounts:rights", "OCDPIMA"),
    Page("accounts:password", "OCDPIMA"),
    Page("accounts:password", "OCDPIMA", method="POST", answer=422),
    # Nobody of the village has begun with the second step: there is nothing to confirm or to turn off.
    Page("accounts:second_step", "OCDPIMA"),
    Page("accounts:second_step", "OCDPIMA", method="POST", answer=302),
    Page("accounts:second_step_on", "OCDPIMA", answer=302),
    Page("accounts:second_step_on", "OCDPIMA", method="POST", answer=302),
    Page("accounts:second_step_off", "OCDPIMA", answer=302),
    Page("accounts:second_step_off", "OCDPIMA", method="POST", answer=302),
    Page("accounts:second_step_reset", "A", account),
    Page("accounts:second_step_reset", "A", account, method="POST", answer=422),
    Page("accounts:delegate", "CD"),
    Page("accounts:delegate", "CD", method="POST", answer=422),
    # Only who handed a right on takes it back: nobody else finds it.
    Page("accounts:revoke", "CD", delegation, method="POST", answer=404),
    # ── portal ──
    Page("portal:law", ANYONE),
    Page("portal:changes", ANYONE),
    Page("portal:instruments", ANYONE),
    Page("portal:instrument", ANYONE, give(name="nghi-dinh-335-2026"), neighbour=200),
    # ── desk ──
    Page("desk:home", "OCDPIMA"),
    Page("desk:communes", "OCDPI"),
    Page("desk:people", "OCDPI", data=give(tim="mai"), tells=True),
    Page("desk:enter", "O"),
    Page("desk:enter", "O", method="POST", answer=422),
    Page("desk:enter", "O", data=newcomer, method="POST", tells=True),
    Page("desk:person", "OCDPI", person, tells=True),
    Page("desk:why", "OCDPI", person, tells=True),
    Page("desk:sensitive", "OCI", person, tells=True),
    Page("desk:sensitive", "OCI", person, method="POST", data=give(reason=REASON), tells=True),
    # ── registry ──
    Page("registry:confirm", "O"),
    Page("registry:confirm_village", "O", give(unit_id=1), answer=404),
    Page("registry:confirm_village", "O", give(unit_id=1), method="POST", answer=404),
    Page("registry:doubles", "OD", queue, tells=True, neighbour=200, lost="M", lost_gets=200),
    Page("registry:pair", "OD", pair, tells=True, lost="M"),
    Page("registry:pair", "OD", pair, method="POST", data=TWO, answer=302, lost="M"),
    Page("registry:different", "OD", different_list, tells=True, neighbour=200, lost="M", lost_gets=200),
    Page("registry:take_back", "OD", different, method="POST", answer=422, tells=True, lost="M"),
    Page("registry:take_back", "OD", different, method="POST", data=BECAUSE, answer=302, lost="M"),
    Page("registry:merge", "OD", merge, tells=True, lost="M"),
    Page("registry:merge", "OD", merge, method="POST", data=BECAUSE, answer=302, lost="M"),
    Page("registry:doubles", "M", queue_across, tells=True, lost="OD", lost_gets=200),
    Page("registry:pair", "M", across, tells=True, lost="OD"),
    Page("registry:pair", "M", across, method="POST", data=TWO, answer=302, lost="OD"),
    Page("registry:different", "M", different_list_across, tells=True, lost="OD", lost_gets=200),
    Page("registry:take_back", "M", different_across, method="POST", answer=422, tells=True, lost="OD"),
    Page("registry:take_back", "M", different_across, method="POST", data=BECAUSE, answer=302, lost="OD"),
    Page("registry:merge", "M", merge_across, tells=True, lost="OD"),
    Page("registry:merge", "M", merge_across, method="POST", data=BECAUSE, answer=302, lost="OD"),
    Page("desk:reads", "OCDPI", person, tells=True),
    Page("desk:reads", "OCDPI", person, method="POST", data=READS, tells=True),
    Page("desk:event", "O", of(person, give(code="chet")), tells=True),
    Page("desk:event", "O", of(person, give(code="chet")), method="POST", answer=422, tells=True),
    Page("desk:event", "O", of(person, give(code="ghi-nham-chet")), tells=True),
    Page("desk:event", "O", of(person, give(code="ghi-nham-chet")), method="POST", answer=422, tells=True),
    # Whoever decides about doubles proposes them; of another territory's file there is only a sealed ticket.
    Page("desk:same", "OD", person, tells=True, lost="M"),
    Page("desk:same", "OD", person, method="POST", tells=True, lost="M"),
    Page("desk:propose", "OD", two, tells=True, lost="M"),
    Page("desk:propose", "OD", two, method="POST", answer=422, tells=True, lost="M"),
    Page("desk:propose", "OD", two, method="POST", data=BECAUSE, answer=302, lost="M"),
    Page("desk:propose_elsewhere", "OD", person, method="POST", answer=404, lost="M"),
    # Only who proposed a pair withdraws that: nobody else finds it.
    Page("desk:withdraw_double", "OD", proposed, method="POST", data=BECAUSE, answer=404, lost="M"),
    Page("desk:correct", "O", known),
    Page("desk:correct", "O", known, method="POST", answer=422),
    Page("desk:attach", "O", person, tells=True),
    Page("desk:attach", "O", person, method="POST", answer=422, tells=True),
    Page("desk:attachment", "OCDPI", scan),
    Page("desk:undo", "O", entry),
    Page("desk:undo", "O", entry, method="POST", answer=422),
    # Who asks for a file sees their own request, and nothing of the person; who has it answers.
    # Who moved here and is paid elsewhere: prepared by whoever sees the review, signed by the chairman here.
    Page("desk:arrivals", "OCDPI"),
    Page("desk:take_in", "OCDPI", moved_here, tells=True),
    Page("desk:sign_take_in", "C", moved_here, method="POST", answer=422, tells=True),
    Page("desk:transfers", "O"),
    Page("desk:ask_transfer", "O", method="POST", answer=404),
    Page("desk:transfer", "O", asked_for, tells=True, neighbour=200),
    Page("desk:transfer", "O", asked_for, method="POST", data=NO, answer=302),
    Page("desk:accept_transfer", "O", asked_for, tells=True),
    Page("desk:accept_transfer", "O", asked_for, method="POST", answer=422, tells=True),
    # ── grants ──
    Page("grants:review", "OCDPI", data=OCTOBER),
    Page("grants:ask", "OC", method="POST", data=OCTOBER, answer=302),
    Page("grants:adopt", "C"),
    Page("grants:adopt", "C", method="POST", answer=422),
    Page("grants:decision", "OCDPI", decision, tells=True),
    Page("grants:propose", "OCDPI", data=of(OCTOBER, give(chon="tat-ca")), neighbour=404, above=404),
    Page("grants:mark", "OCDPI", method="POST", data=OCTOBER, answer=302),
    Page("grants:leave_out", "OCDPI", method="POST", data=EVERYBODY, answer=302, neighbour=404, above=404),
    # Nothing differs in October: there is nothing to submit.
    Page("grants:submit", "O", method="POST", data=EVERYBODY, answer=422, neighbour=404, above=404),
    # Signed, sent back, withdrawn and mended in the unit that asked; those above it look.
    Page("grants:proposals", "OCDPI", waiting, neighbour=200),
    Page("grants:proposal", "OCDPI", submitted, tells=True),
    Page("grants:sign", "C", submitted, method="POST", answer=422, above=404, tells=True),
    Page("grants:send_back", "C", submitted, method="POST", answer=422, above=404, tells=True),
    Page("grants:withdraw", "O", submitted, method="POST", answer=302, above=404),
    Page("grants:mend", "O", sent_back, method="POST", answer=302, above=404),
    Page("grants:review_list", "OCDPI", data=OCTOBER, neighbour=404, above=404),
    Page("grants:coming", "OCDPI"),
    Page("grants:coming_list", "OCDPI"),
    # ── imports ──
    Page("imports:imports", "O"),
    Page("imports:imports", "O", method="POST", answer=422),
    Page("imports:poverty", "O"),
    Page("imports:poverty", "O", method="POST", answer=422),
    Page("imports:phrases", "O"),
    Page("imports:phrases", "O", method="POST", answer=422),
    Page("imports:missed", "O", left_out, tells=True, neighbour=200),
    Page("imports:imported", "O", listed, tells=True),
    Page("imports:again", "O", listed, method="POST", answer=302),
    Page("imports:commit", "O", listed, method="POST", answer=302),
    Page("imports:undo", "O", listed, method="POST", answer=422),
    Page("imports:settle", "O", written, method="POST", answer=302),
    Page("imports:unsettle", "O", seen_to, method="POST", answer=302),
    Page("imports:remarks", "O", listed, tells=True),
    Page("imports:told", "O", listed, tells=True),
    # ── simulations ──
    Page("simulations:simulations", "CDI"),
    Page("simulations:new", "CDI"),
    Page("simulations:new", "CDI", method="POST", answer=422),
    Page("simulations:result", "CDI", simulation),
    Page("simulations:keep", "CDI", simulation, method="POST", data=give(name="Thử"), answer=302),
    Page("simulations:workbook", "CDI", simulation),
    Page("simulations:paper", "CDI", simulation),
    Page("simulations:compare", "CDI", data=two_simulations, neighbour=404),
    # ── payments ──
    Page("payments:payrolls", "OCDPI"),
    Page("payments:prepare", "OP"),
    Page("payments:prepare", "OP", method="POST", answer=422),
    Page("payments:progress", "OCDPI", job),
    Page("payments:period", "OCDPI", PERIOD, neighbour=200),
    Page("payments:approve", "CD", PERIOD, method="POST", answer=302, neighbour=302),
    Page("payments:summary", "OCDPI", of(PERIOD, give(form="xlsx")), neighbour=200),
    Page("payments:payroll", "OCDPI", payroll),
    Page("payments:lines", "OCDPI", payroll, tells=True),
    Page("payments:approve_one", "CD", payroll, method="POST", answer=302),
    Page("payments:signatures", "OCDPI", of(payroll, roll, give(form="xlsx")), tells=True),
    Page("payments:signatures", "OCDPI", of(payroll, roll, give(form="pdf")), tells=True),
)
