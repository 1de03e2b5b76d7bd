"""The score wild bootstrap: which estimates would chance give if each school's surprise could have had the other sign?

Each school's efficient score (its events after the start beyond what the null model expects, purged of the term effects) is
given a random sign; the studentised sum is compared with the real one. All sign patterns are used up to twelve schools.
Source: Kline and Santos 2012, Journal of Econometric Methods 1, 23-41.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison
from swis.estimate.poisson import fit_comparison

MOST_ENUMERATED = 12
DRAWS = 99_999
AT_ONCE = 16_384
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class ScoreBootstrap:
    """The score wild bootstrap of one comparison. `smallest_p` is the least p-value that so many schools can give."""

    p: float
    smallest_p: float
    schools: int
    replicates: int
    enumerated: bool
    scores: Array
    seed: int | None

    def __repr__(self) -> str:
        how = "all" if self.enumerated else "random"
        return (
            f"ScoreBootstrap(p {self.p:.3g}; {self.replicates:,} {how} sign patterns; "
            f"smallest attainable p {self.smallest_p:.3g})"
        )


def efficient_scores(comparison: Comparison) -> Array:
    """Each school's contribution to the score for the programme effect at no effect, purged of school and term effects."""
    terms = len(comparison.terms)
    fit = fit_comparison(comparison, interactions=np.zeros((terms, 0)))
    if not fit.converged:
        raise NotEstimable(f"{comparison.outcome}: a term has no events at all, so that terms cannot be compared.")
    after = comparison.after_mask.astype(float)
    total = fit.expected.sum(axis=1, keepdims=True)
    share = np.divide(fit.expected, total, out=np.zeros_like(fit.expected), where=total > 0)
    treated = comparison.intervention.astype(float)
    shared = np.delete(fit.expected * (after - (share @ after)[:, None]), fit.reference, axis=1)
    # What the programme indicator shares with the terms, weighted by what the null model expects.
    projection = np.linalg.solve(fit.information, treated @ shared)
    scores: Array = treated * ((comparison.count - fit.expected) @ after) - fit.scores @ projection
    return scores


def score_bootstrap(comparison: Comparison, *, seed: int) -> ScoreBootstrap:
    """Two-sided p-value for no programme effect, from all sign patterns or 99,999 random ones."""
    scores = efficient_scores(comparison)
    # A score is a difference of counts: below this share of them it is rounding, not a surprise.
    scores = scores[np.abs(scores) > 1e-12 * comparison.count.sum()]
    schools = len(scores)
    if schools < 2:
        raise NotEstimable(f"{comparison.outcome}: fewer than two schools have a surprise to give a sign to.")
    observed = float(_studentised(np.ones((1, schools)), scores)[0])
    enumerated = schools <= MOST_ENUMERATED
    if enumerated:
        patterns = 1.0 - 2.0 * ((np.arange(2**schools)[:, None] >> np.arange(schools)) & 1)
        extreme, replicates = int((_studentised(patterns, scores) >= observed - TIE).sum()), 2**schools
    else:
        extreme, replicates = _count_drawn(scores, observed, seed), DRAWS
    p = extreme / replicates if enumerated else (1 + extreme) / (1 + replicates)
    return ScoreBootstrap(
        p=p,
        smallest_p=2 / 2**schools if enumerated else 1 / (1 + replicates),
        schools=schools,
        replicates=replicates,
        enumerated=enumerated,
        scores=scores,
        seed=None if enumerated else seed,
    )


def _studentised(signs: Array, scores: Array) -> Array:
    """|sum| over its clustered standard error, for each row of signs; infinite where the sum has no spread."""
    total = signs @ scores
    # Signs do not change the squares, so the spread needs only the sum.
    spread = (scores**2).sum() - total**2 / len(scores)
    return np.divide(np.abs(total), np.sqrt(np.maximum(spread, 0.0)), out=np.full_like(total, np.inf), where=spread > 0)


def _count_drawn(scores: Array, observed: float, seed: int) -> int:
    rng = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, DRAWS, AT_ONCE):
        size = min(AT_ONCE, DRAWS - start)
        bits = np.unpackbits(rng.integers(0, 256, (size, -(-len(scores) // 8)), dtype=np.uint8), axis=1)
        signs = 1.0 - 2.0 * bits[:, : len(scores)]
        extreme += int((_studentised(signs, scores) >= observed - TIE).sum())
    return extreme
