"""The law says, we pay: the review, its adoption, and the decisions made."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
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
    asked = _asked(request.GET)
    shown = screens.reviewed(user, asked, on=today, after=request.GET.get("sau", ""))
    words = asked.words(shown.month) if shown else {}
    context = {
        "review": shown,
        "asked": asked,
        "words": {name: word for name, word in words.items() if name != "xep"},
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
        "next_url": f"?{urlencode({**words, 'sau': shown.after})}" if shown and shown.after else "",
        "first_url": f"?{urlencode(words)}" if request.GET.get("sau") else "",
        "decisions": screens.decisions(user, on=today)[:8],
    }
    return page(request, "grants/review.html", context)


def _asked(words: QueryDict) -> screens.Asked:
    form = MonthForm(words if words.get("thang") else None)
    month = form.cleaned_data["thang"] if form.is_bound and form.is_valid() else None
    return screens.Asked.of({name: str(word) for name, word in words.items()}, month)


@requires(Right.EXPORT_REVIEW)
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Download the differences asked for (danh sách rà soát); covered clauses stay closed."""
    found = screens.all_lines(officer(request), _asked(request.GET), on=clock.today())
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
    return go(request, f"{reverse('grants:review')}?thang={month}")


@requires(Right.SEE_REVIEW)
@require_safe
def propose(request: HttpRequest) -> HttpResponse:
    """Show what a decision about some of the people would change, before anybody signs it (soạn)."""
    shown, chosen = _proposal(request, request.GET)
    form = AdoptForm(initial={"thang": shown.review.month})
    return page(request, "grants/propose.html", _about(request, shown, chosen, form, None))


@requires(Right.SIGN_DECISION)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest) -> HttpResponse:
    """Make the law's answer one decision for everybody, or for the people chosen (ra quyết định)."""
    user, today = officer(request), clock.today()
    if request.method == "POST":
        form = AdoptForm(request.POST)
    else:
        form = AdoptForm(initial={"thang": request.GET.get("thang", Month.of(today).vietnamese())})
    shown, chosen = _proposal(request, request.POST) if request.POST.get("chon") else (None, ())
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
    status = 422 if form.is_bound else 200
    if shown is not None:
        context = _about(request, shown, chosen, form, refusal)
        return page(request, "grants/propose.html", context, status=status)
    context = {"form": form, "refusal": refusal, "today": today}
    return page(request, "grants/adopt.html", context, status=status)


def _proposal(request: HttpRequest, words: QueryDict) -> tuple[screens.Proposal, tuple[int, ...]]:
    """Read who is chosen: those ticked, or, with `chon=tat-ca`, all whom the filter finds."""
    chosen: tuple[int, ...] = ()
    if words.get("chon") != "tat-ca":
        chosen = tuple(int(key) for key in words.getlist("nguoi") if key.isdecimal())
        if not chosen:
            raise Refusal(
                _("Chưa chọn người nào để ra quyết định."),
                remedy=_("Đánh dấu những người cần quyết định, hoặc chọn tất cả những người khớp bộ lọc."),
            )
    shown = screens.proposal(officer(request), _asked(words), chosen, on=clock.today())
    if shown is None:
        raise Http404
    return shown, chosen


def _about(
    request: HttpRequest,
    shown: screens.Proposal,
    chosen: tuple[int, ...],
    form: AdoptForm,
    refusal: Refusal | None,
) -> dict[str, object]:
    words = shown.review.asked.words(shown.review.month)
    return {
        "shown": shown,
        "form": form,
        "refusal": refusal,
        "chosen": chosen,
        "words": {name: word for name, word in words.items() if name not in ("thang", "xep")},
        "back": f"{reverse('grants:review')}?{urlencode(words)}",
        "more": len(shown.people) > len({line.person_id for line in shown.lines}),
        "today": clock.today(),
        "may_sign": may(officer(request), Right.SIGN_DECISION),
    }


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
