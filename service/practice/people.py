"""Who works where: the people that a form may offer."""

from __future__ import annotations

import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from service.accounts.models import Membership, User
from service.permissions import ROLES_WITH, Permission
from service.programmes.models import Placement
from service.schools.models import Authority, School
from service.schools.open_days import half_terms_of

TWO_HALF_TERMS = datetime.timedelta(weeks=14)  # where the term dates of the time are not known


def people_with(permission: Permission, *, school: School) -> QuerySet[User]:
    """The people who hold a permission for a school today, by name."""
    here = Q(memberships__school=school) | Q(memberships__school=None, memberships__authority=school.authority_id)
    return _holding(permission, here)


def workers_in(authority: Authority) -> QuerySet[User]:
    """The social workers in schools of an authority today, by name."""
    return _holding(Permission.VIEW_OWN_DASHBOARD, Q(memberships__authority=authority))


def workers_of_late(authority: Authority) -> QuerySet[User]:
    """The social workers who covered a school of an authority today or since the half-term before this one began, by name.

    Who has left is among them, signed off or not: their last weeks are often written down by somebody else.
    """
    today = timezone.localdate()
    begun = [half.starts for half in half_terms_of(authority) if half.starts <= today]
    since = begun[-2] if len(begun) > 1 else today - TWO_HALF_TERMS
    roles = [role.value for role in ROLES_WITH[Permission.VIEW_OWN_DASHBOARD]]
    held = Membership.objects.filter(authority=authority, role__in=roles, starts__lte=today)
    held = held.filter(Q(ends=None) | Q(ends__gte=since))
    return User.objects.filter(pk__in=held.values("user")).order_by("name", "email")


def _holding(permission: Permission, here: Q) -> QuerySet[User]:
    today = timezone.localdate()
    now = Q(memberships__starts__lte=today) & (Q(memberships__ends=None) | Q(memberships__ends__gte=today))
    roles = Q(memberships__role__in=[role.value for role in ROLES_WITH[permission]])
    # Whom a lead named is offered once they have come: before, the name of an account would tell that there is one.
    come = Q(memberships__named_at=None) | Q(last_login__gte=F("memberships__named_at"))
    return User.objects.filter(here & now & roles & come, is_active=True).distinct().order_by("name", "email")


def school_of_the_day(worker: User, schools: list[School], day: datetime.date) -> School | None:
    """The school that a worker is most likely in on a day: the only one, or the only one with an agreed day."""
    if len(schools) == 1:
        return schools[0]
    placed = Placement.objects.on(day).filter(worker=worker, school__in=schools)
    today = {placement.school_id for placement in placed if day.weekday() in placement.weekdays}
    return next((school for school in schools if {school.pk} == today), None)
