"""Where an interval ends: the rate ratio at which a likelihood has fallen by as much as is allowed."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf

from scipy.optimize import brentq

FARTHEST = 30.0
"""e^30 lies beyond any rate ratio; an interval that reaches it is open."""


def interval_end(excess: Callable[[float], float], centre: float, sign: float) -> float:
    """The rate ratio where `excess` of a log rate ratio turns positive on the way out from `centre`; 0 or inf if never."""
    far = centre + sign
    while excess(far) < 0:
        if sign * far >= FARTHEST:
            return 0.0 if sign < 0 else inf
        far = sign * min(sign * far + abs(far - centre), FARTHEST)
    return exp(float(brentq(excess, centre, far, xtol=1e-12, rtol=1e-12)))
