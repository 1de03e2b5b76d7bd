"""Would matching have worked a year earlier? Schools matched on the change before the last, judged by the last.

Nobody had a social worker in either window, so matched schools should move as the schools they are matched to. Whether they do so
better than schools drawn at random is what matching is for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.design.matching import MatchOptions, match_on_scores
from swis.design.matching_scores import score_pairs
from swis.design.trends import Window, last_windows
from swis.design.year_group_panel import Array, Index, YearGroupPanel
from swis.errors import NotEstimable

RANDOM_SETS = 999


@dataclass(frozen=True)
class MatchPlacebo:
    """The difference between schools with a social worker and their matches in how the rate per 100 pupils moved, out of time.

    `share_as_close` is the share of random sets of as many schools (and the matched one) that came at least as close to no
    difference: small means that matching helped, one half that it did no better than a draw from a hat.
    """

    matched_on: Window
    judged_on: Window
    difference: float
    random_median: float
    random_high: float
    share_as_close: float
    schools: int
    sets: int
    seed: int

    def __repr__(self) -> str:
        return (
            f"MatchPlacebo({self.judged_on[0]} to {self.judged_on[1]}: {self.difference:.3g} per 100 pupils; "
            f"{self.share_as_close:.0%} of {self.sets} random sets as close)"
        )


def match_placebo(
    panel: YearGroupPanel, options: MatchOptions | None = None, *, seed: int, sets: int = RANDOM_SETS
) -> MatchPlacebo:
    """Matches on the window before the last; compares the change over the last window with that of random sets of candidates.

    Rates are pooled: all events over all pupils of a group. A random set has as many schools of each phase as were matched.
    Raises NotEstimable with fewer than three terms, or where nobody was matched.
    """
    options = options or MatchOptions()
    later, earlier = last_windows(panel)
    if earlier is None:
        raise NotEstimable(f"{panel.outcome}: a trial out of time needs three terms; there are {len(panel.terms)}.")
    pairs = score_pairs(panel, window=earlier, standardise=options.standardise, minimum_share=options.minimum_share)
    matching = match_on_scores(panel, pairs, earlier=None, options=options)
    chosen = panel.candidates[matching.weights(panel) > 0]
    if not chosen.size:
        raise NotEstimable(f"{panel.outcome}: no school was matched on {earlier[0]} to {earlier[1]}.")
    count, pupils = panel.school_counts
    ends = [panel.terms.index(term) for term in later]
    count, pupils = count[:, ends], pupils[:, ends]
    treated = panel.treated[matching.matched_treated(panel)]
    ours = _movement(count[treated].sum(axis=0), pupils[treated].sum(axis=0))
    difference = float(ours - _movement(count[chosen].sum(axis=0), pupils[chosen].sum(axis=0)))
    if not np.isfinite(difference):
        raise NotEstimable(f"{panel.outcome}: the matched schools were not observed in {later[0]} and {later[1]}.")
    rng = np.random.default_rng(seed)
    inside = _random_sets(panel, chosen, rng, sets)
    random = np.abs(ours - _movement(inside @ count[panel.candidates], inside @ pupils[panel.candidates]))
    random = random[np.isfinite(random)]
    return MatchPlacebo(
        matched_on=earlier,
        judged_on=later,
        difference=difference,
        random_median=float(np.median(random)),
        random_high=float(np.quantile(random, 0.95)),
        share_as_close=float((1 + (random <= abs(difference) + 1e-12).sum()) / (1 + random.size)),
        schools=chosen.size,
        sets=random.size,
        seed=seed,
    )


def _movement(count: Array, pupils: Array) -> Array:
    """The change of the pooled rate per 100 pupils; the last axis holds the two terms. NaN where a term has no pupils."""
    rate = np.full(count.shape, np.nan)
    np.divide(100 * count, pupils, out=rate, where=pupils > 0)
    moved: Array = rate[..., 1] - rate[..., 0]
    return moved


def _random_sets(panel: YearGroupPanel, chosen: Index, rng: np.random.Generator, sets: int) -> Array:
    """Which candidates are in each set, shape (sets, candidates)."""
    inside = np.zeros((sets, panel.candidates.size))
    for phase in panel.phases:
        columns = np.flatnonzero([panel.phase[i] == phase for i in panel.candidates])
        wanted = panel.of_phase(chosen, phase).size
        drawn = rng.permuted(np.broadcast_to(columns, (sets, columns.size)), axis=1)[:, :wanted]
        np.put_along_axis(inside, drawn, 1.0, axis=1)
    return inside
