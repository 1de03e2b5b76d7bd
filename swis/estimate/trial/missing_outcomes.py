"""What if the outcomes that were not returned are unlike those that were? Complete authorities, and a shift that is stated.

Outcomes are administrative: what is missing is a school, or an authority with all its schools. The default leaves them
out, which is right if their effect is like the others' (missing at random given authority and covariates). Beside it: only
authorities with every outcome; and a pattern mixture in which the rate of the missing schools with a worker is exp(shift)
times what the model expects of them (White, Carpenter and Horton 2018, Statistica Sinica 28, 1985-2003). `tipping` is the
shift at which the finding would turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.trial.intention_to_treat import TrialPlan, estimate_ratio
from swis.estimate.trial.result import TrialEstimate
from swis.estimate.trial.trial_table import TrialTable


@dataclass(frozen=True)
class ShiftedRatio:
    """The rate ratio if the missing schools of each arm differ from expectation by these factors."""

    factor_with: float
    factor_without: float
    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class MissingOutcomes:
    """`share_with` and `share_without` are the shares of each arm's randomised exposure (or pupils) that are missing.

    `tipping` is the factor on the missing schools with a worker at which the interval would begin to include, or leave
    out, a ratio of one; None where no factor between 1/20 and 20 does.
    """

    all_returned: TrialEstimate
    complete_authorities: TrialEstimate | None
    share_with: float
    share_without: float
    shifted: tuple[ShiftedRatio, ...]
    tipping: float | None

    def __repr__(self) -> str:
        return f"MissingOutcomes({self.share_with:.0%} with and {self.share_without:.0%} without a worker missing)"

    def __str__(self) -> str:
        e, c = self.all_returned, self.complete_authorities
        lines = [
            f"Missing outcomes: {self.share_with:.1%} of the intervention arm and {self.share_without:.1%} of the other, by size",
            f"All that were returned: {e.ratio:.3g} ({e.low:.3g} to {e.high:.3g}), {e.schools} schools",
            "Complete authorities only: none is complete"
            if c is None
            else f"Complete authorities only: {c.ratio:.3g} ({c.low:.3g} to {c.high:.3g}), {c.schools} schools",
            *(
                f"If the missing with a worker had {s.factor_with:g} and those without {s.factor_without:g} "
                f"times the expected rate: "
                f"{s.ratio:.3g} ({s.low:.3g} to {s.high:.3g})"
                for s in self.shifted
            ),
            "No factor between 1/20 and 20 turns the finding"
            if self.tipping is None
            else f"The finding turns at a factor of {self.tipping:.3g} on the missing with a worker",
        ]
        return "\n".join(lines)


def missing_outcomes(
    table: TrialTable,
    plan: TrialPlan,
    *,
    factors: tuple[tuple[float, float], ...] = ((0.8, 1.0), (1.25, 1.0), (1.0, 0.8), (1.0, 1.25)),
) -> MissingOutcomes:
    """The sensitivity of the ratio to what is missing. A factor of one is missing at random. Raises NotEstimable if
    nothing is missing."""
    missing = np.isnan(table.count)
    if not missing.any():
        raise NotEstimable(f"{table.outcome}: every outcome was returned.")
    if any(value <= 0 for pair in factors for value in pair):
        raise NotEstimable(f"{table.outcome}: a factor on a rate is above nought.")
    size = table.pupils if table.pupils is not None else table.exposure
    if not (np.isfinite(size).all() and (size > 0).all()):
        raise NotEstimable(f"{table.outcome}: the size of a school without outcome is unknown; give pupils.")
    base = estimate_ratio(table, plan)
    shares = [float(size[missing & arm].sum() / size[arm].sum()) for arm in (table.intervention, ~table.intervention)]
    incomplete = {name for name, gone in zip(table.authorities, missing, strict=True) if gone}
    complete = np.array([name not in incomplete for name in table.authorities])
    only = None
    if complete.any():
        only = estimate_ratio(table.keep_rows(complete, reason="its authority is not complete"), plan)
    return MissingOutcomes(
        all_returned=base,
        complete_authorities=only,
        share_with=shares[0],
        share_without=shares[1],
        shifted=tuple(_shifted(base, shares, pair) for pair in factors),
        tipping=_tipping(base, shares),
    )


def _shift(shares: list[float], factors: tuple[float, float]) -> float:
    moved = [log(1 - share + share * factor) for share, factor in zip(shares, factors, strict=True)]
    return moved[0] - moved[1]


def _shifted(base: TrialEstimate, shares: list[float], factors: tuple[float, float]) -> ShiftedRatio:
    # The factor is stated, not estimated: it moves the interval and adds no uncertainty.
    shift = exp(_shift(shares, factors))
    return ShiftedRatio(*factors, base.ratio * shift, base.low * shift, base.high * shift)


def _tipping(base: TrialEstimate, shares: list[float]) -> float | None:
    share = shares[0]
    if share == 0:
        return None
    found = []
    for end in (base.low, base.high):
        factor = (1 / end - 1 + share) / share
        if 1 / 20 <= factor <= 20:
            found.append(factor)
    return min(found, key=lambda factor: abs(log(factor))) if found else None
