"""The chain: each entry carries a hash of itself and of the entry before, so that a change anywhere shows."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings

GENESIS = "0" * 64
CHAINED = (
    "action",
    "actor",
    "actor_name",
    "actor_roles",
    "subject_kind",
    "subject",
    "child",
    "child_reference",
    "school",
    "authority",
    "details",
    "reason",
    "request_id",
    "address",
)


def hash_of(entry: Any, *, previous: str) -> str:
    """The hash of an entry: keyed, so that who can write to the database alone cannot forge a whole new chain."""
    content = {name: getattr(entry, name) for name in CHAINED}
    content |= {"sequence": entry.sequence, "at": entry.at.isoformat(), "previous": previous}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
