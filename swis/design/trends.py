"""How the rate of each school and year group changed from one term to another, and how much of that is chance."""

from __future__ import annotations

from typing import Literal

import numpy as np

from swis.design.year_group_panel import Array, YearGroupPanel
from swis.errors import NotEstimable

Standardise = Literal["sd_trend", "sd_absdiff", "mad", "poisson"]
Window = tuple[str, str]


def last_windows(panel: YearGroupPanel) -> tuple[Window, Window | None]:
    """The window between the last two terms, and the one before it; None where there are only two terms."""
    if len(panel.terms) < 2:
        raise NotEstimable(f"{panel.outcome}: a trend needs two terms before the start; there is {len(panel.terms)}.")
    earlier = (panel.terms[-3], panel.terms[-2]) if len(panel.terms) > 2 else None
    return (panel.terms[-2], panel.terms[-1]), earlier


def trends(panel: YearGroupPanel, window: Window) -> Array:
    """Changes of the rate per 100 pupils over the window, shape (schools, year groups); NaN where an end is missing."""
    first, second = _places(panel, window)
    change: Array = panel.rate[:, :, second] - panel.rate[:, :, first]
    return change


def chance_variance(panel: YearGroupPanel, window: Window) -> Array:
    """What chance alone would give each change: the variance of two Poisson rates, estimated from the counts; NaN as above."""
    ends = list(_places(panel, window))
    count, pupils = panel.count[:, :, ends], panel.pupils[:, :, ends]
    share = np.full(count.shape, np.nan)
    np.divide(count, pupils**2, out=share, where=pupils > 0)
    variance: Array = 1e4 * panel.unit_of_count * share.sum(axis=-1)
    return variance


def _places(panel: YearGroupPanel, window: Window) -> tuple[int, int]:
    missing = [term for term in window if term not in panel.terms]
    if missing:
        raise NotEstimable(f"{panel.outcome}: there is no term {missing[0]}. Terms: {', '.join(panel.terms)}.")
    return panel.terms.index(window[0]), panel.terms.index(window[1])
