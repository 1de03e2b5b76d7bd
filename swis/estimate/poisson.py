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
ROUNDING = 1e-13  # information is a difference of sums of events
SINGULAR = 1e-11  # smallest eigenvalue, of one, that is more than rounding
LONGEST_STEP = 5.0  # from a flat likelihood, or under separation, Newton's method leaps to where exponentials overflow
CELLS_AT_ONCE = 30_000  # a block of this many school-terms stays in the processor's cache


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
    """The data in the order of work: schools without the programme first, no school without events.

    `count` and `exposure` have one row for each school and one column for each cell (term, year group); `observed` is the sum
    of the counts over the schools of an arm, shape (2, terms, year groups).
    """

    count: Array
    exposure: Array
    total: Array
    observed: Array
    without: int
    interactions: Array
    keep: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, int]:
        """Terms and year groups."""
        return self.observed.shape[1], self.observed.shape[2]

    def blocks(self) -> list[tuple[int, slice]]:
        """Runs of schools of one arm: (arm, rows)."""
        edges = [(0, 0, self.without), (1, self.without, len(self.count))]
        at_once = max(1, CELLS_AT_ONCE // self.count.shape[1])
        return [
            (arm, slice(start, min(start + at_once, stop)))
            for arm, first, stop in edges
            for start in range(first, stop, at_once)
        ]

    def margins(self, cells: Array) -> Array:
        """From columns for cells to columns for terms, then for year groups; with one year group its column is nought."""
        terms, groups = self.shape
        margins = np.zeros((len(cells), terms + groups))
        if groups == 1:
            margins[:, :terms] = cells
            return margins
        margins[:, :terms] = (cells.reshape(-1, groups) @ np.ones(groups)).reshape(-1, terms)
        cells.reshape(-1, terms, groups).sum(axis=1, out=margins[:, terms:])
        return margins


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
    terms, groups = shape[1], shape[2] if count.ndim == 3 else 1
    flat, flat_exposure = count.reshape(len(count), -1), exposure.reshape(len(count), -1)
    total = flat.sum(axis=1)
    order = np.argsort(intervention, kind="stable")
    order = order[total[order] > 0]
    ordered = bool(len(order) == len(count) and (np.diff(order) == 1).all())
    flat, flat_exposure = (flat, flat_exposure) if ordered else (flat[order], flat_exposure[order])
    without = int((~intervention[order]).sum())
    panel = _Panel(
        count=flat,
        exposure=flat_exposure,
        total=total[order],
        observed=np.stack([part.sum(axis=0).reshape(terms, groups) for part in (flat[:without], flat[without:])]),
        without=without,
        interactions=interactions,
        keep=_free_effects(terms, groups, interactions, reference),
    )
    return _finish(panel, order, shape, reference, _maximise(panel))


def _free_effects(terms: int, groups: int, interactions: Array, reference: int) -> NDArray[np.bool_]:
    """Which of all term, year-group and programme effects are free: all but the reference term and the first year group."""
    keep = np.ones(terms + groups + interactions.shape[1], dtype=bool)
    keep[[reference, terms]] = False
    return keep


def _relative_rates(panel: _Panel, effects: Array) -> tuple[Array, Array]:
    """Relative rates of each cell without and with the programme, shape (2, terms, year groups), and their logs."""
    terms, groups = panel.shape
    every = np.zeros(len(panel.keep))
    every[panel.keep] = effects
    base = every[:terms, None] + every[None, terms : terms + groups]
    programme = panel.interactions @ every[terms + groups :]
    logs = np.stack([base, base + programme[:, None]])
    return np.exp(logs), logs


@dataclass(frozen=True, eq=False)
class _Point:
    """Effects, and the concentrated log likelihood (without its constant), gradient and information there."""

    effects: Array
    likelihood: float
    gradient: Array
    information: Array


def _maximise(panel: _Panel) -> tuple[_Point, bool]:
    at = _derivatives(panel, np.zeros(int(panel.keep.sum())))
    if not len(at.effects):
        return at, True
    for _ in range(ITERATIONS):
        step = _solve(at.information, at.gradient)
        if step is None:
            return at, False
        at = _advance(panel, at, step)
        if np.abs(step).max() < STEP_TOLERANCE:
            return at, _tells_apart(at.information, float(panel.total.sum()))
        if np.abs(at.effects).max() > 25:  # e^25: a rate no school can have; the maximum lies at infinity
            break
    return at, False


def _tells_apart(information: Array, events: float) -> bool:
    """Whether the information, each effect on its own scale, is of full rank beyond rounding.

    An effect that is no effect has an information of rounding, on its own scale too: hence the number of events.
    """
    scale = np.sqrt(np.diag(information).clip(0.0))
    if not (scale**2 > ROUNDING * events).all():
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


def _advance(panel: _Panel, before: _Point, step: Array) -> _Point:
    """Step, halved while it makes the likelihood worse by more than rounding can."""
    for halving in range(30):
        at = _derivatives(panel, before.effects + step * 0.5**halving)
        if at.likelihood >= before.likelihood - 1e-9 * (1 + abs(before.likelihood)):
            break
    return at


def _derivatives(panel: _Panel, effects: Array) -> _Point:
    rates, logs = _relative_rates(panel, effects)
    expected = np.zeros(panel.observed.shape)
    spread = np.zeros((2, sum(panel.shape), sum(panel.shape)))
    likelihood = float((panel.observed * logs).sum())
    for arm, rows in panel.blocks():
        weight = panel.exposure[rows] * rates[arm].reshape(-1)
        weight_total, total = weight.sum(axis=1), panel.total[rows]
        likelihood -= float(total @ np.log(weight_total))
        expected[arm] += ((total / weight_total) @ weight).reshape(panel.shape)
        shared = panel.margins(weight) * (np.sqrt(total) / weight_total)[:, None]
        spread[arm] -= shared.T @ shared
    residual = panel.observed - expected
    by_effect = np.concatenate([residual.sum(axis=2), residual.sum(axis=1)], axis=1)
    _add_cross(spread, expected)
    return _Point(effects, likelihood, *_assemble(panel, by_effect, spread))


def _add_cross(spread: Array, expected: Array) -> None:
    """Add the outer products of the term and year-group indicators of each arm, weighted by what is expected."""
    terms, groups = expected.shape[1:]
    diagonal = np.arange(terms + groups)
    spread[:, diagonal[:terms], diagonal[:terms]] += expected.sum(axis=2)
    if groups > 1:
        spread[:, diagonal[terms:], diagonal[terms:]] += expected.sum(axis=1)
        spread[:, :terms, terms:] += expected
        spread[:, terms:, :terms] += expected.transpose(0, 2, 1)


def _assemble(panel: _Panel, residual: Array, spread: Array) -> tuple[Array, Array]:
    """From sums over indicators to the gradient and information of the free effects."""
    size, terms = spread.shape[1], len(panel.interactions)
    gradient, information = np.empty(len(panel.keep)), np.empty((len(panel.keep), len(panel.keep)))
    gradient[:size], gradient[size:] = residual.sum(axis=0), panel.interactions.T @ residual[1, :terms]
    mixed = spread[1, :, :terms] @ panel.interactions
    information[:size, :size], information[:size, size:], information[size:, :size] = spread.sum(axis=0), mixed, mixed.T
    information[size:, size:] = panel.interactions.T @ mixed[:terms]
    return gradient[panel.keep], information[panel.keep][:, panel.keep]


def _finish(
    panel: _Panel,
    order: NDArray[np.intp],
    shape: tuple[int, ...],
    reference: int,
    maximum: tuple[_Point, bool],
) -> PoissonFit:
    at, converged = maximum
    rates, _ = _relative_rates(panel, at.effects)
    expected = np.zeros((shape[0], panel.count.shape[1]))
    scores = np.zeros((shape[0], len(at.effects)))
    school_effects = np.full(shape[0], -np.inf)
    for arm, rows in panel.blocks():
        schools = order[rows]
        weight = panel.exposure[rows] * rates[arm].reshape(-1)
        level = panel.total[rows] / weight.sum(axis=1)
        school_effects[schools] = np.log(level)
        expected[schools] = weight * level[:, None]
        residual = panel.margins(panel.count[rows] - expected[schools])
        programme = arm * residual[:, : panel.shape[0]] @ panel.interactions
        scores[schools] = np.hstack([residual, programme])[:, panel.keep]
    return PoissonFit(
        effects=at.effects,
        terms=panel.shape[0],
        year_groups=panel.shape[1],
        reference=reference,
        school_effects=school_effects,
        expected=expected.reshape(shape),
        information=at.information,
        scores=scores,
        log_likelihood=at.likelihood,
        converged=converged,
    )
