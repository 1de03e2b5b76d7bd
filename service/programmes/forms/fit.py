from __future__ import annotations

from typing import Any

from django import forms

from service.accounts.models import User
from service.pages.typed import TypedField
from service.permissions import Permission
from service.programmes.forms.scoped import AuthorityForm, PersonForm, choice_of, worker_choice, workers_for
from service.programmes.models import Decision, SchoolView, Strength, WorkerProfile
from service.schools.models import School

RANKS = ("first", "second", "third", "fourth")


class NeedsForm(forms.Form):
    """Up to four strengths, the most important first."""

    first = forms.ChoiceField(label="Most important", required=False)
    second = forms.ChoiceField(label="Second", required=False)
    third = forms.ChoiceField(label="Third", required=False)
    fourth = forms.ChoiceField(label="Fourth", required=False)
    years_qualified = forms.IntegerField(
        label="Years since qualifying, at least", min_value=2, max_value=40, initial=2, help_text="2 or more."
    )
    remark = TypedField(
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Anything else that matters",
        help_text="About the school. Nothing about a child.",
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name in RANKS:
            choice = self.fields[name]
            if isinstance(choice, forms.ChoiceField):
                choice.choices = [("", "None"), *Strength.choices]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        named = [cleaned.pop(name, "") for name in RANKS]
        return cleaned | {"strengths": list(dict.fromkeys(code for code in named if code))}


class WorkerForm(AuthorityForm):
    permission = Permission.MANAGE_PLACEMENTS
    worker = worker_choice()
    strengths = forms.MultipleChoiceField(
        choices=Strength.choices, required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )  # fmt: skip
    years_qualified = forms.IntegerField(label="Full years since qualifying", min_value=0, max_value=60)
    share_of_time = forms.IntegerField(
        label="Share of a full week that is free for schools, in per cent", min_value=1, max_value=100, initial=100
    )
    remark = TypedField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        choice_of(self, "worker").queryset = workers_for(user)


class ProposeForm(PersonForm):
    schools = forms.ModelMultipleChoiceField(
        School.objects.none(), to_field_name="public_id", label="Schools that need a worker",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )  # fmt: skip
    profiles = forms.ModelMultipleChoiceField(
        WorkerProfile.objects.none(), to_field_name="public_id", label="Workers to be placed",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        schools = School.objects.visible_to(user, Permission.MANAGE_PLACEMENTS)
        choice_of(self, "schools").queryset = schools.filter(closed=None)
        profiles = WorkerProfile.objects.visible_to(user).filter(superseded=False).select_related("worker")
        choice_of(self, "profiles").queryset = profiles


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        choices=((Decision.ACCEPTED, "Accept"), (Decision.DECLINED, "Decline")), widget=forms.RadioSelect
    )
    note = TypedField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SchoolViewForm(forms.Form):
    view = forms.ChoiceField(label="Your view", choices=SchoolView.choices, widget=forms.RadioSelect)
    remark = TypedField(
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed for a concern. About the work alone.",
    )
