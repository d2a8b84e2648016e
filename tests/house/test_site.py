"""The site as a browser meets it: served, guarded, compressed."""

import http.client
from contextlib import closing
from email.message import Message
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse


def ask(site: str, path: str, **headers: str) -> tuple[int, Message, bytes]:
    with closing(http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def test_every_answer_is_guarded_and_static_files_are_compressed(site: str) -> None:
    status, headers, _ = ask(site, "/")
    assert status < 500
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"

    page = ask(site, reverse("accounts:sign_in"))[2].decode()
    style = next(part for part in page.split('"') if part.startswith("/static/") and part.endswith(".css"))
    status, headers, _ = ask(site, style, **{"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert "immutable" in headers["Cache-Control"]

    assert ask(site, "/", Host="evil.example")[0] == 400, "a host that is not ours is refused"


def test_nothing_that_would_weaken_a_live_site_is_left_on() -> None:
    assert not settings.DEBUG
    assert "*" not in settings.ALLOWED_HOSTS
    assert len(settings.SECRET_KEY) >= 50
