"""Who may have the pages of this app: anybody, signed in or not."""

from __future__ import annotations

from tests.service.access import EVERYBODY, Access

ACCESS: dict[str, Access] = {
    "healthz": Access(EVERYBODY, public=True, page=False),
    "readyz": Access(EVERYBODY, public=True, page=False),
    "accessibility": Access(EVERYBODY, public=True),
    "privacy": Access(EVERYBODY, public=True),
    "cookies": Access(EVERYBODY, public=True),
}
