"""The method of the published pilot evaluations, exactly, so that their tables can be reproduced and judged.

Poisson regression with an effect for every school and term, pupils as exposure, one intervention-by-last-term
coefficient, standard errors clustered by school and scaled by G/(G-1) with every school of the table counted in G
(all-zero ones too), and normal intervals. With so few schools these intervals are far too short; nothing else in SWIS
uses them. The coefficient contrasts the last term with all earlier terms pooled, not with the term before.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison
from swis.estimate.dummies import DummyDesign, dummy_design
from swis.estimate.poisson import PoissonFit, fit_comparison
from swis.estimate.separation import Separation, find_separation, without_separated

ROUNDING = 1e-9  # a sandwich of residuals that are zero but for rounding is no standard error
FAR_OUT = 18.0  # e^-18 of an event: no longer felt in the other effects, still told apart from rounding


@dataclass(frozen=True)
class PublishedLine:
    """One line of a published table: a ratio with its interval. Unrounded; None where the method has no answer."""

    name: str
    ratio: float
    low: float | None
    high: float | None
    p: float | None = None


@dataclass(frozen=True, eq=False)
class PublishedMethod:
    """What the published method gives for one comparison.

    `interaction` is the intervention by time; `total_change` the last term's effect times the interaction, which the
    publication words as the change in intervention schools; `constant` the rate of one school in the reference term.
    `separation` says when the interaction is not an estimate: then its ratio is 0 or infinite, with no interval.
    """

    outcome: str
    schools: int
    terms: tuple[PublishedLine, ...]
    interaction: PublishedLine
    total_change: PublishedLine
    constant: PublishedLine | None
    separation: Separation
    log_ratio: float
    standard_error: float | None
    limiting_standard_error: float | None
    """Under separation: what the sandwich tends to as the estimate runs off. It explains the width of a printed interval."""

    def __repr__(self) -> str:
        at = self.interaction
        interval = "no interval" if at.low is None else f"95% CI {at.low:.4g} to {at.high:.4g}"
        return (
            f"PublishedMethod({self.outcome}: intervention by time {at.ratio:.4g}, {interval}; {self.schools} schools)"
        )

    @property
    def significant(self) -> bool:
        """Whether the method would call the interaction significant at 5%."""
        return self.interaction.p is not None and self.interaction.p < 0.05


def published_method(
    comparison: Comparison, *, constant_school: str | None = None, level: float = 0.95
) -> PublishedMethod:
    """Reproduce the published analysis of one outcome.

    Raises NotEstimable where even its term effects do not exist.
    """
    separation = find_separation(comparison)
    if not separation.identified:
        raise NotEstimable(
            f"{comparison.outcome}: the published method has no estimate: one arm has no events, or no term to compare with."
        )
    limit = without_separated(comparison, separation) if separation else comparison
    patterns = np.zeros((len(comparison.terms), 0)) if separation.direction else None
    fit = fit_comparison(limit, interactions=patterns)
    if not fit.converged or not np.isfinite(fit.log_likelihood):
        raise NotEstimable(
            f"{comparison.outcome}: the published method has no estimate of the term effects: "
            "a term, or one arm of it, has no events at all."
        )
    covariance = _full_sandwich(limit, fit, patterns=patterns, schools=len(comparison.schools))
    reader = _Reader(comparison, fit, covariance, float(ndtri(0.5 + level / 2)))
    interaction, total = reader.programme(separation)
    return PublishedMethod(
        outcome=comparison.outcome,
        schools=len(comparison.schools),
        terms=tuple(reader.term(t) for t in range(len(comparison.terms))),
        interaction=interaction,
        total_change=total,
        constant=None if constant_school is None else reader.constant(constant_school),
        separation=separation,
        log_ratio=-np.inf if separation.direction < 0 else np.inf if separation.direction > 0 else reader.log_ratio,
        standard_error=None if separation.direction else reader.standard_error(reader.programme_vector()),
        limiting_standard_error=_limiting_standard_error(comparison, separation.direction)
        if separation.direction
        else None,
    )


def _full_sandwich(limit: Comparison, fit: PoissonFit, *, patterns: Array | None, schools: int) -> Array:
    """Covariance of school effects, free term effects and the programme effect, clustered by school, G/(G-1)."""
    return _sandwich(dummy_design(limit, interactions=patterns), fit, schools=schools)


def _sandwich(design: DummyDesign, fit: PoissonFit, *, schools: int) -> Array:
    expected = fit.expected[design.school, design.term]
    bread = design.inverse_information(expected)
    scores = np.zeros((len(fit.expected), design.columns.shape[1]))
    np.add.at(scores, design.school, (design.count - expected)[:, None] * design.columns)
    covariance: Array = bread @ (scores.T @ scores) @ bread * schools / (schools - 1)
    return covariance


def _limiting_standard_error(comparison: Comparison, direction: int) -> float | None:
    """The clustered standard error of a separated effect, at an estimate so far out that it no longer changes.

    None where other effects run off with it.
    """
    nothing = np.zeros((len(comparison.terms), 0))
    limit = fit_comparison(comparison, interactions=nothing, log_ratio=direction * FAR_OUT)
    if not limit.converged:
        return None
    design = dummy_design(comparison)
    covariance = _sandwich(design, limit, schools=len(comparison.schools))
    variance = float(covariance[design.programme, design.programme])
    return sqrt(variance) if variance > 0 else None


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads lines of the published table from one fit and its covariance."""

    comparison: Comparison
    fit: PoissonFit
    covariance: Array
    z: float

    @property
    def _informative(self) -> NDArray[np.intp]:
        return np.flatnonzero(~self.comparison.without_events)

    @property
    def log_ratio(self) -> float:
        return float(self.fit.programme[0])

    def programme_vector(self) -> Array:
        vector = np.zeros(len(self.covariance))
        vector[-1] = 1.0
        return vector

    def _term_vector(self, term: int) -> Array:
        vector = np.zeros(len(self.covariance))
        reference = self.fit.reference
        if term != reference:
            vector[len(self._informative) + term - (term > reference)] = 1.0
        return vector

    def standard_error(self, vector: Array) -> float:
        return float(np.sqrt(np.maximum(vector @ self.covariance @ vector, 0.0)))

    def _estimate(self, name: str, log_value: float, vector: Array) -> PublishedLine:
        error = self.standard_error(vector)
        if error < ROUNDING:
            return PublishedLine(name, float(np.exp(log_value)), None, None)
        return PublishedLine(
            name,
            ratio=float(np.exp(log_value)),
            low=float(np.exp(log_value - self.z * error)),
            high=float(np.exp(log_value + self.z * error)),
            p=float(2 * ndtr(-abs(log_value) / error)),
        )

    def term(self, term: int) -> PublishedLine:
        return self._estimate(self.comparison.terms[term], float(self.fit.term_effects[term]), self._term_vector(term))

    def programme(self, separation: Separation) -> tuple[PublishedLine, PublishedLine]:
        if separation.direction:
            ratio = 0.0 if separation.direction < 0 else float("inf")
            return (
                PublishedLine("intervention by time", ratio, None, None),
                PublishedLine("total change in intervention schools", ratio, None, None),
            )
        vector = self.programme_vector()
        last = max(self.comparison.terms.index(term) for term in self.comparison.after)
        change = float(self.fit.term_effects[last]) + self.log_ratio
        return (
            self._estimate("intervention by time", self.log_ratio, vector),
            self._estimate("total change in intervention schools", change, vector + self._term_vector(last)),
        )

    def constant(self, school: str) -> PublishedLine:
        index = self.comparison.schools.index(school)
        if self.comparison.without_events[index]:
            return PublishedLine("constant", 0.0, None, None)
        vector = np.zeros(len(self.covariance))
        vector[int(np.searchsorted(self._informative, index))] = 1.0
        return self._estimate("constant", float(self.fit.school_effects[index]), vector)
