"""The report on a list as plain JSON (báo cáo)."""

from __future__ import annotations

from typing import Any

from ansinh.imports.logic.judging import label_of
from ansinh.imports.logic.sheets import sheet_named
from ansinh.imports.models import Import, Line
from ansinh.rulebook.categories import categories


def told(imported: Import, *, rows: bool = True) -> dict[str, Any]:
    """Say everything that was found in a list: counts, then each row that has something to be said of."""
    answer: dict[str, Any] = {
        "import": imported.pk,
        "file": imported.name,
        "sha256": imported.sha256,
        "kind": imported.kind,
        "unit": imported.unit.code,
        "month": imported.month.isoformat()[:7],
        "stage": imported.stage,
        "state": imported.state,
        "message": imported.message,
        "counts": imported.counts,
        "notes": imported.notes,
    }
    if imported.kind == Import.Kind.POVERTY:
        terms = imported.poor_list
        answer["list"] = {
            "year": terms.year,
            "valid_from": terms.valid_from.isoformat(),
            "valid_to": terms.valid_to.isoformat(),
            "decision": terms.number,
            "issuer": terms.issuer,
            "decided_on": terms.decided_on.isoformat() if terms.decided_on else None,
            "complete": terms.complete,
        }
    if rows:
        found = Line.objects.filter(of=imported).exclude(remarks=[]).order_by("line")
        told_of = _household if imported.kind == Import.Kind.POVERTY else _row
        answer["rows"] = [
            {**_place(imported, line), **told_of(line)} for line in found.iterator(chunk_size=5000)
        ]
    return answer


def _place(imported: Import, line: Line) -> dict[str, Any]:
    """Say where a row stands: the sheet by its number and as it is named; nowhere, who left the list."""
    if not line.row:
        return {"sheet": None, "sheet_named": None, "row": None}
    named = sheet_named(imported.sheets, line.sheet)
    return {"sheet": line.sheet + 1, "sheet_named": named, "row": line.row}


def _household(line: Line) -> dict[str, Any]:
    return {
        "outcome": line.outcome,
        "name": line.name,
        "before": line.before,
        "now": line.category,
        "remarks": line.remarks,
    }


def _row(line: Line) -> dict[str, Any]:
    covered = bool(line.category) and categories()[line.category].covered
    return {
        "outcome": line.outcome,
        "name": line.name,
        "category": label_of(line.category) if covered else line.category,
        "amount_vnd": line.amount_vnd,
        "lawful_vnd": line.lawful_vnd,
        "remarks": line.remarks,
    }
