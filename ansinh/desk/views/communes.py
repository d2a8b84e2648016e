"""A province's communes side by side, as a table and as a map."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import Right
from ansinh.desk.queries import communes
from ansinh.web import clock
from ansinh.web.pages import page


@requires(Right.SEE_REVIEW)
@require_safe
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Set the communes of the territory side by side (các xã cạnh nhau)."""
    shown = communes.side_by_side(officer(request), on=clock.today(), sort=request.GET.get("xep", ""))
    if shown is None:
        raise Http404
    return page(request, "desk/communes.html", {"shown": shown, "measures": communes.MEASURES})
