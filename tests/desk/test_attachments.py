"""Scans of papers: what is taken, where it lies, who may open it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from ansinh.accounts.models import Entry, Read, User
from ansinh.registry.models import Attachment
from tests import cast
from tests.desk.world import REASON, Village

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40 + b"IEND\xaeB`\x82"
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> Path:
    settings.ATTACHMENTS = tmp_path / "attachments"
    return tmp_path / "attachments"


def send(client: Client, village: Village, content: bytes, name: str = "giay.pdf", **said: str) -> int:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    told = {"file": file, "title": "Giấy xác nhận số 9", **said}
    return client.post(f"/nguoi/{village.mai.pk}/giay-to/", told).status_code


@pytest.mark.parametrize(
    ("content", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (PDF, "application/pdf")]
)
def test_a_scan_is_kept_and_opened_again(
    village: Village, client: Client, store: Path, content: bytes, kind: str
) -> None:
    """What it is is told by what is in it, not by its name or by what the browser says."""
    client.force_login(village.actors.binh)
    assert send(client, village, content, "la.exe") == 302
    kept = Attachment.objects.get(person=village.mai)
    assert (kept.type, kept.size, kept.by) == (kind, len(content), village.actors.binh)
    (file,) = [path for path in store.rglob("*") if path.is_file()]
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (content, 0o600)
    assert "Giấy xác nhận số 9" in client.get(f"/nguoi/{village.mai.pk}/").text
    answer = client.get(f"/nguoi/{village.mai.pk}/giay-to/{kept.pk}/")
    assert answer.content == content
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert Read.objects.filter(person_id=village.mai.pk, page="ATTACHMENT", who=village.actors.binh).exists()
    assert Entry.objects.latest("pk").action == "attach"


def test_the_same_scan_sent_twice_is_kept_once(village: Village, client: Client, store: Path) -> None:
    client.force_login(village.actors.binh)
    for _click in range(2):
        assert send(client, village, PNG) == 302
    assert Attachment.objects.count() == Entry.objects.filter(action="attach").count() == 1
    assert send(client, village, PNG, title="Giấy khác") == 302
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90" + b"0" * 50, b"<html><script>", JPEG[:-2], PDF + b"0" * 2000, b"%PDF-1.4" + b"0" * 10_485_760],
    ids=["program", "page", "cut short", "something behind", "too large"],
)
def test_what_is_no_whole_picture_or_pdf_is_refused(
    village: Village, client: Client, store: Path, content: bytes
) -> None:
    client.force_login(village.actors.binh)
    assert send(client, village, content, "anh.jpg") == 422
    assert not Attachment.objects.exists() and not store.exists()


def test_only_those_of_the_territory_open_it(village: Village, client: Client) -> None:
    neighbour = User.objects.create(
        username="tam", full_name="Tâm", role="OFFICER", unit=cast.neighbour(), created_at=cast.AT
    )
    client.force_login(village.actors.binh)
    send(client, village, PDF)
    send(client, village, JPEG, secret="on")
    paper, secret = Attachment.objects.order_by("pk")
    asked = {
        village.actors.binh: (200, 200),
        village.actors.phuc: (200, 404),
        neighbour: (404, 404),
        village.actors.quantri: (403, 403),
    }
    for user, due in asked.items():
        client.force_login(user)
        got = [
            client.get(f"/nguoi/{village.mai.pk}/giay-to/{one.pk}/").status_code for one in (paper, secret)
        ]
        assert tuple(got) == due, user.username
    client.force_login(neighbour)
    assert send(client, village, PDF) == 404
    client.force_login(village.actors.binh)
    assert client.get(f"/nguoi/{village.son.pk}/giay-to/{paper.pk}/").status_code == 404
    opening = f"/giay-to/{secret.pk}/"
    assert opening not in client.get(f"/nguoi/{village.mai.pk}/").text
    assert opening in client.post(f"/nguoi/{village.mai.pk}/nhay-cam/", {"reason": REASON}).text
