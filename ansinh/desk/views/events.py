"""What happens to people: fill in, see what it would change, write it; and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.desk.events import BY_CODE, UNDONE_WITH, Doing
from ansinh.desk.events.corrections import CODE, CorrectionForm
from ansinh.desk.forms import UndoForm
from ansinh.desk.queries import entries, people
from ansinh.desk.queries.effect import effect
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry.models import Person
from ansinh.web import clock
from ansinh.web.pages import go, page
from ansinh.web.templatetags.ansinh import law_text

STEPS = ("step", "csrfmiddlewaretoken", "once")


@requires(Right.KEEP_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, person_id: int, code: str) -> HttpResponse:
    """Ask for one thing that happened, show what it would change, and write it (ghi việc)."""
    user, kind = officer(request), BY_CODE.get(code)
    if kind is None or not all(may(user, right) for right in kind.rights):
        raise Http404
    who = opened(request, person_id)
    form = kind.form(request.POST or None, person=who, user=user, on=clock.today(), paper=kind.paper)

    def perform() -> None:
        kind.perform(Doing(kind.code, who, form.cleaned_data, user, clock.now()))

    context = {"title": kind.label, "help": kind.help, "basis": kind.basis}
    return two_steps(request, who, form, perform, lambda: kind.days(form.cleaned_data), context)


@requires(Right.KEEP_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, person_id: int, entry_id: int) -> HttpResponse:
    """Take back one entry of somebody's file, for a reason (huỷ việc đã ghi)."""
    user, who = officer(request), opened(request, person_id)
    entry = entries.made_entry(who, entry_id, on=clock.today())
    if entry is None or not all(may(user, right) for right in UNDONE_WITH.get(entry.source.event, ())):
        raise Http404
    if entry.undone:  # a second click
        messages.info(request, _("Việc này đã được huỷ rồi: xem ở mục “Việc đã ghi”."))
        return go(request, reverse("desk:person", args=[who.pk]))
    form = UndoForm(request.POST or None)

    def perform() -> None:
        registry.undo_entry(source=entry.source, reason=form.cleaned_data["reason"], by=user, at=clock.now())

    context = {"title": _("Huỷ: {what}").format(what=entry.source.name), "entry": entry}
    return two_steps(request, who, form, perform, lambda: entry.days, context)


@requires(Right.KEEP_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, person_id: int, whose: str, fact_id: int) -> HttpResponse:
    """Put right one fact of somebody or of their household, for a reason (đính chính dữ kiện)."""
    user, who = officer(request), opened(request, person_id)
    row = entries.correctable(who, whose, fact_id)
    if row is None:
        raise Http404
    form = CorrectionForm(request.POST or None, row=row)

    def perform() -> None:
        said = form.cleaned_data
        registry.correct_fact(
            row=row,
            value=form.said(),
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
            reason=said["reason"],
            about=who,
            event=CODE,
            by=user,
            at=clock.now(),
        )

    def days() -> tuple[dt.date, dt.date | None]:
        since, until = form.cleaned_data["valid_from"], form.cleaned_data["valid_to"]
        both = None if until is None or row.valid_to is None else max(until, row.valid_to)
        return min(since, row.valid_from), both

    context = {
        "title": _("Đính chính: {what}").format(what=law_text(form.meaning.label)),
        "help": _("Dữ kiện cũ vẫn còn trong lịch sử, kèm lý do; dữ kiện mới thay vào."),
    }
    return two_steps(request, who, form, perform, days, context)


def two_steps(
    request: HttpRequest,
    who: Person,
    form: forms.Form,
    perform: Callable[[], None],
    days: Callable[[], tuple[dt.date, dt.date | None]],
    context: dict[str, Any],
) -> HttpResponse:
    """Ask, then show what would change, then write: each a POST of the same fields; the last writes once."""
    user, today, step = officer(request), clock.today(), request.POST.get("step", "")
    shown, refusal = None, None
    if request.method == "POST" and form.is_valid() and step != "edit":
        since, until = days()
        try:
            if step == "save":
                with transaction.atomic():
                    if accounts.claim(request.POST.get("once", ""), who=user, at=clock.now()):
                        perform()
                messages.success(request, _("Đã ghi vào sổ: {what}.").format(what=context["title"]))
                here = people.in_scope(user, who.pk, on=today)
                return go(request, reverse("desk:person", args=[who.pk]) if here else reverse("desk:people"))
            shown = effect(who, perform, user=user, since=since, until=until, on=today)
        except Refusal as refused:
            refusal = refused
    context = {
        **context,
        "person": who,
        "form": form,
        "refusal": refusal,
        "effect": shown,
        "once": uuid4(),
        "typed": _typed(form) if shown else (),
        "kept": [(name, one) for name, told in request.POST.lists() if name not in STEPS for one in told],
    }
    bad = request.method == "POST" and shown is None and step != "edit"
    return page(request, "desk/event.html", context, status=422 if bad else 200)


def _typed(form: forms.Form) -> list[tuple[str, str]]:
    """What an officer filled in, as it reads on paper: each field's label and words."""
    told = []
    for bound in form:
        given = bound.value()
        values = given if isinstance(given, list) else [given]
        words = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
        said = getattr(form.cleaned_data.get(bound.name), "full_name", None)
        text = said or "; ".join(words.get(str(one), str(one)) for one in values if one not in (None, ""))
        if text:
            told.append((str(bound.label), text))
    return told


def opened(request: HttpRequest, person_id: int) -> Person:
    """The person whose file is about to change, in the officer's territory; the look is written first."""
    user = officer(request)
    found = people.in_scope(user, person_id, on=clock.today())
    if found is None:
        raise Http404
    accounts.record_read(at=clock.now(), who=user, person_id=found.pk, page=ReadPage.CHANGE)
    return found
