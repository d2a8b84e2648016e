"""Putting the facts of a unit's people into temporary tables, for one transaction (bảng dữ kiện)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansinh.db import bulk
from ansinh.geography.models import Level, Unit
from ansinh.registry.operations import settling
from ansinh.registry.queries.folding import OF_A_DAY, Writer
from ansinh.registry.queries.frame import whom
from ansinh.registry.queries.gathering import kinds
from ansinh.rulebook.facts import vocabulary
from ansinh.rulebook.law import MonthLaw

_GATHERING = {"work_mem": "256MB", "enable_sort": "off"}
"""Kinds are a few in a hundred of the people: hashed; the planner expects many more, and would sort them."""


def make_frame(
    *,
    unit: Unit,
    law: MonthLaw,
    known_at: dt.datetime,
    granted: str,
    facts: Iterable[str],
    besides: Sequence[int] = (),
) -> None:
    """Put the facts of a unit's people into temporary tables, for the transaction (bảng dữ kiện).

    `besides`: people (ids) who are taken too, wherever they lived on the first of the month.

    `kind` (kind, alone, the columns of `facts_frame` but person_id, and their hash) is what is true of people
    on an evaluated day: whoever's facts say the same to the law shares a kind (or two, where some are
    settled), and of their birth dates `born` is the latest that has completed the same ages. Of an `alone`
    kind nobody has another evaluated day. `gathered` (kind, day, alone, persons) has who they are, as an
    array.

    There are far fewer kinds than people, so that unpacking facts and asking the law cost next to nothing.
    """
    write = Writer(law, known_at, granted)
    for name in ("gathered", "kind"):
        bulk.run(f"drop table if exists pg_temp.{name}")
    packed, asked = pack(write=write, unit=unit, besides=besides), set(facts)
    with bulk.with_settings(_GATHERING):
        bulk.run(f"create temporary table gathered on commit drop as {kinds(write, packed.settled, asked)}")
    bulk.run("drop table pg_temp.packed")
    told = write.unpacked(name for name in vocabulary() if name in asked)
    bulk.run(
        f"""
        create temporary table kind on commit drop as
        select kind, alone, unpacked.*, hash_record_extended(unpacked, 0) as hash
        from pg_temp.gathered cross join lateral (select {", ".join(OF_A_DAY[1:])}, {told} offset 0) unpacked
        """
    )


@dataclass(frozen=True, slots=True)
class Packed:
    """What holds of a unit's people on each evaluated day, columns as `write.packed`.

    Most of a province's may be `settled` (a query): alive, raising nobody, nothing changes for them within
    the month. The others, or everybody, are in the temporary table `packed`. `places`: where they are
    registered (unit_id, province, former).
    """

    settled: str | None
    places: str
    columns: str

    @property
    def everybody(self) -> str:
        """All of them as one relation."""
        rest = f" union all select {self.columns} from ({self.settled}) settled" if self.settled else ""
        return f"(select {self.columns} from pg_temp.packed{rest})"


def pack(*, write: Writer, unit: Unit, besides: Sequence[int] = ()) -> Packed:
    """Fold what is stored of a unit's people, and of the people (ids) `besides`."""
    bulk.run("drop table if exists pg_temp.packed")
    who = whom(write, unit)

    def everybody(writer: Writer) -> None:
        with bulk.with_settings(who.settings):
            bulk.run(f"create temporary table packed on commit drop as {writer.packed(who.people(writer))}")

    settled = None
    if who.many and unit.level == Level.PROVINCE:
        settled = settling.pack(write=write, unit=unit, places=who.places, everybody=everybody)
    else:
        everybody(write)
    packed = Packed(settled, who.places, columns := ", ".join(write.columns()))
    if besides:
        others = write.packed(whom(write, None, besides).people(write))
        bulk.run(
            f"insert into pg_temp.packed ({columns}) select {columns} from ({others}) other "
            f"where person_id not in (select person_id from {packed.everybody} packed)"
        )
    bulk.run(f"insert into pg_temp.packed {write.later('pg_temp.packed', who.newborn)}")
    return packed
