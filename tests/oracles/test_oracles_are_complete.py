from __future__ import annotations

import math

import numpy as np
import pytest

from tests.oracles.independent import statsmodels_did
from tests.oracles.load import HERE, ORACLES, PANELS, PRINTED, comparison, load, load_reference, load_whole

BY_ANALYSIS = [name for name in ORACLES if name != "pooling"]
EVENTS = [name for name in (*PANELS, PRINTED) if "days_in_care" not in name]
FINITE = [name for name in (*PANELS, PRINTED) if name != "Lambeth/s47"]


@pytest.mark.parametrize("name", ORACLES)
def test_every_result_has_its_script_and_names_its_versions(name: str) -> None:
    assert (HERE / f"{name}.R").is_file()
    versions = load_whole(name)["versions"]
    assert versions["R"]
    assert all(versions.values())


@pytest.mark.parametrize("name", BY_ANALYSIS)
def test_every_result_covers_the_eight_analyses_and_the_printed_one(name: str) -> None:
    # Days in care are not events, so an exact distribution of counts does not exist for them.
    expected = EVENTS if name == "exact" else [*PANELS, PRINTED]
    assert set(load(name)) == set(expected)


def test_no_result_lacks_a_script_and_no_script_its_result() -> None:
    assert {file.stem for file in HERE.glob("*.R")} - {"panels"} == set(ORACLES)
    assert {file.stem for file in HERE.glob("*.json")} - {"reference", "honest_did"} == set(ORACLES)
    assert (HERE / "honest_did.py").is_file()


def test_the_robust_intervals_name_their_versions_and_cover_every_finite_analysis() -> None:
    whole = load_whole("honest_did")
    assert set(whole["versions"]) == {"honestdid", "numpy", "scipy", "torch"}
    assert set(whole["analyses"]) == set(FINITE)
    assert len(whole["seeds"]) == 5


def test_pooling_covers_the_three_outcomes() -> None:
    assert {"s17", "s47", "days_in_care"} <= set(load("pooling"))


def test_values_computed_before_name_their_source() -> None:
    assert all(block["source"] for block in load_reference().values())


def test_the_panels_have_the_published_shapes() -> None:
    shapes = {name: comparison(name).count.shape for name in PANELS}
    treated = {name: int(comparison(name).intervention.sum()) for name in PANELS}
    assert list(shapes.values()) == [(5, 7), (3, 7), (3, 7), (4, 3), (12, 3), (15, 3), (7, 3), (8, 3)]
    assert list(treated.values()) == [2, 1, 1, 2, 4, 5, 4, 3]


def test_counts_differ_from_the_printed_ones_in_two_cells() -> None:
    changed = {
        name: (comparison(name).count - comparison(f"{name}/printed").count)[
            comparison(name).count != comparison(f"{name}/printed").count
        ].tolist()
        for name in PANELS
    }
    assert {name: change for name, change in changed.items() if change} == {
        "Stockport/s17": [5.0],
        "Lambeth/s17": [-1.0],
    }


def test_an_infinite_estimate_is_read_back_as_infinite() -> None:
    assert load("poisson")["Lambeth/s47"]["beta"] == -math.inf


def test_two_scripts_give_the_same_score() -> None:
    # anova(test = "Rao") stops at the tolerance of glm, which for the score is looser than for the estimate.
    poisson, permutation = load("poisson"), load("permutation")
    for name in (*PANELS, PRINTED):
        assert poisson[name]["score_z"] == pytest.approx(permutation[name]["observed_z"], rel=1e-7)


@pytest.mark.parametrize("name", FINITE)
def test_statsmodels_and_r_agree(name: str) -> None:
    # Two iterative fits, each to about 1e-13 in the linear predictor; days in care lose three digits to their size.
    ours, r = statsmodels_did(comparison(name)), load("poisson")[name]
    assert ours.df == r["df"]
    np.testing.assert_allclose(
        [ours.beta, ours.se_model, ours.se_cluster_raw, ours.pearson, ours.log_likelihood],
        [r["beta"], r["se_model"], r["se_cluster_raw"], r["pearson"], r["log_likelihood"]],
        rtol=1e-8,
    )
