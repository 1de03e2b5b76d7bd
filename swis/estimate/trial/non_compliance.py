"""What schools did instead of what they were drawn for: per protocol, and the complier average. Neither replaces intention
to treat.

Per protocol leaves out schools that did not do what they were drawn for; what is left was not drawn by lot. The complier
average is that of a multiplicative structural mean model with one-sided non-compliance (no school without a worker had
one): the ratio in schools that took a worker, from the draw itself (Clarke and Windmeijer 2010, Biostatistics 11, 756-770).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.intention_to_treat import TrialPlan, estimate_ratio
from swis.estimate.trial.model import build_model, fit_model, with_events
from swis.estimate.trial.result import Found, TrialEstimate, estimate_of
from swis.estimate.trial.trial_table import TrialTable

FARTHEST = 10.0
COMPLIER = "complier average, structural mean model"


@dataclass(frozen=True)
class ComplierAverage:
    """`uptake` is the share of the intervention arm's exposure in schools that took a worker; `unadjusted` the plain ratio
    of sums."""

    estimate: TrialEstimate
    uptake: float
    unadjusted: float

    def __repr__(self) -> str:
        return f"ComplierAverage({self.estimate!r}; uptake {self.uptake:.0%})"

    def __str__(self) -> str:
        return str(self.estimate)


def per_protocol(table: TrialTable, took_worker: NDArray[np.bool_], plan: TrialPlan) -> TrialEstimate:
    """The ratio among schools that did what they were drawn for; `took_worker` has one value for each row of the table."""
    took = _one_for_each_row(table, took_worker)
    kept = table.keep_rows(took == table.intervention, reason="did not do what it was drawn for")
    return estimate_ratio(kept, plan, label="per protocol")


def _one_for_each_row(table: TrialTable, took_worker: NDArray[np.bool_]) -> NDArray[np.bool_]:
    took = np.asarray(took_worker)
    if took.shape != table.intervention.shape or not np.isin(took, (0, 1)).all():
        raise NotEstimable(
            f"{table.outcome}: took_worker needs true or false for each of the {len(table.schools)} rows."
        )
    return took.astype(bool)


def ratio_of_sums(
    with_worker: float, elsewhere: float, exposure: float, without: float, exposure_without: float
) -> float:
    """The complier ratio from sums: events of the intervention arm in schools that took a worker and elsewhere, and its exposure;
    events and exposure of the other arm."""
    expected = without / exposure_without * exposure - elsewhere
    if expected <= 0 or with_worker <= 0:
        raise NotEstimable("The complier average has no estimate: no events are left for schools that took a worker.")
    return with_worker / expected


def complier_average(table: TrialTable, took_worker: NDArray[np.bool_], *, level: float = 0.95) -> ComplierAverage:
    """The ratio in schools that took a worker because they were drawn for one, adjusted as the default is.

    Expected counts without a worker come from the covariates' and authorities' effects; the arm is the instrument. The
    standard error is robust (residuals of the structural model, enlarged by their leverage), t with schools less
    parameters. Raises NotEstimable where a school of the other arm had a worker: then there are not only compliers to speak of.
    """
    took = _one_for_each_row(table, took_worker)
    if (took & ~table.intervention).any():
        raise NotEstimable(
            f"{table.outcome}: a school drawn for no worker had one; the complier average is for one-sided uptake."
        )
    kept = with_events(table)
    position = {
        key: row for row, key in enumerate(zip(table.schools, table.follow_up or ("",) * len(took), strict=True))
    }
    took = took[[position[key] for key in zip(kept.schools, kept.follow_up or ("",) * len(kept.schools), strict=True)]]
    if not took.any():
        raise NotEstimable(f"{table.outcome}: no school took a worker.")
    found = _structural(kept, took)
    arm = kept.intervention
    sums = [float(kept.count[rows].sum()) for rows in (took, arm & ~took, ~arm)]
    uptake = float(kept.exposure[took].sum() / kept.exposure[arm].sum())
    unadjusted = ratio_of_sums(
        sums[0], sums[1], float(kept.exposure[arm].sum()), sums[2], float(kept.exposure[~arm].sum())
    )
    return ComplierAverage(estimate_of(kept, found, level=level), uptake, unadjusted)


def _structural(table: TrialTable, took: NDArray[np.bool_]) -> Found:
    """Solve for the coefficients: instruments are the columns of the default model, the arm among them; regressors have
    uptake."""
    model = build_model(table)
    Z, X = model.columns, model.columns.copy()
    X[:, 0] = took
    at = fit_model(model).coefficients.copy()
    for _ in range(100):
        free = model.exposure * np.exp(
            X[:, 1:] @ at[1:]
        )  # what would have been counted without a worker, by covariates
        # Counts with the worker's effect taken off, against what covariates expect.
        off = model.count * np.exp(-at[0] * took)
        slope = -np.column_stack([Z.T @ (off * took), Z.T @ (free[:, None] * X[:, 1:])])
        step = np.linalg.lstsq(slope, -Z.T @ (off - free), rcond=None)[0]
        at = at + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1.0))
        if np.abs(step).max() < 1e-11 or not abs(at[0]) < FARTHEST:
            break
    if not np.abs(step).max() < 1e-11 or np.linalg.matrix_rank(slope) < len(slope):
        raise NotEstimable(f"{table.outcome}: the complier average has no estimate.")
    inverse = np.linalg.inv(slope)
    moved = _school_sums(model.school, Z * _enlarged(off - free, Z, free)[:, None]) @ inverse.T
    error = sqrt(float((moved[:, 0] ** 2).sum()))
    return Found(
        COMPLIER,
        float(at[0]),
        error,
        model.schools - Z.shape[1],
        "the ratio in schools that would take a worker if drawn for one",
        "complier average",
    )


def _enlarged(residual: Array, Z: Array, free: Array) -> Array:
    """Residuals over one less their pull on the fit, the pull taken as that of the intention-to-treat model."""
    pull = free * np.einsum("ij,jk,ik->i", Z, np.linalg.pinv(Z.T @ (free[:, None] * Z)), Z)
    return residual / np.where(pull > 1 - 1e-9, np.inf, 1 - pull)


def _school_sums(school: NDArray[np.intp], values: Array) -> Array:
    summed = np.zeros((school.max() + 1, values.shape[1]))
    np.add.at(summed, school, values)
    return summed


def wald_rate_difference(
    events: float, exposure: float, without: float, exposure_without: float, *, uptake: float
) -> float:
    """The difference of rates per 1,000, over the uptake of the intervention arm (Wald's estimator)."""
    return 1000 * (events / exposure - without / exposure_without) / uptake
