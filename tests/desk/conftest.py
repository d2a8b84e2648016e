"""A day in November, and an officer at work on it."""

import datetime as dt

import pytest
from django.test import Client

from ansinh.web import clock
from tests.desk.filling import DAY, Officer
from tests.desk.world import Village


@pytest.fixture
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 10 November 2026, at eight."""
    eight = dt.datetime(2026, 11, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(clock, "now", lambda: eight)


@pytest.fixture
def binh(village: Village, client: Client) -> Officer:
    """Bình, who fills in forms."""
    return Officer(client, village.actors.binh)
