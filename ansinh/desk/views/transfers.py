"""Files that another commune asks for, and those asked of others (chuyển hồ sơ)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.accounts.models import User
from ansinh.desk.events import BY_CODE
from ansinh.desk.events.kinds import paper_of
from ansinh.desk.events.transferring import AskForm, HandForm, Handing, NoForm
from ansinh.desk.queries import arrivals, people
from ansinh.desk.views.events import opened, two_steps
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import vietnamese_date
from ansinh.registry import operations as registry
from ansinh.registry.models import Person
from ansinh.registry.operations import Elsewhere, Newcomer
from ansinh.registry.queries import transfers as requests
from ansinh.registry.queries.transfers import Request
from ansinh.web import clock
from ansinh.web.pages import go, page
from ansinh.web.templatetags.ansinh import born

SALT = "ansinh.desk.transfers"
MOVE = "chuyen-noi-o"
KEPT = ("valid_from", "village", "paper_kind", "paper_number", "paper_issuer", "paper_day")


def ticket(there: Elsewhere, who: Newcomer, *, typed: dict[str, Any], user: User, on: dt.date) -> str:
    """Write, sealed, whom an officer was told of: with it, and today, they may ask for that file.

    `typed`: the form of the newcomer, cleaned; what of it the request needs too is not typed again.
    """
    said = {"name": who.name, "born": born(who.born, who.born_precision), "number": who.number or ""}
    told = {"person": there.person_id, "holder": there.unit.pk, "to": typed["unit"].pk, "said": said}
    kept = {
        name: vietnamese_date(typed[name]) if name in ("valid_from", "paper_day") else typed[name]
        for name in KEPT
    }
    return signing.dumps({**told, "kept": kept, "user": user.pk, "day": on.isoformat()}, salt=SALT)


@requires(Right.TRANSFER_PERSONS)
@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    """List the requests that wait for an answer here, and one's own (chuyển hồ sơ)."""
    user, today = officer(request), clock.today()
    waiting = requests.waiting(user, on=today)[: requests.SHOWN]
    context = {"waiting": waiting, "asked": requests.asked(user, on=today)}
    return page(request, "desk/transfers.html", context)


@requires(Right.TRANSFER_PERSONS)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the commune that has somebody's file for it (xin chuyển hồ sơ)."""
    user, today = officer(request), clock.today()
    told = _told(request.POST.get("ve", ""), user, today)
    holder, to = Unit.objects.get(pk=told["holder"]), Unit.objects.get(pk=told["to"])
    sent = request.POST if "step" in request.POST else None
    form = AskForm(sent, initial=told["kept"], user=user, on=today)
    refusal = None
    if form.is_bound and form.is_valid():
        try:
            return go(request, _ask(told, holder, to, form, user))
        except Refusal as refused:
            refusal = refused
    context = {
        "form": form,
        "refusal": refusal,
        "holder": holder,
        "to": to,
        "said": told["said"],
        "ticket": request.POST["ve"],
    }
    return page(request, "desk/ask_transfer.html", context, status=422 if form.is_bound else 200)


