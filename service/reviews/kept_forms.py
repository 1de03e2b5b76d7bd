"""What was written of a review and did not reach its page is kept with its draft."""

from __future__ import annotations

from django.http import QueryDict

from service.practice.tickets import Ticket
from service.reviews.actions.closing import Minutes
from service.reviews.actions.drafts import keep_draft


def keep_minutes(ticket: Ticket, data: QueryDict) -> None:
    keep_draft(ticket=ticket, minutes=Minutes(data.get("agreed", ""), data.get("team_note", "")))
