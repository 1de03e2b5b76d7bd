"""Asking, answering and what else is done with an enquiry; how often the digest comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self, cast

from django import forms
from django.http import QueryDict

from service.accounts.models import User
from service.diary.forms.contact_codes import contact_from, offer_codes, set_choices
from service.enquiries.actions.enquiries import LONGEST
from service.enquiries.models import Enquiry, Frequency, State, Urgency
from service.enquiries.topics import topics_offered
from service.pages.typed import TypedField
from service.pages.widgets import HintedRadios
from service.permissions import Permission
from service.practice.actions.contact_details import ContactDetails
from service.practice.models import YEAR_GROUPS
from service.practice.names import likely_names
from service.schools.models import School

DANGER = (
    "If a child is in danger now, ring 999. If a child may be at risk of harm, ring children’s social care of your authority "
    "today, as your school’s child protection policy says. Do not wait for an answer here."
)
NOW = "now"
NO_NAMES = "Do not name a child or a family, and leave out dates of birth and pupil numbers."
YEARS = [("", "None, or several"), *((year, f"Year {year}" if year != "R" else "Reception") for year in YEAR_GROUPS)]
OPEN, EVERY = "", "every"
MOST_SCHOOLS = 400


class HintedForm(forms.Form):
    """A form whose text gets a hint when it seems to hold a name, once for the same words, and then goes through."""

    text_field: ClassVar[str]
    names_read = TypedField(widget=forms.HiddenInput, required=False)

    def unread_names(self, *, known: Iterable[str]) -> list[str]:
        """The words of the text that look like names, unless the person was told of these very words before."""
        found = likely_names(self.cleaned_data[self.text_field], known=known)
        return found if ", ".join(found) != self.cleaned_data["names_read"] else []

    def told_of(self, names: list[str]) -> Self:
        """The same form, which goes through when it is sent again."""
        data = cast(QueryDict, self.data).copy()
        data["names_read"] = ", ".join(names)
        self.data = data
        return self


class AskForm(HintedForm):
    """A question to the social worker of a school. Danger is not a choice of urgency: it is told whom to ring."""

    school = forms.ChoiceField(label="School")
    urgency = forms.ChoiceField(
        label="When do you need an answer?",
        choices=[(NOW, "Now: a child may be in danger"), *Urgency.choices],
        widget=HintedRadios(hints={NOW: "Do not ask here. Ring, as it says above."}),
    )
    topic = forms.ChoiceField(label="What is it about?")
    year_group = forms.ChoiceField(label="Year group", choices=YEARS, required=False)
    question = TypedField(
        label="Your question", help_text=NO_NAMES, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )
    ticket = TypedField(widget=forms.HiddenInput, required=False)
    text_field = "question"

    def __init__(self, data: Any = None, *, user: User, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial={**initial})
        rows = (
            School.objects.visible_to(user, Permission.RAISE_ENQUIRY)
            .select_related("authority")
            .order_by("name", "urn")
        )
        self.schools = {str(school.public_id): school for school in rows[:MOST_SCHOOLS]}
        set_choices(self, "topic", [("", "Choose a topic"), *topics_offered(self.schools.values())])
        set_choices(self, "school", [("", "Choose a school"), *((key, str(row)) for key, row in self.schools.items())])
        if len(self.schools) == 1:
            self.fields["school"].widget = forms.HiddenInput()
            self.initial["school"] = next(iter(self.schools))

    def clean_urgency(self) -> str:
        urgency = str(self.cleaned_data["urgency"])
        if urgency == NOW:
            raise forms.ValidationError(f"{DANGER} What you wrote was not sent.")
        return urgency

    @property
    def chosen_school(self) -> School:
        return self.schools[self.cleaned_data["school"]]

    @property
    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("topic", "urgency", "year_group", "question")}


class AnswerForm(HintedForm):
    """The answer, and the codes with which it enters the contact log; its text never does."""

    answer = TypedField(
        label="Your answer", help_text=NO_NAMES, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )
    record = forms.BooleanField(
        label="Also record it in the contact log",
        help_text="With the codes below. The texts stay here.",
        required=False,
    )
    role = forms.ChoiceField(label="Within the role", required=False)
    raised_by = forms.ChoiceField(label="Who raised it", required=False)
    topic = forms.ChoiceField(label="Topic", required=False)
    time_band = forms.ChoiceField(label="Time", required=False)
    steps_seen = forms.IntegerField(widget=forms.HiddenInput)
    ticket = TypedField(widget=forms.HiddenInput, required=False)
    mark_optional = False
    text_field = "answer"

    def __init__(
        self, data: Any = None, *, enquiry: Enquiry, details: ContactDetails, steps: int, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial={**details, "steps_seen": steps, "record": steps == 0, **initial})
        self.contact_details = details
        offer_codes(self, enquiry.school)

    def contact(self) -> ContactDetails | None:
        return contact_from(self, self.contact_details)


class ReopenForm(HintedForm):
    text_field = "text"
    text = TypedField(
        label="What is still open?", help_text=NO_NAMES, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)


class WithdrawForm(forms.Form):
    text = TypedField(label="Why is it withdrawn?", help_text=NO_NAMES, max_length=200)
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)


class EnquiryFilter(forms.Form):
    mark_optional = False

    state = forms.ChoiceField(
        label="Show", choices=[(OPEN, "Waiting and answered"), *State.choices, (EVERY, "All")], required=False
    )
    school = forms.ChoiceField(label="School", required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        rows = School.objects.visible_to(user, Permission.VIEW_ENQUIRIES).order_by("name", "urn")
        self.schools = {str(school.public_id): school for school in rows[:MOST_SCHOOLS]}
        if len(self.schools) < 2:
            del self.fields["school"]
        else:
            set_choices(self, "school", [("", "All"), *((key, str(row)) for key, row in self.schools.items())])


class LateForm(forms.Form):
    mark_optional = False

    days = forms.IntegerField(label="Waiting for more than so many school days", min_value=0, max_value=60)


class DigestForm(forms.Form):
    frequency = forms.ChoiceField(
        label="How often do you want the e-mail?", choices=Frequency.choices, widget=forms.RadioSelect
    )
