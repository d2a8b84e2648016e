"""Content hashes: the same content, the same hash, on any machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def content_hash(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 (hex) of the parts, each preceded by its length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
