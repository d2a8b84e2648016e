"""Checking a list, and writing it into the register: the same reading both times (kiểm tra, ghi sổ)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

import polars as pl
from django.db import connection, transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, locks
from ansinh.db.progress import Tell
from ansinh.geography import queries as geography
from ansinh.grants import operations as grants
from ansinh.grants.operations.take_over import COLUMNS as TAKE_OVER_COLUMNS
from ansinh.imports.logic import judging
from ansinh.imports.logic.lawful import Asked
from ansinh.imports.logic.listing import Listing, Row, read_list
from ansinh.imports.logic.meaning import facts_of
from ansinh.imports.models import Content, Import, Phrase
from ansinh.imports.operations.asking import refuse_again
from ansinh.imports.queries.known import account_open, known
from ansinh.kernel.hashing import content_hash
from ansinh.kernel.money import grouped
from ansinh.kernel.names import fold, given, sort_key
from ansinh.kernel.refusal import Refusal
from ansinh.kernel.time import Month
from ansinh.registry import operations as registry
from ansinh.registry.models import Source
from ansinh.rulebook import law
from ansinh.rulebook.facts import vocabulary

_ROLES = {"chu ho": 1, "vo": 2, "chong": 2, "con": 3, "bo": 4, "cha": 4, "me": 4, "chau": 5}


def _silent(step: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class _Work:
    """A list being worked on."""

    imported: Import
    listing: Listing
    month: Month
    settled: bool

    def key(self, row: Row) -> str:
        """The key of somebody whom this row enters: the same whenever the same file comes."""
        return f"{self.imported.sha256[:16]}-{self.imported.unit.code}-{row.head}"

    def start(self, row: Row) -> dt.date:
        """From which day what a row says is true: since they receive, never before the unit or a birth."""
        lower = self.imported.unit.valid.lower or dt.date(1900, 1, 1)
        since = min(row.since or self.month, self.month).first
        return max(since, lower, row.born or since)

    def from_month(self, row: Row) -> Month:
        """The first month of a grant: since they receive; the list's month when payments are kept here."""
        return self.month if self.settled else (row.since or self.month)


def check(*, imported: Import, at: dt.datetime, on: dt.date, tell: Tell = _silent) -> Import:
    """Read a list and say of every row what would become of it (kiểm tra, chưa ghi gì vào sổ).

    `on` is the day on which the register is looked at. Refused: a file of which nothing can be read.
    """
    with transaction.atomic():
        work = _read(imported, tell)
        _judge(work, on, accept=False, tell=tell)
        tell("Viết báo cáo")
        _write_lines(work)
        _close(work, Import.Stage.CHECKED, at, "Đã kiểm tra xong, chưa ghi gì vào sổ.")
    return imported


def commit(
    *, imported: Import, by: User, at: dt.datetime, on: dt.date, accept: bool = False, tell: Tell = _silent
) -> Import:
    """Write all good rows of a list into the register in one transaction (ghi sổ).

    The file is kept as their source; who receives is taken over at the list's amounts, whatever the law says.
    With `accept`, somebody only likely to be known already comes in as a new person. Refused: the same file
    again, no good row.
    """
    with transaction.atomic():
        # Not the row itself: its progress is told on another connection meanwhile.
        locks.hold(locks.key(f"import:{imported.pk}"))
        imported.refresh_from_db()
        if imported.stage != Import.Stage.CHECKED:
            raise Refusal(
                f"Lần nhập này {imported.get_stage_display()}.", remedy="Kiểm tra danh sách trước khi ghi sổ."
            )
        refuse_again(imported.unit, imported.sha256)
        work = _read(imported, tell)
        _judge(work, on, accept=accept, tell=tell)
        good = [row for row in work.listing.rows if row.outcome in ("CREATED", "CHANGED", "SAME")]
        if not good:
            raise Refusal(
                "Danh sách không có dòng nào ghi được vào sổ.",
                remedy="Sửa các lỗi trong báo cáo rồi nhập lại tệp.",
            )
        imported.source = Source.objects.create(
            kind=Source.Kind.IMPORT,
            name=imported.name,
            sha256=content_hash([str(imported.pk).encode(), imported.sha256.encode()]),
            by=by,
            at=at,
            counts={**judging.counted(work.listing.rows), "file_sha256": imported.sha256},
        )
        tell("Ghi người, hộ và dữ kiện")
        _enter(work, good, imported.source, by, at)
        tell("Tiếp nhận các khoản hưởng")
        _take_over(work, good, by, at)
        tell("Viết báo cáo")
        _write_lines(work)
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="commit_list",
            subject=imported,
            unit=imported.unit,
            detail=judging.counted(work.listing.rows),
        )
        with_grants = sum(row.grants for row in good)
        _close(
            work,
            Import.Stage.COMMITTED,
            at,
            f"Đã ghi {grouped(len(good))} dòng vào sổ, tiếp nhận {grouped(with_grants)} khoản hưởng.",
        )
    return imported


