"""Choosing a person."""

from __future__ import annotations

from django import forms

from service.demonstration.people import people


class ChoosePerson(forms.Form):
    person = forms.ChoiceField(label="Who are you?", widget=forms.RadioSelect)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(person.public_id, f"{person.name}, {person.role} ({person.where})") for person in people()]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
