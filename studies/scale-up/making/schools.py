"""Which schools of the pool are nominated in the made-up trial, and which of them are kept out."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

AUTHORITIES = 21
NOMINATED = 297
SMALLEST_AUTHORITY = 14
FEWEST, MOST = 6, 24
LARGEST_SHARE = 0.8
KEPT_OUT = (
    "INVENTED: about to close",
    "INVENTED: about to merge with another school",
    "INVENTED: in another trial",
    "INVENTED: the head teacher did not agree",
    "INVENTED: the head teacher did not agree",
    "INVENTED: has a social worker of its own already",
)
"""The registry has 297 schools and the report 291; that six were kept out before the draw, and why, is invented."""


@dataclass(frozen=True)
class MadeSchool:
    """A nominated school. Its size and percentages are real and rounded; its label, and that it is here, are not."""

    school: str
    authority: str
    pupils: int
    free_school_meals_percent: int
    absence_percent: int
    persistent_absence_percent: int
    excluded: str


def nominate(pool: Path, rng: np.random.Generator) -> list[MadeSchool]:
    """Authorities by equal chance among those with enough schools; numbers by their size; schools by equal chance within."""
    groups = _read_pool(pool)
    large = [number for number, schools in groups.items() if len(schools) >= SMALLEST_AUTHORITY]
    chosen = rng.choice(large, size=AUTHORITIES, replace=False).tolist()
    numbers = _numbers([len(groups[number]) for number in chosen])
    nominated: list[MadeSchool] = []
    for place, (number, size) in enumerate(zip(chosen, numbers, strict=True), start=1):
        rows = rng.choice(len(groups[number]), size=size, replace=False).tolist()
        authority = f"Authority {place}"
        nominated += [
            MadeSchool(f"{authority} School {label}", authority, *groups[number][row], excluded="")
            for label, row in enumerate(rows, start=1)
        ]
    places = rng.choice(len(nominated), size=len(KEPT_OUT), replace=False).tolist()
    for school, reason in zip(places, KEPT_OUT, strict=True):
        nominated[school] = MadeSchool(**{**vars(nominated[school]), "excluded": reason})
    return nominated


def _read_pool(pool: Path) -> dict[int, list[tuple[int, int, int, int]]]:
    groups: dict[int, list[tuple[int, int, int, int]]] = {}
    with pool.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row[0].isdecimal():
                number, pupils, meals, absence, persistent = map(int, row)
                groups.setdefault(number, []).append((pupils, meals, absence, persistent))
    return groups


def _numbers(sizes: list[int]) -> list[int]:
    """How many each authority nominates: in proportion to its schools as far as its limits let it, 297 in all."""
    limits = [min(MOST, int(LARGEST_SHARE * size)) for size in sizes]
    numbers = [FEWEST] * len(sizes)
    while sum(numbers) < NOMINATED:
        room = [place for place, number in enumerate(numbers) if number < limits[place]]
        numbers[min(room, key=lambda place: (numbers[place] / sizes[place], place))] += 1
    return numbers
