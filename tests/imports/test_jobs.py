"""Lists in the background: progress told, a killed worker leaves nothing half-done."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

from ansinh.accounts.models import User
from ansinh.accounts.operations import Cast
from ansinh.db import locks
from ansinh.db.progress import is_interrupted
from ansinh.grants.models import Grant, Tally
from ansinh.imports import jobs, operations
from ansinh.imports.logic.poor_list import PoorTerms
from ansinh.imports.models import Content, Import, Kept, Line
from ansinh.kernel.time import Month
from ansinh.registry.models import Document, HouseholdFact, Person, Source
from ansinh.web import clock
from tests import cast, databases
from tests.imports import lists, poor

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("An", "Bình", "Cúc", "Duyên", "Hoa", "Lan", "Mai")
MANY = [lists.row(f"Nguyễn Thị {NAMES[n % 7]}", 1950 + n % 50, "", village=f"Tổ {n}") for n in range(1500)]


def sent(content: bytes, by: User) -> Import:
    return operations.receive(
        unit=cast.commune(), name="ds.xlsx", content=content, month=Month(2026, 10), by=by, at=cast.AT
    )


def killed_when(reached: Callable[[], bool], *arguments: str, url: str) -> None:
    """Run `ansinh …`, and kill it (SIGKILL) as soon as it has reached something."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.commands", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    there = False
    while not there and time.monotonic() < deadline and process.poll() is None:
        there = reached()
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert there, f"{' '.join(arguments)} never came so far"


def comes_to_be_interrupted(imported: Import) -> bool:
    """Whether a killed job is told as interrupted: the server may take a moment to see its client gone."""
    deadline = time.monotonic() + 20
    while not is_interrupted(imported) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_interrupted(imported)


def at_step(imported: Import, step: str) -> bool:
    """Whether a list tells this step."""
    imported.refresh_from_db()
    return imported.step == step


@contextmanager
def held(lock: str, url: str) -> Iterator[Callable[[], bool]]:
    """Hold an advisory lock (an SQL expression) that a process will want; yields whether one waits for it."""
    with psycopg.connect(url, autocommit=True) as holder, psycopg.connect(url, autocommit=True) as watcher:
        holder.execute(f"select pg_advisory_lock({lock})")
        asked = "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = "
        yield lambda: bool(
            watcher.execute(
                asked + "(select oid from pg_database where datname = current_database())"
            ).fetchone()[0]  # type: ignore[index]
        )


def test_a_killed_worker_leaves_nothing_and_the_work_is_done_when_asked_again(committing: str) -> None:
    actors = cast.make()
    imported = sent(lists.tidy(*MANY), actors.binh)
    databases.command("work", "--once", url=committing)
    imported.refresh_from_db()
    assert (imported.stage, imported.state, imported.counts["CREATED"]) == ("CHECKED", "DONE", 1500)

    operations.ask_commit(imported=imported, accept=False, by=actors.binh, at=cast.AT)
    taking = partial(at_step, imported, "Tiếp nhận các khoản hưởng")
    killed_when(taking, "work", "--once", url=committing)
    imported.refresh_from_db()
    assert (imported.stage, imported.state) == ("CHECKED", "RUNNING")
    assert (Person.objects.count(), Grant.objects.count(), Source.objects.count()) == (0, 0, 0)
    assert Content.objects.filter(of=imported).exists(), "the file is kept"
    assert Line.objects.filter(of=imported, outcome="CREATED").count() == 1500

    jobs.work(import_id=imported.pk, by=actors.binh.pk)
    imported.refresh_from_db()
    assert (imported.stage, Person.objects.count(), Grant.objects.count()) == ("COMMITTED", 1500, 1500)
    counted = Tally.objects.get(unit=cast.commune())
    assert (counted.people, counted.month) == (1500, clock.today().replace(day=1)), "counted at once"
    jobs.work(import_id=imported.pk, by=actors.binh.pk)
    assert Person.objects.count() == 1500, "done once"

    operations.ask_undo(imported=imported, reason="Nhầm tệp", by=actors.binh, at=cast.AT)
    jobs.work(import_id=imported.pk, by=actors.binh.pk, reason="Nhầm tệp")
    imported.refresh_from_db()
    assert (imported.stage, Grant.objects.filter(ended_by=None).count()) == ("UNDONE", 0)
    assert Tally.objects.get(unit=cast.commune()).people == 0, "and counted again"


