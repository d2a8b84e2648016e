"""What others made is served as it came."""

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders

import ansinh.web

VENDOR = Path(ansinh.web.__file__).parent / "static" / "vendor"


def test_every_vendored_file_is_the_one_recorded_and_has_its_licence() -> None:
    recorded = {}
    for line in (VENDOR / "sha256sums").read_text().splitlines():
        digest, name = line.split("  ")
        recorded[name] = digest
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.glob("*/*")
    }
    assert found == recorded
    assert all((folder / "LICENSE").exists() for folder in VENDOR.iterdir() if folder.is_dir())


def test_pages_find_their_static_files() -> None:
    for name in ("ansinh/ansinh.css", "ansinh/mark.svg", "django_htmx/htmx-4.min.js"):
        assert finders.find(name)
