"""The forms of the contact log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.pages.widgets import NativeDate
from service.practice.actions.contact_details import LONGEST_ACCOUNT
from service.practice.codes import Choice
from service.practice.core_codes import CORE, CodeList
from service.practice.models import YEAR_GROUPS, ChildReference, Known, LedTo, Sharing

TILES = {"class": "swis-tiles"}
YEARS: list[Choice] = [
    ("", "None, or several"),
    *((year, f"Year {year}" if year != "R" else "Reception") for year in YEAR_GROUPS),
]
MAIN = ("school", "date", "raised_by", "kind_of_work", "role", "topic", "time_band", "outcome", "year_group", "account")
MOST_CHILDREN = 100
FIRST_TOPICS = 6
NOT_COVERED = "You no longer cover this school."
ASK_CHILD = "Child’s reference"


def with_none(choices: list[Choice], word: str = "Not said") -> list[Choice]:
    return [("", word), *choices]


class ContactForm(forms.Form):
    """One screen for one contact. Only `MAIN` is open at first; the rest lies folded below.

    `choices` are the authority's, by list; `children` those that the person may see, or None when they are too many to list.
    """

    school = forms.ChoiceField(label="School", error_messages={"invalid_choice": NOT_COVERED})
    date = GovukDateField(label="Date", help_text="Today, or the day on which it was.")
    raised_by = forms.ChoiceField(label="Who raised it?", widget=forms.RadioSelect(attrs=TILES))
    kind_of_work = forms.ChoiceField(label="What kind of work was it?", widget=forms.RadioSelect(attrs=TILES))
    role = forms.ChoiceField(
        label="Is it within the role?", widget=forms.RadioSelect(attrs=TILES),
        help_text="Outside: early help work, or the work of an education welfare officer.",
    )  # fmt: skip
    topic = forms.MultipleChoiceField(
        label="What was it about?", required=False, widget=forms.CheckboxSelectMultiple(attrs=TILES)
    )
    time_band = forms.ChoiceField(label="How long did it take?", widget=forms.RadioSelect(attrs=TILES))
    outcome = forms.ChoiceField(label="What followed?", required=False, widget=forms.RadioSelect(attrs=TILES))
    year_group = forms.ChoiceField(label="Year group", required=False, choices=YEARS)
    account = TypedField(
        label="What was it, and what did you advise or do?", required=False, max_length=LONGEST_ACCOUNT, strip=False,
        help_text="No names, dates of birth or pupil numbers.", widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    child = TypedField(label=ASK_CHILD, required=False, max_length=9)
    known_to_social_care = forms.ChoiceField(
        label="Is the child known to social care?", required=False, choices=Known.choices, widget=forms.RadioSelect
    )
    minutes = forms.IntegerField(
        label="Minutes", required=False, min_value=0, max_value=1440, help_text="Only if you know them exactly."
    )
    mode = forms.ChoiceField(label="How was it?", required=False)
    action = forms.ChoiceField(label="What did you do?", required=False)
    pathway = forms.ChoiceField(label="Which pathway does it belong to?", required=False)
    sharing = forms.ChoiceField(
        label="Was information shared with somebody outside the team?", required=False, widget=forms.RadioSelect,
        choices=[("", "It was not a question"), *Sharing.choices],
    )  # fmt: skip
    shared_with = TypedField(
        label="With whom", required=False, max_length=100, help_text="The role or service, not the name."
    )
    sharing_reason = TypedField(
        label="Why it was, or was not, shared",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    worker = forms.ChoiceField(label="Who did the work?", required=False)

    def __init__(
        self,
        *args: Any,
        schools: list[Choice],
        workers: list[Choice],
        choices: dict[str, list[Choice]],
        children: list[ChildReference] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer_schools(schools)
        for name in ("raised_by", "kind_of_work", "role", "topic", "time_band"):
            self._offer(name, choices[name])
        for name in ("outcome", "mode", "action"):
            self._offer(name, with_none(choices[name]))
        self._offer("worker", with_none(workers, "I did"))
        self._offer_pathway(choices.get("pathway", []))
        self._offer_children(children)
        if len(workers) == 0:
            del self.fields["worker"]
        self.initial.setdefault("date", timezone.localdate())

    def _offer(self, name: str, choices: list[Choice]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _offer_schools(self, schools: list[Choice]) -> None:
        """A single school is not asked for, unless the form named another one, which the person covers no longer."""
        self._offer("school", schools)
        named = (self.data if self.is_bound else self.initial).get("school", "")
        if len(schools) == 1 and named in {"", schools[0][0]}:
            self.fields["school"].widget = forms.HiddenInput()
            self.initial["school"] = schools[0][0]
        elif len(schools) <= 4:
            self.fields["school"].widget = forms.RadioSelect(attrs=TILES, choices=schools)
        elif named not in dict(schools):
            self.fields["school"].widget.choices = with_none(schools, "Select a school")

    def _offer_pathway(self, choices: list[Choice]) -> None:
        if choices:
            self._offer("pathway", with_none(choices))
        else:
            del self.fields["pathway"]

    def _offer_children(self, children: list[ChildReference] | None) -> None:
        if children is None:
            self.fields["child"].help_text = "For example BKQR-4729."
            self.fields["child"].widget.attrs["class"] = "govuk-input--width-10"
        else:
            shown = [(child.reference, f"{child.reference}, year {child.year_group}") for child in children]
            self.fields["child"].widget = forms.Select(choices=with_none(shown, "None"))

    @property
    def first_topics(self) -> list[forms.boundfield.BoundWidget]:
        """The topics that stand open: the first six, and so those that the person chooses most."""
        return list(self["topic"])[:FIRST_TOPICS]

    @property
    def other_topics(self) -> list[forms.boundfield.BoundWidget]:
        return list(self["topic"])[FIRST_TOPICS:]

    @property
    def is_other_topic_chosen(self) -> bool:
        return any(option.data["selected"] for option in self.other_topics)

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in MAIN if not self[name].is_hidden]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in MAIN]

    @property
    def is_more_open(self) -> bool:
        """Whether the folded part holds something to see: a mistake, or what was filled in before."""
        default = {"known_to_social_care": {"", Known.NOT_ASKED}, "sharing": {""}}
        return any(
            field.errors or field.value() not in {None, *default.get(field.name, {""})} for field in self.more_fields
        )

    def clean_child(self) -> str:
        return str(self.cleaned_data["child"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """Minutes give the band, so with minutes none need be selected."""
        told = super().clean() or {}
        if told.get("minutes") is not None and self.has_error("time_band", code="required"):
            del self.errors["time_band"]
            told["time_band"] = ""
        return told

    @property
    def details(self) -> dict[str, Any]:
        """The cleaned fields that a contact takes; the child, school and worker are fetched by the view."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"school", "worker", "child", "reason"}
        }


