"""School labels beside lines: short enough to read, far enough apart to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

_ARM_WORDS = {"int", "comp", "intervention", "comparison", "control", "ctrl"}
_LONGEST_LABEL = 26
_HALF = 12


def short_labels(schools: Sequence[str]) -> tuple[str, ...]:
    """School labels without the parts that say the arm or that all share; as they are where that would confuse two."""
    words = [label.split("_") for label in schools]
    shared = set.intersection(*({word.casefold() for word in label} for label in words)) if len(words) > 1 else set()
    short = ["_".join(word for word in label if word.casefold() not in shared | _ARM_WORDS) for label in words]
    times = Counter(short)
    return tuple(
        _cut(brief if brief and times[brief] == 1 else label) for brief, label in zip(short, schools, strict=True)
    )


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[:_HALF]}…{label[-_HALF:]}"


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to those wanted, in the same order, at least `gap` apart and within the limits.

    Where the limits are too narrow for that, the gap shrinks to what fits.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    # Least squares under the order: pool neighbours until the means, each less its own share of gaps, increase.
    pools: list[list[float]] = []
    for rank, i in enumerate(order):
        pools.append([min(max(wanted[i], low), high) - rank * gap])
        while len(pools) > 1 and np.mean(pools[-2]) >= np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    levels = [float(np.mean(pool)) for pool in pools for _ in pool]
    places = [0.0] * len(wanted)
    for rank, i in enumerate(order):
        room = high - (len(wanted) - 1) * gap
        places[i] = min(max(levels[rank], low), room) + rank * gap
    return places
