"""How alike are pupils of one school? ICC of scores and of sessions, k of counts, with intervals, as CONSORT asks (item 17a).

k, the coefficient of variation of true rates between schools within authorities and arms: Pearson's chi-squared under the
variance mu + k^2 mu^2 is set to its degrees of freedom (Hayes and Moulton 2017, section 2.3.2, as estimating equation);
the interval has the values that a chi-squared test of it does not reject. The ICC is the analysis of variance estimate
with Searle's interval, exact for schools of one size (Searle 1971; Donner 1986, International Statistical Review 54, 67-82).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri, fdtri

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.attainment import SchoolScores
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.model import build_model, fit_model, with_events
from swis.estimate.trial.result import known_level
from swis.estimate.trial.trial_table import TrialTable

K = "k between schools, interval"
ICC = "intra-cluster correlation, interval"
LARGEST_K = 10.0


@dataclass(frozen=True)
class Clustering:
    """A measure of clustering with its interval; `design_effect` is how many times the variance is that of unclustered pupils."""

    outcome: str
    measure: str
    value: float
    low: float
    high: float
    level: float
    schools: int
    design_effect: float
    held: HeldLevel

    def __repr__(self) -> str:
        return f"Clustering({self.outcome}: {self.measure} {self.value:.3g}, {self.low:.3g} to {self.high:.3g})"

    def __str__(self) -> str:
        return "\n".join(
            [
                f"Clustering of {self.outcome}: {self.measure} {self.value:.3g} ({self.level:.0%} CI "
                f"{self.low:.3g} to {self.high:.3g}), "
                f"{self.schools} schools; design effect {self.design_effect:.3g}",
                str(self.held),
            ]
        )


def variation_between_schools(table: TrialTable, *, adjusted: bool = True, level: float = 0.95) -> Clustering:
    """k within authorities and arms, after covariates if `adjusted`; one row a school."""
    kept = with_events(table)
    if kept.follow_up is not None:
        raise NotEstimable(f"{table.outcome}: k needs one row a school; add the follow-ups up.")
    fit = fit_model(build_model(kept, adjusted=adjusted))
    y, mu, df = kept.count, fit.expected, fit.degrees_of_freedom
    if df < 1:
        raise NotEstimable(f"{table.outcome}: no degrees of freedom are left to judge the variation by.")

    def solve(target: float) -> float:
        def excess(k: float) -> float:
            return float(((y - mu) ** 2 / (mu + (k * mu) ** 2)).sum()) - target

        if excess(0.0) <= 0:
            return 0.0
        return inf if excess(LARGEST_K) > 0 else float(brentq(excess, 0.0, LARGEST_K, xtol=1e-12))

    tail = (1 - level) / 2
    value = solve(df)
    events = float((y @ y) / y.sum())
    return Clustering(
        outcome=table.outcome,
        measure="k",
        value=value,
        low=solve(float(chdtri(df, tail))),
        high=solve(float(chdtri(df, 1 - tail))),
        level=level,
        schools=len(y),
        design_effect=1 + value**2 * events,
        held=known_level(K, len(y)),
    )


def crude_k(count: Array, exposure: Array) -> float:
    """k of one group of schools, unadjusted: the variance of rates beyond that of counting (Hayes and Bennett 1999)."""
    rate = count / exposure
    beyond = rate.var(ddof=1) - rate.mean() * (1 / exposure).mean()
    return sqrt(max(float(beyond), 0.0)) / float(rate.mean())


def score_icc(scores: SchoolScores, *, level: float = 0.95) -> Clustering:
    """The ICC of scores, schools within arms."""
    inside = float(((scores.pupils - 1) * scores.deviation**2).sum())
    return _analysis_of_variance(scores.outcome, scores.pupils, scores.mean, scores.intervention, inside, level)


def session_icc(table: TrialTable, *, level: float = 0.95) -> Clustering:
    """The ICC of missed sessions, schools within arms; sessions of one pupil are counted as going together with the school's."""
    kept = table.returned
    share = kept.count / kept.exposure
    if kept.follow_up is not None or (share > 1).any():
        raise NotEstimable(
            f"{table.outcome}: the ICC needs one row a school, and no more sessions missed than possible."
        )
    inside = float((kept.exposure * share * (1 - share)).sum())
    return _analysis_of_variance(table.outcome, kept.exposure, share, kept.intervention, inside, level)


def _analysis_of_variance(
    outcome: str, n: Array, mean: Array, arm: NDArray[np.bool_], inside: float, level: float
) -> Clustering:
    arms = [rows for rows in (arm, ~arm) if rows.any()]
    schools, pupils = len(n), float(n.sum())
    between_df, within_df = schools - len(arms), pupils - schools
    if between_df < 1 or within_df < 1:
        raise NotEstimable(f"{outcome}: too few schools or pupils for an ICC.")
    squares = sum(float(n[rows] @ (mean[rows] - n[rows] @ mean[rows] / n[rows].sum()) ** 2) for rows in arms)
    size = (pupils - sum(float((n[rows] ** 2).sum() / n[rows].sum()) for rows in arms)) / between_df
    if inside <= 0:
        raise NotEstimable(f"{outcome}: all pupils of every school are alike.")
    ratio = squares / between_df / (inside / within_df)
    tail = (1 - level) / 2
    ends = [ratio / float(fdtri(between_df, within_df, quantile)) for quantile in (1 - tail, tail)]

    def icc(value: float) -> float:
        return (value - 1) / (value + size - 1)

    return Clustering(
        outcome=outcome,
        measure="intra-cluster correlation",
        value=icc(ratio),
        low=icc(ends[0]),
        high=icc(ends[1]),
        level=level,
        schools=schools,
        design_effect=1 + (size - 1) * icc(ratio),
        held=known_level(ICC, schools),
    )
