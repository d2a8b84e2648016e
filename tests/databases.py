"""The tests' databases: a template migrated once (by the owner), and clones of it, made in a moment.

They live in a private cluster of their own (`var/test-postgres`), or on the server of DATABASE_URL. A
template is named after what it was made from, so several people can run tests in one tree at the same time.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ansinh.db.private import THROWAWAY, Cluster

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ANSINH_VAR") or ROOT / "var").absolute()
CLUSTER = Cluster(VAR / "test-postgres", settings=THROWAWAY)


@cache
def server() -> str:
    """The address of a database on the tests' server, from which others are made."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    CLUSTER.start()
    return CLUSTER.url()


def url_of(name: str) -> str:
    """The address of another database on the tests' server."""
    return urlunsplit(urlsplit(server())._replace(path=f"/{name}"))


@cache
def template() -> str:
    """The name of the migrated database, with the administrative units loaded; made if it is not there."""
    name = f"ansinh_template_{_fingerprint()}"
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "test-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(name):
            _forget_leftovers()
            _make_template(name)
    return name


@contextmanager
def clone(purpose: str, *, of: str | None = None) -> Iterator[str]:
    """A database of one's own with every table, as long as the block lasts; yields its address.

    It is a copy of the template, or `of` another database (its address), on which nobody works just now.
    """
    name = f"ansinh_test_{os.getpid()}_{purpose}"
    source = urlsplit(of).path.removeprefix("/") if of else template()
    with _admin() as admin:
        _drop(admin, name)
        admin.execute(sql.SQL("create database {} template {}").format(*map(sql.Identifier, (name, source))))
    try:
        yield url_of(name)
    finally:
        with _admin() as admin:
            _drop(admin, name)


def _drop(admin: psycopg.Connection, name: str) -> None:
    """Drop a database, its connections ended first.

    Not "with (force)": where we are no superuser it is refused while the server vacuums there by itself; a
    plain drop sends that away and waits.
    """
    admin.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s and usename = user",
        [name],
    )
    admin.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))


def command(*arguments: str, url: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `ansinh …` as a process of its own on a database."""
    done = subprocess.run(
        [sys.executable, "-m", "config.commands", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(f"ansinh {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done


def prepare(url: str) -> None:
    """Make the tables of a new database and load the administrative units."""
    command("migrate", url=url)
    command("load", "units", url=url)


def waiting(address: str) -> int:
    """How many connections to a database wait for a lock; asked as the owner, who alone sees it."""
    with psycopg.connect(address) as owner:
        row = owner.execute(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and wait_event_type = 'Lock'"
        ).fetchone()
    return int(row[0]) if row else 0


def kill(cluster: Cluster) -> None:
    """Kill a server outright (SIGKILL); return when it is dead. `cluster.start()` brings it back."""
    pid = cluster.status().pid
    if pid is None:
        raise AssertionError("the server does not run")
    os.kill(pid, signal.SIGKILL)
    while cluster.status().running:
        time.sleep(0.05)


def _make_template(name: str) -> None:
    draft = f"{name}_draft"
    with _admin() as admin:
        _drop(admin, draft)
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(draft)))
    prepare(url_of(draft))
    with _admin() as admin:
        admin.execute(
            sql.SQL("alter database {} rename to {}").format(sql.Identifier(draft), sql.Identifier(name))
        )


def _forget_leftovers() -> None:
    """Drop older templates and the clones of test runs that were killed."""
    with _admin() as admin:
        names = [
            row[0]
            for row in admin.execute("select datname from pg_database where datname like 'ansinh\\_te%'")
        ]
        for name in names:
            kind, _, rest = name.removeprefix("ansinh_").partition("_")
            if kind == "template" or not _alive(rest.partition("_")[0]):
                try:
                    admin.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
                except psycopg.errors.ObjectInUse:
                    continue


def _alive(pid: str) -> bool:
    return pid.isdigit() and Path(f"/proc/{pid}").exists()


def _fingerprint() -> str:
    seen = hashlib.sha256()
    for pattern in (
        "ansinh/*/migrations/*.py",
        "ansinh/db/schema.py",
        "ansinh/geography/**/*",
        "tests/databases.py",
    ):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                seen.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()[:12]


def _exists(name: str) -> bool:
    with _admin() as admin:
        return admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def _admin() -> psycopg.Connection:
    return psycopg.connect(server(), autocommit=True)


if __name__ == "__main__":
    CLUSTER.stop()  # it is left running from one test run to the next
