"""Who read somebody's file: the register that can be printed for the citizen."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.desk.forms import ReadsForm
from ansinh.desk.queries import people
from ansinh.desk.queries.reads import reads_paper
from ansinh.web import clock
from ansinh.web.pages import page

A_YEAR = dt.timedelta(days=365)


@requires(Right.SEE_PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def reads(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show who opened a file on some days, to be printed for its person (sổ lượt xem hồ sơ).

    Whoever reads the trail opens it at once; others of the territory say why first, for instance that the
    citizen asks.
    """
    user, now, today = officer(request), clock.now(), clock.today()
    found = people.in_scope(user, person_id, on=today)
    if found is None:
        raise Http404
    inspects = may(user, Right.SEE_TRAIL)
    days: dict[str, object] = {"since": today - A_YEAR, "until": today}
    asked = request.POST if request.method == "POST" else days if inspects else None
    form = ReadsForm(asked, must_say_why=not inspects, initial=days)
    context: dict[str, object] = {"person": found, "form": form}
    if not (form.is_bound and form.is_valid()):
        return page(request, "desk/reads.html", context, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    accounts.record_read(at=now, who=user, person_id=found.pk, page=ReadPage.READS, reason=said["reason"])
    reasons = inspects and may(user, Right.SEE_SENSITIVE)
    paper = reads_paper(found, user=user, since=said["since"], until=said["until"], reasons=reasons, on=today)
    shown = {"paper": paper, "at": now, "reasons": reasons}
    if inspects:
        context["form"] = ReadsForm(initial=said, must_say_why=False)
    return page(request, "desk/reads.html", context | shown)
