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

from dataclasses import dataclass

from tests.access.given import (
    BECAUSE,
    EVERYBODY,
    NO,
    OCTOBER,
    PERIOD,
    READS,
    TWO,
    Given,
    account,
    across,
    asked_for,
    decision,
    delegation,
    different,
    different_across,
    different_list,
    different_list_across,
    entry,
    give,
    job,
    known,
    left_out,
    listed,
    merge,
    merge_across,
    moved_here,
    newcomer,
    nothing,
    of,
    pair,
    payroll,
    person,
    proposed,
    queue,
    queue_across,
    roll,
    scan,
    seen_to,
    sent_back,
    simulation,
    submitted,
    two,
    two_simulations,
    waiting,
    written,
)
from tests.desk.world import REASON

ANYONE = "-"


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
