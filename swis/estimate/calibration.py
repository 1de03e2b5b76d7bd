"""How often would each method cry wolf, and how often would it hear a real one, in a comparison shaped like this?

Counts are drawn for the same schools, terms and pupils, around the rates that fit the table without any programme effect, with a
stated true rate ratio in schools with a social worker after the start. Each draw is analysed as the real table was. At a true
ratio of 1 the share of claims is the size of the method, and should not exceed its 5%; at others it is its power.

Scatter: `poisson` draws independent events (days come in lots of `unit_of_count`); `overdispersed` adds gamma variation to the
size that the table shows. Both leave schools exchangeable but for their rates; real schools may be less alike than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import log, sqrt
from typing import Literal

import numpy as np
from scipy.special import ndtr

from swis.errors import NotEstimable
from swis.estimate.bootstrap import score_bootstrap
from swis.estimate.cluster import cr1
from swis.estimate.comparison import Array, Comparison
from swis.estimate.did import poisson_did
from swis.estimate.event_study import pre_trend
from swis.estimate.permutation import Unit, permutation_tails, permutation_test
from swis.estimate.poisson import fit_comparison
from swis.estimate.quasi import dispersion, quasi_p
from swis.estimate.verdict import LEVEL, Design

Scatter = Literal["poisson", "overdispersed"]

PUBLISHED = "published method (CR1, normal)"
CR1_T = "CR1, t with G-1"
CR2_T = "CR2, Satterthwaite"
QUASI = "quasi-Poisson"
BOOTSTRAP = "score wild bootstrap"
PERMUTATION = "randomisation test"
VERDICT = "verdict: supported"
SEPARATED = 15.0  # a log rate ratio that no data of this kind have; Newton's method is on its way to infinity
METHODS = (PUBLISHED, CR1_T, CR2_T, QUASI, BOOTSTRAP, PERMUTATION, VERDICT)


@dataclass(frozen=True)
class OperatingCharacteristic:
    """How one method behaves over simulated tables.

    `claimed` is the share of usable draws in which it declares an effect; `covered` the share in which the verdict's interval
    contains the truth (None for methods other than the verdict). `usable` excludes draws for which the method has no answer at
    all; for the verdict such draws count as usable and as no claim.
    """

    method: str
    scatter: Scatter
    true_ratio: float
    times_as_many_schools: int
    draws: int
    usable: int
    claimed: float
    covered: float | None

    @property
    def monte_carlo_error(self) -> float:
        """The standard error of `claimed` that comes from the number of draws."""
        return (
            sqrt(max(self.claimed * (1 - self.claimed), 1 / self.usable) / self.usable) if self.usable else float("nan")
        )


@dataclass(frozen=True)
class Setting:
    """One thing to simulate: the scatter, the truth, how many copies of each school, and how often."""

    scatter: Scatter = "poisson"
    true_ratio: float = 1.0
    times_as_many_schools: int = 1
    draws: int = 1_000
    methods: tuple[str, ...] = METHODS
    reassignments: int = 999
    """Drawn choices of schools in a randomisation test that cannot be enumerated."""


def calibrate(
    comparison: Comparison,
    setting: Setting,
    *,
    design: Design = "matched comparison",
    unit: Unit = "school",
    seed: int,
) -> tuple[OperatingCharacteristic, ...]:
    """Simulate one setting for a comparison; one characteristic for each method."""
    tally = {method: [0, 0] for method in setting.methods}
    covered = 0
    for number, table in enumerate(simulated_tables(comparison, setting, seed=seed)):
        claims, inside = _analyse(table, setting, design=design, unit=unit, seed=seed + number)
        covered += inside
        for method, claim in claims.items():
            tally[method][0] += claim is not None
            tally[method][1] += bool(claim)
    return tuple(
        OperatingCharacteristic(
            method=method,
            scatter=setting.scatter,
            true_ratio=setting.true_ratio,
            times_as_many_schools=setting.times_as_many_schools,
            draws=setting.draws,
            usable=usable,
            claimed=claims / usable if usable else float("nan"),
            covered=covered / setting.draws if method == VERDICT else None,
        )
        for method, (usable, claims) in tally.items()
    )


def simulated_tables(comparison: Comparison, setting: Setting, *, seed: int) -> Iterator[Comparison]:
    """Tables of the same shape, drawn around the null model's rates with the true ratio put in."""
    rng = np.random.default_rng(seed)
    null = fit_comparison(comparison, interactions=np.zeros((len(comparison.terms), 0)))
    # The scatter around the fitted effect: around no effect it would count the difference itself as scatter.
    scatter, _ = dispersion(comparison, fit_comparison(comparison), effects=len(comparison.terms))
    larger = _repeated(comparison, setting.times_as_many_schools)
    raised = 1 + np.outer(larger.intervention, larger.after_mask) * (setting.true_ratio - 1)
    expected = np.tile(null.expected, (setting.times_as_many_schools, 1)) * raised
    extra = max(scatter / comparison.unit_of_count - 1, 0.0) if setting.scatter == "overdispersed" else 0.0
    for _ in range(setting.draws):
        yield replace(larger, count=_drawn(rng, expected / comparison.unit_of_count, extra) * comparison.unit_of_count)


