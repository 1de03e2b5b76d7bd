"""Choosing a person."""

from __future__ import annotations

from django import forms

from service.demonstration.people import people


class ChoosePerson(forms.Form):
    person = forms.ChoiceField(label="Who are you?", widget=forms.RadioSelect)

    def __init__(self, *args: object, everybody: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        known = people()
        choices = [(person.public_id, f"{person.name}, {person.role} ({person.where})") for person in known]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
        if not everybody:  # all may be chosen; the first of each role are offered
            self.fields["person"].widget.choices = choices[: sum(person.is_first for person in known)]
