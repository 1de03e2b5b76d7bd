"""How often each method claims an effect: that the simulation draws what it says, and what it then finds."""

from __future__ import annotations

from math import isnan, sqrt

import numpy as np
import pytest

from swis.estimate.calibration import (
    CR1_T,
    METHODS,
    PERMUTATION,
    PUBLISHED,
    QUASI,
    VERDICT,
    OperatingCharacteristic,
    Scatter,
    Setting,
    calibrate,
    simulated_tables,
)
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison
from swis.estimate.verdict import LEVEL
from tests.estimate.drawn import table
from tests.oracles.load import comparison, load_reference

COUNTS = [[9, 10, 8], [11, 10, 12], [8, 9, 7], [10, 11, 9], [12, 11, 13], [9, 9, 10]] * 2
ARMS = [1] * 6 + [0] * 6
DRAWN = table(COUNTS, intervention=ARMS)
LUMPY = table([[9, 2, 17], [1, 20, 5], [8, 19, 7], [20, 1, 9], [2, 21, 13], [9, 19, 1]] * 2, intervention=ARMS)
OWN = (PUBLISHED, PERMUTATION, VERDICT)


def run(
    one: Comparison,
    *,
    scatter: Scatter = "poisson",
    true_ratio: float = 1.0,
    times: int = 1,
    draws: int = 20,
    methods: tuple[str, ...] = OWN,
    seed: int = 1,
) -> dict[str, OperatingCharacteristic]:
    setting = Setting(scatter, true_ratio, times, draws, methods)
    return {found.method: found for found in calibrate(one, setting, seed=seed)}


