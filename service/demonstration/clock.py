"""A clock that can be set, so that a demonstration's past is written by the actions of the past."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

LONDON = timezone.get_default_timezone()


class Clock:
    """What `django.utils.timezone` says the time is, while the clock is in use."""

    def __init__(self) -> None:
        self.at = timezone.now()

    def set(self, moment: datetime.datetime) -> None:
        self.at = moment


@contextmanager
def clock_in_use() -> Iterator[Clock]:
    """Let every question for the present time be answered by a clock of ours.

    Django asks the class `datetime` of its own module, also where a model has kept `timezone.now` as a default. Nothing else
    in the process may run meanwhile: this is for one command alone.
    """
    clock, real = Clock(), timezone.datetime  # type: ignore[attr-defined]

    class Told(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return clock.at.astimezone(tz)

    timezone.datetime = Told  # type: ignore[attr-defined]
    try:
        yield clock
    finally:
        timezone.datetime = real  # type: ignore[attr-defined]


def moment(day: datetime.date, hour: int = 9, minute: int = 0) -> datetime.datetime:
    """A time of a day in Europe/London."""
    return datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)
