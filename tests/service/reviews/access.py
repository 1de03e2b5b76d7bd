"""Who may have the pages of this app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.permissions import Role
from service.reviews.actions.follow_up import settle_action
from service.reviews.models import Attendee, Review, ReviewAction
from tests.service.access import Access
from tests.service.diary.access import row
from tests.service.reviews.drawing import close, draw_action, draw_item, draw_meeting, draw_review
from tests.service.universe import Universe

SEES = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.SAFEGUARDING_LEAD})
TEAM = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})


def draw_attendee(universe: Universe) -> Attendee:
    attendee: Attendee = draw_review(universe).attendees.get()
    return attendee


def draw_done(universe: Universe) -> ReviewAction:
    return settle_action(by=universe.worker, action=draw_action(universe), state="done", note="Sent.")


def draw_closed_meeting(universe: Universe) -> Review:
    """A Team Around the School meeting, which the worker may close as well as the manager."""
    return close(universe, draw_meeting(universe), by=universe.worker)


def pack(universe: Universe) -> dict[str, Any]:
    return {**review(universe), "kind": "docx"}


review: Callable[[Universe], dict[str, Any]] = row("public_id", draw_review)
action: Callable[[Universe], dict[str, Any]] = row("public_id", draw_action)
item: Callable[[Universe], dict[str, Any]] = row("public_id", draw_item)

ACCESS: dict[str, Access] = {
    "review-list": Access(SEES),
    "review-plan": Access(TEAM),
    "review-due": Access(TEAM),
    "review-action-list": Access(SEES),
    "review-action": Access(SEES, reach="school", kwargs=action),
    "review-action-settle": Access(SEES, reach="school", kwargs=action),
    "review-action-postpone": Access(SEES, reach="school", kwargs=action),
    "review-action-reopen": Access(SEES, reach="school", kwargs=row("public_id", draw_done)),
    "review-kept": Access(SEES),
    "review-kept-discard": Access(SEES),
    "review-attendee-take-off": Access(SEES, reach="school", kwargs=row("public_id", draw_attendee)),
    "review-item-next": Access(TEAM, reach="school", kwargs=item),
    "review-item-withdraw": Access(SEES, reach="school", kwargs=item),
    "review": Access(SEES, reach="school", kwargs=review),
    "review-move": Access(TEAM, reach="school", kwargs=review),
    "review-cancel": Access(TEAM, reach="school", kwargs=review),
    "review-attendee-add": Access(SEES, reach="school", kwargs=review),
    "review-item-add": Access(SEES, reach="school", kwargs=review),
    "review-action-agree": Access(TEAM, reach="school", kwargs=review),
    "review-close": Access(TEAM, reach="school", kwargs=row("public_id", draw_meeting)),
    "review-amend": Access(TEAM, reach="school", kwargs=row("public_id", draw_closed_meeting)),
    "review-pack-team": Access(TEAM, reach="school", kwargs=pack, page=False),
    "review-pack-school": Access(SEES, reach="school", kwargs=pack, page=False),
}
