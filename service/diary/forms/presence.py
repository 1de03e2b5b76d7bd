"""Forms of presence: the week, a correction, days away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from service.diary.models import AbsenceReason, Actual
from service.diary.presence import DayInSchool
from service.pages.typed import TypedField
from service.pages.widgets import NativeDate
from service.schools.models import School

REASON = "Do not name a child or say anything that points to one."


class WeekForm(forms.Form):
    """One choice for each day of a week that has no entry yet; what is left empty stays without one."""

    mark_optional = False

    def __init__(self, data: Any = None, *, days: Sequence[DayInSchool]) -> None:
        super().__init__(data)
        self.days = {f"d{day.day:%Y%m%d}_{day.school.urn}": day for day in days}
        for name, day in self.days.items():
            self.fields[name] = forms.ChoiceField(
                label=f"{day.day:%A} {day.day.day} {day.day:%B}, {day.school}",
                help_text=f"Planned: {day.planned_in_words.lower()}",
                choices=[("", "No entry"), *Actual.choices],
                required=False,
            )

    @property
    def entries(self) -> dict[tuple[School, date], str]:
        """What was chosen, by school and day."""
        chosen = ((self.days[name], value) for name, value in self.cleaned_data.items() if value)
        return {(day.school, day.day): value for day, value in chosen}


class PresenceCorrectionForm(forms.Form):
    actual = forms.ChoiceField(label="What it should say", choices=Actual.choices, widget=forms.RadioSelect)
    reason = TypedField(label="Why is the entry corrected?", help_text=REASON, max_length=200)


class AbsenceForm(forms.Form):
    first = forms.DateField(label="First day away", widget=NativeDate)
    last = forms.DateField(label="Last day away", widget=NativeDate)
    why = forms.ChoiceField(
        label="Why",
        help_text="You and your manager see the reason. Schools see only that you are away.",
        choices=AbsenceReason.choices,
        widget=forms.RadioSelect,
    )


class WithdrawalForm(forms.Form):
    reason = TypedField(label="Why is it withdrawn?", help_text=REASON, max_length=200)
