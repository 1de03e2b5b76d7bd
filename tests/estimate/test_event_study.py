from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.event_study import before_the_start, event_study, placebos_in_time, pre_trend
from swis.estimate.poisson import fit_comparison
from tests.estimate.drawn import few, has_estimate, has_scatter, swap_arms, table, tables
from tests.oracles.load import PANELS, PRINTED, comparison, load

EVERY = (*PANELS, PRINTED)
FINITE = [name for name in EVERY if name != "Lambeth/s47"]


@pytest.mark.parametrize("name", FINITE)
def test_the_event_study_is_that_of_r(name: str) -> None:
    study, r = event_study(comparison(name)), load("eventstudy")[name]
    at = [study.terms.index(term) for term in r["terms"]]
    # Both fits to about 1e-10; the covariance of days in care, with a dispersion above 100, loses three digits.
    np.testing.assert_allclose(study.log_ratios[at], r["beta"], atol=1e-8)
    assert study.dispersion == pytest.approx(r["phi"], rel=1e-7)
    assert study.df == r["df_residual"]
    assert study.covariance is not None
    np.testing.assert_allclose(study.covariance, r["covariance_quasi"], rtol=1e-6, atol=1e-9)
    assert study.standard_errors is not None
    np.testing.assert_allclose(study.standard_errors[at], np.sqrt(np.diag(r["covariance_quasi"])), rtol=1e-6)


def test_a_separated_last_term_is_infinite_and_the_earlier_one_that_of_r() -> None:
    study, r = event_study(comparison("Lambeth/s47")), load("eventstudy")["Lambeth/s47"]
    # Newton stops e^-25 short of the limit in which R fits.
    assert study.log_ratios.tolist() == [pytest.approx(r["beta"][0], abs=1e-8), 0.0, -math.inf]
    assert study.covariance is None
    assert study.standard_errors is None


@pytest.mark.parametrize("name", EVERY)
def test_the_test_of_the_terms_before_is_that_of_r(name: str) -> None:
    result, r = pre_trend(comparison(name), seed=1), load("eventstudy")[name]["before"]
    # A difference of two log likelihoods: rounding of 1e-12 of each, up to 5e4 for days in care.
    assert result.statistic == pytest.approx(r["statistic"], abs=1e-7)
    assert result.df == r["df"]
    assert result.chi_squared_p == pytest.approx(r["p"], rel=1e-6)
    assert result.quasi_p == pytest.approx(r["quasi_p"], rel=1e-6)


FEW_CHOICES = [name for name in EVERY if load("permutation")[name]["assignments"] <= 100]


@pytest.mark.parametrize("name", FEW_CHOICES)
def test_its_permutation_p_is_that_of_the_joint_score_of_every_choice(name: str) -> None:
    before = before_the_start(comparison(name))
    observed = joint_score(before)
    scores = np.array([joint_score(choice) for choice in every_choice(before)])
    assert pre_trend(comparison(name), seed=1).permutation_p == (scores >= observed - 1e-7 * (1 + observed)).mean()


@pytest.mark.parametrize("name", FEW_CHOICES)
def test_refitting_every_choice_gives_the_other_permutation_p_of_r(name: str) -> None:
    # R orders the choices by likelihood ratio, pre_trend by the score. They part where counts are few: 0.73 and 0.48 in
    # Lambeth's section 47, with 24 events before the start; elsewhere by two choices at most.
    before = before_the_start(comparison(name))
    observed = likelihood_ratio(before)
    ratios = np.array([likelihood_ratio(choice) for choice in every_choice(before)])
    r = load("eventstudy")[name]["before_permutation_p"]
    assert (ratios >= observed - 1e-7).mean() == pytest.approx(r, abs=1e-12)
    ours = pre_trend(comparison(name), seed=1)
    if name != "Lambeth/s47":
        assert ours.permutation_p == pytest.approx(r, abs=2.5 / ours.assignments)


def every_choice(table_: Comparison) -> Iterator[Comparison]:
    schools = range(len(table_.schools))
    for chosen in combinations(schools, int(table_.intervention.sum())):
        yield replace(table_, intervention=np.isin(schools, chosen))


def by_term(table_: Comparison) -> NDArray[np.float64]:
    return np.delete(np.eye(len(table_.terms)), table_.terms.index(table_.reference), axis=1)


def likelihood_ratio(table_: Comparison) -> float:
    """Of the intervention by term; separated fits have reached the limit of their likelihood to about e^-25."""
    nothing = np.zeros((len(table_.terms), 0))
    free, alike = fit_comparison(table_, interactions=by_term(table_)), fit_comparison(table_, interactions=nothing)
    return 2 * (free.log_likelihood - alike.log_likelihood)


