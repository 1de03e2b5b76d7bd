"""Showing in a form what an action refused."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError


def tell(form: forms.Form, error: ValidationError, **renamed: str) -> None:
    """Put what an action refused beside the field it is about; at the head of the form when it has no such field.

    `renamed` gives the field of the form for a name of the action where the two differ.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        field = renamed.get(name, name)
        form.add_error(field if field in form.fields else None, errors)