def _read(imported: Import, tell: Tell) -> _Work:
    tell("Đọc tệp")
    month = Month.of(imported.month)
    memory = dict(Phrase.objects.filter(unit=imported.unit).values_list("phrase", "category"))
    content = bytes(Content.objects.get(of=imported).bytes)
    listing = read_list(imported.name, content, memory=memory, month=month)
    settled = account_open(imported.unit, month)
    if settled:
        listing.notes.append(
            f"Đơn vị đã chi trả bằng hệ thống này: các khoản được tiếp nhận từ tháng {month.vietnamese()}, "
            "không truy lĩnh các tháng đã trả trước đó."
        )
    return _Work(imported, listing, month, settled)


def _judge(work: _Work, on: dt.date, *, accept: bool, tell: Tell) -> None:
    rows = work.listing.rows
    tell("Hỏi luật của tháng")
    province = geography.ancestors(work.imported.unit, on=work.month.first)[-1]
    judging.price(rows, Asked(law.load().month(work.month, None), province.code))
    judging.gather(rows, work.listing.sheets)
    tell("Đối chiếu với sổ")
    heads = [row for row in judging.good(rows) if row.head == row.line]
    bulk.temp_table("import_row", _looked_up(work, heads))
    judging.conclude(rows, known(unit=work.imported.unit, month=work.month, on=on), accept=accept)


def _looked_up(work: _Work, heads: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "line": pl.Series([row.line for row in heads], dtype=pl.Int64),
            "key": pl.Series([work.key(row) for row in heads], dtype=pl.String),
            "from_month": pl.Series([work.from_month(row).first for row in heads], dtype=pl.Date),
            **_names(heads),
        }
    )


def _names(rows: list[Row]) -> dict[str, pl.Series]:
    """The columns of persons as the register keeps them."""
    text: dict[str, list[str | None]] = {
        "number": [row.number for row in rows],
        "old_number": [row.old_number for row in rows],
        "name": [row.name for row in rows],
        "folded": [fold(row.name) for row in rows],
        "given_folded": [fold(given(row.name)) for row in rows],
        "sort_key": [sort_key(row.name) for row in rows],
        "born_precision": [row.born_precision for row in rows],
        "sex": [row.sex for row in rows],
        "ethnicity": [row.ethnicity for row in rows],
        "phone": [row.phone for row in rows],
        "village": [row.village for row in rows],
    }
    columns = {name: pl.Series(values, dtype=pl.String) for name, values in text.items()}
    return {**columns, "born": pl.Series([row.born for row in rows], dtype=pl.Date)}


def _enter(work: _Work, good: list[Row], source: Source, by: User, at: dt.datetime) -> None:
    """Enter who is new, with a home; add the facts that the rows imply; note whose each row is."""
    new = [row for row in good if row.head == row.line and not row.housed]
    people = pl.DataFrame(
        {
            **_names(new),
            "person_id": pl.Series([row.person_id for row in new], dtype=pl.Int64),
            "key": pl.Series([work.key(row) for row in new], dtype=pl.String),
            "household": pl.Series([_household(row) for row in new], dtype=pl.String),
            "role": pl.Series(_roles(new), dtype=pl.Int16),
            "valid_from": pl.Series([work.start(row) for row in new], dtype=pl.Date),
        }
    )
    poverty = vocabulary()["household_poverty"].id
    facts: dict[str, list[tuple[str, int | None, int, int, dt.date]]] = {"person": [], "household": []}
    for row in good:
        for name, value in facts_of(row.category).items() if row.category else ():
            fact = vocabulary()[name]
            said = (work.key(row), row.person_id, fact.id, value, work.start(row))
            facts[fact.subject].append(said)
        if row.poverty is not None:
            facts["household"].append((work.key(row), row.person_id, poverty, row.poverty, work.start(row)))
    entered = registry.enter_list(
        people=people,
        facts=_facts(facts["person"]),
        household_facts=_facts(facts["household"]),
        unit=work.imported.unit,
        source=source,
        by=by,
        at=at,
    )
    ids = dict(entered.iter_rows())
    for row in good:
        row.person_id = row.person_id or ids[work.key(row)]


