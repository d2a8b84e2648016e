"""What becomes of a list: judged once, kept until it is written, judged anew when need be (kết luận).

A judgement follows from the file, the month and: the law's release, the commune's words, whether payments are
kept here, and what the register knows of these very people. The file cannot change; the others are told in
`Judgement.depends`. Before writing, the register is asked again, which is the quick part: does all agree, the
kept judgement is what judging anew would give.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ansinh.db import bulk
from ansinh.db.progress import Tell
from ansinh.geography import queries as geography
from ansinh.imports.logic import judged, judging
from ansinh.imports.logic.lawful import Asked
from ansinh.imports.logic.listing import Row, read_list
from ansinh.imports.models import Content, Import, Kept, Phrase
from ansinh.imports.queries.known import account_open, known
from ansinh.kernel.hashing import content_hash
from ansinh.kernel.time import Month
from ansinh.rulebook import law


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a list: `frame` holds the rows without faults, `rows` all of them (none: as kept).

    `sheets`: the names of the file's, to be told with the rows.
    """

    frame: pl.DataFrame
    counts: dict[str, int]
    notes: list[str]
    depends: str
    sheets: Sequence[str] = ()
    rows: Sequence[Row] | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a judgement rests on besides the file and the register."""

    terms: judged.Terms
    province: str
    memory: dict[str, str]


def judge(imported: Import, *, on: dt.date, accept: bool, tell: Tell) -> Judgement:
    """Read a list, ask the law and the register about every row, and conclude.

    `on` is the day on which the register is looked at; with `accept`, somebody only likely to be known
    already comes in as new. Refused: a file of which nothing can be read.
    """
    tell("Đọc tệp")
    ground = _ground(imported)
    month = ground.terms.month
    content = bytes(Content.objects.get(of=imported).bytes)
    listing = read_list(imported.name, content, memory=ground.memory, month=month)
    if ground.terms.settled:
        listing.notes.append(
            f"Đơn vị đã chi trả bằng hệ thống này: các khoản được tiếp nhận từ tháng {month.vietnamese()}, "
            "không truy lĩnh các tháng đã trả trước đó."
        )
    tell("Hỏi luật của tháng")
    judging.price(listing.rows, Asked(law.load().month(month, None), ground.province))
    judging.gather(listing.rows, listing.sheets)
    tell("Đối chiếu với sổ")
    rows = judging.good(listing.rows)
    columns = judged.in_columns(rows, ground.terms)
    found = _look_up(imported, columns, on)
    judging.conclude(listing.rows, found, listing.sheets, accept=accept)
    return Judgement(
        judged.concluded(columns, rows),
        judging.counted(listing.rows),
        listing.notes,
        _depends(ground, found),
        listing.sheets,
        listing.rows,
    )


def keep(imported: Import, judgement: Judgement) -> None:
    """Keep a judgement until the list is written."""
    Kept.objects.update_or_create(
        of=imported, defaults={"depends": judgement.depends, "rows": judged.packed(judgement.frame)}
    )


def recall(imported: Import, *, on: dt.date, accept: bool, tell: Tell) -> Judgement | None:
    """Return the judgement kept of a list, if judging anew would give the same; else None."""
    kept = Kept.objects.filter(of=imported).first()
    if kept is None or (accept and imported.counts.get("DOUBTFUL")):
        return None
    tell("Đối chiếu lại với sổ")
    ground = _ground(imported)
    manner = _ground_told(ground)
    if not kept.depends.startswith(f"{manner}:"):
        return None
    frame = judged.unpacked(bytes(kept.rows))
    if kept.depends != _depends(ground, _look_up(imported, frame, on)):
        return None
    return Judgement(frame, imported.counts, imported.notes, kept.depends)


def _ground(imported: Import) -> _Ground:
    unit, month = imported.unit, Month.of(imported.month)
    terms = judged.Terms(
        month=month,
        settled=account_open(unit, month),
        opened=unit.valid.lower or dt.date(1900, 1, 1),
        key=f"{imported.sha256[:16]}-{unit.code}",
    )
    memory = dict(Phrase.objects.filter(unit=unit).values_list("phrase", "category"))
    return _Ground(terms, geography.ancestors(unit, on=month.first)[-1].code, memory)


def _look_up(imported: Import, frame: pl.DataFrame, on: dt.date) -> judging.Known:
    bulk.temp_table("import_row", judged.heads(frame).select(_ASKED))
    return known(unit=imported.unit, month=Month.of(imported.month), on=on)


_ASKED = (
    "line", "key", "from_month", "number", "old_number", "name", "folded", "given_folded", "born",
    "born_precision", "sex",
)  # fmt: skip


def _depends(ground: _Ground, found: judging.Known) -> str:
    return f"{_ground_told(ground)}:{content_hash(found.told())}"


def _ground_told(ground: _Ground) -> str:
    parts: tuple[Any, ...] = (
        law.load().release,
        ground.province,
        ground.terms,
        sorted(ground.memory.items()),
    )
    return content_hash([repr(parts).encode(), *judged.manner()])
