"""Inviting people, and what becomes of an invitation. Nobody signs up."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from service.accounts.actions.memberships import check_place, enter_membership, grant, require_accounts
from service.accounts.letters import absolute, send_letter
from service.accounts.models import Invitation, Membership, User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Role
from service.schools.models import Authority, School

LASTS = timedelta(days=7)


@transaction.atomic
def invite(
    *,
    by: User,
    email: str,
    name: str,
    role: Role | str,
    authority: Authority | None = None,
    school: School | None = None,
) -> User:
    """Invite a person to a role by work address; send the link. Gives back the person.

    Who has an account already is given the role and told so, without a new link; one who was invited and did not come yet
    gets the role and a new link.
    Raises `PermissionDenied` outside the own scope, `ValidationError` for an address, a name or a place that cannot be.
    """
    role = Role(role)
    authority = authority or (school.authority if school else None)
    require_accounts(by, authority=authority)
    check_place(role, authority=authority, school=school)
    user = find_or_make_person(email, name)
    let_in(by=by, membership=grant(by=by, user=user, role=role, authority=authority, school=school))
    return user


@transaction.atomic
def invite_administrator(*, email: str, name: str, role: Role, authority: Authority | None) -> User:
    """Invite from the command line of the server, where nobody is signed in: the first administrator."""
    check_place(role, authority=authority, school=None)
    user = find_or_make_person(email, name)
    if user.has_come:
        raise ValidationError(
            f"{user.email} has an account already. An administrator gives further roles in the service."
        )
    membership = enter_membership(by=None, user=user, role=role, authority=authority, school=None)
    _open_invitation(None, user, membership)
    return user


def let_in(*, by: User, membership: Membership) -> None:
    """Send the letter that goes with a role: a link to who has not come yet, to anybody else word of the role.

    Whether `by` may do so was settled by the caller, who has locked the person.
    """
    user = membership.user
    if user.has_come:
        send_letter(user, "role_given", {"membership": membership})
    else:
        _open_invitation(by, user, membership)


@transaction.atomic
def resend(*, by: User, invitation: Invitation) -> Invitation:
    """Send a new link for seven days. The one sent before no longer works."""
    invitation = _lock_open(invitation)
    require_accounts(by, authority=invitation.membership.authority)
    _renew(invitation)
    details = {"person": str(invitation.user.public_id), "changed": ["token_hash", "sent", "expires"]}
    record(Action.CHANGE, by=by, subject=invitation, details=details)
    return invitation


@transaction.atomic
def withdraw(*, by: User, invitation: Invitation) -> Invitation:
    """Take an invitation back: its link no longer works, and the role that came with it ends."""
    invitation = _lock_open(invitation)
    membership = invitation.membership
    require_accounts(by, authority=membership.authority)
    yesterday = timezone.localdate() - timedelta(days=1)
    if membership.ends is None or membership.ends > yesterday:
        membership.ends = yesterday
        membership.save(update_fields=["ends"])
    close_link(by=by, invitation=invitation)
    return invitation


def close_link(*, by: User, invitation: Invitation) -> None:
    """Let the link of an invitation work no longer. Whether `by` may do so was settled by the caller."""
    invitation.withdrawn = timezone.now()
    invitation.save(update_fields=["withdrawn"])
    details = {"person": str(invitation.user.public_id), "changed": ["withdrawn"]}
    record(Action.CHANGE, by=by, subject=invitation, details=details)


def find_invitation(token: str) -> Invitation | None:
    """The open invitation of a link, or None when it was used, withdrawn, replaced or is too old."""
    invitation = Invitation.objects.select_related("user").filter(token_hash=hash_of_token(token)).first()
    return invitation if invitation is not None and invitation.state == "open" else None


@transaction.atomic
def accept(*, token: str, password: str) -> User:
    """Set the password of an invited person, once.

    Raises `ValidationError` when the link no longer works or the password is too weak; the link then stays good.
    """
    mine = Invitation.objects.filter(token_hash=hash_of_token(token))
    _lock_people(mine)
    found = mine.select_for_update(of=("self",)).first()
    if found is None or found.state != "open" or not found.user.is_active:
        raise ValidationError("This invitation no longer works. Ask who invited you to send it again.")
    user = found.user
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    _close(found, how="password")
    return user


@transaction.atomic
def accept_through_provider(*, user: User) -> bool:
    """Take the open invitation of a person for whom the council's own sign-in vouches. False when there is none."""
    _lock_people(Invitation.objects.filter(user=user))
    open_one = (
        Invitation.objects.select_for_update(of=("self",)).filter(user=user, accepted=None, withdrawn=None).first()
    )
    if open_one is None or open_one.state != "open":
        return False
    _close(open_one, how="provider")
    return True


