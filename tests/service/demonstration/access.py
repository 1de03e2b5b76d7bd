"""The demonstration's own page."""

from __future__ import annotations

from tests.service.access import Access

# Tried in test_choose_person.py: there is no such page unless the service is a demonstration.
ACCESS: dict[str, Access] = {"choose-person": Access(frozenset(), absent=True)}
