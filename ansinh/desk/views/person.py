"""One person's file, and why."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ansinh.accounts import operations as accounts
from ansinh.accounts import queries as accounts_queries
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.desk.events import EVENTS, SECRET
from ansinh.desk.events.lives import Death, Mistaken
from ansinh.desk.forms import ReasonForm, WhyForm
from ansinh.desk.queries import arrivals, coming, entries, people, person, timeline, why
from ansinh.desk.queries.people import Sight
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.registry.queries import doubles
from ansinh.web import clock
from ansinh.web.pages import page


@requires(Right.SEE_PERSON)
@require_safe
def file(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show a person's whole file (hồ sơ đối tượng)."""
    user, today = officer(request), clock.today()
    sight = _opened(request, person_id, ReadPage.FILE)
    shown = person.person_file(sight)
    merges = list(doubles.merges_of(person_id)) if sight.whole else []
    # Nothing more is written in a file that was merged into another.
    gone = any(merge.gone_id == person_id for merge in merges)
    made = entries.entries_of(sight, but=SECRET)
    context = {
        "file": shown,
        "ties": ((shown.household, _("hộ")), (shown.relations, "")),
        "may_see_sensitive": sight.whole and may(user, Right.SEE_SENSITIVE),
        "may_merge": may(user, Right.MERGE_PERSONS),
        "may_propose": sight.whole and may(user, Right.MERGE_PERSONS) and not gone,
        "merges": merges,
        "may_keep": sight.whole and may(user, Right.KEEP_REGISTER) and not gone,
        "events": [
            (event.code, event.label)
            for event in EVENTS
            if event.code not in SECRET and all(may(user, right) for right in event.rights)
            if event.code != Mistaken.code and not (shown.died_on and event.code == Death.code)
        ],
        "entries": made,
        "death": next((one.pk for one, undone in made if one.event == Death.code and not undone), None),
        "mistaken": Mistaken.code,
        "attachments": entries.attachments_of(sight, secret=False),
        "reads": accounts_queries.reads_of(person_id, limit=10) if sight.whole else None,
        "coming": coming.coming_of(sight.person, on=today) if sight.whole else (),
        "elsewhere": arrivals.waits_for(user, sight.person, on=today)
        if sight.whole and may(user, Right.SEE_REVIEW)
        else (),
    }
    return page(request, "desk/person.html", context)


@requires(Right.SEE_PERSON)
@require_safe
def why_paid(request: HttpRequest, person_id: int) -> HttpResponse:
    """Explain a person's month: the law with articles and arithmetic, and what is paid (vì sao)."""
    sight, today = _opened(request, person_id, ReadPage.WHY), clock.today()
    form = WhyForm({"month": Month.of(today), "asked_on": today, **request.GET.dict()})
    shown, refusal = None, None
    if form.is_valid():
        month, asked_on = form.cleaned_data["month"], form.cleaned_data["asked_on"]
        form = WhyForm({"month": month.vietnamese(), "asked_on": vietnamese_date(asked_on)})
        try:
            shown = why.why(sight, month=month, asked_on=asked_on, known_at=clock.now())
        except Refusal as refused:
            refusal = refused
    context = {
        "person": sight.person,
        "form": form,
        "why": shown,
        "refusal": refusal,
        "earlier": shown and shown.shown.month - 1,
        "later": shown and shown.shown.month + 1,
        "may_see_sensitive": sight.whole and may(officer(request), Right.SEE_SENSITIVE),
    }
    return page(request, "desk/why.html", context, status=200 if shown else 422)


@requires(Right.SEE_SENSITIVE)
@require_http_methods(["GET", "HEAD", "POST"])
def sensitive(request: HttpRequest, person_id: int) -> HttpResponse:
    """Ask for a reason, record the look, and show what is otherwise covered (chi tiết nhạy cảm)."""
    sight, user, now = _sight(request, person_id), officer(request), clock.now()
    if not sight.whole:
        raise Http404
    who, form = sight.person, ReasonForm(request.POST or None)
    context: dict[str, object] = {"person": who, "form": form}
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.is_bound else 200
        return page(request, "desk/sensitive.html", context, status=status)
    asked = WhyForm({"month": Month.of(clock.today()), "asked_on": clock.today(), **request.GET.dict()})
    month, asked_on = _month(asked), _day(asked)
    reason = form.cleaned_data["reason"]
    accounts.record_read(at=now, who=user, person_id=who.pk, page=ReadPage.SENSITIVE, reason=reason)
    accounts.record(
        at=now,
        who=user,
        right=Right.SEE_SENSITIVE,
        action="see_sensitive",
        subject=who,
        unit=people.home_unit(who, on=clock.today()),
        reason=reason,
        detail={"month": str(month)},
    )
    context |= {
        "why": why.why(sight, month=month, asked_on=asked_on, known_at=now, everything=True),
        "reason": reason,
        "secrets": timeline.secrets(who, by=user, on=clock.today()),
        "ethnicity": who.ethnicity,
        "events": [(event.code, event.label) for event in EVENTS if event.code in SECRET],
        "may_keep": may(user, Right.KEEP_REGISTER),
        "entries": entries.entries_of(sight, only=SECRET),
        "attachments": entries.attachments_of(sight, secret=True),
    }
    return page(request, "desk/sensitive.html", context)


def _opened(request: HttpRequest, person_id: int, page: ReadPage) -> Sight:
    """How much the reader sees of the person of the page; that it was opened is written first."""
    sight = _sight(request, person_id)
    accounts.record_read(at=clock.now(), who=officer(request), person_id=person_id, page=page)
    return sight


def _sight(request: HttpRequest, person_id: int) -> Sight:
    found = people.sight(officer(request), person_id, on=clock.today())
    if found is None:
        raise Http404
    return found


def _month(asked: WhyForm) -> Month:
    asked.is_valid()
    month: Month = asked.cleaned_data.get("month") or Month.of(clock.today())
    return month


def _day(asked: WhyForm) -> dt.date:
    asked.is_valid()
    day: dt.date = asked.cleaned_data.get("asked_on") or clock.today()
    return day
