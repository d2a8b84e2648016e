"""Finding people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import Right
from ansinh.desk.forms import SearchForm
from ansinh.desk.queries import search as searching
from ansinh.desk.queries.search import FoundPage, Wanted
from ansinh.web import clock
from ansinh.web.pages import page


@requires(Right.SEE_PERSON)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find people of the territory (tìm đối tượng)."""
    context = looked_for(request)
    context |= {
        "may_keep": may(officer(request), Right.KEEP_REGISTER),
        "enter_url": f"{reverse('desk:enter')}?{urlencode({'tim': context['form'].data.get('tim', '')})}",
    }
    return page(request, "desk/people.html", context)


def looked_for(request: HttpRequest) -> dict[str, Any]:
    """Read whom an officer looks for, and find them: what the search and its answer need to be shown."""
    user, today, typed = officer(request), clock.today(), request.GET.get("sau", "")
    after = int(typed) if typed.isdecimal() and len(typed) < 18 else 0
    form = SearchForm(request.GET if {*request.GET} & {*SearchForm.base_fields} else None)
    found, asked = FoundPage((), 0), False
    if form.is_valid():
        said = form.cleaned_data
        communes = {
            name: searching.communes_named(user, said[name], on=today, former=name == "xa_cu")
            for name in ("xa", "xa_cu")
            if said[name]
        }
        for name, units in communes.items():
            if not units:
                form.add_error(name, _("Không có xã, phường nào tên như vậy trong địa bàn của bạn."))
        asked = bool(said["tim"] or said["nam"]) and not form.errors
        wanted = Wanted(said["tim"], said["nam"], communes.get("xa"), communes.get("xa_cu"))
        if asked:
            found = searching.search(user, wanted, on=today, after=after)
        elif communes and not form.errors:
            form.add_error("tim", _("Ghi thêm họ tên, số hoặc năm sinh: hệ thống không liệt kê cả xã."))
    following, first = request.GET.copy(), request.GET.copy()
    following["sau"] = str(found.after)
    first.pop("sau", None)
    return {
        "form": form,
        "closer": form.is_bound and any(form.data.get(name) for name in ("nam", "xa", "xa_cu")),
        "asked": asked,
        "found": found,
        "next_url": f"?{following.urlencode()}" if found.after else "",
        "first_url": f"?{first.urlencode()}" if after else "",
    }
