"""Which schools of a panel take part in a study, and with what part: from arms.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from swis.errors import TableError
from swis.panel.panel import Panel
from swis.tables.arms import ARMS
from swis.tables.nearest import did_you_mean
from swis.tables.problem import Problem, tell_problems
from swis.tables.read import read_table


@dataclass(frozen=True)
class Arms:
    """The part of each school that has one. `clusters` and `strata` hold the schools that have them."""

    intervention: tuple[str, ...]
    comparison: tuple[str, ...]
    left_out: Mapping[str, str]
    clusters: Mapping[str, str]
    strata: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Arms({len(self.intervention)} with a social worker, {len(self.comparison)} compared with them)"


def read_arms(path: Path, panel: Panel) -> Arms:
    """The arms of the schools of a panel. A school may go by an earlier reference number. Raises TableError."""
    frame = read_table(ARMS, path)
    names = names_of(panel.schools)
    unknown = frame.filter(~pl.col("school").is_in(list(names)))
    problems = []
    if unknown.height:
        near = did_you_mean(unknown["school"][0], tuple(names))
        what = f"{unknown.height} of {frame.height:,} schools are not in the panel: {', '.join(unknown['school'][:10])}"
        to_do = f"Write them as in schools.csv of the panel.{near}"
        problems.append(Problem(ARMS.file, what, to_do, tuple(unknown["row"]), "school"))
    frame = frame.filter(pl.col("school").is_in(list(names))).with_columns(pl.col("school").replace(names))
    again = frame.filter(pl.col("school").is_duplicated())
    if again.height:
        what = f"one school is named by two of its numbers: {', '.join(again['school'].unique().sort())}"
        problems.append(Problem(ARMS.file, what, "Keep one row.", tuple(again["row"]), "school"))
    if not (frame["arm"] == "intervention").any():
        problems.append(Problem(ARMS.file, "no school has the arm intervention", "Mark those with a social worker."))
    if problems:
        raise TableError(tell_problems(problems))
    return _arms(frame, panel)


def names_of(schools: pl.DataFrame) -> dict[str, str]:
    """The label of a school by each of its numbers."""
    former = schools.select(pl.col("former_urns").fill_null("").str.split(" "), now="school").explode("former_urns")
    earlier = {number: now for number, now in former.iter_rows() if number}
    return earlier | {school: school for school in schools["school"]}


def _arms(frame: pl.DataFrame, panel: Panel) -> Arms:
    def of(arm: str) -> tuple[str, ...]:
        return tuple(frame.filter(pl.col("arm") == arm)["school"].sort())

    def column(name: str, rows: pl.DataFrame) -> dict[str, str]:
        return dict(rows.filter(pl.col(name).is_not_null()).select("school", name).iter_rows())

    left_out = frame.filter(pl.col("arm") == "left out").with_columns(pl.col("why").fill_null("left out by arms.csv"))
    return Arms(
        intervention=of("intervention"),
        comparison=of("comparison"),
        left_out=column("why", left_out),
        clusters=column("cluster", panel.schools) | column("cluster", frame),
        strata=column("stratum", frame),
    )
