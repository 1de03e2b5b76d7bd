"""Earlier releases beside what is true now: a number that was corrected is two numbers, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from swis.disclosure.lattice import CellKey, Sum, cells_of, sums_of
from swis.disclosure.release import Interval, Release


@dataclass(frozen=True)
class Past:
    """An earlier release as a reader uses it now: its numbers and sums, those since corrected under a name of their own."""

    keys: frozenset[CellKey]
    sums: frozenset[Sum]
    told: Mapping[CellKey, Interval]
    largest_small: int


def apart_where_corrected(releases: Sequence[Release], *, now: Mapping[CellKey, int]) -> list[Past]:
    """Each release, oldest first, with the numbers that a later release or the present tables contradict set apart.

    A reader sees such a correction, and takes everything else to be unchanged: also the numbers that were hidden. A
    total that was not shown and contains a corrected number is set apart with it.
    """
    believed: dict[CellKey, Interval] = {key: (count, count) for key, count in now.items()}
    pasts: list[Past] = []
    for age, release in enumerate(reversed(releases), start=1):
        corrected = {key for key, told in release.told.items() if not _agree(told, believed.get(key))}
        pasts.append(_set_apart(release, corrected, age=age))
        for key, told in release.told.items():
            if key not in corrected:
                believed[key] = _both(told, believed.get(key))
    return pasts[::-1]


def _set_apart(release: Release, corrected: set[CellKey], *, age: int) -> Past:
    keys = {cell.key for cell in cells_of(release.layout)}
    shown = {key for key, (low, high) in release.told.items() if low == high}
    moved = corrected | {key for key in keys - shown if any(_contains(key, inside) for inside in corrected)}

    def name(key: CellKey) -> CellKey:
        return (f"{key[0]} (as published {age} releases ago)", key[1]) if key in moved else key

    return Past(
        frozenset(name(key) for key in keys),
        frozenset(Sum(name(each.total), tuple(name(part) for part in each.parts)) for each in sums_of(release.layout)),
        {name(key): told for key, told in release.told.items()},
        release.largest_small,
    )


def _contains(total: CellKey, inside: CellKey) -> bool:
    """Whether the one number counts all that the other counts."""
    narrower = dict(inside[1])
    return all(name in narrower and set(narrower[name]) <= set(members) for name, members in total[1])


def _agree(told: Interval, other: Interval | None) -> bool:
    if other is None:
        return True
    low, high = _both(told, other)
    return high is None or low <= high


def _both(told: Interval, other: Interval | None) -> Interval:
    if other is None:
        return told
    highs = [high for high in (told[1], other[1]) if high is not None]
    return max(told[0], other[0]), min(highs) if highs else None
