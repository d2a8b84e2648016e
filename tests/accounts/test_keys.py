"""Passwords are chosen by their owner, sessions end, and every page keeps strangers' scripts out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from pytest_django import Settings

from ansinh.accounts.logic import session_over
from ansinh.accounts.models import Entry
from ansinh.accounts.operations import Cast
from ansinh.web import clock
from tests.cast import PASSWORD

NEW = "Hoa-sen-thang-6"


def test_a_session_ends_when_it_is_not_used_and_when_it_is_old() -> None:
    limits = {"idle": 1800, "longest": 43200}
    assert not session_over(began=0, seen=0, now=1800, **limits)
    assert session_over(began=0, seen=0, now=1801, **limits)
    assert not session_over(began=0, seen=43000, now=43200, **limits)
    assert session_over(began=0, seen=43200, now=43201, **limits)


@pytest.mark.parametrize(("pause", "status"), [(29, 200), (31, 302)])
def test_an_idle_session_is_sent_to_the_door_and_told_why(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, pause: int, status: int
) -> None:
    client.force_login(cast.binh)
    assert client.get("/quyen/").status_code == 200
    later = clock.now() + dt.timedelta(minutes=pause)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.get("/quyen/")
    assert answer.status_code == status
    if status == 302:
        assert "Phiên làm việc đã hết" in client.get(answer.headers["Location"]).content.decode()


def test_a_session_in_use_ends_after_a_working_day(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(cast.binh)
    start = clock.now()
    statuses = []
    for quarters in range(52):
        later = start + dt.timedelta(minutes=15 * quarters)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        statuses.append(client.get("/quyen/").status_code)
    assert statuses[:49] == [200] * 49 and statuses[49] == 302


def changed(client: Client, old: str, new: str, again: str | None = None) -> int:
    form = {"old": old, "new": new, "again": new if again is None else again}
    return client.post("/mat-khau/", form).status_code


def test_an_officer_changes_their_password_and_their_other_sessions_end(cast: Cast, client: Client) -> None:
    elsewhere = Client()
    for one in (client, elsewhere):
        one.force_login(cast.binh)
        one.get("/quyen/")
    assert changed(client, PASSWORD, NEW) == 302
    assert client.get("/quyen/").status_code == 200
    assert elsewhere.get("/quyen/").status_code == 302
    assert Entry.objects.latest("id").action == "change_password"
    client.logout()
    assert client.post("/dang-nhap/", {"username": "binh", "password": PASSWORD}).status_code == 422
    assert client.post("/dang-nhap/", {"username": "binh", "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", NEW, NEW),
        (PASSWORD, NEW, NEW + "x"),
        (PASSWORD, PASSWORD, PASSWORD),
        (PASSWORD, "ngan", "ngan"),
        (PASSWORD, "1234567890", "1234567890"),
        (PASSWORD, "nguyễn văn bình", "nguyễn văn bình"),
    ],
)
def test_a_poor_or_mistyped_password_is_refused(
    cast: Cast, client: Client, old: str, new: str, again: str
) -> None:
    client.force_login(cast.binh)
    assert changed(client, old, new, again) == 422
    cast.binh.refresh_from_db()
    assert cast.binh.check_password(PASSWORD)


def test_guessing_the_old_password_shuts_the_door(cast: Cast, client: Client) -> None:
    client.force_login(cast.binh)
    for _ in range(5):
        assert changed(client, "wrong", NEW) == 422
    assert changed(client, PASSWORD, NEW) == 422


@pytest.mark.django_db
def test_passwords_are_kept_as_argon2(kept_hashes: None) -> None:
    assert make_password(NEW).startswith("argon2$argon2id$")


def test_cookies_are_closed_to_scripts_and_to_plain_http(
    cast: Cast, client: Client, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client.post("/dang-nhap/", {"username": "binh", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
