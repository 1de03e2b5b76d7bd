"""Forms of an administrator."""

from __future__ import annotations

from typing import Any

from django import forms

from service.accounts.models import User
from service.pages.fields import GovukDateField
from service.permissions import Permission, Role, scope_of
from service.schools.models import Authority, School

EVERYWHERE = "everywhere"


class RoleForm(forms.Form):
    """A role and where it holds. The places are those in which the administrator manages accounts.

    The evaluator is offered to who manages accounts everywhere alone.
    """

    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)
    place = forms.ChoiceField(
        label="Where",
        help_text="A social worker in schools and a designated safeguarding lead work for a school, the others for an authority.",
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everywhere = scope_of(by, Permission.MANAGE_ACCOUNTS).everywhere
        roles = [role for role in Role if everywhere or role is not Role.EVALUATOR]
        self.fields["role"].choices = [(role.value, role.value.capitalize()) for role in roles]  # type: ignore[attr-defined]
        self.places: dict[str, dict[str, Any]] = {}
        self.fields["place"].choices = self._choices(by)  # type: ignore[attr-defined]

    def _choices(self, by: User) -> list[Any]:
        choices: list[Any] = [("", "Choose one")]
        if scope_of(by, Permission.MANAGE_ACCOUNTS).everywhere:
            self.places[EVERYWHERE] = {"authority": None, "school": None}
            choices.append((EVERYWHERE, "Every authority"))
        schools: dict[int, list[School]] = {}
        for school in School.objects.visible_to(by, Permission.MANAGE_ACCOUNTS):
            schools.setdefault(school.authority_id, []).append(school)
        for authority in Authority.objects.visible_to(by, Permission.MANAGE_ACCOUNTS):
            choices.append((authority.name, self._group(authority, schools.get(authority.pk, []))))
        return choices

    def _group(self, authority: Authority, schools: list[School]) -> list[tuple[str, str]]:
        whole = f"authority {authority.public_id}"
        self.places[whole] = {"authority": authority, "school": None}
        group = [(whole, f"All of {authority}")]
        for school in schools:
            key = f"school {school.public_id}"
            self.places[key] = {"authority": authority, "school": school}
            group.append((key, school.name))
        return group

    def where(self) -> dict[str, Any]:
        """The chosen place as `authority` and `school`."""
        return self.places[self.cleaned_data["place"]]


class InviteForm(RoleForm):
    email = forms.EmailField(label="Work e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="Name", max_length=150)
    field_order = ("email", "name", "role", "place")


class GiveRoleForm(RoleForm):
    starts = GovukDateField(label="First day", required=False, help_text="Today when left empty.")
    ends = GovukDateField(label="Last day", required=False, help_text="Leave it empty when no end is known.")


class EndRoleForm(forms.Form):
    on = GovukDateField(label="Last day", help_text="Give yesterday to close the role at once.")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason", max_length=300, help_text="It is kept in the audit. Write nothing about a child.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class NameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=150)


class SearchForm(forms.Form):
    mark_optional = False
    q = forms.CharField(label="Name or address", required=False, max_length=100)
    state = forms.ChoiceField(
        label="Account", required=False, choices=[("", "Open and closed"), ("open", "Open"), ("closed", "Closed")]
    )


class AcceptForm(forms.Form):
    """The first password of an invited person."""

    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), max_length=200,
        help_text="At least 12 characters. Three words that do not belong together are good.",
    )  # fmt: skip
    again = forms.CharField(
        label="Password again", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), max_length=200
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "The two passwords differ.")
        return given
