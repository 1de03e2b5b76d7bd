from __future__ import annotations

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.dummies import dummy_design
from tests.estimate.drawn import table
from tests.oracles.independent import design
from tests.oracles.load import PANELS, comparison


@pytest.mark.parametrize("name", PANELS)
def test_the_columns_are_those_of_the_regression_with_dummies(name: str) -> None:
    kept = comparison(name).keep_schools(~comparison(name).without_events)
    ours = dummy_design(comparison(name))
    school, term = np.nonzero(kept.pupils > 0)
    assert np.array_equal(ours.columns, design(kept, school, term))
    assert ours.programme == ours.columns.shape[1] - 1


def test_schools_without_events_or_without_pupils_have_no_row() -> None:
    drawn = table([[3, 2], [0, 0], [0, 0], [1, 0]], intervention=[1, 0, 0, 0], pupils=[[9, 9], [9, 9], [0, 0], [9, 0]])
    assert dummy_design(drawn).school.tolist() == [0, 0, 3]
    assert dummy_design(drawn, schools_without_events=True).school.tolist() == [0, 0, 1, 1, 3]


def test_more_schools_than_a_dense_design_can_hold_are_refused_with_a_way_out() -> None:
    many = table(np.ones((2_001, 2)), intervention=(np.arange(2_001) % 2).tolist())
    with pytest.raises(NotEstimable, match=r"2001 schools are too many.*poisson_did"):
        dummy_design(many)


def test_information_that_cannot_be_inverted_is_refused_in_words() -> None:
    together = dummy_design(table([[3, 2], [5, 1]], intervention=[1, 1]))
    with pytest.raises(NotEstimable, match="tell the effects apart"):
        together.inverse_information(np.ones(4))
