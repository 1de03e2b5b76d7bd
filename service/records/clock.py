"""The clock of a request for access: one month, longer by two when it is extended, standing while it is paused."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from service.records.models import ClockPause, SubjectRequest

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Clock:
    """By when a request is to be answered, and how it stands today."""

    due: date
    paused: bool
    days_paused: int
    days_left: int

    @property
    def is_late(self) -> bool:
        return self.days_left < 0 and not self.paused


def clock_of(request: SubjectRequest, today: date | None = None) -> Clock:
    """The clock of a request as it stands on a day.

    A month ends on the same day of the next month, or on its last day where that is shorter (UK GDPR, article 12(3)). Days of
    a pause are added. An end on a Saturday or Sunday goes to the Monday; bank holidays are not known here.
    """
    today = today or timezone.localdate()
    pauses = list(request.pauses.all())
    paused = _days(pauses, today)
    due = add_months(request.received_on, 3 if request.extended_at else 1) + timedelta(days=paused)
    due += timedelta(days=max(0, 7 - due.weekday()) if due.weekday() >= 5 else 0)
    standing = any(pause.ends is None for pause in pauses)
    return Clock(due=due, paused=standing, days_paused=paused, days_left=(due - today).days)


def _days(pauses: Iterable[ClockPause], today: date) -> int:
    return sum(((pause.ends or max(today, pause.starts)) - pause.starts).days for pause in pauses)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
