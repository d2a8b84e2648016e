"""Sign in, with a code if one chose so, and sign out."""

from __future__ import annotations

from typing import Any

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ansinh.accounts import logic, operations, queries
from ansinh.accounts.access import officer, public, signed_in
from ansinh.accounts.forms import CodeForm, PasswordForm, SignInForm
from ansinh.accounts.models import User
from ansinh.kernel.refusal import Refusal
from ansinh.web import clock
from ansinh.web.pages import go, page

WAITING = "second_step"  # in the session: who gave the right password, and types the code next
BACKEND = "django.contrib.auth.backends.ModelBackend"


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a name and a password (đăng nhập)."""
    target = _safe_target(request)
    if request.user.is_authenticated:
        return go(request, target)
    form = SignInForm(request.POST or None)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            user = operations.verify(
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                address=request.META.get("REMOTE_ADDR", ""),
                at=clock.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            if queries.needs_code(user):
                request.session[WAITING] = {
                    "user": user.pk,
                    "key": user.get_session_auth_hash(),
                    "at": clock.now().timestamp(),
                    "target": target,
                }
                return go(request, reverse("accounts:sign_in_code"))
            auth.login(request, user, backend=BACKEND)
            return go(request, target)
    context = {"form": form, "refusal": refusal, "target": target, "hide_sign_in": True}
    return page(request, "accounts/sign_in.html", context, status=422 if form.is_bound else 200)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask whoever gave the right password for a code (bước hai)."""
    waiting = request.session.get(WAITING, {})
    user = _waiting(waiting)
    if user is None:
        request.session.pop(WAITING, None)
        return go(request, reverse("accounts:sign_in"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            operations.verify_code(
                user=user,
                code=form.cleaned_data["code"],
                address=request.META.get("REMOTE_ADDR", ""),
                at=clock.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            auth.login(request, user, backend=BACKEND)
            request.session.pop(WAITING, None)
            return go(request, waiting["target"])
    context = {"form": form, "refusal": refusal, "hide_sign_in": True}
    return page(request, "accounts/sign_in_code.html", context, status=422 if form.is_bound else 200)


def _waiting(waiting: dict[str, Any]) -> User | None:
    """Who gave the right password a moment ago, and has the same password still."""
    age = clock.now().timestamp() - waiting.get("at", 0)
    if not waiting or age > logic.SECOND_STEP_WITHIN.total_seconds():
        return None
    user = queries.user_by_key(waiting["user"])
    same = user and constant_time_compare(user.get_session_auth_hash(), waiting["key"])
    return user if user and user.is_active and same else None


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session (đăng xuất)."""
    auth.logout(request)
    return go(request, "/dang-nhap/")


@signed_in
@sensitive_post_parameters("old", "new", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Ask for the password in use and a new one (đổi mật khẩu)."""
    user = officer(request)
    form = PasswordForm(request.POST if request.method == "POST" else None, user=user)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            operations.change_password(
                user=user,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                address=request.META.get("REMOTE_ADDR", ""),
                at=clock.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            auth.update_session_auth_hash(request, user)
            messages.success(request, _("Đã đổi mật khẩu. Các phiên làm việc khác của bạn đã kết thúc."))
            return go(request, reverse("accounts:rights"))
    context = {"form": form, "refusal": refusal}
    return page(request, "accounts/password.html", context, status=422 if form.is_bound else 200)


def _safe_target(request: HttpRequest) -> str:
    target = request.POST.get("tiep") or request.GET.get("tiep") or "/"
    inside = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if inside else "/"
