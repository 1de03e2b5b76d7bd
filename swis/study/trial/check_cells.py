"""What the counts of a trial say against themselves and against the list of schools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from swis.estimate.trial.trial_table import TrialTable
from swis.study.finding import Finding, Severity
from swis.study.trial.aggregate import NOT_RETURNED, NOTHING_RETURNED, main_period
from swis.study.trial.covariates import covariates_of
from swis.study.trial.outcome_data import OutcomeData
from swis.study.trial.protocol import TrialOutcome
from swis.study.trial.rows import TrialCell
from swis.study.trial.trial import Trial
from swis.tables.school_scores import SCHOOL_SCORES
from swis.tables.school_terms import SCHOOL_TERMS


def check_cells(trial: Trial, data: Sequence[OutcomeData]) -> list[Finding]:
    """Every finding on headings, pupils, counts and what is missing, outcome by outcome."""
    findings = [*_check_headings(trial), *_check_left_out(data)]
    for one in data:
        own = [cell for cell in trial.cells if cell.outcome == one.outcome.code]
        findings += _check_no_pupils(one.outcome, own)
        findings += _check_counts(trial, one.outcome, own)
        if one.table is not None:
            findings += _check_partly_missing(trial, one.outcome, one.table, own)
            findings += covariates_of(trial, trial.units, one.outcome).findings
        if one.why_not:
            file = SCHOOL_SCORES.file if one.outcome.kind == "scores" else SCHOOL_TERMS.file
            to_do = "It has no result. Mend what is named, or take the outcome out."
            findings.append(
                Finding("warning", "outcome_not_analysed", file, one.why_not, to_do, outcome=one.outcome.code)
            )
    return findings


def _find(
    severity: Severity, code: str, what: str, what_to_do: str, cells: Sequence[TrialCell], column: str = ""
) -> Finding:
    outcomes, schools = {cell.outcome for cell in cells}, {cell.school for cell in cells}
    return Finding(
        severity,
        code,
        SCHOOL_TERMS.file,
        what,
        what_to_do,
        rows=tuple(sorted(cell.row for cell in cells)),
        column=column,
        outcome=outcomes.pop() if len(outcomes) == 1 else "",
        school=schools.pop() if len(schools) == 1 else "",
    )


def _check_headings(trial: Trial) -> list[Finding]:
    """The arm that rows stand under is only printed; the one that was drawn is in trial_schools.csv."""
    arm = {each.school: each.arm for each in trial.schools}
    wrong: dict[str, list[TrialCell]] = defaultdict(list)
    for cell in trial.cells:
        if cell.heading != arm[cell.school]:
            wrong[cell.school].append(cell)
    return [
        _find(
            "warning",
            "arm_contradicts",
            f"{school} was drawn for {arm[school]}, but stands under {cells[0].heading}",
            "The drawn arm is used. See which of the two tables is wrong.",
            cells,
            "arm",
        )
        for school, cells in wrong.items()
    ]


def _check_no_pupils(outcome: TrialOutcome, own: Sequence[TrialCell]) -> list[Finding]:
    empty = [cell for cell in own if cell.pupils == 0]
    if not empty:
        return []
    what = f"{outcome.code}: {len(empty)} school-terms have no pupils"
    return [_find("warning", "no_pupils", what, "They are taken as not observed.", empty, "pupils")]


def _check_counts(trial: Trial, outcome: TrialOutcome, own: Sequence[TrialCell]) -> list[Finding]:
    findings = []
    if outcome.kind == "events":
        too_many = [cell for cell in own if cell.count > cell.pupils > 0]
        what = f"{outcome.code}: {len(too_many)} school-terms count more than the pupils on the roll"
        to_do = "Look for a digit too many in the count, or one too few in the pupils."
        findings = [_find("warning", "more_events_than_pupils", what, to_do, too_many, "count")] if too_many else []
    if outcome.kind == "days":
        days = trial.protocol.terms.days
        too_many = [cell for cell in own if cell.term in days and cell.count > cell.pupils * days[cell.term]]
        what = f"{outcome.code}: {len(too_many)} counts are more than all pupils could spend in the term"
        findings = (
            [_find("warning", "more_days_than_possible", what, "Look into the source.", too_many, "count")]
            if too_many
            else []
        )
    return findings


def _check_left_out(data: Sequence[OutcomeData]) -> list[Finding]:
    """Missing outcomes: a warning where nobody said why, a note where somebody did. The same of several outcomes once."""
    missing: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for one in data:
        file = SCHOOL_SCORES.file if one.outcome.kind == "scores" else SCHOOL_TERMS.file
        reasons: dict[str, list[str]] = defaultdict(list)
        for each in one.left_out:
            if not each.reason.startswith("merged"):
                reasons[each.reason].append(each.school)
        for reason, names in reasons.items():
            missing[file, reason, tuple(names)].append(one.outcome.code)
    return [_tell_left_out(*group, outcomes) for group, outcomes in missing.items()]


def _tell_left_out(file: str, reason: str, names: Sequence[str], outcomes: Sequence[str]) -> Finding:
    told = reason not in (NOT_RETURNED, NOTHING_RETURNED)
    some = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return Finding(
        "note" if told else "warning",
        "outcome_missing" if told else "outcome_missing_without_reason",
        file,
        f"{', '.join(outcomes)}: {_schools(len(names))} not analysed ({reason}): {some}",
        "See what follows from it in the report." if told else "Say why under why_not_analysed.",
        outcome=outcomes[0] if len(outcomes) == 1 else "",
    )


def _schools(number: int) -> str:
    return "1 randomised school is" if number == 1 else f"{number} randomised schools are"


def _check_partly_missing(
    trial: Trial, outcome: TrialOutcome, table: TrialTable, own: Sequence[TrialCell]
) -> list[Finding]:
    """Units that were observed in some terms of the follow-up and not in others."""
    unit_of, terms = trial.units.unit_of_school, main_period(trial.protocol).terms
    seen: dict[str, set[str]] = defaultdict(set)
    for cell in own:
        if cell.term in terms and cell.pupils > 0:
            seen[unit_of[cell.school]].add(cell.term)
    names = [table.schools[row] for row in np.flatnonzero(np.isfinite(table.count))]
    partly = [name for name in names if 0 < len(seen[name]) < len(terms)]
    if not partly:
        return []
    some = ", ".join(f"{name} ({len(seen[name])} of {len(terms)} terms)" for name in partly[:5])
    more = f" and {len(partly) - 5} more" if len(partly) > 5 else ""
    what = f"{outcome.code}: {len(partly)} schools have rows of some follow-up terms only: {some}{more}"
    to_do = "They count with the terms that they have, and the pupil-years of those."
    return [Finding("warning", "follow_up_partly_missing", SCHOOL_TERMS.file, what, to_do, outcome=outcome.code)]
