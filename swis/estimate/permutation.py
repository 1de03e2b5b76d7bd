"""The randomisation test: what would have come out had other schools been given the programme?

Every choice of as many schools (within stratum; whole clusters where the programme was given to clusters) is scored by Rao's
statistic for the intervention by after-terms coefficient. One fit without a programme effect serves them all, and the
statistic stays finite where the estimate does not. The p-value is the share of choices at least as extreme as the real one.
With few schools there are few choices, and p cannot be smaller than one of them: `smallest_p` says what was in reach.

The test is exact for a randomised allocation. For matched schools it asks whether the schools could have changed places.
Sources: Hess 2017 (Stata Journal 17, 630-651); MacKinnon and Webb 2020 (J. Econometrics 218, 435-450).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, product
from math import comb, exp, inf, isnan, nan, prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison
from swis.estimate.poisson import fit_comparison
from swis.estimate.separation import find_separation

Unit = Literal["school", "cluster"]

MOST_ENUMERATED = 100_000
DRAWS = 9_999
AT_ONCE = 4_096
TIE = 1e-9  # scores that differ by less are the same score
WIDEST = 12.0  # e^12: an interval that reaches it is open
STEPS = tuple(0.05 * 1.12**step for step in range(52))  # log ratios away from the estimate, finer where it matters
BISECTIONS = 24


@dataclass(frozen=True, eq=False)
class Permutation:
    """The randomisation test of one comparison.

    `assignments` is the number of choices there were; `scored` how many of them were scored (all, or the draws and the
    real one). `scores` are their signed statistics, the real choice first where they were drawn.

    `smallest_p` is the least two-sided p-value that the number of choices allows: one choice in all, or two where each
    choice has its mirror image. `smallest_p_here` is the least that this table could give: schools without events can
    change places without changing anything, so that more choices are equally extreme.
    """

    score: float
    p: float
    assignments: int
    scored: int
    smallest_p: float
    smallest_p_here: float
    unit: Unit
    enumerated: bool
    scores: Array
    seed: int | None

    def __repr__(self) -> str:
        how = "all" if self.enumerated else f"{self.scored:,} of"
        return (
            f"Permutation(p {self.p:.3g}; {how} {self.assignments:,} choices of {self.unit}s; "
            f"smallest attainable p {self.smallest_p:.3g})"
        )

    def can_reach(self, alpha: float) -> bool:
        """Whether any outcome at all could have been significant at `alpha`."""
        return self.smallest_p_here <= alpha


@dataclass(frozen=True, eq=False)
class _Scorer:
    """Everything that scoring an assignment needs, from one fit without the programme; one row for each school."""

    surplus: Array
    own: Array
    shared: Array
    inverse: Array

    def scores(self, assignment: Array) -> Array:
        """Rao's signed statistic for each row of `assignment` (choices, schools)."""
        shared = assignment @ self.shared
        information = assignment @ self.own - np.einsum("nt,tu,nu->n", shared, self.inverse, shared)
        surplus = assignment @ self.surplus
        # A choice without information (schools with no events alone) says nothing either way.
        usable = information > 1e-10 * max(float(self.own.sum()), 1e-300)
        return np.divide(surplus, np.sqrt(np.where(usable, information, 1.0)), out=np.zeros_like(surplus), where=usable)


def _scorer(comparison: Comparison, log_ratio: float) -> _Scorer:
    terms = len(comparison.terms)
    fit = fit_comparison(comparison, interactions=np.zeros((terms, 0)), log_ratio=log_ratio)
    if not fit.converged:
        raise NotEstimable(f"{comparison.outcome}: a term has no events at all, so that terms cannot be compared.")
    after = comparison.after_mask.astype(float)
    total = fit.expected.sum(axis=1, keepdims=True)
    share = np.divide(fit.expected, total, out=np.zeros_like(fit.expected), where=total > 0)
    in_after = share @ after
    shared = fit.expected * (after - in_after[:, None])
    return _Scorer(
        surplus=(comparison.count - fit.expected) @ after,
        own=total[:, 0] * in_after * (1 - in_after),
        shared=np.delete(shared, fit.reference, axis=1),
        inverse=np.linalg.inv(fit.information),
    )


