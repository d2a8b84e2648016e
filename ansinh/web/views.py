"""The language switch: the only screen of the plumbing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from ansinh.web.pages import go


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language in a cookie and return to the page they were on."""
    chosen = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = go(request, target)
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax", httponly=True
        )
    return response


# The plumbing lies below the accounts, so it cannot use their marks; this is what they would write.
language.door = "public"  # type: ignore[attr-defined]
