"""The village of tests/desk/world.py, made once; each test's changes are undone."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from ansinh.web import clock
from tests import databases
from tests.desk import world
from tests.desk.filling import DAY, Officer
from tests.desk.world import Village
from tests.sites import pointed_at

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def village_database(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a database with the village in it."""
    with databases.clone("village") as url:
        with django_db_blocker.unblock(), pointed_at(url), override_settings(PASSWORD_HASHERS=QUICK):
            world.make()
        yield url


@pytest.fixture
def village(village_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Village]:
    """The village, in a transaction that is undone."""
    with django_db_blocker.unblock(), pointed_at(village_database), transaction.atomic():
        yield world.find()
        transaction.set_rollback(True)


@pytest.fixture
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 10 November 2026, at eight."""
    eight = dt.datetime(2026, 11, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(clock, "now", lambda: eight)


@pytest.fixture
def binh(village: Village, client: Client) -> Officer:
    """Bình, who fills in forms."""
    return Officer(client, village.actors.binh)
