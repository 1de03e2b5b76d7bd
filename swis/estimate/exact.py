"""Exact inference given the totals: no large samples, no fitted school or term effects.

Given each school's total and each term's total, the number of events that schools with a social worker have in the last
term has a distribution that depends on the rate ratio alone: P(T = t) is proportional to ratio^t times c_t. With three
terms the c_t are computed exactly by multiplying generating functions; with more the null model's term effects are put in and
each school's last-term count is binomial (plug-in). Events are taken to be independent of one another, so siblings and
repeat enquiries make it too sure. Not for days in care, which are not events.

Sources: Hirji, Mehta and Patel 1987 (JASA 82, 1110-1117) for the conditional approach; Agresti 2013, section 7.3.5, for mid-p.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaln, logsumexp, xlogy

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison
from swis.estimate.poisson import fit_comparison

FARTHEST = 40.0
MOST_IN_FULL = 400  # events; the time that three terms take in full grows with their third power
MOST_EVENTS = 50_000


@dataclass(frozen=True, eq=False)
class Exact:
    """Exact conditional inference on the rate ratio.

    `events` is the number after the start in schools with a social worker, `expected` what chance would give, `least` and
    `most` the fewest and most that the totals allow. `ratio` is the conditional estimate, 0 or infinite at an edge;
    `median_unbiased` is given there instead, and `bound` the one-sided limit. `p` is central (twice the smaller tail).
    """

    events: int
    expected: float
    least: int
    most: int
    ratio: float
    low: float
    high: float
    p: float
    mid_p: float
    mid_p_low: float
    mid_p_high: float
    bound: float | None
    median_unbiased: float | None
    plug_in: bool

    def __repr__(self) -> str:
        how = "term effects plugged in" if self.plug_in else "given all totals"
        return (
            f"Exact(rate ratio {self.ratio:.4g}, 95% CI {self.low:.4g} to {self.high:.4g}; {self.events} events where "
            f"{self.expected:.1f} were expected; {how})"
        )


@dataclass(frozen=True, eq=False)
class _Distribution:
    """log c_t for t from `least` on."""

    least: int
    log_weights: Array

    @property
    def support(self) -> Array:
        return self.least + np.arange(len(self.log_weights), dtype=float)

    @property
    def most(self) -> int:
        return self.least + len(self.log_weights) - 1

    def probabilities(self, log_ratio: float) -> Array:
        logs = self.log_weights + log_ratio * self.support
        probabilities: Array = np.exp(logs - logsumexp(logs))
        return probabilities

    def mean(self, log_ratio: float) -> float:
        return float(self.probabilities(log_ratio) @ self.support)


def exact(comparison: Comparison, *, level: float = 0.95) -> Exact:
    """Exact conditional estimate, interval and p-value. Raises NotEstimable for days, fractions or more than one after term."""
    _refuse_unfit(comparison)
    in_full = len(comparison.terms) == 3 and comparison.count.sum() <= MOST_IN_FULL
    distribution = _three_terms(comparison) if in_full else _plug_in(comparison)
    after = comparison.after_mask
    events = int(comparison.count[comparison.intervention][:, after].sum())
    alpha = 1 - level
    least, most = distribution.least, distribution.most
    if least == most:
        raise NotEstimable(
            f"{comparison.outcome}: the totals of schools and terms leave no other outcome to compare with."
        )
    position = events - least

    def upper_tail(log_ratio: float, share: float) -> float:
        probabilities = distribution.probabilities(log_ratio)
        return float(probabilities[position + 1 :].sum() + share * probabilities[position])

    def lower_tail(log_ratio: float, share: float) -> float:
        probabilities = distribution.probabilities(log_ratio)
        return float(probabilities[:position].sum() + share * probabilities[position])

    def interval(tail: float, share: float) -> tuple[float, float]:
        low = 0.0 if events == least else _solve(lambda b: upper_tail(b, share) - tail)
        high = inf if events == most else _solve(lambda b: tail - lower_tail(b, share))
        return low, high

    low, high = interval(alpha / 2, 1.0)
    mid_low, mid_high = interval(alpha / 2, 0.5)
    edge = events in (least, most)
    one_low, one_high = interval(alpha, 1.0)
    return Exact(
        events=events,
        expected=distribution.mean(0.0),
        least=least,
        most=most,
        ratio=0.0 if events == least else inf if events == most else _solve(lambda b: distribution.mean(b) - events),
        low=low,
        high=high,
        p=min(1.0, 2 * min(upper_tail(0.0, 1.0), lower_tail(0.0, 1.0))),
        mid_p=min(1.0, 2 * min(upper_tail(0.0, 0.5), lower_tail(0.0, 0.5))),
        mid_p_low=mid_low,
        mid_p_high=mid_high,
        bound=(one_high if events == least else one_low) if edge else None,
        median_unbiased=interval(0.5, 1.0)[1 if events == least else 0] if edge else None,
        plug_in=not in_full,
    )


def _refuse_unfit(comparison: Comparison) -> None:
    what = comparison.outcome
    if comparison.unit_of_count != 1:
        raise NotEstimable(f"{what}: days are not events; exact inference counts events.")
    if (comparison.count != np.round(comparison.count)).any():
        raise NotEstimable(f"{what}: exact inference needs whole counts.")
    if len(comparison.after) != 1:
        raise NotEstimable(
            f"{what}: exact inference is for one term after the start; there are {len(comparison.after)}."
        )
    if comparison.count.sum() > MOST_EVENTS:
        raise NotEstimable(f"{what}: exact inference is for few events; with so many the other methods serve.")
    if not comparison.intervention.any() or comparison.intervention.all():
        raise NotEstimable(f"{what}: one arm has no schools.")
    treated = comparison.count[comparison.intervention]
    if treated.sum() == 0 or comparison.count[:, comparison.after_mask].sum() == 0:
        raise NotEstimable(f"{what}: no events in an arm or in the last term; nothing is left to compare.")


def _solve(function: Callable[[float], float]) -> float:
    value = brentq(function, -FARTHEST, FARTHEST, xtol=1e-13, rtol=1e-13)
    return exp(float(value))


def _three_terms(comparison: Comparison) -> _Distribution:
    """The exact distribution with three terms: arms are independent given their schools' totals, then the terms must add up."""
    last = int(np.flatnonzero(comparison.after_mask)[0])
    first, second = (t for t in range(3) if t != last)
    order = [first, second, last]
    treated = _arm_table(comparison, comparison.intervention, order)
    control = _arm_table(comparison, ~comparison.intervention, order)
    in_first = int(comparison.count[:, first].sum())
    in_last = int(comparison.count[:, last].sum())
    weights = []
    for events in range(treated.shape[1]):
        other = in_last - events
        if not 0 <= other < control.shape[1]:
            weights.append(-inf)
            continue
        splits = np.arange(max(0, in_first - control.shape[0] + 1), min(treated.shape[0], in_first + 1))
        terms = treated[splits, events] + control[in_first - splits, other] if len(splits) else np.array([-inf])
        weights.append(float(logsumexp(terms)))
    possible = np.flatnonzero(np.isfinite(weights))
    return _Distribution(int(possible[0]), np.array(weights)[possible[0] : possible[-1] + 1])


