"""Who read somebody's file: the register that can be printed for the citizen."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from ansinh.accounts import operations as accounts
from ansinh.accounts import queries
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.desk.forms import ReasonForm
from ansinh.desk.queries import people
from ansinh.web import clock
from ansinh.web.pages import page

PRINTED = 1000


@requires(Right.SEE_PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def reads(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show who opened a file, to be printed for its person (sổ lượt xem hồ sơ).

    Whoever reads the trail opens it at once; others of the territory say why first, for instance that the
    citizen asks.
    """
    user, now = officer(request), clock.now()
    found = people.in_scope(user, person_id, on=clock.today())
    if found is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"person": found, "form": form}
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
    elif may(user, Right.SEE_TRAIL) and not form.is_bound:
        reason = ""
    else:
        return page(request, "desk/reads.html", context, status=422 if form.is_bound else 200)
    accounts.record_read(at=now, who=user, person_id=found.pk, page=ReadPage.READS, reason=reason)
    told = queries.reads_of(found.pk, limit=PRINTED, reasons=may(user, Right.SEE_SENSITIVE))
    return page(request, "desk/reads.html", context | {"reads": told, "at": now, "printed": PRINTED})
