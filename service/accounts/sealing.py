"""Keeping secrets unreadable in the database and its backups: of second factors, and the keys of sealed files."""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

SECOND_FACTOR = b"swis second factor"


def seal(text: str, *, purpose: bytes = SECOND_FACTOR) -> str:
    """Encrypt under the present secret key. What was sealed for one purpose is not unsealed for another."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: bytes = SECOND_FACTOR) -> str:
    """Decrypt what was sealed under the present secret key or one of the old ones that are still named.

    Raises `InvalidToken` when the key has gone; a person then needs a new second factor.
    """
    return _box(purpose).decrypt(sealed.encode()).decode()


def seal_anew(sealed: str, *, purpose: bytes = SECOND_FACTOR) -> str:
    """The same under the present secret key; as it was where it is sealed under it already, or can be read no more."""
    try:
        _key(purpose, settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        try:
            return _box(purpose).rotate(sealed.encode()).decode()
        except InvalidToken:
            return sealed
    return sealed


def _box(purpose: bytes) -> MultiFernet:
    return MultiFernet([_key(purpose, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(purpose: bytes, secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(purpose + secret.encode()).digest()))


__all__ = ["InvalidToken", "seal", "seal_anew", "unseal"]
