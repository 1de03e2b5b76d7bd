"""Declaring beforehand that a worker will not be in a school as agreed, and taking it back."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.diary.models import Absence, AbsenceReason
from service.permissions import Permission, require
from service.programmes.models import Placement
from service.schools.models import School

LONGEST = 366  # days


@transaction.atomic
def declare_absence(
    *, by: User, worker: User, first: date, last: date, why: AbsenceReason | str, schools: list[School] | None = None
) -> list[Absence]:
    """Declare days away: from the given schools or, without them, from every school in which the worker is placed then.

    One absence a school, so that each school and its manager see their own. The schools learn that she is away, not why.
    Raises `PermissionDenied` for who is neither the worker nor manages placements there, `ValidationError` for dates or a
    reason that cannot be, or when there is no placement in that time.
    """
    if last < first:
        raise ValidationError({"last": "The last day lies before the first."})
    if (last - first).days >= LONGEST:
        raise ValidationError({"last": "An absence lasts a year at most. Declare the rest when it comes."})
    if why not in AbsenceReason.values:
        raise ValidationError({"why": "Choose one of the reasons of the list."})
    rows = []
    for school in _schools_within(worker, first, last, schools):
        require(by, Permission.PLAN_DIARY, school=school)
        if by.pk != worker.pk:
            require(by, Permission.MANAGE_PLACEMENTS, school=school)
        row = Absence.objects.create(worker=worker, school=school, first=first, last=last, why=why, declared_by=by)
        record(Action.CREATE, by=by, subject=row, details={"first": first.isoformat(), "last": last.isoformat()})
        rows.append(row)
    return rows


@transaction.atomic
def withdraw_absence(*, by: User, absence: Absence, reason: str) -> Absence:
    """Take back a declared absence, with a reason. What was entered for its days stays.

    Raises `PermissionDenied` for who is neither the worker nor manages placements there, `ValidationError` without a reason or
    when it was withdrawn before.
    """
    require(by, Permission.PLAN_DIARY, school=absence.school)
    if by.pk != absence.worker_id:
        require(by, Permission.MANAGE_PLACEMENTS, school=absence.school)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is withdrawn."})
    held = Absence.objects.select_for_update().get(pk=absence.pk)
    if held.withdrawn_at is not None:
        raise ValidationError("This absence was withdrawn before.")
    held.withdrawn_at, held.withdrawn_by, held.withdrawn_reason = timezone.now(), by, reason.strip()
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record(Action.CHANGE, by=by, subject=held, details={"changed": ["withdrawn_at"]}, reason=reason.strip())
    return held


def _schools_within(worker: User, first: date, last: date, chosen: list[School] | None) -> list[School]:
    placements = Placement.objects.within_days(first, last).filter(worker=worker).select_related("school__authority")
    placed = {placement.school_id: placement.school for placement in placements}
    missing = [school for school in chosen or [] if school.pk not in placed]
    if missing or not placed:
        where = str(missing[0]) if missing else "any school"
        raise ValidationError({"first": f"{worker} is not placed in {where} in that time."})
    wanted = {school.pk for school in chosen} if chosen else set(placed)
    return [school for pk, school in placed.items() if pk in wanted]
