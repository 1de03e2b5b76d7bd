"""A table of counts that somebody wants to publish. It must not be shown: `publish` makes of it what may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from swis.errors import DisclosureError

TOTAL = "Total"
MOST_DIMENSIONS = 3

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Category:
    """One row or column heading, and the original categories that it stands for (itself, unless categories merged)."""

    label: str
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", tuple(sorted(self.members or (self.label,))))


@dataclass(frozen=True)
class Merge:
    """Categories that may become one, if the table cannot be published with them apart."""

    label: str
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Dimension:
    """One way in which counts are broken down, with its categories in the order in which they are shown.

    `whole` says that the categories are all there are among what is counted. With a filter (two of five schools) it is
    False: the total is then a total of these, and is held against totals of more that were published before.
    `merges` are tried in their order.
    """

    name: str
    categories: tuple[Category, ...]
    whole: bool = True
    merges: tuple[Merge, ...] = ()

    @classmethod
    def of(cls, name: str, *labels: str, whole: bool = True, merges: tuple[Merge, ...] = ()) -> Dimension:
        """A dimension from the labels of its categories."""
        return cls(name, tuple(Category(label) for label in labels), whole, merges)

    def __post_init__(self) -> None:
        labels = self.labels
        members = [member for category in self.categories for member in category.members]
        if not labels:
            raise DisclosureError(f"Dimension {self.name} has no categories. Give at least one.")
        if len(set(labels)) < len(labels) or len(set(members)) < len(members):
            raise DisclosureError(f"Dimension {self.name} has a category twice. Add up its counts first.")
        if TOTAL in labels:
            raise DisclosureError(f"Dimension {self.name} has a category {TOTAL}. Leave it out: totals are added here.")
        for merge in self.merges:
            if merge.label in set(labels) - set(merge.categories) or len(set(merge.categories)) < 2:
                raise DisclosureError(f"Dimension {self.name} cannot merge into {merge.label}: name two categories.")

    @property
    def labels(self) -> tuple[str, ...]:
        """The headings."""
        return tuple(category.label for category in self.categories)

    @property
    def members(self) -> tuple[str, ...]:
        """Every original category that the dimension covers, sorted."""
        return tuple(sorted(member for category in self.categories for member in category.members))


@dataclass(frozen=True)
class Layout:
    """What a table shows of what, without its counts.

    `counted` says what is counted, of whom and when; tables with the same words are checked together. `within` filters
    by a dimension that the table does not show: its name and the categories that were kept. `margins` names each
    published margin by the dimensions that it keeps; () is the grand total. The body is published unless `body` is
    False.
    """

    counted: str
    dimensions: tuple[Dimension, ...]
    margins: tuple[tuple[str, ...], ...]
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()
    body: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the dimensions."""
        return tuple(dimension.name for dimension in self.dimensions)

    def publishes(self, kept: tuple[str, ...]) -> bool:
        """Whether numbers broken down by exactly these dimensions are shown."""
        return self.body if kept == self.names else kept in self.margins


