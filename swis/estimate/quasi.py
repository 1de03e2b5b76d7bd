"""Quasi-Poisson: counts that vary more than Poisson counts do, with a profile interval and t quantiles.

The dispersion is Pearson's chi-squared over its degrees of freedom and is not allowed below 1: too little scatter in a
handful of school-terms is luck, not precision. Interval: rate ratios whose deviance rises by no more than the dispersion
times the squared t quantile. Source: McCullagh and Nelder 1989, sections 4.5 and 6.2.4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, inf, sqrt

import numpy as np
from scipy.special import fdtrc, stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import PoissonFit, fit_comparison
from swis.estimate.profile import FARTHEST, interval_end
from swis.estimate.separation import find_separation, without_separated


@dataclass(frozen=True)
class QuasiPoisson:
    """Rate ratio with an interval that allows for overdispersion. `low` may be 0 and `high` infinite.

    `dispersion` is Pearson's chi-squared over `df`, as it is; the interval and test use 1 where it is less.
    `standard_error` is that of the log rate ratio, None when separated.
    """

    ratio: float
    low: float
    high: float
    p: float
    dispersion: float
    df: int
    standard_error: float | None
    level: float = 0.95

    def __repr__(self) -> str:
        return (
            f"QuasiPoisson(rate ratio {self.ratio:.4g}, {self.level:.0%} CI {self.low:.4g} to {self.high:.4g}; "
            f"dispersion {self.dispersion:.3g} on {self.df} degrees of freedom)"
        )

    @property
    def excludes_one(self) -> bool:
        return self.low > 1 or self.high < 1


def dispersion(comparison: Comparison, fit: PoissonFit, *, effects: int) -> tuple[float, int]:
    """Pearson's chi-squared over its degrees of freedom, and those: school-terms less schools less `effects`."""
    used = (comparison.pupils > 0) & ~comparison.without_events[:, None]
    expected = fit.expected[used]
    # A school-term fitted as zero is fitted exactly: it adds nothing, and it costs the degree of freedom it had.
    some = expected > 1e-8
    chi_squared = float((((comparison.count[used] - expected) ** 2)[some] / expected[some]).sum())
    df = int(used.sum()) - int((~comparison.without_events).sum()) - effects
    if df < 1:
        raise NotEstimable(f"{comparison.outcome}: no degrees of freedom are left to judge the scatter by.")
    return chi_squared / df, df


def quasi_poisson(comparison: Comparison, *, level: float = 0.95) -> QuasiPoisson:
    """Rate ratio of the programme with a quasi-likelihood profile interval; works under separation.

    Raises NotEstimable where the table says nothing of a rate ratio, or leaves no degrees of freedom for the scatter.
    """
    comparison, fit = _estimable(comparison)
    ratio_of_variance, df = dispersion(comparison, fit, effects=len(comparison.terms))
    scale = max(1.0, ratio_of_variance)
    best = _best(comparison, fit)
    quantile = float(stdtrit(df, 0.5 + level / 2)) ** 2 * scale

    def rise(log_ratio: float) -> float:
        return 2 * (best - _profile(comparison, log_ratio)) - quantile

    centre = float(np.clip(fit.programme[0], -FARTHEST, FARTHEST))
    statistic = max(2 * (best - _profile(comparison, 0.0)), 0.0) / scale
    finite = fit.converged
    return QuasiPoisson(
        ratio=exp(centre) if finite else (0.0 if centre < 0 else inf),
        low=0.0 if not finite and centre < 0 else interval_end(rise, centre, -1.0),
        high=inf if not finite and centre > 0 else interval_end(rise, centre, 1.0),
        p=float(fdtrc(1, df, statistic)),
        dispersion=ratio_of_variance,
        df=df,
        standard_error=sqrt(scale * fit.covariance[-1, -1]) if finite else None,
        level=level,
    )


def quasi_p(comparison: Comparison, log_ratio: float = 0.0) -> float:
    """The quasi-likelihood ratio p-value of a log rate ratio; above 0.05 exactly where the 95% interval contains it."""
    comparison, fit = _estimable(comparison)
    scatter, df = dispersion(comparison, fit, effects=len(comparison.terms))
    rise = 2 * (_best(comparison, fit) - _profile(comparison, log_ratio))
    return float(fdtrc(1, df, max(rise, 0.0) / max(1.0, scatter)))


def _estimable(comparison: Comparison) -> tuple[Comparison, PoissonFit]:
    """The comparison and its fit; where a term or school effect alone runs off, both without the school-terms it fits as zero."""
    fit = fit_comparison(comparison)
    if fit.converged:
        return comparison, fit
    separation = find_separation(comparison)
    if not separation.identified:
        raise NotEstimable(
            f"{comparison.outcome}: one arm has no events, or no term to compare with; there is no rate ratio."
        )
    if separation.direction:
        return comparison, fit
    comparison = without_separated(comparison, separation)
    fit = fit_comparison(comparison)
    if not fit.converged:
        raise NotEstimable(f"{comparison.outcome}: a term has no events at all; leave it out of the comparison.")
    return comparison, fit


def _best(comparison: Comparison, fit: PoissonFit) -> float:
    """The largest log likelihood; under separation its limit."""
    return fit.log_likelihood if fit.converged else _profile(comparison, float(np.sign(fit.programme[0]) * FARTHEST))


def _profile(comparison: Comparison, log_ratio: float) -> float:
    """Largest log likelihood at this log rate ratio."""
    after = comparison.after_mask
    # Half of the known effect is taken off every school after the start; the term effects give it back. Otherwise one of them
    # has to run as far as the programme effect is held, and Newton's method stops short of it.
    halfway = replace(comparison, pupils=comparison.pupils * np.exp(-log_ratio / 2 * after))
    fit = fit_comparison(halfway, interactions=np.zeros((len(comparison.terms), 0)), log_ratio=log_ratio)
    # The known effect went into the exposure; its own part of the likelihood is put back.
    treated_after = comparison.count[comparison.intervention][:, after].sum()
    return fit.log_likelihood + log_ratio * float(treated_after - comparison.count[:, after].sum() / 2)
