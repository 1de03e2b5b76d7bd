"""Everything that better inference says of one comparison, gathered: estimates, tests, diagnostics and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.bootstrap import ScoreBootstrap, score_bootstrap
from swis.estimate.cluster import ClusterError, cr1, cr2, cr3, leave_one_out
from swis.estimate.comparison import Comparison
from swis.estimate.detectable import Detectable, detectable_effect
from swis.estimate.did import variance_warnings
from swis.estimate.event_study import EventStudy, Placebo, PreTrend, event_study, placebos_in_time, pre_trend
from swis.estimate.exact import Exact, exact
from swis.estimate.firth import Firth, firth
from swis.estimate.permutation import (
    Permutation,
    Unit,
    permutation_interval,
    permutation_test,
    ratios_of_every_choice,
)
from swis.estimate.poisson import fit_comparison
from swis.estimate.quasi import QuasiPoisson, quasi_poisson
from swis.estimate.sensitivity import Sensitivity, sensitivity
from swis.estimate.separation import Separation, find_separation
from swis.estimate.verdict import Design, Verdict, judge

Result = TypeVar("Result")


@dataclass(frozen=True)
class Floor:
    """How much of the table lies at zero: where nothing is counted nothing can fall."""

    school_terms: int
    zero_school_terms: int
    schools: int
    schools_without_events: int
    intervention_without_events_at_reference: int
    """Schools with a social worker that had nothing to reduce in the reference term."""

    @property
    def zero_share(self) -> float:
        return self.zero_school_terms / self.school_terms


@dataclass(frozen=True, eq=False)
class Appraisal:
    """What one comparison can carry. A part that the data cannot give is None, and `not_estimable` says why, by its name."""

    comparison: Comparison
    separation: Separation
    log_ratio: float
    model_standard_error: float | None
    cr1: ClusterError | None
    cr2: ClusterError | None
    cr3: ClusterError | None
    leave_one_out: Mapping[str, float | None]
    quasi: QuasiPoisson
    permutation: Permutation
    permutation_interval: tuple[float, float]
    cluster_permutation: Permutation | None
    bootstrap: ScoreBootstrap | None
    exact: Exact | None
    exact_last_two: Exact | None
    """Exact inference on the reference term and the last one alone: another contrast, for comparison."""
    firth: Firth | None
    event_study: EventStudy
    pre_trend: PreTrend | None
    placebos: tuple[Placebo, ...]
    sensitivity: Sensitivity | None
    detectable: Detectable | None
    floor: Floor
    ratios_of_every_choice: tuple[float, ...]
    """The rate ratio had each other choice of schools been the real one; empty where there are too many to draw."""
    warnings: tuple[str, ...]
    verdict: Verdict
    not_estimable: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Appraisal({self.comparison.outcome}: {self.verdict.kind}; {self.permutation!r})"


class _Attempts:
    """Runs what may not be estimable and keeps the reasons."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def __call__(self, name: str, estimate: Callable[[], Result]) -> Result | None:
        try:
            return estimate()
        except NotEstimable as reason:
            self.reasons[name] = str(reason)
            return None


def appraise(
    comparison: Comparison,
    *,
    design: Design = "matched comparison",
    unit: Unit = "school",
    worthwhile: float = 0.8,
    seed: int,
) -> Appraisal:
    """Estimate, test, diagnose and judge one comparison.

    Raises NotEstimable where not even the randomisation test can be made: an arm without schools, a term without events.
    """
    attempt = _Attempts()
    fit = fit_comparison(comparison)
    separation = find_separation(comparison)
    finite = fit.converged and not separation
    permutation = permutation_test(comparison, unit=unit, seed=seed)
    interval = permutation_interval(comparison, unit=unit, seed=seed)
    quasi = quasi_poisson(comparison)
    trend = attempt("pre_trend", lambda: pre_trend(comparison, unit=unit, seed=seed))
    study = event_study(comparison)
    last_two = (comparison.reference, comparison.after[-1])
    if not finite:
        attempt.reasons["clustered standard errors"] = _separated(comparison, separation)
    return Appraisal(
        comparison=comparison,
        separation=separation,
        log_ratio=float(fit.programme[0]) if finite else separation.direction * float("inf"),
        model_standard_error=float(np.sqrt(fit.covariance[-1, -1])) if finite else None,
        cr1=cr1(comparison, fit) if finite else None,
        cr2=cr2(comparison, fit) if finite else None,
        cr3=cr3(comparison, fit) if finite else None,
        leave_one_out=MappingProxyType(leave_one_out(comparison) if finite else {}),
        quasi=quasi,
        permutation=permutation,
        permutation_interval=interval,
        cluster_permutation=attempt("cluster_permutation", lambda: _by_cluster(comparison, seed)),
        bootstrap=attempt("bootstrap", lambda: score_bootstrap(comparison, seed=seed)),
        exact=attempt("exact", lambda: exact(comparison)),
        exact_last_two=attempt(
            "exact_last_two",
            lambda: exact(comparison.keep_terms(last_two, reference=last_two[0], after=last_two[1:])),
        ),
        firth=attempt("firth", lambda: firth(comparison)),
        event_study=study,
        pre_trend=trend,
        placebos=attempt("placebos", lambda: placebos_in_time(comparison, unit=unit, seed=seed)) or (),
        sensitivity=attempt("sensitivity", lambda: sensitivity(study, seed=seed)),
        detectable=attempt("detectable", lambda: detectable_effect(comparison, worthwhile=worthwhile)),
        floor=_floor(comparison),
        ratios_of_every_choice=ratios_of_every_choice(comparison, unit=unit),
        warnings=variance_warnings(comparison, fit),
        verdict=judge(permutation, quasi, trend, permutation_interval=interval, design=design, worthwhile=worthwhile),
        not_estimable=MappingProxyType(attempt.reasons),
    )


def _separated(comparison: Comparison, separation: Separation) -> str:
    cells = int(separation.cells.sum())
    return (
        f"{comparison.outcome}: {cells} school-terms have no event where the model would need one to have an estimate; "
        "any finite number would come from where the software happened to stop."
    )


def _by_cluster(comparison: Comparison, seed: int) -> Permutation | None:
    """The randomisation test with whole clusters, where the programme was given to clusters."""
    if comparison.cluster is None or len(set(comparison.cluster)) == len(comparison.schools):
        return None
    return permutation_test(comparison, unit="cluster", seed=seed)


def _floor(comparison: Comparison) -> Floor:
    observed = comparison.pupils > 0
    at_reference = comparison.count[:, comparison.terms.index(comparison.reference)] == 0
    return Floor(
        school_terms=int(observed.sum()),
        zero_school_terms=int((observed & (comparison.count == 0)).sum()),
        schools=len(comparison.schools),
        schools_without_events=int(comparison.without_events.sum()),
        intervention_without_events_at_reference=int((at_reference & comparison.intervention).sum()),
    )
