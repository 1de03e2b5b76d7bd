"""What happened, in the order in which it happened, each at its own time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, datetime
from itertools import count

from django.db import transaction

from service.demonstration.clock import Clock, moment

Act = Callable[[], object]


class Chronicle:
    """Things that somebody does at a time. What is done may add what is done later."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._number = count()
        self.now = date.min  # the day on which something happens at present

    def at(self, day: date, hour: int, act: Act, *, minute: int = 0) -> None:
        """Let somebody do something on a day. Of two things at one time the one that was told first comes first."""
        heapq.heappush(self._waiting, (moment(day, hour, minute), next(self._number), act))

    def live_through(self, clock: Clock, *, until: datetime, say: Callable[[date, int], None]) -> int:
        """Let everything happen up to a time, a week in one transaction; gives back how much did. What lies later does not."""
        done = 0
        while self._waiting and self._waiting[0][0] <= until:
            week = self._waiting[0][0].isocalendar()[:2]
            with transaction.atomic():
                while self._waiting and self._waiting[0][0] <= until and self._waiting[0][0].isocalendar()[:2] == week:
                    at, _, act = heapq.heappop(self._waiting)
                    clock.set(at)
                    self.now = at.date()
                    act()
                    done += 1
            say(at.date(), done)
        return done
