"""References for children: adding one, moves, year groups, and the case identifier that is kept apart."""

from __future__ import annotations

import datetime
import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.practice.models import YEAR_GROUPS, CaseIdentifier, ChildPlace, ChildReference, Known
from service.schools.models import Authority, School

LETTERS = "BCDFGHJKMNPQRTVWXY"  # no vowels, so no words; none that looks like another
DIGITS = "23456789"
DAY = datetime.timedelta(days=1)


def draw_reference() -> str:
    """A random reference such as BKQR-4729: easy to read out, and telling nothing."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(4))
    return f"{letters}-{''.join(secrets.choice(DIGITS) for _ in range(4))}"


def free_reference(authority: Authority) -> str:
    """A reference that the authority has not given out; references are never reused, because no child is deleted in use."""
    while True:
        reference = draw_reference()
        if not ChildReference.objects.filter(authority=authority, reference=reference).exists():
            return reference


@transaction.atomic
def add_child(
    *, by: User, school: School, year_group: str, known_to_social_care: str = Known.NOT_ASKED
) -> ChildReference:
    """Give a child of a school a reference. Who the child is stands in the worker's own case system, not here."""
    require(by, Permission.RECORD_CONTACT, school=school)
    _check_year_group(year_group)
    _check_known(known_to_social_care)
    child = ChildReference.objects.create(
        authority=school.authority,
        school=school,
        reference=free_reference(school.authority),
        year_group=year_group,
        known_to_social_care=known_to_social_care,
        created_by=by,
    )
    ChildPlace.objects.create(
        child=child, school=school, year_group=year_group, starts=timezone.localdate(), recorded_by=by
    )
    record(Action.CREATE, by=by, subject=child, child=child)
    return child


@transaction.atomic
def move_child(
    *, by: User, child: ChildReference, school: School, year_group: str, starts: datetime.date
) -> ChildReference:
    """Record that a child goes to another school, or into another year group, from a day. The history keeps the place before.

    Needs the permission at both schools. Contacts stay with the school that they were recorded for. A move that was recorded
    already, as of a form that was sent twice, stays as it is.
    """
    require_open(by, child, Permission.RECORD_CONTACT)
    require(by, Permission.RECORD_CONTACT, school=school)
    _check_year_group(year_group)
    if school.authority_id != child.authority_id:
        raise ValidationError({"school": "Select a school of the child’s authority."})
    lock_child(child)
    before = child.places.filter(ends=None).first()
    if before is not None and (before.school_id, before.year_group, before.starts) == (school.pk, year_group, starts):
        return child  # the same form, sent twice
    if starts > timezone.localdate() or (before is not None and starts <= before.starts):
        raise ValidationError({"starts": "The day must lie after the last change, and not in the future."})
    child.places.filter(ends=None).update(ends=starts - DAY)
    ChildPlace.objects.create(child=child, school=school, year_group=year_group, starts=starts, recorded_by=by)
    changed = [
        name for name, value in (("school", school), ("year_group", year_group)) if getattr(child, name) != value
    ]
    child.school, child.year_group = school, year_group
    child.save(update_fields=["school", "year_group"])
    record(Action.CHANGE, by=by, subject=child, child=child, details={"fields": changed})
    return child


@transaction.atomic
def tell_whether_known(*, by: User, child: ChildReference, known_to_social_care: str) -> ChildReference:
    """Record whether children's social care knows the child now. Contacts keep what was said on their day."""
    require_open(by, child, Permission.RECORD_CONTACT)
    _check_known(known_to_social_care)
    child.known_to_social_care = known_to_social_care
    child.save(update_fields=["known_to_social_care"])
    record(Action.CHANGE, by=by, subject=child, child=child, details={"fields": ["known_to_social_care"]})
    return child


@transaction.atomic
def record_case_identifier(*, by: User, child: ChildReference, system: str, identifier: str) -> CaseIdentifier:
    """Keep the number that leads to the child in a case system. One before, in the same system, ends."""
    require_open(by, child, Permission.VIEW_CASE_IDENTIFIER)
    system, identifier = system.strip(), identifier.strip()
    for name, value in (("system", system), ("identifier", identifier)):
        if not value or len(value) > 40:
            raise ValidationError({name: "Use between 1 and 40 characters."})
    lock_child(child)
    held: CaseIdentifier | None = child.case_identifiers.filter(system=system, ended_at=None).first()
    if held is not None and held.identifier == identifier:
        return held  # the same form, sent twice
    ended = child.case_identifiers.filter(system=system, ended_at=None).update(ended_at=timezone.now())
    row = CaseIdentifier.objects.create(child=child, system=system, identifier=identifier, recorded_by=by)
    record(Action.CHANGE if ended else Action.CREATE, by=by, subject=row, child=child)
    return row


def lock_child(child: ChildReference) -> ChildReference:
    """The child as it stands now, locked until the transaction ends: who changes it at the same moment waits."""
    held: ChildReference = ChildReference.objects.select_for_update(of=("self",)).get(pk=child.pk)
    child.school_id, child.year_group, child.restricted = held.school_id, held.year_group, held.restricted
    return held


def require_open(by: User, child: ChildReference, permission: Permission) -> None:
    """Refuse who lacks the permission at the child's school, or to whom the record is closed."""
    require(by, permission, school=child.school)
    if not ChildReference.objects.visible_to(by, permission).filter(pk=child.pk).exists():
        raise PermissionDenied("This record is closed to you.")


def _check_year_group(year_group: str) -> None:
    if year_group not in YEAR_GROUPS:
        raise ValidationError({"year_group": "Select a year group from R to 14."})


def _check_known(known: str) -> None:
    if known not in Known.values:
        raise ValidationError({"known_to_social_care": "Select yes, no or not asked."})
