"""Choosing what to hide: the small, then what would give them away, one at a time, until no interval is too narrow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from swis.disclosure.bounds import Contradiction, Reader, Seen, Whole, possible_numbers, read
from swis.disclosure.draft import UNKNOWN, Draft, Mask
from swis.disclosure.policy import Policy


@dataclass(frozen=True, eq=False, repr=False)
class Hiding:
    """Which cells are hidden, and the reader who is left with what is shown."""

    hidden: Mask
    reader: Reader


@dataclass(frozen=True)
class CannotHide:
    """Why no choice of hidden cells keeps the rule."""

    reason: str


def hide(draft: Draft, *, policy: Policy) -> Hiding | CannotHide:
    """The cells to hide under the policy.

    The small ones first. Then, if the policy says so, a second one in every line that has one. Then, while an interval
    gives a count away, one more in a line of the first cell (by label) that is given away. Each time the choice falls
    in the body before totals, on the cell that brings the fewest lines their first hidden cell (each of those costs
    another), then on the smallest count, then by label. What was hidden is never shown again: intervals only widen.
    """
    return _Search(draft, policy).run()


class _Search:
    """The state of one search: what is hidden so far."""

    def __init__(self, draft: Draft, policy: Policy) -> None:
        self.draft = draft
        self.policy = policy
        self.hidden = draft.small(policy)
        self.may_be_hidden = draft.may_be_hidden(policy)
        self.lines_of: list[list[int]] = [[] for _ in draft.keys]
        for line, (total, parts) in enumerate(draft.sums):
            for cell in (total, *parts):
                self.lines_of[cell].append(line)

    def run(self) -> Hiding | CannotHide:
        """Hide until nothing is given away."""
        self._close_lines()
        try:
            possible = self._possible()
        except Contradiction:
            return CannotHide("it contradicts an earlier release: a number that was hidden then has since changed")
        seen = Seen.of(possible)
        while True:
            reader = read(self.draft.known(self.hidden, policy=self.policy), possible=possible, seen=seen)
            given_away = self._first_given_away(reader)
            if given_away is None:
                return Hiding(self.hidden, reader)
            candidate = None if self.draft.settled[given_away] else self._candidate(given_away)
            if candidate is None:
                return CannotHide(self._why())
            self.hidden[candidate] = True
            self._close_lines()

    def _possible(self) -> Whole:
        if (self.draft.count == UNKNOWN).any():
            return possible_numbers(self.draft.known(self.hidden, policy=self.policy))
        return self.draft.count

    def _why(self) -> str:
        earlier = bool(self.draft.told_before.any())
        before = " together with what was published before" if earlier else ""
        return f"a hidden number could be worked out{before}, whatever else is hidden"

    def _close_lines(self) -> None:
        """Hide a second cell in every line in which one published cell is hidden and all others are known exactly."""
        if not self.policy.two_in_a_line:
            return
        draft = self.draft
        unseen = (~draft.published & ~draft.settled) | (draft.published & (draft.step > 1))
        waiting = list(range(len(draft.sums)))
        while waiting:
            cells = self._cells(waiting.pop(0))
            alone = [cell for cell in cells if self.hidden[cell] or unseen[cell]]
            if len(alone) == 1 and self.hidden[alone[0]]:
                second = self._cheapest(cell for cell in cells if self._can_hide(cell))
                if second is not None:
                    self.hidden[second] = True
                    waiting.extend(self.lines_of[second])

    def _first_given_away(self, reader: Reader) -> int | None:
        for cell in np.flatnonzero(self.hidden | self.draft.watched):
            if reader.is_wide(int(cell), more_than=self.policy.too_narrow):
                continue
            low, high = reader.bounds(int(cell))
            promised = int(self.draft.promised[cell])
            if self.policy.gives_away(low, high, hidden=bool(self.hidden[cell]), promised=promised):
                return int(cell)
        return None

    def _candidate(self, cell: int) -> int | None:
        """The next cell to hide: in a line of this one, else next to anything that hangs together with it."""
        beside = self._cheapest(
            other for line in self.lines_of[cell] for other in self._cells(line) if self._can_hide(other)
        )
        if beside is not None:
            return beside
        reached, waiting = {cell}, [cell]
        while waiting:
            for line in self.lines_of[waiting.pop()]:
                for other in self._cells(line):
                    if other not in reached:
                        reached.add(other)
                        waiting.append(other)
        return self._cheapest(other for other in reached if self._can_hide(other))

    def _can_hide(self, cell: int) -> bool:
        return bool(self.may_be_hidden[cell] and not self.hidden[cell])

    def _cells(self, line: int) -> tuple[int, ...]:
        total, parts = self.draft.sums[line]
        return (total, *parts)

    def _cheapest(self, cells: Iterable[int]) -> int | None:
        """In the body before totals, the fewest lines that then have a first hidden cell, the smallest count, label."""
        draft = self.draft
        return min(
            cells,
            key=lambda cell: (int(draft.summed_over[cell]), self._opened(cell), int(draft.count[cell]), cell),
            default=None,
        )

    def _opened(self, cell: int) -> int:
        return sum(not any(self.hidden[other] for other in self._cells(line)) for line in self.lines_of[cell])
