"""What the audit keeps of signing in: never a password, and of an unknown address only a keyed hash."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record

LOCKED_FOR = 15 * 60


def failed(address: str, *, step: str) -> None:
    """Record that somebody did not get in, and at which step: password, second factor, provider."""
    record(Action.SIGN_IN_FAILED, by=None, subject=known(address), details={"step": step, **_typed(address)})


def locked_out(address: str) -> None:
    """Record that an address is locked for a while; once in each while, so that guessing does not fill the audit."""
    typed = _typed(address)
    if cache.add(f"locked-out:{typed['address_hash']}", 1, timeout=LOCKED_FOR):
        record(Action.LOCKED_OUT, by=None, subject=known(address), details=typed)


def known(address: str) -> User | None:
    """The person who signs in by this address, if there is one."""
    return User.objects.filter(email__iexact=address.strip()).first() if address else None


def _typed(address: str) -> dict[str, Any]:
    """A hash with the key of the audit: the same address gives the same hash, and nobody can try addresses without the key."""
    key = settings.AUDIT_KEY.encode()
    return {"address_hash": hmac.new(key, address.strip().lower().encode(), sha256).hexdigest()}
