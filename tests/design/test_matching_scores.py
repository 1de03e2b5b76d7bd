from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.design.matching_scores import STANDARDISE, score_pairs
from swis.design.trends import Standardise, chance_variance, last_windows, trends
from swis.design.year_group_panel import Array, YearGroupPanel
from swis.errors import NotEstimable
from tests.design.drawn import simulated_panel, small_panel

NAN = math.nan
WINDOW = ("Autumn 2016", "Autumn 2017")


def scored(panel: YearGroupPanel, *, standardise: Standardise = "sd_trend", minimum_share: float = 0.5) -> Array:
    return score_pairs(panel, window=WINDOW, standardise=standardise, minimum_share=minimum_share).scores


def by_hand(panel: YearGroupPanel, standardise: str, minimum_share: float) -> Array:
    """The rule of the pilots, one pair and one year group at a time."""
    change, chance = trends(panel, WINDOW), chance_variance(panel, WINDOW)
    scores = np.full((panel.treated.size, panel.candidates.size), NAN)
    for row, i in enumerate(panel.treated):
        for column, j in enumerate(panel.candidates):
            if panel.phase[i] != panel.phase[j]:
                continue
            parts, has = [], 0
            for a in range(len(panel.year_groups)):
                same = [s for s in range(len(panel.schools)) if panel.usable[s] and panel.phase[s] == panel.phase[i]]
                values = np.array([change[s, a] for s in same if not math.isnan(change[s, a])])
                if values.size < 2 or np.ptp(values) < 1e-9:
                    continue
                pairs = np.array(
                    [abs(change[t, a] - change[c, a]) for t in panel.treated for c in panel.candidates
                     if t in same and c in same and not math.isnan(change[t, a] - change[c, a])]
                )  # fmt: skip
                scale = {
                    "sd_trend": lambda values=values: values.std(ddof=1),
                    "mad": lambda values=values: np.median(np.abs(values - np.median(values))),
                    "sd_absdiff": lambda pairs=pairs: pairs.std(ddof=1) if pairs.size > 1 else 0,
                    "poisson": lambda i=i, j=j, a=a: math.sqrt(chance[i, a] + chance[j, a]),
                }[standardise]()
                if standardise != "poisson" and scale < 1e-9:
                    continue
                has += not math.isnan(change[i, a])
                difference = abs(change[i, a] - change[j, a])
                if not math.isnan(difference):
                    parts.append(difference / scale if scale else 0.0)
            if parts and len(parts) >= math.ceil(minimum_share * has):
                scores[row, column] = np.mean(parts)
    return scores


def test_the_score_is_the_mean_over_year_groups_of_standardised_absolute_differences() -> None:
    # Changes: T (2, 1), A (4, 1), B (2, 3). Standard deviations over the three: 1.1547 and 1.1547.
    panel = small_panel({"T": [[1, 3], [1, 2]], "A": [[1, 5], [3, 4]], "B": [[0, 2], [0, 3]]}, treated=["T"])
    sd = math.sqrt(4 / 3)
    np.testing.assert_allclose(scored(panel), [[2 / sd / 2, 2 / sd / 2]])


def test_the_poisson_scale_is_the_chance_error_of_the_difference_over_its_four_cells() -> None:
    panel = small_panel({"T": [[1, 3]], "A": [[2, 2]], "B": [[0, 0]]}, treated=["T"])
    # 100 pupils: the variance of each rate per 100 is its count.
    np.testing.assert_allclose(scored(panel, standardise="poisson"), [[2 / math.sqrt(8), 2 / math.sqrt(4)]])


def test_two_schools_without_any_event_have_distance_nought_under_the_poisson_scale() -> None:
    panel = small_panel({"T": [[0, 0]], "A": [[0, 0]], "B": [[0, 3]]}, treated=["T"])
    assert scored(panel, standardise="poisson")[0, 0] == 0


def test_the_poisson_scale_counts_lots_of_days_not_days() -> None:
    rates = {"T": [[122.0, 366.0]], "A": [[244.0, 244.0]], "B": [[0.0, 0.0]]}
    days = small_panel(rates, treated=["T"], unit_of_count=122.0)
    events = small_panel(
        {name: [[v / 122 for v in group] for group in groups] for name, groups in rates.items()}, treated=["T"]
    )
    np.testing.assert_allclose(scored(days, standardise="poisson"), scored(events, standardise="poisson"))


@pytest.mark.parametrize("standardise", STANDARDISE)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_scores_are_those_of_the_rule_worked_by_hand(standardise: Standardise, data: st.DataObject) -> None:
    cell = st.one_of(st.integers(0, 6).map(float), st.just(NAN))
    schools, groups = data.draw(st.integers(3, 7)), data.draw(st.integers(1, 4))
    rates = {
        f"S{s}": [[data.draw(cell), data.draw(cell)] for _ in range(groups)] for s in range(schools)
    }  # fmt: skip
    phase = {f"S{s}": data.draw(st.sampled_from(["primary", "secondary"])) for s in range(schools)}
    panel = small_panel(rates, treated=["S0", "S1"], phase=phase)
    share = data.draw(st.sampled_from([0.1, 0.5, 1.0]))
    np.testing.assert_allclose(
        scored(panel, standardise=standardise, minimum_share=share), by_hand(panel, standardise, share), atol=1e-12
    )


