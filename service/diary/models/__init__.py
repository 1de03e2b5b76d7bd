"""Presence, sessions and calendar feeds: one noun a module."""

from __future__ import annotations

from service.diary.models.feeds import CalendarFeed
from service.diary.models.presence import Absence, AbsenceReason, Actual, Planned, PresenceDay
from service.diary.models.sessions import Audience, Done, Session, SessionKind, SessionRecord

__all__ = [
    "Absence",
    "AbsenceReason",
    "Actual",
    "Audience",
    "CalendarFeed",
    "Done",
    "Planned",
    "PresenceDay",
    "Session",
    "SessionKind",
    "SessionRecord",
]
