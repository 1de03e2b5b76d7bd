"""Reviews of Alder, made as people make them."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.practice.actions.involvement import open_involvement
from service.practice.models import ChildReference
from service.practice.tickets import issue_ticket
from service.reviews.actions.agenda import Item, put_on_agenda
from service.reviews.actions.closing import Minutes, close_review
from service.reviews.actions.follow_up import Agreed, agree_action
from service.reviews.actions.kept import keep_form
from service.reviews.actions.planning import ask_attendee, plan_review
from service.reviews.models import AttendeeRole, ItemKind, KeptForm, Kind, Review, ReviewAction, ReviewItem
from tests.service.practice.drawing import draw_child
from tests.service.universe import TODAY, Universe

LAST_HALF_TERM = date(2026, 10, 14)
MINUTES = Minutes("Drop-ins move to Tuesdays.", "Two families to visit before the next meeting.")


def draw_review(universe: Universe, *, day: date = TODAY, **changes: Any) -> Review:
    """The half-termly review of Alder, planned by its worker and chaired by the manager."""
    given = {"by": universe.worker, "school": universe.alder, "day": day, "chair": universe.manager} | changes
    review = plan_review(**given)
    ask_attendee(by=universe.lead, review=review, role=AttendeeRole.SAFEGUARDING_LEAD, name="Ola Reed")
    return review


def draw_meeting(universe: Universe, **changes: Any) -> Review:
    """A Team Around the School meeting at Alder."""
    return draw_review(universe, kind=Kind.TEAM_AROUND_THE_SCHOOL, **changes)


def close(universe: Universe, review: Review, **changes: Any) -> Review:
    given = {"by": universe.manager, "review": review, "minutes": MINUTES, "came": list(review.attendees.all())}
    return close_review(**given | changes)


def draw_closed(universe: Universe, *, day: date = LAST_HALF_TERM) -> Review:
    """The review of the half-term before, closed."""
    return close(universe, draw_review(universe, day=day))


def draw_open_child(universe: Universe, *, reference: str = "BKQR-4729", **fields: Any) -> ChildReference:
    """A child of Alder with open involvement."""
    child = draw_child(universe.worker, universe.alder, reference=reference, **fields)
    open_involvement(
        by=universe.worker, child=child, worker=universe.worker, level="child in need", reason="referral",
        on=date(2026, 9, 21),
    )  # fmt: skip
    return child


def draw_item(universe: Universe, review: Review | None = None, **changes: Any) -> ReviewItem:
    """What the school wants to talk about."""
    by = changes.pop("by", universe.lead)
    given = {"kind": ItemKind.TOPIC, "text": "Isolation rooms are used more this term."} | changes
    return put_on_agenda(by=by, review=review or draw_review(universe), item=Item(**given))


def draw_action(universe: Universe, review: Review | None = None, **changes: Any) -> ReviewAction:
    """An action of the safeguarding lead of Alder."""
    given = {
        "text": "Send the list of internal exclusions.",
        "due": date(2026, 12, 4),
        "owner": universe.lead,
    } | changes
    return agree_action(by=universe.worker, review=review or draw_review(universe), action=Agreed(**given))


def draw_kept(universe: Universe) -> KeptForm:
    """What the safeguarding lead of Alder wrote and did not send: hers alone."""
    review = draw_review(universe)
    ticket = issue_ticket(universe.lead, "review-item-add", subject=review.public_id)
    kept = keep_form(ticket=ticket, data={"kind": ["topic"], "text": ["Isolation rooms."]})
    assert kept is not None
    return kept
