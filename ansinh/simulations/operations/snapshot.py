"""A month's facts beside the database, so that the second policy is tried at once (bản chụp dữ kiện).

What is kept and why it may be: docs/adr/0013. No id, name or number of anybody; files for this user alone.
What was read on a day serves that day, so that drafts tried on it stand on the same facts; what is read anew
takes its place.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection, transaction

from ansinh.db import bulk
from ansinh.geography.models import Level, Unit
from ansinh.grants import queries as grants
from ansinh.kernel.hashing import content_hash
from ansinh.registry.operations import Crowd, sweep, take_crowd
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw
from ansinh.simulations.logic import AGE_EDGES, HORIZON, People, births

KEPT = 40
"""How many snapshots lie in the folder at most: the provinces, and a few units more."""

_PARTS = ("persons", "days", "profiles", "children")


@dataclass(frozen=True)
class Snapshot:
    """The facts of a unit's month, as known at an instant; `warm`: they lay there already."""

    people: People
    known_at: dt.datetime
    warm: bool


def take(*, unit: Unit, law: MonthLaw, since: dt.datetime, known_at: dt.datetime) -> Snapshot:
    """Return everybody's facts for the law's month: as read at or after `since`, else as known at `known_at`.

    `law` looks at every day on which one of the laws compared may answer differently (`changed_laws`).
    """
    name = _name(unit, law)
    kept = _read(name)
    if kept is not None and kept.known_at >= since:
        return kept
    people = _gather(unit, law, known_at)
    _write(people, known_at, name)
    return Snapshot(people, known_at, warm=False)


def forget(*, before: dt.datetime) -> None:
    """Remove what was read before an instant: no simulation asked for since stands on it."""
    for path in _folder().glob("*.parquets"):
        if path.stat().st_mtime < before.timestamp():
            _remove(path)


def take_each(
    *, units: Sequence[Unit], law: MonthLaw, since: dt.datetime, known_at: dt.datetime, readers: int
) -> Iterator[Snapshot]:
    """Yield the facts of unit after unit, so many of them read at once, ahead of whoever asks for them.

    No more than these lie in memory. `readers` 0: each is read when asked for, on the caller's connection.
    """
    if not readers:
        yield from (take(unit=unit, law=law, since=since, known_at=known_at) for unit in units)
        return

    def read(unit: Unit) -> Snapshot:
        try:
            return take(unit=unit, law=law, since=since, known_at=known_at)
        finally:
            connection.close()

    with ThreadPoolExecutor(readers) as pool:
        waiting: deque[Future[Snapshot]] = deque()
        for unit in (*units, *repeat(None, readers)):
            if unit is not None:
                waiting.append(pool.submit(read, unit))
            if waiting and (unit is None or len(waiting) > readers):
                yield waiting.popleft().result()


def _name(unit: Unit, law: MonthLaw) -> str:
    """Name what is asked: which database, unit and month, which days and counts are looked at."""
    where = connection.settings_dict
    asked = (
        [str(where[key]) for key in ("HOST", "PORT", "NAME")],
        unit.pk,
        str(law.month),
        law.cutoff_ages,
        [repr(count.tree) for count in law.counts],
        law.latest_birth,
        [(name, vocabulary()[name].kind, list(vocabulary()[name].values)) for name in _facts(law)],
    )
    return content_hash([repr(asked).encode()])[:20]


# ── from the tables ──


def _gather(unit: Unit, law: MonthLaw, known_at: dt.datetime) -> People:
    facts = _facts(law)
    if unit.level == Level.PROVINCE:
        sweep(known_at=known_at)
    with transaction.atomic():
        bulk.run("drop table if exists pg_temp.granted")
        granted = grants.granted_sql(law.month, unit)
        bulk.run(f"create temporary table granted on commit drop as select * from ({granted}) as granted")
        bulk.run("create unique index on pg_temp.granted (person_id)")
        bulk.run("analyze pg_temp.granted")
        crowd = take_crowd(
            unit=unit,
            law=law,
            known_at=known_at,
            granted="pg_temp.granted",
            facts=facts,
            births=births(law.month, HORIZON, law.cutoff_ages, AGE_EDGES[1:]),
        )
    return _told_apart(crowd, law, facts)


def _facts(law: MonthLaw) -> list[str]:
    return [name for name in vocabulary() if name in law.facts]


def _ends(law: MonthLaw) -> list[str]:
    return [f"{count.name}_{end}" for count in law.counts for end in ("min", "max")]


def _told_apart(crowd: Crowd, law: MonthLaw, facts: list[str]) -> People:
    """Number the rows of the crowd, those alone in the order of their registration; drop who they are."""
    told = ["province", "former_province", "sex", "receiving", *facts]
    profiles = crowd.kinds.select(told).unique(maintain_order=True).with_row_index("profile")
    kinds = crowd.kinds.join(profiles, on=told, how="left", nulls_equal=True).select(
        "kind", "profile", "sex", *_ends(law)
    )
    people = crowd.people.sort("person_id", "day", "unit", "kind", "born", nulls_last=False)
    first = people["person_id"].is_null() | people["person_id"].is_first_distinct()
    people = people.with_columns(no=first.cast(pl.UInt32).cum_sum() - 1).join(
        kinds, on="kind", how="left", maintain_order="left"
    )
    number = people.filter(pl.col("person_id").is_not_null()).unique("person_id").select("no", "person_id")
    booleans = [pl.col(n).cast(pl.Boolean) for n in facts if vocabulary()[n].kind == "bool"]
    return People(
        persons=people.filter(first).select("no", "unit", "sex", "born", "died", "people"),
        days=people.select("no", "day", "profile", *_ends(law)),
        profiles=profiles.drop("profile").with_columns(booleans),
        children=crowd.children.join(number, on="person_id").select(
            "no", "born", "sex", "died", pl.col("studying").cast(pl.Boolean)
        ),
    )


# ── beside the database ──


def _folder() -> Path:
    folder = Path(settings.VAR) / "simulations"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _read(name: str) -> Snapshot | None:
    path = max(_folder().glob(f"{name}-*.parquets"), default=None)
    if path is None:
        return None
    try:
        parts = [pl.read_parquet(path / f"{part}.parquet") for part in _PARTS]
        known_at = dt.datetime.fromisoformat((path / "known-at").read_text())
    except (FileNotFoundError, NotADirectoryError, pl.exceptions.PolarsError, ValueError):
        return None
    return Snapshot(People(*parts), known_at, warm=True)


def _write(people: People, known_at: dt.datetime, name: str) -> None:
    """Write for this user alone, whole or not at all; remove what was read before."""
    folder = _folder()
    path = folder / f"{name}-{known_at.astimezone(dt.UTC):%Y%m%dT%H%M%S%f}.parquets"
    older = set(folder.glob(f"{name}-*.parquets"))
    others = sorted(set(folder.glob("*.parquets")) - older, key=lambda one: one.stat().st_mtime)
    draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    draft.mkdir(mode=0o700)
    for part in _PARTS:
        into = io.BytesIO()
        getattr(people, part).write_parquet(into, compression="lz4", statistics=False)
        _secretly(draft / f"{part}.parquet", into.getvalue())
    _secretly(draft / "known-at", known_at.isoformat().encode())
    try:
        draft.rename(path)
    except OSError:  # somebody else was quicker
        _remove(draft)
    for one in (*(older - {path}), *others[: max(0, len(others) - KEPT + 1)]):
        _remove(one)


def _secretly(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
