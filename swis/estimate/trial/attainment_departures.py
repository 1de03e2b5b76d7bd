"""Scores when the plan was not kept: per protocol, the complier average, and what if the missing scores are unlike the others.

The complier average divides the difference by what the draw did to the uptake, both adjusted alike (Bloom 1984, Evaluation
Review 8, 225-246; two-stage least squares with the draw as instrument); it is for one-sided uptake. Missing scores: complete
authorities, and a pattern mixture with a stated shift (White, Carpenter and Horton 2018, Statistica Sinica 28, 1985-2003).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.trial.attainment import EffectSize, SchoolScores, effect_size, fit_scores
from swis.estimate.trial.result import known_level

ATTAINMENT_COMPLIER = "Hedges' g, complier average"
FARTHEST_SHIFT = 2.0
SHIFTS = ((-0.2, 0.0), (0.2, 0.0), (0.0, -0.2), (0.0, 0.2))


def attainment_per_protocol(scores: SchoolScores, took_worker: NDArray[np.bool_], *, level: float = 0.95) -> EffectSize:
    """Hedges' g among schools that did what they were drawn for; `took_worker` has one value for each school of the scores."""
    took = _one_for_each_school(scores, took_worker)
    kept = scores.keep_schools(took == scores.intervention, reason="did not do what it was drawn for")
    return effect_size(kept, label="per protocol", level=level)


@dataclass(frozen=True)
class ScoreComplier:
    """The effect in schools that would take a worker if drawn for one. `uptake` is what the draw did to the share that took one,
    adjusted as the scores are."""

    effect: EffectSize
    uptake: float

    def __repr__(self) -> str:
        return f"ScoreComplier({self.effect!r}; uptake {self.uptake:.0%})"

    def __str__(self) -> str:
        return str(self.effect)


def attainment_complier_average(
    scores: SchoolScores, took_worker: NDArray[np.bool_], *, level: float = 0.95
) -> ScoreComplier:
    """Hedges' g in schools that would take a worker if drawn for one, from the draw itself.

    Counted: every school with scores. The p-value is that of intention to treat: where the draw has no effect the worker has
    none. The uptake is taken as known, as it is where there is no effect. Raises NotEstimable where a school of the other arm
    had a worker.
    """
    took = _one_for_each_school(scores, took_worker)
    if (took & ~scores.intervention).any():
        raise NotEstimable(
            f"{scores.outcome}: a school drawn for no worker had one; the complier average is for one-sided uptake."
        )
    kept = scores.tested
    took = took[[name in set(kept.schools) for name in scores.schools]]
    if not took.any():
        raise NotEstimable(f"{scores.outcome}: no school took a worker.")
    effect = effect_size(kept, level=level)
    fit = fit_scores(kept, {"social worker": kept.intervention.astype(float)})
    weighted = fit.weight[:, None] * fit.columns
    uptake = float((fit.covariance @ (weighted.T @ took.astype(float)))[0])
    if not uptake > 0:
        raise NotEstimable(f"{scores.outcome}: the draw did not raise the uptake of workers.")
    moved = ("g", "low", "high", "standard_error", "difference", "difference_error")
    return ScoreComplier(
        effect=replace(
            effect,
            **{name: getattr(effect, name) / uptake for name in moved},
            label="complier average",
            held=known_level(ATTAINMENT_COMPLIER, len(kept.schools)),
        ),
        uptake=uptake,
    )


def _one_for_each_school(scores: SchoolScores, took_worker: NDArray[np.bool_]) -> NDArray[np.bool_]:
    took = np.asarray(took_worker)
    if took.shape != scores.intervention.shape or not np.isin(took, (0, 1)).all():
        raise NotEstimable(
            f"{scores.outcome}: took_worker needs true or false for each of the {len(scores.schools)} schools."
        )
    return took.astype(bool)


@dataclass(frozen=True)
class ShiftedEffect:
    """Hedges' g if the missing schools of each arm lie this many standard deviations from expectation."""

    shift_with: float
    shift_without: float
    g: float
    low: float
    high: float


