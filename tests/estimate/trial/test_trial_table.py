"""The table of a trial: what it refuses, and what it carries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.trial.model import build_model, fit_model, with_events
from swis.estimate.trial.trial_table import TrialTable
from tests.estimate.trial.drawn import draw_trial


def small(**changes: Any) -> TrialTable:
    columns: dict[str, Any] = {
        "outcome": "section_47",
        "schools": ("Ash", "Beech", "Fir", "Hazel"),
        "authorities": ("North", "North", "South", "South"),
        "intervention": [True, False, True, False],
        "count": [3, 4, 0, 2],
        "exposure": [900, 800, 700, 600],
    }
    return TrialTable(**(columns | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": [3, 4, -1, 2]}, "negative or infinite .Fir"),
        ({"count": [3, 4, 1]}, "count needs 4 values"),
        ({"exposure": [900, 0, 700, 600]}, "no exposure .Beech"),
        ({"schools": ("Ash", "Ash", "Fir", "Hazel")}, "Ash appears twice"),
        ({"count": [3, np.nan, 0, 2]}, "no reason in missing_because .Beech"),
        ({"free_school_meals": [10, 20, 130, 4]}, "above 100 per cent .Fir"),
        ({"pupils": [450, 0, 350, 300]}, "pupils is missing, negative or nought.*Beech"),
        ({"baseline_count": [1, 1, 1, 1]}, "come together"),
        ({"authorities": ("North",)}, "needs an authority"),
        ({"follow_up": ("1",)}, "needs a follow-up"),
        (
            {"schools": ("Ash", "Ash", "Fir", "Fir"), "follow_up": ("1", "2", "1", "2")},
            "more than one arm",
        ),
    ],
)
def test_what_cannot_be_a_trial_is_refused_with_its_school(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        small(**changes)


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(NotEstimable, match="no rows"):
        small(schools=(), authorities=(), intervention=np.zeros(0, dtype=bool), count=[], exposure=[])


def test_a_school_without_outcome_leaves_with_its_reason() -> None:
    table = small(count=[3, np.nan, 0, 2], missing_because={"Beech": "closed in 2022"})
    kept = table.returned
    assert kept.names == ("Ash", "Fir", "Hazel")
    assert [(each.school, each.reason) for each in kept.left_out] == [("Beech", "closed in 2022")]


def test_an_authority_without_events_leaves_with_its_reason() -> None:
    kept = with_events(small(count=[3, 4, 0, 0]))
    assert kept.authority_names == ("North",)
    assert {each.reason for each in kept.left_out} == {"nothing counted in its authority"}


def test_a_table_where_nothing_was_counted_is_refused() -> None:
    with pytest.raises(NotEstimable, match="no school is left"):
        with_events(small(count=[0, 0, 0, 0]))


def test_authorities_with_one_arm_only_cannot_carry_an_effect() -> None:
    with pytest.raises(NotEstimable, match="one arm only"):
        fit_model(build_model(small(intervention=[True, True, False, False])))


def test_an_arm_without_events_has_no_estimate() -> None:
    with pytest.raises(NotEstimable, match="no estimate"):
        fit_model(build_model(small(count=[0, 4, 0, 2])))


def test_a_reallocated_table_keeps_its_outcomes() -> None:
    table = draw_trial(1)
    other = table.reallocated(~table.arm_of_school)
    np.testing.assert_array_equal(other.count, table.count)
    found, swapped = (fit_model(build_model(each)).coefficients[0] for each in (table, other))
    assert swapped == pytest.approx(-found, abs=1e-10)


def test_a_constant_covariate_is_not_one() -> None:
    table = draw_trial(2)
    assert set(replace(table, free_school_meals=np.full(32, 20.0)).covariates) == {"log baseline rate", "log pupils"}


def test_repr_tells_arms_and_events() -> None:
    assert repr(small()) == (
        "TrialTable(section_47: 2 schools with a social worker, 2 without, 2 authorities; 9 counted)"
    )
