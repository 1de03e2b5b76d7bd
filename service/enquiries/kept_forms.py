"""A question or an answer that did not reach its page is kept for its writer, by the ticket that its form carries."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from service.enquiries.actions.kept_texts import keep_text
from service.practice.tickets import FIELD, read_ticket

KEPT = frozenset({"enquiry-ask", "enquiry-answer"})
logger = logging.getLogger("service.enquiries")


class KeepEnquiriesMiddleware:
    """Keeps what was sent after the session had ended, with a stale CSRF token, or into a failure.

    The page says that it dealt with a form by `service.practice.kept_forms.handled`. The signed ticket allows no more than
    keeping a text of its owner, so it needs no session and no CSRF token beside it.
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
        return resolve(path).url_name in KEPT
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
        keep_text(ticket=ticket, content={name: str(value) for name, value in data.items()})
    except ValidationError:
        logger.warning("A text at the door was too long, or one too many, to be kept.")
