"""One Poisson regression with authority effects, fitted to many tables at once in plain NumPy.

Authority effects are profiled out in closed form, so that Newton's method works on the effects alone, for a block of tables at
a time. Estimates and standard errors are exactly those of the regression with an indicator for each authority. One row a
school; schools of one authority stand together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Kind = Literal["HC0", "HC1", "HC2", "HC3", "quasi", "model"]

AT_ONCE = 256
ITERATIONS = 40
TOLERANCE = 1e-7  # Newton's method squares its error: the step after the last one would be 1e-14
LONGEST_STEP = 2.0
FARTHEST = 20.0  # a log rate ratio that no programme has: the maximum lies at infinity
SMALLEST_DETERMINANT = 1e-10


@dataclass(frozen=True, eq=False)
class SharedColumns:
    """What all tables share: where authorities start, and covariates, shape (schools, covariates). `products` are all of two."""

    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]
    covariates: Array
    products: Array

    @property
    def schools(self) -> int:
        return int(self.sizes.sum())


def share_columns(authority: NDArray[np.intp], covariates: Array | None = None) -> SharedColumns:
    """From the authority of each school, those of one together, and covariates that are the same in every table."""
    starts = np.flatnonzero(np.diff(authority, prepend=-1))
    Z = np.zeros((len(authority), 0)) if covariates is None else covariates
    upper = np.triu_indices(Z.shape[1])
    return SharedColumns(starts, np.diff(starts, append=len(authority)), Z, Z[:, upper[0]] * Z[:, upper[1]])


class PoissonBlock:
    """One block of tables. Arrays have a row for each table (or one for all) and a column for each school.

    `own` are columns that differ between tables: first the arm, nought or one, whose effect is asked for, then covariates. `at`
    holds their effects, then those of the shared covariates.
    """

    def __init__(
        self, shared: SharedColumns, count: Array, exposure: Array, own: Sequence[Array], *, start: Array | None = None
    ) -> None:
        self.shared, self.count, self.exposure, self.own = shared, count, exposure, own
        self.tables = max(map(len, (count, exposure, *own)))
        self.totals = np.add.reduceat(count, shared.starts, axis=1)
        self.at = np.zeros((self.tables, len(own) + shared.covariates.shape[1]))
        if start is not None:
            self.at += start
        self.expected = np.empty((self.tables, shared.schools))

    def maximise(self) -> NDArray[np.bool_]:
        """Find the effects; whether they were found, by table."""
        done = np.zeros(self.tables, dtype=bool)
        for _ in range(ITERATIONS):
            gradient, information = self.derivatives()
            step = solve_each(information, gradient)
            longest = np.abs(step).max(axis=1)
            self.at += step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))[:, None]
            done = longest < TOLERANCE
            if (done | (np.abs(self.at).max(axis=1) > FARTHEST) | np.isnan(longest)).all():
                break
        return done

    def derivatives(self) -> tuple[Array, Array]:
        """Gradient (tables, effects) and information (tables, effects, effects)."""
        shared, Z, k = self.shared, self.shared.covariates, len(self.own)
        mu = np.matmul(self.at[:, k:], Z.T, out=self.expected)
        for place, column in enumerate(self.own):
            mu += self.at[:, place : place + 1] * column
        np.clip(mu, -40, 40, out=mu)
        np.exp(mu, out=mu)
        mu *= self.exposure
        mu *= self._to_schools(self.totals / np.add.reduceat(mu, shared.starts, axis=1))
        residual = self.count - mu
        gradient = np.empty_like(self.at)
        for place, column in enumerate(self.own):
            gradient[:, place] = (residual * column).sum(axis=1)
        gradient[:, k:] = residual @ Z
        return gradient, self._information(mu)

    def _information(self, mu: Array) -> Array:
        Z, k, q = self.shared.covariates, len(self.own), self.at.shape[1]
        information = np.empty((self.tables, q, q))
        means = np.empty((self.tables, q, len(self.shared.starts)))
        for place, column in enumerate(self.own):
            weighted = mu * column
            means[:, place] = np.add.reduceat(weighted, self.shared.starts, axis=1)
            for other in range(place + 1):
                # The arm is nought or one, and its square is itself.
                crossed = weighted if place == 0 else weighted * self.own[other]
                information[:, place, other] = information[:, other, place] = crossed.sum(axis=1)
            information[:, place, k:] = information[:, k:, place] = weighted @ Z
        upper = np.triu_indices(q - k)
        both = mu @ self.shared.products
        information[:, k + upper[0], k + upper[1]] = information[:, k + upper[1], k + upper[0]] = both
        for j in range(q - k):
            means[:, k + j] = np.add.reduceat(mu * Z[:, j], self.shared.starts, axis=1)
        means *= np.sqrt(self._share())[:, None]
        information -= means @ means.transpose(0, 2, 1)
        return information

    def errors(self, kinds: Sequence[Kind]) -> tuple[Array, dict[Kind, Array]]:
        """Dispersion, and the standard errors of the first effect; NaN where there is none."""
        _, information = self.derivatives()
        mu, schools = self.expected, self.shared.schools
        squared = (self.count - mu) ** 2
        df = schools - self.at.shape[1] - len(self.shared.starts)
        dispersion = (squared / np.where(mu > 0, mu, 1.0)).sum(axis=1) / max(df, 1)
        towards, pull, of_model = self._pull(information)
        leverage = mu * (pull + self._to_schools(self._share()))
        own = squared * towards**2
        left = np.where(leverage > 1 - 1e-9, np.inf, 1 - leverage)
        plain = own.sum(axis=1)
        variance: dict[Kind, Callable[[], Array]] = {
            "HC0": lambda: plain,
            "HC1": lambda: plain * schools / max(df, 1),
            "HC2": lambda: (own / left).sum(axis=1),
            "HC3": lambda: (own / left**2).sum(axis=1),
            "quasi": lambda: of_model * np.maximum(dispersion, 1.0),
            "model": lambda: of_model,
        }
        return dispersion, {kind: np.sqrt(variance[kind]()) for kind in kinds}

    def _pull(self, information: Array) -> tuple[Array, Array, Array]:
        """How far each school's residual moves the first effect, its leverage over its expected events but for the authority's
        part, and the variance of the model."""
        root = np.linalg.cholesky(_inverse_each(information))
        columns = [self._centred(column) for column in (*self.own, *self.shared.covariates.T[:, None])]
        towards: Array = np.zeros(0)
        pull = np.zeros_like(self.expected)
        for place in range(len(columns)):
            part = root[:, place, place, None] * columns[place]
            for other in range(place + 1, len(columns)):
                part += root[:, other, place, None] * columns[other]
            if place == 0:
                towards = part * root[:, :1, 0]
            np.square(part, out=part)
            pull += part
        return towards, pull, root[:, 0, 0] ** 2

    def _centred(self, column: Array) -> Array:
        """A column less its mean over the expected events of the authority."""
        means = np.add.reduceat(self.expected * column, self.shared.starts, axis=1) * self._share()
        centred: Array = column - self._to_schools(means)
        return centred

    def _share(self) -> Array:
        """One over the events of each authority; one where it has none."""
        share: Array = 1 / np.where(self.totals > 0, self.totals, 1.0)
        return share

    def _to_schools(self, values: Array) -> Array:
        return np.repeat(values, self.shared.sizes, axis=1)


def solve_each(information: Array, gradient: Array) -> Array:
    """Newton's step of each table; NaN where its information has no inverse."""
    try:
        solved: Array = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        solved = np.einsum("tqr,tr->tq", _inverse_each(information), gradient)
    return solved


def _inverse_each(information: Array) -> Array:
    """Inverses; NaN for a matrix without one."""
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(information).all(axis=(1, 2)))
    scale = np.sqrt(np.einsum("tqq->tq", np.where(finite[:, None, None], information, 0.0)).clip(0.0))
    product = scale[:, :, None] * scale[:, None, :]
    correlation = np.divide(information, product, out=np.zeros_like(information), where=product > 0)
    tells = finite & (scale > 0).all(axis=1)
    tells &= np.linalg.det(np.where(tells[:, None, None], correlation, 0.0)) > SMALLEST_DETERMINANT
    inverse = np.full_like(information, np.nan)
    inverse[tells] = np.linalg.inv(information[tells])
    return inverse
