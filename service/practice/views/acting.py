"""From a form to a deed and back: what was wrong is told at its field."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from service.accounts.request import SignedInRequest
from service.permissions import Permission, holds
from service.practice.actions.drafts import drop_sent
from service.practice.kept_forms import handled
from service.practice.kept_pages import PAGES, words_of
from service.practice.models import Draft
from service.practice.names import likely_names
from service.practice.tickets import FIELD, Ticket, issue_ticket, read_ticket

REDIRECTED = 302
Made = TypeVar("Made")


def attempt(form: forms.Form, deed: Callable[[], Made]) -> Made | None:
    """What the deed made; None when it was refused, and the form then tells why."""
    try:
        return deed()
    except ValidationError as error:
        add_errors(form, error)
        return None


def done(form: forms.Form, deed: Callable[[], object]) -> bool:
    """Tell whether the form is right and the deed was done; when it was refused, the form tells why."""
    return form.is_valid() and attempt(form, deed) is not None


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put each message to the field that it names, and above the form where the form has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def form_page(request: SignedInRequest, form: forms.Form, **context: Any) -> HttpResponse:
    """A page with one form: `title`, `submit`, `back`, and perhaps `text` or `warning`.

    A form whose words are kept when they come too late carries a ticket, and begins with what was kept (`?draft=`).
    """
    ticket = carry_ticket(request, form)
    tickets = {"ticket": ticket.text, "ticket_field": FIELD} if ticket else {}
    return render(request, "practice/form_page.html", {"form": form, **tickets, **context})


def keeps_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep what was written in the form of a view when it does not reach it, and let go of that once it is sent."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            handled(request)
            ticket = read_ticket(request.POST.get(FIELD, ""))
            if response.status_code == REDIRECTED:
                hint_at_names(request)
            if response.status_code == REDIRECTED and ticket is not None:
                drop_sent(by=request.user, form=ticket.form)
        return response

    return guarded


def hint_at_names(request: SignedInRequest) -> None:
    """Say that what was saved seems to hold a name. It never stands in the way."""
    if names := likely_names("\n".join(words_of(dict(request.POST.lists())).values())):
        text = f"What you wrote may hold a name: {', '.join(names)}. Write the role instead, such as “the boy” or “his mother”."
        messages.warning(request, text)


def carry_ticket(request: SignedInRequest, form: forms.Form) -> Ticket | None:
    """The ticket of a form: the one that was sent, or a new one; None where the page keeps nothing."""
    match = request.resolver_match
    page = (match.url_name or "") if match else ""
    if match is None or page not in PAGES or not holds(request.user, Permission.RECORD_CONTACT):
        return None
    sent = read_ticket(request.POST.get(FIELD, ""))
    if sent is not None and (sent.user, sent.kind) == (request.user.public_id, page):
        return sent
    subject = match.kwargs.get("public_id")
    held = own_draft(request)
    if held is None or (held.page, held.subject) != (page, subject):
        return issue_ticket(request.user, page, subject=subject)
    form.initial = {**(form.initial or {}), **begun(form, held)}
    return issue_ticket(request.user, page, form=held.public_id, subject=subject)


def own_draft(request: SignedInRequest) -> Draft | None:
    """The draft of this person that the address names, `?draft=…`; None when there is none."""
    wanted = request.GET.get("draft", "")
    return next((each for each in Draft.objects.visible_to(request.user) if str(each.public_id) == wanted), None)


def begun(form: forms.Form, draft: Draft) -> dict[str, Any]:
    """How the fields of a form stood when it was sent."""
    data = QueryDict(mutable=True)
    for name, values in draft.content.items():
        data.setlist(name, values)
    return {name: each.widget.value_from_datadict(data, MultiValueDict(), name) for name, each in form.fields.items()}
