"""Who may take the chair."""

from __future__ import annotations

from django.db.models import QuerySet

from service.accounts.models import User
from service.permissions import Permission
from service.practice.people import people_with
from service.schools.models import School


def chairs_for(user: User) -> QuerySet[User]:
    """The managers of the authorities where this person plans reviews, and the person: whom a form may offer as chair."""
    schools = School.objects.visible_to(user, Permission.PLAN_REVIEW).select_related("authority").order_by("pk")
    authorities = {school.authority_id: school for school in schools}
    offered = {user.pk}
    for school in authorities.values():
        offered.update(people_with(Permission.CHAIR_REVIEW, school=school).values_list("pk", flat=True))
    return User.objects.filter(pk__in=offered).order_by("name", "email")
