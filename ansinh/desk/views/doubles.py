"""Another file of the same person: looked for, laid beside, and put in the queue (đề nghị xem một cặp)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.accounts.models import User
from ansinh.desk.forms import OtherNumberForm, ProposeForm
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
    """Look for another file of somebody: in the territory, or whether the country has one (trùng với ai)."""
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
        **looked_for(request),
        "person": who,
        "number": number,
        "refusal": refusal,
        "met": met,
        "near": entering.near(met.here, on=today) if met else (),
        "elsewhere": [(one, _ticket(who, one, user, today)) for one in met.elsewhere] if met else (),
    }
    bad = number.is_bound and met is None
    return page(request, "desk/same.html", context, status=422 if bad else 200)


@requires(Right.MERGE_PERSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, person_id: int, other_id: int) -> HttpResponse:
    """Lay somebody's file beside another of the territory, and put the two in the queue (đề nghị xem)."""
    user, today = officer(request), clock.today()
    who, other = _opened(request, person_id), _opened(request, other_id)
    if pair := doubles.pair_between(who, other):  # known already, or a second click
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
    return reverse("desk:person", args=[who.pk])


def _stands(pair: Double) -> str:
    """What became of a pair, or in whose queue it is."""
    if pair.status != Double.Status.OPEN:
        return _("Cặp này đã có kết luận: {what}.").format(what=pair.get_status_display())
    if pair.unit is None:
        return _(
            "Cặp này đã được ghi nhớ: hai hồ sơ thuộc hai tỉnh, chưa có nơi nào xem được cả hai. "
            "Cần xử lý ngay thì gửi văn bản cho nơi kia."
        )
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
