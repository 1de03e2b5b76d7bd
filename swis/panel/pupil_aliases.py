"""Former unique pupil numbers, and the number that the same pupil has now."""

from __future__ import annotations

from datetime import date

import polars as pl

from swis.panel.staged_tables import PUPIL_ALIASES

_NUMBERS = ("former_unique_pupil_number", "unique_pupil_number")


class FormerNumbers:
    """The pairs of a former number and the number of now that returns give. Only numbers in a pair take memory."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], int] = {}
        self._births: dict[str, set[date]] = {}

    def add(self, frame: pl.DataFrame, *, returned: int) -> None:
        """Adds the pairs of a batch of a return; `returned` grows with time."""
        if not set(_NUMBERS) <= set(frame.columns):
            return
        pairs = frame.select(*_NUMBERS, "born_on").drop_nulls(_NUMBERS).unique()
        for former, now, born_on in pairs.iter_rows():
            if former == now:
                continue
            self._latest[former, now] = max(returned, self._latest.get((former, now), returned))
            if born_on is not None:
                self._births.setdefault(former, set()).add(born_on)

    def tabulate(self) -> tuple[pl.DataFrame, int]:
        """The table pupil_aliases: each number of a pair and the number of now. And how many former numbers were not followed.

        Numbers are one pupil's if pairs connect them. The number of now is the one that is nobody's former number; of several the
        one that was given last. A former number of pupils with different dates of birth is not followed.
        """
        doubtful = {former for former, births in self._births.items() if len(births) > 1}
        pairs = {pair: last for pair, last in self._latest.items() if pair[0] not in doubtful}
        parents: dict[str, str] = {}
        for former, now in pairs:
            parents[_find(parents, former)] = _find(parents, now)
        of_groups: dict[str, tuple[bool, int, str]] = {}
        formers = {former for former, _ in pairs}
        for (_, now), last in pairs.items():
            rank = (now not in formers, last, now)
            group = _find(parents, now)
            of_groups[group] = max(of_groups.get(group, rank), rank)
        numbers = sorted({number for pair in pairs for number in pair})
        rows = [(number, of_groups[_find(parents, number)][2]) for number in numbers]
        return pl.DataFrame(rows, schema=dict(PUPIL_ALIASES), orient="row"), len(doubtful)


def _find(parents: dict[str, str], number: str) -> str:
    """The number that stands for the group; the way to it is made shorter."""
    while parents.setdefault(number, number) != number:
        parents[number] = number = parents.setdefault(parents[number], parents[number])
    return number