@requires(Right.TRANSFER_PERSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Show a request to either side; decline it, or take it back (yêu cầu chuyển hồ sơ)."""
    user, today = officer(request), clock.today()
    asked = _of(user, transfer_id, today)
    form, refusal = NoForm(request.POST or None, withdrawing=not asked.holds), None
    if form.is_bound and form.is_valid():
        try:
            return go(request, _said_no(asked, form, user, request))
        except Refusal as refused:
            refusal = refused
    here = _here(user, asked, today)
    context = {
        "request_": asked,
        "transfer": asked.transfer,
        "answer": asked.answer,
        "person": here,
        "home": here and people.home_unit(here, on=today),
        "died_on": here and people.died_on(here),
        "elsewhere": arrivals.waits_for(user, here, on=today) if here and may(user, Right.SEE_REVIEW) else (),
        "form": form,
        "refusal": refusal,
    }
    bad = form.is_bound or request.method == "POST"
    return page(request, "desk/transfer.html", context, status=422 if bad else 200)


@requires(Right.TRANSFER_PERSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Show what handing a file over changes, then write the move (đồng ý chuyển hồ sơ)."""
    user, today = officer(request), clock.today()
    asked = _of(user, transfer_id, today)
    if not asked.may_answer:
        raise Http404
    moving, who = asked.transfer, opened(request, requests.whose(asked.transfer).pk)
    if died := people.died_on(who):
        raise Refusal(
            _("Sổ ghi người này đã chết ngày {day}.").format(day=vietnamese_date(died)),
            remedy=_("Ghi nhầm thì mở hồ sơ, huỷ việc ghi chết, rồi đồng ý. Đúng thì từ chối, ghi rõ lý do."),
        )
    initial = {"valid_from": moving.valid_from}
    form = HandForm(request.POST or None, initial=initial, person=who, user=user, on=today, paper="")

    def perform() -> None:
        said = {
            "who": form.cleaned_data["who"],
            "commune": geography.version(moving.to, on=today),
            "village": moving.village,
            "valid_from": form.cleaned_data["valid_from"],
        }
        registry.accept_transfer(transfer=moving, by=user, at=clock.now())
        BY_CODE[MOVE].perform(Handing(MOVE, who, said, user, clock.now(), moving.document))

    context = {
        "title": _("Chuyển hồ sơ đi {place}").format(place=moving.to.full_name),
        "help": _(
            "Từ ngày chuyển, xã mới giữ hồ sơ và thấy mọi điều đã ghi; quyết định và khoản đã chi của xã "
            "còn nguyên. Kiểm tra đúng người trước khi đồng ý."
        ),
        "basis": "khoản 3 Điều 8 Nghị định 335/2026/NĐ-CP",
    }
    return two_steps(request, who, form, perform, lambda: (form.cleaned_data["valid_from"], None), context)


def _told(sealed: str, user: User, on: dt.date) -> dict[str, Any]:
    """What a ticket says; one of another officer or another day is none."""
    try:
        told: dict[str, Any] = signing.loads(sealed, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    if (told["user"], told["day"]) != (user.pk, on.isoformat()):
        raise Http404
    return told


def _ask(told: dict[str, Any], holder: Unit, to: Unit, form: AskForm, user: User) -> str:
    said = form.cleaned_data
    with transaction.atomic():
        made = registry.ask_transfer(
            person=Person.objects.get(pk=told["person"]),
            holder=holder,
            to=to,
            village=said["village"],
            valid_from=said["valid_from"],
            said=told["said"],
            reason=said["reason"],
            document=paper_of(said),
            on=clock.today(),
            by=user,
            at=clock.now(),
        )
    return reverse("desk:transfer", args=[made.pk])


def _said_no(asked: Request, form: NoForm, user: User, request: HttpRequest) -> str:
    """Decline or withdraw, whichever is theirs to do; return where to go next."""
    told = {"transfer": asked.transfer, "reason": form.cleaned_data["reason"], "by": user, "at": clock.now()}
    if form.cleaned_data["what"] == "DECLINE":
        if not asked.holds:
            raise Http404
        registry.decline_transfer(**told)
        messages.info(request, _("Đã từ chối; nơi xin đọc được lý do."))
    else:
        if not asked.asks:
            raise Http404
        registry.withdraw_transfer(**told)
        messages.info(request, _("Đã rút yêu cầu."))
    return reverse("desk:transfers")


def _of(user: User, transfer_id: int, on: dt.date) -> Request:
    found = requests.one(user, transfer_id, on=on)
    if found is None:
        raise Http404
    return found


def _here(user: User, asked: Request, on: dt.date) -> Person | None:
    """Whom it is about, for whoever has the file; the look is written. Who asks sees only what they typed."""
    found = people.in_scope(user, requests.whose(asked.transfer).pk, on=on)
    if found is not None:
        accounts.record_read(at=clock.now(), who=user, person_id=found.pk, page=ReadPage.CHANGE)
    return found
