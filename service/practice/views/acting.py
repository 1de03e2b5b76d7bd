"""From a form to a deed and back: what was wrong is told at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from service.accounts.request import SignedInRequest

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
    """A page with one form: `title`, `submit`, `back`, and perhaps `text` or `warning`."""
    return render(request, "practice/form_page.html", {"form": form, **context})
