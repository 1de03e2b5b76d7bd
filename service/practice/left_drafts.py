"""Drafts whose writers no longer cover the school they are about, and who may take them over."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from service.accounts.models import Membership, User
from service.permissions import ROLES_WITH, Permission, holds
from service.practice.models import ChildReference, Contact, Draft
from service.practice.people import people_with
from service.schools.models import Authority, School


def drafts_left_to(manager: User) -> list[Draft]:
    """The drafts that this person may take over, the latest first, of writers whose cover of the school has ended.

    They belong to the authority's work, and their writers can record them no longer. What names no school is taken over where
    the writer covers none. Not among them: one's own, and those about a child whose record is closed to the manager.
    """
    schools = {str(school.public_id): school for school in _managed(manager)}
    writers = _who_left(manager).values("user")
    kinds = (Draft.Kind.CONTACT, Draft.Kind.CORRECTION)
    found = Draft._base_manager.filter(user__in=writers, kind__in=kinds).exclude(user=manager).select_related("user")
    return [
        draft
        for draft in found.order_by("-saved_at", "-id")
        if _is_left(draft, schools) and _is_open_to(manager, draft)
    ]


def school_of(draft: Draft) -> str:
    """The public id of the school that a draft names, or nothing."""
    return str(next(iter(draft.content.get("school", [])), ""))


def managers_of(draft: Draft) -> list[User]:
    """Who may take over a draft that its writer can no longer record."""
    school = School.objects.filter(public_id__in=[school_of(draft)] if school_of(draft) else []).first()
    return list(people_with(Permission.VIEW_TEAM_DASHBOARD, school=school)) if school else []


def _managed(manager: User) -> QuerySet[School]:
    rows: QuerySet[School] = School.objects.visible_to(manager, Permission.VIEW_TEAM_DASHBOARD)
    return rows


def _who_left(manager: User) -> QuerySet[Membership]:
    """The memberships, over now, of people who recorded contacts in the authorities of a manager."""
    authorities = Authority.objects.visible_to(manager, Permission.VIEW_TEAM_DASHBOARD)
    roles = [role.value for role in ROLES_WITH[Permission.RECORD_CONTACT]]
    over = Q(ends__lt=timezone.localdate()) | Q(user__is_active=False)
    return Membership.objects.filter(over, authority__in=authorities, role__in=roles)


def _is_left(draft: Draft, schools: dict[str, School]) -> bool:
    named = school_of(draft)
    if not named:
        return not holds(draft.user, Permission.RECORD_CONTACT)
    return named in schools and not holds(draft.user, Permission.RECORD_CONTACT, school=schools[named])


def _is_open_to(manager: User, draft: Draft) -> bool:
    reference = str(next(iter(draft.content.get("child", [])), "")).strip().upper()
    if reference and not ChildReference.objects.visible_to(manager).filter(reference=reference).exists():
        return False
    corrected = Contact.every_version.visible_to(manager).filter(public_id=draft.subject)
    return draft.subject is None or corrected.exists()