def _arm_table(comparison: Comparison, arm: NDArray[np.bool_], order: list[int]) -> Array:
    """log of the weight of (events in the first term, events in the last) over an arm, given each school's total."""
    table: Array = np.ones((1, 1))
    log_scale = 0.0
    for school in np.flatnonzero(arm & ~comparison.without_events):
        total = int(comparison.count[school].sum())
        pupils = comparison.pupils[school, order]
        table = _convolve(table, _school_table(total, pupils / pupils.sum()))
        largest = table.max()
        table, log_scale = table / largest, log_scale + float(np.log(largest))
    with np.errstate(divide="ignore"):
        logs: Array = np.log(table) + log_scale
    return logs


def _convolve(table: Array, school: Array) -> Array:
    """The product of two generating functions. Not SciPy's: it takes half a second to load."""
    rows, columns = table.shape
    longer: Array = np.zeros((rows + school.shape[0] - 1, columns + school.shape[1] - 1))
    for first, last in np.argwhere(school > 0):
        longer[first : first + rows, last : last + columns] += school[first, last] * table
    return longer


def _school_table(total: int, share: Array) -> Array:
    """Trinomial weights of (first, last) for one school's events, the rest falling in the second term."""
    first, last = np.meshgrid(np.arange(total + 1), np.arange(total + 1), indexing="ij")
    second = total - first - last
    possible = second >= 0
    table = np.zeros(first.shape)
    counts = [first[possible], second[possible], last[possible]]
    logs = gammaln(total + 1) - sum(gammaln(count + 1) for count in counts)
    for count, chance in zip(counts, share, strict=True):
        logs = logs + xlogy(count, chance)
    table[possible] = np.exp(logs)
    return table


def _plug_in(comparison: Comparison) -> _Distribution:
    """The distribution with more terms: each school's events after the start are binomial given its total.

    The chance of falling after the start comes from the null model's term effects; then the last term must add up.
    """
    fit = fit_comparison(comparison, interactions=np.zeros((len(comparison.terms), 0)))
    chance = fit.expected[:, comparison.after_mask].sum(axis=1) / np.maximum(fit.expected.sum(axis=1), 1e-300)
    total = comparison.count.sum(axis=1).astype(int)
    treated = _arm_weights(total[comparison.intervention], chance[comparison.intervention])
    control = _arm_weights(total[~comparison.intervention], chance[~comparison.intervention])
    in_last = int(comparison.count[:, comparison.after_mask].sum())
    least = max(treated.least, in_last - control.most)
    most = min(treated.most, in_last - control.least)
    events = np.arange(least, most + 1)
    return _Distribution(
        least, treated.log_weights[events - treated.least] + control.log_weights[in_last - events - control.least]
    )


def _arm_weights(total: NDArray[np.int_], chance: Array) -> _Distribution:
    """Convolution of the binomials of an arm's schools. A school not seen before, or not after, adds what it must."""
    weights: Array = np.ones(1)
    certain = int(total[chance >= 1].sum())
    for events, share in zip(total, chance, strict=True):
        if events and 0 < share < 1:
            weights = np.convolve(weights, _binomial(int(events), float(share)))
    return _Distribution(certain, np.log(np.maximum(weights, 1e-300)))


def _binomial(total: int, chance: float) -> Array:
    counts = np.arange(total + 1)
    logs = gammaln(total + 1) - gammaln(counts + 1) - gammaln(total - counts + 1)
    return np.exp(logs + counts * np.log(chance) + (total - counts) * np.log1p(-chance))
