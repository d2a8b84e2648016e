"""Keeping scans and photographs of papers (đính kèm giấy tờ)."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ansinh.accounts import operations as accounts
from ansinh.accounts.logic import Right
from ansinh.accounts.models import User
from ansinh.db import locks
from ansinh.kernel.refusal import Refusal
from ansinh.registry.models import Attachment, Document, Person

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""


def attach(
    *,
    person: Person,
    content: bytes,
    title: str,
    document: Document | None = None,
    secret: bool = False,
    by: User,
    at: dt.datetime,
) -> Attachment:
    """Keep a scan of a person's paper (đính kèm): the file first, then its row and the line of the trail.

    What it is is told by its content, whatever its name. The same paper of the same person is kept once,
    however often the same officer sends it. Refused: nothing, too much, neither JPEG, PNG nor PDF, a file
    cut short.
    """
    if not content:
        raise Refusal("Tệp rỗng.", remedy="Chọn lại tệp.")
    if len(content) > LARGEST:
        raise Refusal("Tệp lớn hơn 10 MB.", remedy="Quét lại ở 200–300 điểm, hoặc chia thành nhiều tệp.")
    kind = type_of(content)
    if kind is None:
        raise Refusal(
            "Tệp không phải ảnh JPEG, PNG hoặc PDF còn nguyên vẹn.",
            remedy="Xem lại tệp có mở được không; đổi tên đuôi không làm tệp thành loại khác.",
        )
    sha256 = hashlib.sha256(content).hexdigest()
    _keep(place_of(sha256), content)
    told = {"person": person, "document": document, "secret": secret, "title": title.strip()}
    said = {**told, "sha256": sha256, "by": by}
    with transaction.atomic():
        locks.hold(locks.key(f"attach {person.pk} {sha256}"))
        sent = Attachment.objects.filter(**said).first()
        if sent is not None:  # a second click
            return sent
        kept = Attachment.objects.create(**said, at=at, size=len(content), type=kind)
        accounts.record(
            at=at,
            who=by,
            right=Right.KEEP_REGISTER,
            action="attach",
            subject=person,
            unit=by.unit,
            detail={"attachment": kept.pk, "size": len(content)},
        )
    return kept


def type_of(content: bytes) -> str | None:
    """Tell from how a file begins and ends whether it is a whole JPEG, PNG or PDF."""
    tail = content[-1024:].rstrip(b"\0\r\n\t ")
    if content.startswith(b"\xff\xd8\xff") and tail.endswith(b"\xff\xd9"):
        return Attachment.Type.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in tail[-12:]:
        return Attachment.Type.PNG
    if content.startswith(b"%PDF-") and b"%%EOF" in tail:
        return Attachment.Type.PDF
    return None


def place_of(sha256: str) -> Path:
    """Where the content of a hash lies: outside what is served."""
    return Path(settings.ATTACHMENTS) / sha256[:2] / sha256


def _keep(place: Path, content: bytes) -> None:
    """Write a file whole or not at all, for our eyes only."""
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(place)
