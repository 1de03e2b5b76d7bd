"""From the cells of an outcome to the table that the estimators take: terms added up, one row a unit or a unit and follow-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.attainment import SchoolScores
from swis.estimate.trial.trial_table import LeftOut, TrialTable
from swis.study.trial.add_up import add_up, expected_exposure
from swis.study.trial.covariates import covariates_of
from swis.study.trial.protocol import FollowUp, TrialOutcome, TrialProtocol
from swis.study.trial.rows import ScoreRow
from swis.study.trial.trial import Trial
from swis.study.trial.units import Unit, Units

NOT_RETURNED = "not returned, and no reason given"
NOTHING_RETURNED = "its authority returned nothing"
SESSIONS = "sessions possible"
PUPIL_YEARS = "pupil-years"


def build_table(trial: Trial, units: Units, outcome: TrialOutcome, *, by_follow_up: bool = False) -> TrialTable:
    """The table of a count outcome over the main follow-up, every unit in it; `by_follow_up`: a row for each follow-up.

    Exposure is pupils times the length of each observed term in years, or sessions possible. A unit that returned
    nothing has NaN and its reason, and the exposure that its pupils before the draw would have had.
    """
    periods = trial.protocol.terms.follow_ups if by_follow_up else (main_period(trial.protocol),)
    covariates = covariates_of(trial, units, outcome)
    rows = [(unit, period) for period in periods for unit in units.units]
    sums = {period.name: add_up(trial, units, outcome, period.terms) for period in periods}
    found = [sums[period.name].get(unit.name) for unit, period in rows]
    unknown = expected_exposure(trial.protocol, outcome, periods)

    def every(values: Array | None) -> Array | None:
        return None if values is None else np.tile(values, len(periods))

    return TrialTable(
        outcome=outcome.code,
        schools=tuple(unit.name for unit, _ in rows),
        authorities=tuple(unit.authority for unit, _ in rows),
        intervention=np.array([unit.arm == "intervention" for unit, _ in rows]),
        count=np.array([np.nan if one is None else one.count for one in found]),
        exposure=np.array(
            [
                unit.pupils * unknown[period.name] if one is None else one.exposure
                for (unit, period), one in zip(rows, found, strict=True)
            ]
        ),
        pupils=every(covariates.pupils),
        baseline_count=every(covariates.baseline_count),
        baseline_pupils=every(covariates.baseline_exposure),
        free_school_meals=every(covariates.free_school_meals),
        follow_up=tuple(period.name for _, period in rows) if by_follow_up else None,
        missing_because=reasons_of(
            trial, units, [unit for (unit, _), one in zip(rows, found, strict=True) if one is None]
        ),
        left_out=merged_away(units),
        unit=SESSIONS if outcome.kind == "sessions" else PUPIL_YEARS,
    )


def main_period(protocol: TrialProtocol) -> FollowUp:
    """The terms that the planned analysis is of: the follow-up that was named for it, else all of them together."""
    several, named = protocol.terms.follow_ups, protocol.options.main_follow_up
    if named is not None:
        return next(each for each in several if each.name == named)
    return several[0] if len(several) == 1 else FollowUp("all follow-ups", protocol.terms.follow_up)


def merged_away(units: Units) -> tuple[LeftOut, ...]:
    """Randomised schools that are counted within another."""
    return tuple(
        LeftOut(each.school, f"merged with {unit.name}, counted there")
        for unit in units.units
        for each in unit.members
        if each.school != unit.name
    )


def reasons_of(trial: Trial, units: Units, missing: Iterable[Unit]) -> dict[str, str]:
    """Why each of these units has no outcome: what was declared of it, else that its authority has none, or nobody said."""
    gone = {unit.name: unit for unit in missing}
    returned = {unit.authority for unit in units.units if unit.name not in gone}
    changes = [change for change in trial.protocol.changes if change.kind in ("closed", "withdrew")]
    changed = {change.school: f"{change.kind}: {change.reason}" for change in changes}
    return {name: _reason(unit, changed, unit.authority in returned) for name, unit in gone.items()}


def _reason(unit: Unit, changed: Mapping[str, str], others_returned: bool) -> str:
    told = [changed.get(each.school) or each.why_not_analysed for each in unit.members]
    return next((why for why in told if why), NOT_RETURNED if others_returned else NOTHING_RETURNED)


def build_scores(trial: Trial, units: Units, outcome: TrialOutcome) -> SchoolScores:
    """The scores of an outcome, every unit in it. Raises NotEstimable without any.

    A unit that returned none has NaN and its reason, and as pupils to be tested its roll times the share of the roll that
    was tested elsewhere.
    """
    rows = {units.unit_of_school[row.school]: row for row in trial.scores if row.outcome == outcome.code}
    if not rows:
        raise NotEstimable(f"{outcome.code}: school_scores.csv has no rows of it.")
    own = [rows.get(unit.name) for unit in units.units]
    there = [(unit.pupils, row.pupils) for unit, row in zip(units.units, own, strict=True) if row is not None]
    tested = sum(pupils for _, pupils in there) / sum(roll for roll, _ in there)
    gone = [unit for unit in units.units if unit.name not in rows]
    return SchoolScores(
        outcome=outcome.code,
        schools=tuple(unit.name for unit in units.units),
        authorities=tuple(unit.authority for unit in units.units),
        intervention=np.array([unit.arm == "intervention" for unit in units.units]),
        pupils=np.array(
            [
                max(1.0, unit.pupils * tested) if row is None else row.pupils
                for unit, row in zip(units.units, own, strict=True)
            ]
        ),
        mean=np.array([np.nan if row is None else float(row.mean) for row in own]),
        deviation=np.array([np.nan if row is None else float(row.standard_deviation) for row in own]),
        covariates=_score_covariates(own, trial.protocol),
        missing_because=reasons_of(trial, units, gone),
        left_out=merged_away(units),
    )


def _score_covariates(rows: Sequence[ScoreRow | None], protocol: TrialProtocol) -> dict[str, Array]:
    before = [row.baseline_mean for row in rows if row is not None]
    known = [float(value) for value in before if value is not None]
    if "baseline" not in protocol.options.covariates or len(known) < len(before) or len(set(known)) < 2:
        return {}
    # A school without scores is in no fit: it has the mean of the others so that the column is whole.
    mean = sum(known) / len(known)
    return {"mean before the draw": np.array([mean if row is None else float(row.baseline_mean or 0) for row in rows])}
