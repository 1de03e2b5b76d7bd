"""Who may have the pages of this app."""

from __future__ import annotations

from typing import Any

from service.permissions import Role
from tests.service.access import Access
from tests.service.diary.drawing import placed
from tests.service.sight.drawing import released
from tests.service.universe import Universe

MANAGER = frozenset({Role.TEAM_MANAGER})
SCHOOL = frozenset({Role.SAFEGUARDING_LEAD, Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
AUDIENCE = frozenset({Role.STEERING, Role.PROGRAMME_LEAD, Role.EVALUATOR, Role.ANALYST})
RELEASES = frozenset({Role.PROGRAMME_LEAD, Role.ANALYST})


def alder(universe: Universe) -> dict[str, Any]:
    placed(universe)
    released(universe)
    return {"school": universe.alder.public_id}


def year(universe: Universe) -> dict[str, Any]:
    return {"authority": released(universe).authority.public_id, "year": "2026-27"}


ACCESS: dict[str, Access] = {
    "home": Access(frozenset(), signed_in=True),
    "own-dashboard": Access(frozenset({Role.SOCIAL_WORKER})),
    "team-dashboard": Access(MANAGER),
    "team-figure": Access(MANAGER, kwargs=lambda universe: {"exhibit": "topics", "kind": "csv"}, page=False),
    "school-summary": Access(SCHOOL),
    "school-summary-of": Access(SCHOOL, reach="school", kwargs=alder),
    "published-figures": Access(AUDIENCE),
    "figures": Access(AUDIENCE, reach="authority", kwargs=year),
    "figures-download": Access(
        AUDIENCE,
        reach="authority",
        kwargs=lambda universe: year(universe) | {"exhibit": "school", "kind": "xlsx"},
        page=False,
    ),
    "figures-release": Access(RELEASES),
}
