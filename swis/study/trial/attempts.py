"""Trying every analysis that belongs to an outcome: what has no answer keeps its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from swis.errors import NotEstimable

_Answer = TypeVar("_Answer")

OUT_OF_RANGE = "No finite number comes out: there are too few schools, or too few events, for this analysis."


def try_analysis(analyse: Callable[[], _Answer]) -> tuple[_Answer | None, str]:
    """What an analysis gives; or None, and why. Arithmetic that leaves the range of numbers is no answer either."""
    try:
        return analyse(), ""
    except NotEstimable as reason:
        return None, str(reason)
    except (ArithmeticError, np.linalg.LinAlgError):
        return None, OUT_OF_RANGE


class Attempts:
    """Runs analyses by name; `not_estimable` has the reason of each that had no answer."""

    def __init__(self) -> None:
        self.not_estimable: dict[str, str] = {}

    def __call__(self, name: str, analyse: Callable[[], _Answer]) -> _Answer | None:
        """What the analysis gives; None, and its reason kept, where it has no answer."""
        answer, why_not = try_analysis(analyse)
        if why_not:
            self.not_estimable[name] = why_not
        return answer
