"""Who may have the pages of this app."""

from __future__ import annotations

from tests.service.access import Access

ACCESS: dict[str, Access] = {
    "home": Access(frozenset(), signed_in=True),
}
