"""What each address admits: one table an app, walked by `test_access.py` for every role and place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from service.permissions import Role
from tests.service.universe import Universe

EVERYBODY = frozenset(Role)


@dataclass(frozen=True)
class Access:
    """One address: how to name a row at Alder (or Northbrook) for it, and who may have it.

    `kwargs` makes what the address needs and returns its arguments; `roles` may have it at their own school or authority.
    `reach` tells how far a row of Alder is hidden: "school" (from Beech and Southmere), "authority" (from Southmere),
    or "own" (a page without a row: everybody with the role gets their own). `data` is a valid body for a POST.
    """

    roles: frozenset[Role]
    reach: str = "own"
    kwargs: Callable[[Universe], dict[str, Any]] = field(default=lambda universe: {})
    method: str = "get"
    data: Callable[[Universe], dict[str, Any]] = field(default=lambda universe: {})
    public: bool = False
    signed_in: bool = False  # any person who is signed in
    absent: bool = False  # not there at all, for anybody, outside a demonstration
    page: bool = True  # an HTML page that axe should look at
