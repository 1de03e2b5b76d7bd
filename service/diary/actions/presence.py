"""Entering when a worker was in a school, and correcting it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.diary.models import Actual, PresenceDay
from service.diary.presence import days_of_worker, placement_of, planned_now
from service.permissions import Permission, require
from service.schools.models import School


@transaction.atomic
def enter_presence(*, by: User, worker: User, school: School, day: date, actual: Actual | str) -> PresenceDay:
    """Enter one day, today or in the past, of a school in which the worker was placed that day.

    Raises `PermissionDenied` for who is neither the worker nor manages placements there, `ValidationError` for a day to come,
    a day without a placement, or a day that was entered before: that one is corrected.
    """
    _require_own_or_managed(by, worker=worker, school=school)
    _queue(worker)
    placement = placement_of(worker, school, day)
    if placement is None:
        raise ValidationError(f"{worker} was not placed in {school} on {_day(day)}.")
    if day > timezone.localdate():
        raise ValidationError(f"{_day(day)} is still to come. Enter it on the day or afterwards.")
    if PresenceDay.objects.filter(worker=worker, school=school, day=day, superseded_at=None).exists():
        raise ValidationError(f"{_day(day)} is entered already. Correct that entry, with a reason.")
    planned = planned_now(placement, day)
    row = PresenceDay.objects.create(
        worker=worker, school=school, day=day, planned=planned, actual=_actual(actual), recorded_by=by
    )
    record(Action.CREATE, by=by, subject=row, details={"day": day.isoformat(), "actual": row.actual})
    return row


@transaction.atomic
def enter_week(
    *, by: User, worker: User, monday: date, entries: Mapping[tuple[School, date], Actual | str]
) -> list[PresenceDay]:
    """Enter the days of a week that the worker chose something for."""
    outside = [day for _, day in entries if not monday <= day <= monday + timedelta(days=6)]
    if outside:
        raise ValidationError(f"{_day(outside[0])} is not in the week of {_day(monday)}.")
    return [
        enter_presence(by=by, worker=worker, school=school, day=day, actual=actual)
        for (school, day), actual in sorted(entries.items(), key=lambda item: (item[0][1], item[0][0].pk))
    ]


@transaction.atomic
def enter_week_as_planned(*, by: User, worker: User, monday: date) -> list[PresenceDay]:
    """Enter each agreed day of a week, up to today, as it was planned. Days entered before stay as they are."""
    _queue(worker)
    last = min(monday + timedelta(days=6), timezone.localdate())
    days = days_of_worker(worker, first=monday, last=last, seen_by=by)
    return [
        enter_presence(by=by, worker=worker, school=day.school, day=day.day, actual=day.as_planned)
        for day in days
        if day.entry is None and day.as_planned is not None
    ]


@transaction.atomic
def correct_presence(*, by: User, entry: PresenceDay, actual: Actual | str, reason: str) -> PresenceDay:
    """Replace an entry by another one, with a reason. The earlier entry stays and is marked as superseded.

    Raises `PermissionDenied` for who is neither the worker nor manages placements there, `ValidationError` without a reason,
    without a change, or when the entry was corrected before.
    """
    _require_own_or_managed(by, worker=entry.worker, school=entry.school)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the entry is corrected."})
    held = PresenceDay.objects.select_for_update().get(pk=entry.pk)
    if held.superseded_at is not None:
        raise ValidationError("This entry was corrected before. Open the day again to see the newer one.")
    if held.actual == _actual(actual):
        raise ValidationError({"actual": "This is what the entry says already."})
    held.superseded_at = timezone.now()
    held.save(update_fields=["superseded_at"])
    row = PresenceDay.objects.create(
        worker=held.worker,
        school=held.school,
        day=held.day,
        planned=held.planned,
        actual=_actual(actual),
        recorded_by=by,
        replaces=held,
        reason=reason.strip(),
    )
    details = {"day": held.day.isoformat(), "before": held.actual, "after": row.actual}
    record(Action.SUPERSEDE, by=by, subject=row, details=details, reason=reason.strip())
    return row


def _require_own_or_managed(by: User, *, worker: User, school: School) -> None:
    require(by, Permission.PLAN_DIARY, school=school)
    if by.pk != worker.pk:
        require(by, Permission.MANAGE_PLACEMENTS, school=school)


def _queue(worker: User) -> None:
    """Two presses of one button wait for one another."""
    User.objects.select_for_update(no_key=True).get(pk=worker.pk)


def _actual(code: Actual | str) -> Actual:
    if code not in Actual.values:
        raise ValidationError({"actual": "Choose one of the entries of the list."})
    return Actual(code)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
