"""Continuous scores of a trial by the convention of the Education Endowment Foundation: Hedges' g with the total variance.

The difference is that of a multilevel model: pupils in schools, authority effects and covariates of schools, by REML. It needs of
every school the number of pupils, their mean and their standard deviation, which hold all that the pupils' scores say of
such a model. It is divided by the total standard deviation within arms (between and within schools, unconditional), times
Hedges' factor. Sources: EEF statistical analysis guidance (2022); Hedges 2007 (J. Educational and Behavioral Statistics
32, 341-370).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import stdtr, stdtrit

from swis.errors import NotEstimable
from swis.estimate.comparison import Array
from swis.estimate.trial.held_level import HeldLevel
from swis.estimate.trial.result import LABELS, Label, known_level, left_out_line
from swis.estimate.trial.trial_table import LeftOut

HEDGES = "Hedges' g, multilevel"


@dataclass(frozen=True, eq=False)
class SchoolScores:
    """Scores by school: pupils tested, their mean, and their standard deviation (with n - 1; 0 for one pupil).

    A school that was randomised and returned no scores has NaN for its mean and deviation, the pupils that were to be tested, and
    its reason in `missing_because`. `left_out` are randomised schools that an earlier step took out.
    """

    outcome: str
    schools: tuple[str, ...]
    authorities: tuple[str, ...]
    intervention: NDArray[np.bool_]
    pupils: Array
    mean: Array
    deviation: Array
    covariates: dict[str, Array] = field(default_factory=dict)
    """Known before the draw, by name; a school's mean at the pre-test, for one."""
    missing_because: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    def __post_init__(self) -> None:
        for name in ("pupils", "mean", "deviation"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        object.__setattr__(self, "intervention", np.asarray(self.intervention, dtype=bool))
        rows = len(self.schools)
        columns = [self.intervention, self.pupils, self.mean, self.deviation, *self.covariates.values()]
        if len(self.authorities) != rows or any(np.shape(column) != (rows,) for column in columns):
            raise NotEstimable(f"{self.outcome}: every column needs {rows} values, one a school.")
        if len(set(self.schools)) < rows:
            raise NotEstimable(f"{self.outcome}: a school appears twice.")
        known = [self.intervention, self.pupils, *self.covariates.values()]
        gone = np.isnan(self.mean) & np.isnan(self.deviation)
        told = np.array([name in self.missing_because for name in self.schools])
        if not all(np.isfinite(column).all() for column in known) or not (self._finite | (gone & told)).all():
            raise NotEstimable(f"{self.outcome}: a value is missing. A school without scores needs a reason.")
        if (self.pupils < 1).any() or (self.deviation < 0).any():
            raise NotEstimable(f"{self.outcome}: a school has no pupils, or a negative standard deviation.")

    def __repr__(self) -> str:
        arm = int(self.intervention.sum())
        return f"SchoolScores({self.outcome}: {arm} schools with a social worker, {len(self.schools) - arm} without)"

    @property
    def _finite(self) -> NDArray[np.bool_]:
        return np.isfinite(self.mean) & np.isfinite(self.deviation)

    @property
    def names(self) -> tuple[str, ...]:
        """The schools: the columns of an array of allocations."""
        return self.schools

    @property
    def arm_of_school(self) -> NDArray[np.bool_]:
        return self.intervention

    @property
    def authority_of_school(self) -> NDArray[np.intp]:
        """For each school the position of its authority, in the order in which they first appear."""
        position = {name: number for number, name in enumerate(dict.fromkeys(self.authorities))}
        return np.array([position[name] for name in self.authorities])

    @property
    def tested(self) -> SchoolScores:
        """The schools with scores; the others are in `left_out` with their reasons."""
        return self if self._finite.all() else self.keep_schools(self._finite, reason="no scores returned")

    def keep_schools(self, keep: NDArray[np.bool_], *, reason: str) -> SchoolScores:
        """Only the schools in `keep`; the others are carried as left out. Raises NotEstimable if none is left."""
        if not keep.any():
            raise NotEstimable(f"{self.outcome}: no school is left ({reason}).")
        gone = [name for name, own in zip(self.schools, keep, strict=True) if not own]
        return replace(
            self,
            schools=tuple(name for name, own in zip(self.schools, keep, strict=True) if own),
            authorities=tuple(name for name, own in zip(self.authorities, keep, strict=True) if own),
            intervention=self.intervention[keep],
            pupils=self.pupils[keep],
            mean=self.mean[keep],
            deviation=self.deviation[keep],
            covariates={name: values[keep] for name, values in self.covariates.items()},
            left_out=self.left_out + tuple(LeftOut(name, self.missing_because.get(name, reason)) for name in gone),
        )


@dataclass(frozen=True)
class EffectSize:
    """`g` in total standard deviations, `difference` in points. `icc` is what is left between schools after authorities
    and covariates.

    `icc_raw` is that of schools within arms without any adjustment, for planning other trials.
    """

    outcome: str
    g: float
    low: float
    high: float
    standard_error: float
    p: float
    difference: float
    difference_error: float
    total_deviation: float
    icc: float
    icc_raw: float
    df: int
    level: float
    schools_with: int
    schools_without: int
    pupils: int
    held: HeldLevel
    label: Label = "intention to treat"
    left_out: tuple[LeftOut, ...] = ()

    def __repr__(self) -> str:
        return f"EffectSize({self.outcome}: g {self.g:.3g}, {self.level:.0%} CI {self.low:.3g} to {self.high:.3g})"

    def __str__(self) -> str:
        return "\n".join(
            [
                f"Cluster randomised trial, Hedges' g by total variance: {self.outcome}",
                f"g {self.g:.3g} ({self.level:.0%} CI {self.low:.3g} to {self.high:.3g}), p {self.p:.3g}; "
                f"difference {self.difference:.3g} "
                f"points (standard error {self.difference_error:.3g}) over a total standard deviation of "
                f"{self.total_deviation:.3g}",
                LABELS[self.label],
                f"{self.schools_with + self.schools_without} schools ({self.schools_with} with, {self.schools_without} without), "
                f"{self.pupils:,} pupils; multilevel model by REML, t with {self.df} degrees of freedom",
                f"Intra-cluster correlation {self.icc:.3g} after adjustment, {self.icc_raw:.3g} without",
                left_out_line(self.left_out),
                str(self.held),
            ]
        )


def hedges_factor(df: float) -> float:
    """What makes a standardised difference unbiased: the gamma form of 1 - 3 / (4 df - 1) (Hedges 1981)."""
    return exp(lgamma(df / 2) - lgamma((df - 1) / 2) - log(df / 2) / 2)


def effect_size(scores: SchoolScores, *, label: Label = "intention to treat", level: float = 0.95) -> EffectSize:
    """Hedges' g with the multilevel difference. The interval has the difference's t quantiles, and the total variance as known,
    as the EEF's template has it.

    Counted: every school with scores. Raises NotEstimable with too few schools for the model.
    """
    scores = scores.tested
    fit = fit_scores(scores, {"social worker": scores.intervention.astype(float)})
    raw = fit_columns(scores, np.column_stack([scores.intervention, np.ones(len(scores.schools))]))
    scale = to_effect_sizes(scores)
    difference, error = float(fit.coefficients[0]), sqrt(fit.covariance[0, 0])
    half = float(stdtrit(fit.degrees_of_freedom, 0.5 + level / 2)) * error
    return EffectSize(
        outcome=scores.outcome,
        g=difference * scale,
        low=(difference - half) * scale,
        high=(difference + half) * scale,
        standard_error=error * scale,
        p=2 * float(stdtr(fit.degrees_of_freedom, -abs(difference) / error)),
        difference=difference,
        difference_error=error,
        total_deviation=total_deviation(scores)[0],
        icc=fit.between / (fit.between + fit.within),
        icc_raw=raw.between / (raw.between + raw.within),
        df=fit.degrees_of_freedom,
        level=level,
        schools_with=int(scores.intervention.sum()),
        schools_without=int((~scores.intervention).sum()),
        pupils=int(scores.pupils.sum()),
        held=known_level(HEDGES + ("" if label == "intention to treat" else f", {label}"), len(scores.schools)),
        label=label,
        left_out=scores.left_out,
    )


def to_effect_sizes(scores: SchoolScores) -> float:
    """What makes a difference in points Hedges' g: his factor over the total standard deviation."""
    total, freedom = total_deviation(scores)
    return hedges_factor(freedom) / total


@dataclass(frozen=True, eq=False)
class ScoreFit:
    """The multilevel model by school. `weight` is one over the variance of a school's mean; the variance between schools is what
    authorities and covariates leave."""

    columns: Array
    weight: Array
    residual: Array
    coefficients: Array
    covariance: Array
    within: float
    between: float

    @property
    def degrees_of_freedom(self) -> int:
        """Schools less parameters."""
        return len(self.columns) - self.columns.shape[1]


def fit_scores(scores: SchoolScores, effects: dict[str, Array]) -> ScoreFit:
    """The model with these columns first, then covariates and authorities. Raises NotEstimable with too few schools for it."""
    names = list(dict.fromkeys(scores.authorities))
    indicators = np.array([[own == name for name in names] for own in scores.authorities], dtype=float)
    covariates = [value - value.mean() for value in scores.covariates.values()]
    X = np.column_stack([*effects.values(), *covariates, indicators])
    if len(X) <= X.shape[1] or np.linalg.matrix_rank(X) < X.shape[1]:
        raise NotEstimable(
            f"{scores.outcome}: {len(X)} schools cannot carry a model of {X.shape[1]} parameters: "
            "there are too few, or an arm or a group has none."
        )
    return fit_columns(scores, X)


def total_deviation(scores: SchoolScores) -> tuple[float, float]:
    """The standard deviation of pupils' scores within arms, between and within schools, and its degrees of freedom."""
    squares = float(((scores.pupils - 1) * scores.deviation**2).sum())
    for arm in (scores.intervention, ~scores.intervention):
        if not arm.any():
            raise NotEstimable(f"{scores.outcome}: an arm has no schools.")
        n, mean = scores.pupils[arm], scores.mean[arm]
        squares += float((n * (mean - (n @ mean) / n.sum()) ** 2).sum())
    freedom = float(scores.pupils.sum() - 2)
    if squares <= 0:
        raise NotEstimable(f"{scores.outcome}: all scores are alike.")
    return sqrt(squares / freedom), freedom


def fit_columns(scores: SchoolScores, X: Array) -> ScoreFit:
    """Variance within and between schools, coefficients and their covariance, by restricted maximum likelihood."""
    n, y = scores.pupils, scores.mean
    inside = float(((n - 1) * scores.deviation**2).sum())
    freedom = float(n.sum() - X.shape[1])

    def parts(ratio: float) -> tuple[Array, Array, float, float]:
        """At a ratio of between to within variance: coefficients, inverse information, residual variance, log determinants."""
        weight = n / (1 + n * ratio)
        information = X.T @ (weight[:, None] * X)
        at = np.linalg.solve(information, X.T @ (weight * y))
        variance = (inside + float((weight * (y - X @ at) ** 2).sum())) / freedom
        spread = float(np.log1p(n * ratio).sum() + np.linalg.slogdet(information)[1])
        return at, np.linalg.inv(information), variance, spread

    def deviance(log_ratio: float) -> float:
        _, _, variance, spread = parts(exp(log_ratio))
        return freedom * log(variance) + spread

    found = minimize_scalar(deviance, bounds=(-18.0, 6.0), method="bounded", options={"xatol": 1e-10})
    ratio = exp(found.x) if found.fun < deviance(-18.0) - 1e-9 else 0.0
    at, inverse, variance, _ = parts(ratio)
    weight = n / (1 + n * ratio) / variance
    return ScoreFit(X, weight, y - X @ at, at, inverse * variance, variance, ratio * variance)


def hedges_2007(
    difference: float, total: float, *, pupils: tuple[float, float], per_school: float, icc: float
) -> tuple[float, float]:
    """The effect size and its variance by formula, for schools of one size and a correlation that is known (Hedges 2007,
    section 3.2)."""
    N, n = sum(pupils), per_school
    d = difference / total * sqrt(1 - 2 * (n - 1) * icc / (N - 2))
    shape = (N - 2) * (1 - icc) ** 2 + n * (N - 2 * n) * icc**2 + 2 * (N - 2 * n) * icc * (1 - icc)
    spread = shape / (2 * (N - 2) * ((N - 2) - 2 * (n - 1) * icc))
    return d, N / (pupils[0] * pupils[1]) * (1 + (n - 1) * icc) + d**2 * spread
