"""The law says, we pay: the review, its adoption, and the decisions made."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.grants import operations
from ansinh.grants.forms import AdoptForm, MonthForm
from ansinh.grants.queries import expected, screens
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.web import clock
from ansinh.web.pages import go, page
from ansinh.web.sheets import Column, spreadsheet


@requires(Right.SEE_REVIEW)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Show the differences between the law and what is paid (rà soát)."""
    user, today = officer(request), clock.today()
    form = MonthForm(request.GET if "thang" in request.GET else None)
    month = form.cleaned_data["thang"] if form.is_bound and form.is_valid() else None
    kind = request.GET.get("loai", "")
    shown = screens.reviewed(user, on=today, month=month, kind=kind, after=request.GET.get("sau", ""))
    asked = {"thang": str(shown.month), "loai": kind} if shown else {}
    context = {
        "review": shown,
        "form": form,
        "months": screens.months_reviewed(user, on=today),
        "asked_month": month or Month.of(today),
        "may_ask": may(user, Right.ASK_LAW),
        "may_sign": may(user, Right.SIGN_DECISION),
        "next_url": f"?{urlencode({**asked, 'sau': shown.after})}" if shown and shown.after else "",
        "first_url": f"?{urlencode(asked)}" if request.GET.get("sau") else "",
        "decisions": screens.decisions(user, on=today)[:8],
    }
    return page(request, "grants/review.html", context)


@requires(Right.ASK_LAW)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Put the territory to the law of a month anew (xác định lại)."""
    user, form = officer(request), MonthForm(request.POST)
    if not form.is_valid() or user.unit is None:
        raise Refusal(_("Chưa rõ tháng cần rà soát."), remedy=_("Viết tháng theo dạng 10/2026."))
    month = form.cleaned_data["thang"]
    operations.ask_law(unit=user.unit, month=month, on=clock.today(), at=clock.now(), by=user)
    return go(request, f"{reverse('grants:review')}?thang={month}")


@requires(Right.SIGN_DECISION)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest) -> HttpResponse:
    """Make the law's answer one decision for everybody it changes (ra quyết định)."""
    user, today = officer(request), clock.today()
    if request.method == "POST":
        form = AdoptForm(request.POST)
    else:
        form = AdoptForm(initial={"thang": request.GET.get("thang", Month.of(today).vietnamese())})
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        assert user.unit is not None
        try:
            adopted = operations.adopt_month(
                unit=user.unit,
                month=form.cleaned_data["thang"],
                number=form.cleaned_data["number"],
                on=today,
                at=clock.now(),
                by=user,
            )
        except Refusal as refused:
            refusal = refused
        else:
            return go(request, _after(request, adopted))
    context = {"form": form, "refusal": refusal, "today": today}
    return page(request, "grants/adopt.html", context, status=422 if form.is_bound else 200)


def _after(request: HttpRequest, adopted: operations.Adopted) -> str:
    if not adopted.decisions:
        messages.info(request, _("Không có gì phải đổi, nên không có quyết định nào được lập."))
        return reverse("grants:review")
    return reverse("grants:decision", args=[adopted.decisions[0]])


@requires(Right.SEE_REVIEW)
@require_safe
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Show a decision and what it did to whom (một quyết định)."""
    shown = screens.decision_page(
        officer(request), decision_id, on=clock.today(), after=request.GET.get("sau", "")
    )
    if shown is None:
        raise Http404
    context = {
        "shown": shown,
        "next_url": f"?{urlencode({'sau': shown.after})}" if shown.after else "",
        "first_url": "?" if request.GET.get("sau") else "",
    }
    return page(request, "grants/decision.html", context)


@requires(Right.SEE_REVIEW)
@require_safe
def coming(request: HttpRequest) -> HttpResponse:
    """Show what changes within ninety days: birthdays, papers that run out (sắp thay đổi)."""
    user, today = officer(request), clock.today()
    cause = request.GET.get("viec", "")
    shown = expected.coming_page(user, on=today, cause=cause, after=request.GET.get("sau", ""))
    asked = {"viec": shown.cause} if shown.cause else {}
    context = {
        "shown": shown,
        "today": today,
        "may_export": may(user, Right.EXPORT_REVIEW),
        "next_url": f"?{urlencode({**asked, 'sau': shown.after})}" if shown.after else "",
        "first_url": f"?{urlencode(asked)}" if request.GET.get("sau") else "",
    }
    return page(request, "grants/coming.html", context)


@requires(Right.EXPORT_REVIEW)
@require_safe
def coming_list(request: HttpRequest) -> HttpResponse:
    """Download what changes within ninety days (danh sách sắp thay đổi)."""
    user, today = officer(request), clock.today()
    lines = expected.coming_lines(user, on=today, cause=request.GET.get("viec", ""))
    columns = ("Ngày", 12), ("Họ và tên", 27), ("Số định danh", 18), ("Đơn vị", 24), ("Đang hưởng", 40)
    return spreadsheet(
        name=f"sap-thay-doi-{today}",
        title="NGƯỜI HƯỞNG SẮP CÓ THAY ĐỔI TRONG 90 NGÀY",
        notes=[f"{user.unit.full_name if user.unit else ''}, tính từ ngày {vietnamese_date(today)}"],
        columns=[*(Column(*told) for told in columns), Column("Điều sắp xảy ra", 40)],
        rows=(
            (vietnamese_date(one.on), one.name, one.number, one.unit, one.label, one.words) for one in lines
        ),
    )
