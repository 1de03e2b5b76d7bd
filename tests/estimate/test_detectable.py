from __future__ import annotations

import math

import pytest
from scipy.stats import t

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.detectable import detectable_effect, null_standard_error
from swis.estimate.poisson import fit_comparison
from tests.estimate.drawn import table
from tests.oracles.load import PANELS, comparison, load

FINITE = [name for name in PANELS if name != "Lambeth/s47"]


@pytest.mark.parametrize("name", FINITE)
def test_the_detectable_ratio_is_that_of_r(name: str) -> None:
    result = detectable_effect(comparison(name))
    # A standard error that agrees to 1e-8, times up to five.
    assert [result.reduction, result.increase] == pytest.approx(load("poisson")[name]["detectable_ratio"], rel=1e-6)


def test_a_separated_table_has_a_detectable_ratio_from_no_effect() -> None:
    lambeth = comparison("Lambeth/s47")
    result = detectable_effect(lambeth)
    dispersion = load("poisson")["Lambeth/s47"]["phi_with_exactly_fitted_zeros"]
    assert result.standard_error == pytest.approx(null_standard_error(lambeth) * math.sqrt(dispersion), rel=1e-6)
    # As specified: about .07 and 14.
    assert result.reduction == pytest.approx(0.07, abs=0.005)
    assert result.increase == pytest.approx(14, abs=0.5)


def test_the_standard_error_at_no_effect_is_the_usual_one_where_nothing_happened() -> None:
    drawn = table([[10, 10, 10], [10, 10, 10], [20, 20, 20]], intervention=[1, 0, 0])
    assert null_standard_error(drawn) == pytest.approx(math.sqrt(fit_comparison(drawn).covariance[-1, -1]), rel=1e-10)


def test_the_schools_needed_are_the_fewest_that_detect_what_is_worthwhile() -> None:
    table_ = comparison("Stockport/s47")
    result = detectable_effect(table_, worthwhile=0.8)

    def width(schools: int) -> float:
        times = schools / len(table_.schools)
        df = result.df + round((times - 1) * len(table_.schools)) * (len(table_.terms) - 1)
        return float(t.ppf(0.975, df) + t.ppf(0.8, df)) * result.standard_error / math.sqrt(times)

    assert width(result.schools_needed) <= abs(math.log(0.8)) < width(result.schools_needed - 1)
    # A third of Stockport's schools had a social worker; both numbers are rounded up.
    assert abs(result.intervention_needed - result.schools_needed / 3) <= 1


def test_smaller_effects_and_more_power_need_more_schools() -> None:
    table_ = comparison("Stockport/s47")
    needed = [detectable_effect(table_, worthwhile=ratio).schools_needed for ratio in (0.5, 0.7, 0.9)]
    assert needed == sorted(needed)
    more = detectable_effect(table_, power=0.9)
    assert more.schools_needed > detectable_effect(table_).schools_needed
    assert more.reduction < detectable_effect(table_).reduction


@pytest.mark.parametrize("worthwhile", [1.0, 0.0, -0.5, float("nan")])
def test_a_worthwhile_ratio_that_is_none_is_refused(worthwhile: float) -> None:
    with pytest.raises(NotEstimable, match="worthwhile rate ratio is positive and not 1"):
        detectable_effect(comparison("Stockport/s47"), worthwhile=worthwhile)


def test_an_effect_beyond_any_number_of_schools_is_refused() -> None:
    with pytest.raises(NotEstimable, match="No number of schools"):
        detectable_effect(comparison("Lambeth/s17"), worthwhile=0.99999)


@pytest.mark.parametrize(
    "drawn",
    [
        table([[0, 0, 0], [0, 0, 0]], intervention=[1, 0]),
        table([[3, 2, 1], [0, 0, 0]], intervention=[1, 0]),
        table([[3, 2, 1], [2, 2, 2]], intervention=[1, 1]),
        table([[3, 2, 1]], intervention=[1]),
        table([[3, 2], [4, 1]], intervention=[1, 0]),
    ],
    ids=["all zero", "an arm without events", "no comparison", "one school", "two schools and two terms"],
)
def test_what_says_nothing_detects_nothing(drawn: Comparison) -> None:
    with pytest.raises(NotEstimable):
        detectable_effect(drawn)
    if drawn.count[1:].sum() == 0 or drawn.intervention.all():
        with pytest.raises(NotEstimable):
            null_standard_error(drawn)
