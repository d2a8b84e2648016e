"""With DATABASE_URL the same system runs on a PostgreSQL server: by TCP, with a password, no superuser."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ansinh.db import binaries
from ansinh.db.private import THROWAWAY, Cluster
from tests import databases

ROOT = databases.ROOT
# A part of the suite that crosses the rooms; the whole of it runs there too: DATABASE_URL=… make test.
PART = ["tests/db/test_bulk.py", "tests/db/test_words.py", "tests/accounts", "tests/journeys"]


@pytest.fixture(scope="module", params=sorted({found.kind for found in binaries.installed()}))
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database on a server of each PostgreSQL that this machine has."""
    folder = Path(tempfile.mkdtemp(prefix="an"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["ANSINH_POSTGRES"] = request.param
    cluster = Cluster(folder / "pg", settings=THROWAWAY, port=port)
    try:
        cluster.start()
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("create role site login createdb createrole password 'mật khẩu'")
            connection.execute("create database site owner site")
        yield f"postgresql://site:m%E1%BA%ADt%20kh%E1%BA%A9u@127.0.0.1:{port}/site"
    finally:
        del os.environ["ANSINH_POSTGRES"]
        cluster.destroy()
        shutil.rmtree(folder)


def test_commands_use_it_and_start_no_private_one(server: str) -> None:
    told = json.loads(databases.command("db", "status", "--json", url=server).stdout)
    assert told == {"private": False}
    migrated = databases.command("migrate", url=server)
    assert "PostgreSQL riêng" not in migrated.stderr
    databases.command("load", "units", url=server)
    with psycopg.connect(server) as connection:
        assert connection.execute("select count(*) > 10000 from geography_unit").fetchone() == (True,)


def test_the_suite_runs_on_it(server: str) -> None:
    parts = [part for part in PART if (ROOT / part).exists()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *parts],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": server},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
