"""Requests for what is recorded of a child."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from service.accounts.models import User
from service.pages.fields import GovukDateField
from service.permissions import Permission
from service.practice.models import ChildReference
from service.records.models import Redaction, Requester


class RequestForm(forms.Form):
    """A request as it came in."""

    reference = forms.CharField(
        label="Reference of the child", max_length=9, help_text="For example BKQR-4729.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip
    requester = forms.ChoiceField(label="Who asks?", choices=Requester.choices, widget=forms.RadioSelect)
    received_on = GovukDateField(label="Day on which it was received")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if reference := told.pop("reference", "").strip().upper():
            children = ChildReference.objects.visible_to(self.person, Permission.ANSWER_SUBJECT_ACCESS)
            told["child"] = children.filter(reference=reference).first()
            if told["child"] is None:
                self.add_error("reference", ValidationError("There is no child with this reference that you may see."))
        return told


class PauseForm(forms.Form):
    starts = GovukDateField(label="From which day?")
    reason = forms.CharField(label="What was asked of the requester?", max_length=300)


class ResumeForm(forms.Form):
    on = GovukDateField(label="On which day did the answer come?")


class ExtendForm(forms.Form):
    reason = forms.CharField(
        label="Why is more time needed?", help_text="The requester must be told within the first month.", max_length=300
    )


class MarkForm(forms.Form):
    """Which passage, and why."""

    passage = forms.CharField(
        label="Passage to take out", required=False, max_length=5000, strip=False,
        help_text="Copy it as it stands. Leave it empty to take out the whole field.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    why = forms.ChoiceField(label="Why?", choices=Redaction.Why.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False, max_length=300, help_text="Needed for another reason.")


class EndForm(forms.Form):
    """The end of a request, with a pack or without."""

    on = GovukDateField(label="On which day?")
    reason = forms.CharField(
        label="Why without a pack?", required=False, max_length=300, help_text="Leave it empty when the pack was sent."
    )


class SignForm(forms.Form):
    """What the pack was when somebody was asked to sign it."""

    seen = forms.CharField(widget=forms.HiddenInput)
