"""A question or an answer that did not reach its page is kept for its writer."""

from __future__ import annotations

from django.http import QueryDict

from service.enquiries.actions.kept_texts import keep_text
from service.practice.tickets import Ticket


def keep_enquiry(ticket: Ticket, data: QueryDict) -> None:
    keep_text(ticket=ticket, content={name: data.get(name, "") for name in data})
