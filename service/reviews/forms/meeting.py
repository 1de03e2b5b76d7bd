"""What is put on the agenda, agreed, recorded and followed up."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from service.accounts.models import User
from service.diary.forms.contact_codes import contact_from, offer_codes
from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.permissions import Permission
from service.practice.actions.contact_details import ContactDetails
from service.practice.core_codes import CORE, CodeList
from service.practice.models import YEAR_GROUPS, ChildReference, Known
from service.practice.names import likely_names
from service.practice.people import people_with
from service.programmes.forms.scoped import choice_of
from service.reviews.actions.agenda import Item
from service.reviews.actions.checks import LONGEST, is_of_the_team
from service.reviews.actions.closing import Minutes, draft_mark
from service.reviews.actions.follow_up import Agreed
from service.reviews.forms.planning import NAMES_NO_CHILD, person_choice
from service.reviews.models import ActionState, Attendee, ItemKind, Review

YEARS = [("", "Not said"), *((year, f"Year {year}" if year != "R" else "Reception") for year in YEAR_GROUPS)]
SCHOOL_READS = "The school reads this"
TEAM_READS = "Only the team reads this."
NOBODY_ASKED = "Nobody is on the list yet. Save for later, add who came under “Who comes”, then close the review."


def words_field(
    label: str, *, rows: int = 4, required: bool = True, help_text: str = NAMES_NO_CHILD
) -> forms.CharField:
    return TypedField(
        label=label, required=required, max_length=LONGEST, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def child_choice() -> forms.ModelChoiceField[ChildReference]:
    return forms.ModelChoiceField(
        ChildReference.objects.none(), to_field_name="reference", label="Child", required=False,
        empty_label="No reference",
    )  # fmt: skip


class ItemForm(forms.Form):
    """Something for the agenda. The school gives no reference, and reads all that it raises."""

    kind = forms.ChoiceField(label="What is it?", choices=ItemKind.choices, widget=forms.RadioSelect)
    child = child_choice()
    year_group = forms.ChoiceField(label="Year group", choices=YEARS, required=False)
    known_to_social_care = forms.ChoiceField(
        label="Is the child known to social care?", choices=[("", "Not said"), *Known.choices], required=False
    )
    topic = forms.ChoiceField(label="Topic", choices=[("", "No topic"), *CORE[CodeList.TOPIC].items()], required=False)
    text = words_field("What is to be talked about?", required=False)
    shared = forms.BooleanField(
        label=SCHOOL_READS, required=False, help_text="A child with a reference is never shared with the school."
    )

    def __init__(self, *args: Any, user: User, review: Review, **named: Any) -> None:
        super().__init__(*args, **named)
        if is_of_the_team(user, review.school):
            children = ChildReference.objects.visible_to(user).filter(school=review.school)
            choice_of(self, "child").queryset = children
            return
        for name in ("child", "shared"):
            del self.fields[name]
        self.fields["kind"].choices = [choice for choice in ItemKind.choices if choice[0] != ItemKind.OPEN_CHILD]  # type: ignore[attr-defined]
        self.fields["text"].required = True

    def item(self) -> Item:
        return Item(**self.cleaned_data)


class WhatNextForm(forms.Form):
    what_next = words_field("What is to follow?")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class ReasonForm(forms.Form):
    reason = TypedField(label="Why?", max_length=200)


class AgreeForm(forms.Form):
    """An action with its owner: somebody with an account, or somebody else by name or post."""

    text = words_field("What is to be done?", rows=3)
    owner = person_choice("Who does it?", required=False, empty_label="Somebody else")
    owner_name = TypedField(label="Name or post of somebody else", max_length=100, required=False)
    due = GovukDateField(label="Until when?")
    child = child_choice()
    shared = forms.BooleanField(
        label=SCHOOL_READS, required=False,
        help_text="What somebody of the school with an account does is read by the school in any case. Tick it for somebody of "
        "the school without one. The school never reads the reference.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, review: Review, **named: Any) -> None:
        super().__init__(*args, **named)
        choice_of(self, "owner").queryset = people_with(Permission.VIEW_REVIEW, school=review.school)
        choice_of(self, "child").queryset = ChildReference.objects.visible_to(user).filter(school=review.school)

    def agreed(self) -> Agreed:
        return Agreed(**self.cleaned_data)


class CloseForm(forms.Form):
    """Who came, what was agreed and, with the tick, the codes for the contact log."""

    came = forms.ModelMultipleChoiceField(
        Attendee.objects.none(), to_field_name="public_id", label="Who came?",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={"required": "Tick who came."},
    )  # fmt: skip
    agreed = words_field("What was agreed?", rows=8, help_text=f"{SCHOOL_READS}. {NAMES_NO_CHILD}")
    team_note = words_field("Note for the team", required=False, help_text=f"{TEAM_READS} {NAMES_NO_CHILD}")
    record = forms.BooleanField(
        label="Also record it in the contact log", help_text="With the codes below, and without a text.", required=False
    )
    role = forms.ChoiceField(label="Within the role", required=False)
    raised_by = forms.ChoiceField(label="Who raised it", required=False)
    topic = forms.ChoiceField(label="Topic", required=False)
    time_band = forms.ChoiceField(label="Time", required=False)
    draft_seen = forms.CharField(widget=forms.HiddenInput, required=False)
    names_read = forms.CharField(widget=forms.HiddenInput, required=False)
    mark_optional = False

    def __init__(self, data: Any = None, *, review: Review, details: ContactDetails, user: User) -> None:
        begun = {"agreed": review.draft_agreed, "team_note": review.draft_team_note}
        super().__init__(data, initial={**details, **begun, "draft_seen": draft_mark(review)})
        self.contact_details = details
        self.school = review.school
        asked = Attendee.objects.visible_to(user).filter(review=review)
        choice_of(self, "came").queryset = asked
        if not asked.exists():
            self.fields["came"].help_text = NOBODY_ASKED
        offer_codes(self, review.school)

    def minutes(self) -> Minutes:
        return Minutes(self.cleaned_data["agreed"], self.cleaned_data["team_note"])

    def contact(self) -> ContactDetails | None:
        return contact_from(self, self.contact_details)

    def unread_names(self) -> list[str]:
        """The words that look like names, unless the person was told of these very words before."""
        words = f"{self.cleaned_data['agreed']}\n{self.cleaned_data['team_note']}"
        found = likely_names(words, known=[str(self.school)])
        return found if ", ".join(found) != self.cleaned_data["names_read"] else []

    def told_of(self, names: list[str]) -> None:
        """Let the form go through when it is sent again as it is."""
        data = cast(QueryDict, self.data).copy()
        data["names_read"] = ", ".join(names)
        self.data = data


class AmendForm(forms.Form):
    agreed = words_field("What was agreed?", rows=8, help_text=f"{SCHOOL_READS}. {NAMES_NO_CHILD}")
    team_note = words_field("Note for the team", required=False, help_text=f"{TEAM_READS} {NAMES_NO_CHILD}")
    reason = TypedField(label="Why is it amended?", max_length=200, help_text=f"{SCHOOL_READS}.")
    version_seen = forms.IntegerField(widget=forms.HiddenInput)

    def minutes(self) -> Minutes:
        return Minutes(self.cleaned_data["agreed"], self.cleaned_data["team_note"])


class SettleForm(forms.Form):
    state = forms.ChoiceField(
        label="What became of it?", widget=forms.RadioSelect,
        choices=[choice for choice in ActionState.choices if choice[0] != ActionState.OPEN],
    )  # fmt: skip
    on = GovukDateField(label="On which day?")
    note = words_field("Note", rows=3)


class DueForm(forms.Form):
    due = GovukDateField(label="Until when?")
    note = words_field("Why?", rows=3)


class ActionFilter(forms.Form):
    """Which actions to list."""

    MINE, OPEN, LATE, SETTLED = "mine", "", "late", "settled"
    mark_optional = False

    show = forms.ChoiceField(
        label="Show", required=False,
        choices=[(OPEN, "Open"), (MINE, "Open, mine"), (LATE, "Late"), (SETTLED, "Done and dropped")],
    )  # fmt: skip
