"""Forms whose choices are the rows that a person may use."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from service.accounts.models import User
from service.pages.typed import TypedField
from service.permissions import Permission, Role
from service.schools.models import Authority, School


class Confirmation(forms.Form):
    """A form without a field: the button alone."""


class ReasonForm(forms.Form):
    reason = TypedField(max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class PersonForm(forms.Form):
    """A form that knows who fills it in."""

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, **named)
        self.user = user


class AuthorityForm(PersonForm):
    """A form for one of the person's authorities; it asks which only where there are several."""

    permission: ClassVar[Permission] = Permission.MANAGE_PROGRAMME
    authority = forms.ModelChoiceField(
        Authority.objects.none(), to_field_name="public_id", empty_label="Choose an authority"
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        authorities = Authority.objects.visible_to(self.user, self.permission)
        first_two = list(authorities[:2])
        self.only = first_two[0] if len(first_two) == 1 else None
        if self.only is not None:
            del self.fields["authority"]
        else:
            choice_of(self, "authority").queryset = authorities

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.only is not None:
            cleaned["authority"] = self.only
        return cleaned


def choice_of(form: forms.Form, name: str) -> forms.ModelChoiceField[Any]:
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} is no choice of rows")
    return field


def school_choice(label: str = "School", **named: Any) -> forms.ModelChoiceField[School]:
    """A school; the form sets which."""
    return forms.ModelChoiceField(
        School.objects.none(), to_field_name="public_id", label=label, empty_label="Choose a school", **named
    )


def worker_choice(label: str = "Social worker") -> forms.ModelChoiceField[User]:
    """A worker; the form sets which."""
    return forms.ModelChoiceField(
        User.objects.none(), to_field_name="public_id", label=label, empty_label="Choose a social worker"
    )


def workers_for(user: User) -> QuerySet[User]:
    """The social workers, now or before, whom this person may place."""
    seen = User.objects.visible_to(user, Permission.MANAGE_PLACEMENTS)
    workers: QuerySet[User] = seen.filter(memberships__role=Role.SOCIAL_WORKER.value, is_active=True).distinct()
    return workers
