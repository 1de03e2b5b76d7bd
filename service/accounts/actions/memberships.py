"""Giving a person a role somewhere, and ending it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from service.accounts.letters import send_letter
from service.accounts.models import Membership, User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import (
    ROLES_WITH,
    SCHOOL_ROLES,
    Permission,
    Role,
    forget_memberships,
    holds,
    require,
    scope_of,
)
from service.schools.models import Authority, School

NOMINATING = frozenset({Role.PROGRAMME_LEAD, Role.TEAM_MANAGER, Role.SOCIAL_WORKER, Role.SAFEGUARDING_LEAD})
"""The roles of who nominates schools or works in them, from whom a draw is concealed until it is published."""

READERS_OF_CASES = frozenset[Role]().union(
    *(
        ROLES_WITH[permission]
        for permission in (
            Permission.VIEW_CONTACTS,
            Permission.VIEW_ENQUIRIES,
            Permission.VIEW_REVIEW,
            Permission.EXPORT_AUTHORITY,
        )
    )
)
"""The roles that open what is written about children. Who answers for a team is told of each one that is given."""


@transaction.atomic
def grant(
    *,
    by: User,
    user: User,
    role: Role | str,
    authority: Authority | None = None,
    school: School | None = None,
    starts: date | None = None,
    ends: date | None = None,
) -> Membership:
    """Give a person a role: for a school, in an authority, or everywhere when neither is given; from today unless said.

    `ends` is the last day. Who manages accounts may give any role within the own scope to anybody else, but an evaluator is
    made by who manages accounts everywhere; who places workers may give the role of social worker for a school, and no other.
    Raises `PermissionDenied` outside that, `ValidationError` for a role or dates that cannot be, and for an evaluator who
    would also work where schools are nominated.
    """
    role = Role(role)
    if school is not None:
        authority = authority or school.authority
    check_place(role, authority=authority, school=school)
    _require_to_grant(by, user=user, role=role, authority=authority, school=school)
    return enter_membership(
        by=by, user=user, role=role, authority=authority, school=school, starts=starts, ends=ends
    )  # fmt: skip


@transaction.atomic
def enter_membership(
    *,
    by: User | None,
    user: User,
    role: Role,
    authority: Authority | None,
    school: School | None,
    starts: date | None = None,
    ends: date | None = None,
    named_as: str = "",
) -> Membership:
    """Write a membership and its audit entry. Whether `by` may do so was settled by the caller.

    `named_as` is the name that a safeguarding lead gave a colleague.
    """
    starts = starts or timezone.localdate()
    _check_dates(starts, ends)
    # Two roles that exclude one another may be given at the same moment.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _refuse_mixed(user, role=role, starts=starts, ends=ends)
    membership = Membership.objects.create(
        user=user, role=role.value, authority=authority, school=school, starts=starts, ends=ends, granted_by=by,
        named_as=named_as, named_at=timezone.now() if named_as else None,
    )  # fmt: skip
    forget_memberships(user)
    if role in READERS_OF_CASES:
        _tell_who_answers(membership)
    details = {"person": str(user.public_id), "role": role.value, "starts": starts.isoformat(), "ends": _iso(ends)}
    record(Action.CREATE, by=by, subject=membership, details=details)
    return membership


@transaction.atomic
def end(*, by: User, membership: Membership, on: date | None = None) -> Membership:
    """End a role with its last day, today unless said; yesterday closes it at once.

    A role that has not begun yet, ended before its first day, never holds. Days that have passed stay as they were, so the
    history keeps telling who could see what.
    Raises `PermissionDenied` for who may not, `ValidationError` for a day that cannot be or the last administrator.
    """
    role = Role(membership.role)
    if role is Role.ADMINISTRATOR:
        lock_administrators()
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    _require_to_end(by, membership=membership, role=role)
    last = on or timezone.localdate()
    _check_end(membership, last)
    if role is Role.ADMINISTRATOR:
        refuse_without_administrator(membership, after=last)
    before, membership.ends = membership.ends, last
    membership.save(update_fields=["ends"])
    forget_memberships(membership.user)
    details = {
        "person": str(membership.user.public_id),
        "role": role.value,
        "changed": ["ends"],
        "before": _iso(before),
        "after": last.isoformat(),
    }
    record(Action.CHANGE, by=by, subject=membership, details=details)
    return membership


def may_manage_accounts(by: User, *, authority: Authority | None) -> bool:
    """Tell whether somebody manages accounts in an authority or, without one, everywhere."""
    if authority is None:
        return scope_of(by, Permission.MANAGE_ACCOUNTS).everywhere
    return holds(by, Permission.MANAGE_ACCOUNTS, authority=authority)


def require_accounts(by: User, *, authority: Authority | None) -> None:
    """Refuse who does not manage accounts there."""
    if authority is not None:
        require(by, Permission.MANAGE_ACCOUNTS, authority=authority)
    elif not may_manage_accounts(by, authority=None):
        raise PermissionDenied("You may not give a role in every authority: you manage accounts in your own.")


def is_named_by(by: User, *, membership: Membership) -> bool:
    """Tell whether somebody named this colleague and is a safeguarding lead of the school still."""
    named = membership.named_at is not None and membership.granted_by_id == by.pk and membership.user_id != by.pk
    return named and holds(by, Permission.NAME_COLLEAGUES, school=membership.school)


def require_role(by: User, role: Role) -> None:
    """Refuse an evaluator made by the administrator of an authority: the draw is concealed from that authority."""
    if role is Role.EVALUATOR and not may_manage_accounts(by, authority=None):
        raise PermissionDenied("Only an administrator of the whole programme may make somebody an evaluator.")


def check_place(role: Role, *, authority: Authority | None, school: School | None) -> None:
    """Refuse a role where it cannot be held."""
    if role in SCHOOL_ROLES and school is None:
        raise ValidationError({"school": f"Choose the school: a {role.value} works for a school."})
    if role not in SCHOOL_ROLES and school is not None:
        raise ValidationError({"school": f"Leave the school empty: a {role.value} works for an authority."})
    if school is not None and (authority is None or school.authority_id != authority.pk):
        raise ValidationError({"school": f"{school} is a school of another authority."})


def lock_administrators() -> None:
    """Let one after the other take administrators away. To be called before anything else is locked.

    What is read after this query is as the one before left it. One order for everybody, so that nobody waits in a ring.
    """
    rows = Membership.objects.select_for_update(of=("self",)).filter(role=Role.ADMINISTRATOR.value)
    list(rows.order_by("pk").values_list("pk"))


def refuse_without_administrator(membership: Membership, *, after: date) -> None:
    """Refuse to take away the last administrator of a scope. The administrators are locked (`lock_administrators`).

    Counted: other people who have come, whose account is open and who hold the role, everywhere or in the same authority,
    without a last day.
    """
    covering = Q(authority=None)
    if membership.authority_id is not None:
        covering |= Q(authority_id=membership.authority_id)
    others = Membership.objects.filter(
        covering, role=Role.ADMINISTRATOR.value, ends=None, starts__lte=after, user__is_active=True
    ).exclude(user=membership.user_id)
    if not any(other.user.has_come for other in others.select_related("user")):
        where = membership.authority or "every authority"
        raise ValidationError(
            f"This is the last administrator of {where} who has signed in. Give somebody else the role first."
        )


def _tell_who_answers(membership: Membership) -> None:
    """Tell the team managers there, or where there is none the information governance officers, who may now read of children.

    Not told: who gave the role, who got it, and people who never came.
    """
    there = Q(authority=None)
    if membership.authority_id is not None:
        there |= Q(authority=membership.authority_id)
    today = timezone.localdate()
    held = Membership.objects.filter(there, starts__lte=today, user__is_active=True).exclude(ends__lt=today)
    held = held.exclude(user__in=[pk for pk in (membership.user_id, membership.granted_by_id) if pk])
    context = {
        "newcomer": membership.user,
        "role": membership.role,
        "where": membership.school or membership.authority or "every authority",
        "starts": membership.starts,
        "giver": membership.granted_by or "Somebody at the server",
    }
    for role in (Role.TEAM_MANAGER, Role.INFORMATION_GOVERNANCE):
        people = {row.user for row in held.filter(role=role.value).select_related("user") if row.user.has_come}
        for person in sorted(people, key=lambda person: person.email):
            send_letter(person, "reader_of_cases", context, robust=True)
        if people:
            return


def _require_to_grant(by: User, *, user: User, role: Role, authority: Authority | None, school: School | None) -> None:
    if _is_a_placement(by, role=role, school=school):
        return
    require_accounts(by, authority=authority)
    require_role(by, role)
    if by.pk == user.pk:
        raise PermissionDenied("You may not give yourself a role. Ask another administrator.")


def _require_to_end(by: User, *, membership: Membership, role: Role) -> None:
    if not _is_a_placement(by, role=role, school=membership.school) and not is_named_by(by, membership=membership):
        require_accounts(by, authority=membership.authority)


def _is_a_placement(by: User, *, role: Role, school: School | None) -> bool:
    return role is Role.SOCIAL_WORKER and school is not None and holds(by, Permission.MANAGE_PLACEMENTS, school=school)


def _refuse_mixed(user: User, *, role: Role, starts: date, ends: date | None) -> None:
    """Keep the evaluator apart from the people who nominate schools and work in them: a draw is concealed from those.

    Counted: roles of the person, anywhere, that hold on a day on which the new one would.
    """
    if role is not Role.EVALUATOR and role not in NOMINATING:
        return
    others = NOMINATING if role is Role.EVALUATOR else {Role.EVALUATOR}
    held = Membership.objects.filter(user=user, role__in=sorted(others)).exclude(ends__lt=starts)
    held = held.exclude(ends__lt=F("starts"))
    found = (held if ends is None else held.filter(starts__lte=ends)).first()
    if found is not None:
        raise ValidationError({"role": f"{user} is {found.role} in these days. An evaluator works for no authority."})


def _check_dates(starts: date, ends: date | None) -> None:
    if starts < timezone.localdate() - timedelta(days=366):
        raise ValidationError({"starts": "The first day lies more than a year back."})
    if ends is not None and ends < starts:
        raise ValidationError({"ends": "The last day must not lie before the first."})


def _check_end(membership: Membership, last: date) -> None:
    today = timezone.localdate()
    if membership.ends is not None and (membership.ends < today or membership.ends < membership.starts):
        raise ValidationError({"on": "This role has ended already."})
    if membership.ends is not None and last > membership.ends:
        raise ValidationError({"on": "A role is not made longer. Give it anew from the day after its last."})
    if last < today - timedelta(days=1):
        raise ValidationError({"on": "The last day must not lie before yesterday."})


def _iso(day: date | None) -> Any:
    return day.isoformat() if day else None
