"""Households of divided communes: village by village, many at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import Right
from ansinh.geography import queries as geography
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations
from ansinh.registry.queries import confirming
from ansinh.web import clock
from ansinh.web.pages import go, page


@requires(Right.KEEP_REGISTER)
@require_safe
def villages(request: HttpRequest) -> HttpResponse:
    """List the villages of divided communes whose people may live here (cần xác nhận xã)."""
    user, today = officer(request), clock.today()
    found = confirming.villages(user.unit, on=today) if user.unit else []
    return page(request, "registry/villages.html", {"villages": found, "unit": user.unit})


@requires(Right.KEEP_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def village(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Tick the households of a village that live in one's own commune, or take them all (xác nhận xã)."""
    user, today = officer(request), clock.today()
    old = next((one for one in confirming.claimable(_own(user.unit), on=today) if one.pk == unit_id), None)
    if old is None:
        raise Http404
    name, typed = request.GET.get("thon", ""), request.GET.get("sau", "")
    after = int(typed) if typed.isdecimal() and len(typed) < 18 else 0
    refusal = None
    if request.method == "POST":
        ticked = [int(key) for key in request.POST.getlist("household") if key.isdecimal()][:1000]
        try:
            if not ticked and "all" not in request.POST:
                raise Refusal(_("Chưa đánh dấu hộ nào."), remedy=_("Đánh dấu các hộ đang sống ở xã mình."))
            count = operations.confirm_communes(
                old=old,
                unit=geography.version(_own(user.unit), on=today),
                on=today,
                village=name,
                households=None if "all" in request.POST else ticked,
                by=user,
                at=clock.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Đã xác nhận {count} hộ.").format(count=count))
            return go(request, reverse("registry:confirm"))
    context = {
        "old": old,
        "village": name,
        "unit": user.unit,
        "waiting": confirming.waiting(old, name, on=today, after=after),
        "refusal": refusal,
        "first_url": f"?thon={name}" if after else "",
    }
    return page(request, "registry/village.html", context, status=422 if refusal else 200)


def _own(unit: Unit | None) -> Unit:
    if unit is None:
        raise Http404
    return unit
