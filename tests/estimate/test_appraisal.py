"""Everything that is said of one comparison, gathered: what is there, and why what is missing is missing."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.appraisal import appraise
from swis.estimate.comparison import Comparison
from swis.estimate.exact import exact
from swis.estimate.permutation import permutation_test
from swis.estimate.quasi import quasi_poisson
from tests.estimate.drawn import table
from tests.oracles.load import PANELS, comparison

COUNTS = [[4, 6, 3], [5, 7, 2], [3, 4, 6], [6, 5, 7], [0, 0, 0], [2, 5, 4]]
ARMS = [1, 1, 1, 0, 0, 0]
CLUSTERS = ("North", "North", "East", "South", "South", "West")


@pytest.mark.parametrize("analysis", PANELS)
def test_the_parts_of_the_pilots_are_those_of_the_estimators(analysis: str) -> None:
    one = comparison(analysis)
    found = appraise(one, seed=1)
    assert found.permutation.p == permutation_test(one, seed=1).p
    assert found.quasi == quasi_poisson(one)
    assert found.verdict.low <= min(found.quasi.low, found.permutation_interval[0])
    assert found.verdict.high >= max(found.quasi.high, found.permutation_interval[1])
    if one.unit_of_count == 1:
        assert found.exact is not None
        assert repr(found.exact) == repr(exact(one))
        assert (found.exact.low, found.exact.high, found.exact.p) == (exact(one).low, exact(one).high, exact(one).p)
    else:
        assert "days are not events" in found.not_estimable["exact"]
    assert repr(found).startswith(f"Appraisal({one.outcome}: {found.verdict.kind}; ")


def test_separation_has_no_standard_error_and_no_finite_estimate() -> None:
    found = appraise(comparison("Lambeth/s47"), seed=1)
    assert found.log_ratio == -inf
    assert found.separation.direction == -1
    assert (found.cr1, found.cr2, found.cr3, found.model_standard_error, dict(found.leave_one_out)) == (
        None, None, None, None, {},
    )  # fmt: skip
    assert "would come from where the software happened to stop" in found.not_estimable["clustered standard errors"]
    assert found.quasi.low == 0.0
    assert found.firth is not None


def test_the_floor_counts_zeros_schools_without_events_and_those_with_nothing_to_reduce() -> None:
    counts = np.array(COUNTS)
    counts[0, 1] = 0
    pupils = np.full((6, 3), 300.0)
    pupils[4, 0] = 0.0
    floor = appraise(table(counts, intervention=ARMS, pupils=pupils), seed=1).floor
    assert (floor.school_terms, floor.zero_school_terms) == (17, 3)
    assert (floor.schools, floor.schools_without_events, floor.intervention_without_events_at_reference) == (6, 1, 1)
    assert floor.zero_share == 3 / 17


def test_clusters_are_permuted_beside_schools_where_they_differ() -> None:
    found = appraise(table(COUNTS, intervention=ARMS, cluster=CLUSTERS), seed=1)
    assert found.permutation.unit == "school"
    assert found.cluster_permutation is not None
    assert (found.permutation.assignments, found.cluster_permutation.assignments) == (20, 6)
    alone = tuple(f"S{place}" for place in range(6))
    assert appraise(table(COUNTS, intervention=ARMS, cluster=alone), seed=1).cluster_permutation is None
    assert appraise(table(COUNTS, intervention=ARMS), seed=1).cluster_permutation is None


def test_clusters_with_schools_of_both_arms_cost_only_the_test_with_clusters() -> None:
    mixed = ("North", "North", "East", "East", "South", "West")
    found = appraise(table(COUNTS, intervention=ARMS, cluster=mixed), seed=1)
    assert found.cluster_permutation is None
    assert "schools of both arms" in found.not_estimable["cluster_permutation"]
    with pytest.raises(NotEstimable, match="schools of both arms"):
        appraise(table(COUNTS, intervention=ARMS, cluster=mixed), unit="cluster", seed=1)


def test_one_term_before_the_start_has_no_trend_and_no_placebo_but_a_verdict() -> None:
    found = appraise(table([row[1:] for row in COUNTS], intervention=ARMS), seed=1)
    assert (found.pre_trend, found.placebos, found.sensitivity) == (None, (), None)
    assert "fewer than two terms before the start" in found.not_estimable["pre_trend"]
    assert found.verdict.kind == "cannot tell"


def test_several_terms_after_the_start_have_no_exact_inference_but_everything_else() -> None:
    found = appraise(table([[*row, row[2] + 1] for row in COUNTS], intervention=ARMS, after=2), seed=1)
    assert found.exact is None
    assert "one term after the start" in found.not_estimable["exact"]
    assert found.cr3 is not None
    assert found.event_study.after == ("t2", "t3")


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ([[0, 0, 0]] * 6, "a term has no events"),
        ([*COUNTS[:3], *[[0, 0, 0]] * 3], "one arm has no events"),
        ([[0, *row[1:]] for row in COUNTS], "a term has no events"),
    ],
)
def test_a_table_that_says_nothing_is_refused_with_the_reason(counts: list[list[int]], why: str) -> None:
    with pytest.raises(NotEstimable, match=why):
        appraise(table(counts, intervention=ARMS), seed=1)


def test_the_same_seed_gives_the_same_p_where_choices_are_drawn() -> None:
    rng = np.random.default_rng(5)
    large = table(rng.poisson(6, (40, 3)), intervention=[1] * 20 + [0] * 20)
    first, again, other = (appraise(large, seed=seed) for seed in (1, 1, 2))
    assert not first.permutation.enumerated
    assert first.permutation.p == again.permutation.p
    assert first.permutation_interval == again.permutation_interval
    assert first.pre_trend == again.pre_trend
    assert (first.permutation.p, first.permutation_interval) != (other.permutation.p, other.permutation_interval)


def counts_around(mean: int) -> Comparison:
    return table(np.random.default_rng(2).poisson(mean, (6, 3)), intervention=ARMS, pupils=1e6)


def test_many_events_put_term_effects_in_and_very_many_need_no_exact_inference() -> None:
    few, many, very_many = (appraise(counts_around(mean), seed=1) for mean in (6, 60, 30_000))
    assert few.exact is not None
    assert many.exact is not None
    assert (few.exact.plug_in, many.exact.plug_in) == (False, True)
    assert very_many.exact is None
    assert "few events" in very_many.not_estimable["exact"]


def test_days_in_fractions_of_a_term_are_appraised() -> None:
    days = np.array(COUNTS) * 122 - np.array(COUNTS) * 0.5
    found = appraise(table(days, intervention=ARMS, unit_of_count=122.0), seed=1)
    assert found.verdict.kind in ("cannot tell", "not supported")
    assert found.exact is None
