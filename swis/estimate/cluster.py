"""Standard errors that allow the terms of one school to go together, and what is left of them when schools are few.

CR1: the sandwich, scaled by G/(G-1) (Liang and Zeger 1986). CR2: bias-reduced linearisation with Satterthwaite degrees of
freedom (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018, JBES 36, 672-683), with working variance mu, as clubSandwich
does for a log-link Poisson model. CR3: the jackknife over schools, (G-1)/G times the sum of squared changes of the estimate
(MacKinnon, Nielsen and Webb 2023, J. Econometrics 232, 272-299).

None of them can be trusted with one or two schools on a side: the sandwich then contains no variation of the treated
outcome at all (Conley and Taber 2011; MacKinnon and Webb 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from swis.estimate.comparison import Array, Comparison
from swis.estimate.dummies import DummyDesign, dummy_design
from swis.estimate.poisson import PoissonFit, fit_comparison

SEPARATED = "the rate ratio has no finite estimate"
NO_VARIATION = "what is left over of the counts is nothing but rounding"
ROUNDING = 1e-9  # the error of a log ratio; a sandwich of residuals that are zero but for rounding is no standard error
RELATIVE_RANK = 1e-10  # an absolute cut-off mistakes noise for rank where counts are in the hundreds


@dataclass(frozen=True)
class ClusterError:
    """A clustered standard error of the log rate ratio. `se` is None where it does not exist; `why` says so."""

    kind: str
    se: float | None
    df: float | None
    schools: int
    why: str = ""

    def __repr__(self) -> str:
        if self.se is None:
            return f"ClusterError({self.kind}: none; {self.why})"
        return f"ClusterError({self.kind}: {self.se:.4g}, {self.df:.3g} degrees of freedom, {self.schools} schools)"

    def interval(self, log_ratio: float, *, level: float = 0.95) -> tuple[float, float] | None:
        """The rate ratios within t quantiles of the estimate; None where there is no standard error."""
        if self.se is None or self.df is None:
            return None
        half = float(stdtrit(self.df, 0.5 + level / 2)) * self.se
        return _exp(log_ratio - half), _exp(log_ratio + half)

    def p(self, log_ratio: float) -> float | None:
        """The two-sided p-value for no effect; None where there is no standard error."""
        if self.se is None or self.df is None:
            return None
        return 2 * float(stdtr(self.df, -abs(log_ratio) / self.se))


def _exp(value: float) -> float:
    return exp(value) if value < 700 else inf


def _error(kind: str, variance: float, df: float, schools: int) -> ClusterError:
    if variance < ROUNDING**2:
        return ClusterError(kind, None, None, schools, NO_VARIATION)
    return ClusterError(kind, float(np.sqrt(variance)), df, schools)


def cr1(comparison: Comparison, fit: PoissonFit, *, count_all_schools: bool = False) -> ClusterError:
    """The clustered sandwich times G/(G-1), with G-1 degrees of freedom.

    G counts the schools with any event; with `count_all_schools` every school of the table, as the publication did.
    """
    schools = len(comparison.schools) if count_all_schools else int((~comparison.without_events).sum())
    if not fit.converged:
        return ClusterError("CR1", None, None, schools, SEPARATED)
    if schools < 2:
        return ClusterError("CR1", None, None, schools, "fewer than two schools have events")
    bread = fit.covariance[-1]
    meat = (fit.scores @ bread) ** 2
    return _error("CR1", float(meat.sum() * schools / (schools - 1)), schools - 1, schools)


def cr2(comparison: Comparison, fit: PoissonFit) -> ClusterError:
    """The bias-reduced clustered standard error and its Satterthwaite degrees of freedom."""
    design = dummy_design(comparison)
    side = comparison.intervention[~comparison.without_events]
    fewer = int(min(side.sum(), (~side).sum()))
    schools = design.schools
    if not fit.converged:
        return ClusterError("CR2", None, None, schools, SEPARATED)
    if fewer == 0:
        return ClusterError("CR2", None, None, schools, "one arm has no school with events")
    expected = fit.expected[design.school, design.term]
    parts = _cr2_parts(design, expected)
    residual = design.count - expected
    variance = sum(float(part @ residual[rows]) ** 2 for rows, part in parts)
    return _error("CR2", float(variance), _satterthwaite(design, expected, parts), schools)


def _cr2_parts(design: DummyDesign, expected: Array) -> list[tuple[NDArray[np.intp], Array]]:
    """For each school its rows and the weights a_g with which its residuals enter the variance."""
    scaled = expected[:, None] * design.columns
    bread = design.inverse_information(expected)
    target = bread[design.programme]
    parts = []
    for school in np.unique(design.school):
        rows = np.flatnonzero(design.school == school)
        root = np.sqrt(expected[rows])
        own = scaled[rows]
        hat = own @ bread @ design.columns[rows].T
        middle = root[:, None] * (np.eye(len(rows)) - hat) @ np.diag(expected[rows]) * root
        adjust = root[:, None] * _inverse_root((middle + middle.T) / 2) * root
        parts.append((rows, target @ design.columns[rows].T @ adjust))
    return parts


def _inverse_root(matrix: Array) -> Array:
    """Symmetric pseudo-inverse square root, rank judged relative to the largest eigenvalue."""
    values, vectors = np.linalg.eigh(matrix)
    keep = values > RELATIVE_RANK * max(values.max(), 0.0)
    roots = np.zeros_like(values)
    roots[keep] = 1 / np.sqrt(values[keep])
    return (vectors * roots) @ vectors.T


def _satterthwaite(design: DummyDesign, expected: Array, parts: list[tuple[NDArray[np.intp], Array]]) -> float:
    """Degrees of freedom that match the first two moments of the variance estimate under the working model."""
    scaled = expected[:, None] * design.columns
    bread = design.inverse_information(expected)
    annihilator = np.eye(len(expected)) - scaled @ bread @ design.columns.T
    root = np.sqrt(expected)
    vectors = np.array([root * (annihilator[rows].T @ part) for rows, part in parts])
    gram = vectors @ vectors.T
    return float(np.trace(gram) ** 2 / (gram**2).sum())


def cr3(comparison: Comparison, fit: PoissonFit) -> ClusterError:
    """The jackknife over schools with events: refit without each, spread of the estimates around the full one."""
    informative = ~comparison.without_events
    schools = int(informative.sum())
    if not fit.converged:
        return ClusterError("CR3", None, None, schools, SEPARATED)
    estimates = leave_one_out(comparison)
    if any(estimate is None for estimate in estimates.values()):
        lost = [school for school, estimate in estimates.items() if estimate is None]
        return ClusterError("CR3", None, None, schools, f"without {lost[0]} there is no estimate")
    changes = np.array([estimate for estimate in estimates.values() if estimate is not None]) - fit.programme[0]
    return _error("CR3", float((schools - 1) / schools * (changes**2).sum()), schools - 1, schools)


def leave_one_out(comparison: Comparison) -> dict[str, float | None]:
    """The log rate ratio without each school that has events; None where it then has no finite value."""
    estimates: dict[str, float | None] = {}
    for index in np.flatnonzero(~comparison.without_events):
        keep = np.arange(len(comparison.schools)) != index
        rest = comparison.keep_schools(keep)
        if not (rest.intervention.any() and (~rest.intervention).any()):
            estimates[comparison.schools[index]] = None
            continue
        fit = fit_comparison(rest)
        estimates[comparison.schools[index]] = float(fit.programme[0]) if fit.converged else None
    return estimates
