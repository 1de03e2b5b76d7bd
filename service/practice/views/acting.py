"""From a form to a deed and back: what was wrong is told at its field."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from service.accounts.request import SignedInRequest
from service.practice.carrying import KeptWords
from service.practice.kept_pages import words_of
from service.practice.names import likely_names

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
    if kept := kept_words(request):
        kept.carry(form)
    return render(request, "practice/form_page.html", {"form": form, **context})


def keeps_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep what was written in the form of a view when it does not reach it, and let go of that once it is sent."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and (kept := kept_words(request)):
            kept.done(sent=response.status_code == REDIRECTED)
            if response.status_code == REDIRECTED:
                hint_at_names(request)
        return response

    return guarded


def hint_at_names(request: SignedInRequest) -> None:
    """Say that what was saved seems to hold a name. It never stands in the way."""
    if names := likely_names("\n".join(words_of(dict(request.POST.lists())).values())):
        text = f"What you wrote may hold a name: {', '.join(names)}. Write the role instead, such as “the boy” or “his mother”."
        messages.warning(request, text)


def kept_words(request: SignedInRequest) -> KeptWords | None:
    """What `KeepFormsMiddleware` has put on the request of a page whose words are kept."""
    return getattr(request, "kept_words", None)
