"""Forms about schools."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.permissions import Permission
from service.schools.actions.terms import NAMES, TermDates
from service.schools.models import Authority, Phase, School, Term
from service.schools.register import LARGEST

MANAGE = Permission.MANAGE_SCHOOLS
TERM_FIELDS = (
    ("starts", "{} term: first school day"),
    ("half_term_starts", "{} half-term holiday: first weekday"),
    ("half_term_ends", "{} half-term holiday: last weekday"),
    ("ends", "{} term: last school day"),
)


class SearchForm(forms.Form):
    mark_optional = False
    q = TypedField(label="Name or URN", required=False, max_length=100)
    phase = forms.ChoiceField(
        label="Phase", required=False, choices=[("", "All"), *((p.value, p.label) for p in Phase)]
    )


class AuthorityForm(forms.Form):
    code = TypedField(
        label="Code", help_text="Three digits, as in the register.", max_length=3,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )  # fmt: skip
    name = TypedField(label="Name", max_length=100)


class AuthorityNameForm(forms.Form):
    name = TypedField(label="Name", max_length=100)


class SchoolForm(forms.Form):
    """What is kept of a school."""

    name = TypedField(label="Name", max_length=150)
    phase = forms.ChoiceField(label="Phase", choices=Phase.choices, widget=forms.RadioSelect)
    pupils = forms.IntegerField(label="Pupils on roll", required=False, min_value=0, max_value=10_000)
    free_school_meals_percent = forms.DecimalField(
        label="Eligible for free school meals", help_text="Per cent of pupils.", required=False, min_value=0, max_value=100,
        decimal_places=1,
    )  # fmt: skip
    opened = GovukDateField(label="Opened", required=False)
    closed = GovukDateField(label="Closed", required=False)
    follows = forms.ModelChoiceField(
        label="School before it", help_text="Where a school goes on under another URN.", required=False,
        queryset=School.objects.none(), to_field_name="public_id",
    )  # fmt: skip

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["follows"].queryset = School.objects.visible_to(by, MANAGE)  # type: ignore[attr-defined]


class AddSchoolForm(SchoolForm):
    authority = forms.ModelChoiceField(
        label="Authority", queryset=Authority.objects.none(), to_field_name="public_id", empty_label="Choose one"
    )
    urn = TypedField(
        label="URN", help_text="Six digits, as in the register.", max_length=6,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ("authority", "urn")

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.fields["authority"].queryset = Authority.objects.visible_to(by, MANAGE)  # type: ignore[attr-defined]


class CorrectSchoolForm(SchoolForm):
    reason = TypedField(label="Why it is corrected", required=False, max_length=200)


class FeedersForm(forms.Form):
    feeders = forms.ModelMultipleChoiceField(
        label="Feeder primaries", queryset=School.objects.none(), to_field_name="public_id", required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )  # fmt: skip

    def __init__(self, *args: Any, by: Any, secondary: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        primaries = School.objects.visible_to(by, MANAGE).filter(
            authority=secondary.authority, phase=Phase.PRIMARY.value
        )
        self.fields["feeders"].queryset = primaries  # type: ignore[attr-defined]


class RegisterForm(forms.Form):
    file = forms.FileField(
        label="File", help_text="The CSV file with all establishments, from Get Information about Schools."
    )
    do = forms.ChoiceField(
        label="What to do",
        choices=[("check", "Only check: nothing is changed"), ("import", "Import")],
        initial="check",
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError("The file is larger than 150 MB.")
        return file


class TermsForm(forms.Form):
    """The three terms of a school year."""

    school_year = TypedField(
        label="School year", help_text="For example 2026-27.", max_length=7,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip

    def __init__(self, *args: Any, terms: list[Term] | None = None, **kwargs: Any) -> None:
        known = {f"{name}_{term.number}": getattr(term, name) for term in terms or [] for name, _ in TERM_FIELDS}
        if terms:
            known["school_year"] = terms[0].school_year
        kwargs["initial"] = known
        super().__init__(*args, **kwargs)
        for number, season in enumerate(NAMES, start=1):
            for name, label in TERM_FIELDS:
                self.fields[f"{name}_{number}"] = GovukDateField(label=label.format(season.capitalize()))

    def terms(self) -> list[TermDates]:
        """The three terms as they were filled in."""
        return [
            TermDates(**{name: self.cleaned_data[f"{name}_{number}"] for name, _ in TERM_FIELDS})
            for number in range(1, len(NAMES) + 1)
        ]


class ClosureForm(forms.Form):
    day = GovukDateField(label="Day")
    reason = TypedField(label="Reason", help_text="For example a bank holiday or a training day.", max_length=100)
    school = forms.ModelChoiceField(
        label="School", queryset=School.objects.none(), to_field_name="public_id", required=False,
        empty_label="All schools of the authority",
    )  # fmt: skip

    def __init__(self, *args: Any, by: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.visible_to(by, MANAGE).filter(authority=authority)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