@dataclass(frozen=True, eq=False)
class _Choices:
    """The ways in which the programme could have been given: groups of schools, and how many in each stratum had it."""

    members: Array
    strata: tuple[NDArray[np.intp], ...]
    treated: tuple[int, ...]
    actual: Array

    @property
    def number(self) -> int:
        return prod(comb(len(units), k) for units, k in zip(self.strata, self.treated, strict=True))

    @property
    def least_p(self) -> float:
        """The least two-sided p-value: a choice and its mirror image score alike where every stratum is split in half."""
        halves = all(2 * k == len(units) for units, k in zip(self.strata, self.treated, strict=True))
        return min(1.0, (2 if halves else 1) / self.number)

    def all(self) -> Iterator[Array]:
        """Every choice, as blocks of rows (choices, schools)."""
        per_stratum = [
            [units[list(chosen)] for chosen in combinations(range(len(units)), k)]
            for units, k in zip(self.strata, self.treated, strict=True)
        ]
        every = (np.concatenate(parts) for parts in product(*per_stratum))
        while block := list(islice(every, AT_ONCE)):
            yield self._schools(block)

    def draws(self, number: int, seed: int) -> Iterator[Array]:
        """`number` random choices, as blocks of rows (choices, schools)."""
        rng = np.random.default_rng(seed)
        for start in range(0, number, AT_ONCE):
            size = min(AT_ONCE, number - start)
            chosen = np.zeros((size, len(self.members)))
            for units, k in zip(self.strata, self.treated, strict=True):
                keys = rng.random((size, len(units)))
                # The k smallest keys. Two equal ones at the limit, once in 10^13 draws, would let one unit too many in.
                limit = np.partition(keys, k - 1, axis=1)[:, k - 1 : k] if k else -1.0
                chosen[:, units] = keys <= limit
            yield self._spread(chosen)

    def _schools(self, block: list[NDArray[np.intp]]) -> Array:
        chosen = np.zeros((len(block), len(self.members)))
        for row, units in enumerate(block):
            chosen[row, units] = 1.0
        return self._spread(chosen)

    def _spread(self, chosen: Array) -> Array:
        """From columns for units to columns for schools; the same where each unit is one school."""
        units, schools = self.members.shape
        return chosen if units == schools else chosen @ self.members


def _choices(comparison: Comparison, unit: Unit) -> _Choices:
    labels = comparison.schools if unit == "school" else comparison.cluster
    if labels is None:
        raise NotEstimable(f"{comparison.outcome}: the clusters of the schools are not given in the study.")
    units = list(dict.fromkeys(labels))
    members = np.array([[label == name for label in labels] for name in units], dtype=float)
    treated = members @ comparison.intervention
    if ((treated > 0) & (treated < members.sum(axis=1))).any():
        raise NotEstimable(f"{comparison.outcome}: a cluster has schools of both arms; use schools as the unit.")
    stratum = comparison.stratum or ("",) * len(comparison.schools)
    if any(len({name for name, member in zip(stratum, row, strict=True) if member}) > 1 for row in members):
        raise NotEstimable(
            f"{comparison.outcome}: a cluster has schools in two strata; it cannot change places within one."
        )
    first = members.argmax(axis=1)
    names = [stratum[i] for i in first]
    strata = tuple(np.flatnonzero([name == each for name in names]) for each in dict.fromkeys(names))
    return _Choices(
        members,
        strata,
        tuple(int((treated[units_] > 0).sum()) for units_ in strata),
        comparison.intervention.astype(float)[None],
    )


