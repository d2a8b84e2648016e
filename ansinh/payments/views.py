"""Payrolls: the periods, one payroll, its lines, drafting, approving, the lists to sign."""

from __future__ import annotations

import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.db.progress import is_interrupted
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.payments import operations, queries
from ansinh.payments.exports.pdf import write_pdf
from ansinh.payments.exports.sheets import Sheet
from ansinh.payments.exports.xlsx import write_xlsx
from ansinh.payments.forms import PrepareForm
from ansinh.payments.logic import Months
from ansinh.payments.models import Payroll
from ansinh.payments.queries import papers, screens
from ansinh.web import clock
from ansinh.web.pages import go, page

FORMATS = {
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (write_pdf, "application/pdf"),
}


@requires(Right.SEE_PAYROLL)
@require_safe
def payrolls(request: HttpRequest) -> HttpResponse:
    """List the periods of the territory (các kỳ chi trả)."""
    user, today = officer(request), clock.today()
    context = {
        "periods": screens.periods(user, on=today),
        "running": screens.running(user, on=today),
        "may_prepare": may(user, Right.PREPARE_PAYROLL),
    }
    return page(request, "payments/payrolls.html", context)


@requires(Right.SEE_PAYROLL)
@require_safe
def period(request: HttpRequest, key: str) -> HttpResponse:
    """Show a period's control totals for the territory (tổng hợp một kỳ)."""
    user, shown = officer(request), _period(request, key)
    drafted = shown.status != "APPROVED" and shown.whole
    context = {
        "period": shown,
        "may_export": may(user, Right.EXPORT_PAYROLL),
        "may_approve": drafted and may(user, Right.APPROVE_PAYROLL),
    }
    return page(request, "payments/period.html", context)


@requires(Right.SEE_PAYROLL)
@require_safe
def payroll(request: HttpRequest, payroll_id: int) -> HttpResponse:
    """Show one payroll (một bảng chi trả)."""
    user, found = officer(request), _payroll(request, payroll_id)
    shown = screens.payroll_page(user, found, on=clock.today())
    draft = found.status == Payroll.Status.DRAFT and shown.whole
    own = found.prepared_by_id == user.pk
    context = {
        "shown": shown,
        "period_key": screens.key_of(shown.months),
        "may_export": may(user, Right.EXPORT_PAYROLL),
        "may_approve": draft and not own and may(user, Right.APPROVE_PAYROLL),
        "own_draft": draft and own,
    }
    return page(request, "payments/payroll.html", context)


@requires(Right.SEE_PAYROLL)
@require_safe
def lines(request: HttpRequest, payroll_id: int) -> HttpResponse:
    """Show a payroll's lines, a page at a time (từng dòng)."""
    user, found, today = officer(request), _payroll(request, payroll_id), clock.today()
    asked = request.GET.copy()
    roll, group, text = asked.get("xa", ""), asked.get("nhom", ""), asked.get("tim", "")
    shown = screens.payroll_page(user, found, on=today)
    listed = screens.lines(
        user,
        found,
        on=today,
        roll=int(roll) if roll.isdecimal() else None,
        group=group,
        text=text,
        after=asked.pop("sau", [""])[-1],
    )
    first = f"?{asked.urlencode()}"
    asked["sau"] = listed.after
    context = {
        "payroll": found,
        "months": shown.months,
        "period_key": screens.key_of(shown.months),
        "rolls": shown.rolls,
        "schemes": shown.schemes,
        "page": listed,
        "roll": roll,
        "group": group,
        "text": text,
        "next_url": f"?{asked.urlencode()}" if listed.after else "",
        "first_url": first if request.GET.get("sau") else "",
    }
    return page(request, "payments/lines.html", context, part="list")


