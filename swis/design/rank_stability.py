"""Do the schools that were near in one year stay near in the next? A rank correlation with a null that knows its own noise.

The scores of the two windows share a term: its noise enters the earlier change with one sign and the later with the other. And
small schools are noisy, hence far off, in both. So scores correlate between the windows even where no trend persists, and the
textbook test of a rank correlation would find persistence everywhere. The null here is simulated: each school and year group
keeps its own level and follows the common course of its year group, counts are Poisson, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from swis.design.matching_scores import check_options
from swis.design.score_draws import PhaseCells, cells_of_phase, score_draws
from swis.design.trends import Standardise
from swis.design.year_group_panel import Array, YearGroupPanel
from swis.errors import NotEstimable

DRAWS = 999
LEVEL = 0.05
MOST_SCHOOLS = 30
MOST_CANDIDATES = 300
_FEWEST_CANDIDATES = 3
_PAIRS_AT_ONCE = 500_000


@dataclass(frozen=True)
class RankStability:
    """Spearman's correlation between the scores of the two windows, averaged over schools with a social worker.

    `p` is the share of `draws` panels without persistent trends (and the real one) whose correlation is at least as large;
    draws whose correlation is undefined count as larger. `null_mean` and `null_high` are the mean and the 95% point of the
    draws: what the correlation is where nothing persists. `schools` and `candidates` went into it, of each phase at most 30
    and 300, drawn by the seed where there are more.
    """

    correlation: float
    by_school: tuple[tuple[str, float], ...]
    p: float
    null_mean: float
    null_high: float
    undefined: int
    schools: int
    candidates: int
    draws: int
    seed: int

    def __repr__(self) -> str:
        return f"RankStability(rho {self.correlation:.3g}, p {self.p:.3g}; {self.null_mean:.3g} where nothing persists)"

    @property
    def persists(self) -> bool:
        """Whether the scores of the two windows are more alike than chance makes them, at 5%."""
        return self.p <= LEVEL


def rank_stability(
    panel: YearGroupPanel,
    *,
    standardise: Standardise = "sd_trend",
    minimum_share: float = 0.5,
    seed: int,
    draws: int = DRAWS,
) -> RankStability:
    """Whether the ranking of candidates persists from the window before the last to the last, tested by parametric bootstrap.

    The panel's last three terms make the two windows. Raises NotEstimable with fewer terms, or where no school with a social
    worker has three candidates scored in both windows.
    """
    check_options(panel, standardise, minimum_share)
    if len(panel.terms) < 3:
        raise NotEstimable(f"{panel.outcome}: whether trends persist needs three terms; there are {len(panel.terms)}.")
    rng = np.random.default_rng(seed)
    phases = [_thin(cells_of_phase(panel, phase), rng) for phase in panel.phases]

    def correlate(cells: PhaseCells, count: Array) -> Array:
        earlier, later = (
            score_draws(cells, count, start=start, standardise=standardise, minimum_share=minimum_share) for start in (0, 1)
        )  # fmt: skip
        return spearman(earlier, later)

    observed = np.concatenate([correlate(cells, cells.count[np.newaxis])[0] for cells in phases])
    if not np.isfinite(observed).any():
        raise NotEstimable(f"{panel.outcome}: no school has three candidates with a score in both windows.")
    rho = float(np.nanmean(observed))
    drawn = _draw(phases, correlate, rng, draws)
    defined = drawn[np.isfinite(drawn)]
    larger = int((defined >= rho - 1e-12).sum()) + draws - defined.size
    schools = [panel.schools[i] for cells in phases for i in cells.schools[: cells.treated]]
    return RankStability(
        correlation=rho,
        by_school=tuple((name, float(value)) for name, value in zip(schools, observed, strict=True) if np.isfinite(value)),
        p=(1 + larger) / (1 + draws),
        null_mean=float(defined.mean()) if defined.size else float("nan"),
        null_high=float(np.quantile(defined, 0.95)) if defined.size else float("nan"),
        undefined=draws - defined.size,
        schools=sum(cells.treated for cells in phases),
        candidates=sum(cells.schools.size - cells.treated for cells in phases),
        draws=draws,
        seed=seed,
    )  # fmt: skip


def _thin(cells: PhaseCells, rng: np.random.Generator) -> PhaseCells:
    """The cells of at most so many schools: a thousand draws of a national register would take hours."""
    parts = [
        np.sort(rng.choice(places, most, replace=False)) if places.size > most else places
        for places, most in (
            (np.arange(cells.treated), MOST_SCHOOLS),
            (np.arange(cells.treated, cells.schools.size), MOST_CANDIDATES),
        )
    ]
    keep = np.concatenate(parts)
    return PhaseCells(cells.schools[keep], parts[0].size, cells.count[keep], cells.pupils[keep])


def _draw(
    phases: list[PhaseCells], correlate: Callable[[PhaseCells, Array], Array], rng: np.random.Generator, draws: int
) -> Array:
    """The mean correlation of each drawn panel; NaN where it has none."""
    sums, known = np.zeros(draws), np.zeros(draws)
    for cells in phases:
        mean = null_mean_counts(cells)
        pairs = max(cells.treated * (cells.schools.size - cells.treated), 1)
        step = max(_PAIRS_AT_ONCE // pairs, 1)
        for first in range(0, draws, step):
            here = slice(first, min(first + step, draws))
            correlations = correlate(cells, rng.poisson(mean, (here.stop - first, *mean.shape)).astype(float))
            sums[here] += np.nansum(correlations, axis=1)
            known[here] += np.isfinite(correlations).sum(axis=1)
    return np.divide(sums, known, out=np.full(draws, np.nan), where=known > 0)


def null_mean_counts(cells: PhaseCells) -> Array:
    """Expected counts where every school keeps its level in each year group and follows the year group's common course."""
    common = np.zeros(cells.count.shape[1:])
    np.divide(cells.count.sum(axis=0), cells.pupils.sum(axis=0), out=common, where=cells.pupils.sum(axis=0) > 0)
    expected = cells.pupils * common
    level = np.zeros(cells.count.shape[:2])
    np.divide(cells.count.sum(axis=2), expected.sum(axis=2), out=level, where=expected.sum(axis=2) > 0)
    mean: Array = expected * level[:, :, np.newaxis]
    return mean


def spearman(first: Array, second: Array) -> Array:
    """Spearman's correlation along the last axis, over the places that both have; NaN with fewer than three or no spread."""
    both = np.isfinite(first) & np.isfinite(second)
    number = both.sum(axis=-1, keepdims=True)
    centred = []
    for values in (first, second):
        # Places that are not compared rank last, and so leave the ranks of the others as they are.
        ranks = rankdata(np.where(both, values, np.inf), axis=-1)
        centred.append(np.where(both, ranks - (number + 1) / 2, 0.0))
    product = (centred[0] * centred[1]).sum(axis=-1)
    spread = np.sqrt((centred[0] ** 2).sum(axis=-1) * (centred[1] ** 2).sum(axis=-1))
    defined = (spread > 0) & (number[..., 0] >= _FEWEST_CANDIDATES)
    return np.divide(product, spread, out=np.full(product.shape, np.nan), where=defined)
