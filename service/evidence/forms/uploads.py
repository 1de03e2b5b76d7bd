"""Forms for returns and what is published of a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from django import forms

from service.accounts.models import User
from service.evidence.incoming import MOST_BYTES, SUFFIXES
from service.loading import when_used
from service.pages.widgets import HintedRadios
from service.permissions import Permission
from service.schools.models import Authority
from swis.disclosure.policy import POLICIES

if TYPE_CHECKING:
    from swis import terms
else:
    terms = when_used("swis.terms")


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        files = [file for file in files if file]
        if not files:
            raise forms.ValidationError("Select the files of the returns", code="required")
        # Emptiness and kind are told by the action, of all files at once.
        return files


class UploadForm(forms.Form):
    """The returns of one authority, and how they are counted."""

    authority = forms.ModelChoiceField(Authority.objects.none(), label="Authority")
    files = FilesField(  # type: ignore[assignment]
        label="Files",
        help_text=(
            "Children in need census (XML), SSDA903, school census or rolls, register of schools and its links, term calendar. "
            f"Kinds: {', '.join(SUFFIXES)}; at most {MOST_BYTES // 1_000_000_000} GB together. Put files of one name, such as "
            "the header.csv of several years, into folders by year, and send a zip."
        ),
    )
    holidays = forms.ChoiceField(
        label="An event in a holiday counts towards",
        choices=lambda: [(rule, rule.capitalize()) for rule in get_args(terms.Holidays)],
        initial="next term",
        widget=forms.RadioSelect,
    )
    short_breaks = forms.BooleanField(label="Count a series of short breaks as time in care", required=False)
    follow_mergers = forms.BooleanField(
        label="Take schools that became one as one school from the start", required=False
    )
    first_term = forms.CharField(
        label="First term", required=False, max_length=20, help_text="For example autumn 2023. Without it: all terms.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip
    last_term = forms.CharField(
        label="Last term", required=False, max_length=20,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Authority.objects.visible_to(by, Permission.UPLOAD_RETURNS)
        field = self.fields["authority"]
        field.queryset = own  # type: ignore[attr-defined]
        field.initial = own.first()

    @property
    def choices(self) -> dict[str, Any]:
        """As the settings of a panel take them."""
        names = ("holidays", "short_breaks", "follow_mergers", "first_term", "last_term")
        return {name: self.cleaned_data[name] for name in names}


class PublishForm(forms.Form):
    """The policy by which small numbers are hidden."""

    policy = forms.ChoiceField(
        label="Policy",
        choices=[(name, name.upper()) for name in POLICIES],
        initial="dfe",
        widget=HintedRadios(hints={name: policy.words.capitalize() for name, policy in POLICIES.items()}),
    )
