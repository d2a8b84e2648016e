"""A territory at a glance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.desk.queries import glance
from ansinh.kernel.time import Month
from ansinh.web import clock
from ansinh.web.pages import page


@requires(Right.SIGN_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the officer's territory at a glance (bàn làm việc)."""
    user = officer(request)
    context = {
        "glance": glance.glance(user, on=clock.today()),
        "this_month": Month.of(clock.today()),
        "may_ask": may(user, Right.ASK_LAW),
        "may_search": may(user, Right.SEE_PERSON),
        "may_keep": may(user, Right.KEEP_REGISTER),
        "sees_moves": may(user, Right.SEE_REVIEW),
        "sees_work": any(
            may(user, right) for right in (Right.SEE_REVIEW, Right.APPROVE_PAYROLL, Right.MERGE_PERSONS)
        ),
    }
    return page(request, "desk/home.html", context)
