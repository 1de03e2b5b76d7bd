"""A Bayesian hierarchical model of a trial: an option beside the default, with priors that are stated and may be widened.

count ~ Poisson(exposure x exp(level + authority + covariates + school + effect x social worker)), authorities and schools each
normal about nought with a standard deviation of their own. Priors: effect N(0, 0.5), so that 95% of it lies between rate ratios
of 0.38 and 2.7; both standard deviations half-N(0.5); or, to see what they do, N(0, 1) and half-N(1). Level N(-5, 5),
covariates (each over its standard deviation) and follow-ups N(0, 1).

No sampling: schools are integrated out by adaptive quadrature, all coefficients by Laplace's approximation at each pair of
standard deviations on a grid, and those by summing over the grid. The same table gives the same digits. Compared with draws
of the whole model by numpyro. Sources: Rue, Martino and Chopin 2009 (JRSS B 71, 319-392); Spiegelhalter, Abrams and Myles
2004, Bayesian Approaches to Clinical Trials and Health-Care Evaluation, chapters 5 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from swis.errors import NotEstimable
from swis.estimate.bayes import Posterior, Prior
from swis.estimate.comparison import Array
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.model import with_events
from swis.estimate.trial.random_intercept import group_likelihood
from swis.estimate.trial.result import known_level, left_out_line
from swis.estimate.trial.trial_table import LeftOut, TrialTable

BAYES: dict[Prior, str] = {
    "default": "Bayesian hierarchical Poisson, default priors",
    "wide": "Bayesian hierarchical Poisson, wide priors",
}
SCALES: dict[Prior, tuple[float, float]] = {"default": (0.5, 0.5), "wide": (1.0, 1.0)}
"""Standard deviation of the prior of the effect, and scale of the half-normal priors of both deviations."""

LEVEL = (-5.0, 5.0)
NODES = 7
COARSE, FINE = 12, 15
BETWEEN = 2_001
REACH = (log(0.003), log(3.0))
NEGLIGIBLE = 10.0
ITERATIONS = 60
TOLERANCE = 1e-5  # Newton's method squares its error: after the step that is taken it is 1e-10
LONGEST_STEP = 1.0


@dataclass(frozen=True, eq=False)
class BayesTrial:
    """What is believed of a trial's rate ratio after the data, under one prior; the ratio in a school, the same in all.

    `ratio` has its median and 2.5% and 97.5% quantiles; deviations are on the log scale. `grid` has for each pair of
    deviations its weight and the mean and standard deviation of the log ratio there, shape (3, pairs).
    """

    outcome: str
    prior: Prior
    ratio: Posterior
    school_deviation: Posterior
    authority_deviation: Posterior
    schools_with: int
    schools_without: int
    authorities: int
    events: float
    left_out: tuple[LeftOut, ...]
    held: HeldLevel
    grid: Array

    @property
    def below_one(self) -> float:
        """The probability that there are fewer events with a social worker."""
        return self.probability_below(1.0)

    def probability_below(self, ratio: float) -> float:
        """The probability that the rate ratio is below a ratio."""
        if ratio <= 0:
            raise NotEstimable("A rate ratio is above nought.")
        weight, mean, deviation = self.grid
        return float(weight @ ndtr((log(ratio) - mean) / deviation))

    def __repr__(self) -> str:
        return (
            f"BayesTrial({self.outcome}, {self.prior} prior: rate ratio {self.ratio.median:.3g}, 95% interval "
            f"{self.ratio.low:.3g} to {self.ratio.high:.3g}; {self.schools_with + self.schools_without} schools)"
        )

    def __str__(self) -> str:
        r, s, a = self.ratio, self.school_deviation, self.authority_deviation
        effect, spread = SCALES[self.prior]
        return "\n".join(
            [
                f"Cluster randomised trial, {BAYES[self.prior]}: {self.outcome}",
                f"Rate ratio {r.median:.3g} (95% credible interval {r.low:.3g} to {r.high:.3g}); probability of fewer events "
                f"with a social worker {self.below_one:.3f}",
                f"Priors: log ratio normal with standard deviation {effect:g}; deviations half-normal with scale {spread:g}",
                "An option: it takes intercepts to be normal, and its interval is a belief, not an error rate",
                f"Between schools {s.median:.3g} ({s.low:.3g} to {s.high:.3g}), between authorities {a.median:.3g} "
                f"({a.low:.3g} to {a.high:.3g}), on the log scale",
                f"{self.schools_with + self.schools_without} schools ({self.schools_with} with, {self.schools_without} "
                f"without) in {self.authorities} authorities, {self.events:,.0f} counted",
                left_out_line(self.left_out),
                str(self.held),
            ]
        )


def bayes_trial(table: TrialTable, *, prior: Prior = "default", adjusted: bool = True) -> BayesTrial:
    """The rate ratio by the hierarchical model, intention to treat.

    Counted: every school with an outcome. One row for each school, or for each school and follow-up. Show both priors:
    where they differ, the prior speaks and not the data. Raises NotEstimable for a prior that is not offered.
    """
    if prior not in SCALES:
        raise NotEstimable(f"There is no prior {prior!r}. Take one of: {', '.join(SCALES)}.")
    kept = with_events(table)
    model = _Hierarchy(kept, prior, adjusted=adjusted)
    coarse: Array = np.linspace(*REACH, COARSE)
    height, _, _ = model.over(coarse, coarse, nodes=1)
    of_schools, of_authorities = (_around(coarse, height.max(axis=axis)) for axis in (1, 0))
    height, mean, deviation = model.over(of_schools, of_authorities, nodes=NODES)
    weight = np.exp(height - height.max())
    weight /= weight.sum()
    grid = np.stack([weight.ravel(), mean.ravel(), deviation.ravel()])
    arm = kept.arm_of_school
    return BayesTrial(
        outcome=table.outcome,
        prior=prior,
        ratio=Posterior(*(exp(_quantile(grid, share)) for share in (0.5, 0.025, 0.975))),
        school_deviation=_of_axis(of_schools, weight.sum(axis=1)),
        authority_deviation=_of_axis(of_authorities, weight.sum(axis=0)),
        schools_with=int(arm.sum()),
        schools_without=int((~arm).sum()),
        authorities=len(kept.authority_names),
        events=float(kept.count.sum()),
        left_out=kept.left_out,
        held=known_level(BAYES[prior], len(arm)),
        grid=grid,
    )


def _around(axis: Array, height: Array) -> Array:
    """A finer axis over what of a coarse one is not negligible, a step further on both sides."""
    likely = np.flatnonzero(height > height.max() - NEGLIGIBLE)
    return np.linspace(axis[max(likely[0] - 1, 0)], axis[min(likely[-1] + 1, len(axis) - 1)], FINE)


def _quantile(grid: Array, share: float) -> float:
    weight, mean, deviation = grid
    low, high = float((mean - 9 * deviation).min()), float((mean + 9 * deviation).max())
    return float(brentq(lambda at: float(weight @ ndtr((at - mean) / deviation)) - share, low, high, xtol=1e-10))


def _of_axis(axis: Array, weight: Array) -> Posterior:
    """Quantiles of a deviation, from the weights of its log at the points of an axis; between them the log of the weight goes
    straight."""
    at: Array = np.linspace(axis[0], axis[-1], BETWEEN)
    density = np.exp(np.interp(at, axis, np.log(np.maximum(weight, np.finfo(float).tiny))))
    reached = np.cumsum(density) - density / 2
    low, median, high = np.interp((0.025, 0.5, 0.975), reached / density.sum(), at)
    return Posterior(exp(median), exp(low), exp(high))


class _Hierarchy:
    """The posterior at many pairs of deviations at once. Coefficients: arm, covariates, follow-ups, level, authorities."""

    def __init__(self, table: TrialTable, prior: Prior, *, adjusted: bool) -> None:
        school = table.school_of_row
        order = np.argsort(school, kind="stable")
        scaled = [value / value.std() for value in table.covariates.values()] if adjusted else []
        later = [] if table.follow_up is None else list(dict.fromkeys(table.follow_up))[1:]
        follow_ups = [np.array([each == name for each in table.follow_up or ()], dtype=float) for name in later]
        own = (table.authority_of_row[:, None] == np.arange(len(table.authority_names))).astype(float)
        parts = [table.intervention.astype(float), *scaled, *follow_ups, np.ones(len(order))]
        self.columns: Array = np.column_stack([*parts, own])[order]
        self.upper = np.triu_indices(self.columns.shape[1])
        self.products: Array = self.columns[:, self.upper[0]] * self.columns[:, self.upper[1]]
        self.count, self.log_exposure = table.count[order], np.log(table.exposure[order])
        self.starts: NDArray[np.intp] = np.flatnonzero(np.diff(school[order], prepend=-1))
        self.sizes = np.diff(self.starts, append=len(order))
        self.events = np.add.reduceat(self.count, self.starts)
        self.fixed = len(parts)
        self.effect, self.spread = SCALES[prior]
        self.centre = np.zeros(self.columns.shape[1])
        self.centre[self.fixed - 1] = LEVEL[0]
        self.start = np.zeros(self.columns.shape[1])
        """Where the search begins: the crude rate; after a first grid, the best of it."""
        self.start[self.fixed - 1] = log(self.events.sum() / np.exp(self.log_exposure).sum())

    def over(self, of_schools: Array, of_authorities: Array, *, nodes: int) -> tuple[Array, Array, Array]:
        """At all pairs of logs of deviations: their log posterior, and mean and deviation of the log ratio.

        Shape (deviations of schools, deviations of authorities).
        """
        shape = (len(of_schools), len(of_authorities))
        school, authority = np.repeat(of_schools, shape[1]), np.tile(of_authorities, shape[0])
        precision = self._precision(authority)
        at, curvature, value = self._maximise(school[:, None], precision, nodes)
        away = at - self.centre
        height = value + (np.log(precision) - precision * away**2).sum(axis=1) / 2
        height -= np.linalg.slogdet(curvature)[1] / 2
        for log_deviation in (school, authority):
            # The half-normal prior, and the step from a deviation to its log.
            height += log_deviation - np.exp(2 * log_deviation) / (2 * self.spread**2)
        variance = np.linalg.inv(curvature)[:, 0, 0]
        return height.reshape(shape), at[:, 0].reshape(shape), np.sqrt(variance).reshape(shape)

    def _precision(self, authority: Array) -> Array:
        precision = np.ones((len(authority), self.columns.shape[1]))
        precision[:, 0] = self.effect**-2
        precision[:, self.fixed - 1] = LEVEL[1] ** -2
        precision[:, self.fixed :] = np.exp(-2 * authority)[:, None]
        return precision

    def _maximise(self, school: Array, precision: Array, nodes: int) -> tuple[Array, Array, Array]:
        """Coefficients at the top, minus the second derivatives there, and the log likelihood. The posterior is log-concave."""
        at = np.tile(self.start, (len(school), 1))
        for _ in range(ITERATIONS):
            value, slope, curvature = self._derivatives(at, school, nodes)
            curvature += precision[:, :, None] * np.eye(precision.shape[1])
            step = np.linalg.solve(curvature, (slope - precision * (at - self.centre))[:, :, None])[:, :, 0]
            longest = np.abs(step).max(axis=1)
            at = at + step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))[:, None]
            if longest.max() < TOLERANCE:
                break
        self.start = at[np.argmax(value - (precision * (at - self.centre) ** 2).sum(axis=1) / 2)]
        return at, curvature, value

    def _derivatives(self, at: Array, school: Array, nodes: int) -> tuple[Array, Array, Array]:
        """The log likelihood of each set of coefficients, its slope, and minus its second derivatives."""
        X, eta = self.columns, at @ self.columns.T
        log_rows = self.log_exposure + eta
        # Sums of a school's rows, by the largest of all so that nothing overflows.
        top = log_rows.max(axis=1, keepdims=True)
        log_expected = top + np.log(np.add.reduceat(np.exp(log_rows - top), self.starts, axis=1))
        share = np.exp(log_rows - np.repeat(log_expected, self.sizes, axis=1))
        group = group_likelihood(self.events, log_expected, school, nodes=nodes)
        by_row = np.repeat(group.by_a, self.sizes, axis=1) * share
        slope = (self.count + by_row) @ X
        alone = len(self.starts) == len(self.count)
        curvature = np.empty((len(at), X.shape[1], X.shape[1]))
        upper = -(group.by_aa if alone else by_row) @ self.products
        curvature[:, self.upper[0], self.upper[1]] = curvature[:, self.upper[1], self.upper[0]] = upper
        if not alone:
            mean = np.add.reduceat(share[:, :, None] * X, self.starts, axis=1)
            curvature -= mean.transpose(0, 2, 1) @ ((group.by_aa - group.by_a)[:, :, None] * mean)
        return eta @ self.count + group.value.sum(axis=1), slope, curvature
