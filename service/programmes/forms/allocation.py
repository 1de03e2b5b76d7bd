from __future__ import annotations

from typing import Any

from django import forms

from service.accounts.models import User
from service.pages.fields import GovukDateField
from service.permissions import Permission, scope_of
from service.programmes.forms.scoped import PersonForm, choice_of
from service.programmes.models import NominationRound, RoundStatus
from service.schools.models import Authority


class CommitmentForm(PersonForm):
    authority = forms.ModelChoiceField(
        Authority.objects.none(), to_field_name="public_id", empty_label="Every authority", label="For which authority"
    )
    file = forms.FileField(label="allocation_commitment.toml", help_text="As swis allocate --commit wrote it.")

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        authorities = Authority.objects.visible_to(user, Permission.PUBLISH_ALLOCATION)
        choice_of(self, "authority").queryset = authorities
        if scope_of(user, Permission.PUBLISH_ALLOCATION).everywhere:
            self.fields["authority"].required = False
        else:
            choice_of(self, "authority").empty_label = None


class EnterAllocationForm(PersonForm):
    rounds = forms.ModelMultipleChoiceField(
        NominationRound.objects.none(), to_field_name="public_id", widget=forms.CheckboxSelectMultiple,
        label="Rounds that were drawn from",
    )  # fmt: skip
    certificate = forms.FileField(label="allocation.toml", help_text="The certificate as swis allocate wrote it.")
    kept_until = GovukDateField(
        required=False,
        label="Last day of the comparison",
        help_text="Until then comparison schools stay without a social worker of the programme.",
    )

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        received = NominationRound.objects.visible_to(user, Permission.PUBLISH_ALLOCATION)
        drawn = received.filter(allocations__isnull=False, allocations__set_aside_on=None)
        submitted = received.filter(status=RoundStatus.SUBMITTED)
        choice_of(self, "rounds").queryset = submitted.exclude(pk__in=drawn.values("pk"))


class PublishForm(forms.Form):
    on = GovukDateField(label="First day on which the authorities see the arms")
