from __future__ import annotations

from typing import Any

from django import forms

from service.accounts.models import User
from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.permissions import Permission
from service.programmes.forms.scoped import PersonForm, choice_of, school_choice, worker_choice, workers_for
from service.programmes.models import WEEKDAYS, Mode, Placement
from service.schools.models import School


def weekday_choice() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label="Agreed weekdays",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )


def share_choice(help_text: str = "For example 40 for two days of five.") -> forms.IntegerField:
    return forms.IntegerField(
        label="Share of a full week, in per cent", min_value=1, max_value=100, help_text=help_text
    )


class TermsForm(PersonForm):
    """How a worker is in a school."""

    worker = worker_choice()
    mode = forms.ChoiceField(label="How", choices=Mode.choices, widget=forms.RadioSelect)
    shares_with = TypedField(
        label="Shares the office with",
        max_length=100,
        required=False,
        help_text="For a shared office, a post or a team.",
    )
    base = TypedField(
        label="Where the worker is to be found", max_length=100, help_text="A room, or where drop-ins are held."
    )
    weekdays = weekday_choice()
    share_of_time = share_choice()
    starts = GovukDateField(label="First day")

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        choice_of(self, "worker").queryset = workers_for(user)


class PlaceForm(TermsForm):
    school = school_choice()
    ends = GovukDateField(label="Last day, if agreed", required=False)
    field_order = ("worker", "school")

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        schools = School.objects.visible_to(user, Permission.MANAGE_PLACEMENTS)
        choice_of(self, "school").queryset = schools.filter(closed=None)


class ChangeForm(TermsForm):
    reason = TypedField(label="Why the terms change", max_length=200)
    field_order = ("starts", "reason", "worker")

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        self.fields["starts"].label = "First day of the new terms"


class CoverForm(PersonForm):
    worker = worker_choice("Who covers")
    starts = GovukDateField(label="First day")
    ends = GovukDateField(label="Last day")

    def __init__(self, *args: Any, user: User, placement: Placement, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        choice_of(self, "worker").queryset = workers_for(user).exclude(pk=placement.worker_id)


class EndForm(forms.Form):
    on = GovukDateField(label="Last day")
    reason = TypedField(max_length=200, help_text="Nothing about anybody's health.")


class FeederForm(PersonForm):
    school = school_choice("Feeder primary")
    mode = forms.ChoiceField(
        label="How", choices=[choice for choice in Mode.choices if choice[0] != Mode.SHARED_OFFICE]
    )
    base = TypedField(label="Where the worker is to be found", max_length=100)
    weekdays = weekday_choice()
    share_of_time = share_choice("Within the share of the secondary school.")

    def __init__(self, *args: Any, user: User, placement: Placement, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        schools = School.objects.visible_to(user, Permission.MANAGE_PLACEMENTS)
        choice_of(self, "school").queryset = schools.filter(feeds__secondary=placement.school)
