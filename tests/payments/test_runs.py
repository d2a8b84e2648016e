"""A run that is killed, and two at once: one works, nothing is left half-done, the hash is the same."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from ansinh.db import locks
from ansinh.db.private import Cluster
from ansinh.kernel.refusal import Refusal
from ansinh.payments.models import DraftLine, Line, Payroll, Progress
from ansinh.payments.operations import ask_approve, ask_prepare
from tests import cast, databases
from tests.grants import world as people
from tests.payments import world
from tests.payments.world import JULY
from tests.sites import pointed_at

ROOT = Path(__file__).resolve().parents[2]


def filled(crowd: int = 40) -> world.World:
    here = world.make()
    crowd_of = [here.person(f"Người Thứ {number}") for number in range(crowd)]
    people.take_over(
        *(people.line(one, "C6S", 500_000 + n, cast.COMMUNE) for n, one in enumerate(crowd_of)),
        month=JULY,
        unit=here.province,
    )
    here.open()
    return here


def asked(verb: str, by: str) -> list[str]:
    return ["payroll", verb, "--unit", "01", "--month", "2026-07", "--by", by]


def started(url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "config.commands", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_at(table: str, url: str, *arguments: str) -> None:
    """Start a command and kill it (SIGKILL) when it comes to write into a table, in the midst of its work."""
    with psycopg.connect(url) as other:
        other.execute(f"lock table {table} in exclusive mode")
        process = started(url, *arguments)
        with psycopg.connect(url, autocommit=True) as watching:
            _until(lambda: _waiting(watching) == 1)
            process.kill()
            process.communicate()
            other.rollback()
            _until(lambda: _waiting(watching, also="or state <> 'idle'") == 0)


def _waiting(watching: psycopg.Connection, also: str = "") -> int:
    """Count the sessions on this database, the watcher's apart, that wait for a lock."""
    found = watching.execute(
        "select count(*) from pg_stat_activity where datname = current_database() "
        "and backend_type = 'client backend' and pid <> pg_backend_pid() "
        f"and (wait_event_type = 'Lock' {also})"
    ).fetchone()
    assert found is not None
    return int(found[0])


def _until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    pytest.fail("did not come about within a minute")


def hash_of(url: str, verb: str, by: str) -> str:
    done = databases.command(*asked(verb, by), "--json", url=url)
    return str(json.loads(done.stdout)["hash"])


def counted() -> tuple[int, int, int]:
    return Payroll.objects.count(), DraftLine.objects.count(), Line.objects.count()


def test_a_killed_run_leaves_nothing_and_gives_the_same_hash_again(committing: str) -> None:
    filled()
    for table in ("payments_payroll", "payments_roll", "payments_draftline"):
        killed_at(table, committing, *asked("prepare", "phuc"))
        assert counted() == (0, 0, 0)
    made = hash_of(committing, "prepare", "phuc")

    for table in ("payments_payroll", "payments_line", "payments_posting"):
        killed_at(table, committing, *asked("approve", "hanh"))
        assert counted() == (1, 40, 0)
        assert Payroll.objects.get().status == "DRAFT"

    assert hash_of(committing, "approve", "hanh") == made
    assert counted() == (1, 0, 40)
    again = databases.command(*asked("approve", "hanh"), url=committing, check=False)
    assert again.returncode == 1
    assert "không có dự thảo" in again.stderr


def test_a_killed_server_leaves_nothing_and_gives_the_same_hash_again(
    own_cluster: Cluster, django_db_blocker: DjangoDbBlocker
) -> None:
    url = own_cluster.url()
    with pointed_at(url), django_db_blocker.unblock():
        filled()
    made = hash_of(url, "prepare", "phuc")
    for verb, by, replace in (("prepare", "phuc", ["--replace"]), ("approve", "hanh", [])):
        process = started(url, *asked(verb, by), *replace)
        assert process.stderr is not None
        assert process.stderr.readline()
        databases.kill(own_cluster)
        process.communicate()
        assert process.returncode != 0
        own_cluster.start()
        with pointed_at(url), django_db_blocker.unblock():
            assert counted() == (1, 40, 0)
            assert Payroll.objects.get().hash == made
    assert hash_of(url, "approve", "hanh") == made


def test_the_hash_is_the_same_in_two_fresh_databases(
    committing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "_serial", count(1))
    filled()
    first = hash_of(committing, "prepare", "phuc")
    with databases.clone("twin") as url, pointed_at(url):
        people.person(cast.commune(), name="Đẩy Số Thứ Tự")  # other ids for everybody
        monkeypatch.setattr(people, "_serial", count(1))
        filled()
        second = hash_of(url, "prepare", "phuc")
    assert first == second


def test_two_at_once_one_works_and_the_other_is_refused(committing: str) -> None:
    filled()
    both = [started(committing, *asked("prepare", "phuc")) for _ in range(2)]
    told = [process.communicate()[1] for process in both]

    assert sorted(process.returncode for process in both) == [0, 1]
    refused = told[0] if both[0].returncode else told[1]
    assert "đang chạy" in refused or "Đã có dự thảo" in refused
    assert counted() == (1, 40, 0)


def test_a_province_at_work_excludes_its_communes_but_neighbours_work_side_by_side(committing: str) -> None:
    here = filled()
    with psycopg.connect(committing) as other:
        _hold(other, "payroll:01")
        for unit in (here.province, here.commune):
            with pytest.raises(Refusal, match="đang chạy"):
                here.prepare(JULY, unit=unit)
        other.rollback()
        other.execute("select pg_advisory_xact_lock_shared(%s)", [locks.key("payroll:01")])
        _hold(other, "payroll:00008")
        with pytest.raises(Refusal, match="đang chạy"):
            here.prepare(JULY)
        here.prepare(JULY, unit=here.commune)


def _hold(other: psycopg.Connection, name: str) -> None:
    other.execute("select pg_advisory_xact_lock(%s)", [locks.key(name)])


def test_a_job_tells_how_far_it_is_and_is_done_once(committing: str) -> None:
    here = filled()
    job = ask_prepare(unit=here.province, months=[JULY], on=world.DAY, by=here.phuc, at=cast.AT)
    again = ask_prepare(unit=here.province, months=[JULY], on=world.DAY, by=here.phuc, at=cast.AT)
    assert job.state == Progress.State.WAITING
    databases.command("work", "--once", url=committing)

    job.refresh_from_db()
    again.refresh_from_db()
    assert (job.state, job.done, job.message) == ("DONE", job.steps, "Đã lập 1 bảng chi trả.")
    assert (again.state, again.message[:10]) == ("REFUSED", "Đã có dự t")
    assert again.remedy

    approval = ask_approve(unit=here.province, months=[JULY], by=here.hanh, at=cast.AT)
    databases.command("work", "--once", url=committing)
    approval.refresh_from_db()
    assert (approval.state, Line.objects.count()) == ("DONE", 40)
