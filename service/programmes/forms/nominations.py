from __future__ import annotations

from typing import Any

from django import forms

from service.pages.fields import GovukDateField
from service.pages.typed import TypedField
from service.permissions import Permission
from service.programmes.forms.scoped import AuthorityForm, PersonForm, choice_of, school_choice
from service.programmes.models import NominationRound
from service.schools.models import Phase, School


class BeginRoundForm(AuthorityForm):
    permission = Permission.NOMINATE
    name = TypedField(label="Name of the round", max_length=100, help_text="For example autumn 2026, or second wave.")


class FiguresForm(PersonForm):
    """The figures of the year before, the same year for every school. What is not known stays empty."""

    pupils = forms.IntegerField(label="Pupils on the roll", required=False, min_value=1)
    referrals = forms.IntegerField(
        label="Referrals to children's social care of pupils of the school", required=False, min_value=0
    )
    section_47_enquiries = forms.IntegerField(
        label="Section 47 enquiries into pupils of the school", required=False, min_value=0
    )
    exclusions = forms.IntegerField(label="Suspensions and permanent exclusions", required=False, min_value=0)
    persistent_absence_percent = forms.DecimalField(
        label="Per cent of pupils persistently absent", required=False, min_value=0, max_value=100, decimal_places=1
    )
    free_school_meals_percent = forms.DecimalField(
        label="Per cent of pupils eligible for free school meals",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=1,
    )
    feeder_primaries = forms.ModelMultipleChoiceField(
        School.objects.none(), to_field_name="public_id", required=False, widget=forms.CheckboxSelectMultiple(
            attrs={"class": "govuk-checkboxes--small"}
        ), help_text="Those that the social worker would serve too.",
    )  # fmt: skip
    reserve = forms.BooleanField(
        required=False,
        label="In reserve",
        help_text="It only stands in for a school that withdraws before arms are told.",
    )
    excluded = TypedField(
        required=False,
        max_length=200,
        label="Why the school must not be drawn",
        help_text="Leave empty if it may be. For example: about to close, or in another trial.",
    )

    def __init__(self, *args: Any, round: NominationRound, **named: Any) -> None:
        super().__init__(*args, **named)
        primaries = School.objects.visible_to(self.user, Permission.NOMINATE).filter(
            authority=round.authority, phase__in=(Phase.PRIMARY, Phase.ALL_THROUGH), closed=None
        )
        choice_of(self, "feeder_primaries").queryset = primaries
        if not primaries.exists():
            del self.fields["feeder_primaries"]


class NominateForm(FiguresForm):
    school = school_choice()
    field_order = ("school",)

    def __init__(self, *args: Any, round: NominationRound, **named: Any) -> None:
        super().__init__(*args, round=round, **named)
        schools = School.objects.visible_to(self.user, Permission.NOMINATE).filter(
            authority=round.authority, closed=None
        )
        choice_of(self, "school").queryset = schools.exclude(nominations__round=round)


class WithdrawForm(forms.Form):
    on = GovukDateField(label="Day on which the school withdrew")
    reason = TypedField(max_length=200)


class UploadForm(forms.Form):
    file = forms.FileField(
        label="nominations.csv",
        help_text="A row for each school, named by its name or URN. Columns may be left out; school must be there.",
    )
