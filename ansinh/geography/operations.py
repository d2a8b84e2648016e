"""What can happen to the map: it is loaded."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import connection

from ansinh.db import bulk, constraints, locks
from ansinh.geography import logic
from ansinh.geography.logic import Gazetteer, Key, Lists
from ansinh.geography.models import Unit
from ansinh.kernel.names import fold, nfc
from ansinh.kernel.refusal import Refusal

DATA = Path(__file__).parent / "data"

_UNITS = {
    "code": pl.String, "version": pl.Int16, "level": pl.String, "kind": pl.String, "name": pl.String,
    "folded": pl.String, "starts": pl.Date, "ends": pl.Date, "legal_basis": pl.String,
}  # fmt: skip
_CHANGES = {
    "old_id": pl.Int64, "new_id": pl.Int64, "on_date": pl.Date, "kind": pl.String, "confirmed": pl.Boolean,
    "legal_basis": pl.String,
}  # fmt: skip
_STANDINGS = {
    "unit_id": pl.Int64, "starts": pl.Date, "ends": pl.Date, "commune_id": pl.Int64, "district_id": pl.Int64,
    "province_id": pl.Int64, "former_province_id": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows the lists make, and how many this load had to write (0: nothing was new)."""

    units: int
    changes: int
    standings: int
    written: int


def load_units(*, directory: Path = DATA) -> Loaded:
    """Load the published lists (nạp danh mục đơn vị hành chính), all or nothing; again changes nothing.

    A corrected name, day or mapping in the lists corrects the rows in place: units keep their identity by
    (code, version). Refuses lists that lack a unit which the database has: others may refer to it.
    """
    map_ = logic.gazetteer(_read(directory))
    with constraints.speaking():
        locks.hold(locks.key("geography"))
        written = _write_units(map_)
        ids = _ids()
        written += _write_changes(map_, ids) + _write_standings(map_, ids)
    return Loaded(len(map_.units), len(map_.changes), len(map_.standings), written)


def _read(directory: Path) -> Lists:
    def rows(name: str) -> list[logic.Row]:
        with (directory / name).open(encoding="utf-8", newline="") as file:
            return [{column: nfc(text) for column, text in row.items()} for row in csv.DictReader(file)]

    return Lists(
        communes_before=rows("communes_before_2025.csv"),
        districts_without_communes=rows("districts_without_communes.csv"),
        provinces_from=rows("provinces_from_2025.csv"),
        communes_from=rows("communes_from_2025.csv"),
        mapping=rows("commune_mapping_2025.csv"),
        changes_since=rows("changes_since_2025.csv"),
    )


def _write_units(map_: Gazetteer) -> int:
    rows = [
        (*u.key, u.level, u.kind, u.name, fold(f"{u.kind} {u.name}"), u.start, u.end, u.legal_basis)
        for u in map_.units
    ]
    bulk.temp_table("listed_unit", pl.DataFrame(rows, schema=_UNITS, orient="row"))
    _refuse_missing()
    return bulk.run(
        """
        insert into geography_unit as kept (code, version, level, kind, name, folded, valid, legal_basis)
        select code, version, level, kind, name, folded, daterange(starts, ends), legal_basis from listed_unit
        on conflict (code, version) do update set
            level = excluded.level, kind = excluded.kind, name = excluded.name, folded = excluded.folded,
            valid = excluded.valid, legal_basis = excluded.legal_basis
        where (kept.level, kept.kind, kept.name, kept.folded, kept.valid, kept.legal_basis)
            is distinct from (excluded.level, excluded.kind, excluded.name, excluded.folded, excluded.valid,
                excluded.legal_basis)
        """
    )


def _refuse_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select kind || ' ' || name || ' (' || code || ')' from geography_unit kept
            where not exists (select from listed_unit l where l.code = kept.code and l.version = kept.version)
            order by code collate "C", version limit 10
            """
        )
        missing = [name for (name,) in cursor.fetchall()]
    if missing:
        raise Refusal(
            f"Danh mục mới không còn những đơn vị đang có trong cơ sở dữ liệu: {'; '.join(missing)}.",
            remedy="Không bỏ đơn vị đã nạp; nếu đơn vị chấm dứt, ghi ngày chấm dứt và đơn vị kế thừa.",
        )


def _ids() -> dict[Key, int]:
    return {(code, version): id for code, version, id in Unit.objects.values_list("code", "version", "id")}


def _write_changes(map_: Gazetteer, ids: Mapping[Key, int]) -> int:
    rows = [(ids[c.old], ids[c.new], c.on_date, c.kind, c.confirmed, c.legal_basis) for c in map_.changes]
    bulk.temp_table("listed_change", pl.DataFrame(rows, schema=_CHANGES, orient="row"))
    gone = bulk.run(
        """
        delete from geography_unitchange kept where not exists (
            select from listed_change l
            where (l.old_id, l.new_id, l.on_date, l.kind, l.confirmed, l.legal_basis)
                = (kept.old_id, kept.new_id, kept.on_date, kept.kind, kept.confirmed, kept.legal_basis))
        """
    )
    come = bulk.run(
        """
        insert into geography_unitchange (old_id, new_id, on_date, kind, confirmed, legal_basis)
        select old_id, new_id, on_date, kind, confirmed, legal_basis from listed_change
        on conflict (old_id, new_id) do nothing
        """
    )
    return gone + come


def _write_standings(map_: Gazetteer, ids: Mapping[Key, int]) -> int:
    def id_of(key: Key | None) -> int | None:
        return ids[key] if key else None

    rows = [
        (
            ids[s.unit],
            s.start,
            s.end,
            id_of(s.commune),
            id_of(s.district),
            id_of(s.province),
            id_of(s.former_province),
        )
        for s in map_.standings
    ]
    bulk.temp_table("listed_standing", pl.DataFrame(rows, schema=_STANDINGS, orient="row"))
    gone = bulk.run(
        """
        delete from geography_standing kept where not exists (
            select from listed_standing l
            where l.unit_id = kept.unit_id and daterange(l.starts, l.ends) = kept.valid
                and (l.commune_id, l.district_id, l.province_id, l.former_province_id) is not distinct from
                    (kept.commune_id, kept.district_id, kept.province_id, kept.former_province_id))
        """
    )
    come = bulk.run(
        """
        insert into geography_standing
            (unit_id, valid, commune_id, district_id, province_id, former_province_id)
        select unit_id, daterange(starts, ends), commune_id, district_id, province_id, former_province_id
        from listed_standing l
        where not exists (
            select from geography_standing kept
            where kept.unit_id = l.unit_id and kept.valid = daterange(l.starts, l.ends))
        """
    )
    return gone + come
