"""Readiness, agreements, milestones, governance, risks, the menu and claims."""

from __future__ import annotations

from typing import Any

from django import forms

from service.accounts.models import User
from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.permissions import Permission
from service.programmes.forms.scoped import AuthorityForm, PersonForm, choice_of, school_choice
from service.programmes.models import (
    LEVELS,
    AgreementText,
    Area,
    Audience,
    Basis,
    Category,
    CheckState,
    GroupKind,
    Meeting,
    MenuRole,
    RiskKind,
    Side,
)
from service.schools.models import School


def text_area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ChecklistForm(AuthorityForm):
    """The authority whose checklist is begun."""


class BeginChecklistForm(forms.Form):
    starts = GovukDateField(label="Day on which the worker starts", help_text="Each line is due so many days before.")


class StartChecklistForm(PersonForm):
    school = school_choice()
    starts = GovukDateField(label="Day on which the worker starts", help_text="Each line is due so many days before.")

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        schools = School.objects.visible_to(user, Permission.MANAGE_PROGRAMME)
        choice_of(self, "school").queryset = schools.filter(closed=None)


class ItemForm(AuthorityForm):
    what = TypedField(max_length=150, label="What has to be ready")
    area = forms.ChoiceField(choices=Area.choices, widget=forms.RadioSelect)
    side = forms.ChoiceField(label="Who sees to it", choices=Side.choices, widget=forms.RadioSelect)
    days_before_start = forms.IntegerField(
        label="Due how many days before the worker starts",
        min_value=-200,
        max_value=200,
        help_text="Less than 0 means after the start: -10 is ten days after.",
    )


class SettleForm(forms.Form):
    state = forms.ChoiceField(choices=CheckState.choices, widget=forms.RadioSelect)
    remark = TypedField(required=False, max_length=200, help_text="Needed unless it is done.")


class AssignForm(forms.Form):
    who = TypedField(label="Who sees to it", max_length=100, required=False, help_text="A person or a post.")
    due = GovukDateField(label="Due")


class TextForm(AuthorityForm):
    audience = forms.ChoiceField(label="For whom", choices=Audience.choices, widget=forms.RadioSelect)
    text = TypedField(widget=text_area(20), label="Text of the agreement", strip=True)


class IssueForm(PersonForm):
    text = forms.ModelChoiceField(AgreementText.objects.none(), to_field_name="public_id", empty_label="Choose a text")
    schools = forms.ModelMultipleChoiceField(
        School.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )
    sign_by = GovukDateField(label="To be signed by")

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        choice_of(self, "text").queryset = AgreementText.objects.visible_to(user, Permission.MANAGE_PROGRAMME)
        schools = School.objects.visible_to(user, Permission.MANAGE_PROGRAMME).filter(closed=None)
        choice_of(self, "schools").queryset = schools


class SignForm(forms.Form):
    name = TypedField(label="Your name", max_length=100)
    position = TypedField(label="Your position", max_length=100)
    agreed = forms.BooleanField(label="I have read the text and sign it for my side")


class MilestoneForm(AuthorityForm):
    what = TypedField(label="What should be reached", max_length=150)
    due = GovukDateField(label="Due")
    owner = TypedField(label="Who sees to it", max_length=100, required=False)


class MoveForm(forms.Form):
    due = GovukDateField(label="New day")
    reason = TypedField(label="Why it is moved", max_length=200)


class ReachForm(forms.Form):
    on = GovukDateField(label="Day on which it was reached")


class GroupForm(AuthorityForm):
    name = TypedField(max_length=100)
    kind = forms.ChoiceField(choices=GroupKind.choices, widget=forms.RadioSelect)
    meets = TypedField(label="How often it meets", max_length=60, help_text="For example each term.")
    purpose = TypedField(required=False, max_length=500, widget=text_area())


class MemberForm(forms.Form):
    name = TypedField(max_length=100)
    organisation = TypedField(label="School, service or organisation", max_length=100)
    chairs = forms.BooleanField(required=False, label="Chairs the group")
    joined_on = GovukDateField(label="Member from")


