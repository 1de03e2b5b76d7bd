from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from swis.errors import NotEstimable
from tests.estimate.drawn import table

GOOD = table([[3, 4, 1], [2, 2, 5]], intervention=[1, 0])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": np.ones((2, 2))}, "shape"),
        ({"pupils": np.ones((3, 3))}, "shape"),
        ({"intervention": np.array([True])}, "arm"),
        ({"count": np.array([[3, -1, 1], [2, 2, 5]])}, "negative"),
        ({"count": np.array([[3, np.nan, 1], [2, 2, 5]])}, "missing"),
        ({"pupils": np.array([[300, np.inf, 300], [300, 300, 300]])}, "missing"),
        ({"pupils": np.array([[300, 0, 300], [300, 300, 300]])}, "no pupils"),
        ({"count": np.zeros((2, 3)), "pupils": np.full((2, 3), -5.0)}, "negative"),
        ({"reference": "t9"}, "t9 is not among the terms"),
        ({"after": ("t9",)}, "not among the terms"),
        ({"reference": "t2"}, "cannot lie after the start"),
        ({"schools": ("S0", "S0")}, "school appears twice"),
        ({"terms": ("t1", "t1", "t2")}, "term appears twice"),
        ({"cluster": ("c",)}, "cluster"),
        ({"stratum": ("a", "b", "c")}, "stratum"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(NotEstimable, match=words) as refusal:
        replace(GOOD, **changes)
    assert str(refusal.value).startswith("section_47: ")


def test_every_problem_of_a_table_is_named_at_once() -> None:
    with pytest.raises(NotEstimable, match=r"negative.*no pupils|no pupils.*negative"):
        replace(GOOD, count=np.array([[-3, 4, 1], [2, 2, 5]]), pupils=np.array([[300, 0, 300], [300, 300, 300.0]]))


def test_terms_and_schools_can_be_left_out() -> None:
    fewer = GOOD.keep_terms(("t0", "t2"), reference="t0", after=("t2",)).keep_schools(np.array([False, True]))
    assert fewer.schools == ("S1",)
    assert fewer.count.tolist() == [[2.0, 5.0]]
    assert fewer.after_mask.tolist() == [False, True]


def test_its_one_line_says_what_is_in_it() -> None:
    assert repr(GOOD) == "Comparison(section_47: 1 schools with a social worker, 1 without; 3 terms; 17 counted)"
