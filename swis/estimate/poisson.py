"""Poisson regression with an effect for every school and every term, by concentrating the school effects out.

For given term and programme effects the best school effect is known in closed form, so that Newton's method works on a
handful of parameters however many schools there are. What is left is a concave conditional multinomial likelihood
(Hausman, Hall and Griliches 1984, Econometrica 52, 909-938). Estimate, information and cluster scores are exactly those
of the regression with a dummy for every school.

An optional third axis (year groups) gets effects of its own. Cells with no pupils weigh nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison

ITERATIONS = 60
STEP_TOLERANCE = 1e-10
SINGULAR = 1e-11  # smallest eigenvalue, of one, that is more than rounding
LONGEST_STEP = 10.0  # from a flat likelihood Newton's method can leap to where exponentials overflow
SINGULAR = 1e-11  # smallest eigenvalue, of one, that is more than rounding
LONGEST_STEP = 5.0
SCHOOLS_AT_ONCE = 2_000  # a block of this many schools stays in the processor's cache


@dataclass(frozen=True, eq=False)
class PoissonFit:
    """One fit. `effects` are logs: terms (all but the reference), year groups (all but the first), programme.

    `expected` has the shape of the counts; a school without events expects none. `information` is that of `effects`
    with the school effects concentrated out, `scores` the sum of each school's contributions, shape (schools, effects).
    `converged` is False where the likelihood has no maximum (separation) as well as where it was not reached.
    """

    effects: Array
    terms: int
    year_groups: int
    reference: int
    school_effects: Array
    expected: Array
    information: Array
    scores: Array
    log_likelihood: float
    converged: bool

    @property
    def programme(self) -> Array:
        """The programme effects, one for each column of `interactions`, on the log scale."""
        return self.effects[self.terms + self.year_groups - 2 :]

    @property
    def term_effects(self) -> Array:
        """The log rate ratio of each term against the reference, shape (terms,); the reference is 0."""
        return np.insert(self.effects[: self.terms - 1], self.reference, 0.0)

    @property
    def covariance(self) -> Array:
        """Inverse information: the covariance if counts were Poisson and schools independent. Raises NotEstimable without one."""
        try:
            inverse: Array = np.linalg.inv(self.information)
        except np.linalg.LinAlgError:
            raise NotEstimable("The table does not tell the effects apart: an arm or a term has no events.") from None
        return inverse


@dataclass(frozen=True, eq=False)
class _Panel:
    """The data in the order of work: schools without the programme first, no school without events."""

    count: Array
    exposure: Array
    without: int
    interactions: Array
    keep: NDArray[np.bool_]

    def blocks(self) -> list[tuple[int, slice]]:
        """Runs of schools of one arm: (arm, rows)."""
        edges = [(0, 0, self.without), (1, self.without, len(self.count))]
        return [
            (arm, slice(start, min(start + SCHOOLS_AT_ONCE, stop)))
            for arm, first, stop in edges
            for start in range(first, stop, SCHOOLS_AT_ONCE)
        ]


def fit_comparison(comparison: Comparison, *, interactions: Array | None = None, log_ratio: float = 0.0) -> PoissonFit:
    """The fit of a comparison: school and term effects, and the intervention by each column of `interactions`.

    `interactions` has the shape (terms, effects); None means the one column of the terms after the start, and an array
    with no columns the model without a programme effect. `log_ratio` is an effect after the start that is taken as known.
    """
    after = comparison.after_mask.astype(float)
    known = np.outer(comparison.intervention, after) * log_ratio
    return fit_poisson(
        comparison.count,
        comparison.pupils * np.exp(known),
        intervention=comparison.intervention,
        interactions=after[:, None] if interactions is None else interactions,
        reference=comparison.terms.index(comparison.reference),
    )


def fit_poisson(
    count: Array,
    exposure: Array,
    *,
    intervention: NDArray[np.bool_],
    interactions: Array,
    reference: int = 0,
) -> PoissonFit:
    """Fit counts of shape (schools, terms) or (schools, terms, year groups) with `exposure` of the same shape.

    `intervention` says which schools have the programme; each column of `interactions` (terms, effects) is a pattern over
    terms that only they can follow. Never raises for separation: look at `converged`.
    """
    shape = count.shape
    if count.ndim == 2:
        count, exposure = count[:, :, None], exposure[:, :, None]
    total = count.sum(axis=(1, 2))
    order = np.argsort(intervention, kind="stable")
    order = order[total[order] > 0]
    ordered = bool(len(order) == len(count) and (np.diff(order) == 1).all())
    panel = _Panel(
        count if ordered else count[order],
        exposure if ordered else exposure[order],
        int((~intervention[order]).sum()),
        interactions,
        _free_effects(count.shape, interactions, reference),
    )
    effects, likelihood, converged = _maximise(panel)
    return _finish(panel, order, shape, reference, effects, likelihood, converged)


def _free_effects(shape: tuple[int, ...], interactions: Array, reference: int) -> NDArray[np.bool_]:
    """Which of all term, year-group and programme effects are free: all but the reference term and the first year group."""
    keep = np.ones(shape[1] + shape[2] + interactions.shape[1], dtype=bool)
    keep[[reference, shape[1]]] = False
    return keep


def _relative_rates(panel: _Panel, effects: Array) -> tuple[Array, Array]:
    """Relative rates of each cell without and with the programme, shape (2, terms, year groups), and their logs."""
    terms, groups = panel.count.shape[1:]
    every = np.zeros(len(panel.keep))
    every[panel.keep] = effects
    base = every[:terms, None] + every[None, terms : terms + groups]
    programme = panel.interactions @ every[terms + groups :]
    logs = np.stack([base, base + programme[:, None]])
    return np.exp(logs), logs


def _maximise(panel: _Panel) -> tuple[Array, float, bool]:
    effects: Array = np.zeros(int(panel.keep.sum()))
    likelihood, gradient, information = _derivatives(panel, effects)
    if not len(effects):
        return effects, likelihood, True
    for _ in range(ITERATIONS):
        step = _solve(information, gradient)
        if step is None:
            return effects, likelihood, False
        # Under separation the quadratic model is nearly flat and would throw the effects past what exp can hold.
        step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), LONGEST_STEP))
        effects, likelihood, gradient, information = _advance(panel, effects, likelihood, step)
        if np.abs(step).max() < STEP_TOLERANCE:
            return effects, likelihood, _tells_apart(information)
        if np.abs(effects).max() > 25:  # e^25: a rate no school can have; the maximum lies at infinity
            break
    return effects, likelihood, False


def _tells_apart(information: Array) -> bool:
    """Whether the information, each effect on its own scale, is of full rank beyond rounding."""
    scale = np.sqrt(np.diag(information).clip(0.0))
    if not (scale > 0).all():
        return False
    return float(np.linalg.eigvalsh(information / np.outer(scale, scale))[0]) > SINGULAR


def _solve(information: Array, gradient: Array) -> Array | None:
    try:
        step: Array = np.linalg.solve(information, gradient)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(step).all():
        return None
    return step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), LONGEST_STEP))


def _advance(panel: _Panel, effects: Array, likelihood: float, step: Array) -> tuple[Array, float, Array, Array]:
    """Step, halved while it makes the likelihood worse by more than rounding can."""
    for halving in range(30):
        moved = effects + step * 0.5**halving
        at = _derivatives(panel, moved)
        if at[0] >= likelihood - 1e-9 * (1 + abs(likelihood)):
            break
    return moved, *at


def _derivatives(panel: _Panel, effects: Array) -> tuple[float, Array, Array]:
    """Concentrated log likelihood (without its constant), gradient and information."""
    rates, logs = _relative_rates(panel, effects)
    terms, groups = panel.count.shape[1:]
    likelihood, size = 0.0, terms + groups
    residual, spread = np.zeros((2, size)), np.zeros((2, size, size))
    for arm, rows in panel.blocks():
        count = panel.count[rows]
        weight = panel.exposure[rows] * rates[arm]
        total, weight_total = count.sum(axis=(1, 2)), weight.sum(axis=(1, 2))
        observed = count.sum(axis=0)
        expected = np.tensordot(total / weight_total, weight, axes=1)
        share = np.concatenate([weight.sum(axis=2), weight.sum(axis=1)], axis=1) / weight_total[:, None]
        likelihood += float((observed * logs[arm]).sum() - total @ np.log(weight_total))
        residual[arm] += np.concatenate([(observed - expected).sum(axis=1), (observed - expected).sum(axis=0)])
        spread[arm] += _cross(expected) - (share * total[:, None]).T @ share
    return likelihood, *_assemble(panel, residual, spread)


def _cross(expected: Array) -> Array:
    """Sum of the outer products of the term and year-group indicators, weighted by what is expected."""
    return np.block(
        [[np.diag(expected.sum(axis=1)), expected], [expected.T, np.diag(expected.sum(axis=0))]],
    )


def _assemble(panel: _Panel, residual: Array, spread: Array) -> tuple[Array, Array]:
    """From sums over indicators to the gradient and information of the free effects."""
    pattern = np.zeros((spread.shape[1], panel.interactions.shape[1]))
    pattern[: len(panel.interactions)] = panel.interactions
    gradient = np.concatenate([residual.sum(axis=0), pattern.T @ residual[1]])
    mixed = spread[1] @ pattern
    information = np.block([[spread.sum(axis=0), mixed], [mixed.T, pattern.T @ mixed]])
    return gradient[panel.keep], information[np.ix_(panel.keep, panel.keep)]


def _finish(
    panel: _Panel,
    order: NDArray[np.intp],
    shape: tuple[int, ...],
    reference: int,
    effects: Array,
    likelihood: float,
    converged: bool,
) -> PoissonFit:
    # One more evaluation at the optimum: information and scores of the estimate, not of the step before it.
    _, _, information = _derivatives(panel, effects)
    rates, _ = _relative_rates(panel, effects)
    expected = np.zeros((shape[0], *panel.count.shape[1:]))
    scores = np.zeros((shape[0], len(effects)))
    school_effects = np.full(shape[0], -np.inf)
    for arm, rows in panel.blocks():
        count, schools = panel.count[rows], order[rows]
        weight = panel.exposure[rows] * rates[arm]
        level = count.sum(axis=(1, 2)) / weight.sum(axis=(1, 2))
        school_effects[schools] = np.log(level)
        expected[schools] = weight * level[:, None, None]
        residual = count - expected[schools]
        by_term = residual.sum(axis=2)
        programme = arm * by_term @ panel.interactions
        scores[schools] = np.concatenate([by_term, residual.sum(axis=1), programme], axis=1)[:, panel.keep]
    return PoissonFit(
        effects=effects,
        terms=panel.count.shape[1],
        year_groups=panel.count.shape[2],
        reference=reference,
        school_effects=school_effects,
        expected=expected.reshape(shape),
        information=information,
        scores=scores,
        log_likelihood=likelihood,
        converged=converged,
    )
