"""Sign in and sign out."""

from __future__ import annotations

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ansinh.accounts import operations
from ansinh.accounts.access import officer, public, signed_in
from ansinh.accounts.forms import PasswordForm, SignInForm
from ansinh.kernel.refusal import Refusal
from ansinh.web import clock
from ansinh.web.pages import go, page

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
            auth.login(request, user, backend=BACKEND)
            return go(request, target)
    context = {"form": form, "refusal": refusal, "target": target, "hide_sign_in": True}
    return page(request, "accounts/sign_in.html", context, status=422 if form.is_bound else 200)


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
