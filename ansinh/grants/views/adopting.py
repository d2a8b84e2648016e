"""Preparing a decision: whom it is about, what it would change, and signing it at once."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.grants import operations
from ansinh.grants.forms import AdoptForm, NoteForm
from ansinh.grants.queries import proposals, screens
from ansinh.grants.views import marks
from ansinh.grants.views.reviews import asked_of
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.web import clock
from ansinh.web.pages import go, page


@requires(Right.SEE_REVIEW)
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Keep who is ticked on a page of the review, and go where the button says (đánh dấu)."""
    asked, words = asked_of(request.POST), request.POST
    if asked.month is None:
        raise Http404
    query, to = asked.words(asked.month), words.get("di", "")
    before = marks.kept(request, asked.month)
    if to == "bo-het":
        marks.forget(request)
    else:
        people = before.people - marks.people_in(words, "hien") | marks.people_in(words, "nguoi")
        marks.keep(request, asked.month, people, before.follows)
    if to in ("soan", "tat-ca"):
        chosen = "danh-dau" if to == "soan" else "tat-ca"
        return go(request, f"{reverse('grants:propose')}?{urlencode({**query, 'chon': chosen})}")
    if to == "sau":
        query["sau"] = words.get("sau", "")
    return go(request, f"{reverse('grants:review')}?{urlencode(query)}")


@requires(Right.SEE_REVIEW)
@require_POST
def leave_out(request: HttpRequest) -> HttpResponse:
    """Leave some people out of a decision being prepared (bỏ khỏi dự thảo)."""
    shown, _chosen = prepared(request, request.POST)
    month = shown.review.month
    marks.keep(
        request,
        month,
        frozenset(shown.people) - marks.people_in(request.POST, "bo"),
        marks.kept(request, month).follows,
    )
    query = {**shown.review.asked.words(month), "chon": "danh-dau"}
    return go(request, f"{reverse('grants:propose')}?{urlencode(query)}")


@requires(Right.SEE_REVIEW)
@require_safe
def propose(request: HttpRequest) -> HttpResponse:
    """Show what a decision about some of the people would change, before anybody signs it (soạn)."""
    shown, chosen = prepared(request, request.GET)
    return propose_page(request, shown, chosen, form=AdoptForm(initial={"thang": shown.review.month}))


@requires(Right.SIGN_DECISION)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest) -> HttpResponse:
    """Make the law's answer one decision for everybody, or for the people chosen (ra quyết định)."""
    user, today = officer(request), clock.today()
    if request.method == "POST":
        form = AdoptForm(request.POST)
    else:
        form = AdoptForm(initial={"thang": request.GET.get("thang", Month.of(today).vietnamese())})
    shown, chosen = prepared(request, request.POST) if request.POST.get("chon") else (None, frozenset())
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        assert user.unit is not None
        try:
            adopted = operations.adopt_month(
                unit=user.unit,
                month=form.cleaned_data["thang"],
                number=form.cleaned_data["number"],
                people=shown.people if shown else None,
                on=today,
                at=clock.now(),
                by=user,
            )
        except Refusal as refused:
            refusal = refused
        else:
            return go(request, _after(request, adopted))
    if shown is not None:
        return propose_page(request, shown, chosen, form=form, refusal=refusal)
    context = {"form": form, "refusal": refusal, "today": today}
    return page(request, "grants/adopt.html", context, status=422 if form.is_bound else 200)


def _after(request: HttpRequest, adopted: operations.Adopted) -> str:
    if not adopted.decisions:
        messages.info(request, _("Không có gì phải đổi, nên không có quyết định nào được lập."))
        return reverse("grants:review")
    marks.forget(request)
    return reverse("grants:decision", args=[adopted.decisions[0]])


def prepared(request: HttpRequest, words: QueryDict) -> tuple[screens.Proposal, frozenset[int]]:
    """Read who is chosen: those named or ticked, or, with `chon=tat-ca`, all whom the filter finds."""
    asked = asked_of(words)
    chosen: frozenset[int] = frozenset()
    if words.get("chon") != "tat-ca":
        ticked = marks.kept(request, asked.month).people if asked.month else chosen
        chosen = marks.people_in(words, "nguoi") or ticked
        if not chosen:
            raise Refusal(
                _("Chưa chọn người nào để ra quyết định."),
                remedy=_("Đánh dấu những người cần quyết định, hoặc chọn tất cả những người khớp bộ lọc."),
            )
    shown = screens.proposal(officer(request), asked, sorted(chosen), on=clock.today())
    if shown is None:
        raise Http404
    return shown, chosen


def propose_page(
    request: HttpRequest,
    shown: screens.Proposal,
    chosen: frozenset[int],
    *,
    form: AdoptForm | NoteForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Show a decision being prepared, with the form that signs it and the one that asks for a signature."""
    user, words = officer(request), shown.review.asked.words(shown.review.month)
    follows = marks.kept(request, shown.review.month).follows
    context = {
        "shown": shown,
        "form": form,
        "refusal": refusal,
        "adopt_form": form if isinstance(form, AdoptForm) else AdoptForm(initial={"thang": words["thang"]}),
        "note_form": form if isinstance(form, NoteForm) else NoteForm(),
        "chosen": ",".join(map(str, sorted(chosen))),
        "words": {name: word for name, word in words.items() if name != "xep"},
        "back": f"{reverse('grants:review')}?{urlencode(words)}",
        "more": len(shown.people) > len({line.person_id for line in shown.lines}),
        "follows": follows,
        "shared": proposals.asked_already(user, shown.people, on=clock.today(), besides=follows),
        "once": uuid4(),
        "may_sign": may(user, Right.SIGN_DECISION),
        "may_prepare": may(user, Right.PREPARE_DECISION),
    }
    return page(request, "grants/propose.html", context, status=422 if form.is_bound else 200)
