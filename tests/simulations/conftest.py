"""People at the edges of the law, and a folder of the test's own for the snapshots."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pytest_django import Settings

from ansinh.geography.models import Unit
from tests.edges import crowd
from tests.grants import world


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "simulations"


@pytest.fixture
def home(units: None) -> Unit:
    """A commune of Hà Nội, which has a standard of its own, with a crowd in it."""
    unit = world.unit("00008")
    crowd(unit, random.Random(11), 50)
    return unit
