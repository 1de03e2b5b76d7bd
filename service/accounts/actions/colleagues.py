"""A safeguarding lead names the colleagues of the own school: the one role, for the one school, and no other.

Whether an address has an account already must not be found out: it may be of another school or authority. So a colleague is
shown by the name that the lead gave, and has come once they signed in after being named, whatever was before.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.actions import memberships
from service.accounts.actions.invitations import close_link, find_or_make_person, let_in
from service.accounts.actions.people import current_memberships
from service.accounts.models import Invitation, Membership, User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, Role, require
from service.schools.models import School

MOST_AWAITED = 10
"""How many people whom leads of one school named may not have come yet: nobody sends letters without end."""


class AskAdministrator(ValidationError):
    """An address that a lead cannot name. Why, only an administrator may know."""

    def __init__(self) -> None:
        super().__init__(
            {"email": "This address cannot be named here. Ask the administrator of your authority to give the role."}
        )


@transaction.atomic
def name_colleague(*, by: User, school: School, email: str, name: str) -> Membership:
    """Let a colleague use the service for a school as its safeguarding lead does; send the letter.

    Who has no account gets the link of an invitation, anybody else word of the role; for who named them the two look the same.
    Raises `PermissionDenied` for who is no safeguarding lead there, `ValidationError` for an address or a name that cannot
    be, who has the role already, or too many who have not come; `AskAdministrator` for a closed account and an evaluator's.
    """
    require(by, Permission.NAME_COLLEAGUES, school=school)
    # Two leads may name at the same moment: what is counted below holds until this one is done.
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
    _refuse_too_many(school)
    if User.objects.filter(email__iexact=email.strip(), is_active=False).exists():
        raise AskAdministrator
    person, name = find_or_make_person(email, name), name.strip()
    if Membership.objects.filter(colleagues_today(), school=school, user=person).exists():
        raise ValidationError({"email": f"{person.email} may use the service for {school} already."})
    try:
        membership = memberships.enter_membership(
            by=by, user=person, role=Role.SAFEGUARDING_LEAD, authority=school.authority, school=school, named_as=name
        )  # fmt: skip
    except ValidationError:
        raise AskAdministrator from None  # an evaluator, who works for no authority
    let_in(by=by, membership=membership)
    return membership


@transaction.atomic
def send_again(*, by: User, membership: Membership) -> Membership:
    """Send the letter once more to a colleague who has not come. A link that was sent before no longer works."""
    membership = _lock_awaited(by, membership)
    let_in(by=by, membership=membership)
    details = {"person": str(membership.user.public_id), "changed": ["letter"]}
    record(Action.CHANGE, by=by, subject=membership, details=details)
    return membership


@transaction.atomic
def withdraw(*, by: User, membership: Membership) -> Membership:
    """Take a name back before the colleague has come: the role ends at once, and the link of who has no other role."""
    membership = _lock_awaited(by, membership)
    memberships.end(by=by, membership=membership, on=timezone.localdate() - timedelta(days=1))
    if not current_memberships(membership.user):
        for invitation in membership.user.invitations.filter(accepted=None, withdrawn=None):
            close_link(by=by, invitation=_locked(invitation))
    return membership


@transaction.atomic
def end(*, by: User, membership: Membership, on: date | None = None) -> Membership:
    """End the role of a colleague whom one named oneself, with its last day; today unless said, yesterday for at once."""
    membership = _lock_named(by, membership)
    return memberships.end(by=by, membership=membership, on=on)


def require_named(by: User, *, membership: Membership) -> None:
    """Refuse who did not name this colleague, or is no longer a safeguarding lead of the school."""
    if not memberships.is_named_by(by, membership=membership):
        raise PermissionDenied("You may change the roles only of colleagues whom you named yourself.")


def colleagues_today() -> Q:
    """Memberships of who may use the service for a school, or will: safeguarding leads whose last day has not passed."""
    lasting = Q(ends=None) | (Q(ends__gte=timezone.localdate()) & Q(ends__gte=F("starts")))
    return Q(role=Role.SAFEGUARDING_LEAD.value, user__is_active=True) & lasting


def _refuse_too_many(school: School) -> None:
    awaited = Q(user__last_login=None) | Q(user__last_login__lt=F("named_at"))
    named = Membership.objects.filter(colleagues_today(), awaited, school=school, named_at__isnull=False)
    if named.count() >= MOST_AWAITED:
        raise ValidationError(
            f"{MOST_AWAITED} people who were named for {school} have not come yet. Withdraw one, or wait until they have."
        )


def _lock_named(by: User, membership: Membership) -> Membership:
    """The membership as it stands now, locked after its person. Refuses what somebody else gave, and what is over."""
    require(by, Permission.NAME_COLLEAGUES, school=membership.school)
    User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    rows = Membership.objects.select_related("user", "school__authority").select_for_update(of=("self",))
    found = rows.get(pk=membership.pk)
    require_named(by, membership=found)
    if not Membership.objects.filter(colleagues_today(), pk=found.pk).exists():
        raise ValidationError("This role has ended already.")
    return found


def _lock_awaited(by: User, membership: Membership) -> Membership:
    found = _lock_named(by, membership)
    if found.has_come:
        raise ValidationError(f"{found.known_as} has come already. You can end the role.")
    return found


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).select_related("user", "membership").get(pk=invitation.pk)
