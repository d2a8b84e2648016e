"""The accounts and the trail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ansinh.accounts import queries
from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import Right
from ansinh.web import clock
from ansinh.web.pages import page


@requires(Right.MANAGE_ACCOUNTS)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts (tài khoản)."""
    return page(
        request,
        "accounts/accounts.html",
        {"accounts": queries.accounts(), "with_second_step": queries.with_second_step()},
    )


@requires(Right.SEE_TRAIL)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Show what was done in the territory, latest first (nhật ký)."""
    before = request.GET.get("truoc", "")
    shown = queries.trail(
        officer(request), on=clock.today(), before=int(before) if before.isdecimal() else None
    )
    return page(request, "accounts/trail.html", {"trail": shown})
