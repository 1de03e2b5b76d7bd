"""From a table of schools and terms to the arrays that power is planned from. The one module here that knows frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from swis.design.power.assumptions import Array
from swis.errors import TableError
from swis.tables.nearest import did_you_mean
from swis.tables.school_terms import SCHOOL_TERMS

COLUMNS = ("school", "term", "count", "pupils")


@dataclass(frozen=True, eq=False)
class TermPanel:
    """Counts and pupils of shape (schools, terms); 0 pupils where a school-term was not observed.

    `stratum` is the authority of each school, None where the table has none.
    """

    schools: tuple[str, ...]
    terms: tuple[str, ...]
    count: Array
    pupils: Array
    stratum: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"TermPanel({len(self.schools)} schools, {len(self.terms)} terms; {self.count.sum():.0f} counted)"


def read_term_panel(frame: pl.DataFrame, *, terms: Sequence[str] | None = None) -> TermPanel:
    """The panel of a frame with the columns school, term, count and pupils, and authority where there is one.

    Only the named terms are taken; without `terms` all of them, in the order of the frame. Counts of one school and term are not
    added up: a school-term that is there twice is refused. Raises TableError with what is wrong.
    """
    _check_columns(frame)
    known = tuple(frame["term"].unique(maintain_order=True).to_list())
    wanted = known if terms is None else tuple(terms)
    for term in wanted:
        if term not in known:
            raise TableError(f"There is no term {term!r}; there are: {', '.join(known)}.{did_you_mean(term, known)}")
    if len(set(wanted)) < len(wanted):
        raise TableError("A term is named twice. Name each once.")
    cells = frame.filter(pl.col("term").is_in(wanted))
    schools = tuple(cells["school"].unique(maintain_order=True).to_list())
    _check_cells(cells)
    count, pupils = np.zeros((len(schools), len(wanted))), np.zeros((len(schools), len(wanted)))
    places = tuple(
        cells[column].replace_strict({name: i for i, name in enumerate(names)}, return_dtype=pl.Int64).to_numpy()
        for column, names in (("school", schools), ("term", wanted))
    )
    count[places], pupils[places] = cells["count"].to_numpy(), cells["pupils"].to_numpy()
    return TermPanel(schools, wanted, count, pupils, _authorities(cells, schools))


def choose_outcome(frame: pl.DataFrame, outcome: str | None) -> pl.DataFrame:
    """The rows of one outcome. Without a name the only one there is; raises TableError where that is not clear."""
    if "outcome" not in frame.columns:
        return frame
    known = tuple(frame["outcome"].unique(maintain_order=True).to_list())
    if outcome is None and len(known) == 1:
        return frame
    if outcome is None:
        raise TableError(f"{SCHOOL_TERMS.file} has several outcomes: {', '.join(known)}. Name one with --outcome.")
    if outcome not in known:
        raise TableError(
            f"{SCHOOL_TERMS.file} has no outcome {outcome!r}; it has: {', '.join(known)}.{did_you_mean(outcome, known)}"
        )
    return frame.filter(pl.col("outcome") == outcome)


def _check_columns(frame: pl.DataFrame) -> None:
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise TableError(
            f"The table of schools and terms lacks the column {missing[0]}. It needs: {', '.join(COLUMNS)}."
        )
    if frame.is_empty():
        raise TableError("The table of schools and terms has no rows.")


def _check_cells(cells: pl.DataFrame) -> None:
    problems = [
        (
            cells.select(pl.col(COLUMNS).is_null()).sum_horizontal() > 0,
            "a cell is empty",
            "Fill it, or take the row out.",
        ),
        (cells["count"] < 0, "a count is below 0", "Correct it."),
        (cells["pupils"] < 0, "a number of pupils is below 0", "Correct it."),
        (
            (cells["pupils"] <= 0) & (cells["count"] > 0),
            "there is a count but no pupils",
            "Write the pupils on the roll.",
        ),
        (cells.select("school", "term").is_duplicated(), "a school and term is there more than once", "Keep one row."),
    ]
    for wrong, what, to_do in problems:
        where = cells.filter(wrong.fill_null(value=False))
        if where.height:
            first = where.row(0, named=True)
            raise TableError(
                f"{SCHOOL_TERMS.file}: {what} in {where.height} row{'s' if where.height > 1 else ''}, first for "
                f"{first['school'] or 'a school without a name'}, {first['term'] or 'a term without a name'}. {to_do}"
            )


def _authorities(cells: pl.DataFrame, schools: Sequence[str]) -> tuple[str, ...] | None:
    if "authority" not in cells.columns:
        return None
    of_school = cells.group_by("school", maintain_order=True).agg(pl.col("authority").unique(maintain_order=True))
    several = of_school.filter(pl.col("authority").list.len() > 1)
    if several.height:
        raise TableError(f"{several['school'][0]} is in more than one authority. Write the same in all of its rows.")
    by_school = dict(of_school.select("school", pl.col("authority").list.first()).iter_rows())
    return tuple(str(by_school[school]) for school in schools)
