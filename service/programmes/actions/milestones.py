"""The timeline: adding, moving, reaching and dropping milestones."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import Milestone, MilestoneMove
from service.schools.models import Authority


@transaction.atomic
def add_milestone(*, by: User, authority: Authority, what: str, due: date, owner: str = "") -> Milestone:
    """Add something that should be reached by a day."""
    require(by, Permission.MANAGE_PROGRAMME, authority=authority)
    if not what.strip():
        raise ValidationError({"what": "Say what should be reached."})
    milestone = Milestone.objects.create(authority=authority, what=what.strip(), due=due, owner=owner.strip())
    record(Action.CREATE, by=by, subject=milestone, details={"due": due.isoformat()})
    return milestone


@transaction.atomic
def move_milestone(*, by: User, milestone: Milestone, due: date, reason: str) -> Milestone:
    """Move a milestone to another day, with the reason; the former day is kept."""
    milestone = _lock_open(by, milestone)
    if due == milestone.due:
        raise ValidationError({"due": "It is due on that day already."})
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is moved."})
    MilestoneMove.objects.create(
        milestone=milestone, was_due=milestone.due, reason=reason.strip(), moved_on=timezone.localdate(), moved_by=by
    )
    before, milestone.due = milestone.due, due
    milestone.save(update_fields=["due"])
    details = {"changed": ["due"], "before": before.isoformat(), "after": due.isoformat()}
    record(Action.CHANGE, by=by, subject=milestone, details=details)
    return milestone


@transaction.atomic
def reach_milestone(*, by: User, milestone: Milestone, on: date) -> Milestone:
    """Mark a milestone reached on a day, today or before."""
    milestone = _lock_open(by, milestone)
    if on > timezone.localdate():
        raise ValidationError({"on": "The day must not lie in the future."})
    milestone.done_on, milestone.done_by = on, by
    milestone.save(update_fields=["done_on", "done_by"])
    record(Action.CHANGE, by=by, subject=milestone, details={"done_on": on.isoformat()})
    return milestone


@transaction.atomic
def drop_milestone(*, by: User, milestone: Milestone, reason: str) -> Milestone:
    """Drop a milestone that is no longer wanted, with the reason."""
    milestone = _lock_open(by, milestone)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is dropped."})
    milestone.dropped_because = reason.strip()
    milestone.save(update_fields=["dropped_because"])
    record(Action.CHANGE, by=by, subject=milestone, details={"changed": ["dropped_because"]})
    return milestone


def _lock_open(by: User, milestone: Milestone) -> Milestone:
    milestone = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
    require(by, Permission.MANAGE_PROGRAMME, authority=milestone.authority)
    if milestone.done_on is not None or milestone.dropped_because:
        raise ValidationError("The milestone is reached or dropped already.")
    return milestone
