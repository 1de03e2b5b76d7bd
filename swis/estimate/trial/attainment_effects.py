"""Beside Hedges' g: the randomisation test of scores, and whether an effect differs between groups of schools.

The test has the statistic of the counts' one: the score of an allocation in a model without an effect, over the root of its
information; here the multilevel model, its variances estimated once. Groups get effects of their own and are judged by
their interaction only. Source: EEF statistical analysis guidance (2022), subgroups.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import fdtrc, stdtrit

from swis.errors import NotEstimable
from swis.estimate.trial.allocations import Allocations, allocation_draws, blocks, keep_columns
from swis.estimate.trial.attainment import SchoolScores, fit_scores, to_effect_sizes
from swis.estimate.trial.effects import beside_authorities
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.null_score import NullScore
from swis.estimate.trial.randomisation import BY_METHOD, DRAWS, REDRAWN, Randomisation, share_as_extreme
from swis.estimate.trial.result import known_level, left_out_line
from swis.estimate.trial.trial_table import LeftOut

ATTAINMENT_RANDOMISATION = "randomisation test, attainment"
ATTAINMENT_INTERACTION = "interaction of Hedges' g"


def attainment_randomisation(
    scores: SchoolScores, *, allocations: Allocations = None, draws: int = DRAWS, seed: int
) -> Randomisation:
    """The two-sided p-value for no effect on the scores of any school.

    Counted: every school with scores. `allocations` as in `randomisation_test`, with a column for every randomised school, those
    without scores included. Raises NotEstimable with too few schools for the covariates and authorities.
    """
    kept = scores.tested
    drawn = keep_columns(scores, kept, allocation_draws(scores, allocations, draws=draws, seed=seed))
    fit = fit_scores(kept, {})
    weighted = fit.weight[:, None] * fit.columns
    scorer = NullScore(fit.weight * fit.residual, fit.weight, weighted, fit.covariance)
    values = np.concatenate([scorer.scores(block) for block in blocks(drawn)])
    observed = float(scorer.scores(kept.intervention[None].astype(float))[0])
    return Randomisation(
        p=share_as_extreme(observed, values),
        observed=observed,
        draws=len(values),
        statistic="score",
        redrawn=REDRAWN if allocations is None else BY_METHOD,
        schools=len(kept.schools),
        seed=None if isinstance(allocations, np.ndarray) else seed,
        values=values,
        analysis=ATTAINMENT_RANDOMISATION,
    )


@dataclass(frozen=True)
class GroupEffect:
    """Hedges' g in one group of schools."""

    name: str
    schools: int
    g: float
    low: float
    high: float


@dataclass(frozen=True)
class ScoreInteraction:
    """Whether the effect on scores differs between groups. `p` is the joint test that it does not; `difference` is that of two
    groups with its interval, None with more."""

    outcome: str
    by: str
    groups: tuple[GroupEffect, ...]
    difference: tuple[float, float, float] | None
    p: float
    df: tuple[int, int]
    level: float
    left_out: tuple[LeftOut, ...]
    held: HeldLevel

    def __repr__(self) -> str:
        return f"ScoreInteraction({self.outcome} by {self.by}: p {self.p:.3g}; {len(self.groups)} groups)"

    def __str__(self) -> str:
        lines = [
            f"Does the effect on {self.outcome} differ by {self.by}? Interaction p {self.p:.3g} (F, "
            f"{self.df[0]} and {self.df[1]} degrees of freedom)",
            *(
                f"{each.name}: g {each.g:.3g} ({each.low:.3g} to {each.high:.3g}), {each.schools} schools"
                for each in self.groups
            ),
        ]
        if self.difference is not None:
            value, low, high = self.difference
            lines.append(f"Difference of the two: {value:.3g} ({self.level:.0%} CI {low:.3g} to {high:.3g})")
        return "\n".join([*lines, left_out_line(self.left_out), str(self.held)])


def attainment_subgroups(
    scores: SchoolScores, group_of_school: dict[str, str], *, by: str, level: float = 0.95
) -> ScoreInteraction:
    """Whether the effect on scores differs between groups of schools that were named before the draw.

    Counted: every school with scores. All are standardised by one total variance. Raises NotEstimable where a school has no
    group, or there is one group only.
    """
    kept = scores.tested
    without = [name for name in kept.schools if name not in group_of_school]
    if without:
        raise NotEstimable(f"{scores.outcome}: {len(without)} schools have no {by} (first: {without[0]}).")
    labels = [group_of_school[name] for name in kept.schools]
    names = list(dict.fromkeys(labels))
    if len(names) < 2:
        raise NotEstimable(f"{scores.outcome}: {by} has one group only.")
    own = {name: np.array([label == name for label in labels], dtype=float) for name in names}
    main = beside_authorities(kept.authority_of_school, {f"{by}: {name}": own[name] for name in names[1:]})
    fit = fit_scores(kept, {name: kept.intervention * own[name] for name in names} | main)
    k, df, scale = len(names), fit.degrees_of_freedom, to_effect_sizes(kept)
    at, covariance = fit.coefficients[:k], fit.covariance[:k, :k]
    contrast = np.column_stack([-np.ones(k - 1), np.eye(k - 1)])
    apart, spread = contrast @ at, contrast @ covariance @ contrast.T
    quantile = float(stdtrit(df, 0.5 + level / 2))

    def around(value: float, variance: float) -> tuple[float, float, float]:
        half = quantile * sqrt(variance)
        return value * scale, (value - half) * scale, (value + half) * scale

    return ScoreInteraction(
        outcome=scores.outcome,
        by=by,
        groups=tuple(
            GroupEffect(name, int(own[name].sum()), *around(float(at[i]), float(covariance[i, i])))
            for i, name in enumerate(names)
        ),
        difference=around(float(apart[0]), float(spread[0, 0])) if k == 2 else None,
        p=float(fdtrc(k - 1, df, float(apart @ np.linalg.solve(spread, apart)) / (k - 1))),
        df=(k - 1, df),
        level=level,
        left_out=kept.left_out,
        held=known_level(ATTAINMENT_INTERACTION, len(kept.schools)),
    )