def _facts(rows: list[tuple[str, int | None, int, int, dt.date]]) -> pl.DataFrame:
    schema = {
        "key": pl.String,
        "person_id": pl.Int64,
        "fact": pl.Int16,
        "value": pl.Int64,
        "valid_from": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _household(row: Row) -> str:
    return f"h{fold(row.household)}" if row.household else f"r{row.head}"


def _roles(rows: list[Row]) -> list[int]:
    """What each is to the head; the first of a household is its head when nobody is said to be."""
    seen: set[str] = set()
    roles = []
    for row in rows:
        home = _household(row)
        said = next((code for word, code in _ROLES.items() if fold(row.role).startswith(word)), 0)
        roles.append(said or (6 if home in seen else 1))
        seen.add(home)
    return roles


def _take_over(work: _Work, good: list[Row], by: User, at: dt.datetime) -> None:
    """Take over who receives, at the amounts of the list; note the grant of each row."""
    rows = [row for row in good if row.grants]
    if not rows:
        return
    frame = pl.DataFrame(
        [
            {
                "line": row.line,
                "person_id": row.person_id,
                "category": row.category,
                "from_month": work.from_month(row).first,
                "coefficient": row.coefficient if row.standard_vnd else None,
                "standard_vnd": row.standard_vnd,
                "amount_vnd": row.amount_vnd,
                "decision_number": row.decision_number or None,
                "decided_on": row.decided_on,
                "holding_code": work.imported.unit.code,
            }
            for row in rows
        ],
        schema={
            name: dtype
            for name, dtype in TAKE_OVER_COLUMNS.items()
            if not name.startswith(("recipient", "signer"))
        },
    )
    grants.take_over(rows=frame, month=work.month, unit=work.imported.unit, at=at, by=by)
    bulk.temp_table("import_taken", frame.select("line", "person_id", "category"))
    found = bulk.read_frame(
        """
        select t.line, g.id from pg_temp.import_taken t
        join grants_grant g on g.person_id = t.person_id and g.category = t.category
            and g.ended_by_id is null""",
        None,
        {"line": pl.Int64, "id": pl.Int64},
    )
    work.listing.grants = dict(found.iter_rows())


def _write_lines(work: _Work) -> None:
    """Keep what was found in each row, in place of what was found before."""
    bulk.run("delete from imports_line where of_id = %s", [work.imported.pk])
    rows = work.listing.rows
    frame = pl.DataFrame(
        {
            "line": pl.Series([row.line for row in rows], dtype=pl.Int64),
            "sheet": pl.Series([row.sheet for row in rows], dtype=pl.Int16),
            "row": pl.Series([row.row for row in rows], dtype=pl.Int64),
            "outcome": pl.Series([row.outcome for row in rows], dtype=pl.String),
            "name": pl.Series([row.name for row in rows], dtype=pl.String),
            "number": pl.Series([row.number or row.old_number or "" for row in rows], dtype=pl.String),
            "born": pl.Series([_born(row) for row in rows], dtype=pl.String),
            "category": pl.Series([row.category or "" for row in rows], dtype=pl.String),
            "amount_vnd": pl.Series([row.amount_vnd for row in rows], dtype=pl.Int64),
            "lawful_vnd": pl.Series([row.lawful_vnd for row in rows], dtype=pl.Int64),
            "differs": pl.Series([row.differs for row in rows], dtype=pl.Boolean),
            "remarks": pl.Series([_remarks(row) for row in rows], dtype=pl.String),
            "person_id": pl.Series([row.person_id for row in rows], dtype=pl.Int64),
            "grant_id": pl.Series([work.listing.grants.get(row.line) for row in rows], dtype=pl.Int64),
        }
    ).with_columns(pl.lit(work.imported.pk, pl.Int64).alias("of_id"))
    bulk.copy_frame(frame, "imports_line")


def _remarks(row: Row) -> str:
    if row.skipped:
        return json.dumps([{"level": "SKIPPED", "message": row.skipped}], ensure_ascii=False)
    return json.dumps([remark.told() for remark in row.remarks], ensure_ascii=False) if row.remarks else "[]"


def _born(row: Row) -> str:
    if row.born is None:
        return ""
    shown = {"Y": f"{row.born.year}", "M": f"{row.born:%m/%Y}"}
    return shown.get(row.born_precision or "", f"{row.born:%d/%m/%Y}")


def _close(work: _Work, stage: Import.Stage, at: dt.datetime, message: str) -> None:
    """Say what has become of the list, in the transaction of the work itself."""
    imported = work.imported
    imported.stage, imported.state, imported.step = stage, Import.State.DONE, ""
    imported.counts, imported.notes = judging.counted(work.listing.rows), work.listing.notes
    imported.message, imported.basis, imported.remedy = message, "", ""
    imported.told_at = at
    if stage == Import.Stage.COMMITTED:
        imported.recorded_at = _instant()
    imported.save()


def _instant() -> dt.datetime:
    """The database's instant: later than everything this import recorded."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant
