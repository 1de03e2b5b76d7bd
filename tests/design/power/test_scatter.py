from __future__ import annotations

from math import sqrt

import numpy as np
import polars as pl
import pytest

from swis.design.power.needed import needed_schools
from swis.design.power.scatter import between_schools, measure_panel
from swis.design.power.school_terms import choose_outcome, read_term_panel
from swis.errors import NotEstimable, TableError


def draw_panel(
    rng: np.random.Generator, *, schools: int, terms: int, k: float, autocorrelation: float, rate: float = 0.01
) -> tuple[np.ndarray, np.ndarray]:
    lasting = autocorrelation * k**2
    passing = (k**2 - lasting) / (1 + lasting)
    rates = rng.gamma(1 / lasting, lasting, (schools, 1)) * rng.gamma(1 / passing, passing, (schools, terms))
    pupils = np.repeat(rng.uniform(600, 1400, (schools, 1)), terms, axis=1)
    return rng.poisson(rate * rates * pupils).astype(float), pupils


def test_k_squared_is_that_of_the_paper_by_hand() -> None:
    count, years = np.array([10.0, 30, 20, 44]), np.array([1000.0, 2000, 1000, 2000])
    rates = count / years
    expected = (rates.var(ddof=1) - rates.mean() * (1 / years).mean()) / rates.mean() ** 2
    found = between_schools(count, years)
    assert found.k2 == pytest.approx(expected, rel=1e-12)
    assert found.k == pytest.approx(sqrt(expected))
    assert found.low <= found.k <= found.high
    assert found.rate == pytest.approx(104 / 6000)


def test_schools_that_differ_less_than_chance_have_k_of_zero_and_an_interval_from_it() -> None:
    found = between_schools(np.array([10.0, 10, 11, 10]), np.full(4, 1000.0))
    assert found.k2 < 0
    assert (found.k, found.low) == (0.0, 0.0)


@pytest.mark.parametrize("scatter", ["gamma", "lognormal"])
@pytest.mark.parametrize(("schools", "k", "events"), [(268, 0.37, 30), (40, 0.37, 15), (8, 0.5, 10), (3, 0.5, 10)])
def test_the_interval_of_k_holds_the_truth_in_95_per_cent(schools: int, k: float, events: float, scatter: str) -> None:
    spread = sqrt(np.log1p(k**2))
    rng = np.random.default_rng(schools)
    held, squares = [], []
    for _ in range(600):
        exposure = rng.uniform(0.5, 1.5, schools) * events
        gamma = rng.gamma(1 / k**2, k**2, schools)
        lognormal = np.exp(rng.normal(-(spread**2) / 2, spread, schools))
        count = rng.poisson(exposure * (gamma if scatter == "gamma" else lognormal))
        found = between_schools(count, exposure)
        held.append(found.low <= k <= found.high)
        squares.append(found.k2)
    # 600 draws: a standard error of .9 points. Above 95% costs width only.
    assert np.mean(held) >= 0.95 - 3 * 0.0089
    assert np.mean(squares) == pytest.approx(k**2, abs=4 * np.std(squares) / sqrt(600) + 0.03 * k**2)


def test_within_authorities_what_authorities_differ_by_does_not_count() -> None:
    rng = np.random.default_rng(2)
    authority = np.repeat(np.arange(20), 12)
    level = np.exp(rng.normal(0, 0.6, 20))[authority]
    exposure = np.full(240, 3000.0)
    count = rng.poisson(0.01 * level * rng.gamma(1 / 0.09, 0.09, 240) * exposure).astype(float)
    assert between_schools(count, exposure).k > 0.5
    within = between_schools(count, exposure, stratum=authority.tolist())
    assert within.k == pytest.approx(0.3, abs=0.05)
    assert within.low < 0.3 < within.high


def test_a_panel_gives_back_k_and_autocorrelation() -> None:
    rng = np.random.default_rng(4)
    found = [measure_panel(*draw_panel(rng, schools=120, terms=5, k=0.5, autocorrelation=0.7)) for _ in range(40)]
    assert np.mean([one.k_of_term for one in found]) == pytest.approx(0.5, abs=0.02)
    assert np.mean([one.autocorrelation for one in found]) == pytest.approx(0.7, abs=0.04)
    # Over five terms schools differ by k^2 (r + (1 - r) / 5).
    assert np.mean([one.whole.k for one in found]) == pytest.approx(0.5 * sqrt(0.7 + 0.3 / 5), abs=0.02)
    assert np.mean([one.rate for one in found]) == pytest.approx(0.01, rel=0.05)


def test_seasons_and_school_terms_that_were_not_observed_do_not_pass_for_scatter() -> None:
    pupils = np.full((12, 3), 1000.0)
    count = np.tile([10.0, 20.0, 40.0], (12, 1))
    pupils[:6, 2], count[:6, 2] = 0, 0
    found = measure_panel(count, pupils)
    assert found.whole.k == 0
    assert found.rates == pytest.approx((0.01, 0.02, 0.04))


def test_what_was_left_out_is_said() -> None:
    count = np.array([[3.0, 0], [4, 0], [0, 0], [6, 0], [5, 0]])
    pupils = np.array([[100.0, 100], [100, 100], [0, 0], [100, 100], [100, 100]])
    found = measure_panel(count, pupils, stratum=["A", "A", "A", "B", "C"])
    assert found.left_out == (
        "1 of 5 schools: no pupils in any term",
        "2 of 5 schools: the only school of its authority",
        "1 of 2 terms: no events",
    )
    assert (found.schools, found.terms) == (2, 1)
    assert found.autocorrelation is None


def test_few_schools_have_no_autocorrelation() -> None:
    rng = np.random.default_rng(1)
    assert measure_panel(*draw_panel(rng, schools=9, terms=4, k=0.5, autocorrelation=0.7)).autocorrelation is None


@pytest.mark.parametrize(
    ("count", "exposure", "says"),
    [
        ([1.0], [100.0], "at least two schools"),
        ([0.0, 0.0], [100.0, 100.0], "no events"),
        ([1.0, 2.0], [100.0, 0.0], "pupils above 0"),
        ([1.0, -2.0], [100.0, 100.0], "counts of 0 or more"),
        ([1.0, 2.0], [100.0], "one count and one exposure"),
    ],
)
def test_counts_that_say_nothing_of_k_are_refused(count: list[float], exposure: list[float], says: str) -> None:
    with pytest.raises(NotEstimable, match=says):
        between_schools(np.array(count), np.array(exposure))


def test_a_panel_that_says_nothing_is_refused() -> None:
    with pytest.raises(NotEstimable, match="fewer than two schools"):
        measure_panel(np.zeros((3, 2)), np.full((3, 2), 100.0))
    with pytest.raises(NotEstimable, match="same schools and terms"):
        measure_panel(np.zeros((3, 2)), np.zeros((2, 3)))
    with pytest.raises(NotEstimable, match="Every school needs a stratum"):
        measure_panel(np.ones((3, 2)), np.full((3, 2), 100.0), stratum=["A"])


def test_the_schools_needed_are_a_range() -> None:
    count = np.array([[27.0, 20], [13, 15], [19, 11], [11, 12], [25, 30]])
    scatter = measure_panel(count, np.full((5, 2), 800.0))
    needed = needed_schools(scatter, ratio=0.8, terms=6)
    low, middle, high = needed.schools
    assert low is not None and middle is not None and high is not None
    assert low < middle < high
    assert needed.k == (scatter.whole.low, scatter.whole.k, scatter.whole.high)
    assert needed_schools(scatter, ratio=0.8, terms=1).schools[0] > low  # type: ignore[operator]


def test_a_k_without_limit_needs_schools_beyond_any_number() -> None:
    scatter = measure_panel(np.array([[0.0, 0], [0, 40]]), np.full((2, 2), 800.0))
    assert scatter.whole.high > 5
    needed = needed_schools(scatter, ratio=0.8, terms=2)
    assert needed.schools[2] is None
    assert "beyond any" in repr(needed)
    with pytest.raises(NotEstimable, match="positive and not 1"):
        needed_schools(scatter, ratio=1, terms=2)
    with pytest.raises(NotEstimable, match="exposure"):
        needed_schools(scatter, ratio=0.8, terms=0)


FRAME = pl.DataFrame(
    {
        "outcome": ["s47"] * 4 + ["s17"] * 2,
        "school": ["Ash", "Ash", "Oak", "Oak", "Ash", "Oak"],
        "term": ["A18", "A19", "A18", "A19", "A18", "A18"],
        "count": [1, 2, 3, 4, 5, 6],
        "pupils": [100, 110, 200, 0, 100, 200],
        "authority": ["N", "N", "S", "S", "N", "S"],
    }
).with_columns(count=pl.when(pl.col("pupils") == 0).then(0).otherwise("count"))


def test_a_frame_becomes_schools_by_terms() -> None:
    panel = read_term_panel(choose_outcome(FRAME, "s47"))
    assert panel.schools == ("Ash", "Oak")
    assert panel.terms == ("A18", "A19")
    assert panel.count.tolist() == [[1, 2], [3, 0]]
    assert panel.pupils.tolist() == [[100, 110], [200, 0]]
    assert panel.stratum == ("N", "S")
    assert read_term_panel(choose_outcome(FRAME, "s47"), terms=["A18"]).count.tolist() == [[1], [3]]
    assert read_term_panel(choose_outcome(FRAME, "s17").drop("outcome", "authority")).stratum is None


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (FRAME.drop("pupils"), "lacks the column pupils"),
        (FRAME.clear(), "has no rows"),
        (FRAME, "a school and term is there more than once in 4 rows, first for Ash, A18"),
        (FRAME.head(4).with_columns(count=pl.lit(-1)), "a count is below 0"),
        (FRAME.head(4).with_columns(pupils=pl.lit(-1)), "a number of pupils is below 0"),
        (FRAME.head(4).with_columns(count=pl.lit(1), pupils=pl.lit(0)), "a count but no pupils"),
        (FRAME.head(4).with_columns(count=pl.lit(None, pl.Int64)), "a cell is empty"),
        (FRAME.head(4).with_columns(authority=pl.Series(["N", "S", "S", "S"])), "Ash is in more than one authority"),
    ],
)
def test_a_frame_that_is_no_panel_is_refused(frame: pl.DataFrame, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_term_panel(frame)


def test_names_that_are_not_there_are_refused() -> None:
    with pytest.raises(TableError, match="There is no term 'A20'"):
        read_term_panel(FRAME.head(4), terms=["A20"])
    with pytest.raises(TableError, match="named twice"):
        read_term_panel(FRAME.head(4), terms=["A18", "A18"])
    with pytest.raises(TableError, match=r"several outcomes: s47, s17\. Name one"):
        choose_outcome(FRAME, None)
    with pytest.raises(TableError, match=r"no outcome 's74'.*Did you mean s47"):
        choose_outcome(FRAME, "s74")
