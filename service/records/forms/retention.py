"""How long what is kept, what is held, and what is to go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from service.accounts.models import User
from service.pages.fields import GovukDateField
from service.permissions import Permission
from service.practice.models import ChildReference
from service.records.models import Category, Trigger
from service.records.retention import TRIGGERS
from service.schools.models import Authority, School


class RuleForm(forms.Form):
    """One category of one authority."""

    trigger = forms.ChoiceField(label="Counted from", widget=forms.RadioSelect)
    years = forms.IntegerField(
        label="Kept for how many years?", min_value=1, max_value=100,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
    )  # fmt: skip
    reason = forms.CharField(
        label="Why this long?", help_text="The authority’s own schedule, or the law that it follows.", max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["trigger"]
        choices.choices = [(trigger.value, trigger.label) for trigger in TRIGGERS[category]]

    def clean_trigger(self) -> Trigger:
        return Trigger(self.cleaned_data["trigger"])


class HoldForm(forms.Form):
    """What a legal hold covers, until when, and why."""

    authority = forms.ModelChoiceField(queryset=Authority.objects.none(), to_field_name="public_id", empty_label=None)
    reference = forms.CharField(
        label="Reference of a child", required=False, max_length=9, help_text="For example BKQR-4729.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip
    school = forms.ModelChoiceField(
        queryset=School.objects.none(), to_field_name="public_id", required=False, empty_label="Every school"
    )
    first = GovukDateField(label="First day", required=False)
    last = GovukDateField(label="Last day", required=False)
    reason = forms.CharField(
        label="Why must it be kept?", help_text="Without names.", max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    review_by = GovukDateField(label="Review by")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        authority: Any = self.fields["authority"]
        authority.queryset = Authority.objects.visible_to(person, Permission.MANAGE_RETENTION)
        school: Any = self.fields["school"]
        school.queryset = School.objects.visible_to(person, Permission.MANAGE_RETENTION).order_by("name")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        reference, authority = told.pop("reference", "").strip().upper(), told.get("authority")
        if reference and authority:
            children = ChildReference.objects.visible_to(self.person, Permission.MANAGE_RETENTION)
            told["child"] = children.filter(authority=authority, reference=reference).first()
            if told["child"] is None:
                self.add_error("reference", ValidationError("This authority has no child with this reference."))
        return told


class ReviewHoldForm(forms.Form):
    review_by = GovukDateField(label="Review again by")


class ReasonForm(forms.Form):
    """Why something is taken back or released."""

    reason = forms.CharField(label="Why?", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ProposeForm(forms.Form):
    """Which of the categories in which something is due."""

    category = forms.ChoiceField(label="Propose for disposal", widget=forms.RadioSelect)

    def __init__(self, *args: Any, due: dict[Category, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["category"]
        choices.choices = [(category.value, f"{category.label} ({number:,})") for category, number in due.items()]

    def clean_category(self) -> Category:
        return Category(self.cleaned_data["category"])
