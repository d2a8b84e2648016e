"""Policies tried: those there are, a new one, one with its result, two side by side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ansinh.accounts import queries as accounts
from ansinh.accounts.access import officer, requires
from ansinh.accounts.logic import Right
from ansinh.geography import queries as geography
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.simulations import operations, queries
from ansinh.simulations.charts import bars
from ansinh.simulations.exports import FORMATS
from ansinh.simulations.forms import NameForm, SimulationForm
from ansinh.simulations.models import Simulation
from ansinh.web import clock
from ansinh.web.pages import go, page


@requires(Right.SIMULATE_POLICY)
@require_safe
def simulations(request: HttpRequest) -> HttpResponse:
    """List the simulations of the territory, the latest first (các mô phỏng)."""
    found = queries.visible_to(officer(request), on=clock.today())[: queries.SHOWN]
    return page(request, "simulations/simulations.html", {"simulations": found})


@requires(Right.SIMULATE_POLICY)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a simulation and start it (mô phỏng mới)."""
    user, today = officer(request), clock.today()
    assert user.unit is not None
    form = SimulationForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"unit": user.unit.code, "month": Month.of(today)},
    )
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        try:
            unit = geography.unit(code=asked["unit"].strip(), on=asked["month"].first)
            if not accounts.in_territory(user, unit, today):
                raise Http404
            made = operations.ask(
                unit=unit,
                month=asked["month"],
                at=clock.now(),
                by=user,
                standard_vnd=asked["standard"],
                draft=asked["draft"],
                name=asked["name"],
                fresh=asked["fresh"],
            )
        except Refusal as refused:
            refusal = refused
        else:
            return go(request, reverse("simulations:result", args=[made.pk]))
    context = {"form": form, "refusal": refusal}
    return page(request, "simulations/new.html", context, status=422 if form.is_bound else 200)


@requires(Right.SIMULATE_POLICY)
@require_safe
def result(request: HttpRequest, simulation_id: int) -> HttpResponse:
    """Show how far a simulation is, and what it found (kết quả mô phỏng)."""
    found = _simulation(request, simulation_id)
    going = found.state in (Simulation.State.WAITING, Simulation.State.RUNNING)
    if request.headers.get("HX-Request") and not going:
        return go(request, reverse("simulations:result", args=[found.pk]))
    others = queries.visible_to(officer(request), on=clock.today()).filter(state="DONE").exclude(pk=found.pk)
    context = {
        "simulation": found,
        "going": going,
        "month": Month.of(found.month),
        "others": others[: queries.SHOWN],
        "form": NameForm(initial={"name": found.name}),
        "overruled": queries.overruled(found),
        "assumption": queries.ASSUMPTION,
        "withheld": queries.WITHHELD,
        **(_shown(found) if found.figures else {}),
    }
    return page(request, "simulations/result.html", context, part="state" if going else "")


@requires(Right.SIMULATE_POLICY)
@require_POST
def keep(request: HttpRequest, simulation_id: int) -> HttpResponse:
    """Keep a simulation under a name (lưu)."""
    found = _simulation(request, simulation_id)
    form = NameForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    operations.keep(simulation=found, name=name, by=officer(request), at=clock.now())
    return go(request, reverse("simulations:result", args=[found.pk]))


@requires(Right.SIMULATE_POLICY)
@require_safe
def workbook(request: HttpRequest, simulation_id: int) -> HttpResponse:
    """Download a finished simulation with its charts (tải về)."""
    return _file(_finished(request, simulation_id), "xlsx")


@requires(Right.SIMULATE_POLICY)
@require_safe
def paper(request: HttpRequest, simulation_id: int) -> HttpResponse:
    """Download a finished simulation to be printed (bản in)."""
    return _file(_finished(request, simulation_id), "pdf")


@requires(Right.SIMULATE_POLICY)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show two finished simulations side by side (so sánh)."""
    keys = [request.GET.get(name, "") for name in ("mot", "hai")]
    if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in keys):
        raise Http404
    pair = [_simulation(request, int(key)) for key in keys]
    if any(one.figures is None for one in pair):
        raise Http404
    shown = [{"simulation": one, "month": Month.of(one.month), **_shown(one)} for one in pair]
    context = {"pair": shown, "categories": queries.beside(*pair)}
    return page(request, "simulations/compare.html", context)


def _shown(found: Simulation) -> dict[str, object]:
    figures = found.figures or {}
    years = queries.years(found)
    tables = []
    for name, label in queries.tables(found):
        table = figures["tables"][name]
        rows, drawn = table["rows"], queries.charted(table)
        tables.append(
            {
                "name": name,
                "label": label,
                "rows": rows,
                "withheld": table.get("withheld", False),
                "chart": bars([(row["label"], row["before_vnd"], row["after_vnd"]) for row in drawn]),
                "shortened": len(drawn) < len(rows),
            }
        )
    return {
        "figures": figures,
        "difference_vnd": figures["after"]["vnd"] - figures["before"]["vnd"],
        "moves": [(label, figures["moves"][move]) for move, label in queries.MOVE_LABELS.items()],
        "years": years,
        "years_chart": bars(
            [(f"{y.first.vietnamese()}–{y.last.vietnamese()}", y.before_vnd, y.after_vnd) for y in years]
        ),
        "tables": tables,
    }


def _finished(request: HttpRequest, key: int) -> Simulation:
    found = _simulation(request, key)
    if found.state != Simulation.State.DONE:
        raise Http404
    return found


def _file(found: Simulation, ending: str) -> HttpResponse:
    write, kind = FORMATS[ending]
    code, _place = queries.place(found)
    name = f"mo-phong-{code}-{Month.of(found.month)}-{found.pk}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # A file is Vietnamese, whatever language its reader's pages are in.
    with translation.override("vi"):
        content = write(found)
    return HttpResponse(content, content_type=kind, headers=headers)


def _simulation(request: HttpRequest, key: int) -> Simulation:
    found = queries.visible_to(officer(request), on=clock.today()).filter(pk=key).first()
    if found is None:
        raise Http404
    return found
