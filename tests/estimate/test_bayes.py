"""The Bayesian pooling of authorities: against values from another run of the model, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite, log
from typing import Any

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate import bayes
from swis.estimate.bayes import PRIORS, BayesPooled, pool_bayes
from swis.estimate.comparison import Comparison
from tests.oracles.load import comparison, load_reference

REFERENCE = load_reference()["bayesian_pooling"]
DRAWS = {"default": 1_500, "wide": 3_000}
"""The wide prior leaves a posterior twice as wide, so that its median needs four times the draws for the same error; with
these the Monte Carlo error of a median, ours and the reference's together, is 0.010 to 0.017 on the log scale."""


@pytest.fixture(scope="module", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """JAX, which is not loaded before a model is asked for, keeps what it has compiled for models of the same shape."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path_factory.mktemp("compiled")))
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
        yield


def pilots(outcome: str) -> dict[str, Comparison]:
    authorities = REFERENCE["outcomes"][outcome]["default"]["authorities"]
    return {authority: comparison(f"{authority}/{outcome}") for authority in authorities}


def small(**counts: list[list[float]]) -> dict[str, Comparison]:
    return {
        name: Comparison(
            outcome="section_47_enquiries",
            schools=("Elm", "Ash"),
            terms=("before", "after"),
            count=np.array(count),
            pupils=np.full((2, 2), 500.0),
            intervention=np.array([True, False]),
            reference="before",
            after=("after",),
        )
        for name, count in counts.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("outcome", ["s47", "s17", "days_in_care"])
def test_medians_are_those_of_the_reference(outcome: str, prior: bayes.Prior) -> None:
    found = pool_bayes(pilots(outcome), prior=prior, seed=20200501, draws=DRAWS[prior])
    stored: dict[str, Any] = REFERENCE["outcomes"][outcome][prior]
    tolerance = REFERENCE["tolerance_on_log_medians"]
    assert log(found.pooled.median) == pytest.approx(log(stored["pooled"][0]), abs=tolerance)
    # A probability near a half moves by 0.4 / sd for each unit of the median: 0.03 is about 0.04 of probability.
    assert found.below_one == pytest.approx(stored["probability_below_one"], abs=0.04)
    # An outer quantile has about two to three times the Monte Carlo error of the median.
    for ours, theirs in zip((found.pooled.low, found.pooled.high), stored["pooled"][1:], strict=True):
        assert log(ours) == pytest.approx(log(theirs), abs=4 * tolerance)
    assert found.tau.median == pytest.approx(stored["tau"][0], abs=0.04)
    assert found.rhat < 1.01
    assert found.effective_draws > 400
    assert found.settled


@pytest.mark.slow
def test_the_same_seed_gives_the_same_result_and_another_seed_another() -> None:
    tables = small(Here=[[5, 3], [6, 7]], There=[[2, 2], [4, 1]])

    def pooled(seed: int) -> BayesPooled:
        return pool_bayes(tables, seed=seed, draws=100, chains=1)

    first = pooled(1)
    assert pooled(1) == first
    assert pooled(2).pooled != first.pooled
    assert repr(first).startswith("BayesPooled(section_47_enquiries, default prior: rate ratio ")
    assert "\n" not in repr(first)
    assert [one.authority for one in first.authorities] == ["Here", "There"]
    ends = [first.pooled, first.tau, first.new_authority, *(one.ratio for one in first.authorities)]
    assert all(0 < each.low <= each.median <= each.high and isfinite(each.high) for each in ends)
    assert (first.draws, first.chains, first.seed) == (100, 1, 1)


def test_a_single_authority_is_not_pooled() -> None:
    with pytest.raises(NotEstimable, match="at least two authorities"):
        pool_bayes(small(Here=[[5, 3], [6, 7]]), seed=1)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bayes, "find_spec", lambda name: None)
    with pytest.raises(NotEstimable, match=r"numpyro.*pip install 'swis\[bayes\]'"):
        pool_bayes(small(Here=[[5, 3], [6, 7]], There=[[2, 2], [4, 1]]), seed=1)


def test_days_enter_as_whole_child_terms_and_a_missing_school_term_not_at_all() -> None:
    here = comparison("Stockport/days_in_care")
    there = small(There=[[2, 2], [4, 0]])["There"]
    there = replace(there, pupils=np.array([[500.0, 500], [500, 0]]))
    count, pupils, programme, authority, school, term = bayes._cells([here, there])
    assert np.array_equal(count, np.round(count))
    assert count[authority == 0].sum() == np.rint(here.count / 122).sum()
    assert len(count) == (here.pupils > 0).sum() + 3
    assert programme[authority == 1].tolist() == [0, 1, 0]
    assert (school.max() + 1, term.max() + 1) == (len(here.schools) + 2, len(here.terms) + 2)
    assert (pupils > 0).all()


@pytest.mark.parametrize(("rhat", "divergences", "settled"), [(1.0, 0, True), (1.02, 0, False), (1.0, 50, False)])
def test_chains_that_disagree_are_not_settled(rhat: float, divergences: int, settled: bool) -> None:
    one = bayes.Posterior(1.0, 0.5, 2.0)
    found = BayesPooled("s47", "default", one, 0.5, one, one, (), rhat, 900.0, divergences, 1_000, 2, 1)
    assert found.settled is settled
