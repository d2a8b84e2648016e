"""What the pages about lists show (màn hình nhập danh sách)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ansinh.accounts import queries as accounts
from ansinh.accounts.models import User
from ansinh.geography.models import Unit
from ansinh.imports.logic.judging import label_of
from ansinh.imports.logic.poor_judging import class_named
from ansinh.imports.logic.sheets import sheet_named
from ansinh.imports.models import Import, Line, Phrase

PAGE = 50
MISSED = (Line.Outcome.ERROR, Line.Outcome.DOUBTFUL)
"""What keeps a row out of the register."""


def imports(user: User, *, on: dt.date) -> QuerySet[Import]:
    """Return the lists of the user's territory, latest first."""
    units = accounts.territory(user, on).values("unit_id")
    return Import.objects.filter(unit__in=units).select_related("unit", "by", "poor_list").order_by("-id")


def unsettled(user: User, *, on: dt.date) -> QuerySet[Import]:
    """Return the checked lists that are still to be mended or written, latest first.

    Of a file that was sent again since (the same content, or its mended copy: same name and month) the
    earlier checks say nothing any more.
    """
    same = Q(sha256=OuterRef("sha256")) | Q(name=OuterRef("name"), month=OuterRef("month"))
    newer = Import.objects.filter(same, unit=OuterRef("unit"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    return imports(user, on=on).filter(~Exists(newer), stage=Import.Stage.CHECKED)


def one(user: User, key: int, *, on: dt.date) -> Import | None:
    """Return a list of the territory; None when there is none."""
    return imports(user, on=on).filter(pk=key).first()


def written(imported: Import) -> int:
    """Count the rows, or households, that are written, or would be (dòng ghi được)."""
    if imported.kind == Import.Kind.POVERTY:
        return int(imported.counts.get("written", 0))
    return sum(imported.counts.get(name, 0) for name in ("CREATED", "CHANGED", "SAME"))


def results(imported: Import) -> dict[str, str]:
    """Name what becomes of the rows of a list, in the order in which it is told."""
    words = {str(code): str(label) for code, label in Line.Outcome.choices}
    if imported.kind == Import.Kind.POVERTY:
        return {code: str(_OF_HOUSEHOLDS.get(code, words[code])) for code in _TOLD_OF_HOUSEHOLDS}
    return {code: label for code, label in words.items() if code != Line.Outcome.LEFT}


_OF_HOUSEHOLDS = {
    "CREATED": _("mới vào danh sách"),
    "CHANGED": _("đổi nghèo, cận nghèo"),
    "SAME": _("như trước"),
}
_TOLD_OF_HOUSEHOLDS = ("CREATED", "CHANGED", "SAME", "LEFT", "DOUBTFUL", "ERROR", "SKIPPED")


@dataclass(frozen=True, slots=True)
class Shown:
    """Some rows of a list, and after which line the next ones follow (0: no more)."""

    rows: tuple[Line, ...]
    after: int


def lines(imported: Import, *, outcome: str, after: int) -> Shown:
    """Return rows of a list by key: of one outcome, DIFFERS (unlike the law), MISSED (left out), or all."""
    found = Line.objects.filter(of=imported, line__gt=after).order_by("line")
    if outcome == "DIFFERS":
        found = found.filter(differs=True)
    elif outcome == "MISSED":
        found = found.filter(outcome__in=MISSED)
    elif outcome:
        found = found.filter(outcome=outcome)
    rows = list(found[: PAGE + 1])
    named = class_named if imported.kind == Import.Kind.POVERTY else label_of
    words = results(imported)
    for row in rows:
        row.page = sheet_named(imported.sheets, row.sheet)  # type: ignore[attr-defined]
        row.label = named(row.category) if row.category else ""  # type: ignore[attr-defined]
        row.was = class_named(row.before) if row.before else ""  # type: ignore[attr-defined]
        row.result = words.get(row.outcome, row.outcome)  # type: ignore[attr-defined]
    return Shown(tuple(rows[:PAGE]), rows[PAGE - 1].line if len(rows) > PAGE else 0)


def phrases(unit: Unit) -> list[tuple[str, str]]:
    """List a unit's own words with the groups they mean."""
    kept = Phrase.objects.filter(unit=unit).order_by("phrase").values_list("phrase", "category")
    return [(phrase, label_of(category)) for phrase, category in kept]


def unknown_phrases(imported: Import) -> list[tuple[str, int]]:
    """List the words for groups that nobody understood in a list, with how many rows have them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select remark ->> 'value', count(*) from imports_line line
            cross join lateral jsonb_array_elements(line.remarks) remark
            where line.of_id = %s and line.outcome = 'ERROR' and remark ->> 'code' = 'PHRASE'
            group by 1 order by 2 desc, 1 limit 50""",
            [imported.pk],
        )
        return [(phrase, count) for phrase, count in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Cause:
    """What is wrong, or to be looked at, in many rows of a list alike: in how many, and in which first.

    `sheet`: as the file names it, or its number.
    """

    level: str
    column: str
    message: str
    rows: int
    sheet: str
    row: int


def causes(imported: Import) -> list[Cause]:
    """Count the remarks of a list by what they say, figures and quoted words apart: errors, then warnings.

    Twenty of the one and ten of the other, those of most rows first: what nearly every row says alike is
    mended by one change in the spreadsheet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            r"""
            select said.level, said.named, said.message, said.rows, first.sheet, first.row
            from (
                select remark ->> 'level' as level, remark ->> 'column' as named,
                    regexp_replace(regexp_replace(remark ->> 'message', '“[^”]*”', '“…”', 'g'),
                        '[0-9][0-9.,/]*[0-9]|[0-9]', '…', 'g') as message,
                    count(distinct line.line)::int as rows, min(line.line) as line,
                    row_number() over (partition by remark ->> 'level'
                        order by count(distinct line.line) desc, min(line.line)) as place
                from imports_line line cross join lateral jsonb_array_elements(line.remarks) remark
                where line.of_id = %s and line.row > 0 and remark ->> 'level' in ('ERROR', 'WARNING')
                group by 1, 2, 3
            ) said
            join imports_line first on first.of_id = %s and first.line = said.line
            where said.place <= case said.level when 'ERROR' then 20 else 10 end
            order by said.level, said.place""",
            [imported.pk, imported.pk],
        )
        return [
            Cause(level, column, message, rows, sheet_named(imported.sheets, sheet), row)
            for level, column, message, rows, sheet, row in cursor.fetchall()
        ]
