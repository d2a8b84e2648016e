"""Somebody new: who it is, whether the country has them already, then into the register (thêm người)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.desk.events.entering import NewcomerForm
from ansinh.desk.events.kinds import paper_of
from ansinh.desk.queries import entering
from ansinh.desk.views.transfers import ticket
from ansinh.kernel.identity import implausible
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.registry.operations import Met
from ansinh.web import clock
from ansinh.web.pages import go, page

OWN = ("step", "csrfmiddlewaretoken", "different", "once")


@requires(Right.KEEP_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask who is new, show who of the register it may be, then enter them (thêm người)."""
    user, today, step = officer(request), clock.today(), request.POST.get("step", "")
    form = NewcomerForm(request.POST or None, initial=_looked_for(request), user=user, on=today)
    refusal, met = None, None
    if request.method == "POST" and form.is_valid() and step != "edit":
        said = form.cleaned_data
        home = said["household"]
        village = registry.village_of(home, on=today) if home else said["village"]
        try:
            met = registry.check_entry(
                asked=said["newcomer"].asked(said["unit"], village), on=today, at=clock.now(), by=user
            )
            if step == "save":
                return go(request, _entered(request, form, met))
        except Refusal as refused:
            refusal = refused
    bad = request.method == "POST" and step != "edit" and (refusal is not None or met is None)
    context = {
        "form": form,
        "refusal": refusal,
        "may_transfer": may(user, Right.TRANSFER_PERSONS),
        **_checked(request, form, met),
    }
    return page(request, "desk/enter.html", context, status=422 if bad else 200)


def _entered(request: HttpRequest, form: NewcomerForm, met: Met) -> str:
    """Enter them; return where their file is."""
    said = form.cleaned_data
    different = [int(key) for key in request.POST.getlist("different")[:50] if key.isdecimal()]
    where = {name: said[name] for name in ("unit", "village", "household", "role", "valid_from")}
    with transaction.atomic():
        if not accounts.claim(request.POST.get("once", ""), who=officer(request), at=clock.now()):
            return reverse("desk:people")
        person = registry.enter_person(
            who=said["newcomer"],
            met=met,
            **where,
            different=different,
            document=paper_of(said),
            on=clock.today(),
            by=officer(request),
            at=clock.now(),
        )
    messages.success(request, _("Đã thêm vào sổ: {name}.").format(name=person.name))
    return reverse("desk:person", args=[person.pk])


def _checked(request: HttpRequest, form: NewcomerForm, met: Met | None) -> dict[str, Any]:
    """What the second page shows: what was typed, what of the number is odd, who it may be."""
    if met is None:
        return {}
    who = form.cleaned_data["newcomer"]
    return {
        "met": met,
        "who": who,
        "elsewhere": _elsewhere(request, form, met),
        "near": entering.near(met.here, on=clock.today()),
        "odd": implausible(who.number, sex=who.sex, birth_year=who.born.year) if who.number else [],
        "different": request.POST.getlist("different"),
        "once": uuid4(),
        "kept": [(name, one) for name, told in request.POST.lists() if name not in OWN for one in told],
    }


def _elsewhere(request: HttpRequest, form: NewcomerForm, met: Met) -> list[dict[str, Any]]:
    """The units that have somebody like this, each with what is needed to ask it for the file."""
    user, said = officer(request), form.cleaned_data
    asks = may(user, Right.TRANSFER_PERSONS)
    return [
        {
            "unit": one.unit,
            "by_number": one.by_number,
            "ticket": ticket(one, said["newcomer"], typed=said, user=user, on=clock.today()) if asks else "",
        }
        for one in met.elsewhere
    ]


def _looked_for(request: HttpRequest) -> dict[str, str]:
    """What was looked for in vain: a number, or a name."""
    text = request.GET.get("tim", "").strip()[:100]
    if text.isdecimal():
        return {"number": text}
    return {} if any(mark.isdecimal() for mark in text) else {"name": text}