class LeaveForm(forms.Form):
    on = GovukDateField(label="Last day as a member")


class MeetingForm(forms.Form):
    day = GovukDateField(label="Day of the meeting")
    place = TypedField(required=False, max_length=100)
    agenda = TypedField(required=False, max_length=5000, widget=text_area(5))


class MinutesForm(forms.Form):
    agenda = TypedField(required=False, max_length=5000, widget=text_area(5))
    notes = TypedField(
        required=False,
        max_length=20_000,
        widget=text_area(10),
        label="What was decided",
        help_text="Write nothing about a child or a family here.",
    )
    held = forms.BooleanField(required=False, label="The meeting was held")
    reason = TypedField(label="Why are they changed?", help_text="The version before stays.", max_length=200)
    version_seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        names = ("agenda", "notes", "held")
        super().__init__(
            data, initial={name: getattr(meeting, name) for name in names} | {"version_seen": meeting.version}
        )
        del self.fields["held" if meeting.held else "reason"]


class PaperForm(forms.Form):
    title = TypedField(max_length=150)
    file = forms.FileField(required=False, help_text="PDF, Word, Excel, PowerPoint, CSV or text, up to 10 MB.")
    link = TypedField(required=False, max_length=200, label="Or a link", help_text="It begins with https://.")


class ActionForm(forms.Form):
    what = TypedField(label="What is to be done", max_length=300)
    owner = TypedField(label="Who does it", max_length=100)
    due = GovukDateField(label="By when")


class OutcomeForm(forms.Form):
    outcome = TypedField(label="What came of it", max_length=300, widget=text_area(2))


class JudgeForm(forms.Form):
    kind = forms.ChoiceField(choices=RiskKind.choices, widget=forms.RadioSelect)
    likelihood = forms.TypedChoiceField(choices=LEVELS, coerce=int, help_text="Of an issue it is 5: it has happened.")
    impact = forms.TypedChoiceField(choices=LEVELS, coerce=int)
    mitigation = TypedField(label="What is done about it", max_length=500, widget=text_area())
    owner = TypedField(label="Who owns it", max_length=100)


class RiskForm(AuthorityForm, JudgeForm):
    what = TypedField(label="What may happen, or has happened", max_length=200)
    field_order = ("authority", "what")


class ReviewRiskForm(JudgeForm):
    remark = TypedField(required=False, label="What has changed", max_length=300)


class BeginMenuForm(AuthorityForm):
    introduction = TypedField(required=False, max_length=1000, widget=text_area(4))


class MenuItemForm(forms.Form):
    role = forms.ChoiceField(choices=MenuRole.choices, widget=forms.RadioSelect)
    what = TypedField(label="What can be asked for", max_length=120)
    how = TypedField(label="What it is, and how to ask", max_length=400, widget=text_area(3))


class SumForm(forms.Form):
    quarter = forms.RegexField(
        r"^\d{4}-\d{2} Q[1-4]$",
        help_text="Of the financial year, such as 2026-27 Q3 for October to December 2026.",
        error_messages={"invalid": "Enter a quarter such as 2026-27 Q3"},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    item = TypedField(label="What was paid for", max_length=100)
    category = forms.ChoiceField(choices=Category.choices, widget=forms.RadioSelect)
    amount = forms.DecimalField(label="Sum in pounds", min_value=0, max_digits=10, decimal_places=2)
    basis = forms.ChoiceField(
        label="What the sum stands for", choices=Basis.choices, widget=forms.RadioSelect, initial=Basis.PERIOD
    )
    useful_life_years = forms.DecimalField(
        required=False,
        label="Years that the purchase lasts",
        min_value=0,
        max_digits=4,
        decimal_places=1,
        help_text="Empty: as the study says.",
    )
    source = TypedField(required=False, max_length=200, label="Where the sum comes from")


class ClaimForm(AuthorityForm, SumForm):
    permission = Permission.RECORD_CLAIMS


class CorrectClaimForm(SumForm):
    reason = TypedField(label="Why the claim is corrected", max_length=200)
