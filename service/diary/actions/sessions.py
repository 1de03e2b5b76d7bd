"""Planning, moving and cancelling sessions, and recording what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.diary.models import Audience, Session, SessionKind
from service.diary.presence import placement_of
from service.permissions import Permission, require
from service.schools.models import School
from service.schools.open_days import half_term_of, open_days

ANY_DAY = frozenset({SessionKind.TRAINING})  # staff are trained on days when the school is closed to children


@dataclass(frozen=True)
class SessionPlan:
    """What a session is, for whom, where and when. Both times lie on one day, Europe/London."""

    kind: SessionKind
    audience: Audience
    place: str
    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        return timezone.localdate(self.starts_at)

    def on(self, day: date) -> SessionPlan:
        """The same session on another day, at the same time of the clock."""
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        return replace(self, starts_at=_moment(day, starts), ends_at=_moment(day, ends))


@dataclass(frozen=True)
class PlannedSessions:
    """The sessions that were planned, and the days of the series that were left out because the school is closed."""

    sessions: list[Session]
    skipped: list[date]


@transaction.atomic
def plan_session(*, by: User, school: School, worker: User, plan: SessionPlan, weekly: bool = False) -> PlannedSessions:
    """Plan a session, or one a week from its day to the end of the half-term.

    A weekly series leaves out days on which the school is closed, and says which.
    Raises `PermissionDenied` for who may not plan there, `ValidationError` when the school is closed, when nobody is placed
    there on the day, when the worker has another session at that time, or for times that cannot be.
    """
    require(by, Permission.PLAN_DIARY, school=school)
    _queue(worker)
    _check(plan)
    days, skipped = _days_of_series(school, plan) if weekly else ([plan.day], [])
    if not weekly:
        _check_open(school, plan)
    series = uuid4() if weekly else None
    sessions = [_plan(by, school=school, worker=worker, plan=plan.on(day), series=series) for day in days]
    return PlannedSessions(sessions, skipped)


@transaction.atomic
def move_session(*, by: User, session: Session, starts_at: datetime, ends_at: datetime, reason: str) -> Session:
    """Cancel a session and plan it for another time; whoever subscribes to the calendar sees both.

    Raises as `plan_session` and `cancel_session` do.
    """
    require(by, Permission.PLAN_DIARY, school=session.school)
    _queue(session.worker)
    held = _cancel(by, session, reason)
    plan = SessionPlan(SessionKind(held.kind), Audience(held.audience), held.place, starts_at, ends_at)
    _check(plan)
    _check_open(held.school, plan)
    return _plan(by, school=held.school, worker=held.worker, plan=plan, moved_from=held)


@transaction.atomic
def cancel_session(*, by: User, session: Session, reason: str) -> Session:
    """Cancel a session, with a reason that the school reads.

    Raises `PermissionDenied` for who may not plan there, `ValidationError` without a reason, or when it was cancelled or
    recorded before.
    """
    require(by, Permission.PLAN_DIARY, school=session.school)
    return _cancel(by, session, reason)


def _cancel(by: User, session: Session, reason: str) -> Session:
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is cancelled."})
    held = Session.objects.select_for_update(of=("self",)).select_related("school__authority").get(pk=session.pk)
    if held.is_cancelled:
        raise ValidationError("This session was cancelled before.")
    if held.records.exists():
        raise ValidationError("This session was held: its attendance is recorded.")
    held.cancelled_at, held.cancelled_by, held.cancelled_reason = timezone.now(), by, reason.strip()
    held.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
    record(Action.CHANGE, by=by, subject=held, details={"changed": ["cancelled_at"]}, reason=reason.strip())
    return held


def _plan(
    by: User, *, school: School, worker: User, plan: SessionPlan, series: UUID | None = None, moved_from: Session | None = None
) -> Session:  # fmt: skip
    _check_placed(worker, school, plan.day)
    _check_free(worker, plan)
    session = Session.objects.create(
        school=school,
        worker=worker,
        kind=plan.kind,
        audience=plan.audience,
        place=plan.place.strip(),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        series=series,
        planned_by=by,
        moved_from=moved_from,
    )
    record(Action.CREATE, by=by, subject=session, details={"kind": plan.kind, "day": plan.day.isoformat()})
    return session


def _days_of_series(school: School, plan: SessionPlan) -> tuple[list[date], list[date]]:
    """The weekly days to the end of the half-term on which the school is open, and those on which it is not."""
    half = half_term_of(school.authority, plan.day)
    if half is None or plan.day not in half:
        raise ValidationError(
            {"date": f"{_day(plan.day)} is in no half-term of {school.authority}: see its term dates."}
        )
    weeks = range((half.ends - plan.day).days // 7 + 1)
    days = [plan.day + timedelta(weeks=week) for week in weeks]
    opened = set(open_days(school, first=plan.day, last=half.ends))
    if not opened & set(days):
        raise ValidationError({"date": f"{school} is closed on every one of these days."})
    return [day for day in days if day in opened], [day for day in days if day not in opened]


def _check(plan: SessionPlan) -> None:
    if plan.ends_at <= plan.starts_at:
        raise ValidationError({"ends": "The session ends before it begins."})
    if plan.day != timezone.localdate(plan.ends_at):
        raise ValidationError({"ends": "A session begins and ends on the same day."})
    if not plan.place.strip():
        raise ValidationError({"place": "Say where it is, such as the library."})


def _check_open(school: School, plan: SessionPlan) -> None:
    if plan.kind not in ANY_DAY and not open_days(school, first=plan.day, last=plan.day):
        raise ValidationError(
            {"date": f"{school} is closed on {_day(plan.day)}, by the term dates of {school.authority}."}
        )


def _check_placed(worker: User, school: School, day: date) -> None:
    if placement_of(worker, school, day) is None:
        raise ValidationError({"worker": f"{worker} is not placed in {school} on {_day(day)}."})


def _check_free(worker: User, plan: SessionPlan) -> None:
    others = Session.objects.filter(worker=worker, cancelled_at=None)
    if others.filter(starts_at__lt=plan.ends_at, ends_at__gt=plan.starts_at).exists():
        raise ValidationError({"starts": f"{worker} has another session at that time on {_day(plan.day)}."})


def _queue(worker: User) -> None:
    """Two plans for one worker wait for one another, so that they cannot overlap unseen."""
    User.objects.select_for_update(no_key=True).get(pk=worker.pk)


def _moment(day: date, clock: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock.time().replace(tzinfo=None)))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def in_words(days: Iterable[date]) -> str:
    """Days as a list: "4 November, 11 November"."""
    return ", ".join(f"{day.day} {day:%B}" for day in days)