@requires(Right.PREPARE_PAYROLL)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """Ask for months and a day, and start drafting (lập danh sách chi trả)."""
    user = officer(request)
    today = clock.today()
    form = PrepareForm(
        request.POST if request.method == "POST" else None,
        initial={"months": Month.of(today).vietnamese(), "on_date": today},
    )
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        assert user.unit is not None
        try:
            job = operations.ask_prepare(
                unit=user.unit,
                months=form.cleaned_data["months"],
                on=form.cleaned_data["on_date"],
                replace=form.cleaned_data["replace"],
                by=user,
                at=clock.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            return go(request, reverse("payments:progress", args=[job.pk]))
    context = {"form": form, "refusal": refusal}
    return page(request, "payments/prepare.html", context, status=422 if form.is_bound else 200)


@requires(Right.APPROVE_PAYROLL)
@require_POST
def approve(request: HttpRequest, key: str) -> HttpResponse:
    """Start approving the drafts of a period (duyệt cả kỳ)."""
    user, shown = officer(request), _period(request, key)
    assert user.unit is not None
    job = operations.ask_approve(unit=user.unit, months=list(shown.months), by=user, at=clock.now())
    return go(request, reverse("payments:progress", args=[job.pk]))


@requires(Right.APPROVE_PAYROLL)
@require_POST
def approve_one(request: HttpRequest, payroll_id: int) -> HttpResponse:
    """Start approving one draft (duyệt một bảng)."""
    user, found = officer(request), _payroll(request, payroll_id)
    if not screens.payroll_page(user, found, on=clock.today()).whole:
        raise Http404
    months = list(queries.months_of(found))
    job = operations.ask_approve(unit=found.unit, months=months, by=user, at=clock.now())
    return go(request, reverse("payments:progress", args=[job.pk]))


@requires(Right.SEE_PAYROLL)
@require_safe
def progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show how far a job is; the page asks again by itself (tiến độ)."""
    job = screens.progress(officer(request), job_id, on=clock.today())
    if job is None:
        raise Http404
    interrupted = is_interrupted(job)
    going = job.state in (job.State.WAITING, job.State.RUNNING) and not interrupted
    months = Months(Month.of(job.months.lower), Month.of(job.months.upper) - 1)
    context = {
        "job": job,
        "going": going,
        "state": _("bị ngắt, sẽ tự chạy lại") if interrupted else job.get_state_display(),
        "months": months,
        "period_key": screens.key_of(months),
    }
    return page(request, "payments/progress.html", context, part="state")


@requires(Right.EXPORT_PAYROLL)
@require_safe
def signatures(request: HttpRequest, payroll_id: int, roll_id: int, form: str) -> HttpResponse:
    """Download a commune's signature list (danh sách ký nhận)."""
    found = _payroll(request, payroll_id)
    roll = papers.roll_in_scope(officer(request), found, roll_id, on=clock.today())
    if roll is None:
        raise Http404
    name = f"danh-sach-{roll.commune_code or found.unit.code}-{screens.key_of(queries.months_of(found))}"
    return _file(papers.signature_sheet(found, roll), name, form)


@requires(Right.EXPORT_PAYROLL)
@require_safe
def summary(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Download the summary of a period by unit (bảng tổng hợp)."""
    user, shown = officer(request), _period(request, key)
    listed = papers.payrolls_of(user, shown.months, on=clock.today())
    if not listed or user.unit is None:
        raise Http404
    return _file(papers.summary_sheet(user, shown, listed), f"tong-hop-{user.unit.code}-{shown.key}", form)


def _payroll(request: HttpRequest, key: int) -> Payroll:
    found = screens.payroll(officer(request), key, on=clock.today())
    if found is None:
        raise Http404
    return found


def _period(request: HttpRequest, key: str) -> screens.Period:
    first, _dots, last = key.partition("..")
    try:
        months = Months(Month.parse(first), Month.parse(last))
    except Refusal:
        raise Http404 from None
    found = screens.period(officer(request), months, on=clock.today())
    if found is None:
        raise Http404
    return found


def _file(sheet: Sheet, name: str, form: str) -> HttpResponse:
    write, kind = FORMATS[form]
    into = io.BytesIO()
    write(sheet, into)
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return HttpResponse(into.getvalue(), content_type=kind, headers=headers)
