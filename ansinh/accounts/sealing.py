"""Secrets at rest (niêm phong): readable with the site's key, useless in a stolen copy of the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def sealed(text: str, *, purpose: str) -> str:
    """Encrypt a text with a key of this purpose, derived from the site's secret key."""
    return _keys(purpose).encrypt(text.encode()).decode()


def unsealed(text: str, *, purpose: str) -> str | None:
    """Return what was sealed; None when the site's key is another now, and not kept among the former ones."""
    try:
        return _keys(purpose).decrypt(text.encode()).decode()
    except InvalidToken:
        return None


def _keys(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(secret, purpose)) for secret in secrets])


def _derived(secret: str | bytes, purpose: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ansinh.{purpose}".encode())
    return base64.urlsafe_b64encode(key.derive(secret.encode() if isinstance(secret, str) else secret))
