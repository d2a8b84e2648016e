"""The second step: put into the phone, turned off, reset by who keeps the accounts."""

from __future__ import annotations

from collections.abc import Callable

import segno
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ansinh.accounts import operations, queries
from ansinh.accounts.access import officer, requires, signed_in
from ansinh.accounts.forms import ResetForm, SecondStepOffForm, SecondStepOnForm
from ansinh.accounts.logic import Right
from ansinh.kernel.refusal import Refusal
from ansinh.web import clock
from ansinh.web.pages import go, page

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@METHODS
def second_step(request: HttpRequest) -> HttpResponse:
    """Tell how it stands with one's second step; begin to set it up (đăng nhập hai bước)."""
    user = officer(request)
    if request.method == "POST":
        operations.begin_second_step(user=user, at=clock.now())
        return go(request, reverse("accounts:second_step_on"))
    return page(request, "accounts/second_step.html", {"state": queries.second_step_state(user)})


@signed_in
@sensitive_post_parameters("password", "code")
@never_cache
@METHODS
def second_step_on(request: HttpRequest) -> HttpResponse:
    """Show the secret for the phone, ask for the code it makes, then show the codes on paper, once (bật)."""
    user = officer(request)
    shown = queries.enrolment(user)
    if shown is None:
        return go(request, reverse("accounts:second_step"))
    form = SecondStepOnForm(request.POST if request.method == "POST" else None)
    codes: list[str] = []

    def confirm() -> None:
        codes.extend(
            operations.confirm_second_step(
                user=user, **form.cleaned_data, address=_address(request), at=clock.now()
            )
        )

    refusal = _tried(form, confirm)
    if codes:
        return page(request, "accounts/recovery_codes.html", {"codes": codes})
    context = {"form": form, "refusal": refusal, "enrolment": shown, "qr": _qr(shown.uri)}
    return page(request, "accounts/second_step_on.html", context, status=422 if form.is_bound else 200)


@signed_in
@sensitive_post_parameters("password", "code")
@never_cache
@METHODS
def second_step_off(request: HttpRequest) -> HttpResponse:
    """Ask for the password and a code, and turn the second step off (tắt)."""
    user = officer(request)
    if not queries.needs_code(user):
        return go(request, reverse("accounts:second_step"))
    form = SecondStepOffForm(request.POST if request.method == "POST" else None)
    refusal = _tried(
        form,
        lambda: operations.end_second_step(
            user=user, **form.cleaned_data, address=_address(request), at=clock.now()
        ),
    )
    if form.is_bound and form.is_valid() and refusal is None:
        messages.success(request, _("Đã tắt đăng nhập hai bước."))
        return go(request, reverse("accounts:second_step"))
    context = {"form": form, "refusal": refusal}
    return page(request, "accounts/second_step_off.html", context, status=422 if form.is_bound else 200)


@requires(Right.MANAGE_ACCOUNTS)
@METHODS
def second_step_reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask why, and turn somebody's second step off for them (đặt lại)."""
    whose = queries.user_by_key(user_id)
    if whose is None:
        raise Http404
    form = ResetForm(request.POST if request.method == "POST" else None)
    refusal = _tried(
        form,
        lambda: operations.reset_second_step(
            user=whose, reason=form.cleaned_data["reason"], by=officer(request), at=clock.now()
        ),
    )
    if form.is_bound and form.is_valid() and refusal is None:
        messages.success(request, _("Đã đặt lại đăng nhập hai bước."))
        return go(request, reverse("accounts:accounts"))
    context = {"form": form, "refusal": refusal, "whose": whose}
    return page(request, "accounts/second_step_reset.html", context, status=422 if form.is_bound else 200)


def _tried(form: Form, act: Callable[[], None]) -> Refusal | None:
    """Do it when the form is filled in; what was refused is shown beside the form."""
    if form.is_bound and form.is_valid():
        try:
            act()
        except Refusal as refused:
            return refused
    return None


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _qr(uri: str) -> SafeString:
    """Draw a QR as SVG, by attributes alone: the site's policy lets no style in."""
    drawn = segno.make(uri, error="m", micro=False)
    svg = drawn.svg_inline(scale=6, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return mark_safe(svg)
