"""Trials that the tests of their report share the drawing of: folders that are really run, and outcomes of other kinds beside."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from swis.estimate.trial.attainment import SchoolScores, effect_size
from swis.estimate.trial.attainment_effects import attainment_randomisation
from swis.estimate.trial.attendance import sessions_missed
from swis.estimate.trial.clustering import score_icc
from swis.estimate.trial.randomisation import randomisation_test
from swis.estimate.trial.trial_table import TrialTable
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation
from swis.study.trial.protocol import TrialOutcome
from swis.study.trial.read import read_trial
from swis.study.trial.verdict import TrialVerdict
from tests.study.trial.drawn import DrawnTrial

ABSENCE = TrialOutcome("absence", "Sessions missed", "sessions", 1, Decimal(1), "sessions_possible", False)
SCORES = TrialOutcome("attainment", "Attainment", "scores", 1, Decimal(1), None, False)

FULL = """
[[subgroup]]
name = "Size"
column = "size_third"
[[note]]
severity = "warning"
what = "outcomes are made up"
what_to_do = "Quote nothing."
[[literature]]
what = "A trial elsewhere"
outcome = "s47"
rate_ratio = "1.055"
ci_low = "0.955"
ci_high = "1.166"
schools = 268
source = "Somebody 2024"
[tidier]
brief_name = "Social Workers in Schools"
procedures = "Statutory work from an office in the school."
[[change]]
school = "School 02"
kind = "closed"
reason = "too few pupils"
"""
SIZES = {f"School {i:02}": {"size_third": ("lowest", "highest")[i % 3 == 0]} for i in range(60)}


def evaluate_folder(folder: Path) -> TrialEvaluation:
    """The evaluation of what lies in a folder."""
    return evaluate_trial(read_trial(folder))


def full_trial(folder: Path, drawn: DrawnTrial | None = None) -> TrialEvaluation:
    """Most things are there: two outcomes, a subgroup, notes, literature, a closed school, one without worker, one missing."""
    drawn = drawn or DrawnTrial(outcomes=("s47", "s17"))
    arms = dict.fromkeys(drawn.names(), "")
    schools = {name: dict(cells) for name, cells in SIZES.items() if name in arms}
    schools["School 05"]["why_not_analysed"] = "the authority returned nothing"
    dropped = [("School 05", term) for term in ("autumn 2020", "spring 2021", "summer 2021")]
    path = drawn.write(folder, add=FULL, schools=schools, drop=dropped, trial='registration = "ISRCTN00000000"')
    take_a_worker_away(path / "trial_schools.csv")
    return evaluate_folder(path)


def take_a_worker_away(file: Path) -> None:
    """The first school that was drawn for a worker has none after all."""
    lines = file.read_text(encoding="utf-8").splitlines()
    first = next(place for place, line in enumerate(lines) if ",intervention," in line)
    lines[first] = lines[first].replace(",yes", ",no")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def with_other_kinds(evaluation: TrialEvaluation) -> TrialEvaluation:
    """The same with sessions and scores beside the counts."""
    table = evaluation.primary.table
    assert table is not None
    more = (sessions_result(table), scores_result(table))
    protocol = evaluation.trial.protocol
    outcomes = (*protocol.outcomes, *(one.outcome for one in more))
    trial = replace(evaluation.trial, protocol=replace(protocol, outcomes=outcomes))
    return replace(evaluation, trial=trial, outcomes=(*evaluation.outcomes, *more))


def sessions_result(table: TrialTable) -> OutcomeResult:
    """Sessions missed of possible in the schools of a table."""
    possible = np.round(table.exposure * 190)
    missed = np.where(np.isnan(table.count), np.nan, np.round(possible * 0.06 + 30 * np.nan_to_num(table.count)))
    own = replace(
        table, outcome=ABSENCE.code, count=missed, exposure=possible, baseline_count=None, baseline_pupils=None
    )
    own = replace(own, unit="sessions possible")
    sessions = sessions_missed(own)
    ends = {"low": sessions.estimate.low, "high": sessions.estimate.high}
    verdict = drawn_verdict("not supported", rules_out_worthwhile=True, room_for_harm=False, **ends)
    test = randomisation_test(own, draws=199, seed=2)
    return OutcomeResult(ABSENCE, "as locked", table=own, sessions=sessions, randomisation=test, verdict=verdict)


def scores_result(table: TrialTable) -> OutcomeResult:
    """Scores of the pupils of a table."""
    n, rng = len(table.names), np.random.default_rng(8)
    pupils = np.full(n, 150.0)
    means = 46 + rng.normal(0, 3, n)
    scores = SchoolScores(
        SCORES.code, table.names, table.authorities, table.intervention, pupils, means, np.full(n, 14.0)
    )
    effect, test = effect_size(scores), attainment_randomisation(scores, draws=199, seed=2)
    verdict = drawn_verdict("cannot tell", low=effect.low, high=effect.high, worthwhile=0.1, smallest_found=0.2)
    return OutcomeResult(
        SCORES,
        "added later",
        scores=scores,
        effect=effect,
        randomisation=test,
        clustering=score_icc(scores),
        verdict=verdict,
    )


def drawn_verdict(kind: str, **changed: float | bool) -> TrialVerdict:
    """A verdict as it might be; what does not matter to a test has one value."""
    usual: dict[str, object] = {
        "kind": kind,
        "low": 0.88,
        "high": 1.21,
        "worthwhile": 0.9,
        "power": 0.34,
        "smallest_found": 0.78,
        "rules_out_worthwhile": False,
        "room_for_harm": True,
        "level": 0.05,
        "reasons": ("the schools were too few",),
    }
    return TrialVerdict(**(usual | changed))  # type: ignore[arg-type]


def with_verdict(evaluation: TrialEvaluation, verdict: TrialVerdict) -> TrialEvaluation:
    """The same trial, its primary outcome judged otherwise."""
    judged = tuple(replace(one, verdict=verdict) if one.outcome.primary else one for one in evaluation.outcomes)
    return replace(evaluation, outcomes=judged)
