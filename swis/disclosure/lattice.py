"""Every number that a table holds or implies, and the sums that tie them: totals at every level are cells too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from swis.disclosure.count_table import Category, Counts, Dimension, Layout

Members: TypeAlias = tuple[str, ...]
Narrowing: TypeAlias = tuple[tuple[str, Members], ...]
CellKey: TypeAlias = tuple[str, Narrowing]
"""What a number counts: the words of the table, and for each dimension that narrows it the original categories."""

Place: TypeAlias = tuple[Category | None, ...]
"""Where a number stands in its table: a category of each dimension, None for its total."""


@dataclass(frozen=True)
class Cell:
    """A number of a table: what it counts, where it stands, and over which dimensions it sums."""

    key: CellKey
    place: Place
    summed_over: tuple[str, ...]
    published: bool


@dataclass(frozen=True)
class Sum:
    """One number that is the sum of others."""

    total: CellKey
    parts: tuple[CellKey, ...]


def key_of(layout: Layout, place: Place) -> CellKey:
    """What the number at this place counts. A total over a whole dimension is not narrowed by it."""
    narrowed = list(layout.within)
    for dimension, category in zip(layout.dimensions, place, strict=True):
        if category is not None:
            narrowed.append((dimension.name, category.members))
        elif not dimension.whole:
            narrowed.append((dimension.name, dimension.members))
    return layout.counted, tuple(sorted(narrowed))


def cells_of(layout: Layout) -> Iterator[Cell]:
    """Every number of the table, at every level, whether it is published or only implied."""
    for place in product(*((*dimension.categories, None) for dimension in layout.dimensions)):
        kept = tuple(name for name, category in zip(layout.names, place, strict=True) if category is not None)
        summed = tuple(name for name in layout.names if name not in kept)
        yield Cell(key_of(layout, place), place, summed, layout.publishes(kept))


def sums_of(layout: Layout) -> Iterator[Sum]:
    """Every sum of the table: each total along each dimension that it sums over."""
    for cell in cells_of(layout):
        for axis, dimension in enumerate(layout.dimensions):
            if cell.place[axis] is None:
                parts = tuple(key_of(layout, _put(cell.place, axis, category)) for category in dimension.categories)
                if cell.key not in parts:
                    yield Sum(cell.key, tuple(sorted(parts)))


def number_at(numbers: Counts, layout: Layout, place: Place) -> int:
    """The number at a place of a table, totals included, from the numbers of its body."""
    index = tuple(
        slice(None) if category is None else dimension.categories.index(category)
        for dimension, category in zip(layout.dimensions, place, strict=True)
    )
    return int(numbers[index].sum())


def linking_sums(layouts: list[Layout], keys: set[CellKey]) -> set[Sum]:
    """The sums that tie tables to each other beyond the numbers that they share.

    A filtered number and the same number without the filter, or with a wider one, leave a third by subtraction: the
    schools that the filter left out. A merged category is the sum of its categories where these stand apart.
    """
    left_over = set(_complements(layouts, keys))
    every = keys.union(*({each.total, *each.parts} for each in left_over))
    return left_over | set(_merged_sums(every))


def _along_each_dimension(keys: set[CellKey]) -> dict[tuple[str, str, Narrowing], set[Members]]:
    """For every dimension and everything else that narrows a number: the groups of categories that are counted."""
    groups: dict[tuple[str, str, Narrowing], set[Members]] = {}
    for words, narrowing in keys:
        for axis, (name, members) in enumerate(narrowing):
            others = (*narrowing[:axis], *narrowing[axis + 1 :])
            groups.setdefault((words, name, others), set()).add(members)
    return groups


def _merged_sums(keys: set[CellKey]) -> Iterator[Sum]:
    for (words, name, others), groups in _along_each_dimension(keys).items():
        for whole in groups:
            if len(whole) < 2:
                continue
            parts = _apart(sorted((group for group in groups if set(group) < set(whole)), key=lambda g: (len(g), g)))
            rest = tuple(sorted(set(whole).difference(*parts)))
            if parts:
                yield _sum_along(words, name, others, whole, (*parts, rest) if rest else parts)


def _complements(layouts: list[Layout], keys: set[CellKey]) -> Iterator[Sum]:
    wholes = _wholes(layouts)
    filters = {(layout.counted, name, kept) for layout in layouts for name, kept in _filters(layout)}
    for (words, name, others), groups in _along_each_dimension(keys).items():
        for kept in groups:
            if (words, name, kept) not in filters:
                continue
            wider = [group for group in groups if set(group) > set(kept)]
            if (words, others) in keys:
                yield from _complement_in_whole(words, name, others, kept, wholes.get((words, name), ()))
            for group in wider:
                left = tuple(sorted(set(group) - set(kept)))
                yield _sum_along(words, name, others, group, (kept, left))


def _complement_in_whole(words: str, name: str, others: Narrowing, kept: Members, whole: Members) -> Iterator[Sum]:
    left = tuple(sorted(set(whole) - set(kept)))
    if not whole or left:
        yield _sum_along(words, name, others, None, (kept, left or (f"other than {', '.join(kept)}",)))


def _put(place: Place, axis: int, category: Category) -> Place:
    return (*place[:axis], category, *place[axis + 1 :])


def _filters(layout: Layout) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from layout.within
    for dimension in layout.dimensions:
        if not dimension.whole:
            yield dimension.name, dimension.members


def _wholes(layouts: list[Layout]) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (layout.counted, dimension.name): dimension.members
        for layout in layouts
        for dimension in layout.dimensions
        if dimension.whole
    }


def _apart(groups: list[Members]) -> tuple[Members, ...]:
    """The smallest groups that do not overlap."""
    chosen: list[Members] = []
    for group in groups:
        if not any(set(group) & set(other) for other in chosen):
            chosen.append(group)
    return tuple(chosen)


def _sum_along(words: str, name: str, others: Narrowing, whole: Members | None, parts: tuple[Members, ...]) -> Sum:
    def narrow(members: Members) -> CellKey:
        return words, tuple(sorted((*others, (name, members))))

    return Sum((words, others) if whole is None else narrow(whole), tuple(sorted(narrow(part) for part in parts)))


def dimension_mismatch(layouts: list[Layout]) -> str | None:
    """A sentence if two tables of the same counts call different categories the whole of a dimension; else None."""
    found: dict[tuple[str, str], Dimension] = {}
    for layout in layouts:
        for dimension in layout.dimensions:
            if not dimension.whole:
                continue
            other = found.setdefault((layout.counted, dimension.name), dimension)
            if other.members != dimension.members:
                apart = sorted(set(other.members) ^ set(dimension.members))
                return (
                    f"{layout.counted}: two tables call different categories the whole of {dimension.name} "
                    f"(not in both: {', '.join(apart)}). Say whole=False where some were left out."
                )
    return None


def words_of(key: CellKey) -> str:
    """What a number counts, in words."""
    return "; ".join(f"{name}: {', '.join(members)}" for name, members in key[1]) or "the grand total"