def joint_score(table_: Comparison) -> float:
    """Rao's statistic with a dummy for every school and term, written out."""
    null = fit_comparison(table_, interactions=np.zeros((len(table_.terms), 0)))
    used = ~table_.without_events
    school, term = np.nonzero((table_.pupils > 0) & used[:, None])
    patterns = by_term(table_)
    columns = np.column_stack(
        [school == i for i in np.flatnonzero(used)]
        + [term == t for t in range(1, len(table_.terms))]
        + [table_.intervention[school, None] * patterns[term]]
    ).astype(float)
    mu = null.expected[school, term]
    k = patterns.shape[1]
    information = columns.T @ (mu[:, None] * columns)
    shared = information[-k:, :-k]
    own = information[-k:, -k:] - shared @ np.linalg.solve(information[:-k, :-k], shared.T)
    surplus = columns[:, -k:].T @ (table_.count[school, term] - mu)
    return float(surplus @ np.linalg.pinv(own, rcond=1e-9, hermitian=True) @ surplus)


@pytest.mark.parametrize("name", FINITE)
def test_the_equivalence_bound_is_that_of_r(name: str) -> None:
    table_, r = comparison(name), load("eventstudy")[name]
    before = [term for term in table_.terms if term not in (*table_.after, table_.reference)]
    bound = r["equivalence_bound"][r["terms"].index(before[-1])]
    assert pre_trend(table_, seed=1).bound == pytest.approx(bound, rel=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_the_published_method_on_earlier_terms_is_that_of_r(name: str) -> None:
    placebos = {placebo.term: placebo for placebo in placebos_in_time(comparison(name), seed=1)}
    for term, r in load("placebo")[name].items():
        published = placebos[term].published
        assert published is not None
        if not math.isfinite(r["beta"]):
            assert published.log_ratio == r["beta"]
            continue
        assert published.log_ratio == pytest.approx(r["beta"], abs=1e-8)
        assert [published.interaction.low, published.interaction.high] == pytest.approx(r["interval"], rel=1e-6)
        assert published.interaction.p == pytest.approx(r["p"], rel=1e-5, abs=1e-15)


def test_before_the_pilot_southampton_has_effects_that_cannot_be_there() -> None:
    placebos = {placebo.term: placebo for placebo in placebos_in_time(comparison("Southampton/s47"), seed=1)}
    for term in ("2017-18 Term 2", "2018-19 Term 2"):
        published = placebos[term].published
        assert published is not None
        assert published.significant
        assert placebos[term].permutation.p >= 1 / 3


@few
@given(tables(schools=(3, 6), terms=(3, 5), rates=(0.02, 0.05)))
def test_swapping_the_arms_turns_the_event_study_over(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    try:
        one, two = event_study(drawn), event_study(swap_arms(drawn))
    except NotEstimable:
        return
    assume(one.covariance is not None)
    np.testing.assert_allclose(two.log_ratios, -one.log_ratios, atol=1e-6)


@few
@given(tables(terms=(2, 2), rates=(0.02, 0.05)))
def test_with_two_terms_the_event_study_is_the_programme_effect(drawn: Comparison) -> None:
    assume(has_estimate(drawn) and has_scatter(drawn))
    assert event_study(drawn).log_ratios[1] == pytest.approx(fit_comparison(drawn).programme[0], abs=1e-8)


@few
@given(tables(schools=(3, 6), terms=(3, 5)))
def test_every_p_value_of_the_pre_trend_is_one(drawn: Comparison) -> None:
    try:
        result = pre_trend(drawn, seed=1)
    except NotEstimable:
        return
    assert all(0 <= p <= 1 for p in (result.chi_squared_p, result.quasi_p, result.permutation_p))
    assert result.statistic >= 0


def test_the_terms_before_the_start_hold_no_term_after_it() -> None:
    before = before_the_start(table([[3, 2, 4, 5], [5, 1, 1, 2]], intervention=[1, 0]))
    assert (before.terms, before.after) == (("t0", "t1", "t2"), ())


def test_one_term_before_the_start_has_no_trend() -> None:
    drawn = table([[3, 2], [5, 1], [2, 2]], intervention=[1, 0, 0])
    for trend in (pre_trend, placebos_in_time):
        with pytest.raises(NotEstimable, match="fewer than two terms before the start"):
            trend(drawn, seed=1)


def test_a_placebo_of_a_term_without_events_is_left_out() -> None:
    drawn = table([[3, 0, 4, 2], [5, 0, 1, 4], [2, 0, 2, 1]], intervention=[1, 0, 0])
    assert [placebo.term for placebo in placebos_in_time(drawn, seed=1)] == []


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (table([[0, 0, 0], [0, 0, 0]], intervention=[1, 0]), "one arm has no events"),
        (table([[3, 2, 4], [0, 0, 0]], intervention=[1, 0]), "one arm has no events"),
        (table([[3, 2, 4], [5, 1, 2]], intervention=[1, 1]), "one arm has no events"),
        (table([[3, 2, 4]], intervention=[1]), "one arm has no events"),
        (table([[3, 2, 4], [5, 1, 2]], intervention=[1, 0]), "no degrees of freedom"),
    ],
)
def test_what_has_no_event_study_is_refused_in_words(drawn: Comparison, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        event_study(drawn)
