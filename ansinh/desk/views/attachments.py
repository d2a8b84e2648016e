"""Scans and photographs of somebody's papers: sent in, and opened again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ansinh.accounts import operations as accounts
from ansinh.accounts.access import may, officer, requires
from ansinh.accounts.logic import ReadPage, Right
from ansinh.desk.forms import AttachForm
from ansinh.desk.queries import entries, people
from ansinh.desk.views.events import opened
from ansinh.kernel.refusal import Refusal
from ansinh.registry import operations as registry
from ansinh.web import clock
from ansinh.web.pages import go, page

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@requires(Right.KEEP_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest, person_id: int) -> HttpResponse:
    """Send in a scan of somebody's paper (đính kèm giấy tờ)."""
    user, who = officer(request), opened(request, person_id)
    form = AttachForm(request.POST or None, request.FILES or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            registry.attach(
                person=who,
                content=said["file"].read(registry.LARGEST + 1),
                title=said["title"],
                secret=said["secret"],
                by=user,
                at=clock.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Đã đính kèm giấy tờ."))
            return go(request, reverse("desk:person", args=[who.pk]))
    context = {"person": who, "form": form, "refusal": refusal}
    return page(request, "desk/attach.html", context, status=422 if request.method == "POST" else 200)


@requires(Right.SEE_PERSON)
@require_safe
def attachment(request: HttpRequest, person_id: int, attachment_id: int) -> HttpResponse:
    """Hand out a scan to who may see the person; that it was opened is written first (mở giấy tờ)."""
    user = officer(request)
    sight = people.sight(user, person_id, on=clock.today())
    secrets = may(user, Right.SEE_SENSITIVE)
    kept = entries.attachment_of(sight, attachment_id, secrets=secrets) if sight else None
    if kept is None:
        raise Http404
    place = registry.place_of(kept.sha256)
    if not place.exists():
        raise Refusal(_("Tệp không còn ở nơi cất."), remedy=_("Báo người quản trị khôi phục từ bản sao lưu."))
    accounts.record_read(at=clock.now(), who=user, person_id=person_id, page=ReadPage.ATTACHMENT)
    name = f"giay-to-{kept.pk}.{ENDINGS[kept.type]}"
    response = HttpResponse(place.read_bytes(), content_type=kept.type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