def _drawn(rng: np.random.Generator, expected: Array, extra: float) -> Array:
    """Poisson counts, or with variance (1 + extra) times their mean."""
    if extra > 0:
        expected = rng.gamma(np.where(expected > 0, expected / extra, 1.0), extra) * (expected > 0)
    return rng.poisson(expected).astype(float)


def _repeated(comparison: Comparison, times: int) -> Comparison:
    """The comparison with `times` copies of every school."""
    if times == 1:
        return comparison

    def copied(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{name} ({copy + 1})" for copy in range(times) for name in names)

    return replace(
        comparison,
        schools=copied(comparison.schools),
        count=np.tile(comparison.count, (times, 1)),
        pupils=np.tile(comparison.pupils, (times, 1)),
        intervention=np.tile(comparison.intervention, times),
        cluster=None if comparison.cluster is None else copied(comparison.cluster),
        stratum=None if comparison.stratum is None else comparison.stratum * times,
    )


def _analyse(
    table: Comparison, setting: Setting, *, design: Design, unit: Unit, seed: int
) -> tuple[dict[str, bool | None], bool]:
    """Whether each method declares an effect (None: it has no answer), and whether the verdict's interval holds the truth."""
    test = _Randomisation(table, unit, seed, setting.reassignments)
    claims: dict[str, bool | None] = {}
    for method in setting.methods:
        if method == VERDICT:
            claims[method] = _supported(table, test, design=design)
        elif method == PERMUTATION:
            claims[method] = _claims(test.p)
        else:
            claims[method] = _claims(partial(P_VALUES[method], table, seed))
    return claims, VERDICT in setting.methods and _covers(table, test, log(setting.true_ratio))


def _claims(p_value: Callable[[], float]) -> bool | None:
    try:
        return p_value() <= LEVEL
    except NotEstimable:
        return None


@dataclass(frozen=True)
class _Randomisation:
    """The randomisation test of one simulated table."""

    table: Comparison
    unit: Unit
    seed: int
    draws: int

    def p(self) -> float:
        return permutation_test(self.table, unit=self.unit, seed=self.seed, draws=self.draws).p

    def accepts(self, log_ratio: float) -> bool:
        lower, upper = permutation_tails(self.table, log_ratio, unit=self.unit, seed=self.seed, draws=self.draws)
        return min(lower, upper) > LEVEL / 2


def _supported(table: Comparison, test: _Randomisation, *, design: Design) -> bool:
    """The verdict's rule, cheapest condition first; a table that it cannot judge is no claim."""
    try:
        if test.p() > LEVEL or quasi_p(table) > LEVEL:
            return False
        return not pre_trend(table, unit=test.unit, seed=test.seed, draws=test.draws).rejected
    except NotEstimable:
        # Without earlier terms a matched comparison is not judged; a randomised one needs none.
        return design == "randomised" and len(table.terms) - len(table.after) < 2


def _covers(table: Comparison, test: _Randomisation, log_ratio: float) -> bool:
    """Whether the wider of the quasi-Poisson and the randomisation interval contains the truth."""
    try:
        return quasi_p(table, log_ratio) > LEVEL or test.accepts(log_ratio)
    except NotEstimable:
        return True  # no interval is claimed: the whole line


def _published_p(table: Comparison, seed: int) -> float:
    """CR1 with every school counted and normal quantiles.

    Under separation software stops at some far value with a moderate clustered error and calls it significant, as the
    publication did once; so that is a claim. No answer where the term effects run off.
    """
    fit = fit_comparison(table)
    if not fit.converged:
        if abs(float(fit.programme[0])) > SEPARATED:
            return 0.0
        raise NotEstimable(f"{table.outcome}: the term effects have no estimate.")
    error = cr1(table, fit, count_all_schools=True).se
    return 2 * float(ndtr(-abs(float(fit.programme[0])) / error)) if error else 0.0


P_VALUES: dict[str, Callable[[Comparison, int], float]] = {
    PUBLISHED: _published_p,
    CR1_T: lambda table, seed: poisson_did(table, variance="CR1").p,
    CR2_T: lambda table, seed: poisson_did(table, variance="CR2").p,
    QUASI: lambda table, seed: quasi_p(table),
    BOOTSTRAP: lambda table, seed: score_bootstrap(table, seed=seed).p,
}
"""The p-value of each method on one table; NotEstimable where it has none."""
