"""What stands in a person's calendar, and how it is written as iCalendar (RFC 5545).

Nothing in it tells of a child or a parent: a session is its kind, its audience, its school, its room and its time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from icalendar import STATUS, TRANSP, Calendar, Event

from service.accounts.models import User
from service.diary.actions.feeds import hash_of_token
from service.diary.models import CalendarFeed, Planned, Session
from service.diary.presence import DayInSchool, days_of_placements
from service.permissions import Permission, scope_of
from service.programmes.models import Placement

BACK, AHEAD = timedelta(weeks=4), timedelta(weeks=26)
MOST_EVENTS = 2000
PRODUCT = "-//Social Workers in Schools//Diary//EN"


def feed_of_token(token: str) -> CalendarFeed | None:
    """The feed that a token opens: not revoked, of a person whose account is active."""
    feeds = CalendarFeed.objects.select_related("user")
    return feeds.filter(token_hash=hash_of_token(token), revoked_at=None, user__is_active=True).first()


def calendar_of(user: User) -> bytes:
    """A person's calendar from four weeks ago to half a year ahead, by what the person may see now.

    Sessions: all that the person sees in the service. Days in school: a worker's own, and those of the workers of a
    safeguarding lead's school; who oversees a whole authority gets sessions alone.
    """
    first, last = timezone.localdate() - BACK, timezone.localdate() + AHEAD
    events = [event_of_session(session) for session in sessions_within(user, first, last)[:MOST_EVENTS]]
    days = [day for day in days_seen_by(user, first, last) if day.planned == Planned.IN_SCHOOL]
    return _write(events + [event_of_day(day) for day in days[: MOST_EVENTS - len(events)]])


def sessions_within(user: User, first: date, last: date) -> list[Session]:
    """The sessions that a person may see from one day to another, by time."""
    seen = Session.objects.visible_to(user).filter(
        starts_at__gte=_start(first), starts_at__lt=_start(last + timedelta(1))
    )
    return list(seen.select_related("school", "worker").order_by("starts_at", "pk")[:MOST_EVENTS])


def calendar_of_session(session: Session) -> bytes:
    """One session as a calendar of its own."""
    return _write([event_of_session(session)])


def event_of_session(session: Session) -> Event:
    return Event.new(
        uid=f"{session.public_id}@session.swis",
        summary=f"{session}, {session.school}",
        location=f"{session.place}, {session.school}",
        start=session.starts_at.astimezone(UTC),
        end=session.ends_at.astimezone(UTC),
        stamp=(session.cancelled_at or session.planned_at).astimezone(UTC),
        status=STATUS.CANCELLED if session.is_cancelled else STATUS.CONFIRMED,
        sequence=1 if session.is_cancelled else 0,
    )


def event_of_day(day: DayInSchool) -> Event:
    """A day in school, as an event that takes no time: other things still fit into the day."""
    return Event.new(
        uid=f"{day.placement.public_id}-{day.day:%Y%m%d}@day.swis",
        summary=f"Social worker in school, {day.school}",
        start=day.day,
        end=day.day + timedelta(days=1),
        stamp=day.placement.placed_at.astimezone(UTC),
        transparency=TRANSP.TRANSPARENT,
    )


def days_seen_by(user: User, first: date, last: date) -> list[DayInSchool]:
    """The days in school that belong in a person's calendar: a worker's own, and those of the workers of a lead's school.

    Who oversees a whole authority has none: the days of many workers would bury the sessions.
    """
    own = scope_of(user, Permission.PLAN_DIARY).schools
    others = scope_of(user, Permission.VIEW_DIARY).schools - own
    placements = Placement.objects.visible_to(user, Permission.VIEW_DIARY)
    return days_of_placements(
        placements.filter(Q(worker=user, school__in=own) | Q(school__in=others)), first=first, last=last
    )


def _write(events: list[Event]) -> bytes:
    calendar = Calendar.new(prodid=PRODUCT, name="Social Workers in Schools", subcomponents=events)
    return bytes(calendar.to_ical())


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