def mean_and_variance(one: Comparison, setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    drawn = np.array([each.count for each in simulated_tables(one, setting, seed=3)])
    return drawn.mean(axis=0), drawn.var(axis=0)


def test_tables_are_drawn_around_the_rates_without_a_programme_with_the_truth_put_in() -> None:
    null = fit_comparison(DRAWN, interactions=np.zeros((3, 0))).expected
    wanted = null * np.where(np.outer(DRAWN.intervention, DRAWN.after_mask), 0.5, 1.0)
    mean, variance = mean_and_variance(DRAWN, Setting(true_ratio=0.5, draws=4_000))
    # Four standard errors of 36 means, and of 36 variances, of 4,000 Poisson counts.
    assert np.abs(mean - wanted).max() < 4 * np.sqrt(wanted.max() / 4_000)
    assert np.abs(variance / wanted - 1).max() < 4 * sqrt((2 + 1 / wanted.min()) / 4_000)


def test_overdispersed_tables_scatter_more_and_keep_the_mean() -> None:
    mean, variance = mean_and_variance(LUMPY, Setting("overdispersed", draws=2_000))
    plain, _ = mean_and_variance(LUMPY, Setting("poisson", draws=2_000))
    assert (variance / mean).mean() > 3
    assert mean == pytest.approx(plain, rel=0.15)


def test_days_come_in_lots_of_a_childs_term() -> None:
    days = comparison("Stockport/days_in_care")
    (drawn,) = simulated_tables(days, Setting(draws=1), seed=1)
    assert (np.mod(drawn.count, days.unit_of_count) == 0).all()
    assert drawn.count.sum() > 0


def test_a_school_term_that_was_not_observed_stays_so() -> None:
    pupils = np.full((12, 3), 300.0)
    pupils[0, 0] = 0.0
    counts = np.array(COUNTS)
    counts[0, 0] = 0
    for drawn in simulated_tables(table(counts, intervention=ARMS, pupils=pupils), Setting(draws=20), seed=1):
        assert drawn.count[0, 0] == 0


def test_copies_of_schools_keep_their_arm_stratum_and_cluster_apart() -> None:
    stratified = table(
        COUNTS, intervention=ARMS, stratum=("a", "b") * 6, cluster=tuple(f"C{place // 2}" for place in range(12))
    )
    (drawn,) = simulated_tables(stratified, Setting(times_as_many_schools=3, draws=1), seed=1)
    assert len(set(drawn.schools)) == 36
    assert drawn.intervention.sum() == 18
    assert drawn.stratum == ("a", "b") * 18
    assert drawn.cluster is not None
    assert len(set(drawn.cluster)) == 18


def test_the_same_seed_gives_the_same_characteristics_and_another_seed_others() -> None:
    arguments = {"draws": 40, "methods": METHODS}
    assert run(DRAWN, **arguments) == run(DRAWN, **arguments)  # type: ignore[arg-type]
    assert run(DRAWN, **arguments) != run(DRAWN, seed=2, **arguments)  # type: ignore[arg-type]


def test_every_method_is_asked_and_only_the_verdict_has_a_coverage() -> None:
    found = run(DRAWN, methods=METHODS)
    assert tuple(found) == METHODS
    assert [method for method, one in found.items() if one.covered is not None] == [VERDICT]
    assert all(one.draws == 20 and one.usable <= 20 for one in found.values())


def test_draws_without_an_answer_are_not_usable_but_for_the_verdict_are_no_claim() -> None:
    rare = table([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], intervention=[1, 1, 0, 0])
    found = run(rare, methods=(PUBLISHED, QUASI, VERDICT), draws=60)
    assert found[QUASI].usable < 60
    assert found[VERDICT].usable == 60
    assert found[VERDICT].claimed == 0


def test_a_method_that_never_answers_has_no_rate() -> None:
    alone = table([[4, 6, 3], [5, 7, 2]], intervention=[1, 0])
    (found,) = run(alone, methods=(QUASI,)).values()
    assert found.usable <= 20
    assert isnan(OperatingCharacteristic(QUASI, "poisson", 1.0, 1, 20, 0, float("nan"), None).monte_carlo_error)


def test_the_monte_carlo_error_is_that_of_a_share_and_never_zero() -> None:
    def error(claimed: float, usable: int) -> float:
        return OperatingCharacteristic(VERDICT, "poisson", 1.0, 1, usable, usable, claimed, None).monte_carlo_error

    assert error(0.3, 100) == pytest.approx(sqrt(0.3 * 0.7 / 100))
    assert error(0.0, 100) == pytest.approx(0.01)


def test_where_no_choice_of_schools_can_be_significant_nothing_is_ever_claimed() -> None:
    found = run(comparison("Southampton/s47"), draws=30)
    assert (found[VERDICT].claimed, found[PERMUTATION].claimed) == (0, 0)
    assert found[VERDICT].covered == 1.0


DRAWS = 300
BELOW = LEVEL + 3 * sqrt(LEVEL * (1 - LEVEL) / DRAWS)
"""Five per cent and three Monte Carlo errors of a share of 300 draws."""


@pytest.mark.parametrize("scatter", ["poisson", "overdispersed"])
@pytest.mark.parametrize("shape", ["Stockport/s47", "Lambeth/s47", "drawn", "lumpy"])
def test_without_an_effect_the_verdict_claims_one_in_five_per_cent_at_most(shape: str, scatter: Scatter) -> None:
    one = {"drawn": DRAWN, "lumpy": LUMPY}.get(shape) or comparison(shape)
    found = run(one, scatter=scatter, draws=DRAWS)
    assert found[VERDICT].claimed <= BELOW
    assert found[PERMUTATION].claimed <= BELOW
    assert found[VERDICT].claimed <= found[PERMUTATION].claimed
    covered = found[VERDICT].covered
    assert covered is not None
    assert covered >= 1 - BELOW


@pytest.mark.parametrize("shape", ["Southampton/s47", "Lambeth/s17", "Stockport/s17"])
def test_without_an_effect_the_published_method_claims_one_far_more_often(shape: str) -> None:
    known = load_reference()["size_of_published_procedure"]["fitted_overdispersion"][shape]
    found = run(comparison(shape), scatter="overdispersed", draws=DRAWS, methods=(PUBLISHED, CR1_T))
    assert found[PUBLISHED].claimed > 3 * LEVEL
    # Three Monte Carlo errors of 300 draws; what is done with draws without an estimate adds a little.
    assert found[PUBLISHED].claimed == pytest.approx(known, abs=0.1)
    assert found[CR1_T].claimed < found[PUBLISHED].claimed


def test_power_rises_with_the_effect_and_with_schools() -> None:
    few, halved, quartered, more = (
        run(table(COUNTS, intervention=ARMS), true_ratio=truth, times=times, draws=100, methods=(VERDICT,))[VERDICT]
        for truth, times in ((1.0, 1), (0.6, 1), (0.25, 1), (0.6, 4))
    )
    assert few.claimed < halved.claimed < quartered.claimed
    assert halved.claimed < more.claimed
    assert quartered.claimed > 0.8
    assert more.claimed > 0.8
