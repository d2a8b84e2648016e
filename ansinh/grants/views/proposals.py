"""Decisions asked for: submitted, signed, sent back, withdrawn (dự thảo trình ký)."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.grants import operations
from ansinh.grants.forms import NoteForm, ReturnForm, SignForm
from ansinh.grants.queries import proposals as queries
from ansinh.grants.queries.proposals import Proposed
from ansinh.grants.queries.submitted import proposal_page
from ansinh.grants.views import marks
from ansinh.grants.views.adopting import prepared, propose_page
from ansinh.kernel.refusal import Refusal
from ansinh.web import clock
from ansinh.web.pages import go, page


@requires(Right.PREPARE_DECISION)
@require_POST
def submit(request: HttpRequest) -> HttpResponse:
    """Ask the chairman for a decision about the people chosen (trình ký)."""
    user, form = officer(request), NoteForm(request.POST)
    shown, chosen = prepared(request, request.POST)
    if user.unit is None:
        raise Http404
    if not form.is_valid():
        return propose_page(request, shown, chosen, form=form)
    mended = queries.proposed(user, marks.kept(request, shown.review.month).follows, on=clock.today())
    with transaction.atomic():
        if accounts.claim(request.POST.get("once", ""), who=user, at=clock.now()):
            operations.submit_proposal(
                unit=user.unit,
                run=shown.review.run,
                people=shown.people,
                note=form.cleaned_data["note"],
                follows=mended.proposal if mended and mended.own else None,
                by=user,
                at=clock.now(),
            )
    marks.forget(request)
    messages.success(request, _("Đã trình: dự thảo chờ ở bàn làm việc của người ký."))
    return go(request, reverse("grants:proposals"))


@requires(Right.SEE_REVIEW)
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """List the decisions asked for, and what became of them (dự thảo trình ký)."""
    found = queries.proposals(officer(request), on=clock.today())
    context = {
        "live": [one for one in found if one.live],
        "over": [one for one in found if not one.live],
    }
    return page(request, "grants/proposals.html", context)


@requires(Right.SEE_REVIEW)
@require_safe
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Show a decision asked for: its rows as they stand now, and what has changed since (một dự thảo)."""
    return _shown(request, proposal_id)


@requires(Right.SIGN_DECISION)
@require_POST
def sign(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Sign what was asked for as one decision (ký dự thảo); signed already, show the decision."""
    user, told = officer(request), _own(request, proposal_id)
    form = SignForm(request.POST)
    refusal: Refusal | None = None
    if told.state != "SIGNED" and form.is_valid():
        try:
            operations.sign_proposal(
                proposal=told.proposal,
                seen=request.POST.get("da-xem", ""),
                number=form.cleaned_data["number"],
                on=clock.today(),
                at=clock.now(),
                by=user,
            )
        except Refusal as refused:
            refusal = refused
    signed = _own(request, proposal_id).events.get("SIGNED")
    if signed is not None:
        return go(request, reverse("grants:decision", args=[signed.decision_id]))
    return _shown(request, proposal_id, sign_form=form, refusal=refusal, bad=form)


@requires(Right.SIGN_DECISION)
@require_POST
def send_back(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Send what was asked for back, for a reason (trả lại dự thảo)."""
    told, form = _own(request, proposal_id), ReturnForm(request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            operations.return_proposal(
                proposal=told.proposal,
                reason=form.cleaned_data["reason"],
                by=officer(request),
                at=clock.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Đã trả lại; người soạn đọc được lý do ở bàn làm việc."))
            return go(request, reverse("grants:proposals"))
    return _shown(request, proposal_id, return_form=form, refusal=refusal, bad=form)


@requires(Right.PREPARE_DECISION)
@require_POST
def withdraw(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take back what was asked for and not signed (rút dự thảo)."""
    told = _own(request, proposal_id)
    operations.withdraw_proposal(proposal=told.proposal, by=officer(request), at=clock.now())
    messages.success(request, _("Đã rút dự thảo."))
    return go(request, reverse("grants:proposals"))


@requires(Right.PREPARE_DECISION)
@require_POST
def mend(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take up again what was sent back: its people are ticked, to be changed and submitted (soạn lại)."""
    told = _own(request, proposal_id)
    if told.state != "RETURNED":
        raise Http404
    marks.keep(request, told.month, queries.people_of(told.proposal), told.proposal.pk)
    query = urlencode({"thang": str(told.month), "chon": "danh-dau"})
    return go(request, f"{reverse('grants:propose')}?{query}")


def _own(request: HttpRequest, key: int) -> Proposed:
    """A proposal of the officer's own unit, whose to sign or to withdraw it is."""
    told = queries.proposed(officer(request), key, on=clock.today())
    if told is None or not told.own:
        raise Http404
    return told


def _shown(
    request: HttpRequest,
    key: int,
    *,
    sign_form: SignForm | None = None,
    return_form: ReturnForm | None = None,
    refusal: Refusal | None = None,
    bad: forms.Form | None = None,
) -> HttpResponse:
    user, after = officer(request), request.GET.get("sau", "")
    shown = proposal_page(user, key, on=clock.today(), after=after)
    if shown is None:
        raise Http404
    told = shown.told
    waits = told.own and told.state == "WAITING"
    context = {
        "shown": shown,
        "told": told,
        "form": bad,
        "sign_form": sign_form or SignForm(),
        "return_form": return_form or ReturnForm(),
        "refusal": refusal,
        "may_sign": waits and may(user, Right.SIGN_DECISION),
        "may_withdraw": told.own and told.live and may(user, Right.PREPARE_DECISION),
        "may_mend": told.own and told.state == "RETURNED" and may(user, Right.PREPARE_DECISION),
        "may_ask": told.own and told.live and may(user, Right.ASK_LAW),
        "next_url": f"?{urlencode({'sau': shown.after})}" if shown.after else "",
        "first_url": "?" if after else "",
    }
    return page(request, "grants/proposal.html", context, status=422 if bad is not None else 200)
