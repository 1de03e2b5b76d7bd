"""The planted effect: which schools have a social worker from when on, and by what each outcome is multiplied there.

A count is multiplied in expectation by exactly the planted ratio, siblings or not. Every event is first drawn as if no school
had a social worker (where a ratio is above 1: as if every school had one), with its day and with a number u between 0 and 1 of
its own; it then happens if u is below a share. For a referral the share is ratio / greatest ratio. For what follows with
probability p from an event before it, the share is p x ratio on its own day and at the school of that day / ratio of the event
before it, on that one's day and at that one's school. In the product of shares along the chain every ratio but the last cancels.
Siblings share occasions, not decisions: each has a u of its own, so a child at a school without a social worker is not touched
by a sister at a school with one. Clustering changes the variance of a count, not its expectation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.synthetic.settings import Settings
from swis.synthetic.stays import Stays
from swis.synthetic.term_dates import TermDates


@dataclass(frozen=True, eq=False)
class Planted:
    """`with_worker` says for each school whether it has a social worker; `start` is the place of the first term after."""

    settings: Settings
    with_worker: np.ndarray
    start: int
    dates: TermDates
    schools_of_stays: np.ndarray

    def ratios(self, outcome: str, stay: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The ratio that holds for each event on its day at the school of its stay (-1: on no roll, where it is 1)."""
        school = self.schools_of_stays[np.maximum(stay, 0)]
        treated = (stay >= 0) & self.with_worker[school] & (self.dates.place_of(day) >= self.start)
        return np.where(treated, self.settings.ratio_of(outcome), 1.0)

    def keep(self, outcome: str, stay: np.ndarray, day: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Which events happen of those that were drawn at `greatest(outcome)` times the rate without social workers."""
        return u * greatest(self.settings, outcome) < self.ratios(outcome, stay, day)


def greatest(settings: Settings, outcome: str) -> float:
    """The greatest ratio that any school has: events are drawn at so many times their rate, and thinned."""
    return max(1.0, settings.ratio_of(outcome))


def plant(settings: Settings, with_worker: np.ndarray, stays: Stays, dates: TermDates) -> Planted:
    """The effect of these schools having a social worker."""
    start = [term.name for term in dates.terms].index(settings.first_term_after)
    return Planted(settings, with_worker, start, dates, stays.school)
