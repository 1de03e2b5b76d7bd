"""What is in a study folder already: whether it may be written over, and whether it was begun with the same choices."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from swis.errors import OutputError
from swis.panel.starting_protocol import PROTOCOL_FILE, Timeline
from swis.tables.candidate_schools import CANDIDATE_SCHOOLS
from swis.tables.read import read_table
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.year_group_terms import YEAR_GROUP_TERMS

FROM_A_PANEL = "panel of "
"""How the source of a school_terms.csv begins that was made from a panel."""
PUPILS_ARE = "pupils: "


def refuse_other_files(folder: Path) -> None:
    """Raises OutputError where the tables of the folder were not made from a panel."""
    path = folder / SCHOOL_TERMS.file
    if path.exists():
        sources = read_table(SCHOOL_TERMS, path)["source"].fill_null("")
        if not sources.str.starts_with(FROM_A_PANEL).all():
            raise OutputError(
                f"{path} was not made from a panel and would be written over. Name another folder with --into."
            )
    elif (folder / PROTOCOL_FILE).exists() and any(
        (folder / table.file).exists() for table in (CANDIDATE_SCHOOLS, YEAR_GROUP_TERMS)
    ):
        raise OutputError(
            f"{folder} is a study with tables for matching that would be written over. Name another folder with --into."
        )


def refuse_other_choices(folder: Path, timeline: Timeline, *, exposure: str) -> None:
    """Raises OutputError where study.toml, which is kept, speaks of another start or other pupils than the new tables.

    A person may have changed study.toml: only what contradicts the start is refused.
    """
    if not (folder / PROTOCOL_FILE).exists():
        return
    differs = [*_other_start(folder / PROTOCOL_FILE, timeline), *_other_pupils(folder / SCHOOL_TERMS.file, exposure)]
    if differs:
        raise OutputError(
            f"{folder / PROTOCOL_FILE} was made with {' and '.join(differs)}. It is yours and is not written over: give "
            "the same choices, name another folder with --into, or move it away."
        )


def _other_start(path: Path, timeline: Timeline) -> Iterator[str]:
    try:
        terms = tomllib.loads(path.read_text(encoding="utf-8"))["terms"]
        reference, after = terms["reference"], set(terms["after"])
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, KeyError, TypeError):
        return  # swis check says what is wrong with it
    if reference in timeline.after or after & set(timeline.before):
        yield f"another start ({reference} is the last term before it)"


def _other_pupils(path: Path, exposure: str) -> Iterator[str]:
    if not path.exists():
        return
    same = f"; {PUPILS_ARE}{exposure}; "
    if not read_table(SCHOOL_TERMS, path)["source"].fill_null("").str.contains(same, literal=True).all():
        yield "other pupils below the rates (--exposure)"
