"""Who may have the pages of this app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.diary.actions.feeds import make_feed
from service.permissions import Role
from tests.service.access import Access
from tests.service.diary.drawing import draw_absence, draw_entry, draw_session, placed
from tests.service.universe import Universe

SEES = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.SAFEGUARDING_LEAD})
PLANS = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
MANAGES = frozenset({Role.TEAM_MANAGER})


def row(name: str, draw: Callable[[Universe], Any]) -> Callable[[Universe], dict[str, Any]]:
    """The argument of an address, by the public id of a row that is made once for a universe."""
    drawn: list[tuple[Universe, Any]] = []  # one at most: each test has a universe of its own

    def kwargs(universe: Universe) -> dict[str, Any]:
        if not drawn or drawn[0][0] is not universe:
            drawn[:] = [(universe, draw(universe))]
        return {name: drawn[0][1].public_id}

    return kwargs


def worker_of_alder(universe: Universe) -> Any:
    placed(universe)
    return universe.worker


session = row("session", draw_session)

ACCESS: dict[str, Access] = {
    "diary": Access(SEES),
    "presence-week": Access(PLANS),
    "presence-as-planned": Access(PLANS, method="post"),
    "worker-week": Access(MANAGES, reach="authority", kwargs=row("worker", worker_of_alder)),
    "worker-absence-add": Access(MANAGES, reach="authority", kwargs=row("worker", worker_of_alder)),
    "presence-schools": Access(SEES),
    "presence-correct": Access(PLANS, reach="school", kwargs=row("entry", draw_entry)),
    "presence-month": Access(SEES, reach="school", kwargs=lambda universe: {"school": universe.alder.public_id}),
    "presence-file": Access(
        SEES, reach="school", kwargs=lambda universe: {"school": universe.alder.public_id, "kind": "csv"}, page=False
    ),
    "absence-add": Access(PLANS),
    "absence-withdraw": Access(PLANS, reach="school", kwargs=row("absence", draw_absence)),
    "session-list": Access(SEES),
    "session-add": Access(PLANS),
    "session": Access(SEES, reach="school", kwargs=session),
    "session-move": Access(PLANS, reach="school", kwargs=session),
    "session-cancel": Access(PLANS, reach="school", kwargs=session),
    "session-record": Access(PLANS, reach="school", kwargs=session),
    "session-calendar": Access(SEES, reach="school", kwargs=session, page=False),
    "calendar-feed": Access(SEES),
    "calendar-feed-make": Access(SEES, method="post"),
    "calendar-feed-revoke": Access(SEES),
    "calendar": Access(
        frozenset(), public=True, page=False, kwargs=lambda universe: {"token": make_feed(by=universe.worker)}
    ),
}
