"""Trying every analysis that belongs to an outcome: what has no answer keeps its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from swis.errors import NotEstimable

_Answer = TypeVar("_Answer")


class Attempts:
    """Runs analyses by name; `not_estimable` has the reason of each that had no answer."""

    def __init__(self) -> None:
        self.not_estimable: dict[str, str] = {}

    def __call__(self, name: str, analyse: Callable[[], _Answer]) -> _Answer | None:
        """What the analysis gives; None, and its reason kept, where it has no answer."""
        try:
            return analyse()
        except NotEstimable as reason:
            self.not_estimable[name] = str(reason)
            return None
