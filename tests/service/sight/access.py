"""Who may have the pages of this app."""

from __future__ import annotations

from typing import Any

from service.enquiries.models import Enquiry
from service.permissions import Role
from tests.service.access import Access
from tests.service.diary.drawing import placed
from tests.service.enquiries.drawing import draw_enquiry
from tests.service.sight.drawing import draw_log, released
from tests.service.universe import TODAY, Universe

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


def at_work(universe: Universe) -> dict[str, Any]:
    """Pages without a row of their own, with something to show on them."""
    if not Enquiry.objects.exists():
        placed(universe)
        released(universe)
        draw_enquiry(universe)
        draw_log(universe.worker, universe.alder, 8, day=TODAY, outcome="referral")
    return {}


ACCESS: dict[str, Access] = {
    "home": Access(frozenset(), signed_in=True, kwargs=at_work),
    "own-dashboard": Access(frozenset({Role.SOCIAL_WORKER}), kwargs=at_work),
    "team-dashboard": Access(MANAGER, kwargs=at_work),
    "team-figure": Access(MANAGER, kwargs=lambda universe: {"exhibit": "topics", "kind": "csv"}, page=False),
    "school-summary": Access(SCHOOL),
    "school-summary-of": Access(SCHOOL, reach="school", kwargs=alder),
    "published-figures": Access(AUDIENCE, kwargs=at_work),
    "figures": Access(AUDIENCE, reach="authority", kwargs=year),
    "figures-download": Access(
        AUDIENCE,
        reach="authority",
        kwargs=lambda universe: year(universe) | {"exhibit": "school", "kind": "xlsx"},
        page=False,
    ),
    "figures-release": Access(RELEASES),
}
