"""Lists: sent in, reported, written, undone; the words a commune uses."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db.progress import is_interrupted
from ansinh.imports import operations, queries
from ansinh.imports.exports import remarked, report
from ansinh.imports.forms import PhraseForm, PovertyForm, ReceiveForm, UndoForm
from ansinh.imports.logic.poor_list import PoorTerms
from ansinh.imports.models import Import, Line
from ansinh.imports.queries import missed as missing
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.web import clock
from ansinh.web.pages import go, page

MISSED_LISTS = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Right.LOAD_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """List the lists that came in, and take another (nhập danh sách)."""
    user, today = officer(request), clock.today()
    bound = request.method == "POST"
    form = ReceiveForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        initial={"month": Month.of(today).vietnamese()},
    )
    refusal: Refusal | None = None
    if bound and form.is_valid():
        try:
            made = _receive(user, form.cleaned_data["file"], month=form.cleaned_data["month"])
        except Refusal as refused:
            refusal = refused
        else:
            return go(request, reverse("imports:imported", args=[made.pk]))
    before = request.GET.get("truoc", "")
    found = queries.imports(user, on=today)
    if before.isdecimal():
        found = found.filter(pk__lt=int(before))
    rows = list(found[:21])
    context = {
        "form": form,
        "refusal": refusal,
        "rows": rows[:20],
        "next_url": f"?truoc={rows[19].pk}" if len(rows) > 20 else "",
        "first_url": reverse("imports:imports") if before else "",
    }
    return page(request, "imports/imports.html", context, status=422 if bound else 200)


@requires(Right.LOAD_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def poverty(request: HttpRequest) -> HttpResponse:
    """Take the year's list of poor and near-poor households in (danh sách hộ nghèo, cận nghèo)."""
    user, today = officer(request), clock.today()
    bound = request.method == "POST"
    form = PovertyForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        initial={"year": today.year + (today.month >= 11)},
    )
    refusal: Refusal | None = None
    if bound and form.is_valid():
        try:
            made = _receive(user, form.cleaned_data["file"], month=Month.of(today), poor=form.terms())
        except Refusal as refused:
            refusal = refused
        else:
            return go(request, reverse("imports:imported", args=[made.pk]))
    context = {"form": form, "refusal": refusal}
    return page(request, "imports/poverty.html", context, status=422 if bound else 200)


def _receive(user: User, file: UploadedFile[bytes], *, month: Month, poor: PoorTerms | None = None) -> Import:
    """Receive a file for the officer's own unit. Refused: they have none."""
    if user.unit is None:
        raise Refusal(_("Tài khoản này không thuộc đơn vị nào."), remedy=_("Hỏi người quản lý tài khoản."))
    return operations.receive(
        unit=user.unit,
        name=file.name or "",
        content=file.read(),
        month=month,
        by=user,
        at=clock.now(),
        poor=poor,
    )


@requires(Right.LOAD_REGISTER)
@require_safe
def missed(request: HttpRequest) -> HttpResponse:
    """Show the rows of written lists that are not in the register, list by list (dòng chưa vào sổ)."""
    before = request.GET.get("truoc", "")
    found = missing.missed(officer(request), on=clock.today())
    if before.isdecimal():
        found = found.filter(pk__lt=int(before))
    lists = list(found[: MISSED_LISTS + 1])
    shown = lists[:MISSED_LISTS]
    context = {
        "lists": [(one, queries.lines(one, outcome="MISSED", after=0)) for one in shown],
        "next_url": f"?truoc={shown[-1].pk}" if len(lists) > MISSED_LISTS else "",
        "first_url": reverse("imports:missed") if before else "",
    }
    return page(request, "imports/missed.html", context)


