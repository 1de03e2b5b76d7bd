"""A small folder for matching, drawn for the tests: eight primary schools, three year groups, three autumns."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SCHOOLS = """\
school,phase,pupils,free_school_meals_percent,authority,cluster,intervention,excluded
Ash,primary,210,31.5,Fictown,North,yes,
Birch,primary,180,22,Fictown,North,yes,
Cedar,primary,240,,Fictown,,no,
Dogwood,primary,150,12,Fictown,,no,
Elm,primary,400,40,Fictown,,no,
Fir,primary,200,28,Fictown,,no,
Gorse,primary,220,19,Fictown,,no,
Hazel,primary,190,33,Fictown,,no,feeder of Ash
"""
TERMS = ("Autumn 2016", "Autumn 2017", "Autumn 2018")


def write_folder(
    folder: Path,
    *,
    schools: tuple[str, str] = ("", ""),
    cells: tuple[str, str] = ("", ""),
    turn: bool = False,
    drop: str = "",
    terms: tuple[str, ...] = TERMS,
    outcomes: tuple[str, ...] = ("s47",),
) -> Path:
    """Write both tables into the folder, with one text replaced by another in each, and give the folder back."""
    rng = np.random.default_rng(20160901)
    names = [line.split(",")[0] for line in SCHOOLS.splitlines()[1:]]
    rows = [
        f"{outcome},{school},primary,{group},{term},{rng.poisson(2)},40"
        for outcome in outcomes
        for school in names
        for group in ("R", "1", "2")
        for term in terms
        if school != drop
    ]
    text = "\n".join(["outcome,school,phase,year_group,term,count,pupils", *(rows[::-1] if turn else rows)]) + "\n"
    (folder / "candidate_schools.csv").write_text(
        SCHOOLS.replace(*schools) if schools[0] else SCHOOLS, encoding="utf-8"
    )
    (folder / "year_group_terms.csv").write_text(text.replace(*cells) if cells[0] else text, encoding="utf-8")
    return folder
