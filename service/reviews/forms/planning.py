"""Planning a review, and who is asked."""

from __future__ import annotations

from typing import Any

from django import forms

from service.accounts.models import User
from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.permissions import Permission
from service.practice.people import people_with
from service.programmes.forms.scoped import PersonForm, choice_of, school_choice
from service.reviews.models import AttendeeRole, Kind, Review
from service.reviews.people import chairs_for
from service.schools.models import School

NAMES_NO_CHILD = "Do not name a child or a family, and leave out dates of birth and pupil numbers."


def person_choice(label: str, **named: Any) -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(User.objects.none(), to_field_name="public_id", label=label, **named)


class PlanForm(PersonForm):
    """Which school, what and when, and who takes the chair."""

    school = school_choice()
    kind = forms.ChoiceField(label="What is planned?", choices=Kind.choices, widget=forms.RadioSelect)
    day = GovukDateField(label="On which day?")
    place = TypedField(label="Where?", max_length=60, required=False)
    chair = person_choice(
        "Who chairs?", required=False, empty_label="Choose a person",
        help_text="A half-termly review is chaired by a team manager. Without a choice it is you.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        schools = School.objects.visible_to(user, Permission.PLAN_REVIEW).filter(closed=None)
        choice_of(self, "school").queryset = schools
        choice_of(self, "chair").queryset = chairs_for(user)


class MoveForm(forms.Form):
    day = GovukDateField(label="On which day?")
    place = TypedField(label="Where?", max_length=60, required=False)
    chair = person_choice("Who chairs?", empty_label=None)
    reason = TypedField(label="Why does it change?", max_length=200)

    def __init__(self, *args: Any, review: Review, **named: Any) -> None:
        super().__init__(*args, **named)
        need = Permission.CHAIR_REVIEW if review.is_half_termly else Permission.PLAN_REVIEW
        choice_of(self, "chair").queryset = people_with(need, school=review.school)
        self.initial = {"day": review.day, "place": review.place, "chair": review.chair.public_id}


class CancelForm(forms.Form):
    reason = TypedField(label="Why is it cancelled?", max_length=200, help_text="The school reads this.")


class AttendeeForm(forms.Form):
    role = forms.ChoiceField(label="Who is it?", choices=[("", "Choose a role"), *AttendeeRole.choices])
    name = TypedField(label="Name", max_length=100, help_text="A member of staff. Never a child or a parent.")


class ReviewFilter(forms.Form):
    mark_optional = False

    show = forms.ChoiceField(label="Show", choices=[("", "All"), *Kind.choices], required=False)
    school = school_choice(required=False)

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, **named)
        schools = School.objects.visible_to(user, Permission.VIEW_REVIEW)
        if len(schools[:2]) < 2:
            del self.fields["school"]
        else:
            choice_of(self, "school").queryset = schools
            choice_of(self, "school").empty_label = "All"