@requires(Right.LOAD_REGISTER)
@require_safe
def imported(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show a list: how far its job is, then what was found in its rows (báo cáo)."""
    return _shown(request, _import(request, import_id), UndoForm())


def _shown(
    request: HttpRequest, found: Import, form: UndoForm, refusal: Refusal | None = None
) -> HttpResponse:
    interrupted = is_interrupted(found)
    going = found.state in (Import.State.WAITING, Import.State.RUNNING) and not interrupted
    asked = request.GET.get("loai", "")
    outcome = asked if asked in (*Line.Outcome.values, "DIFFERS", "MISSED") else ""
    after = request.GET.get("sau", "")
    reported = bool(found.counts) and not going
    shown = (
        queries.lines(found, outcome=outcome, after=int(after) if after.isdecimal() else 0)
        if reported
        else None
    )
    context: dict[str, Any] = {
        "job": found,
        "month": Month.of(found.month),
        "going": going,
        "poor": found.kind == Import.Kind.POVERTY,
        "steps": operations.steps_of(found),
        "state": _("bị ngắt, sẽ tự chạy lại") if interrupted else found.get_state_display(),
        "reported": reported,
        "outcomes": _outcomes(found),
        "outcome": outcome,
        "lines": shown,
        "next_url": f"?loai={outcome}&sau={shown.after}" if shown and shown.after else "",
        "first_url": f"?loai={outcome}" if after else "",
        "phrases": queries.unknown_phrases(found) if reported else (),
        "causes": queries.causes(found) if reported and not after and not outcome else (),
        "may_commit": reported and found.stage == Import.Stage.CHECKED,
        "may_write": queries.written(found)
        or (found.counts.get("DOUBTFUL") and found.kind == Import.Kind.REGISTER),
        "missed": missing.of(found) if found.stage == Import.Stage.COMMITTED and not going else 0,
        "missed_waits": missing.waits(found),
        "may_undo": found.stage == Import.Stage.COMMITTED and not going,
        "good": queries.written(found),
        "form": form,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return page(request, "imports/imported.html", context, part="state", status=status)


def _outcomes(found: Import) -> list[tuple[str, str, int, str]]:
    """The outcomes with their words, how many rows, and the colour of their tag."""
    tags = {
        "CREATED": "tag-good",
        "CHANGED": "tag-good",
        "SAME": "",
        "LEFT": "tag-wait",
        "DOUBTFUL": "tag-wait",
        "ERROR": "tag-stop",
    }
    named = [
        (code, words, found.counts.get(code, 0), tags.get(code, ""))
        for code, words in queries.results(found).items()
    ]
    if found.kind == Import.Kind.POVERTY:
        return named
    return [*named, ("DIFFERS", _("khác luật"), found.counts.get("differs", 0), "tag-wait")]


@requires(Right.LOAD_REGISTER)
@require_POST
def commit(request: HttpRequest, import_id: int) -> HttpResponse:
    """Start writing a checked list into the register (ghi sổ)."""
    found = _import(request, import_id)
    try:
        operations.ask_commit(
            imported=found, accept=request.POST.get("accept") == "1", by=officer(request), at=clock.now()
        )
    except Refusal as refused:
        return _shown(request, found, UndoForm(), refused)
    return go(request, reverse("imports:imported", args=[found.pk]))


@requires(Right.LOAD_REGISTER)
@require_POST
def again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Start checking a list again (kiểm tra lại)."""
    found = _import(request, import_id)
    try:
        operations.ask_check(imported=found)
    except Refusal as refused:
        return _shown(request, found, UndoForm(), refused)
    return go(request, reverse("imports:imported", args=[found.pk]))


@requires(Right.LOAD_REGISTER)
@require_POST
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Start taking a written list back (huỷ lần nhập)."""
    found = _import(request, import_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    try:
        operations.ask_undo(
            imported=found, reason=form.cleaned_data["reason"], by=officer(request), at=clock.now()
        )
    except Refusal as refused:
        return _shown(request, found, form, refused)
    return go(request, reverse("imports:imported", args=[found.pk]))


@requires(Right.LOAD_REGISTER)
@require_POST
def settle(request: HttpRequest, import_id: int) -> HttpResponse:
    """Say that the rows left out of a written list are seen to (đã xử lý xong)."""
    found = _import(request, import_id)
    try:
        operations.settle(imported=found, by=officer(request), at=clock.now())
    except Refusal as refused:
        return _shown(request, found, UndoForm(), refused)
    return go(request, reverse("imports:imported", args=[found.pk]))


@requires(Right.LOAD_REGISTER)
@require_POST
def unsettle(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take back that the rows left out are seen to (chưa xong)."""
    found = _import(request, import_id)
    try:
        operations.unsettle(imported=found, by=officer(request), at=clock.now())
    except Refusal as refused:
        return _shown(request, found, UndoForm(), refused)
    return go(request, reverse("imports:imported", args=[found.pk]))


@requires(Right.LOAD_REGISTER)
@require_safe
def remarks(request: HttpRequest, import_id: int) -> HttpResponse:
    """Download the officer's own file with a column of remarks (tệp có ghi chú)."""
    found = _import(request, import_id)
    into = io.BytesIO()
    remarked.write(found, into)
    return _file(into.getvalue(), XLSX, f"ghi-chu-{found.pk}.xlsx")


@requires(Right.LOAD_REGISTER)
@require_safe
def told(request: HttpRequest, import_id: int) -> HttpResponse:
    """Download the report as JSON (báo cáo)."""
    found = _import(request, import_id)
    text = json.dumps(report.told(found), ensure_ascii=False)
    return _file(text.encode(), "application/json", f"bao-cao-{found.pk}.json")


@requires(Right.LOAD_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def phrases(request: HttpRequest) -> HttpResponse:
    """Show the commune's own words for groups, and choose for one more (cách gọi nhóm)."""
    user = officer(request)
    if user.unit is None:
        raise Http404
    bound = request.method == "POST"
    form = PhraseForm(request.POST if bound else None, initial={"phrase": request.GET.get("goi", "")})
    if bound and form.is_valid():
        operations.remember(unit=user.unit, by=user, at=clock.now(), **form.cleaned_data)
        back = request.POST.get("ve", "")
        url = (
            reverse("imports:imported", args=[int(back)]) if back.isdecimal() else reverse("imports:phrases")
        )
        return go(request, url)
    context = {
        "form": form,
        "rows": queries.phrases(user.unit),
        "back": request.POST.get("ve", request.GET.get("ve", "")),
    }
    return page(request, "imports/phrases.html", context, status=422 if bound else 200)


def _import(request: HttpRequest, key: int) -> Import:
    found = queries.one(officer(request), key, on=clock.today())
    if found is None:
        raise Http404
    return found


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
