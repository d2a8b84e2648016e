"""What every test may ask for. Tests run on a real PostgreSQL, as the application's role.

db                the test's own transaction, undone afterwards (pytest-django)
units             the same; says that the test needs the administrative units, which are loaded
fresh_database    the address of a database of the test's own, for processes and servers
cast              the accounts of Bình, Châu, Dũng, Phúc, Hạnh, Giang and the administrator
committing        the same database for this process too: what the test writes is really committed
site              the address of a running site on `committing`'s database
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import DjangoDbBlocker, Settings

if TYPE_CHECKING:
    from ansinh.accounts.operations import Cast

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's event loop lives in the tests' thread


@contextmanager
def _pointed_at(url: str) -> Iterator[None]:
    """Both aliases of this process lead to another database."""
    from django.db import connections

    from config.settings import database

    before = {}
    for alias in connections:
        connection = connections[alias]
        connection.close()
        before[alias] = dict(connection.settings_dict)
        target = database(url, {})
        connection.settings_dict.update(
            {key: target[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        )
    try:
        yield
    finally:
        for alias, settings in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this process (with xdist: this worker) a database of its own."""
    from tests import databases

    with databases.clone("main") as url, django_db_blocker.unblock(), _pointed_at(url):
        yield


@pytest.fixture
def units(db: None) -> None:
    """The administrative units are loaded (once, in the template of the tests' databases)."""


@pytest.fixture
def cast(units: None, settings: Settings) -> "Cast":
    """The accounts of the cast (see tests/cast.py), with hashes that cost nothing."""
    from tests import cast

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return cast.make()


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
    with django_db_blocker.unblock(), _pointed_at(fresh_database):
        yield fresh_database


@pytest.fixture
def site(committing: str) -> Iterator[str]:
    """A running site (`ansinh serve`) on `committing`'s database; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.commands", "serve", "--port", str(port)],
            env={**os.environ, "DATABASE_URL": committing},
            stderr=said,
        )
        try:
            if not _answers(address, process):
                said.seek(0)
                pytest.fail(f"the site did not start: {said.read().decode()}")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return True
        except urllib.error.HTTPError as answer:
            answer.close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


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
