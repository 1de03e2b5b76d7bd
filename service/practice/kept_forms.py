"""Nothing that was typed is lost: a form that did not reach its page is kept for its writer, by the ticket that it carries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from service.practice.actions.drafts import content_of, keep_at_the_door
from service.practice.models import Draft
from service.practice.tickets import FIELD, read_ticket

KEPT = frozenset({"contact-record", "contact-correct", "draft-save"})
logger = logging.getLogger("service.practice")


class KeepFormsMiddleware:
    """Keeps a form that was sent after the session had ended, with a stale CSRF token, or into a failure.

    The page that handles a form says so with `handled(request)`. What the signed ticket allows is to keep a draft of its owner;
    so the door needs no session, and no CSRF token beside it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and not getattr(request, "form_was_handled", False) and is_kept(request.path_info):
            keep(request)
        return response


def handled(request: HttpRequest) -> None:
    """Say that the page has dealt with the form: saved it, or shown it again with what was typed."""
    request.form_was_handled = True  # type: ignore[attr-defined]


def is_kept(path: str) -> bool:
    try:
        return resolve(path).url_name in KEPT
    except Resolver404:
        return False


def keep(request: HttpRequest) -> None:
    try:
        data = request.POST
    except (BadRequest, RequestDataTooBig, TooManyFieldsSent):
        return
    ticket = read_ticket(data.get(FIELD, ""))
    if ticket is None:
        return
    try:
        keep_at_the_door(ticket=ticket, content=content_of(dict(data.lists())))
    except ValidationError:
        logger.warning("A form at the door was too long, or one too many, to be kept.")


def tell_of_kept_drafts(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """After signing in: say that something was kept, and where it is."""
    if Draft.objects.filter(user=user, kept_at_the_door=True).exists():
        text = "What you were writing when your session ended was kept. Find it among your drafts, under Contacts."
        messages.info(request, text, fail_silently=True)