def hash_of_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def find_or_make_person(email: str, name: str) -> User:
    """The person with this address, or a new one who cannot sign in yet.

    Raises `ValidationError` for an address or a name that cannot be, and for a closed account.
    """
    email, name = email.strip().lower(), name.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from None
    if not name:
        raise ValidationError({"name": "Enter the name of the person."})
    user = User.objects.filter(email__iexact=email).first()
    if user is not None and not user.is_active:
        raise ValidationError({"email": "The account with this address is closed. Open it again first."})
    return user or User.objects.create_user(email, name=name)


def _open_invitation(by: User | None, user: User, membership: Membership) -> None:
    invitation = Invitation(user=user, membership=membership, invited_by=by)
    for earlier in user.invitations.select_for_update(of=("self",)).filter(accepted=None, withdrawn=None):
        _replace(by, earlier, by_new=invitation)
    _renew(invitation)
    details = {"person": str(user.public_id), "expires": invitation.expires.isoformat()}
    record(Action.CREATE, by=by, subject=invitation, details=details)


def _replace(by: User | None, earlier: Invitation, *, by_new: Invitation) -> None:
    """Withdraw an open invitation for a newer one. It may be of another authority, whose audit then tells; its role stays."""
    earlier.withdrawn = timezone.now()
    earlier.save(update_fields=["withdrawn"])
    details = {
        "person": str(earlier.user.public_id),
        "changed": ["withdrawn"],
        "replaced_by": str(by_new.public_id),
    }
    record(Action.CHANGE, by=by, subject=earlier, details=details)


def _renew(invitation: Invitation) -> None:
    token = token_urlsafe(32)
    invitation.token_hash = hash_of_token(token)
    invitation.sent = timezone.now()
    invitation.expires = invitation.sent + LASTS
    invitation.save()
    link = absolute(reverse("invitation-accept", kwargs={"token": token}))
    send_letter(invitation.user, "invitation", {"link": link, "expires": invitation.expires})


def _close(invitation: Invitation, *, how: str) -> None:
    invitation.accepted = timezone.now()
    invitation.save(update_fields=["accepted"])
    record(Action.CHANGE, by=invitation.user, subject=invitation, details={"changed": ["accepted"], "through": how})


def _lock_people(invitations: QuerySet[Invitation]) -> None:
    """Let one after the other act on the invitations of a person: always the person first, then the invitation, then the audit.

    Who is invited to a further role is locked by `enter_membership`, before the audit and the invitations that it replaces.
    """
    list(User.objects.select_for_update(no_key=True).filter(pk__in=invitations.values("user")))


def _lock_open(invitation: Invitation) -> Invitation:
    """The invitation as it stands now, locked with the role that came with it. Raises `ValidationError` when it is closed."""
    _lock_people(Invitation.objects.filter(pk=invitation.pk))
    rows = Invitation.objects.select_related("user", "membership__authority")
    found = rows.select_for_update(of=("self", "membership")).get(pk=invitation.pk)
    if found.state in {"accepted", "withdrawn"}:
        raise ValidationError(f"This invitation was {found.state} already.")
    return found
