"""Who may open a page (cửa vào): every view says so, and one that says nothing opens for nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.accounts import logic, queries
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db.actor import at_work
from ansinh.web import clock
from ansinh.web.pages import go

WRITTEN_EVERY = 60  # seconds: a session is not written for every page
SAFE = ("GET", "HEAD", "OPTIONS")
View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """Open a page to everybody, signed in or not."""
    return _marked(view, "public")


def signed_in(view: View) -> View:
    """Open a page to every officer; others are sent to sign in and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        return view(request, *args, **kwargs)

    return _marked(guarded, "signed_in")


def requires(right: Right) -> Callable[[View], View]:
    """Open a page to officers with a right (403 for other officers).

    *Where* they may use it is not decided here: a query in the user's territory answers, or finds nothing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            if not may(officer(request), right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return _marked(guarded, right)

    return decorate


def may(user: User, right: Right) -> bool:
    """Tell whether somebody signed in has a right today, by role or by delegation.

    For views and the menu: `user` is made anew for each request, so the rights are asked once a request.
    """
    asked: dict[date, frozenset[Right]] = user.__dict__.setdefault("_rights_by_day", {})
    today = clock.today()
    if today not in asked:
        asked[today] = queries.rights_of(user, on=today)
    return right in asked[today]


def officer(request: HttpRequest) -> User:
    """Return who is signed in; only behind `signed_in` or `requires`."""
    return cast(User, request.user)


class SessionLimitsMiddleware:
    """End a session that was not used for a while, or is a working day old, however much it is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = clock.now().timestamp()
            began, seen = request.session.setdefault("began", now), request.session.setdefault("seen", now)
            limits = {"idle": settings.SESSION_IDLE_SECONDS, "longest": settings.SESSION_COOKIE_AGE}
            if logic.session_over(began=began, seen=seen, now=now, **limits):
                auth.logout(request)
                messages.info(request, _("Phiên làm việc đã hết. Hãy đăng nhập lại."))
            elif now - seen > WRITTEN_EVERY:
                request.session["seen"] = now
        return self.get_response(request)


class ActorMiddleware:
    """Tell the database who is at work in a request that may write, for the history it keeps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or not isinstance(request.user, User):
            return self.get_response(request)
        with at_work(request.user.pk):
            return self.get_response(request)


class DoorMiddleware:
    """Refuse to run a view that has not said who may see it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: object, kwargs: object) -> None:
        """Stop before the view runs."""
        if not getattr(view, "door", None):
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} does not say who may see it")


def _marked(view: View, door: str) -> View:
    view.door = door  # type: ignore[attr-defined]
    return view


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return go(request, reverse("accounts:sign_in"))
    target = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(target, reverse("accounts:sign_in"), "tiep")
