"""The pool of real secondary schools, from the Department's school-level files for 2018-19, with nothing that names a school.

    python studies/scale-up/making/extract.py PUPIL_NUMBERS.csv ABSENCE.csv

writes schools_2018_19.csv beside this file. PUPIL_NUMBERS.csv is the census file of the performance tables (URN, LA, SCHOOLTYPE,
NOR, NUMFSM), ABSENCE.csv the absence file (URN, PERCTOT, PPERSABS10). Kept: state-funded mainstream secondary schools with at
least 200 pupils and every figure. Pupils are rounded to 10 and percentages to whole ones, authorities get a running number by
size: the sizes and their mix are real, and no row is meant to be found again.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

POOL = Path(__file__).parent / "schools_2018_19.csv"
FEWEST_PUPILS = 200
MAINSTREAM = "State-funded secondary"
HEADER = ("authority", "pupils", "free_school_meals_percent", "absence_percent", "persistent_absence_percent")

School = tuple[int, int, int, int]


def extract(pupil_numbers: Path, absence: Path) -> str:
    """The text of schools_2018_19.csv."""
    absent = {row["URN"]: row for row in _rows(absence)}
    by_authority: dict[str, list[School]] = defaultdict(list)
    for row in _rows(pupil_numbers):
        if row["SCHOOLTYPE"] == MAINSTREAM and row["URN"] in absent:
            school = _school(row, absent[row["URN"]])
            if school is not None:
                by_authority[row["LA"]].append(school)
    groups = sorted((sorted(schools, reverse=True) for schools in by_authority.values()), key=lambda g: (len(g), g))
    lines = [",".join(HEADER)]
    for number, schools in enumerate(groups, start=1):
        lines += [",".join(map(str, (number, *school))) for school in schools]
    return "\n".join(lines) + "\n"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _school(row: dict[str, str], absent: dict[str, str]) -> School | None:
    try:
        pupils, meals = int(row["NOR"]), int(row["NUMFSM"])
        missed, persistent = float(absent["PERCTOT"]), float(absent["PPERSABS10"])
    except ValueError:
        return None
    if pupils < FEWEST_PUPILS:
        return None
    return round(pupils / 10) * 10, round(100 * meals / pupils), round(missed), round(persistent)


if __name__ == "__main__":
    POOL.write_text(extract(Path(sys.argv[1]), Path(sys.argv[2])), encoding="utf-8", newline="\n")
