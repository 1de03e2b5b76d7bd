"""Who may have the pages of the audit."""

from __future__ import annotations

from service.permissions import Role
from tests.service.access import Access

OFFICERS = frozenset({Role.INFORMATION_GOVERNANCE})

ACCESS: dict[str, Access] = {
    "audit": Access(OFFICERS),
    "audit-person": Access(OFFICERS, kwargs=lambda universe: {"person": universe.worker.public_id}),
    "audit-child": Access(OFFICERS, kwargs=lambda universe: {"reference": "K7QX-3M2P"}),
}
