"""Lists in the background: progress told, a killed worker leaves nothing half-done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ansinh.accounts.models import User
from ansinh.grants.models import Grant
from ansinh.imports import jobs, operations
from ansinh.imports.models import Content, Import, Line
from ansinh.kernel.time import Month
from ansinh.registry.models import Person, Source
from tests import cast, databases
from tests.imports import lists

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("An", "Bình", "Cúc", "Duyên", "Hoa", "Lan", "Mai")
MANY = [lists.row(f"Nguyễn Thị {NAMES[n % 7]}", 1950 + n % 50, "", village=f"Tổ {n}") for n in range(1500)]


def sent(content: bytes, by: User) -> Import:
    return operations.receive(
        unit=cast.commune(), name="ds.xlsx", content=content, month=Month(2026, 10), by=by, at=cast.AT
    )


def killed_while(stage: str, imported: Import, url: str) -> None:
    """Start a worker, and kill it (SIGKILL) as soon as it tells a step."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "config.commands", "work", "--once"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and worker.poll() is None:
        imported.refresh_from_db()
        if imported.step == stage:
            break
        time.sleep(0.002)
    assert imported.step == stage, f"the worker never came to {stage}"
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def test_a_killed_worker_leaves_nothing_and_the_work_is_done_when_asked_again(committing: str) -> None:
    actors = cast.make()
    imported = sent(lists.tidy(*MANY), actors.binh)
    databases.command("work", "--once", url=committing)
    imported.refresh_from_db()
    assert (imported.stage, imported.state, imported.counts["CREATED"]) == ("CHECKED", "DONE", 1500)

    operations.ask_commit(imported=imported, accept=False, by=actors.binh, at=cast.AT)
    killed_while("Tiếp nhận các khoản hưởng", imported, committing)
    imported.refresh_from_db()
    assert (imported.stage, imported.state) == ("CHECKED", "RUNNING")
    assert (Person.objects.count(), Grant.objects.count(), Source.objects.count()) == (0, 0, 0)
    assert Content.objects.filter(of=imported).exists(), "the file is kept"
    assert Line.objects.filter(of=imported, outcome="CREATED").count() == 1500

    jobs.work(import_id=imported.pk, by=actors.binh.pk)
    imported.refresh_from_db()
    assert (imported.stage, Person.objects.count(), Grant.objects.count()) == ("COMMITTED", 1500, 1500)
    jobs.work(import_id=imported.pk, by=actors.binh.pk)
    assert Person.objects.count() == 1500, "done once"

    operations.ask_undo(imported=imported, reason="Nhầm tệp", by=actors.binh, at=cast.AT)
    jobs.work(import_id=imported.pk, by=actors.binh.pk, reason="Nhầm tệp")
    imported.refresh_from_db()
    assert (imported.stage, Grant.objects.filter(ended_by=None).count()) == ("UNDONE", 0)


def test_a_refusal_ends_the_job_with_its_words(committing: str) -> None:
    actors = cast.make()
    imported = sent(
        "STT;Hä vµ tªn;N¨m sinh\n1;NguyÔn ThÞ Lµnh;1950\n2;TrÇn V¨n B¶y;1948".encode(), actors.binh
    )
    databases.command("work", "--once", url=committing)
    imported.refresh_from_db()
    assert (imported.stage, imported.state) == ("RECEIVED", "REFUSED")
    assert "TCVN3" in imported.message and "Unicode" in imported.remedy
