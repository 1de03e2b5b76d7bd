"""Asking for an export."""

from __future__ import annotations

from typing import Any

from django import forms

from service.accounts.models import User
from service.permissions import Permission
from service.schools.models import Authority


class AskForExport(forms.Form):
    """Which authority, and why. Identifiers are offered to those who may see them."""

    authority = forms.ModelChoiceField(queryset=Authority.objects.none(), to_field_name="public_id", empty_label=None)
    reason = forms.CharField(label="What is it for?", help_text="Without names.", max_length=200)
    identifiers = forms.BooleanField(label="With the identifiers of the case system", required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["authority"]
        own.queryset = Authority.objects.visible_to(person, Permission.EXPORT_AUTHORITY)
        if not person.may(Permission.VIEW_CASE_IDENTIFIER):
            del self.fields["identifiers"]