def permutation_test(comparison: Comparison, *, unit: Unit = "school", seed: int, draws: int = DRAWS) -> Permutation:
    """Score every possible allocation, or the real one and `draws` drawn ones where there are more than 100,000."""
    choices = _choices(comparison, unit)
    scorer = _scorer(comparison, 0.0)
    observed = float(scorer.scores(choices.actual)[0])
    scores, enumerated = _all_scores(choices, scorer, observed, seed, draws)
    extreme = np.abs(scores)
    return Permutation(
        score=observed,
        p=float((extreme >= abs(observed) - TIE).mean()),
        assignments=choices.number,
        scored=len(scores),
        smallest_p=choices.least_p if enumerated else 1 / len(scores),
        smallest_p_here=float((extreme >= extreme.max() - TIE).mean()) if enumerated else 1 / len(scores),
        unit=unit,
        enumerated=enumerated,
        scores=scores,
        seed=None if enumerated else seed,
    )


def _all_scores(choices: _Choices, scorer: _Scorer, observed: float, seed: int, draws: int) -> tuple[Array, bool]:
    if choices.number <= MOST_ENUMERATED:
        return np.concatenate([scorer.scores(block) for block in choices.all()]), True
    drawn = [scorer.scores(block) for block in choices.draws(draws, seed)]
    return np.concatenate([[observed], *drawn]), False


def ratios_of_every_choice(comparison: Comparison, *, unit: Unit = "school", most: int = 600) -> tuple[float, ...]:
    """The rate ratio had each choice of schools been the real one, in rising order; empty if there are more than `most`.

    A separated choice gives 0 or infinity; one of which the data say nothing (schools without events) gives NaN, last.
    """
    choices = _choices(comparison, unit)
    if choices.number > most:
        return ()
    ratios = [
        _ratio(replace(comparison, intervention=assignment > 0)) for assignment in np.concatenate(list(choices.all()))
    ]
    return tuple(sorted(ratios, key=lambda ratio: (isnan(ratio), ratio)))


def _ratio(comparison: Comparison) -> float:
    """The rate ratio of one choice of schools; 0, infinite or NaN where the data put it there or nowhere."""
    if comparison.count[comparison.intervention].sum() == 0:
        return nan
    fit = fit_comparison(comparison)
    if fit.converged:
        return exp(float(fit.programme[0]))
    separation = find_separation(comparison)
    if not separation.identified:
        return nan
    return {-1: 0.0, 0: nan, 1: inf}[separation.direction]


def joint_permutation_p(
    comparison: Comparison, patterns: Array, *, unit: Unit = "school", seed: int, draws: int = DRAWS
) -> tuple[float, int]:
    """The randomisation p-value that schools with a social worker follow none of the `patterns` over terms, jointly.

    `patterns` has the shape (terms, effects). Returns the p-value and the number of choices there were. Statistic: Rao's
    joint score test at no effect.
    """
    choices = _choices(comparison, unit)
    scorer = _joint_scorer(comparison, patterns)
    observed = float(scorer.statistics(choices.actual)[0])
    enumerated = choices.number <= MOST_ENUMERATED
    blocks = choices.all() if enumerated else choices.draws(draws, seed)
    values = np.concatenate([scorer.statistics(block) for block in blocks])
    extreme = int((values >= observed - TIE * (1 + abs(observed))).sum())
    return (extreme / len(values) if enumerated else (1 + extreme) / (1 + draws)), choices.number


@dataclass(frozen=True, eq=False)
class _JointScorer:
    """As `_Scorer`, for several patterns at once: surplus (schools, k), own (schools, k, k), shared (schools, k, terms)."""

    surplus: Array
    own: Array
    shared: Array
    inverse: Array

    def statistics(self, assignment: Array) -> Array:
        """The joint score statistic for each row of `assignment`; 0 where a choice carries no information."""
        surplus = assignment @ self.surplus
        shared = np.einsum("ns,skt->nkt", assignment, self.shared)
        information = np.einsum("ns,skl->nkl", assignment, self.own)
        information = information - np.einsum("nkt,tu,nlu->nkl", shared, self.inverse, shared)
        return np.einsum("nk,nkl,nl->n", surplus, np.linalg.pinv(information, rcond=1e-9, hermitian=True), surplus)


