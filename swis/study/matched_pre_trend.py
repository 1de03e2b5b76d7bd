"""Had the matched schools moved alike, before anyone had a social worker? With the difference that such a test would let pass.

Matching is a matter of design, the test one of estimation; so what needs both stands here.
"""

from __future__ import annotations

import numpy as np

from swis.design.matching import Matching
from swis.design.year_group_panel import YearGroupPanel
from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.event_study import PreTrend, pre_trend


def matched_comparison(panel: YearGroupPanel, matching: Matching) -> Comparison:
    """The matched schools in the terms before the start, as estimators take them; each comparison school enters once.

    Year groups are added up. The last term is the reference; no term lies after the start. Raises NotEstimable where nobody was
    matched.
    """
    treated = panel.treated[matching.matched_treated(panel)]
    candidates = panel.candidates[matching.weights(panel) > 0]
    if not treated.size:
        raise NotEstimable(f"{panel.outcome}: no school was matched.")
    schools = np.concatenate([treated, candidates])
    count, pupils = panel.school_counts
    return Comparison(
        outcome=panel.outcome,
        schools=tuple(panel.schools[i] for i in schools),
        terms=panel.terms,
        count=count[schools],
        pupils=pupils[schools],
        intervention=panel.intervention[schools],
        reference=panel.terms[-1],
        after=(),
        cluster=tuple(panel.cluster[i] for i in schools),
        unit_of_count=panel.unit_of_count,
    )


def matched_pre_trend(panel: YearGroupPanel, matching: Matching, *, seed: int) -> PreTrend:
    """The test of parallel trends between the matched schools, and the equivalence bound that says what it is worth.

    `bound` is the rate ratio between the last two terms before the start that could be there and still pass (Hartman and
    Hidalgo 2018). Matching on the trend makes the test easy to pass: it is no check on the match, the bound is. Raises
    NotEstimable with fewer than two terms, or where an arm has no events.
    """
    return pre_trend(matched_comparison(panel, matching), seed=seed)
