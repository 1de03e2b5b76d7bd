"""Forms for the plan of a study and for its reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from service.evidence.actions.studies import Plan
from service.evidence.composing.protocol import CHOSEN
from service.evidence.composing.timeline import terms_of
from service.evidence.models import Audience, Panel
from service.loading import when_used
from service.schools.models import Authority, School

if TYPE_CHECKING:
    from swis.panel import study_tables
else:
    study_tables = when_used("swis.panel.study_tables")

SMALL = {"class": "govuk-checkboxes--small"}


class PlanForm(forms.Form):
    """The plan of a study over panels; the schools are asked for only where no draw named them."""

    title = forms.CharField(label="Title", max_length=150)
    launched = forms.CharField(
        label="Month of the launch", max_length=7, help_text="For example 2026-09.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )  # fmt: skip
    primary = forms.ChoiceField(label="Primary outcome")
    others = forms.MultipleChoiceField(
        label="Other outcomes", required=False, widget=forms.CheckboxSelectMultiple(attrs=SMALL)
    )
    exposure = forms.ChoiceField(
        label="Pupils below the rates", choices=lambda: [(name, name.capitalize()) for name in study_tables.EXPOSURES]
    )
    starts = forms.ChoiceField(label="The programme starts in")
    reference = forms.ChoiceField(label="Reference term", help_text="Others are compared with it; before the start.")
    after_from = forms.ChoiceField(label="An effect is looked for from")
    last_term = forms.ChoiceField(
        label="Last term", help_text="It may lie ahead: a plan is best locked before its counts are there."
    )
    with_worker = forms.ModelMultipleChoiceField(
        School.objects.none(), label="Schools with a social worker", widget=forms.CheckboxSelectMultiple(attrs=SMALL)
    )
    compared = forms.ModelMultipleChoiceField(
        School.objects.none(), label="Schools they are compared with", widget=forms.CheckboxSelectMultiple(attrs=SMALL)
    )

    def __init__(
        self, *args: Any, panels: Sequence[Panel], authorities: Sequence[Authority], schools: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        covered = {code for panel in panels for code in panel.outcomes}
        outcomes = [(each.code, each.name) for each in CHOSEN if each.code in covered]
        terms = [(term.name, term.name.capitalize()) for term in terms_of(panels, authorities)]
        for name in ("primary", "others"):
            self.fields[name].choices = outcomes  # type: ignore[attr-defined]
        for name in ("starts", "reference", "after_from", "last_term"):
            self.fields[name].choices = terms  # type: ignore[attr-defined]
        for name in ("with_worker", "compared"):
            if schools is None:
                del self.fields[name]
            else:
                self.fields[name].queryset = schools  # type: ignore[attr-defined]

    @property
    def plan(self) -> Plan:
        """What was settled."""
        asked = self.cleaned_data
        others = [code for code in asked["others"] if code != asked["primary"]]
        names = ("title", "launched", "exposure", "starts", "reference", "after_from", "last_term")
        return Plan(
            outcomes=[asked["primary"], *others],
            with_worker=list(asked.get("with_worker", ())),
            compared=list(asked.get("compared", ())),
            **{name: asked[name] for name in names},
        )


class ReleaseForm(forms.Form):
    audiences = forms.MultipleChoiceField(
        label="Who may read the report", choices=Audience.choices, widget=forms.CheckboxSelectMultiple
    )
    read_for_small_numbers = forms.BooleanField(
        label="I have read the edition for others for small numbers",
        help_text="They get the edition for others. Counts of single schools are not in it; sums of the arms passed the rule.",
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=300)
