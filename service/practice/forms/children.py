"""The forms about children's references, restrictions, openings and conflicts of interest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.practice.codes import Choice
from service.practice.core_codes import CORE, CodeList
from service.practice.forms.contacts import ASK_CHILD, YEARS
from service.practice.models import BreakGlass, Known

YEAR_CHOICES = [("", "Select a year group"), *YEARS[1:]]


def reason_field(label: str, *, required: bool = True) -> TypedField:
    return TypedField(label=label, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class SchoolForm(forms.Form):
    """A form that offers schools; with one school there is nothing to choose."""

    school = forms.ChoiceField(label="School")

    def __init__(self, *args: Any, schools: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].choices = schools  # type: ignore[attr-defined]
        if len(schools) == 1:
            self.fields["school"].widget = forms.HiddenInput()
            self.initial["school"] = schools[0][0]


class ChildForm(SchoolForm):
    year_group = forms.ChoiceField(label="Year group", choices=YEAR_CHOICES)
    known_to_social_care = forms.ChoiceField(
        label="Is the child known to social care?", choices=Known.choices, widget=forms.RadioSelect,
        initial=Known.NOT_ASKED,
    )  # fmt: skip


class MoveForm(SchoolForm):
    year_group = forms.ChoiceField(label="Year group", choices=YEAR_CHOICES)
    starts = GovukDateField(label="From which day")


class KnownForm(forms.Form):
    known_to_social_care = forms.ChoiceField(
        label="Is the child known to social care?", choices=Known.choices, widget=forms.RadioSelect
    )


class IdentifierForm(forms.Form):
    system = TypedField(label="Case system", max_length=40, help_text="For example Mosaic.")
    identifier = TypedField(label="Identifier", max_length=40)


class ChildFilterForm(forms.Form):
    mark_optional = False
    school = forms.ChoiceField(label="School", required=False)
    reference = TypedField(label=ASK_CHILD, required=False, max_length=9)
    involvement = forms.ChoiceField(
        label="Involvement", required=False, choices=[("", "All"), ("open", "Open"), ("mine", "Open, and mine")]
    )

    def __init__(self, *args: Any, schools: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].choices = [("", "All"), *schools]  # type: ignore[attr-defined]
        if len(schools) < 2:
            del self.fields["school"]


class RestrictionForm(forms.Form):
    category = forms.ChoiceField(
        label="Why is the record restricted?",
        choices=list(CORE[CodeList.RESTRICTION].items()),
        widget=forms.RadioSelect,
    )
    reason = reason_field("The reason in words")
    review_by = GovukDateField(label="Review by", help_text="Within 90 days.")
    access = forms.MultipleChoiceField(
        label="Who keeps access until then?", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Nobody else sees the record, its contacts or its involvement.",
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].choices = people  # type: ignore[attr-defined]
        self.initial.setdefault("review_by", timezone.localdate() + timedelta(days=90))


class ReviewRestrictionForm(forms.Form):
    review_by = GovukDateField(label="Next review by", help_text="Within 90 days.")
    note = reason_field("Why the record stays restricted")
    prolong = forms.MultipleChoiceField(
        label="Who keeps access until then?", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Of the people who had access until this review.",
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prolong"].choices = people  # type: ignore[attr-defined]
        self.initial.setdefault("review_by", timezone.localdate() + timedelta(days=90))
        if not people:
            del self.fields["prolong"]


class LiftForm(forms.Form):
    reason = reason_field("Why the record can be opened again")


class GrantForm(forms.Form):
    user = forms.ChoiceField(label="Who is given access?")
    until = GovukDateField(label="Last day", help_text="At most until the restriction is reviewed.")

    def __init__(self, *args: Any, people: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]


class BreakGlassForm(forms.Form):
    reference = TypedField(
        label=ASK_CHILD, max_length=9, widget=forms.TextInput(attrs={"class": "govuk-input--width-10"})
    )
    reason = reason_field("Why you must see the record now")


class ReviewOpeningForm(forms.Form):
    finding = forms.ChoiceField(
        label="Was there good reason to open the record?", choices=BreakGlass.Finding.choices, widget=forms.RadioSelect
    )
    note = reason_field("What the review found", required=False)


class ConflictForm(forms.Form):
    note = TypedField(
        label="Anything the manager should know", required=False, max_length=500,
        help_text="No names. You need not say how you know the child.",
    )  # fmt: skip


class SettleForm(forms.Form):
    settlement = reason_field("Why the worker may see the record again")
