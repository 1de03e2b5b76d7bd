"""Per protocol and the complier average, and what became of schools: changes and missing outcomes."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from swis.errors import NotEstimable
from swis.estimate.trial.intention_to_treat import TrialPlan, estimate_ratio
from swis.estimate.trial.missing_outcomes import missing_outcomes
from swis.estimate.trial.non_compliance import complier_average, per_protocol, ratio_of_sums, wald_rate_difference
from swis.estimate.trial.school_changes import SchoolChange, carry_changes
from swis.estimate.trial.trial_table import TrialTable
from tests.estimate.trial.drawn import draw_trial

PLAN = TrialPlan(seed=5)


def test_the_complier_ratio_of_sums_is_the_one_computed_before() -> None:
    assert ratio_of_sums(1800, 500, 140_000, 2350, 138_000) == pytest.approx(0.955385, abs=1e-6)
    assert pytest.approx(0.964742, abs=1e-6) == (2300 / 140_000) / (2350 / 138_000)
    assert wald_rate_difference(2300, 140_000, 2350, 138_000, uptake=0.8) == pytest.approx(-0.750518, abs=1e-6)


def test_without_covariates_in_one_authority_the_complier_average_is_the_ratio_of_sums() -> None:
    table = draw_trial(41, authorities=1, each=20, ratio=0.7)
    plain = replace(table, pupils=None, baseline_count=None, baseline_pupils=None, free_school_meals=None)
    took = table.intervention & (np.arange(20) % 3 > 0)
    found = complier_average(plain, took)
    assert found.estimate.ratio == pytest.approx(found.unadjusted, rel=1e-9)
    assert found.estimate.label == "complier average"
    assert "COMPLIER AVERAGE" in str(found)


def test_full_uptake_gives_nearly_the_intention_to_treat() -> None:
    table = draw_trial(42, ratio=0.8)
    found = complier_average(table, table.intervention)
    itt = estimate_ratio(table, PLAN)
    assert found.uptake == 1.0
    # The same model; its moments weigh the intervention schools by their counts without a worker.
    assert found.estimate.log_ratio == pytest.approx(itt.log_ratio, abs=0.02)
    assert found.estimate.standard_error == pytest.approx(itt.standard_error, rel=0.1)


def test_a_worker_in_a_school_drawn_for_none_is_not_one_sided() -> None:
    table = draw_trial(43)
    with pytest.raises(NotEstimable, match="one-sided"):
        complier_average(table, ~table.intervention)
    with pytest.raises(NotEstimable, match="no school took"):
        complier_average(table, np.zeros(32, dtype=bool))
    with pytest.raises(NotEstimable, match="each of the 32 rows"):
        per_protocol(table, np.zeros(3, dtype=bool), PLAN)


def test_per_protocol_says_what_it_is_and_whom_it_left_out() -> None:
    table = draw_trial(44)
    took = table.intervention.copy()
    took[np.flatnonzero(took)[:3]] = False
    found = per_protocol(table, took, PLAN)
    assert found.schools == 29
    assert "PER PROTOCOL, not randomised" in str(found)
    assert "3 did not do what it was drawn for" in str(found)


def six(**changes: object) -> TrialTable:
    columns = {
        "outcome": "s47",
        "schools": ("Ash", "Beech", "Elm", "Fir", "Hazel", "Oak"),
        "authorities": ("North",) * 3 + ("South",) * 3,
        "intervention": [True, True, False, True, False, False],
        "count": [3.0, 4.0, 5.0, 2.0, 6.0, 7.0],
        "exposure": [900.0, 800.0, 700.0, 600.0, 500.0, 400.0],
        "free_school_meals": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0],
    }
    return TrialTable(**(columns | changes))  # type: ignore[arg-type]


def test_a_new_number_renames_a_school() -> None:
    changed = carry_changes(six(), [SchoolChange("Ash", "new number", "academy conversion", into="Ash Academy")])
    assert changed.table.names[0] == "Ash Academy"
    assert changed.told == ("Ash new number into Ash Academy: academy conversion",)


def test_schools_of_one_arm_that_merge_are_added_up() -> None:
    table = carry_changes(six(), [SchoolChange("Ash", "merged", "federation", into="Beech")]).table
    assert table.names == ("Beech", "Elm", "Fir", "Hazel", "Oak")
    assert (table.count[0], table.exposure[0]) == (7.0, 1700.0)
    assert table.free_school_meals is not None
    assert table.free_school_meals[0] == pytest.approx((900 * 10 + 800 * 20) / 1700)
    assert [(each.school, each.reason) for each in table.left_out] == [("Ash", "merged into Beech, counted there")]


def test_schools_of_both_arms_merge_only_by_a_declared_rule() -> None:
    change = SchoolChange("Ash", "merged", "amalgamation", into="Elm")
    with pytest.raises(NotEstimable, match="different arms"):
        carry_changes(six(), [change])
    table = carry_changes(six(), [replace(change, merged_arm_is_that_of="Ash")]).table
    assert bool(table.intervention[table.names.index("Elm")]) is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (SchoolChange("Yew", "closed", "fell roll"), "not in the table"),
        (SchoolChange("Ash", "merged", "x"), "say into what"),
        (SchoolChange("Ash", "merged", "x", into="Yew"), "Yew, which is not in the table"),
        (SchoolChange("Ash", "merged", "x", into="Fir"), "different authorities"),
        (SchoolChange("Ash", "new number", "x", into="Elm"), "declare Ash as merged"),
    ],
)
def test_a_change_that_cannot_be_carried_is_refused(change: SchoolChange, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        carry_changes(six(), [change])


def test_a_closed_school_keeps_what_it_returned_or_is_missing_with_its_reason() -> None:
    closed = SchoolChange("Ash", "closed", "July 2022")
    assert carry_changes(six(), [closed]).table.returned.names[0] == "Ash"
    gone = six(count=[np.nan, 4, 5, 2, 6, 7], missing_because={"Ash": "not returned"})
    assert carry_changes(gone, [closed]).table.returned.left_out[0].reason == "closed: July 2022"


def with_missing() -> TrialTable:
    table = draw_trial(45, authorities=6, ratio=0.7)
    count = table.count.copy()
    gone = [f"S{i}" for i in range(8)] + ["S20"]
    count[[*range(8), 20]] = np.nan
    return replace(table, count=count, missing_because=dict.fromkeys(gone, "authority did not return"))


def test_missing_outcomes_are_weighed_by_size() -> None:
    table = with_missing()
    found = missing_outcomes(table, PLAN, factors=((1.0, 1.0), (1.5, 1.0), (1.0, 1.5)))
    assert table.pupils is not None
    missing = np.isnan(table.count)
    share = table.pupils[missing & table.intervention].sum() / table.pupils[table.intervention].sum()
    assert found.share_with == pytest.approx(share)
    assert found.shifted[0].ratio == found.all_returned.ratio
    assert found.shifted[1].ratio == pytest.approx(found.all_returned.ratio * (1 + 0.5 * share))
    assert found.shifted[2].ratio < found.all_returned.ratio
    assert found.complete_authorities is not None
    assert found.complete_authorities.authorities == 4
    assert found.complete_authorities.schools == 32


def test_at_the_tipping_factor_an_end_of_the_interval_is_one() -> None:
    found = missing_outcomes(with_missing(), PLAN)
    assert found.tipping is not None
    shift = log(1 - found.share_with + found.share_with * found.tipping)
    ends = [end * exp(shift) for end in (found.all_returned.low, found.all_returned.high)]
    assert min(abs(end - 1) for end in ends) < 1e-9
    assert "The finding turns at a factor" in str(found)


def test_nothing_missing_is_refused() -> None:
    with pytest.raises(NotEstimable, match="every outcome was returned"):
        missing_outcomes(draw_trial(46), PLAN)
    with pytest.raises(NotEstimable, match="above nought"):
        missing_outcomes(with_missing(), PLAN, factors=((0.0, 1.0),))