def _joint_scorer(comparison: Comparison, patterns: Array) -> _JointScorer:
    fit = fit_comparison(comparison, interactions=np.zeros((len(comparison.terms), 0)))
    if not fit.converged:
        raise NotEstimable(f"{comparison.outcome}: a term has no events at all, so that terms cannot be compared.")
    total = fit.expected.sum(axis=1)
    # Each school's information over terms once its own level is taken out: diag(mu) - mu mu' / total.
    spread = np.einsum("st,tu->stu", fit.expected, np.eye(len(comparison.terms)))
    outer = np.einsum("st,su->stu", fit.expected, fit.expected)
    spread = spread - np.divide(outer, total[:, None, None], out=np.zeros_like(outer), where=total[:, None, None] > 0)
    by_pattern = np.einsum("tk,stu->sku", patterns, spread)
    return _JointScorer(
        surplus=(comparison.count - fit.expected) @ patterns,
        own=np.einsum("sku,ul->skl", by_pattern, patterns),
        shared=np.delete(by_pattern, fit.reference, axis=2),
        inverse=np.linalg.inv(fit.information),
    )


def permutation_interval(
    comparison: Comparison, *, unit: Unit = "school", seed: int, level: float = 0.95
) -> tuple[float, float]:
    """Rate ratios that the randomisation test does not reject in either tail, as (low, high).

    By inversion: each ratio is taken as known for the schools that had the programme, and the rest is tested, with half of
    what is allowed in each tail. An end is 0 or infinite where the test never rejects; with fewer than 40 choices of
    schools no 95% interval can have an end, and the whole line is the truth about it.
    """
    choices = _choices(comparison, unit)
    test = permutation_test(comparison, unit=unit, seed=seed)
    half = (1 - level) / 2
    if 1 / test.scored > half:
        return 0.0, inf
    blocks = list(choices.all() if test.enumerated else choices.draws(DRAWS, seed))

    def tail(log_ratio: float, sign: float) -> float:
        """Share of choices whose statistic lies at least as far out in the direction of `sign` as the real one."""
        scorer = _scorer(comparison, log_ratio)
        observed = sign * float(scorer.scores(choices.actual)[0])
        extreme = sum(int((sign * scorer.scores(block) >= observed - TIE).sum()) for block in blocks)
        return extreme / test.scored if test.enumerated else (1 + extreme) / test.scored

    centre = float(np.clip(fit_comparison(comparison).programme[0], -WIDEST + 1, WIDEST - 1))
    # A ratio below the estimate is rejected when the real score is high among its choices, and the reverse.
    low = _first_rejected(lambda log_ratio: tail(log_ratio, 1.0) > half, centre, -1.0)
    high = _first_rejected(lambda log_ratio: tail(log_ratio, -1.0) > half, centre, 1.0)
    return low, high


def permutation_tails(
    comparison: Comparison, log_ratio: float, *, unit: Unit = "school", seed: int, draws: int = DRAWS
) -> tuple[float, float]:
    """Shares of choices that score at most, and at least, as high as the real one if this log rate ratio were true."""
    choices = _choices(comparison, unit)
    scorer = _scorer(comparison, log_ratio)
    observed = float(scorer.scores(choices.actual)[0])
    scores, _ = _all_scores(choices, scorer, observed, seed, draws)
    return float((scores <= observed + TIE).mean()), float((scores >= observed - TIE).mean())


def _first_rejected(accepts: Callable[[float], bool], centre: float, sign: float) -> float:
    """Where the test first rejects on the way out from the estimate; 0 or infinity if it never does within reach.

    Ratios beyond are not searched: so far out, the null model expects every event after the start, and has nothing left
    to test.
    """
    inner = centre
    for distance in STEPS:
        outer = centre + sign * distance
        if abs(outer) > WIDEST:
            break
        if not accepts(outer):
            return exp(_boundary(accepts, inner, outer))
        inner = outer
    return 0.0 if sign < 0 else inf


def _boundary(accepts: Callable[[float], bool], inner: float, outer: float) -> float:
    for _ in range(BISECTIONS):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if accepts(middle) else (inner, middle)
    return outer
