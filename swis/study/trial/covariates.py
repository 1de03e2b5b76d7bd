"""What a trial is adjusted for, school by school, and what had to be filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swis.estimate.comparison import Array
from swis.study.finding import Finding
from swis.study.trial.add_up import Sum, add_up, expected_exposure
from swis.study.trial.protocol import FollowUp, TrialOutcome
from swis.study.trial.trial import Trial
from swis.study.trial.units import Unit, Units
from swis.tables.trial_schools import TRIAL_SCHOOLS


@dataclass(frozen=True, eq=False)
class Covariates:
    """What is adjusted for, unit by unit, and what had to be filled in. None: not known of enough units, or not asked for."""

    baseline_count: Array | None
    baseline_exposure: Array | None
    pupils: Array | None
    free_school_meals: Array | None
    findings: tuple[Finding, ...]


def covariates_of(trial: Trial, units: Units, outcome: TrialOutcome) -> Covariates:
    """Baseline rate, size and free school meals of every unit; a value that is not known is that of the others together.

    The mean does no harm in a trial, because the draw knows nothing of what is missing (White and Thompson 2005,
    Statistics in Medicine 24, 993-1007). What is not known of half of the units is not adjusted for.
    """
    wanted, findings = trial.protocol.options.covariates, list[Finding]()
    count = exposure = meals = None
    if "baseline" in wanted and trial.protocol.terms.baseline:
        count, exposure = _baseline(trial, units, outcome, findings)
    if "free_school_meals" in wanted:
        meals = _free_school_meals(units, outcome, findings)
    pupils = np.array([float(unit.pupils) for unit in units.units]) if "pupils" in wanted else None
    return Covariates(count, exposure, pupils, meals, tuple(findings))


def _baseline(
    trial: Trial, units: Units, outcome: TrialOutcome, findings: list[Finding]
) -> tuple[Array, Array] | tuple[None, None]:
    terms = trial.protocol.terms
    sums = add_up(trial, units, outcome, terms.baseline)
    lacking = [unit.name for unit in units.units if unit.name not in sums]
    if not _enough(lacking, units, "its rate before the draw", outcome, findings):
        return None, None
    rate = sum(one.count for one in sums.values()) / sum(one.exposure for one in sums.values())
    years = expected_exposure(trial.protocol, outcome, [FollowUp("baseline", terms.baseline)])["baseline"]
    filled = [sums.get(unit.name) or Sum(rate * unit.pupils * years, unit.pupils * years, 0) for unit in units.units]
    return np.array([one.count for one in filled]), np.array([one.exposure for one in filled])


def _free_school_meals(units: Units, outcome: TrialOutcome, findings: list[Finding]) -> Array | None:
    known = [_meals_of(unit) for unit in units.units]
    lacking = [unit.name for unit, value in zip(units.units, known, strict=True) if value is None]
    if not _enough(lacking, units, "free school meals", outcome, findings):
        return None
    mean = float(np.mean([value for value in known if value is not None]))
    return np.array([mean if value is None else value for value in known])


def _meals_of(unit: Unit) -> float | None:
    """The percentage of all pupils of a unit; None if it is not known of one of its schools."""
    shares = [each.free_school_meals_percent for each in unit.members]
    if any(share is None for share in shares):
        return None
    eligible = sum(float(share or 0) * each.pupils for share, each in zip(shares, unit.members, strict=True))
    return eligible / unit.pupils


def _enough(lacking: Sequence[str], units: Units, what: str, outcome: TrialOutcome, findings: list[Finding]) -> bool:
    if not lacking:
        return True
    some = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
    said = f"{outcome.code}: of {len(lacking)} of {len(units.units)} schools {what} is not known ({some})"
    enough = 2 * len(lacking) < len(units.units)
    code, to_do = (
        ("covariate_filled_in", "They are given that of the others together, which the draw does not mind.")
        if enough
        else ("covariate_left_out", "It is not adjusted for.")
    )
    findings.append(Finding("warning", code, TRIAL_SCHOOLS.file, said, to_do, outcome=outcome.code))
    return enough
