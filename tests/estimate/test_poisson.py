from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.poisson import fit_comparison, fit_poisson
from swis.estimate.separation import find_separation, without_separated
from tests.estimate.drawn import add_empty_school, few, has_estimate, has_scatter, reorder, swap_arms, table, tables
from tests.oracles.independent import statsmodels_did
from tests.oracles.load import PANELS, PRINTED, comparison, load

EVERY = (*PANELS, PRINTED)
FINITE = [name for name in EVERY if name != "Lambeth/s47"]


# R's glm stops at a relative deviance change of 1e-14 and is started again from there; ours at a step of 1e-10, after which
# Newton's error is of the order of its square. What is left is rounding in fifteen stored digits.
@pytest.mark.parametrize("name", FINITE)
def test_the_concentrated_fit_is_the_regression_of_r(name: str) -> None:
    table_, r = comparison(name), load("poisson")[name]
    fit = fit_comparison(table_)
    assert fit.converged
    assert fit.programme[0] == pytest.approx(r["beta"], abs=1e-9)
    assert math.sqrt(fit.covariance[-1, -1]) == pytest.approx(r["se_model"], rel=1e-8)
    terms = dict(zip(table_.terms, fit.term_effects, strict=True))
    for term, effect in r["term_effects"].items():
        assert terms[term] == pytest.approx(effect, abs=1e-9)
    schools = dict(zip(table_.schools, fit.school_effects, strict=True))
    for school, effect in r["school_effects"].items():
        assert schools[school] == pytest.approx(effect, abs=1e-9)


def test_a_separated_fit_says_that_it_did_not_converge_and_its_limit_is_that_of_r() -> None:
    table_, r = comparison("Lambeth/s47"), load("poisson")["Lambeth/s47"]
    assert not fit_comparison(table_).converged
    limit = without_separated(table_, find_separation(table_))
    fit = fit_comparison(limit, interactions=np.zeros((3, 0)))
    assert dict(zip(table_.terms, fit.term_effects, strict=True)) == pytest.approx(
        {**r["term_effects"], "Autumn 2018": 0.0}, abs=1e-9
    )


@few
@given(tables(unobserved=0.1))
def test_the_concentrated_fit_is_the_regression_with_dummies(drawn: Comparison) -> None:
    assume(has_estimate(drawn) and has_scatter(drawn))
    fit, dummies = fit_comparison(drawn), statsmodels_did(drawn)
    # Both to about 1e-10 in the effects; standard errors inherit it relative to the information.
    assert fit.programme[0] == pytest.approx(dummies.beta, abs=1e-7)
    assert math.sqrt(fit.covariance[-1, -1]) == pytest.approx(dummies.se_model, rel=1e-6)


@few
@given(tables(), st.floats(0.01, 100.0))
def test_the_ratio_does_not_depend_on_the_unit_of_pupils(drawn: Comparison, factor: float) -> None:
    assume(has_estimate(drawn))
    scaled = replace(drawn, pupils=drawn.pupils * factor)
    assert fit_comparison(scaled).programme[0] == pytest.approx(fit_comparison(drawn).programme[0], abs=1e-8)


@few
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_schools_and_terms_does_not_matter(drawn: Comparison, random: object) -> None:
    assume(has_estimate(drawn))
    rng = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]
    other = reorder(drawn, rng.permutation(len(drawn.schools)), rng.permutation(len(drawn.terms)))
    ours, theirs = fit_comparison(drawn), fit_comparison(other)
    assert theirs.programme[0] == pytest.approx(ours.programme[0], abs=1e-8)
    assert theirs.log_likelihood == pytest.approx(ours.log_likelihood, rel=1e-9)


@few
@given(tables())
def test_swapping_the_arms_inverts_the_ratio(drawn: Comparison) -> None:
    assume(has_estimate(drawn))
    assert fit_comparison(swap_arms(drawn)).programme[0] == pytest.approx(-fit_comparison(drawn).programme[0], abs=1e-8)


@few
@given(tables(), st.booleans())
def test_a_school_without_events_changes_nothing(drawn: Comparison, intervention: bool) -> None:
    assume(has_estimate(drawn))
    more, fit = fit_comparison(add_empty_school(drawn, intervention=intervention)), fit_comparison(drawn)
    assert more.programme[0] == pytest.approx(fit.programme[0], abs=1e-10)
    assert more.school_effects[-1] == -math.inf
    assert not more.expected[-1].any()


@few
@given(tables(schools=(3, 8), terms=(3, 5), unobserved=0.2))
def test_a_school_term_without_pupils_is_an_absent_one(drawn: Comparison) -> None:
    assume(has_estimate(drawn) and has_scatter(drawn))
    fit, dummies = fit_comparison(drawn), statsmodels_did(drawn)
    assert not fit.expected[drawn.pupils == 0].any()
    assert fit.programme[0] == pytest.approx(dummies.beta, abs=1e-7)


