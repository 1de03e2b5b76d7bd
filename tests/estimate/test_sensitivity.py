from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.event_study import EventStudy, event_study
from swis.estimate.sensitivity import GRID, GRID_WIDTH, folded_quantile, sensitivity
from tests.estimate.drawn import table
from tests.oracles.load import PANELS, PRINTED, comparison, load, load_reference, load_whole

FINITE = [name for name in (*PANELS, PRINTED) if name != "Lambeth/s47"]
ONE_BEFORE = [name for name in FINITE if not name.startswith("Southampton")]


@pytest.mark.parametrize("name", FINITE)
def test_relative_magnitudes_are_those_of_honestdid(name: str) -> None:
    stored = load("honest_did")[name]
    result = sensitivity(event_study(comparison(name)), seed=1)
    for ours, theirs in zip(result.relative_magnitudes, stored["relative_magnitudes"], strict=True):
        assert ours.allowance == theirs["mbar"]
        # Either side reports the last accepted point of its own grid. The first critical value, of a thousand draws there and
        # 20,000 here, never decides: five seeds of the package give one interval.
        spacing = stored["standard_error"] * 2 * GRID_WIDTH * (1 + ours.allowance) / (GRID - 1) + stored["grid_spacing"]
        intervals = np.array(theirs["log_intervals"])
        assert np.ptp(intervals, axis=0).max() == 0
        np.testing.assert_allclose(np.log([ours.low, ours.high]), intervals[0], rtol=0, atol=spacing)


@pytest.mark.parametrize("name", sorted(load_reference()["honest_did"]["analyses"]))
def test_relative_magnitudes_are_those_computed_before(name: str) -> None:
    result = sensitivity(event_study(comparison(name)), seed=1)
    by_allowance = {f"{interval.allowance:g}": interval for interval in result.relative_magnitudes}
    error = load("honest_did")[name]["standard_error"]
    for mbar, (low, high) in load_reference()["honest_did"]["analyses"][name].items():
        # The package's own grid of 0.04 standard errors, ours, and two or three printed digits.
        near = error * (0.04 + 0.02 * (1 + float(mbar)))
        assert math.log(by_allowance[mbar].low) == pytest.approx(
            math.log(low), abs=near + 0.5 / low * 10 ** -_decimals(low)
        )
        assert math.log(by_allowance[mbar].high) == pytest.approx(
            math.log(high), abs=near + 0.5 / high * 10 ** -_decimals(high)
        )


def _decimals(printed: float) -> int:
    return len(f"{printed:.10g}".partition(".")[2])


@pytest.mark.parametrize("name", FINITE)
def test_breakdown_and_extrapolation_are_those_of_r(name: str) -> None:
    result, r = sensitivity(event_study(comparison(name)), seed=1), load("eventstudy")[name]["moves_before"]
    # Ratios of estimates that agree to 1e-9; the flat pre-trends divide by 0.04.
    assert result.breakdown == pytest.approx(r["breakdown"], rel=1e-6)
    assert result.extrapolated == pytest.approx(r["linear_extrapolation"], rel=1e-7)
    # Every interval includes no effect even with parallel trends.
    assert result.robust_breakdown == 0.0


@pytest.mark.parametrize("name", ONE_BEFORE)
def test_smoothness_bounds_are_those_of_r(name: str) -> None:
    ours = sensitivity(event_study(comparison(name)), seed=1).smoothness
    stored = {bound["bend"]: bound["interval"] for bound in load("eventstudy")[name]["smoothness"]}
    for bound in ours:
        # R's root of the quantile is good to 1e-13, the covariance to 1e-8.
        assert [bound.low, bound.high] == pytest.approx(stored[bound.allowance], rel=1e-6)


def test_folded_quantiles_are_those_of_r() -> None:
    stored = load_whole("eventstudy")["folded_quantiles"]
    for at, quantile in zip(stored["at"], stored["quantile"], strict=True):
        assert folded_quantile(at) == pytest.approx(quantile, abs=1e-11)
    assert folded_quantile(0.0) == pytest.approx(1.959963984540054, abs=1e-11)


def study(estimates: list[float], *, variance: float = 0.04) -> EventStudy:
    """An event study whose last two terms are the reference and the one after it."""
    terms = tuple(f"t{i}" for i in range(len(estimates) + 1))
    return EventStudy(
        terms=terms,
        reference=terms[-2],
        after=terms[-1:],
        log_ratios=np.insert(np.array(estimates), len(estimates) - 1, 0.0),
        covariance=variance * (np.eye(len(estimates)) + 1) / 2,
        dispersion=1.0,
        df=10,
    )


def test_a_large_effect_after_flat_terms_stands_until_its_breakdown() -> None:
    strong = study([0.1, -0.1, -2.0])
    result = sensitivity(strong, allowances=(0.0, 1.0, 20.0), seed=1)
    assert result.breakdown == pytest.approx(10.0)
    assert [interval.excludes_one for interval in result.relative_magnitudes] == [True, True, False]
    assert 1 < result.robust_breakdown < result.breakdown
    at = sensitivity(strong, allowances=(result.robust_breakdown - 0.02, result.robust_breakdown + 0.04), seed=1)
    assert [interval.excludes_one for interval in at.relative_magnitudes] == [True, False]


def test_allowing_more_drift_never_narrows_the_interval() -> None:
    intervals = sensitivity(study([0.3, -0.2, 0.1, -0.5]), allowances=(0.0, 0.5, 1.0, 2.0), seed=1).relative_magnitudes
    lows, highs = [interval.low for interval in intervals], [interval.high for interval in intervals]
    assert lows == sorted(lows, reverse=True)
    assert highs == sorted(highs)


def test_turning_the_effects_over_turns_the_intervals_over() -> None:
    one, two = sensitivity(study([0.3, -0.2, -0.5]), seed=1), sensitivity(study([-0.3, 0.2, 0.5]), seed=1)
    for ours, theirs in zip(one.relative_magnitudes, two.relative_magnitudes, strict=True):
        # Moments swap places, so that their draws do.
        assert math.log(theirs.high) == pytest.approx(-math.log(ours.low), abs=0.2 * 0.05)


def test_the_same_seed_gives_the_same_intervals() -> None:
    drawn = event_study(comparison("Southampton/s17"))
    assert sensitivity(drawn, seed=3) == sensitivity(drawn, seed=3)


def test_what_the_bounds_do_not_cover_is_refused_in_words() -> None:
    good = study([0.1, -0.1, -2.0])
    for changes, words in (
        ({"covariance": None}, "separated"),
        ({"after": good.terms[-2:]}, "one term after the start"),
        ({"after": good.terms[:1]}, "one term after the start"),
        ({"reference": good.terms[0]}, "reference to be the last term before"),
    ):
        with pytest.raises(NotEstimable, match=words):
            sensitivity(replace(good, **changes), seed=1)  # type: ignore[arg-type]
    with pytest.raises(NotEstimable, match="Fewer than two terms before"):
        sensitivity(event_study(table([[3, 2], [5, 1], [2, 2]], intervention=[1, 0, 0])), seed=1)
