"""The rows of school_terms.csv, each with the school of the protocol that it is about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from swis.errors import TableError
from swis.study.protocol import Arm, Outcome, Protocol
from swis.tables.nearest import did_you_mean
from swis.tables.printed import Printed
from swis.tables.problem import Problem, tell_problems
from swis.tables.school_terms import SCHOOL_TERMS

_SUFFIX = re.compile(r".*[_ -](INT|COMP)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class SchoolTerm:
    """One printed cell: outcome, school and term, the count and the pupils, and how the source shows them."""

    row: int
    outcome: str
    label: str
    school: str
    heading: Arm
    term: str
    count: int
    pupils: int
    printed_rate: Printed | None
    rate_per_pupils: int | None

    @property
    def arm_in_label(self) -> Arm | None:
        """The arm that the label itself names by its ending, _INT or _COMP; None if it has no such ending."""
        match = _SUFFIX.fullmatch(self.label)
        if match is None:
            return None
        return "intervention" if match[1].upper() == "INT" else "comparison"


def read_school_terms(frame: pl.DataFrame, protocol: Protocol) -> tuple[SchoolTerm, ...]:
    """The rows as school-terms of the protocol. Raises TableError with every row that does not belong to it."""
    rows = frame.to_dicts()
    school_of = {label: school.id for school in protocol.schools for label in school.printed_as}
    problems = _check_names("outcome", rows, [outcome.code for outcome in protocol.outcomes], "an [[outcome]]")
    problems += _check_names("school", rows, list(school_of), "the printed_as of a school")
    problems += _check_names("term", rows, protocol.terms.order, "the order of [terms]")
    if problems:
        raise TableError(tell_problems(problems))
    cells = tuple(_read_row(row, school_of[row["school"]]) for row in rows)
    problems = [*_check_twice(cells), *_check_pupils(cells)]
    for outcome in protocol.outcomes:
        problems += _check_outcome(outcome, [c for c in cells if c.outcome == outcome.code], protocol)
    if problems:
        raise TableError(tell_problems(problems))
    return cells


def schools_in_printed_order(outcome: Outcome, cells: Iterable[SchoolTerm]) -> tuple[str, ...]:
    """The schools that belong to an outcome, in the order of the protocol, else as they first appear."""
    return outcome.schools or tuple(dict.fromkeys(c.school for c in cells if c.outcome == outcome.code))


def _read_row(row: dict[str, object], school: str) -> SchoolTerm:
    rate = row["printed_rate"]
    return SchoolTerm(
        row=int(str(row["row"])),
        outcome=str(row["outcome"]),
        label=str(row["school"]),
        school=school,
        heading="intervention" if row["arm"] == "intervention" else "comparison",
        term=str(row["term"]),
        count=int(str(row["count"])),
        pupils=int(str(row["pupils"])),
        printed_rate=None if rate is None else Printed(str(rate)),
        rate_per_pupils=None if row["rate_per_pupils"] is None else int(str(row["rate_per_pupils"])),
    )


def _problem(what: str, what_to_do: str, *, rows: Sequence[int] = (), column: str = "") -> Problem:
    return Problem(SCHOOL_TERMS.file, what, what_to_do, tuple(rows), column)


def _check_names(column: str, rows: list[dict[str, object]], known: Sequence[str], place: str) -> list[Problem]:
    unknown: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row[column] not in known:
            unknown[str(row[column])].append(int(str(row["row"])))
    return [
        _problem(
            f"{name} is not in study.toml",
            f"Correct it, or add it to {place} there.{did_you_mean(name, known)}",
            rows=numbers,
            column=column,
        )
        for name, numbers in unknown.items()
    ]


def group_cells(
    cells: Iterable[SchoolTerm], by: Callable[[SchoolTerm], tuple[str, ...]]
) -> dict[tuple[str, ...], list[SchoolTerm]]:
    """The cells in groups, in their order."""
    groups: dict[tuple[str, ...], list[SchoolTerm]] = defaultdict(list)
    for cell in cells:
        groups[by(cell)].append(cell)
    return dict(groups)


def _check_twice(cells: Iterable[SchoolTerm]) -> list[Problem]:
    groups = group_cells(cells, lambda c: (c.outcome, c.school, c.term))
    return [
        _problem(
            f"{outcome}, {school}, {term} is there {len(group)} times, as {' and '.join(c.label for c in group)}",
            "Keep one row.",
            rows=[c.row for c in group],
        )
        for (outcome, school, term), group in groups.items()
        if len(group) > 1
    ]


def _check_pupils(cells: Iterable[SchoolTerm]) -> list[Problem]:
    rows = [c.row for c in cells if c.pupils == 0 and c.count > 0]
    if not rows:
        return []
    what = f"{len(rows)} school-term{'s have' if len(rows) > 1 else ' has'} a count but no pupils"
    return [_problem(what, "Write the pupils on the roll, or take the row out.", rows=rows, column="pupils")]


def _check_outcome(outcome: Outcome, cells: list[SchoolTerm], protocol: Protocol) -> list[Problem]:
    if not cells:
        return [_problem(f"has no rows for the outcome {outcome.code}", "Add them, or take the [[outcome]] out.")]
    present = {c.school for c in cells}
    problems = [
        _problem(f"{outcome.code} has no row in {term}", "Add the rows, or change [terms] in study.toml.")
        for term in (protocol.terms.reference, *protocol.terms.after)
        if not any(c.term == term for c in cells)
    ]
    problems += [
        _problem(f"{outcome.code} has no school of the arm {arm}", "A comparison needs both; add the rows.")
        for arm in ("intervention", "comparison")
        if not any(protocol.school(school).arm == arm for school in present)
    ]
    if outcome.schools is not None and set(outcome.schools) != present:
        lacking = [f"{school} has no rows" for school in outcome.schools if school not in present]
        beyond = [f"{school} is not in its list" for school in sorted(present - set(outcome.schools))]
        problems.append(
            _problem(
                f"the schools of {outcome.code} are not those of its list in study.toml: "
                f"{', '.join([*lacking, *beyond])}",
                "Make schools of the [[outcome]] and the rows agree.",
            )
        )
    elif outcome.constant_school is not None and outcome.constant_school not in present:
        problems.append(
            _problem(f"{outcome.code} has no rows of its constant_school {outcome.constant_school}", "Name another.")
        )
    return problems
