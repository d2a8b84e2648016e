"""The year's list of poor and near-poor households: checked, written, undone (danh sách hộ nghèo)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
from django.db import transaction

from ansinh.accounts.models import User
from ansinh.db import bulk
from ansinh.db.progress import Tell
from ansinh.imports.logic import poor_judging
from ansinh.imports.logic.listing import Listing, Row
from ansinh.imports.logic.poor_judging import CLASSES, KnownHomes
from ansinh.imports.logic.poor_list import households, read_poor_list
from ansinh.imports.models import Content, Import, Kept, Line, PoorList
from ansinh.imports.operations.closing import close, close_written, hold_checked, write_lines
from ansinh.imports.queries import effect
from ansinh.imports.queries.poor import decided_since, known_homes
from ansinh.kernel.hashing import content_hash
from ansinh.kernel.money import grouped
from ansinh.kernel.names import fold
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month, vietnamese_date
from ansinh.registry import operations as registry
from ansinh.registry.models import Source

PAPER = "Quyết định công nhận hộ nghèo, hộ cận nghèo"
FACT = "household_poverty"


@dataclass(frozen=True, slots=True)
class _Judged:
    """What becomes of a list: the rows of the file and of who leaves it, and what is concluded."""

    listing: Listing
    rows: list[Row]
    concluded: pl.DataFrame
    known: KnownHomes

    @property
    def written(self) -> pl.DataFrame:
        """The households of which something new is said."""
        return self.concluded.filter("written")

    @property
    def digest(self) -> str:
        """A hash of all that would be written."""
        return content_hash(repr(row).encode() for row in self.concluded.sort("line").iter_rows())


def check(*, imported: Import, at: dt.datetime, on: dt.date, tell: Tell) -> Import:
    """Say of every household what would become of it, and whose allowance would change (kiểm tra).

    `on` is the day on which it is looked who lives where. Refused: a file of which nothing can be read.
    """
    terms = imported.poor_list
    with transaction.atomic():
        found = _judge(imported, on=on, tell=tell)
        tell("Hỏi luật về những người liên quan")
        counts = poor_judging.counted(found.rows, found.concluded)
        affected = _effect(imported, found, at=at, on=on)
        tell("Viết báo cáo")
        write_lines(imported, found.rows, found.listing.sheets, _told(found))
        Kept.objects.update_or_create(of=imported, defaults={"depends": found.digest, "rows": b""})
        close(
            imported,
            counts={**counts, "affected": affected},
            notes=[_about(terms), *found.listing.notes],
            stage=Import.Stage.CHECKED,
            at=at,
            message="Đã kiểm tra xong, chưa ghi gì vào sổ.",
        )
    return imported


def commit(*, imported: Import, by: User, at: dt.datetime, on: dt.date, tell: Tell) -> Import:
    """Write what was found when the list was checked into the register in one transaction (ghi sổ).

    Refused: a list whose decision is not told; nothing to write; a register that changed since the check, so
    that something else would be written than was seen.
    """
    terms = imported.poor_list
    if not terms.number:
        raise Refusal(
            "Chưa ghi số quyết định công nhận hộ nghèo, hộ cận nghèo.",
            remedy="Gửi lại tệp, ghi số, ngày và nơi ban hành quyết định.",
        )
    with transaction.atomic():
        hold_checked(imported)
        found = _judge(imported, on=on, tell=tell)
        kept = Kept.objects.filter(of=imported).first()
        if kept is None or kept.depends != found.digest:
            raise Refusal(
                "Sổ đã thay đổi từ khi kiểm tra danh sách này.",
                remedy="Bấm Kiểm tra lại, xem báo cáo mới rồi ghi sổ.",
            )
        if found.concluded.is_empty():
            raise Refusal(
                "Danh sách không có hộ nào ghi được vào sổ.",
                remedy="Sửa các lỗi trong báo cáo rồi nhập lại tệp.",
            )
        tell("Ghi hộ nghèo, hộ cận nghèo")
        imported.source = _write(imported, found.written, by=by, at=at)
        left = imported.counts.get("LEFT", 0)
        close_written(
            imported,
            counts=imported.counts,
            notes=imported.notes,
            by=by,
            at=at,
            message=f"Đã ghi {grouped(found.written.height)} hộ vào sổ"
            + (f", trong đó {grouped(left)} hộ ra khỏi danh sách." if left else "."),
        )
    return imported


def withdraw(imported: Import, *, reason: str, by: User, at: dt.datetime, tell: Tell) -> str:
    """Take a written list back: what it replaced stands again; return what to say of it.

    Refused: an allowance was decided about since; something recorded since stands in place of its words.
    """
    assert imported.source is not None and imported.recorded_at is not None
    tell("Xem các quyết định đã ra")
    told = Line.objects.filter(of=imported, household_id__isnull=False)
    keys = pl.Series(sorted(set(told.values_list("household_id", flat=True))), dtype=pl.Int64)
    if people := decided_since(keys, imported.recorded_at):
        raise Refusal(
            f"Không huỷ được: sau khi ghi, đã có quyết định trợ cấp về {people} người của các hộ này.",
            remedy="Sửa từng hộ: ghi đúng dữ kiện, rồi ra quyết định điều chỉnh.",
        )
    tell("Rút khỏi sổ")
    registry.take_back_restating(
        source=imported.source, households=keys, unit=imported.unit, reason=reason, by=by, at=at
    )
    return "Đã huỷ cả lần nhập; các hộ như trước khi nhập."


def _judge(imported: Import, *, on: dt.date, tell: Tell) -> _Judged:
    """Read a list and conclude about every household, in the register as it is."""
    terms = imported.poor_list
    tell("Đọc tệp")
    content = bytes(Content.objects.get(of=imported).bytes)
    listing = read_poor_list(imported.name, content, month=Month.of(imported.month))
    listed = households(listing.rows)
    tell("Đối chiếu với sổ")
    _look_up(listing.rows)
    known = known_homes(unit=imported.unit, valid_from=terms.valid_from, valid_to=terms.valid_to, on=on)
    left, concluded = poor_judging.conclude(
        listed, known, complete=terms.complete, last=max((row.line for row in listing.rows), default=0)
    )
    for row in listing.rows:
        row.outcome = "SKIPPED" if row.skipped else row.outcome
    return _Judged(listing, [*listing.rows, *left], concluded, known)


def _look_up(rows: list[Row]) -> None:
    """Put whoever can be looked for, members too, into the temporary table `import_row`."""
    asked = [row for row in rows if row.household and not row.wrong]
    said = {
        "line": [row.line for row in asked],
        "key": [None for _ in asked],
        "number": [row.number for row in asked],
        "old_number": [row.old_number for row in asked],
        "folded": [fold(row.name) for row in asked],
        "born": [row.born for row in asked],
        "born_precision": [row.born_precision for row in asked],
    }
    bulk.temp_table("import_row", pl.DataFrame(said, schema=_ASKED))


_ASKED: dict[str, bulk.PolarsType] = {
    "line": pl.Int64, "key": pl.String, "number": pl.String, "old_number": pl.String, "folded": pl.String,
    "born": pl.Date, "born_precision": pl.String,
}  # fmt: skip


def _write(imported: Import, written: pl.DataFrame, *, by: User, at: dt.datetime) -> Source:
    """Say of the households what is concluded, proved by the list's decision."""
    terms = imported.poor_list
    document = registry.keep_document(
        kind=PAPER, number=terms.number, issuer=terms.issuer, issued_on=terms.decided_on
    )
    return registry.restate_households(
        fact=FACT,
        values=written.select("household_id", "value"),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        document=document,
        name=imported.name,
        sha256=content_hash([str(imported.pk).encode(), imported.sha256.encode()]),
        counts=imported.counts,
        unit=imported.unit,
        by=by,
        at=at,
    )


