"""Whatever table comes in: an answer, or a refusal in words. Never a traceback of another kind, never a warning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.errors import NotEstimable
from swis.estimate.bootstrap import score_bootstrap
from swis.estimate.cluster import cr1, cr2, cr3
from swis.estimate.comparison import Comparison
from swis.estimate.detectable import detectable_effect
from swis.estimate.did import poisson_did
from swis.estimate.event_study import event_study, placebos_in_time, pre_trend
from swis.estimate.exact import exact
from swis.estimate.firth import firth
from swis.estimate.permutation import permutation_interval, permutation_test, ratios_of_every_choice
from swis.estimate.poisson import fit_comparison
from swis.estimate.published import published_method
from swis.estimate.quasi import quasi_poisson
from swis.estimate.sensitivity import sensitivity
from swis.estimate.separation import find_separation
from tests.estimate.drawn import table

DOORS: dict[str, Callable[[Comparison], object]] = {
    "find_separation": find_separation,
    "published_method": lambda drawn: published_method(drawn, constant_school=drawn.schools[0]),
    "poisson_did": poisson_did,
    "cr1": lambda drawn: cr1(drawn, fit_comparison(drawn)),
    "cr2": lambda drawn: cr2(drawn, fit_comparison(drawn)),
    "cr3": lambda drawn: cr3(drawn, fit_comparison(drawn)),
    "quasi_poisson": quasi_poisson,
    "permutation_test": lambda drawn: permutation_test(drawn, seed=1),
    "permutation_interval": lambda drawn: permutation_interval(drawn, seed=1),
    "ratios_of_every_choice": ratios_of_every_choice,
    "score_bootstrap": lambda drawn: score_bootstrap(drawn, seed=1),
    "firth": firth,
    "exact": exact,
    "event_study": event_study,
    "pre_trend": lambda drawn: pre_trend(drawn, seed=1),
    "placebos_in_time": lambda drawn: placebos_in_time(drawn, seed=1),
    "sensitivity": lambda drawn: sensitivity(event_study(drawn), seed=1),
    "detectable_effect": detectable_effect,
}
SPOILT = {
    "all zero": table([[0, 0, 0], [0, 0, 0]], intervention=[1, 0]),
    "an arm without events": table([[3, 4, 1], [0, 0, 0]], intervention=[1, 0]),
    "nothing before, with": table([[0, 0, 4], [2, 1, 3]], intervention=[1, 0]),
    "nothing after, without": table([[3, 1, 4], [2, 1, 0]], intervention=[1, 0]),
    "everyone has one": table([[3, 4, 1], [1, 2, 2]], intervention=[1, 1]),
    "no one has one": table([[3, 4, 1], [1, 2, 2]], intervention=[0, 0]),
    "one school": table([[3, 4, 1]], intervention=[1]),
    "a term without events": table([[3, 0, 4, 1], [2, 0, 3, 2]], intervention=[1, 0]),
    "no term after": replace(table([[3, 4, 1], [2, 1, 3]], intervention=[1, 0]), after=()),
    "every term but one after": table([[3, 4, 1], [2, 1, 3]], intervention=[1, 0], after=2),
    "two schools, two terms": table([[3, 4], [2, 1]], intervention=[1, 0]),
    "a term without pupils": table([[3, 0, 1], [2, 0, 3]], intervention=[1, 0], pupils=[[9, 0, 9], [9, 0, 9]]),
    "a school without pupils": table([[3, 2, 1], [2, 1, 3], [0, 0, 0]], intervention=[1, 0, 0], pupils=[[9], [9], [0]]),
    "no pupils at all": table([[0, 0, 0], [0, 0, 0]], intervention=[1, 0], pupils=0.0),
    "days": table([[366, 0, 122], [0, 500, 244], [0, 31, 2]], intervention=[1, 0, 0], unit_of_count=122.0),
    "a mean": table([[0.5, 1.25, 2], [0.1, 3, 2], [2, 2, 1.5]], intervention=[1, 0, 0]),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_spoilt_table_is_answered_or_refused_in_words(door: str, spoilt: str) -> None:
    try:
        DOORS[door](SPOILT[spoilt])
    except NotEstimable as refusal:
        assert len(str(refusal)) > 30


@st.composite
def any_tables(draw: st.DrawFn) -> Comparison:
    """Also with one arm alone, school-terms that were not observed, empty terms, and two terms after the start."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    schools, terms = draw(st.integers(1, 6)), draw(st.integers(2, 5))
    pupils = rng.integers(50, 900, (schools, terms)).astype(float)
    pupils[rng.random((schools, terms)) < draw(st.sampled_from([0.0, 0.2]))] = 0.0
    count = rng.poisson(pupils * draw(st.sampled_from([0.002, 0.01, 0.03])) * rng.gamma(1.0, 1.0, (schools, 1)))
    if draw(st.booleans()):
        count[:, draw(st.integers(0, terms - 1))] = 0
    return table(
        count,
        intervention=(rng.random(schools) < 0.5).astype(int).tolist(),
        pupils=pupils,
        after=draw(st.integers(1, min(2, terms - 1))),
    )


@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(drawn=any_tables())
def test_any_table_is_answered_or_refused_in_words(door: str, drawn: Comparison) -> None:
    try:
        DOORS[door](drawn)
    except NotEstimable as refusal:
        assert len(str(refusal)) > 30
