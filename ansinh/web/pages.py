"""page() and go(): the two ways a view answers (trang)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ansinh.kernel.refusal import Refusal


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a template; an htmx request gets only the named partial `part`, when the view names one."""
    if part and request.headers.get("HX-Request"):
        template = f"{template}#{part}"
    response = render(request, template, dict(context or {}), status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to another page; htmx is told by a header, else it would swap a whole page in."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def refused(request: HttpRequest, refusal: Refusal, *, status: int = 422) -> HttpResponse:
    """Show a refusal as a page of its own: what, by which article, what to do next."""
    return page(request, "web/refusal.html", {"refusal": refusal}, status=status)
