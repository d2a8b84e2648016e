"""Loading a whole register from files (nạp dữ liệu): all or nothing, by COPY."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk, constraints, locks
from ansinh.registry import logic
from ansinh.registry.logic import Fault, LoadRefused, Register
from ansinh.registry.models import Source

Say = Callable[[str], None]
_TABLES = (
    "person", "household", "householdresidence", "member", "relation",
    "fact", "sensitivefact", "householdfact", "death", "document",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load brought: rows by file, warnings, and whether all of it was there already."""

    source: int
    rows: Mapping[str, int]
    warnings: tuple[Fault, ...]
    again: bool


def load_register(
    *, directory: Path, at: dt.datetime, by: User | None = None, say: Say = lambda words: None
) -> Loaded:
    """Load the persons, households and dated facts of a directory (nạp sổ đối tượng).

    The format is docs/reference/register-format.md. All or nothing: refused with every fault of every file
    (`LoadRefused.faults`); the same files again change nothing. `at`: when the load is said to happen; rows
    without their own `recorded_at` are recorded at the database's present instant.
    """
    found = logic.paths(directory)
    sha256 = _content(found)
    if source := Source.objects.filter(sha256=sha256).first():
        return Loaded(source.pk, source.counts, (), again=True)
    say("Đọc và kiểm tra tệp · reading and checking files")
    register = logic.read(found)
    if register.faults.count:
        raise LoadRefused(register.faults)
    with constraints.speaking(), transaction.atomic():
        locks.share(locks.REGISTER_LOCK)
        now = _now()
        _place(register)
        _refuse_known(register)
        _refuse_later(register, now)
        if register.faults.count:
            raise LoadRefused(register.faults)
        rows = {name: frame.height for name, frame in register.frames.items()}
        source = Source.objects.create(
            kind=Source.Kind.LOAD, name=directory.name, sha256=sha256, by=by, at=at, counts=rows
        )
        _write(register, source.pk, now, say)
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="load_register",
            subject=source,
            detail={"rows": rows, "sha256": sha256},
        )
    say("Cập nhật thống kê bảng · analysing tables")
    for table in _TABLES:
        bulk.run(f"analyze registry_{table}", using="owner")
    return Loaded(source.pk, rows, tuple(register.warnings), again=False)


def grants_of(*, directory: Path) -> pl.DataFrame:
    """Read who receives already from a loaded directory: the rows of a list that `ansinh.grants` takes over.

    Persons are named by their ids. Refused: a person or recipient whom the register does not know.
    """
    faults = logic.Faults()
    found = logic.paths(directory)
    frame = logic.read_grants(found, faults)
    keys = pl.concat([frame["person_key"], frame["recipient_key"]]).drop_nulls().unique()
    ids = _ids(keys)
    for column, name in (("person_key", "person_id"), ("recipient_key", "recipient_person_id")):
        known = ids.rename({"key": column, "id": name})
        frame = frame.join(known, on=column, how="left", maintain_order="left")
        wrong = frame.filter(pl.col(column).is_not_null() & pl.col(name).is_null()).select("line", column)
        faults.add("grants", column, wrong, "không có trong sổ")
    frame = frame.with_columns(_month("from_month"))
    wrong = frame.filter(pl.col("from_month").is_null()).select("line", "from_month")
    faults.add("grants", "from_month", wrong, "viết NĂM-THÁNG, ví dụ 2024-01")
    for column in ("amount_vnd", "standard_vnd"):
        read = pl.col(column).cast(pl.Int64, strict=False)
        wrong = frame.filter(pl.col(column).is_not_null() & read.is_null()).select("line", column)
        faults.add("grants", column, wrong, "phải là số đồng, số nguyên")
        frame = frame.with_columns(read)
    frame = frame.with_columns(
        pl.col("decided_on").str.to_date("%Y-%m-%d", strict=False),
        pl.col("coefficient").cast(pl.Decimal(5, 2), strict=False),
    )
    if faults.count:
        raise LoadRefused(faults)
    return frame.drop("person_key", "recipient_key")


def _month(column: str) -> pl.Expr:
    """Read a month, written as such or as its first day."""
    text = pl.col(column)
    whole = pl.when(text.str.len_chars() == 7).then(text + "-01").otherwise(text)
    return whole.str.to_date("%Y-%m-%d", strict=False).alias(column)


