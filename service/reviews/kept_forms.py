"""What was written of a review and did not reach its page is kept: minutes with their draft, the rest for its writer."""

from __future__ import annotations

from django.http import QueryDict

from service.practice.tickets import Ticket
from service.reviews.actions.closing import Minutes
from service.reviews.actions.drafts import keep_draft
from service.reviews.actions.kept import keep_form


def keep_minutes(ticket: Ticket, data: QueryDict) -> None:
    """With the draft of the review or, where it has none any more, for the writer alone."""
    if keep_draft(ticket=ticket, minutes=Minutes(data.get("agreed", ""), data.get("team_note", ""))) is None:
        keep_words(ticket, data)


def keep_words(ticket: Ticket, data: QueryDict) -> None:
    keep_form(ticket=ticket, data=dict(data.lists()))
