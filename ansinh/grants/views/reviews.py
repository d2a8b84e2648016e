"""The law says, we pay: the review, the decisions made, and what changes soon."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.grants import operations
from ansinh.grants.forms import MonthForm
from ansinh.grants.queries import expected, proposals, screens
from ansinh.grants.views import marks
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
    asked = asked_of(request.GET)
    shown = screens.reviewed(user, asked, on=today, after=request.GET.get("sau", ""))
    words = asked.words(shown.month) if shown else {}
    context = {
        "review": shown,
        "asked": asked,
        "words": words,
        "marked": marks.kept(request, shown.month).people if shown else (),
        "awaiting": proposals.awaiting(user, [line.person_id for line in shown.lines], on=today)
        if shown
        else (),
        "query": urlencode(words),
        "months": screens.months_reviewed(user, on=today),
        "asked_month": asked.month or Month.of(today),
        "kinds": screens.LABELS.items(),
        "groups": [(word, told[0]) for word, told in screens.groups().items()],
        "places": screens.places(user, shown.month) if shown else [],
        "orders": screens.ORDER_LABELS.items(),
        "may_ask": may(user, Right.ASK_LAW),
        "may_sign": may(user, Right.SIGN_DECISION),
        "may_export": may(user, Right.EXPORT_REVIEW),
        "after": request.GET.get("sau", ""),
        "decisions": screens.decisions(user, on=today)[:8],
    }
    return page(request, "grants/review.html", context)


def asked_of(words: QueryDict) -> screens.Asked:
    """Read what the review is asked for."""
    form = MonthForm(words if words.get("thang") else None)
    month = form.cleaned_data["thang"] if form.is_bound and form.is_valid() else None
    return screens.Asked.of({name: str(word) for name, word in words.items()}, month)


@requires(Right.EXPORT_REVIEW)
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Download the differences asked for (danh sách rà soát); covered clauses stay closed."""
    found = screens.all_lines(officer(request), asked_of(request.GET), on=clock.today())
    if found is None:
        raise Http404
    run, place, lines = found
    month = Month.of(run.month)
    titles = ("Việc", 26), ("Họ và tên", 27), ("Số định danh", 18), ("Đơn vị", 22), ("Đang hưởng", 32)
    more = ("Luật định", 32), ("Mức luật định (đồng)", 16), ("Chênh lệch (đồng)", 16), ("Căn cứ", 50)
    return spreadsheet(
        name=f"ra-soat-{place.code}-{month}",
        title=f"RÀ SOÁT THÁNG {month.vietnamese()}: LUẬT NÓI, TA CHI",
        notes=[
            f"{place.full_name}. Hỏi luật ngày {vietnamese_date(run.asked_on)}."
            if run.asked_on
            else place.full_name
        ],
        columns=[Column(*told) for told in (*titles, ("Mức đang chi (đồng)", 16), *more)],
        rows=(_cells(line) for line in lines),
    )


def _cells(line: screens.Difference) -> tuple[object, ...]:
    granted, lawful = line.granted, line.lawful
    ground = lawful or granted
    return (
        line.kind,
        line.name,
        line.number,
        line.unit,
        granted.label if granted else "",
        granted.amount_vnd if granted else "",
        lawful.label if lawful else "",
        lawful.amount_vnd if lawful else "",
        line.difference_vnd,
        "; ".join(ground.cites) if ground else "",
    )


@requires(Right.ASK_LAW)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Put the territory to the law of a month anew (xác định lại)."""
    user, form = officer(request), MonthForm(request.POST)
    if not form.is_valid() or user.unit is None:
        raise Refusal(_("Chưa rõ tháng cần rà soát."), remedy=_("Viết tháng theo dạng 10/2026."))
    month = form.cleaned_data["thang"]
    operations.ask_month(unit=user.unit, month=month, on=clock.today(), at=clock.now(), by=user)
    back = request.POST.get("ve", "")
    if back.isdecimal():
        return go(request, reverse("grants:proposal", args=[int(back)]))
    return go(request, f"{reverse('grants:review')}?thang={month}")


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