def every_margin(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """All margins of a table with these dimensions, the grand total last."""
    return tuple(chain.from_iterable(combinations(names, kept) for kept in range(len(names) - 1, -1, -1)))


@dataclass(frozen=True, eq=False, repr=False)
class CountTable:
    """Counts by one to three dimensions, who may see them, and which margins are published.

    `counts` has one axis a dimension. `pupils`, in the same shape, gives rates; it is taken to be known to all, as the
    roll of a school is. `each_pupil_once` says that a count cannot exceed its pupils (children, not events).
    """

    counted: str
    audience: str
    dimensions: tuple[Dimension, ...]
    counts: Counts
    margins: tuple[tuple[str, ...], ...] | None = None
    """Published margins, each named by the dimensions that it keeps; None: all."""
    pupils: Counts | None = None
    each_pupil_once: bool = False
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()
    body: bool = True
    most: Counts | None = None
    """The most that each count can be, in the same shape, where readers know that: 0 where nobody can be counted."""
    layout: Layout = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(dimension.name for dimension in self.dimensions)
        self._refuse_dimensions(names)
        object.__setattr__(self, "counts", self._whole_numbers(self.counts, "counts"))
        if self.pupils is not None:
            object.__setattr__(self, "pupils", self._whole_numbers(self.pupils, "pupils"))
        if self.each_pupil_once and (self.pupils is None or bool((self.counts > self.pupils).any())):
            raise DisclosureError(f"{self.counted}: each pupil once, but a count exceeds its pupils or none are given.")
        if self.most is not None:
            object.__setattr__(self, "most", self._whole_numbers(self.most, "most"))
            if bool((self.counts > self.most).any()):
                raise DisclosureError(f"{self.counted}: a count is above the most that it is said to be.")
        margins = every_margin(names) if self.margins is None else tuple(self.margins)
        in_order = tuple(tuple(name for name in names if name in kept) for kept in margins)
        if any(len(kept) != len(asked) or kept == names for kept, asked in zip(in_order, margins, strict=True)):
            raise DisclosureError(f"{self.counted}: a margin names some of the dimensions {', '.join(names)}, or none.")
        within = tuple(sorted((name, tuple(sorted(kept))) for name, kept in self.within))
        object.__setattr__(self, "layout", Layout(self.counted, self.dimensions, in_order, within, self.body))

    def _refuse_dimensions(self, names: tuple[str, ...]) -> None:
        if not 1 <= len(names) <= MOST_DIMENSIONS:
            raise DisclosureError(f"{self.counted}: a table has 1 to {MOST_DIMENSIONS} dimensions, not {len(names)}.")
        filters = [name for name, _ in self.within]
        if len({*names, *filters}) < len(names) + len(filters):
            raise DisclosureError(f"{self.counted}: a dimension is named twice, or both shown and filtered by.")

    def _whole_numbers(self, numbers: Counts, what: str) -> Counts:
        array = np.asarray(numbers)
        shape = tuple(len(dimension.categories) for dimension in self.dimensions)
        if array.shape != shape:
            raise DisclosureError(f"{self.counted}: {what} need the shape {shape}, not {array.shape}.")
        if not np.issubdtype(array.dtype, np.integer):
            raise DisclosureError(f"{self.counted}: {what} must be whole numbers, not {array.dtype}.")
        if bool((array < 0).any()):
            raise DisclosureError(f"{self.counted}: {what} cannot be negative.")
        whole = array.astype(np.int64, copy=True)
        whole.flags.writeable = False
        return whole

    def __repr__(self) -> str:
        shape = " x ".join(f"{len(dimension.categories)} {dimension.name}" for dimension in self.dimensions)
        return f"CountTable({self.counted}: {shape}; not for showing)"

    def merged(self, dimension: Dimension, merge: Merge) -> CountTable:
        """The same table with the categories of one merge added up, in the place of the first of them."""
        axis = self.dimensions.index(dimension)
        apart = [i for i, label in enumerate(dimension.labels) if label in merge.categories]
        members = tuple(member for i in apart for member in dimension.categories[i].members)
        groups = [[i] if i not in apart else apart for i in range(len(dimension.labels)) if i not in apart[1:]]
        categories = tuple(
            Category(merge.label, members) if group is apart else dimension.categories[group[0]] for group in groups
        )
        later = tuple(other for other in dimension.merges if other != merge)
        dimensions = tuple(
            replace(each, categories=categories, merges=later) if each is dimension else each
            for each in self.dimensions
        )
        return CountTable(
            self.counted, self.audience, dimensions, _add_up(self.counts, groups, axis), self.margins,
            None if self.pupils is None else _add_up(self.pupils, groups, axis),
            self.each_pupil_once, self.within, self.body, None if self.most is None else _add_up(self.most, groups, axis),
        )  # fmt: skip

    def merges(self) -> Iterator[tuple[Dimension, Merge]]:
        """The merges that the caller allows and that still change something, dimension by dimension."""
        for dimension in self.dimensions:
            for merge in dimension.merges:
                if len(set(merge.categories) & set(dimension.labels)) > 1:
                    yield dimension, merge


def _add_up(numbers: Counts, groups: list[list[int]], axis: int) -> Counts:
    return np.stack([numbers.take(group, axis=axis).sum(axis=axis) for group in groups], axis=axis)
