"""The rows of trial_schools.csv, checked against the protocol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from swis.study.trial.protocol import TrialProtocol
from swis.study.trial.rows import TrialSchool
from swis.tables.nearest import did_you_mean, plain_name
from swis.tables.problem import Problem
from swis.tables.trial_schools import SUBGROUP_COLUMNS, TRIAL_SCHOOLS

Rows = Sequence[Mapping[str, Any]]


def read_trial_schools(frame: pl.DataFrame, protocol: TrialProtocol) -> tuple[tuple[TrialSchool, ...], list[Problem]]:
    """The randomised schools, and every row that contradicts the protocol or another row."""
    rows = frame.to_dicts()
    problems = [
        *_check_authorities(rows, protocol),
        *_check_arms(rows),
        *_check_spelling(rows),
        *_check_free_school_meals(rows),
        *_check_months(rows),
        *_check_subgroups(rows, protocol),
    ]
    return tuple(_read_row(row) for row in rows), problems


def _read_row(row: Mapping[str, Any]) -> TrialSchool:
    return TrialSchool(
        row=row["row"],
        school=row["school"],
        authority=row["authority"],
        phase=row["phase"],
        arm=row["arm"],
        pupils=row["pupils"],
        free_school_meals_percent=row["free_school_meals_percent"],
        received=row["received"],
        months_with_worker=row["months_with_worker"],
        why_not_analysed=row["why_not_analysed"] or "",
        replaces=row["replaces"],
        groups={name: str(row[name]) for name in SUBGROUP_COLUMNS if row[name] is not None},
    )


def _problem(what: str, what_to_do: str, rows: Sequence[int] = (), column: str = "") -> Problem:
    return Problem(TRIAL_SCHOOLS.file, what, what_to_do, tuple(rows), column)


def _check_authorities(rows: Rows, protocol: TrialProtocol) -> list[Problem]:
    known = protocol.authorities
    unknown: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row["authority"] not in known:
            unknown[row["authority"]].append(row["row"])
    problems = []
    for name, numbers in unknown.items():
        to_do = f"Correct it, or add it to the authorities of [trial].{did_you_mean(name, known)}"
        problems.append(_problem(f"{name} is not in trial.toml", to_do, numbers, "authority"))
    there = {row["authority"] for row in rows}
    empty = [name for name in known if name not in there]
    if empty:
        what = f"has no school of {', '.join(empty)}"
        problems.append(_problem(what, "Add the schools that were randomised there, or take the authority out."))
    return problems


def _check_arms(rows: Rows) -> list[Problem]:
    return [
        _problem(f"has no school of the arm {arm}", "A trial needs both; add the rows.", column="arm")
        for arm in ("intervention", "comparison")
        if not any(row["arm"] == arm for row in rows)
    ]


def _check_spelling(rows: Rows) -> list[Problem]:
    alike: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[plain_name(row["school"])].append(row)
    return [
        _problem(
            f"{' and '.join(row['school'] for row in same)} differ only in their spelling",
            "Keep one row for a school.",
            [row["row"] for row in same],
            "school",
        )
        for same in alike.values()
        if len(same) > 1
    ]


def _check_free_school_meals(rows: Rows) -> list[Problem]:
    name = "free_school_meals_percent"
    wrong = [row["row"] for row in rows if row[name] is not None and row[name] > 100]
    return [_problem("above 100 per cent", "Write a percentage from 0 to 100.", wrong, name)] if wrong else []


def _check_months(rows: Rows) -> list[Problem]:
    wrong = [row["row"] for row in rows if row["received"] is False and (row["months_with_worker"] or 0) > 0]
    if not wrong:
        return []
    what = "a school that received no worker has months with one"
    return [_problem(what, "Make received and months_with_worker agree.", wrong, "months_with_worker")]


def _check_subgroups(rows: Rows, protocol: TrialProtocol) -> list[Problem]:
    problems = []
    for subgroup in protocol.subgroups:
        lacking = [row["row"] for row in rows if row[subgroup.column] is None]
        if lacking:
            what = f"{len(lacking)} schools have no {subgroup.column}, by which the subgroup {subgroup.name} is named"
            problems.append(_problem(what, "Fill it in for every school.", lacking, subgroup.column))
    return problems
