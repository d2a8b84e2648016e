"""People who moved here while their old commune still pays: who they are, and taking them in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.desk.forms import FromMonthForm, TakeInForm
from ansinh.desk.queries import arrivals as queries
from ansinh.desk.views.events import opened
from ansinh.grants import operations as grants
from ansinh.grants.queries import signed_move
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry.models import Person
from ansinh.web import clock
from ansinh.web.pages import go, page


@requires(Right.SEE_REVIEW)
@require_safe
def arrivals(request: HttpRequest) -> HttpResponse:
    """List who came and is still paid by another commune, and who left (người chuyển đến, chuyển đi)."""
    user = officer(request)
    shown = queries.arrivals(user, on=clock.today(), after=request.GET.get("sau", ""))
    context = {
        "shown": shown,
        "next_url": f"?{QueryDict.fromkeys(['sau'], shown.after).urlencode()}" if shown.after else "",
        "first_url": "?" if request.GET.get("sau") else "",
    }
    return page(request, "desk/arrivals.html", context)


@requires(Right.SEE_REVIEW)
@require_safe
def take_in(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show what paying on here would change, from which month (xem trước nhận chi trả)."""
    who = opened(request, person_id)
    asked = FromMonthForm(request.GET if "thang" in request.GET else None)
    month = asked.cleaned_data["thang"] if asked.is_bound and asked.is_valid() else None
    return _shown(request, who, month, TakeInForm(), None)


@requires(Right.SIGN_DECISION)
@require_POST
def sign_take_in(request: HttpRequest, person_id: int) -> HttpResponse:
    """Sign that it is paid here from a month on (ký nhận chi trả)."""
    user, who, today = officer(request), opened(request, person_id), clock.today()
    form = TakeInForm(request.POST)
    refusal = None
    if form.is_valid() and user.unit is not None:
        said = form.cleaned_data
        shown = queries.taking_in(user, who, said["thang"], on=today)
        try:
            decision = grants.take_in(
                person=who,
                unit=user.unit,
                month=said["thang"],
                on=today,
                at=clock.now(),
                by=user,
                number=said["number"],
                stopped_by=said["stopped_by"],
                paid_to=shown.paid_to if shown else None,
            )
        except Refusal as refused:
            signed = signed_move(who, said["thang"], by=user, on=today)
            if signed is not None:  # a second click
                return go(request, reverse("grants:decision", args=[signed.pk]))
            refusal = refused
        else:
            return go(request, reverse("grants:decision", args=[decision.pk]))
    return _shown(request, who, form.cleaned_data.get("thang"), form, refusal)


def _shown(
    request: HttpRequest, who: Person, month: Month | None, form: TakeInForm, refusal: Refusal | None
) -> HttpResponse:
    user, today = officer(request), clock.today()
    shown = queries.taking_in(user, who, month, on=today)
    if shown is None:
        if refusal is None:
            raise Http404
        raise refusal
    context = {
        "person": who,
        "shown": shown,
        "form": form,
        "refusal": refusal,
        "today": today,
        "may_sign": shown.own and may(user, Right.SIGN_DECISION),
        "title": _("Nhận chi trả từ nơi cũ"),
    }
    return page(request, "desk/take_in.html", context, status=422 if form.is_bound else 200)
