"""What was written of a review and did not reach its page is kept with its draft, by the ticket that its form carries."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from service.practice.tickets import FIELD, read_ticket
from service.reviews.actions.closing import Minutes
from service.reviews.actions.drafts import keep_draft

logger = logging.getLogger("service.reviews")


class KeepMinutesMiddleware:
    """Keeps what was sent after the session had ended, with a stale CSRF token, or into a failure.

    The page says that it dealt with the form by `service.practice.kept_forms.handled`. The signed ticket allows no more than
    adding to the draft of one review in its writer's name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and not getattr(request, "form_was_handled", False) and _is_ours(request.path_info):
            _keep(request)
        return response


def _is_ours(path: str) -> bool:
    try:
        return resolve(path).url_name == "review-close"
    except Resolver404:
        return False


def _keep(request: HttpRequest) -> None:
    try:
        data = request.POST.dict()
    except (BadRequest, RequestDataTooBig, TooManyFieldsSent):
        return
    ticket = read_ticket(str(data.get(FIELD, "")))
    if ticket is None:
        return
    try:
        keep_draft(ticket=ticket, minutes=Minutes(str(data.get("agreed", "")), str(data.get("team_note", ""))))
    except ValidationError:
        logger.warning("What was written of a review was too long to be kept, or came after it was closed.")
