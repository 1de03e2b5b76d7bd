"""A return that is being read: batches now, the tally at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from swis.ingest.finding import Quality

Batch: TypeAlias = Mapping[str, pl.DataFrame]
Progress: TypeAlias = Callable[[int], None]


def no_progress(_bytes_read: int) -> None:
    """Says nothing."""


@dataclass(frozen=True, eq=False)
class Collected:
    """A whole return in memory: its tables by name, and what was found."""

    tables: Mapping[str, pl.DataFrame]
    quality: Quality

    def __repr__(self) -> str:
        return f"Collected({', '.join(f'{name} {frame.height:,}' for name, frame in self.tables.items())})"


class Reading:
    """Iterate over it for batches: each a frame per table, every table in every batch. Then ask for `quality`.

    It can be iterated once. Memory is that of a batch. If reading ends in a ReturnError, nothing of what came before may be
    counted: a part of a return is not a return.
    """

    def __init__(self, batches: Iterator[Batch], finish: Callable[[], Quality]) -> None:
        self._batches = batches
        self._finish = finish
        self._quality: Quality | None = None

    def __iter__(self) -> Iterator[Batch]:
        yield from self._batches
        if self._quality is None:
            self._quality = self._finish()

    @property
    def quality(self) -> Quality:
        """What was read, dropped and repaired. Only once all batches are read: raises RuntimeError before."""
        if self._quality is None:
            raise RuntimeError("Read all batches before you ask for the quality of a return.")
        return self._quality

    def collect(self) -> Collected:
        """All batches as one frame per table, in memory."""
        parts: dict[str, list[pl.DataFrame]] = {}
        for batch in self:
            for name, frame in batch.items():
                parts.setdefault(name, []).append(frame)
        return Collected({name: pl.concat(frames) for name, frames in parts.items()}, self.quality)
