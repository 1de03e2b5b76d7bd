"""How the pages of this app call an action and put what it refuses into the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest


def done(form: forms.Form, act: Callable[..., Any], **asked: Any) -> Any:
    """Call an action: what it gives back, or None when it refuses, which goes into the form."""
    try:
        return act(**asked)
    except ValidationError as error:
        of_fields = error.error_dict if hasattr(error, "error_dict") else {}
        for name, told in of_fields.items():
            form.add_error("primary" if name == "outcomes" else name, told)
        if not of_fields:
            form.add_error(None, error)
    return None


def done_or_told(request: HttpRequest, act: Callable[..., Any], **asked: Any) -> Any:
    """Call an action that no form stands before: what it refuses is told on the next page."""
    try:
        return act(**asked)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return None
