"""From a folder's candidate_schools.csv and year_group_terms.csv to what matching works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from swis.design.year_group_panel import YearGroupPanel
from swis.errors import TableError
from swis.tables.candidate_schools import CANDIDATE_SCHOOLS
from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem, tell_problems
from swis.tables.read import LoadedTable, load_table
from swis.tables.year_group_terms import YEAR_GROUP_TERMS

LOTS = {"days", "sessions"}
"""Words in the code of an outcome of which one child has many."""


@dataclass(frozen=True, eq=False)
class MatchingTables:
    """The two tables of a folder, checked against each other. `hashes` are SHA-256 by file; `notes` say what was repaired."""

    candidates: pl.DataFrame
    year_group_terms: pl.DataFrame
    hashes: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes, in the order in which the file first names them."""
        return _in_order(self.year_group_terms["outcome"])

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms, in the order in which the file first names them."""
        return _in_order(self.year_group_terms["term"])


def read_matching_tables(folder: Path) -> MatchingTables:
    """Both tables of a folder. Raises TableError with every problem of each, and with what contradicts between them."""
    loaded: list[LoadedTable] = []
    failures: list[str] = []
    for table in (CANDIDATE_SCHOOLS, YEAR_GROUP_TERMS):
        try:
            loaded.append(load_table(table, folder / table.file))
        except TableError as error:
            failures.append(str(error))
    if failures:
        raise TableError("\n".join(failures))
    schools, cells = loaded
    problems = [*_check_schools(schools.frame), *_check_cells(schools.frame, cells.frame)]
    if problems:
        raise TableError(tell_problems(problems))
    return MatchingTables(
        candidates=schools.frame,
        year_group_terms=cells.frame,
        hashes={each.table.file: each.sha256 for each in loaded},
        notes=tuple(f"{repair.file}: {repair.what}" for each in loaded for repair in each.repairs),
    )


def _check_schools(schools: pl.DataFrame) -> list[Problem]:
    if (schools["intervention"] == "yes").any():
        return []
    what = "no school has intervention = yes"
    return [Problem(CANDIDATE_SCHOOLS.file, what, "Mark the schools with a social worker.", column="intervention")]


def _check_cells(schools: pl.DataFrame, cells: pl.DataFrame) -> list[Problem]:
    joined = cells.join(schools.select("school", own_phase="phase"), on="school", how="left").sort("row")
    unknown = joined.filter(pl.col("own_phase").is_null())
    other = joined.filter(pl.col("own_phase").is_not_null() & (pl.col("own_phase") != pl.col("phase")))
    impossible = cells.filter((pl.col("pupils") == 0) & (pl.col("count") > 0))
    found = [
        (
            unknown,
            "school",
            f"{_number_of_schools(unknown)} not in {CANDIDATE_SCHOOLS.file}",
            "Add them there, or take their rows out.",
        ),
        (
            other,
            "phase",
            f"{_number_of_schools(other)} of another phase in {CANDIDATE_SCHOOLS.file}",
            "Write one phase for a school in both files.",
        ),
        (impossible, "pupils", "a count, but no pupils", "Correct the number of pupils, or the count."),
    ]
    return [
        Problem(YEAR_GROUP_TERMS.file, what, to_do, tuple(rows["row"].to_list()), column)
        for rows, column, what, to_do in found
        if rows.height
    ]


def _number_of_schools(rows: pl.DataFrame) -> str:
    number = rows["school"].n_unique()
    return f"{number} school{' is' if number == 1 else 's are'}"


def build_panel(
    tables: MatchingTables, outcome: str, *, terms: Sequence[str] | None = None, unit_of_count: float | None = None
) -> YearGroupPanel:
    """The panel of one outcome over the terms, in the given order; without `terms`, in the order of the file.

    Every school of candidate_schools.csv is in it, those without a row too: they have no trend and stay unmatched, with that
    reason. A row with 0 pupils is a cell that was not observed. `unit_of_count` says how many counts make one event; without it
    each is one. Raises TableError for an outcome or a term that is not there, and where counts are days or sessions, of which one
    child has many, and no unit is given: chance would be taken for too small, and trends for reliable.
    """
    terms = tuple(terms or tables.terms)
    _refuse_unknown("outcome", outcome, tables.outcomes)
    for term in terms:
        _refuse_unknown("term", term, tables.terms)
    if len(set(terms)) < len(terms):
        raise TableError("A term is named twice. Name each term before the start once, from the first to the last.")
    cells = tables.year_group_terms.filter((pl.col("outcome") == outcome) & pl.col("term").is_in(terms))
    if unit_of_count is None:
        _refuse_lots(outcome, cells)
    schools = tables.candidates
    labels = tuple(schools["school"].to_list())
    groups = tuple(sorted(set(cells["year_group"].to_list()), key=_year_order))
    shape = (len(labels), len(groups), len(terms))
    count, pupils = np.zeros(shape), np.zeros(shape)
    places = tuple(
        cells[column].replace_strict({name: i for i, name in enumerate(names)}, return_dtype=pl.Int64).to_numpy()
        for column, names in (("school", labels), ("year_group", groups), ("term", terms))
    )
    count[places], pupils[places] = cells["count"].to_numpy(), cells["pupils"].to_numpy()
    return YearGroupPanel(
        outcome=outcome,
        schools=labels,
        phase=tuple(schools["phase"].to_list()),
        year_groups=groups,
        terms=terms,
        count=count,
        pupils=pupils,
        intervention=(schools["intervention"] == "yes").to_numpy(),
        roll=schools["pupils"].cast(pl.Float64).to_numpy(),
        free_school_meals=schools["free_school_meals_percent"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        cluster=tuple(group or school for group, school in zip(schools["cluster"].to_list(), labels, strict=True)),
        excluded=tuple(reason or "" for reason in schools["excluded"].to_list()),
        unit_of_count=1.0 if unit_of_count is None else unit_of_count,
    )


def _refuse_lots(outcome: str, cells: pl.DataFrame) -> None:
    """Raises TableError where the outcome's code says that counts come in lots, or most that are not 0 are above the pupils."""
    counted = cells.filter(pl.col("count") > 0)
    lots = counted.filter(pl.col("count") > pl.col("pupils")).height
    if not LOTS & set(outcome.split("_")) and 2 * lots <= counted.height:
        return
    raise TableError(
        f"{YEAR_GROUP_TERMS.file}: one child has many of {outcome}, so that they are not independent events, and taken for such "
        f"they make trends seem reliable. Say how many make one event: --unit-of-count {outcome}=122 for days, if a child can "
        f"have 122 in a term; or {outcome}=1 if each is one, or --outcome to match others alone."
    )


def _refuse_unknown(what: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise TableError(
            f"{YEAR_GROUP_TERMS.file} has no {what} {name!r}; it has: {', '.join(known)}.{did_you_mean(name, known)}"
        )


def _year_order(year_group: str) -> tuple[int, str]:
    return (int(year_group) if year_group.isdecimal() else -1), year_group


def _in_order(column: pl.Series) -> tuple[str, ...]:
    return tuple(column.unique(maintain_order=True).to_list())
