"""Another file of the same person: looked for, laid beside, and put in the queue (đề nghị xem một cặp)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.accounts.models import User
from ansinh.desk.forms import OtherNumberForm, ProposeForm, WithdrawForm
from ansinh.desk.queries import entering, people
from ansinh.desk.views.people import looked_for
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry import queries
from ansinh.registry.models import Double, Person
from ansinh.registry.operations import Elsewhere
from ansinh.registry.queries import doubles
from ansinh.registry.queries.reasons import weighed
from ansinh.web import clock
from ansinh.web.pages import go, page

SALT = "ansinh.desk.doubles"


@requires(Right.MERGE_PERSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def same(request: HttpRequest, person_id: int) -> HttpResponse:
    """Look for another file of somebody: in the territory, or whether the country has one (trùng với ai).

    And see which pairs one has proposed oneself that wait.
    """
    user, who, today = officer(request), _opened(request, person_id), clock.today()
    number = OtherNumberForm(request.POST if request.method == "POST" else None)
    met, refusal = None, None
    if number.is_bound and number.is_valid():
        asked = queries.asked_of(who, on=today, number=number.cleaned_data["number"])
        try:
            met = registry.check_entry(
                asked=asked, on=today, at=clock.now(), by=user, right=Right.MERGE_PERSONS, but=who
            )
        except Refusal as refused:
            refusal = refused
    context = {
        **_looking(request, who),
        "number": number,
        "wrong": number,
        "refusal": refusal,
        "met": met,
        "near": entering.near(met.here, on=today) if met else (),
        "elsewhere": [(one, _ticket(who, one, user, today)) for one in met.elsewhere] if met else (),
    }
    bad = number.is_bound and met is None
    return page(request, "desk/same.html", context, status=422 if bad else 200)


@requires(Right.MERGE_PERSONS)
@require_POST
def withdraw(request: HttpRequest, person_id: int, pair_id: int) -> HttpResponse:
    """Withdraw one's own proposal of a pair that nobody has judged (rút đề nghị)."""
    user, who, today = officer(request), _opened(request, person_id), clock.today()
    found = doubles.ever_proposed(user, who, pair_id)
    if found is None:
        raise Http404
    form, refusal = _withdrawing(found.pk, request.POST), None
    if not doubles.proposals_of(user, who).filter(pair=found).exists():  # a second click, or judged since
        return go(request, _leads_to(request, who, found))
    if form.is_valid():
        try:
            left = registry.withdraw_double(
                pair=found, reason=form.cleaned_data["reason"], on=today, by=user, at=clock.now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.info(request, _withdrawn(left))
            return go(request, reverse("desk:same", args=[who.pk]))
    context = {
        **_looking(request, who, form, found.pk),
        "number": OtherNumberForm(),
        "wrong": form,
        "refusal": refusal,
    }
    return page(request, "desk/same.html", context, status=422)


def _looking(
    request: HttpRequest, who: Person, sent: WithdrawForm | None = None, pair_id: int = 0
) -> dict[str, Any]:
    """What the page of somebody's other file always shows; `sent` is what was filled in about a pair."""
    proposed = [
        (said, _stands(said.pair), sent if sent and said.pair_id == pair_id else _withdrawing(said.pair_id))
        for said in doubles.proposals_of(officer(request), who)
    ]
    return {**looked_for(request), "person": who, "proposed": proposed}


def _withdrawing(pair_id: int, data: QueryDict | None = None) -> WithdrawForm:
    """The form beside one of several proposals: each field has an address of its own."""
    return WithdrawForm(data, auto_id=f"id_rut_{pair_id}_%s")


def _withdrawn(pair: Double) -> str:
    """What becomes of a pair whose proposal was withdrawn."""
    if pair.status == Double.Status.OPEN:
        return _("Đã rút đề nghị của mình. Cặp vẫn ở hàng chờ vì còn căn cứ khác.")
    return _("Đã rút đề nghị, cặp không chờ ai nữa. Muốn xem lại thì đề nghị lần nữa.")


@requires(Right.MERGE_PERSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, person_id: int, other_id: int) -> HttpResponse:
    """Lay somebody's file beside another of the territory, and put the two in the queue (đề nghị xem)."""
    user, today = officer(request), clock.today()
    who, other = _opened(request, person_id), _opened(request, other_id)
    pair = doubles.pair_between(who, other)
    if pair and pair.status != Double.Status.WITHDRAWN:  # known already, or a second click
        return go(request, _leads_to(request, who, pair))
    form, refusal = ProposeForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            return go(request, _proposed(request, who, other, form))
        except Refusal as refused:
            refusal = refused
    points, reasons = queries.weigh(who.pk, other.pk, on=today)
    context = {
        "person": who,
        "other": other,
        "points": points,
        "reasons": weighed(reasons),
        "rows": doubles.compare(user, who, other, on=today),
        "form": form,
        "refusal": refusal,
    }
    bad = form.is_bound or request.method == "POST"
    return page(request, "desk/propose.html", context, status=422 if bad else 200)


@requires(Right.MERGE_PERSONS)
@require_POST
def propose_elsewhere(request: HttpRequest, person_id: int) -> HttpResponse:
    """Put somebody and a file of another territory, which is not shown, in the queue of their parent."""
    user, who = officer(request), _opened(request, person_id)
    other, place = _told(request.POST.get("ve", ""), who, user, clock.today())
    form, refusal = ProposeForm(request.POST if "step" in request.POST else None), None
    if form.is_bound and form.is_valid():
        try:
            return go(request, _proposed(request, who, other, form))
        except Refusal as refused:
            refusal = refused
    context = {"person": who, "place": place, "ticket": request.POST["ve"], "form": form, "refusal": refusal}
    return page(request, "desk/propose_elsewhere.html", context, status=422 if form.is_bound else 200)


def _proposed(request: HttpRequest, who: Person, other: Person, form: ProposeForm) -> str:
    """Put two files in a queue; return where to go next."""
    user, today = officer(request), clock.today()
    pair = registry.propose_double(
        one=who, other=other, reason=form.cleaned_data["reason"], on=today, by=user, at=clock.now()
    )
    return _leads_to(request, who, pair)


def _leads_to(request: HttpRequest, who: Person, pair: Double) -> str:
    """Say where a pair is by now; return where it is read: its page, or the file if that is for others."""
    user, today = officer(request), clock.today()
    messages.info(request, _stands(pair))
    if doubles.pair_in_scope(user, pair.pk, on=today) or doubles.merge_of(user, pair.pk, on=today):
        return reverse("registry:pair", args=[pair.pk])
    if doubles.proposals_of(user, who).filter(pair=pair).exists():
        messages.info(request, _("Khi chưa ai kết luận, rút đề nghị được ở trang “Trùng với người khác?”."))
    return reverse("desk:person", args=[who.pk])


def _stands(pair: Double) -> str:
    """What became of a pair, or in whose queue it is."""
    if pair.status == Double.Status.WITHDRAWN:
        return _("Đề nghị xem cặp này đã được rút; cặp không chờ ai nữa.")
    if pair.status != Double.Status.OPEN:
        return _("Cặp này đã có kết luận: {what}.").format(what=pair.get_status_display())
    if pair.unit is None:
        return _("Cặp này đã ở hàng chờ của Bộ Y tế (Cục Bảo trợ xã hội): hai hồ sơ thuộc hai tỉnh.")
    return _("Cặp này đã ở hàng chờ của {place}.").format(place=pair.unit.full_name)


def _ticket(who: Person, there: Elsewhere, user: User, on: dt.date) -> str:
    """Write, sealed, whom an officer was told of: with it, and today, they may propose that file."""
    told = {"about": who.pk, "person": there.person_id, "place": there.unit.full_name}
    return signing.dumps({**told, "user": user.pk, "day": on.isoformat()}, salt=SALT)


def _told(sealed: str, who: Person, user: User, on: dt.date) -> tuple[Person, str]:
    """The file a ticket speaks of, and where it is; of another officer, person or day there is none."""
    try:
        told = signing.loads(sealed, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    if (told["about"], told["user"], told["day"]) != (who.pk, user.pk, on.isoformat()):
        raise Http404
    return Person.objects.get(pk=told["person"]), told["place"]


def _opened(request: HttpRequest, person_id: int) -> Person:
    """Somebody of the officer's territory whose file is compared; the look is written first."""
    user = officer(request)
    found = people.in_scope(user, person_id, on=clock.today())
    if found is None:
        raise Http404
    accounts.record_read(at=clock.now(), who=user, person_id=found.pk, page=ReadPage.DUPLICATE)
    return found
