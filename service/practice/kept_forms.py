"""Nothing that was typed is lost: a form that did not reach its page is kept for its writer, by the ticket that it carries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, ValidationError
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from service.practice.actions.drafts import content_of, keep_at_the_door, keep_page
from service.practice.carrying import KeptWords
from service.practice.kept_pages import PAGES
from service.practice.left_drafts import managers_of
from service.practice.models import Draft
from service.practice.models.drafts import may_keep
from service.practice.tickets import FIELD, Ticket, read_ticket

Keeper = Callable[[Ticket, QueryDict], Any]
"""Keeps what a form holds for the writer that its ticket names; raises `ValidationError` where that is too much."""
FORBIDDEN = 403
logger = logging.getLogger("service.practice")


class KeepFormsMiddleware:
    """Keeps a form that was sent after the session had ended, with a stale CSRF token, or into a failure.

    `settings.SWIS_KEPT_FORMS` names the keeper of each address, beside those of `kept_pages`. The page that handles a form says
    so with `handled(request)`. What the signed ticket allows is to keep a text of its owner;
    so the door needs no session, and no CSRF token beside it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and not getattr(request, "form_was_handled", False):
            keeper = keeper_of(request.path_info)
            kept = keep(request, keeper) if keeper is not None else None
            if isinstance(kept, Draft) and response.status_code == FORBIDDEN and covers_nothing(request, kept):
                return tell_that_it_is_kept(request, kept)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Give the page of `kept_pages` what its form is to carry."""
        page = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if page in PAGES:
            request.kept_words = KeptWords(request, page=page, subject=kwargs.get("public_id"))  # type: ignore[attr-defined]


def handled(request: HttpRequest) -> None:
    """Say that the page has dealt with the form: saved it, or shown it again with what was typed."""
    request.form_was_handled = True  # type: ignore[attr-defined]


def keeper_of(path: str) -> Keeper | None:
    try:
        page = resolve(path).url_name or ""
    except Resolver404:
        return None
    if page in PAGES:
        return keep_page_form
    place = settings.SWIS_KEPT_FORMS.get(page)
    return None if place is None else import_string(place)


def keep(request: HttpRequest, keeper: Keeper) -> Any:
    """What the keeper made of the form; None when there was nothing to keep, or it could not be kept."""
    try:
        data = request.POST
    except (BadRequest, RequestDataTooBig, TooManyFieldsSent):
        return None
    ticket = read_ticket(data.get(FIELD, ""))
    if ticket is None:
        return None
    try:
        return keeper(ticket, data)
    except ValidationError:
        logger.warning("A form at the door was too long, too late, or one too many, to be kept.")
        return None


def covers_nothing(request: HttpRequest, draft: Draft) -> bool:
    """Whether the writer is signed in and covers no school any more, as when a placement ends while a form is open."""
    return request.user == draft.user and not may_keep(request.user)


def tell_that_it_is_kept(request: HttpRequest, draft: Draft) -> HttpResponseBase:
    """A refusal that says what has become of the words, and who can record them."""
    context = {"managers": managers_of(draft)}
    return render(request, "practice/kept_without_school.html", context, status=FORBIDDEN)


def keep_contact(ticket: Ticket, data: QueryDict) -> Draft | None:
    return keep_at_the_door(ticket=ticket, content=content_of(dict(data.lists())))


def keep_page_form(ticket: Ticket, data: QueryDict) -> Draft | None:
    return keep_page(ticket=ticket, data=dict(data.lists()))


def tell_of_kept_drafts(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """After signing in: say that something was kept, and where it is."""
    if Draft.objects.filter(user=user, kept_at_the_door=True).exists():
        text = "What you were writing when your session ended was kept. Find it among your drafts, on the first page."
        messages.info(request, text, fail_silently=True)
