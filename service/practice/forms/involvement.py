"""The forms of involvement and of what a worker carries besides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from service.pages.fields import GovukDateField
from service.practice.codes import Choice
from service.practice.core_codes import CORE, CodeList
from service.practice.forms.children import reason_field

LEVELS = list(CORE[CodeList.LEVEL].items())
REASONS = [("", "Select a reason"), *CORE[CodeList.REASON].items()]


class StepForm(forms.Form):
    """What every step asks: a level, a reason and a day."""

    level = forms.ChoiceField(label="Level", choices=LEVELS, widget=forms.RadioSelect)
    reason = forms.ChoiceField(label="Why?", choices=REASONS)
    on = GovukDateField(label="Date")
    note = reason_field("Anything to add", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())


class OpenForm(StepForm):
    worker = forms.ChoiceField(label="Worker")
    carried_over = forms.BooleanField(label="The worker held this case before the placement", required=False)
    field_order = ("worker", "level", "reason", "on", "carried_over", "note")

    def __init__(self, *args: Any, workers: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = workers  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    worker = forms.ChoiceField(label="To whom?")
    on = GovukDateField(label="Date")
    note = reason_field("Anything to add", required=False)

    def __init__(self, *args: Any, workers: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = workers  # type: ignore[attr-defined]
        self.initial.setdefault("on", timezone.localdate())


class CloseForm(forms.Form):
    reason = forms.ChoiceField(label="Why?", choices=[("", "Select a reason"), *CORE[CodeList.CLOSING].items()])
    on = GovukDateField(label="Date")
    note = reason_field("Anything to add", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())


class OtherWorkForm(forms.Form):
    worker = forms.ChoiceField(label="Worker")
    starts = GovukDateField(label="From which day")
    carried_over_cases = forms.IntegerField(
        label="Cases from before that have no reference here", min_value=0, max_value=200
    )
    court_percent = forms.IntegerField(label="Court work, per cent of the working time", min_value=0, max_value=100)
    other_percent = forms.IntegerField(
        label="Other work outside the schools, per cent of the working time", min_value=0, max_value=100, initial=0
    )

    def __init__(self, *args: Any, workers: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = workers  # type: ignore[attr-defined]
        self.initial.setdefault("starts", timezone.localdate())