@dataclass(frozen=True)
class MissingScores:
    """`share_with` and `share_without` are the shares of each arm's pupils whose scores are missing.

    `tipping` is the shift of the missing schools with a worker at which the interval would begin to include, or leave out,
    nought; None where no shift within two standard deviations does.
    """

    all_tested: EffectSize
    complete_authorities: EffectSize | None
    share_with: float
    share_without: float
    shifted: tuple[ShiftedEffect, ...]
    tipping: float | None

    def __repr__(self) -> str:
        return f"MissingScores({self.share_with:.0%} with and {self.share_without:.0%} without a worker missing)"

    def __str__(self) -> str:
        e, c = self.all_tested, self.complete_authorities
        schools = e.schools_with + e.schools_without
        return "\n".join(
            [
                f"Missing scores: {self.share_with:.1%} of the pupils of the intervention arm and "
                f"{self.share_without:.1%} of the other",
                f"All that were returned: g {e.g:.3g} ({e.low:.3g} to {e.high:.3g}), {schools} schools",
                "Complete authorities only: none is complete, or too few are"
                if c is None
                else f"Complete authorities only: g {c.g:.3g} ({c.low:.3g} to {c.high:.3g}), "
                f"{c.schools_with + c.schools_without} schools",
                *(
                    f"If the missing with a worker lay {s.shift_with:+g} and those without {s.shift_without:+g} standard "
                    f"deviations from expectation: g {s.g:.3g} ({s.low:.3g} to {s.high:.3g})"
                    for s in self.shifted
                ),
                "No shift within two standard deviations turns the finding"
                if self.tipping is None
                else f"The finding turns at a shift of {self.tipping:+.3g} of the missing with a worker",
            ]
        )


def attainment_missing(
    scores: SchoolScores, *, shifts: tuple[tuple[float, float], ...] = SHIFTS, level: float = 0.95
) -> MissingScores:
    """The sensitivity of Hedges' g to scores that were not returned. A shift of nought is missing at random.

    Raises NotEstimable if nothing is missing, or a shift is not a number.
    """
    missing = ~np.isfinite(scores.mean)
    if not missing.any():
        raise NotEstimable(f"{scores.outcome}: every school returned its scores.")
    if not np.isfinite(np.array(shifts)).all():
        raise NotEstimable(f"{scores.outcome}: a shift is a number of standard deviations.")
    base = effect_size(scores, level=level)
    arms = (scores.intervention, ~scores.intervention)
    shares = [float(scores.pupils[missing & arm].sum() / scores.pupils[arm].sum()) for arm in arms]
    incomplete = {name for name, gone in zip(scores.authorities, missing, strict=True) if gone}
    complete = np.array([name not in incomplete for name in scores.authorities])
    return MissingScores(
        all_tested=base,
        complete_authorities=_of_complete(scores, complete, level),
        share_with=shares[0],
        share_without=shares[1],
        shifted=tuple(_shifted(base, shares, pair) for pair in shifts),
        tipping=_tipping(base, shares[0]),
    )


def _of_complete(scores: SchoolScores, complete: NDArray[np.bool_], level: float) -> EffectSize | None:
    if not complete.any():
        return None
    kept = scores.keep_schools(complete, reason="its authority is not complete")
    try:
        return effect_size(kept, level=level)
    except NotEstimable:
        return None


def _shifted(base: EffectSize, shares: list[float], shifts: tuple[float, float]) -> ShiftedEffect:
    # The shift is stated, not estimated: it moves the interval and adds no uncertainty.
    moved = shares[0] * shifts[0] - shares[1] * shifts[1]
    return ShiftedEffect(*shifts, base.g + moved, base.low + moved, base.high + moved)


def _tipping(base: EffectSize, share: float) -> float | None:
    if share == 0:
        return None
    found = [-end / share for end in (base.low, base.high) if abs(end / share) <= FARTHEST_SHIFT]
    return min(found, key=abs) if found else None
