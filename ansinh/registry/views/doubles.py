"""Pairs in doubt: the queue, two files side by side, a merge and its undoing."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations
from ansinh.registry.forms.doubles import DecideForm, TakeBackForm, UndoForm
from ansinh.registry.models import Double
from ansinh.registry.queries import doubles
from ansinh.registry.queries.reasons import weighed
from ansinh.web import clock
from ansinh.web.pages import go, page


@requires(Right.MERGE_PERSONS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List the pairs in doubt of the territory (hồ sơ nghi trùng)."""
    shown = doubles.queue(officer(request), on=clock.today(), after=request.GET.get("sau", ""))
    context = {
        "queue": shown,
        "next_url": f"?{urlencode({'sau': shown.after})}" if shown.after else "",
        "first_url": "?" if request.GET.get("sau") else "",
    }
    return page(request, "registry/doubles.html", context)


@requires(Right.MERGE_PERSONS)
@require_safe
def different(request: HttpRequest) -> HttpResponse:
    """List the pairs of the territory that are said to be two people (đã ghi là hai người khác nhau)."""
    shown = doubles.said_different(officer(request), on=clock.today(), after=request.GET.get("sau", ""))
    context = {
        "shown": shown,
        "next_url": f"?{urlencode({'sau': shown.after})}" if shown.after else "",
        "first_url": "?" if request.GET.get("sau") else "",
    }
    return page(request, "registry/different.html", context)


@requires(Right.MERGE_PERSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Lay two files side by side and take the decision, or show the one taken (so sánh hai hồ sơ)."""
    found = doubles.pair_in_scope(officer(request), pair_id, on=clock.today())
    if found is None:
        return _merged(request, pair_id)
    if found.status == Double.Status.DIFFERENT:
        return _too_late(request, request.path) if request.POST else _compared(request, found, TakeBackForm())
    form = DecideForm(request.POST or None)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            return go(
                request, _decided(request, found, form.cleaned_data["what"], form.cleaned_data["reason"])
            )
        except Refusal as refused:
            if doubles.overtaken(found):  # two clicks at once
                return _too_late(request, request.path)
            refusal = refused
    return _compared(request, found, form, refusal)


@requires(Right.MERGE_PERSONS)
@require_POST
def take_back(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Take back that two files are two people's: the pair waits again (rút lại)."""
    user, today = officer(request), clock.today()
    found = doubles.pair_in_scope(user, pair_id, on=today)
    if found is None:
        return _merged(request, pair_id)
    form = TakeBackForm(request.POST)
    if found.status == Double.Status.DIFFERENT:
        if not form.is_valid():
            return _compared(request, found, form)
        try:
            operations.take_back_different(
                pair=found, reason=form.cleaned_data["reason"], on=today, by=user, at=clock.now()
            )
        except Refusal:
            if not doubles.overtaken(found):
                raise
        else:
            messages.info(request, _("Đã rút lại: cặp này trở về hàng chờ."))
    return go(request, reverse("registry:pair", args=[found.pk]))  # a second click reads what stands


def _too_late(request: HttpRequest, address: str) -> HttpResponse:
    """Show what was decided before, by a first click or by another officer: nothing more was written."""
    messages.info(request, _("Cặp này đã có kết luận trước đó, xem dưới đây; lần bấm này không ghi gì."))
    return go(request, address)


def _merged(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Lead to the merge that a pair came to, or to the queue if nobody looks at it any more.

    To whom neither is known: no such page.
    """
    user, today = officer(request), clock.today()
    merged = doubles.merge_of(user, pair_id, on=today)
    if merged is None and doubles.withdrawn_in_scope(user, pair_id, on=today):
        messages.info(request, _("Cặp này không chờ nữa: cán bộ đề nghị đã rút đề nghị."))
        return go(request, reverse("registry:doubles"))
    if merged is None:
        raise Http404
    address = reverse("registry:merge", args=[merged.pk])
    return _too_late(request, address) if request.POST else go(request, address)


def _compared(
    request: HttpRequest,
    found: Double,
    form: DecideForm | TakeBackForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Show two files side by side, what was said of them, and what may be done; the look is written."""
    user, today = officer(request), clock.today()
    for person in (found.first_id, found.second_id):
        accounts.record_read(at=clock.now(), who=user, person_id=person, page=ReadPage.DUPLICATE)
    context = {
        "pair": found,
        "rows": doubles.compare(user, found.first, found.second, on=today),
        "reasons": weighed(found.reasons),
        "opinions": doubles.opinions(found),
        "decided": found.status == Double.Status.DIFFERENT,
        "form": form,
        "refusal": refusal,
    }
    return page(request, "registry/pair.html", context, status=422 if form.is_bound else 200)


def _decided(request: HttpRequest, found: Double, what: str, reason: str) -> str:
    """Do what was decided; return where to go next."""
    user, now = officer(request), clock.now()
    if what == "DIFFERENT":
        operations.say_different(one=found.first, other=found.second, reason=reason, by=user, at=now)
        messages.info(request, _("Đã ghi: đây là hai người khác nhau, sẽ không hỏi lại."))
        return reverse("registry:doubles")
    kept, gone = (found.first, found.second) if what == "FIRST" else (found.second, found.first)
    merged = operations.merge(kept=kept, gone=gone, reason=reason, by=user, at=now)
    messages.info(request, _("Đã gộp hai hồ sơ. Nếu nhầm, huỷ được ở trang này."))
    return reverse("registry:merge", args=[merged.pk])


@requires(Right.MERGE_PERSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Show a merge; undo it (gộp hồ sơ, huỷ gộp)."""
    user, today = officer(request), clock.today()
    found = doubles.merge_in_scope(user, merge_id, on=today)
    if found is None:
        raise Http404
    if request.POST and found.superseded_at:  # a second click
        return go(request, request.path)
    form = UndoForm(request.POST or None)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            operations.unmerge(merged=found, reason=form.cleaned_data["reason"], by=user, at=clock.now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.info(request, _("Đã huỷ lần gộp: hai hồ sơ trở lại như trước."))
            return go(request, reverse("registry:merge", args=[found.pk]))
    rows = []
    if doubles.both_shown(user, found, on=today):
        rows = doubles.compare(user, found.kept, found.gone, on=today)
        for person in (found.kept_id, found.gone_id):
            accounts.record_read(at=clock.now(), who=user, person_id=person, page=ReadPage.DUPLICATE)
    context = {
        "merged": found,
        "rows": rows,
        "form": form,
        "refusal": refusal,
    }
    return page(request, "registry/merge.html", context, status=422 if form.is_bound else 200)
