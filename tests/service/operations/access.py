"""Operations have no pages."""

from __future__ import annotations

from tests.service.access import Access

ACCESS: dict[str, Access] = {}
