"""Closing and opening accounts, and giving a person a fresh start with the second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from service.accounts.actions.memberships import (
    lock_administrators,
    may_manage_accounts,
    refuse_without_administrator,
)
from service.accounts.models import Membership, User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Role
from service.schools.models import Authority


@transaction.atomic
def close_account(*, by: User, user: User, reason: str) -> User:
    """Close an account: the person is signed out everywhere and cannot come back in. Roles and history stay.

    Raises `PermissionDenied` unless `by` manages accounts wherever the person holds a role, `ValidationError` for the own
    account, without a reason, or for the last administrator.
    """
    lock_administrators()
    # Read anew: whoever was ahead may have closed the account of who acts here.
    require_whole_person(User.objects.get(pk=by.pk), user)
    if by.pk == user.pk:
        raise ValidationError("You cannot close your own account. Ask another administrator.")
    reason = _reason(reason)
    today = timezone.localdate()
    for membership in current_memberships(user):
        if membership.role == Role.ADMINISTRATOR.value:
            refuse_without_administrator(membership, after=today)
    return _set_active(by, user, active=False, reason=reason)


@transaction.atomic
def reopen_account(*, by: User, user: User, reason: str) -> User:
    """Open a closed account again, with the roles that have not ended."""
    require_whole_person(by, user)
    return _set_active(by, user, active=True, reason=_reason(reason))


@transaction.atomic
def reset_second_factor(*, by: User, user: User, reason: str) -> None:
    """Take away every second factor and recovery code of a person who lost them, sign them out and tell them by e-mail.

    At the next sign-in they set up a new one before anything else. Raises as `close_account` does.
    """
    require_whole_person(by, user)
    if by.pk == user.pk:
        raise ValidationError("You cannot reset your own second factor. Ask another administrator.")
    kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    sign_out_everywhere(user)
    details = {"changed": ["second factor"], "removed": kinds}
    record(Action.CHANGE, by=by, subject=user, details=details, reason=_reason(reason))
    letter = render_to_string("accounts/letters/second_factor_reset.txt", {"person": user})
    subject, _, body = letter.partition("\n")
    transaction.on_commit(
        lambda: send_mail(subject.strip(), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [user.email])
    )


@transaction.atomic
def correct_name(*, by: User, user: User, name: str) -> User:
    """Correct how a person is called."""
    require_whole_person(by, user)
    name = name.strip()
    if not name:
        raise ValidationError({"name": "Enter the name of the person."})
    if name != user.name:
        user.name = name
        user.save(update_fields=["name"])
        record(Action.CHANGE, by=by, subject=user, details={"changed": ["name"]})
    return user


def current_memberships(user: User) -> list[Membership]:
    """The roles that hold today or will: those whose last day has not passed."""
    today = timezone.localdate()
    return list(
        Membership.objects.filter(Q(ends=None) | Q(ends__gte=today), user=user).select_related(
            "user", "authority", "school"
        )
    )


def manages_whole_person(by: User, user: User) -> bool:
    """Tell whether somebody manages accounts wherever this person holds a role.

    Not counted beside other roles: one for which a safeguarding lead named the person, who has not come to it yet. A lead of
    another authority would else take an account out of its administrator's hands by naming it.
    """
    held = current_memberships(user)
    taken_up = [membership for membership in held if membership.named_at is None or membership.has_come]
    places = {membership.authority for membership in taken_up or held} or _last_places(user)
    return bool(places) and all(may_manage_accounts(by, authority=authority) for authority in places)


def require_whole_person(by: User, user: User) -> None:
    """Refuse what touches the whole account to an administrator of a part of it."""
    if not manages_whole_person(by, user):
        raise PermissionDenied(
            "This person also holds a role outside your authority. End the roles here, or ask an administrator of the programme."
        )


def sign_out_everywhere(user: User) -> None:
    """End every session of a person."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def forget_ended_sessions() -> int:
    """Forget the machine and browser of sessions that have ended; gives back how many. For the nightly tidying."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return UserSession.objects.exclude(session_key__in=live).delete()[0]


def _last_places(user: User) -> set[Authority | None]:
    return {membership.authority for membership in user.memberships.select_related("authority")} or {None}


def _set_active(by: User, user: User, *, active: bool, reason: str) -> User:
    user.refresh_from_db(fields=["is_active"], from_queryset=User.objects.select_for_update(no_key=True))
    if user.is_active == active:
        raise ValidationError("This account is open already." if active else "This account is closed already.")
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        sign_out_everywhere(user)
    details = {"changed": ["is_active"], "after": active}
    record(Action.CHANGE, by=by, subject=user, details=details, reason=reason)
    return user


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": "Give the reason: it is kept with what you do."})
    return reason.strip()