def _content(found: Mapping[str, Path]) -> str:
    """Hash the files of a directory."""
    digest = hashlib.sha256()
    for name, path in sorted(found.items()):
        digest.update(name.encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        row = cursor.fetchone()
    instant: dt.datetime = row[0]
    return instant


def _ids(keys: pl.Series) -> pl.DataFrame:
    """Look persons up by their keys: columns key, id."""
    with transaction.atomic():
        bulk.temp_table("wanted_key", pl.DataFrame({"key": keys}, schema={"key": pl.String}))
        return bulk.read_frame(
            "select p.key, p.id from pg_temp.wanted_key w "
            'join registry_person p on p.key = w.key collate "C"',
            None,
            {"key": pl.String, "id": pl.Int64},
        )


# ── what only the database knows ──


def _place(register: Register) -> None:
    """Find the unit of each residence: the code as of the day it begins."""
    units = bulk.read_frame(
        "select id as unit_id, code as unit_code, coalesce(lower(valid), '0001-01-01') as begins, "
        "coalesce(upper(valid), '9999-12-31') as ends from geography_unit",
        None,
        {"unit_id": pl.Int64, "unit_code": pl.String, "begins": pl.Date, "ends": pl.Date},
    )
    homes = register["residences"]
    pairs = homes.select("unit_code", "valid_from").unique().join(units, on="unit_code", how="left")
    within = pl.col("valid_from").is_between("begins", "ends", closed="left")
    placed = pairs.filter(within).select("unit_code", "valid_from", "unit_id")
    homes = homes.join(placed, on=["unit_code", "valid_from"], how="left", maintain_order="left")
    unknown = homes.filter(pl.col("unit_id").is_null() & pl.col("unit_code").is_not_null())
    cure = "không có đơn vị mang mã này vào ngày valid_from"
    register.faults.add("residences", "unit_code", unknown.select("line", "unit_code"), cure)
    register.frames["residences"] = homes


def _refuse_known(register: Register) -> None:
    """Find persons and households who are in the register already."""
    for file, column, table, there in (
        ("persons", "person_key", "registry_person", "key"),
        ("persons", "number", "registry_person", "number"),
        ("households", "household_key", "registry_household", "code"),
    ):
        rows = register[file].select("line", column).drop_nulls()
        bulk.temp_table("arriving", rows.rename({column: "value"}))
        known = bulk.read_frame(
            "select a.line, a.value from pg_temp.arriving a "
            f'join {table} t on t.{there} = a.value collate "C"',
            None,
            {"line": pl.Int64, "value": pl.String},
        )
        register.faults.add(file, column, known, "đã có trong sổ")


def _refuse_later(register: Register, now: dt.datetime) -> None:
    for file, frame in register.frames.items():
        for column in ("recorded_at", "superseded_at"):
            if column in frame.columns:
                later = frame.filter(pl.col(column) > now).select("line", pl.col(column).cast(pl.String))
                register.faults.add(file, column, later, "không được sau lúc nạp")


# ── writing ──


def _write(register: Register, source: int, now: dt.datetime, say: Say) -> None:
    """COPY every table, the referred-to before the referring."""
    persons = _numbered("registry_person", register["persons"], "person_id")
    households = _numbered("registry_household", register["households"], "household_id")
    people = persons.select("person_key", "person_id")
    homes = households.select("household_key", "household_id")
    proofs = _papers(register)

    def copy(table: str, frame: pl.DataFrame, columns: Mapping[str, str], *, dated: bool = True) -> None:
        if frame.height:
            say(f"{frame.height:>9,} {table}".replace(",", "."))
            values = [pl.col(column).alias(name) for name, column in columns.items()]
            told = [pl.col("recorded_at").fill_null(now), pl.col("superseded_at")] if dated else []
            bulk.copy_frame(frame.select(*values, *told, pl.lit(source).alias("source_id")), table)

    def same(*names: str) -> dict[str, str]:
        return {name: name for name in names}

    born = same(
        "born", "born_precision", "sex", "number", "old_number", "name", "folded", "given_folded", "sort_key"
    )
    persons = persons.with_columns(pl.col("ethnicity", "phone").fill_null(""))
    copy(
        "registry_person",
        persons,
        {"id": "person_id", "key": "person_key", **born, **same("ethnicity", "phone")},
        dated=False,
    )
    copy("registry_household", households, {"id": "household_id", "code": "household_key"}, dated=False)
    span = same("valid_from", "valid_to")
    residences = (
        register["residences"].join(homes, on="household_key").with_columns(pl.col("village").fill_null(""))
    )
    copy("registry_householdresidence", residences, {**same("household_id", "unit_id", "village"), **span})
    members = (
        register["members"].join(people, on="person_key").join(homes, on="household_key").sort("person_id")
    )
    copy("registry_member", members, {**same("person_id", "household_id", "role"), **span})
    relations = logic.both_ways(register["relations"]).join(people, on="person_key")
    others = people.rename({"person_key": "other_key", "person_id": "other_id"})
    relations = relations.join(others, on="other_key").sort("person_id")
    copy("registry_relation", relations, {**same("person_id", "other_id", "kind"), **span})
    said = {**same("document_id", "fact", "value"), **span}
    facts = _proved(register["facts"], proofs).join(people, on="person_key").sort("person_id", "fact")
    secret = pl.col("fact").is_in(logic.secret_facts())
    copy("registry_fact", facts.filter(~secret), {**same("person_id"), **said})
    copy("registry_sensitivefact", facts.filter(secret), {**same("person_id"), **said})
    of_homes = (
        _proved(register["household_facts"], proofs)
        .join(homes, on="household_key")
        .sort("household_id", "fact")
    )
    copy("registry_householdfact", of_homes, {**same("household_id"), **said})
    deaths = _proved(register["deaths"], proofs).join(people, on="person_key").sort("person_id")
    copy("registry_death", deaths, same("person_id", "died_on", "document_id"))


def _numbered(table: str, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give each row the next id of a table."""
    return frame.with_columns(bulk.next_ids(table, frame.height).alias(name))


def _papers(register: Register) -> pl.DataFrame:
    """Keep the papers named, once each; return them with their ids."""
    papers = logic.papers(register[name] for name in ("facts", "household_facts", "deaths"))
    papers = _numbered("registry_document", papers, "document_id")
    columns = {
        "id": "document_id",
        "kind": "document_kind",
        "number": "document_number",
        "issuer": "document_issuer",
    }
    texts = [pl.col(column).fill_null("").alias(name) for name, column in columns.items() if name != "id"]
    rows = papers.select(
        pl.col("document_id").alias("id"), *texts, pl.col("document_issued_on").alias("issued_on")
    )
    if rows.height:
        bulk.copy_frame(rows, "registry_document")
    return papers


def _proved(frame: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    return frame.join(papers, on=list(logic.PAPER), how="left", nulls_equal=True, maintain_order="left")
