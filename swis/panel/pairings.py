"""Which schools are compared in each outcome's analysis: all of arms.csv, or those that were matched by outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.errors import TableError
from swis.panel.arms import Arms, names_of
from swis.tables.matches import MATCHES
from swis.tables.problem import Problem, tell_problems
from swis.tables.read import read_table

MATCH_AGAIN = "Match again, or take the rows out."


@dataclass(frozen=True)
class Pairing:
    """The schools of one outcome's analysis."""

    intervention: tuple[str, ...]
    comparison: tuple[str, ...]


@dataclass(frozen=True)
class Pairings:
    """The pairings by outcome, and the outcomes that have none.

    `matched`: whether they come from matches.csv. `none_accepted`: schools were matched, and no match was accepted.
    `not_matched`: matches.csv does not have the outcome. `weighted`: candidates were weighted, not chosen; an analysis
    takes those with a weight, each as one.
    """

    by_outcome: Mapping[str, Pairing]
    matched: bool = False
    none_accepted: tuple[str, ...] = ()
    not_matched: tuple[str, ...] = ()
    weighted: tuple[str, ...] = ()


def pair_by_outcome(arms: Arms, outcomes: Sequence[str], folder: Path, schools: pl.DataFrame) -> Pairings:
    """The schools of each outcome's analysis; no outcome at all where comparison schools are not chosen yet.

    Comparison schools are those of arms.csv, else the accepted ones of matches.csv in the folder. There, a school with a
    social worker that was left without a match leaves the analysis of that outcome. `schools` are those of the panel.
    Raises TableError for a matches.csv that was made with other schools or arms.
    """
    if arms.comparison:
        return Pairings(dict.fromkeys(outcomes, Pairing(arms.intervention, arms.comparison)))
    path = folder / MATCHES.file
    if not path.exists():
        return Pairings({})
    matches = read_table(MATCHES, path).with_columns(pl.col("comparison_school").replace(names_of(schools)))
    units = _units(arms, schools)
    _refuse_other_schools(matches, arms, schools, units)
    accepted = matches.filter((pl.col("accepted") == "yes") & pl.col("comparison_school").is_not_null())
    by_outcome = {}
    for code in outcomes:
        own = accepted.filter(pl.col("outcome") == code)
        if own.height:
            members = {school for unit in own["intervention_unit"] for school in units[unit]}
            members -= _left_without(matches.filter(pl.col("outcome") == code), units)
            by_outcome[code] = Pairing(tuple(sorted(members)), tuple(own["comparison_school"].unique().sort()))
    known = set(matches["outcome"])
    return Pairings(
        by_outcome,
        matched=True,
        none_accepted=tuple(code for code in outcomes if code in known - by_outcome.keys()),
        not_matched=tuple(code for code in outcomes if code not in known),
        weighted=tuple(code for code in by_outcome if _is_weighted(accepted.filter(pl.col("outcome") == code))),
    )


def _is_weighted(rows: pl.DataFrame) -> bool:
    return bool((rows["weight"].cast(pl.Float64) != 1).any())


def _units(arms: Arms, schools: pl.DataFrame) -> Mapping[str, tuple[str, ...]]:
    """The schools with a social worker that each unit of matches.csv stands for: a school, a cluster, or all of a phase."""
    phases = dict(schools.select("school", "phase").iter_rows())
    names = names_of(schools)
    units: dict[str, tuple[str, ...]] = {}
    for school in arms.intervention:
        for unit in (arms.clusters.get(school), f"all schools with a social worker ({phases[school]})"):
            if unit is not None:
                units[unit] = (*units.get(unit, ()), school)
    return units | {name: (now,) for name, now in names.items() if now in arms.intervention}


def _left_without(matches: pl.DataFrame, units: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Schools that have a row of their own to say that they were left without a match."""
    left = matches.filter(pl.col("comparison_school").is_null())["intervention_unit"]
    return {school for unit in left for school in units.get(unit, ())}


def _refuse_other_schools(
    matches: pl.DataFrame, arms: Arms, schools: pl.DataFrame, units: Mapping[str, tuple[str, ...]]
) -> None:
    known = set(schools["school"])
    # What was not accepted enters no analysis; of what was, nothing may be guessed.
    used = matches.filter(pl.col("accepted") == "yes")
    checks: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
        (
            "intervention_unit",
            "not a school or cluster with a social worker by arms.csv",
            lambda unit: unit not in units,
        ),
        ("comparison_school", "not in the panel", lambda school: school not in known),
        ("comparison_school", "with a social worker by arms.csv", lambda school: school in arms.intervention),
        ("comparison_school", "left out by arms.csv", lambda school: school in arms.left_out),
    )
    problems = []
    for column, what, wrong in checks:
        rows = used.filter(pl.col(column).is_in([each for each in used[column].drop_nulls().unique() if wrong(each)]))
        if rows.height:
            named = ", ".join(rows[column].unique(maintain_order=True).head(10))
            problems.append(Problem(MATCHES.file, f"{what}: {named}", MATCH_AGAIN, tuple(rows["row"]), column))
    if problems:
        raise TableError(tell_problems(problems))
