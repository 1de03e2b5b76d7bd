"""Opening, stepping, handing over and closing involvement; what a worker carries besides."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, holds, require
from service.practice.actions.children import lock_child, require_open
from service.practice.core_codes import CORE, CodeList
from service.practice.models import LEVELS, ChildReference, Involvement, InvolvementStep, OtherWork
from service.schools.models import Authority

DAY = datetime.timedelta(days=1)
Direction = InvolvementStep.Direction
# What a step changes of the involvement, for the audit: which fields, never how.
CHANGED_BY: dict[str, tuple[str, ...]] = {
    Direction.OPENED: ("level", "opened", "worker"),
    Direction.UP: ("level",),
    Direction.DOWN: ("level",),
    Direction.HANDED_OVER: ("worker",),
    Direction.CLOSED: ("closed", "closing_reason"),
}


@transaction.atomic
def open_involvement(
    *,
    by: User,
    child: ChildReference,
    worker: User,
    level: str,
    reason: str,
    on: datetime.date,
    carried_over: bool = False,
    note: str = "",
) -> Involvement:
    """Open involvement with a child. `carried_over` marks a case that the worker held before the placement."""
    require_open(by, child, Permission.MANAGE_INVOLVEMENT)
    _check_level(level)
    _check_code("reason", reason, CodeList.REASON)
    _check_worker(worker, child)
    _check_day(on)
    lock_child(child)
    if child.involvements.filter(closed=None).exists():
        raise ValidationError("Involvement with this child is open already.")
    last = child.involvements.order_by("-closed").first()
    if last is not None and last.closed is not None and on < last.closed:
        raise ValidationError({"on": "The day must not lie before involvement last closed."})
    involvement = Involvement.objects.create(
        child=child, worker=worker, level=level, opened=on, carried_over=carried_over
    )
    _step(by, involvement, Direction.OPENED, on=on, reason=reason, note=note)
    return involvement


@transaction.atomic
def step_involvement(
    *, by: User, involvement: Involvement, level: str, reason: str, on: datetime.date, note: str = ""
) -> Involvement:
    """Step involvement up or down to another level."""
    involvement = _lock_open(by, involvement, on)
    _check_level(level)
    _check_code("reason", reason, CodeList.REASON)
    if level == involvement.level:
        raise ValidationError({"level": "Select another level than the present one."})
    direction = Direction.UP if LEVELS.index(level) > LEVELS.index(involvement.level) else Direction.DOWN
    involvement.level = level
    involvement.save(update_fields=["level"])
    _step(by, involvement, direction, on=on, reason=reason, note=note)
    return involvement


@transaction.atomic
def hand_over_involvement(
    *, by: User, involvement: Involvement, worker: User, on: datetime.date, note: str = ""
) -> Involvement:
    """Hand a child over to another worker of the school."""
    involvement = _lock_open(by, involvement, on)
    _check_worker(worker, involvement.child)
    if worker.pk == involvement.worker_id:
        raise ValidationError({"worker": "Select another worker than the present one."})
    involvement.worker = worker
    involvement.save(update_fields=["worker"])
    _step(by, involvement, Direction.HANDED_OVER, on=on, reason="handed over", note=note)
    return involvement


@transaction.atomic
def close_involvement(
    *, by: User, involvement: Involvement, reason: str, on: datetime.date, note: str = ""
) -> Involvement:
    """Close involvement, with the reason. It can be opened anew, as another involvement."""
    involvement = _lock_open(by, involvement, on)
    _check_code("reason", reason, CodeList.CLOSING)
    involvement.closed, involvement.closing_reason = on, reason
    involvement.save(update_fields=["closed", "closing_reason"])
    _step(by, involvement, Direction.CLOSED, on=on, reason=reason, note=note)
    return involvement


@transaction.atomic
def state_other_work(
    *,
    by: User,
    worker: User,
    authority: Authority,
    starts: datetime.date,
    carried_over_cases: int,
    court_percent: int,
    other_percent: int = 0,
) -> OtherWork:
    """State what a worker carries besides the schools from a day on. The statement before ends the day before.

    Workers state their own; managers of the authority anybody's.
    """
    if worker != by:
        require(by, Permission.VIEW_TEAM_DASHBOARD, authority=authority)
    if not worker.memberships.filter(authority=authority).exists() or not holds(worker, Permission.RECORD_CONTACT):
        raise ValidationError({"worker": "Select a worker of the authority."})
    _check_shares(carried_over_cases, court_percent, other_percent)
    before = OtherWork.objects.filter(authority=authority, worker=worker, ends=None).first()
    if starts > timezone.localdate() or (before is not None and starts <= before.starts):
        raise ValidationError({"starts": "The day must lie after the last statement, and not in the future."})
    if before is not None:
        before.ends = starts - DAY
        before.save(update_fields=["ends"])
    stated = OtherWork.objects.create(
        authority=authority, worker=worker, starts=starts, carried_over_cases=carried_over_cases,
        court_percent=court_percent, other_percent=other_percent, recorded_by=by,
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=stated, details={"worker": str(worker.public_id)})
    return stated


def _check_shares(cases: int, court: int, other: int) -> None:
    if not 0 <= cases <= 200:
        raise ValidationError({"carried_over_cases": "Enter a number from 0 to 200."})
    for name, share in (("court_percent", court), ("other_percent", other)):
        if not 0 <= share <= 100:
            raise ValidationError({name: "Enter a percentage from 0 to 100."})
    if court + other > 100:
        raise ValidationError({"other_percent": "The shares cannot come to more than 100 per cent."})


def _lock_open(by: User, involvement: Involvement, on: datetime.date) -> Involvement:
    """The involvement as it stands, locked; refused when it is closed, or the day lies before its last step."""
    require_open(by, involvement.child, Permission.MANAGE_INVOLVEMENT)
    held = Involvement.objects.select_for_update().get(pk=involvement.pk)
    if held.closed is not None:
        raise ValidationError("This involvement was closed.")
    _check_day(on)
    last = held.steps.order_by("-on", "-id").values_list("on", flat=True).first()
    if last is not None and on < last:
        raise ValidationError({"on": "The day must not lie before the last step."})
    return held


def _step(by: User, involvement: Involvement, direction: str, **fields: Any) -> InvolvementStep:
    step = InvolvementStep.objects.create(
        involvement=involvement, direction=direction, level=involvement.level, worker=involvement.worker,
        recorded_by=by, **fields | {"note": fields["note"].strip()},
    )  # fmt: skip
    created = direction == Direction.OPENED
    record(
        Action.CREATE if created else Action.CHANGE,
        by=by,
        subject=involvement,
        child=involvement.child,
        details={"fields": list(CHANGED_BY[direction])},
    )
    return step


def _check_level(level: str) -> None:
    if level not in LEVELS:
        raise ValidationError({"level": "Select a level."})


def _check_code(field: str, value: str, list_name: CodeList) -> None:
    if value not in CORE[list_name]:
        raise ValidationError({field: "Select a reason."})


def _check_worker(worker: User, child: ChildReference) -> None:
    if not holds(worker, Permission.MANAGE_INVOLVEMENT, school=child.school):
        raise ValidationError({"worker": "Select a worker of the child’s school."})


def _check_day(on: datetime.date) -> None:
    if on > timezone.localdate():
        raise ValidationError({"on": "The day must be today or earlier."})
