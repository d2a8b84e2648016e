"""Finding people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import Right
from ansinh.desk.queries import people
from ansinh.web import clock
from ansinh.web.pages import page


@requires(Right.SEE_PERSON)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find people of the territory (tìm đối tượng)."""
    text, typed = request.GET.get("tim", ""), request.GET.get("sau", "")
    after = int(typed) if typed.isdecimal() and len(typed) < 18 else 0
    found = people.search(officer(request), text, on=clock.today(), after=after)
    asked = request.GET.copy()
    asked["sau"] = str(found.after)
    first = request.GET.copy()
    first.pop("sau", None)
    context = {
        "text": text.strip(),
        "found": found,
        "next_url": f"?{asked.urlencode()}" if found.after else "",
        "first_url": f"?{first.urlencode()}" if after else "",
    }
    return page(request, "desk/people.html", context)