def test_ragged_year_groups_are_scored_alike_by_blocks_and_by_year_group() -> None:
    panel = simulated_panel(seed=3, treated=60, candidates=700, year_groups=9)
    rng = np.random.default_rng(1)
    pupils = np.where(rng.random(panel.pupils.shape) < 0.2, 0.0, panel.pupils)
    ragged = small_copy(panel, pupils)
    sample = small_copy(panel, pupils, schools=[*range(3), *range(60, 80)])
    few = score_pairs(sample, window=WINDOW, standardise="poisson").scores
    many = score_pairs(ragged, window=WINDOW, standardise="poisson").scores
    np.testing.assert_allclose(few, many[:3, :20], atol=1e-12)
    whole = score_pairs(ragged, window=WINDOW)
    i, j = 7, 300
    assert whole.scores[i, j] == pytest.approx(by_pair(ragged, i, 60 + j))


def small_copy(panel: YearGroupPanel, pupils: Array, *, schools: list[int] | None = None) -> YearGroupPanel:
    keep = list(range(len(panel.schools))) if schools is None else schools
    return YearGroupPanel(
        outcome=panel.outcome,
        schools=tuple(panel.schools[i] for i in keep),
        phase=tuple(panel.phase[i] for i in keep),
        year_groups=panel.year_groups,
        terms=panel.terms,
        count=np.where(pupils > 0, panel.count, 0)[keep],
        pupils=pupils[keep],
        intervention=panel.intervention[keep],
        roll=panel.roll[keep],
        free_school_meals=panel.free_school_meals[keep],
        cluster=tuple(panel.cluster[i] for i in keep),
        excluded=tuple(panel.excluded[i] for i in keep),
    )


def by_pair(panel: YearGroupPanel, i: int, j: int) -> float:
    change = trends(panel, WINDOW)
    return float(np.nanmean(np.abs(change[i] - change[j]) / np.nanstd(change, axis=0, ddof=1)))


def test_a_year_group_without_spread_is_left_out_with_its_reason() -> None:
    panel = small_panel({"T": [[1, 2], [1, 1]], "A": [[1, 4], [2, 2]], "B": [[1, 3], [0, 0]]}, treated=["T"])
    result = score_pairs(panel, window=WINDOW)
    assert [(left.what, left.why) for left in result.left_out] == [
        ("primary, year group 2", "the changes of the schools have no spread")
    ]
    assert result.in_common.tolist() == [[1, 1]]


def test_a_year_group_that_one_school_has_is_left_out_with_its_reason() -> None:
    panel = small_panel({"T": [[1, 2], [1, 3]], "A": [[1, 4], [NAN, 1]], "B": [[1, 3], [1, NAN]]}, treated=["T"])
    assert [left.why for left in score_pairs(panel, window=WINDOW).left_out] == ["fewer than two schools have a change"]


def test_without_any_information_there_is_no_score() -> None:
    panel = small_panel({"T": [[0, 0]], "A": [[0, 0]], "B": [[0, 0]]}, treated=["T"])
    assert np.isnan(scored(panel)).all()


def test_a_pair_needs_its_share_of_the_year_groups_of_the_school_with_a_social_worker() -> None:
    rates = {
        "T": [[1, 2], [1, 3], [1, 1]],
        "A": [[1, 4], [NAN, 1], [NAN, 1]],
        "B": [[1, 3], [1, 5], [2, 4]],
        "C": [[0, 1], [1, 9], [NAN, 4]],
    }
    panel = small_panel(rates, treated=["T"])
    assert np.isfinite(scored(panel)).tolist() == [[False, True, True]]
    assert np.isfinite(scored(panel, minimum_share=1.0)).tolist() == [[False, True, False]]
    assert np.isfinite(scored(panel, minimum_share=0.3)).tolist() == [[True, True, True]]


def test_schools_of_different_phases_are_not_scored_and_do_not_share_a_scale() -> None:
    rates = {"T": [[1, 2]], "A": [[1, 4]], "B": [[1, 900]]}
    panel = small_panel(rates, treated=["T"], phase={"B": "secondary"})
    result = score_pairs(panel, window=WINDOW)
    assert np.isnan(result.scores[0, 1])
    assert result.scores[0, 0] == pytest.approx(2 / np.std([1, 3], ddof=1))


def test_an_excluded_school_neither_is_scored_nor_sets_the_scale() -> None:
    rates = {"T": [[1, 2]], "A": [[1, 4]], "B": [[1, 900]]}
    with_it = small_panel(rates, treated=["T"], excluded={"B": "feeder of T"})
    without = small_panel({name: rates[name] for name in "TA"}, treated=["T"])
    np.testing.assert_array_equal(scored(with_it), scored(without))


@pytest.mark.parametrize("wrong", [0.0, -0.5, 1.5, NAN])
def test_a_share_outside_its_range_is_refused(wrong: float) -> None:
    panel = small_panel({"T": [[1, 2]], "A": [[1, 4]]}, treated=["T"])
    with pytest.raises(NotEstimable, match="above 0 and at most 1"):
        scored(panel, minimum_share=wrong)


def test_an_unknown_scale_is_refused_by_name() -> None:
    panel = small_panel({"T": [[1, 2]], "A": [[1, 4]]}, treated=["T"])
    with pytest.raises(NotEstimable, match=r"no scale 'sd'.*sd_trend"):
        scored(panel, standardise="sd")  # type: ignore[arg-type]


def test_a_window_needs_two_terms_that_are_there() -> None:
    panel = small_panel({"T": [[1]], "A": [[1]]}, treated=["T"])
    with pytest.raises(NotEstimable, match="two terms"):
        last_windows(panel)
    with pytest.raises(NotEstimable, match="no term Autumn 2017"):
        trends(panel, WINDOW)


def test_a_panel_without_schools_on_one_side_is_refused() -> None:
    with pytest.raises(NotEstimable, match="no school could serve"):
        scored(small_panel({"T": [[1, 2]]}, treated=["T"]))
    with pytest.raises(NotEstimable, match="no school with a social worker"):
        scored(small_panel({"T": [[1, 2]], "A": [[1, 2]]}, treated=["T"], excluded={"T": "withdrew"}))
