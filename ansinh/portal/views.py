"""The law for everybody: in force, changed, and word for word."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ansinh.accounts.access import public
from ansinh.kernel.refusal import Refusal
from ansinh.portal import queries
from ansinh.portal.forms import ChangesForm, LawForm
from ansinh.web import clock
from ansinh.web.fields import read_day
from ansinh.web.pages import page


@public
@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """Show the law in force on a day in a province (quy định đang áp dụng)."""
    today = clock.today()
    typed = {"ngay": today, **request.GET.dict()}
    form = LawForm(typed, provinces=queries.provinces(read_day(typed["ngay"]) or today))
    shown, refusal = None, None
    if form.is_valid():
        on = form.cleaned_data["ngay"]
        try:
            shown = queries.law_in_force(on=on, province=form.cleaned_data["tinh"])
        except Refusal as refused:
            refusal = refused
    context = {"form": form, "law": shown, "refusal": refusal}
    return page(request, "portal/law.html", context, status=200 if shown else 422)


@public
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed in the law between two days (thay đổi giữa hai ngày)."""
    today = clock.today()
    asked = {"tu": today - dt.timedelta(days=365), "den": today, **request.GET.dict()}
    form = ChangesForm(asked, provinces=queries.provinces(read_day(asked["den"]) or today))
    shown, refusal = None, None
    if form.is_valid():
        asked_for = form.cleaned_data
        try:
            shown = queries.changes(since=asked_for["tu"], until=asked_for["den"], province=asked_for["tinh"])
        except Refusal as refused:
            refusal = refused
    context = {"form": form, "changes": shown, "refusal": refusal}
    return page(request, "portal/changes.html", context, status=200 if shown else 422)


@public
@require_safe
def instruments(request: HttpRequest) -> HttpResponse:
    """List the instruments (văn bản)."""
    return page(request, "portal/instruments.html", {"instruments": queries.instruments()})


@public
@require_safe
def instrument(request: HttpRequest, name: str) -> HttpResponse:
    """Show an instrument with every provision and what is done with it (một văn bản)."""
    found = queries.instrument(name)
    if found is None:
        raise Http404
    context = {"instrument": found, "provisions": queries.provisions(found)}
    return page(request, "portal/instrument.html", context)