@few
@given(st.lists(st.integers(1, 60), min_size=8, max_size=8))
def test_the_closed_form_with_constant_pupils_and_two_terms(counts: list[int]) -> None:
    drawn = table(np.reshape(counts, (4, 2)), intervention=[1, 1, 0, 0], pupils=[[100.0], [250.0], [333.0], [80.0]])
    with_, without = drawn.count[:2].sum(axis=0), drawn.count[2:].sum(axis=0)
    expected = math.log((with_[1] / without[1]) / (with_[0] / without[0]))
    assert fit_comparison(drawn).programme[0] == pytest.approx(expected, abs=1e-9)


def test_one_year_group_is_the_fit_without_year_groups() -> None:
    drawn = table(
        [[5, 7, 3], [2, 2, 4], [6, 1, 9]], intervention=[1, 0, 0], pupils=[[90.0, 80, 70], [60, 61, 62], [99, 98, 97]]
    )
    after = drawn.after_mask.astype(float)[:, None]
    flat = fit_comparison(drawn)
    deep = fit_poisson(
        drawn.count[:, :, None],
        drawn.pupils[:, :, None],
        intervention=drawn.intervention,
        interactions=after,
        reference=1,
    )
    np.testing.assert_allclose(deep.effects, flat.effects, atol=1e-12)
    np.testing.assert_allclose(deep.information, flat.information, rtol=1e-12)


@few
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_year_groups_are_the_regression_with_year_group_dummies(seed: int, groups: int) -> None:
    rng = np.random.default_rng(seed)
    schools, terms = 5, 3
    exposure = rng.integers(30, 200, (schools, terms, groups)).astype(float)
    count = rng.poisson(exposure * 0.05).astype(float)
    assume((count.sum(axis=(1, 2)) > 0).all() and (count.sum(axis=(0, 1)) > 0).all())
    intervention = np.arange(schools) < 2
    after = np.array([0.0, 0.0, 1.0])
    fit = fit_poisson(count, exposure, intervention=intervention, interactions=after[:, None], reference=0)
    assume(fit.converged)
    s, t, g = (axis.ravel() for axis in np.indices(count.shape))
    columns = [s == i for i in range(schools)] + [t == i for i in (1, 2)] + [g == i for i in range(1, groups)]
    design = np.column_stack([*columns, intervention[s] * after[t]]).astype(float)
    glm = sm.GLM(count.ravel(), design, family=sm.families.Poisson(), offset=np.log(exposure.ravel())).fit(
        maxiter=300, tol=1e-14, tol_criterion="params"
    )
    np.testing.assert_allclose(fit.effects, glm.params[schools:], atol=1e-7)
    assert math.sqrt(fit.covariance[-1, -1]) == pytest.approx(math.sqrt(glm.normalized_cov_params[-1, -1]), rel=1e-6)


def test_thousands_of_schools_are_fitted_in_blocks_as_if_in_one() -> None:
    rng = np.random.default_rng(7)
    pupils = rng.integers(100, 1500, (4_100, 3)).astype(float)
    drawn = table(rng.poisson(pupils * 0.01), intervention=(np.arange(4_100) % 2).tolist(), pupils=pupils)
    whole = fit_comparison(drawn)
    shuffled = fit_comparison(reorder(drawn, rng.permutation(4_100), np.arange(3)))
    assert whole.converged
    np.testing.assert_allclose(shuffled.effects, whole.effects, atol=1e-11)
    # At the estimate the surplus over what is expected is zero in every term and after the start.
    np.testing.assert_allclose(whole.scores.sum(axis=0), 0.0, atol=1e-6)


@pytest.mark.parametrize(
    "drawn",
    [
        table([[0, 0], [0, 0]], intervention=[1, 0]),
        table([[3, 4], [1, 2]], intervention=[1, 1]),
        table([[3, 4], [1, 2]], intervention=[0, 0]),
        table([[3, 4]], intervention=[1]),
        table([[0, 4, 2], [0, 2, 3]], intervention=[1, 0]),
        table([[3, 4], [0, 0]], intervention=[1, 0]),
        table([[0, 12], [11, 16], [35, 60]], intervention=[1, 0, 0], pupils=[[0, 272], [142, 303], [401, 742]]),
    ],
    ids=[
        "all zero",
        "no comparison",
        "no intervention",
        "one school",
        "a term without events",
        "an arm without events",
        "an intervention school seen only after the start",
    ],
)
def test_what_cannot_be_told_apart_does_not_converge_and_has_no_covariance_in_words(drawn: Comparison) -> None:
    fit = fit_comparison(drawn)
    assert not fit.converged
    try:
        covariance = fit.covariance
    except NotEstimable as refusal:
        assert "tell the effects apart" in str(refusal)
    else:
        assert np.isfinite(covariance).all()


def test_the_hash_seed_of_python_does_not_reach_the_estimate() -> None:
    program = (
        "from tests.oracles.load import comparison; from swis.estimate.poisson import fit_comparison;"
        "from swis.estimate.permutation import permutation_test; c = comparison('Stockport/s47');"
        "print(fit_comparison(c).programme[0].hex(), permutation_test(c, seed=1).score.hex())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(answers) == 1
