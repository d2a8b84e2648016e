"""Who may do what, and handing it on for some days."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts import operations, queries
from ansinh.accounts.access import may, officer, requires, signed_in
from ansinh.accounts.forms import DelegationForm
from ansinh.accounts.logic import Right
from ansinh.kernel.refusal import Refusal
from ansinh.web import clock
from ansinh.web.pages import go, page


@signed_in
@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Show what one may do oneself, and the matrix of rights and roles (quyền)."""
    user, today = officer(request), clock.today()
    context = {
        "delegations": queries.delegations(user, on=today),
        "matrix": queries.matrix(),
        "may_delegate": may(user, Right.DELEGATE),
    }
    return page(request, "accounts/rights.html", context)


@requires(Right.DELEGATE)
@require_http_methods(["GET", "HEAD", "POST"])
def delegate(request: HttpRequest) -> HttpResponse:
    """Ask to whom, what, for which days and why, and hand it on (uỷ quyền)."""
    user, today = officer(request), clock.today()
    form = DelegationForm(
        request.POST if request.method == "POST" else None, giver=user, initial={"since": today}
    )
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            operations.delegate(giver=user, on=today, at=clock.now(), **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Đã uỷ quyền."))
            return go(request, reverse("accounts:rights"))
    context = {"form": form, "refusal": refusal}
    return page(request, "accounts/delegate.html", context, status=422 if form.is_bound else 200)


@requires(Right.DELEGATE)
@require_POST
def revoke(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation of one's own before its last day (thôi uỷ quyền)."""
    user = officer(request)
    found = queries.delegation(user, delegation_id)
    if found is None:
        raise Http404
    operations.revoke(delegation=found, by=user, at=clock.now())
    messages.success(request, _("Đã thôi uỷ quyền."))
    return go(request, reverse("accounts:rights"))
