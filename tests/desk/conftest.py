"""The village of tests/desk/world.py, made once; each test's changes are undone."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.desk import world
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
