"""Keeping the secrets of the second factor unreadable in the database and its backups."""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PURPOSE = b"swis second factor"


def seal(text: str) -> str:
    """Encrypt under the present secret key."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt what was sealed under the present secret key or one of the old ones that are still named.

    Raises `InvalidToken` when the key has gone; the person then needs a new second factor.
    """
    return _box().decrypt(sealed.encode()).decode()


def _box() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(PURPOSE + secret.encode()).digest()))


__all__ = ["InvalidToken", "seal", "unseal"]
