"""How much of the spread of trends between schools is real.

A school's change from one year to the next is its trend plus chance. If nearly all of the spread of changes between schools is
what counts of that size give by chance, then the nearest school is the one whose chance was alike, and a match on it says
nothing about the year to come (Daw and Hatfield 2018, HSR 53, 4138-4156).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.design.trends import Window, chance_variance, trends
from swis.design.year_group_panel import YearGroupPanel
from swis.errors import NotEstimable

LEAST_RELIABILITY = 0.3


@dataclass(frozen=True)
class TrendReliability:
    """`reliability` is 1 less the chance variance of changes over their variance between schools, each averaged over year groups.

    1: all spread is real. 0: none is. It is estimated, so it can come out below 0. `parts` counts the year groups of a phase that
    went into it.
    """

    window: Window
    reliability: float
    chance_variance: float
    variance: float
    parts: int

    def __repr__(self) -> str:
        return f"TrendReliability({self.window[0]} to {self.window[1]}: {self.reliability:.3g})"

    @property
    def suffices(self) -> bool:
        """Whether trends carry enough signal to match on: a reliability of 0.3 or more."""
        return self.reliability >= LEAST_RELIABILITY


def trend_reliability(panel: YearGroupPanel, window: Window) -> TrendReliability:
    """The share of the spread of trends that is not chance, over all usable schools of the phases that are matched.

    Chance is taken as Poisson, in units of `unit_of_count`; children of one family in one enquiry make it larger, and the
    reliability smaller, than that. Raises NotEstimable where no year group of two schools or more has any spread.
    """
    change, chance = trends(panel, window), chance_variance(panel, window)
    noise, spread = [], []
    eligible = np.concatenate([panel.treated, panel.candidates])
    for phase in panel.phases:
        schools = panel.of_phase(eligible, phase)
        for a in range(len(panel.year_groups)):
            known = schools[np.isfinite(change[schools, a])]
            if known.size > 1:
                noise.append(float(chance[known, a].mean()))
                spread.append(float(change[known, a].var(ddof=1)))
    if not spread or np.mean(spread) <= 1e-18:
        raise NotEstimable(f"{panel.outcome}: the changes from {window[0]} to {window[1]} have no spread to be judged.")
    chance_part, whole = float(np.mean(noise)), float(np.mean(spread))
    return TrendReliability(window, 1 - chance_part / whole, chance_part, whole, len(spread))
