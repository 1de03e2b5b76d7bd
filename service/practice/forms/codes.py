"""The forms of the code lists."""

from __future__ import annotations

from typing import Any

from django import forms

from service.pages.typed import TypedField
from service.practice.codes import Choice


class LabelForm(forms.Form):
    label = TypedField(
        label="Your own word", required=False, max_length=80, help_text="Empty: the word of the core list."
    )
    place = forms.IntegerField(
        label="Place in the list", required=False, min_value=0, max_value=999, help_text="Smaller numbers come first."
    )
    hidden = forms.BooleanField(label="Do not offer it", required=False)


class LocalCodeForm(forms.Form):
    parent = forms.ChoiceField(
        label="It is a kind of", help_text="It counts as this wherever authorities are put together."
    )
    name = TypedField(label="Name", max_length=80)

    def __init__(self, *args: Any, parents: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parents  # type: ignore[attr-defined]


class PathwayForm(forms.Form):
    asks_pathway = forms.BooleanField(label="Ask which pathway of the logic model a contact belongs to", required=False)
