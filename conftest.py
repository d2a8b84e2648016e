"""What every test may ask for. Tests run on a real PostgreSQL, as the application's role.

db                the test's own transaction, undone afterwards (pytest-django)
units             the same; says that the test needs the administrative units, which are loaded
village           the village of tests/desk/world.py, in a transaction that is undone
fresh_database    the address of a database of the test's own, for processes and servers
cast              the accounts of Bình, Châu, Dũng, Phúc, Hạnh, Giang and the administrator
kept_hashes       passwords are kept as the site keeps them; elsewhere the tests' hashes cost nothing
committing        the same database for this process too: what the test writes is really committed
site              the address of a running site on `committing`'s database
own_cluster       a whole PostgreSQL of the test's own, migrated: to be killed (`databases.kill`) and started
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import DjangoDbBlocker, Settings

from ansinh.db.private import THROWAWAY, Cluster

if TYPE_CHECKING:
    from ansinh.accounts.operations import Cast
    from tests.desk.world import Village

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's event loop lives in the tests' thread


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this process (with xdist: this worker) a database of its own."""
    from tests import databases
    from tests.sites import pointed_at

    with databases.clone("main") as url, django_db_blocker.unblock(), pointed_at(url):
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_hashes(django_test_environment: None) -> Iterator[None]:
    """Accounts are made in most tests; Argon2, slow on purpose, would be a third of what they cost."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def kept_hashes(settings: Settings) -> None:
    """Passwords are kept as the site keeps them."""
    from config import settings as site

    settings.PASSWORD_HASHERS = site.PASSWORD_HASHERS


@pytest.fixture
def units(db: None) -> None:
    """The administrative units are loaded (once, in the template of the tests' databases)."""


@pytest.fixture
def cast(units: None) -> "Cast":
    """The accounts of the cast (see tests/cast.py)."""
    from tests import cast

    return cast.make()


@pytest.fixture(scope="session")
def village_database(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a database with the village in it, made once a process: cloned, or worked on undone."""
    from tests import databases
    from tests.desk import world
    from tests.sites import pointed_at

    with databases.clone("village") as url:
        with django_db_blocker.unblock(), pointed_at(url):
            world.make()
        yield url


@pytest.fixture
def village(village_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator["Village"]:
    """The village, in a transaction that is undone."""
    from django.db import transaction

    from tests.desk import world
    from tests.sites import pointed_at

    with django_db_blocker.unblock(), pointed_at(village_database), transaction.atomic():
        yield world.find()
        transaction.set_rollback(True)


@pytest.fixture
def transactional_db() -> None:
    """Not here: it empties every table, and the application may not. Ask for `committing`."""
    pytest.fail("use the fixture `committing` (a database of the test's own) instead of transactional_db")


@pytest.fixture
def fresh_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of the test's own: for subprocesses (as DATABASE_URL)."""
    from tests import databases

    with databases.clone(f"{abs(hash(request.node.nodeid)) % 10**9}") as url:
        yield url


@pytest.fixture
def committing(fresh_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """This process works on `fresh_database`, with real transactions; yields its address."""
    from tests.sites import pointed_at

    with django_db_blocker.unblock(), pointed_at(fresh_database):
        yield fresh_database


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A migrated PostgreSQL of the test's own, with the administrative units, that the test may kill."""
    from tests import databases

    with tempfile.TemporaryDirectory(prefix="an") as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder) / "pg", settings=THROWAWAY)
        try:
            cluster.start()
            databases.prepare(cluster.url())
            yield cluster
        finally:
            cluster.destroy()


@pytest.fixture
def site(committing: str) -> Iterator[str]:
    """A running site (`ansinh serve`) on `committing`'s database; yields its address."""
    from tests.sites import serving

    with serving(committing) as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, quiet on the network."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is not installed: apt-get install chromium fonts-liberation2")
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": chromium, "args": quiet + sandbox}
