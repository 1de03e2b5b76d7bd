"""The three pilots: read as they lie in studies/, with exactly the findings that are expected."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from swis.costs.annuity import to_pence
from swis.study.read import read_study
from swis.study.study import Study
from swis.tables.published_estimates import INTERVENTION_BY_TIME, TOTAL_CHANGE

STUDIES = Path(__file__).parents[2] / "studies"
EVERY_PILOT = {
    ("plan_not_locked", ""): 1,
    ("no_primary_outcome", ""): 1,
    ("programme_schools_not_analysed", ""): 1,
    ("workers_do_not_add", ""): 1,
}
EXPECTED = {
    "southampton": {
        ("reference_after_launch", ""): 1,
        ("given_to_clusters", ""): 1,
        ("one_school_in_arm", "s47"): 1,
        ("one_school_in_arm", "days_in_care"): 1,
        ("declared_note", "s47"): 1,
        ("declared_note", ""): 1,
        ("school_under_several_labels", ""): 1,
        ("days_not_independent", "days_in_care"): 1,
        ("term_estimates_not_published", "s17"): 1,
        ("term_estimates_not_published", "days_in_care"): 1,
        ("printed_cost_cut_off", ""): 1,
        ("purchase_price_not_identified", ""): 1,
    },
    "stockport": {
        ("given_to_clusters", ""): 1,
        ("fewer_clusters_than_schools", "s17"): 1,
        ("fewer_clusters_than_schools", "s47"): 1,
        ("fewer_clusters_than_schools", "days_in_care"): 1,
        ("declared_note", ""): 1,
        ("pupils_differ_between_outcomes", ""): 1,
        ("school_without_events", "s47"): 1,
        ("school_without_events", "days_in_care"): 1,
        ("days_not_independent", "days_in_care"): 1,
        ("rate_contradicts", "s17"): 1,
        ("rate_unit_contradicts", "days_in_care"): 1,
        ("term_estimates_not_published", "s17"): 1,
        ("term_estimates_not_published", "days_in_care"): 1,
        ("purchase_price_not_identified", ""): 1,
    },
    "lambeth": {
        ("declared_note", ""): 4,
        ("school_under_several_labels", ""): 1,
        ("pupils_jump", "s17"): 2,
        ("arm_contradicts", "s47"): 2,
        ("correction_contradicts_rate", "s17"): 1,
        ("schools_do_not_add", ""): 1,
        ("configured_school_not_analysed", ""): 1,
    },
}
ARMS = {
    ("southampton", "s17"): (2, 3, 7),
    ("southampton", "s47"): (1, 2, 7),
    ("southampton", "days_in_care"): (1, 2, 7),
    ("stockport", "s17"): (2, 2, 3),
    ("stockport", "s47"): (4, 8, 3),
    ("stockport", "days_in_care"): (5, 10, 3),
    ("lambeth", "s17"): (4, 3, 3),
    ("lambeth", "s47"): (3, 5, 3),
}


def pilot(name: str) -> Study:
    return read_study(STUDIES / name)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_pilot_is_read_with_exactly_these_findings(name: str) -> None:
    found = Counter((finding.code, finding.outcome) for finding in pilot(name).findings)
    assert found == EVERY_PILOT | EXPECTED[name]


@pytest.mark.parametrize(("name", "outcome"), ARMS)
def test_the_eight_analyses_have_their_published_shapes(name: str, outcome: str) -> None:
    comparison = pilot(name).comparison(outcome)
    treated = int(comparison.intervention.sum())
    assert (treated, len(comparison.schools) - treated, len(comparison.terms)) == ARMS[name, outcome]
    assert (comparison.pupils > 0).all()


@pytest.mark.parametrize("name", EXPECTED)
def test_what_was_claimed_to_be_significant(name: str) -> None:
    claims = {outcome.code for outcome in pilot(name).outcomes if outcome.published_claim == "significant"}
    assert claims == {"southampton": {"s47"}, "stockport": {"s17"}, "lambeth": {"s47"}}[name]


def test_corrections_on_and_off_differ_in_exactly_the_corrected_cells() -> None:
    changed = {}
    for name, outcome in ARMS:
        study = pilot(name)
        on, off = study.comparison(outcome), study.comparison(outcome, corrected=False)
        for i, school in enumerate(on.schools):
            for j, term in enumerate(on.terms):
                if on.count[i, j] != off.count[i, j]:
                    changed[school, term] = (off.count[i, j], on.count[i, j])
            if on.intervention[i] != off.intervention[i]:
                changed[school, "arm"] = (off.intervention[i], on.intervention[i])
    assert changed == {
        ("STO_Primary4", "Autumn 2017"): (0, 5),
        ("LAM_Secondary8", "Autumn 2018"): (3, 2),
        ("LAM_Primary3", "arm"): (False, True),
        ("LAM_Secondary1", "arm"): (False, True),
    }


def test_the_counts_and_pupils_of_stockport_section_17_with_the_correction() -> None:
    stockport = pilot("stockport").comparison("s17")
    assert stockport.schools == ("STO_Primary4", "STO_Primary2", "STO_Primary10", "STO_Primary11")
    assert stockport.count.tolist() == [[5, 12, 5], [5, 4, 1], [3, 6, 5], [3, 4, 2]]
    assert stockport.pupils.tolist() == [[200, 190, 204], [198, 204, 209], [187, 188, 185], [160, 143, 128]]


def test_one_school_in_two_spellings_or_arms_is_one_school() -> None:
    assert pilot("southampton").comparison("s17").schools[1] == "SOU_Secondary2"
    assert pilot("southampton").comparison("days_in_care").schools[0] == "SOU_Secondary2"
    assert "LAM_Secondary1" in pilot("lambeth").comparison("s17").schools
    assert "LAM_Secondary1" in pilot("lambeth").comparison("s47").schools


def test_days_in_care_are_weighed_by_a_whole_term() -> None:
    for name in ("southampton", "stockport"):
        assert pilot(name).comparison("days_in_care").unit_of_count == 122
        assert pilot(name).comparison("s17").unit_of_count == 1


def test_the_published_effects_keep_their_digits() -> None:
    effects = {
        (name, one.outcome): one.irr.text
        for name in EXPECTED
        for one in pilot(name).published
        if one.coefficient == INTERVENTION_BY_TIME and one.irr is not None
    }
    assert effects == {
        ("southampton", "s17"): "1.24",
        ("southampton", "s47"): "0.65",
        ("southampton", "days_in_care"): "0.89",
        ("stockport", "s17"): "0.47",
        ("stockport", "s47"): "1.35",
        ("stockport", "days_in_care"): "1.84",
        ("lambeth", "s17"): "0.89",
        ("lambeth", "s47"): "1.43E-08",
    }


def test_the_published_total_changes_keep_their_digits() -> None:
    totals = [
        one.irr.text
        for name in EXPECTED
        for one in pilot(name).published
        if one.coefficient == TOTAL_CHANGE and one.irr
    ]
    assert totals == ["1.06", "0.53", "1.20", "0.35", "1.04", "1.03", "0.74"]


@pytest.mark.parametrize(
    ("name", "total", "per_worker", "per_school"),
    [
        ("lambeth", "100681.00", "20136.20", "12585.13"),
        ("southampton", "84387.91", "14064.65", "4688.22"),
        ("stockport", "155274.30", "15527.43", "14115.85"),
    ],
)
def test_the_published_costs_follow_to_the_penny(name: str, total: str, per_worker: str, per_school: str) -> None:
    cost = pilot(name).cost()
    assert cost is not None and cost.per_worker_and_term is not None and cost.per_school is not None
    assert cost.total == Decimal(total)
    assert to_pence(cost.per_worker_and_term) == Decimal(per_worker)
    assert to_pence(cost.per_school) == Decimal(per_school)
    assert cost.per_pupil is None
    assert cost.per_pupil_at_most is not None


def test_the_known_pupils_of_a_school_with_two_denominators_are_the_fewer() -> None:
    size = pilot("stockport").programme_size
    # Primary 4, 2, 9, 8, 1, 7 and Secondary 2 in autumn 2019.
    assert size.pupils_known == 204 + 209 + 309 + 428 + 175 + 369 + 699
    assert size.schools_with_pupils == 7


def test_the_studies_hold_no_carriage_returns_so_that_their_hashes_are_the_same_everywhere() -> None:
    for path in STUDIES.glob("*/*"):
        if path.is_file():
            assert b"\r" not in path.read_bytes(), path