FEW = MANY[:40]
POOR = poor.tidy(*(poor.poor(row[1], row[2], village=row[5]) for row in FEW))


def people_of(actors: Cast) -> None:
    """The households of the poverty list are in the register."""
    imported = sent(lists.tidy(*FEW), actors.binh)
    operations.check(imported=imported, at=cast.AT, on=cast.TODAY)
    operations.commit(imported=imported, by=actors.binh, at=cast.AT, on=cast.TODAY)


def test_a_poverty_list_killed_while_it_is_written_is_written_whole_when_run_again(committing: str) -> None:
    actors = cast.make()
    people_of(actors)
    terms = PoorTerms(2027, dt.date(2027, 1, 1), dt.date(2028, 1, 1), number="45/QĐ-UBND")
    imported = operations.receive(
        unit=cast.commune(), name="ho-ngheo.xlsx", content=POOR, month=Month(2026, 10), by=actors.binh,
        at=cast.AT, poor=terms, defer=False,
    )  # fmt: skip
    operations.check(imported=imported, at=cast.AT, on=cast.TODAY)
    assert imported.counts["CREATED"] == len(FEW)
    before = Source.objects.count(), Document.objects.count()
    operations.ask_commit(imported=imported, accept=False, by=actors.binh, at=cast.AT)

    # The trigger of the facts wants this lock when they stand in the table already.
    with held("hashtextextended('registry in bulk', 0)", committing) as waits:
        killed_when(waits, "work", "--once", url=committing)
    imported.refresh_from_db()
    assert (imported.stage, imported.state) == ("CHECKED", "RUNNING")
    assert imported.step == "Ghi hộ nghèo, hộ cận nghèo" and comes_to_be_interrupted(imported)
    assert not HouseholdFact.objects.exists()
    assert (Source.objects.count(), Document.objects.count()) == before
    assert Kept.objects.filter(of=imported).exists() and Content.objects.filter(of=imported).exists()

    for _again in range(2):
        jobs.work(import_id=imported.pk, by=actors.binh.pk)
        imported.refresh_from_db()
        assert (imported.stage, imported.state) == ("COMMITTED", "DONE")
        assert HouseholdFact.objects.filter(superseded_at=None).count() == len(FEW), "written once"
    assert (Source.objects.count(), Document.objects.count()) == (before[0] + 1, before[1] + 1)
    assert not Kept.objects.filter(of=imported).exists()


def test_a_command_killed_between_check_and_writing_goes_on_when_run_again(
    committing: str, tmp_path: Path
) -> None:
    people_of(cast.make())
    file = tmp_path / "ho-ngheo.xlsx"
    file.write_bytes(POOR)
    asked = ("import", "poverty", str(file), "--unit", cast.COMMUNE, "--year", "2027", "--decision",
             "45/QĐ-UBND", "--commit", "--as", "binh")  # fmt: skip

    with held(str(locks.key(f"imports of unit:{cast.commune().pk}")), committing) as waits:
        killed_when(waits, *asked, url=committing)
    left = Import.objects.get(kind=Import.Kind.POVERTY)
    assert (left.stage, left.state, left.counts["CREATED"]) == ("CHECKED", "DONE", len(FEW))
    assert not HouseholdFact.objects.exists()

    databases.command(*asked, url=committing)
    assert HouseholdFact.objects.filter(superseded_at=None).count() == len(FEW)
    again = databases.command(*asked, url=committing, check=False)
    assert again.returncode == 1 and "không thay đổi gì" in again.stderr
    operations.ask_commit(imported=left, accept=False, by=left.by, at=cast.AT)
    jobs.work(import_id=left.pk, by=left.by_id)
    left.refresh_from_db()
    assert (left.stage, left.state) == ("CHECKED", "REFUSED") and "không thay đổi gì" in left.message
    assert HouseholdFact.objects.count() == len(FEW)


def test_a_refusal_ends_the_job_with_its_words(committing: str) -> None:
    actors = cast.make()
    imported = sent(
        "STT;Hä vµ tªn;N¨m sinh\n1;NguyÔn ThÞ Lµnh;1950\n2;TrÇn V¨n B¶y;1948".encode(), actors.binh
    )
    databases.command("work", "--once", url=committing)
    imported.refresh_from_db()
    assert (imported.stage, imported.state) == ("RECEIVED", "REFUSED")
    assert "TCVN3" in imported.message and "Unicode" in imported.remedy
