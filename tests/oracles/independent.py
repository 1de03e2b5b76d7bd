"""The published model by statsmodels with a dummy for every school and term, for tables drawn in a test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from swis.estimate.comparison import Comparison


@dataclass(frozen=True)
class DummyVariableFit:
    """Log rate ratio with its standard errors; `se_cluster_raw` is the sandwich by school without any factor."""

    beta: float
    se_model: float
    se_cluster_raw: float
    pearson: float
    df: int
    log_likelihood: float


def statsmodels_did(comparison: Comparison) -> DummyVariableFit:
    """Schools without events are left out. The table must have a finite estimate: nothing here looks for separation."""
    kept = comparison.keep_schools(~comparison.without_events)
    school, term = np.nonzero(kept.pupils > 0)
    count, pupils = kept.count[school, term], kept.pupils[school, term]
    fit = sm.GLM(count, design(kept, school, term), family=sm.families.Poisson(), offset=np.log(pupils)).fit(
        maxiter=300, tol=1e-14, tol_criterion="params"
    )
    bread = np.asarray(fit.normalized_cov_params)
    scores = np.asarray(fit.model.exog) * (count - fit.fittedvalues)[:, None]
    by_school = np.array([scores[school == i].sum(axis=0) for i in range(len(kept.schools))])
    sandwich = bread @ by_school.T @ by_school @ bread
    return DummyVariableFit(
        beta=float(fit.params[-1]),
        se_model=float(np.sqrt(bread[-1, -1])),
        se_cluster_raw=float(np.sqrt(sandwich[-1, -1])),
        pearson=float(((count - fit.fittedvalues) ** 2 / fit.fittedvalues).sum()),
        df=int(fit.df_resid),
        log_likelihood=float(fit.llf),
    )


def design(comparison: Comparison, school: NDArray[np.intp], term: NDArray[np.intp]) -> NDArray[np.float64]:
    """A column per school, per term but the reference, and last the intervention after the start."""
    reference = comparison.terms.index(comparison.reference)
    terms = [t for t in range(len(comparison.terms)) if t != reference]
    treated_after = comparison.intervention[school] & comparison.after_mask[term]
    return np.column_stack(
        [school == i for i in range(len(comparison.schools))] + [term == t for t in terms] + [treated_after]
    ).astype(np.float64)
