"""The rows of school_terms.csv and school_scores.csv, each with the randomised school that it counts for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from swis.errors import TableError
from swis.study.trial.protocol import TrialProtocol
from swis.study.trial.rows import ScoreRow, TrialCell
from swis.study.trial.units import Units
from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem, tell_problems
from swis.tables.school_scores import SCHOOL_SCORES
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.table import Table
from swis.tables.trial_schools import TRIAL_SCHOOLS

Rows = Sequence[Mapping[str, Any]]


def read_cells(frame: pl.DataFrame, protocol: TrialProtocol, units: Units) -> tuple[TrialCell, ...]:
    """The counts by school and term. Raises TableError with every row that does not belong to the trial."""
    rows = frame.to_dicts()
    counted = [outcome.code for outcome in protocol.outcomes if outcome.kind != "scores"]
    codes = counted + [outcome.possible for outcome in protocol.outcomes if outcome.possible]
    problems = _check_names(SCHOOL_TERMS, "outcome", rows, codes, "an [[outcome]] of trial.toml")
    problems += check_schools(SCHOOL_TERMS, rows, units)
    problems += _check_names(SCHOOL_TERMS, "term", rows, protocol.terms.order, "the order of [terms] in trial.toml")
    refuse(problems)
    cells = tuple(_read_cell(row, units.school_of_label[row["school"]]) for row in rows)
    refuse([*_check_twice(cells, units), *_check_pupils(cells), *_check_sessions(cells, protocol)])
    refuse(_check_follow_up(cells, protocol))
    return cells


def read_scores(frame: pl.DataFrame, protocol: TrialProtocol, units: Units) -> tuple[ScoreRow, ...]:
    """The scores by school. Raises TableError with every row that does not belong to the trial."""
    rows = frame.to_dicts()
    codes = [outcome.code for outcome in protocol.outcomes if outcome.kind == "scores"]
    problems = _check_names(SCHOOL_SCORES, "outcome", rows, codes, "an [[outcome]] of trial.toml, of the kind scores")
    problems += check_schools(SCHOOL_SCORES, rows, units)
    refuse(problems)
    scores = tuple(_read_score(row, units.school_of_label[row["school"]]) for row in rows)
    refuse(_check_scores_twice(scores, units))
    return scores


def refuse(problems: Sequence[Problem]) -> None:
    """Raises TableError if there are problems."""
    if problems:
        raise TableError(tell_problems(problems))


def _read_cell(row: Mapping[str, Any], school: str) -> TrialCell:
    return TrialCell(
        row=row["row"],
        outcome=row["outcome"],
        label=row["school"],
        school=school,
        heading="intervention" if row["arm"] == "intervention" else "comparison",
        term=row["term"],
        count=row["count"],
        pupils=row["pupils"],
    )


def _read_score(row: Mapping[str, Any], school: str) -> ScoreRow:
    return ScoreRow(
        row=row["row"],
        outcome=row["outcome"],
        label=row["school"],
        school=school,
        pupils=row["pupils"],
        mean=row["mean"],
        standard_deviation=row["standard_deviation"],
        baseline_mean=row["baseline_mean"],
    )


def _check_names(table: Table, column: str, rows: Rows, known: Sequence[str], place: str) -> list[Problem]:
    unknown: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row[column] not in known:
            unknown[row[column]].append(row["row"])
    return [
        Problem(
            table.file,
            f"{name} is not known",
            f"Correct it, or add it to {place}.{did_you_mean(name, known)}",
            tuple(numbers),
            column,
        )
        for name, numbers in unknown.items()
    ]


def check_schools(table: Table, rows: Rows, units: Units) -> list[Problem]:
    """Rows of schools that are not in the trial, under their own label or a later one."""
    place = f"{TRIAL_SCHOOLS.file} if it was randomised, or to a [[change]] if it is a new label"
    return _check_names(table, "school", rows, list(units.school_of_label), place)


def _check_twice(cells: Iterable[TrialCell], units: Units) -> list[Problem]:
    """A school under its old and its new label in one term would be counted twice."""
    groups: dict[tuple[str, str, str], list[TrialCell]] = defaultdict(list)
    for cell in cells:
        groups[cell.outcome, cell.school, cell.term].append(cell)
    merged = {unit.name for unit in units.units if len(unit.members) > 1}
    return [
        Problem(
            SCHOOL_TERMS.file,
            f"{outcome}, {school}, {term} is there as {' and '.join(cell.label for cell in same)}",
            "Keep one row: the school is the same.",
            tuple(cell.row for cell in same),
            "school",
        )
        for (outcome, school, term), same in groups.items()
        if len(same) > 1 and school not in merged
    ]


def _check_scores_twice(scores: Iterable[ScoreRow], units: Units) -> list[Problem]:
    groups: dict[tuple[str, str], list[ScoreRow]] = defaultdict(list)
    for score in scores:
        groups[score.outcome, units.unit_of_school[score.school]].append(score)
    return [
        Problem(
            SCHOOL_SCORES.file,
            f"{outcome}, {school} is there as {' and '.join(score.label for score in same)}, which are one school now",
            "Keep one row, of all its pupils: means of two schools cannot be added up.",
            tuple(score.row for score in same),
            "school",
        )
        for (outcome, school), same in groups.items()
        if len(same) > 1
    ]


def _check_pupils(cells: Iterable[TrialCell]) -> list[Problem]:
    rows = tuple(cell.row for cell in cells if cell.pupils == 0 and cell.count > 0)
    if not rows:
        return []
    what = f"{len(rows)} school-term{'s have' if len(rows) > 1 else ' has'} a count but no pupils"
    return [Problem(SCHOOL_TERMS.file, what, "Write the pupils on the roll, or take the row out.", rows, "pupils")]


def _check_sessions(cells: Iterable[TrialCell], protocol: TrialProtocol) -> list[Problem]:
    place = {(cell.outcome, cell.label, cell.term): cell for cell in cells}
    problems = []
    for outcome in protocol.outcomes:
        missed = [cell for cell in place.values() if outcome.possible and cell.outcome == outcome.code]
        possible = [place.get((outcome.possible or "", cell.label, cell.term)) for cell in missed]
        pairs = list(zip(missed, possible, strict=True))
        without = tuple(cell.row for cell, other in pairs if other is None)
        above = tuple(cell.row for cell, other in pairs if other is not None and cell.count > other.count)
        if without:
            what = f"{outcome.code} has rows without {outcome.possible} of the same school and term"
            problems.append(Problem(SCHOOL_TERMS.file, what, "Add the sessions possible.", without, "outcome"))
        if above:
            what = f"{outcome.code} is more than {outcome.possible}"
            problems.append(Problem(SCHOOL_TERMS.file, what, "Correct the one or the other.", above, "count"))
    return problems


def _check_follow_up(cells: Iterable[TrialCell], protocol: TrialProtocol) -> list[Problem]:
    after = set(protocol.terms.follow_up)
    there = {cell.outcome for cell in cells if cell.term in after}
    return [
        Problem(
            SCHOOL_TERMS.file,
            f"has no rows of {outcome.code} after the start",
            "Add them, or take the [[outcome]] out.",
        )
        for outcome in protocol.outcomes
        if outcome.kind != "scores" and outcome.code not in there
    ]
