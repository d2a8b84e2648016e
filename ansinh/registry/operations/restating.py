"""Saying one fact of many households at once, and taking it back whole (ghi dữ kiện nhiều hộ)."""

from __future__ import annotations

import datetime as dt

import polars as pl

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import bulk
from ansinh.db.constraints import speaking
from ansinh.geography.models import Unit
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import Document, Source
from ansinh.registry.operations.entries import spanned, stamp
from ansinh.registry.operations.recording import meant

_KEPT = ("household_id", "fact", "value", "document_id", "source_id")
_COLUMNS = ", ".join(_KEPT)
_TOLD = ", ".join(f"told.{name}" for name in _KEPT)


def restate_households(
    *,
    fact: str,
    values: pl.DataFrame,
    valid_from: dt.date,
    valid_to: dt.date,
    document: Document,
    name: str,
    sha256: str,
    counts: dict[str, int],
    unit: Unit,
    by: User,
    at: dt.datetime,
) -> Source:
    """Say a fact of many households (ghi dữ kiện của nhiều hộ), true from a day to the day before another.

    `values`: household_id, value (as the vocabulary stores it). It replaces what was said of those days; what
    was said of earlier days stands, and of later days if its own end was told: an open end is ended by what
    is said now. Everything is recorded at one instant, the source's. Refused: a fact of persons, a span
    without a day.
    """
    meaning = meant(fact, "household")
    spanned(valid_from, valid_to)
    with speaking():
        bulk.temp_table("restated", values.select("household_id", "value"))
        _hold()
        now = stamp()
        source = Source.objects.create(
            kind=Source.Kind.IMPORT,
            name=name,
            sha256=sha256,
            by=by,
            at=at,
            counts=counts,
            recorded_at=now,
            document=document,
        )
        said = [meaning.id, valid_to, valid_from]
        bulk.run(
            """
            update registry_householdfact told set superseded_at = %s from pg_temp.restated r
            where told.household_id = r.household_id and told.fact = %s and told.superseded_at is null
                and told.valid_from < %s and coalesce(told.valid_to, 'infinity') > %s""",
            [now, *said],
        )
        bulk.run(
            f"""
            insert into registry_householdfact ({_COLUMNS}, valid_from, valid_to, recorded_at)
            select {_TOLD}, rest.valid_from, rest.valid_to, %s
            from registry_householdfact told join pg_temp.restated r on r.household_id = told.household_id
            cross join lateral (values (told.valid_from, %s::date), (%s::date, told.valid_to))
                rest (valid_from, valid_to)
            where told.fact = %s and told.superseded_at = %s and rest.valid_to > rest.valid_from""",
            [now, valid_from, valid_to, meaning.id, now],
        )
        bulk.run(
            """
            insert into registry_householdfact
                (household_id, fact, value, document_id, source_id, valid_from, valid_to, recorded_at)
            select household_id, %s, value, %s, %s, %s, %s, %s from pg_temp.restated order by household_id""",
            [meaning.id, document.pk, source.pk, valid_from, valid_to, now],
        )
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="restate_households",
            subject=source,
            unit=unit,
            detail={"fact": fact, "households": values.height},
        )
        bulk.renew_statistics("registry_householdfact", rows=values.height)
    return source


def take_back_restating(
    *, source: Source, households: pl.Series, unit: Unit, reason: str, by: User, at: dt.datetime
) -> int:
    """Take back what was said of many households at once (huỷ ghi cả hộ): what it replaced stands again.

    `households`: the ids of which it was said. Returns how many there are. Refused: something recorded since
    stands in place of it.
    """
    with speaking():
        bulk.temp_table("restated", pl.DataFrame({"household_id": households.cast(pl.Int64)}))
        _hold()
        now = stamp()
        standing = bulk.run(
            """
            update registry_householdfact told set superseded_at = %s from pg_temp.restated r
            where told.household_id = r.household_id and told.recorded_at = %s
                and told.superseded_at is null""",
            [now, source.recorded_at],
        )
        written = bulk.read_frame(
            """
            select count(*) from registry_householdfact told join pg_temp.restated r using (household_id)
            where told.recorded_at = %s""",
            [source.recorded_at],
            {"rows": pl.Int64},
        ).item()
        if standing < written:
            raise Refusal(
                f"Sau lần ghi này đã có ghi nhận khác thay vào ({written - standing} dữ kiện).",
                remedy="Huỷ các ghi nhận sau trước, hoặc đính chính từng hộ ở trang hồ sơ.",
            )
        bulk.run(
            f"""
            insert into registry_householdfact ({_COLUMNS}, valid_from, valid_to, recorded_at)
            select {_TOLD}, told.valid_from, told.valid_to, %s
            from registry_householdfact told join pg_temp.restated r on r.household_id = told.household_id
            where told.superseded_at = %s""",
            [now, source.recorded_at],
        )
        accounts.record(
            at=at,
            who=by,
            right=Right.LOAD_REGISTER,
            action="take_back_restating",
            subject=source,
            unit=unit,
            reason=reason,
            detail={"households": households.len()},
        )
        bulk.renew_statistics("registry_householdfact", rows=households.len())
    return households.len()


def _hold() -> None:
    """Let nobody else write about these households until the end."""
    bulk.run(
        """
        select id from registry_household where id in (select household_id from pg_temp.restated)
        order by id for no key update"""
    )