class CorrectionForm(ContactForm):
    """The same screen, filled with what was recorded, and the reason of the correction."""

    reason = TypedField(label="Why do you correct it?", max_length=500, widget=forms.TextInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("worker", None)


class WithdrawalForm(forms.Form):
    reason = TypedField(label="Why do you withdraw it?", max_length=500)


class ReferralOutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What became of the referral?", widget=forms.RadioSelect,
        choices=list(CORE[CodeList.REFERRAL_OUTCOME].items()),
    )  # fmt: skip
    led_to = forms.ChoiceField(label="What did it lead to?", required=False, choices=with_none(list(LedTo.choices)))
    heard_on = GovukDateField(label="When you heard", help_text="With no reply, the day on which you looked.")
    external_reference = TypedField(
        label="Number of the referral where it was sent", required=False, max_length=40,
        help_text="For asking again. Only you and your managers see it. No name.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip
    note = TypedField(
        label="Anything to add", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class FilterForm(forms.Form):
    """What a list of contacts is narrowed by."""

    mark_optional = False
    school = forms.ChoiceField(label="School", required=False)
    worker = forms.ChoiceField(label="Worker", required=False)
    kind_of_work = forms.ChoiceField(label="Kind of work", required=False)
    role = forms.ChoiceField(label="Within the role", required=False)
    topic = forms.ChoiceField(label="Topic", required=False)
    outcome = forms.ChoiceField(label="What followed", required=False)
    child = TypedField(label=ASK_CHILD, required=False, max_length=9)
    first = forms.DateField(label="From", required=False, widget=NativeDate)
    last = forms.DateField(label="To", required=False, widget=NativeDate)
    unanswered = forms.BooleanField(label="Only referrals without an answer for a week", required=False)

    def __init__(self, *args: Any, choices: dict[str, list[Choice]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in choices.items():
            self.fields[name].choices = with_none(offered, "All")  # type: ignore[attr-defined]
        if len(choices["school"]) < 2:
            del self.fields["school"]

    def clean_child(self) -> str:
        return str(self.cleaned_data["child"]).strip().upper()


class SearchForm(forms.Form):
    mark_optional = False
    words = TypedField(
        label="Words in the text", max_length=100, required=False,
        help_text="Only you see the words. The audit keeps that you searched, and how many contacts were found.",
    )  # fmt: skip
