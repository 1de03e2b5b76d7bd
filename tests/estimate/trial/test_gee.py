"""GEE against statsmodels, and its corrections against the formula."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.linalg import fractional_matrix_power

from swis.errors import NotEstimable
from swis.estimate.trial.gee import Correction, gee
from swis.estimate.trial.model import build_model, fit_model
from swis.estimate.trial.robust import robust_covariance
from swis.estimate.trial.trial_table import TrialTable
from tests.estimate.trial.drawn import draw_trial, stored_follow_ups, stored_trial, two_follow_ups


def small_follow_ups() -> TrialTable:
    table = draw_trial(31, authorities=3, each=8)
    return two_follow_ups(table, np.random.default_rng(31).binomial(table.count.astype(int), 0.5).astype(float))


@pytest.mark.parametrize("correction", ["none", "Mancl-DeRouen"])
def test_exchangeable_gee_is_that_of_statsmodels(correction: Correction) -> None:
    table = small_follow_ups()
    X = build_model(table).columns
    theirs = sm.GEE(
        table.count,
        X,
        groups=table.school_of_row,
        offset=np.log(table.exposure),
        family=sm.families.Poisson(),
        cov_struct=sm.cov_struct.Exchangeable(),
    ).fit(maxiter=500, ctol=1e-12, cov_type="bias_reduced" if correction == "Mancl-DeRouen" else "robust")
    ours = gee(table, correction=correction)
    # statsmodels stops on the size of its score; the correlation is then good to about 1e-7.
    assert ours.correlation == pytest.approx(theirs.cov_struct.dep_params, abs=1e-6)
    assert ours.estimate.log_ratio == pytest.approx(theirs.params[0], abs=1e-6)
    # Its scale enters no robust covariance.
    assert ours.estimate.standard_error == pytest.approx(theirs.bse[0], rel=1e-5)


def test_kauermann_and_carrolls_correction_is_the_inverse_root_of_what_is_left() -> None:
    table = small_follow_ups()
    fit = fit_model(build_model(table))
    X, mu = fit.model.columns, fit.expected
    moved = []
    for school in range(fit.model.schools):
        rows = np.flatnonzero(fit.model.school == school)
        hat = mu[rows, None] * (X[rows] @ fit.inverse @ X[rows].T)
        root = fractional_matrix_power(np.eye(2) - hat, -0.5)
        moved.append(fit.inverse @ X[rows].T @ np.real(root) @ fit.residual[rows])
    found = gee(table, working="independence", correction="Kauermann-Carroll")
    assert found.estimate.standard_error == pytest.approx(np.sqrt((np.array(moved)[:, 0] ** 2).sum()), rel=1e-9)


@pytest.mark.parametrize(
    ("correction", "kind"), [("none", "HC0"), ("Kauermann-Carroll", "HC2"), ("Mancl-DeRouen", "HC3")]
)
def test_with_one_row_a_school_the_corrections_have_older_names(correction: Correction, kind: str) -> None:
    table = stored_trial()
    fit = fit_model(build_model(table))
    found = gee(table, working="independence", correction=correction).estimate
    assert found.standard_error == pytest.approx(np.sqrt(robust_covariance(fit, kind)[0, 0]), rel=1e-8)  # type: ignore[arg-type]


def test_with_several_rows_mancl_and_derouens_correction_is_cr3() -> None:
    table = stored_follow_ups()
    found = gee(table, working="independence").estimate
    assert found.standard_error == pytest.approx(
        np.sqrt(robust_covariance(fit_model(build_model(table)))[0, 0]), rel=1e-8
    )


def test_no_correlation_is_asked_of_one_row_a_school() -> None:
    with pytest.raises(NotEstimable, match="take independence"):
        gee(stored_trial())