def _effect(imported: Import, found: _Judged, *, at: dt.datetime, on: dt.date) -> int:
    """Say beside each household whose allowance would change; return how many people's would."""
    changed = found.written.filter(pl.col("outcome") != "SAME")
    line_of = dict(changed.select("household_id", "line").iter_rows())
    people = [person for person, home in found.known.household_of.items() if home in line_of]
    month = effect.asked_about(imported.poor_list, on=on)
    if not people:
        return 0
    if len(people) > effect.MOST:
        found.listing.notes.append(
            f"Danh sách đổi kết quả của {grouped(len(people))} người, quá nhiều để hỏi luật trước. "
            "Sau khi ghi sổ, hỏi luật của tháng và xem ở mục Rà soát, quyết định."
        )
        return 0
    # As if the list said what they were: last year's word may end where the list's begins.
    as_before = changed.filter(pl.col("before").is_not_null()).with_columns(pl.col("before").alias("value"))
    changes = effect.effect(
        people,
        stay=lambda: _write(imported, as_before, by=imported.by, at=at),
        change=lambda: _write(imported, changed, by=imported.by, at=at),
        month=month,
        on=on,
        within=found.known.household_of.keys(),
    )
    rows = {row.line: row for row in found.rows}
    for change in changes:
        row = rows.get(line_of.get(found.known.household_of[change.person_id], 0))
        said = f"{change.name}: {grouped(change.before_vnd)} → {grouped(change.after_vnd)} đồng mỗi tháng"
        if row is None:
            found.listing.notes.append(
                f"Theo luật tháng {month.vietnamese()}, {said} (người thân của hộ trong danh sách)."
            )
        else:
            row.say("LAW", "Trợ cấp", "", f"Theo luật tháng {month.vietnamese()}, {said}.")
    return len(changes)


def _told(found: _Judged) -> pl.DataFrame:
    """What lines tell besides: the household, and what it was."""
    words = pl.col("before").replace_strict(CLASSES, default="", return_dtype=pl.String)
    lines = pl.DataFrame({"line": [row.line for row in found.rows]}, schema={"line": pl.Int64})
    return lines.join(found.concluded, on="line", how="left", maintain_order="left").select(
        "line", "household_id", words.fill_null("")
    )


def _about(terms: PoorList) -> str:
    """Say of which days and by which decision the list speaks."""
    last = terms.valid_to - dt.timedelta(days=1)
    days = f"từ {vietnamese_date(terms.valid_from)} đến hết {vietnamese_date(last)}"
    paper = f"Quyết định {terms.number or '(chưa ghi số)'}"
    if terms.decided_on:
        paper += f" ngày {vietnamese_date(terms.decided_on)}"
    if terms.issuer:
        paper += f" của {terms.issuer}"
    whole = (
        "đủ các hộ của xã" if terms.complete else "không phải mọi hộ của xã: không hộ nào ra khỏi danh sách"
    )
    return f"Danh sách năm {terms.year}, {days}; {paper}; {whole}."
