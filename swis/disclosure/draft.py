"""Tables and earlier releases laid out as one numbered list of cells and sums, before anything is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.disclosure.bounds import Known, Sums, Whole
from swis.disclosure.correction import Past, apart_where_corrected
from swis.disclosure.count_table import CountTable, Layout
from swis.disclosure.lattice import (
    CellKey,
    Sum,
    cells_of,
    dimension_mismatch,
    linking_sums,
    number_at,
    sums_of,
    words_of,
)
from swis.disclosure.network import UNLIMITED
from swis.disclosure.policy import Policy, round_half_up
from swis.disclosure.release import ReleaseLedger
from swis.errors import DisclosureError

Mask = NDArray[np.bool_]

UNKNOWN = -1


@dataclass(frozen=True, eq=False, repr=False)
class Draft:
    """Every cell in the order of its labels, so that the order of rows in a table decides nothing.

    `count` is `UNKNOWN` for a number that only earlier releases imply. `earlier_low` and `earlier_high` are what was
    told before; `most` is what pupils allow, or what the table says.
    """

    keys: tuple[CellKey, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    count: Whole
    published: Mask
    summed_over: NDArray[np.int64]
    step: Whole
    most: Whole
    everyone: Mask
    told_before: Mask
    earlier_low: Whole
    earlier_high: Whole
    promised: Whole
    """The largest count that an earlier release of this number called small; 0: none."""

    @property
    def watched(self) -> Mask:
        """Cells that must not be given away although they are not hidden now: hidden before, or shown nowhere.

        A number that no table prints is as good as published once it can be worked out.
        """
        watched: Mask = ~self.settled & (self.told_before | ~self.published)
        return watched

    @property
    def settled(self) -> Mask:
        """Cells whose exact number is out already."""
        settled: Mask = self.told_before & (self.earlier_low == self.earlier_high)
        return settled

    def small(self, policy: Policy) -> Mask:
        """Published cells that the rule hides for what they are. A 0 where nobody can be counted hides nothing."""
        low, high = policy.smallest_hidden, policy.largest_small
        small: Mask = self.published & (self.count >= low) & (self.count <= high)
        hidden: Mask = small | (self.published & self.everyone) if policy.hide_none_and_all else small
        return hidden & (self.most > 0)

    def may_be_hidden(self, policy: Policy) -> Mask:
        """Published cells that may be hidden to protect others: not zeros that the rule shows or all know, not what is out."""
        may: Mask = self.published & (self.count >= policy.smallest_hidden) & ~self.settled & (self.most > 0)
        return may

    def shown_as(self, cell: int) -> int:
        """The number that is shown for a cell, rounded as the policy rounds it."""
        return round_half_up(int(self.count[cell]), step=int(self.step[cell]))

    def told(self, cell: int, *, hidden: bool, policy: Policy) -> tuple[int, int]:
        """What the number or the symbol in a published cell says by itself."""
        if not hidden:
            step = int(self.step[cell])
            if step == 1:
                return int(self.count[cell]), int(self.count[cell])
            return policy.interval_of_shown(self.shown_as(cell), step=step)
        low, high = policy.interval_of_hidden(small=bool(self.count[cell] <= policy.largest_small))
        return low, UNLIMITED if high is None else high

    def known(self, hidden: Mask, *, policy: Policy) -> Known:
        """All that a reader knows once the cells of the mask are hidden, with what was told before."""
        low, high = self.earlier_low.copy(), np.minimum(self.earlier_high, self.most)
        for cell in np.flatnonzero(self.published):
            least, greatest = self.told(int(cell), hidden=bool(hidden[cell]), policy=policy)
            low[cell], high[cell] = max(low[cell], least), min(high[cell], greatest)
        return Known(Sums.of(list(self.sums), cells=len(self.keys)), low, high)


def draft(tables: tuple[CountTable, ...], *, policy: Policy, ledger: ReleaseLedger) -> Draft:
    """The tables and the releases that count the same, as one list.

    Raises DisclosureError where two tables give different counts for the same thing, or call different categories the
    whole of a dimension.
    """
    counted = {table.counted for table in tables}
    releases = [release for release in ledger.releases if release.layout.counted in counted]
    layouts = [table.layout for table in tables] + [release.layout for release in releases]
    if mismatch := dimension_mismatch(layouts):
        raise DisclosureError(mismatch)
    past = apart_where_corrected(releases, now=_counts(tables))
    keys, sums = _keys_and_sums(layouts, past)
    place_of = {key: place for place, key in enumerate(keys)}
    blank = _Blank(len(keys))
    for table in tables:
        _enter_table(table, place_of, policy, blank)
    for release in past:
        _enter_told(release, place_of, blank)
    numbered = tuple((place_of[each.total], tuple(place_of[part] for part in each.parts)) for each in sums)
    return Draft(
        keys, numbered, blank.count, blank.published, blank.summed_over, blank.step, blank.most, blank.everyone,
        blank.told_before, blank.earlier_low, blank.earlier_high, blank.promised,
    )  # fmt: skip


class _Blank:
    """The columns of a draft while they are filled in."""

    def __init__(self, cells: int) -> None:
        self.count = np.full(cells, UNKNOWN, dtype=np.int64)
        self.published = np.zeros(cells, dtype=bool)
        self.summed_over = np.zeros(cells, dtype=np.int64)
        self.step = np.ones(cells, dtype=np.int64)
        self.most = np.full(cells, UNLIMITED, dtype=np.int64)
        self.everyone = np.zeros(cells, dtype=bool)
        self.told_before = np.zeros(cells, dtype=bool)
        self.earlier_low = np.zeros(cells, dtype=np.int64)
        self.earlier_high = np.full(cells, UNLIMITED, dtype=np.int64)
        self.promised = np.zeros(cells, dtype=np.int64)


def _counts(tables: tuple[CountTable, ...]) -> dict[CellKey, int]:
    counts: dict[CellKey, int] = {}
    for table in tables:
        for cell in cells_of(table.layout):
            count = number_at(table.counts, table.layout, cell.place)
            if counts.setdefault(cell.key, count) != count:
                raise DisclosureError(
                    f"{table.counted}: two tables differ on the same number ({words_of(cell.key)}). Make them from "
                    "the same counts, or call what they count by different words."
                )
    return counts


def _keys_and_sums(layouts: list[Layout], past: list[Past]) -> tuple[tuple[CellKey, ...], list[Sum]]:
    now = layouts[: len(layouts) - len(past)]
    in_tables = {cell.key for layout in now for cell in cells_of(layout)}.union(*(each.keys for each in past))
    sums = {each for layout in now for each in sums_of(layout)}.union(*(each.sums for each in past))
    linking = linking_sums(layouts, in_tables)
    every = in_tables.union(*({each.total, *each.parts} for each in linking))
    return tuple(sorted(every)), sorted(sums | linking, key=lambda each: (each.total, each.parts))


def _enter_table(table: CountTable, place_of: Mapping[CellKey, int], policy: Policy, blank: _Blank) -> None:
    for cell in cells_of(table.layout):
        here = place_of[cell.key]
        count = number_at(table.counts, table.layout, cell.place)
        blank.count[here] = count
        blank.published[here] |= cell.published
        blank.summed_over[here] = max(int(blank.summed_over[here]), len(cell.summed_over))
        blank.step[here] = max(int(blank.step[here]), policy.step(cell.summed_over))
        if table.most is not None:
            blank.most[here] = min(int(blank.most[here]), number_at(table.most, table.layout, cell.place))
        if table.pupils is not None and table.each_pupil_once:
            pupils = number_at(table.pupils, table.layout, cell.place)
            blank.most[here] = min(int(blank.most[here]), pupils)
            blank.everyone[here] |= count == pupils


def _enter_told(past: Past, place_of: Mapping[CellKey, int], blank: _Blank) -> None:
    for key, (low, high) in past.told.items():
        here = place_of[key]
        blank.told_before[here] = True
        blank.earlier_low[here] = max(int(blank.earlier_low[here]), low)
        blank.earlier_high[here] = min(int(blank.earlier_high[here]), UNLIMITED if high is None else high)
        blank.promised[here] = max(int(blank.promised[here]), past.largest_small)
