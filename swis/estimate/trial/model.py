"""The working model of a trial: Poisson with a log link, an offset, authority effects and covariates, for one table.

Columns: the effects of the arm first, then covariates, then one indicator for each authority and for each follow-up but
the first. The likelihood is only a device (pseudo-likelihood): the estimate is consistent for any distribution whose mean
has this form (Gourieroux, Monfort and Trognon 1984, Econometrica 52, 701-720). Standard errors: `robust.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.trial_table import TrialTable

Estimand = Literal["participant", "school", "authority"]

ESTIMANDS: dict[Estimand, str] = {
    "participant": "participant average: every pupil-year counts alike, so that large schools count more",
    "school": "school average: every school counts alike, whatever its size",
    "authority": "authority average: every authority counts alike, and within it every pupil-year",
}
ITERATIONS = 60
TOLERANCE = 1e-12
FARTHEST = 30.0
RELATIVE_RANK = 1e-10


@dataclass(frozen=True, eq=False)
class TrialModel:
    """What is fitted. `effects` columns, named in `names`, come first; `school` numbers the schools of the rows."""

    outcome: str
    columns: Array
    names: tuple[str, ...]
    count: Array
    exposure: Array
    weight: Array
    school: NDArray[np.intp]
    authority: NDArray[np.intp]

    @property
    def effects(self) -> int:
        return len(self.names)

    @property
    def schools(self) -> int:
        return len(np.unique(self.school))


@dataclass(frozen=True, eq=False)
class TrialFit:
    """Coefficients (effects first), what is expected of each row, and the inverse of the information."""

    model: TrialModel
    coefficients: Array
    expected: Array
    inverse: Array

    @property
    def residual(self) -> Array:
        return self.model.count - self.expected

    @property
    def leverage(self) -> Array:
        """The diagonal of the hat matrix."""
        weight = self.model.weight * self.expected
        X = self.model.columns
        return weight * np.einsum("ij,jk,ik->i", X, self.inverse, X)

    @property
    def degrees_of_freedom(self) -> int:
        """Schools less parameters."""
        return self.model.schools - self.model.columns.shape[1]

    @property
    def dispersion(self) -> float:
        """Pearson's chi-squared over rows less parameters."""
        df = len(self.expected) - self.model.columns.shape[1]
        return float((self.model.weight * self.residual**2 / self.expected).sum() / df) if df > 0 else float("nan")


def build_model(
    table: TrialTable,
    *,
    effects: dict[str, Array] | None = None,
    estimand: Estimand = "participant",
    adjusted: bool = True,
) -> TrialModel:
    """The model of a table whose outcomes are all returned. `effects` are columns by name; None: one, of the arm.

    `adjusted=False` leaves the covariates out and keeps the authorities. A column that the others already hold is refused.
    """
    arm = table.intervention.astype(float)
    chosen = {"social worker": arm} if effects is None else effects
    parts = [*chosen.values(), *(table.covariates.values() if adjusted else ())]
    X = np.column_stack([*parts, *_indicators(table)]) if parts else np.column_stack(_indicators(table))
    _refuse_rank(table, X, chosen)
    return TrialModel(
        outcome=table.outcome,
        columns=X,
        names=tuple(chosen),
        count=table.count,
        exposure=table.exposure,
        weight=_weights(table, estimand),
        school=table.school_of_row,
        authority=table.authority_of_row,
    )


def _indicators(table: TrialTable) -> list[Array]:
    codes = table.authority_of_row
    columns = [(codes[:, None] == np.arange(codes.max() + 1)).astype(float)]
    if table.follow_up is not None:
        later = list(dict.fromkeys(table.follow_up))[1:]
        columns += [np.array([each == name for each in table.follow_up], dtype=float)[:, None] for name in later]
    return columns


def _weights(table: TrialTable, estimand: Estimand) -> Array:
    """Weights on a mean of one: nothing, or what makes each school or authority count alike."""
    if estimand == "participant":
        return np.ones(len(table.count))
    group = table.school_of_row if estimand == "school" else table.authority_of_row
    weight: Array = 1 / np.bincount(group, weights=table.exposure)[group]
    return weight / weight.mean()


def _refuse_rank(table: TrialTable, X: Array, effects: dict[str, Array]) -> None:
    scale = np.sqrt((X**2).sum(axis=0))
    if not (scale > 0).all():
        raise NotEstimable(f"{table.outcome}: an arm, a subgroup or a follow-up is empty.")
    if np.linalg.matrix_rank(X / scale, tol=1e-9) < X.shape[1]:
        told = ", ".join(effects) or "the covariates"
        raise NotEstimable(
            f"{table.outcome}: {told} cannot be told from the authorities and covariates: an authority has one arm only, or "
            "there are fewer schools than parameters."
        )


def fit_model(model: TrialModel) -> TrialFit:
    """Newton's method from the crude rate. Raises NotEstimable where there is no maximum (an arm without events)."""
    at = crude_start(model)
    X, y, w = model.columns, model.count, model.weight
    for _ in range(ITERATIONS):
        expected = model.exposure * np.exp(X @ at)
        information = X.T @ ((w * expected)[:, None] * X)
        step = _solve(information, X.T @ (w * (y - expected)))
        at = at + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 4.0))
        if not np.isfinite(at).all() or np.abs(at[: model.effects]).max(initial=0.0) > FARTHEST:
            break
        if np.abs(step).max() < TOLERANCE * (1 + np.abs(at).max()):
            expected = model.exposure * np.exp(X @ at)
            return TrialFit(model, at, expected, np.linalg.inv(X.T @ ((w * expected)[:, None] * X)))
    raise NotEstimable(
        f"{model.outcome}: the rate ratio has no estimate: an arm, an authority or a subgroup has no events. "
        "The randomisation test by score needs none."
    )


def crude_start(model: TrialModel) -> Array:
    """A log-linear fit of the rates: near enough that Newton's method does not leap."""
    rate = (model.count + 0.5) / model.exposure
    root = np.sqrt(model.weight * (model.count + 0.5))
    found: Array = np.linalg.lstsq(root[:, None] * model.columns, root * np.log(rate), rcond=None)[0]
    return found


def _solve(information: Array, gradient: Array) -> Array:
    try:
        step: Array = np.linalg.solve(information, gradient)
    except np.linalg.LinAlgError:
        step = np.full_like(gradient, np.nan)
    return step


def with_events(table: TrialTable) -> TrialTable:
    """The returned rows of authorities with any event: the others say nothing of a rate ratio, and are carried as left out."""
    table = table.returned
    events = np.bincount(table.authority_of_row, weights=table.count)[table.authority_of_row]
    if (events > 0).all():
        return table
    return table.keep_rows(events > 0, reason="nothing counted in its authority")
