"""Who may have the pages of information governance."""

from __future__ import annotations

from service.accounts.models import User
from service.permissions import Role
from service.records.models import Export
from tests.service.access import Access
from tests.service.universe import Universe

OFFICERS = frozenset({Role.INFORMATION_GOVERNANCE})


def draw_export(universe: Universe, *, by: User | None = None) -> Export:
    return Export.objects.create(
        authority=universe.northbrook, asked_by=by or universe.governance, reason="The yearly copy"
    )


ACCESS: dict[str, Access] = {
    "export-list": Access(OFFICERS),
    "export-ask": Access(OFFICERS, method="post", page=False),
    "export-take": Access(
        OFFICERS, reach="authority", kwargs=lambda universe: {"export": draw_export(universe).public_id}, page=False
    ),
}
