"""The planned analyses against R, against every reassignment, and at the edges."""

from __future__ import annotations

import csv
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t, ttest_ind, ttest_rel

from swis.design.power.adjusted_poisson import adjusted_poisson, baseline_adjusted_poisson
from swis.design.power.randomisation import randomisation_poisson
from swis.design.power.robust_poisson import robust_poisson
from swis.design.power.trials import SimulatedTrials
from swis.errors import NotEstimable

FOLDER = Path(__file__).parents[2] / "oracles" / "power"
STORED = json.loads((FOLDER / "robust_poisson.json").read_text(encoding="utf-8"))


def stored_trial(name: str) -> SimulatedTrials:
    with (FOLDER / "trials.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["trial"] == name]

    def column(key: str) -> np.ndarray:
        return np.array([float(row[key]) for row in rows])[:, None]

    return SimulatedTrials(
        count=column("count"),
        exposure=column("exposure"),
        intervention=column("arm")[:, 0] == 1,
        stratum=column("stratum")[:, 0].astype(int),
        ratio=1.0,
        baseline=column("baseline"),
        baseline_exposure=column("baseline_exposure"),
    )


def trial(count: list[list[float]], *, arm: list[int], stratum: list[int] | None = None) -> SimulatedTrials:
    values = np.array(count, dtype=float)
    return SimulatedTrials(
        count=values,
        exposure=np.full(values.shape, 1000.0),
        intervention=np.array(arm) == 1,
        stratum=np.array(stratum or [0] * len(arm)),
        ratio=1.0,
    )


@pytest.mark.parametrize("name", ["authorities", "pairs"])
def test_the_analysis_is_that_of_r(name: str) -> None:
    drawn, expected = stored_trial(name), STORED["trials"][name]["strata"]
    judged = robust_poisson(drawn)
    assert judged.log_ratio[0] == pytest.approx(expected["log_ratio"], abs=1e-10)
    half = t.ppf(0.975, expected["df"]) * expected["hc3"]
    assert judged.high[0] - judged.log_ratio[0] == pytest.approx(half, rel=1e-8)
    assert judged.log_ratio[0] - judged.low[0] == pytest.approx(half, rel=1e-8)
    assert judged.p[0] == pytest.approx(
        2 * t.sf(abs(expected["log_ratio"] / expected["hc3"]), expected["df"]), rel=1e-7
    )


@pytest.mark.parametrize("name", ["authorities", "pairs"])
def test_the_adjusted_analysis_is_that_of_r(name: str) -> None:
    drawn, expected = stored_trial(name), STORED["trials"][name]["baseline"]
    judged = baseline_adjusted_poisson(drawn)
    assert judged.log_ratio[0] == pytest.approx(expected["log_ratio"], abs=1e-9)
    half = t.ppf(0.975, expected["df"]) * expected["hc3"]
    assert judged.high[0] - judged.log_ratio[0] == pytest.approx(half, rel=1e-7)


def test_without_covariates_both_analyses_are_one() -> None:
    drawn = stored_trial("authorities")
    plain, adjusted = robust_poisson(drawn), adjusted_poisson(drawn, np.zeros((0, *drawn.count.shape)))
    assert adjusted.log_ratio == pytest.approx(plain.log_ratio, abs=1e-12)
    assert adjusted.low == pytest.approx(plain.low, abs=1e-12)


def test_trials_of_a_block_do_not_touch_one_another() -> None:
    drawn = stored_trial("authorities")
    silent = np.zeros_like(drawn.count)
    both = SimulatedTrials(
        count=np.hstack([silent, drawn.count, drawn.count]),
        exposure=np.tile(drawn.exposure, 3),
        intervention=drawn.intervention,
        stratum=drawn.stratum,
        ratio=1.0,
        baseline=np.tile(drawn.baseline, 3),  # type: ignore[arg-type]
        baseline_exposure=np.tile(drawn.baseline_exposure, 3),  # type: ignore[arg-type]
    )
    for analyse in (robust_poisson, baseline_adjusted_poisson, randomisation_poisson):
        alone, together = analyse(drawn), analyse(both)
        assert np.isnan(together.p[0])
        assert together.p[1:] == pytest.approx(np.repeat(alone.p, 2), abs=1e-12)


def test_the_randomisation_test_has_the_variance_of_all_reassignments() -> None:
    drawn = trial([[9.0], [4], [6], [12], [3], [8], [11]], arm=[0, 0, 1, 1, 0, 1, 1], stratum=[0, 0, 0, 0, 1, 1, 1])
    count = drawn.count[:, 0]
    residual = np.concatenate([count[:4] - count[:4].mean(), count[4:] - count[4:].mean()])
    every = [
        residual[list(first)].sum() + residual[list(second)].sum()
        for first in combinations(range(4), 2)
        for second in combinations(range(4, 7), 2)
    ]
    z = residual[drawn.intervention].sum() / np.std(every)
    freedom = 7 - 2
    expected = 2 * t.sf(abs(z) * np.sqrt((freedom - 1) / (freedom - z**2)), freedom - 1)
    assert randomisation_poisson(drawn).p[0] == pytest.approx(expected, rel=1e-10)


def test_for_one_stratum_the_randomisation_test_is_the_t_test_and_for_pairs_the_paired_one() -> None:
    first, second = np.array([9.0, 4, 6, 12, 3]), np.array([11.0, 8, 9, 10, 7])
    one = trial(np.concatenate([first, second])[:, None].tolist(), arm=[0] * 5 + [1] * 5)
    assert randomisation_poisson(one).p[0] == pytest.approx(ttest_ind(first, second).pvalue, rel=1e-10)
    pairs = trial(
        np.stack([first, second], axis=1).reshape(-1, 1).tolist(),
        arm=[0, 1] * 5,
        stratum=[0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
    )
    assert randomisation_poisson(pairs).p[0] == pytest.approx(ttest_rel(first, second).pvalue, rel=1e-10)


def test_too_few_schools_for_their_authorities_have_no_p_value() -> None:
    drawn = trial([[5.0], [7], [4]], arm=[0, 1, 1], stratum=[0, 0, 1])
    assert np.isnan(randomisation_poisson(drawn).p[0])
    assert np.isnan(robust_poisson(drawn).p[0])


@pytest.mark.parametrize("analyse", [robust_poisson, randomisation_poisson])
def test_an_arm_without_events_has_no_estimate(analyse: type) -> None:
    drawn = trial([[0.0, 3], [0, 2], [4, 4], [5, 5]], arm=[0, 0, 1, 1])
    judged = analyse(drawn)
    assert np.isnan(judged.log_ratio[0])
    assert np.isfinite(judged.log_ratio[1])


def test_robust_errors_claim_nothing_where_an_arm_has_no_events() -> None:
    assert np.isnan(robust_poisson(trial([[0.0], [0], [4], [5]], arm=[0, 0, 1, 1])).p[0])


def test_an_authority_with_one_arm_or_no_events_adds_nothing() -> None:
    plain = trial([[5.0], [7], [4], [9]], arm=[0, 0, 1, 1])
    more = trial([[5.0], [7], [4], [9], [6], [0], [0]], arm=[0, 0, 1, 1, 1, 0, 1], stratum=[0, 0, 0, 0, 1, 2, 2])
    assert robust_poisson(more).log_ratio == pytest.approx(robust_poisson(plain).log_ratio, abs=1e-12)
    assert randomisation_poisson(more).p == pytest.approx(randomisation_poisson(plain).p, abs=1e-12)


def test_schools_out_of_order_are_refused() -> None:
    mixed = trial([[5.0], [7], [4], [9]], arm=[0, 1, 0, 1])
    with pytest.raises(NotEstimable, match="stand together"):
        robust_poisson(mixed)
    turned = trial([[5.0], [7], [4], [9]], arm=[0, 1, 0, 1], stratum=[1, 1, 0, 0])
    with pytest.raises(NotEstimable, match="order of authorities"):
        adjusted_poisson(turned, np.zeros((0, 4, 1)))


def test_adjusting_for_terms_that_are_not_there_is_refused() -> None:
    with pytest.raises(NotEstimable, match="no terms before the start"):
        baseline_adjusted_poisson(trial([[5.0], [7], [4], [9]], arm=[0, 0, 1, 1]))


def test_a_covariate_that_is_the_programme_has_no_estimate() -> None:
    drawn = trial([[5.0], [7], [4], [9]], arm=[0, 0, 1, 1])
    same = drawn.intervention.astype(float)[None, :, None]
    assert np.isnan(adjusted_poisson(drawn, same).p).all()
