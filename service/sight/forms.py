"""What a dashboard looks at, and which half-term is released."""

from __future__ import annotations

from typing import Any

from django import forms

from service.schools.models import Authority
from service.schools.open_days import HalfTerm
from service.sight.lens import key_of

Choice = tuple[str, str]


class PeriodForm(forms.Form):
    """The half-term that is looked at and, for who sees several, the authority."""

    mark_optional = False
    authority = forms.ChoiceField(label="Authority", required=False)
    half_term = forms.ChoiceField(label="Half-term", required=False)

    def __init__(self, *args: Any, authorities: list[Authority], halves: list[HalfTerm], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = [(str(each.public_id), each.name) for each in authorities]  # type: ignore[attr-defined]
        self.fields["half_term"].choices = [(key_of(half), str(half)) for half in reversed(halves)]  # type: ignore[attr-defined]
        if len(authorities) < 2:
            del self.fields["authority"]


class ReleaseForm(forms.Form):
    """One half-term of one authority."""

    half = forms.ChoiceField(
        label="Half-term",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select a half-term.",
            "invalid_choice": "Select a half-term of the list. What is not in it was released, or has nothing to release.",
        },
    )

    def __init__(self, *args: Any, pending: list[tuple[Authority, HalfTerm]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pending = {f"{authority.code}-{key_of(half)}": (authority, half) for authority, half in pending}
        self.fields["half"].choices = [  # type: ignore[attr-defined]
            (key, f"{authority}: {half}, {half.starts:%-d %B %Y} to {half.ends:%-d %B %Y}")
            for key, (authority, half) in self.pending.items()
        ]
