"""Sweeps on real transactions: each change is found once, whoever commits late or sweeps at once."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, connections

from ansinh.determinations.operations import known_now
from ansinh.geography.models import Unit
from ansinh.registry.models import Person
from ansinh.registry.operations import sweeping
from tests import databases
from tests.grants.world import person, unit

BA_DINH = "00004"


def found() -> set[tuple[int, int]]:
    """Whom sweeps found and no province took yet, with the sweep's number; nobody twice."""
    with connection.cursor() as cursor:
        cursor.execute("select sweep, person_id from registry_touched")
        rows = cursor.fetchall()
    assert len(rows) == len({person for _, person in rows})
    return set(rows)


def corrected(somebody: Person) -> None:
    """Correct something of somebody: told by the change history alone."""
    Person.objects.filter(pk=somebody.pk).update(sex="M")


@contextmanager
def uncommitted(address: str, somebody: Person) -> Iterator[None]:
    """Correct something of somebody in a transaction that ends after the block."""
    with psycopg.connect(address) as other:
        other.execute("update registry_person set sex = 'M' where id = %s", [somebody.pk])
        yield


@pytest.fixture
def home(committing: str) -> Unit:
    return unit(BA_DINH)


def test_a_change_is_found_by_one_sweep(home: Unit) -> None:
    first, second = person(home), person(home)
    sweeping.swept(known_at=known_now())
    for number, somebody in ((2, first), (3, second)):
        corrected(somebody)
        sweeping.sweep(known_at=known_now())
        assert found() == {(number, somebody.pk)}
    sweeping.sweep(known_at=known_now())
    assert found() == set()


def test_what_was_written_before_a_sweep_and_committed_after_it_is_found_by_the_next(
    home: Unit, committing: str
) -> None:
    late, early = person(home), person(home)
    sweeping.swept(known_at=known_now())
    with uncommitted(committing, late):
        corrected(early)
        sweeping.sweep(known_at=known_now())
        assert found() == {(2, early.pk)}
    sweeping.sweep(known_at=known_now())
    assert found() == {(3, late.pk)}


def test_in_another_cluster_a_snapshot_says_nothing(home: Unit) -> None:
    somebody = person(home)
    sweeping.swept(known_at=known_now())
    corrected(somebody)
    sweeping.sweep(known_at=known_now())
    with connection.cursor() as cursor:
        cursor.execute("update registry_sweep set cluster = cluster + 1")
    sweeping.sweep(known_at=known_now())
    assert found() == {(3, somebody.pk)}


def test_of_two_sweeps_at_once_one_finds_and_the_other_waits(home: Unit, committing: str) -> None:
    somebody = person(home)
    sweeping.swept(known_at=known_now())
    with connection.cursor() as cursor:  # a province that has still to take what is found
        cursor.execute(
            "insert into registry_settling (area_id, first, known_at, layout, sweep) "
            "select 1, date '2026-10-01', known_at, '', number from registry_sweep"
        )
    corrected(somebody)
    known_at = known_now()

    def sweep(later: dt.timedelta) -> None:
        sweeping.sweep(known_at=known_at + later)
        connections.close_all()

    with psycopg.connect(committing) as other:
        other.execute("select from registry_sweep for update")
        sweeps = [threading.Thread(target=sweep, args=[dt.timedelta(seconds=n)]) for n in range(2)]
        for each in sweeps:
            each.start()
        while databases.waiting(committing) < len(sweeps):
            time.sleep(0.02)
    for each in sweeps:
        each.join()
    with connection.cursor() as cursor:
        cursor.execute("select number, known_at from registry_sweep")
        assert cursor.fetchone()[1] == known_at + dt.timedelta(seconds=1)
    assert {pk for _, pk in found()} == {somebody.pk}
