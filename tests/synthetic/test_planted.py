"""The planted effect is there, and nowhere else."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import polars as pl
import pytest

from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.outcomes import PLANTABLE
from swis.synthetic.settings import Settings
from swis.synthetic.truth import tell_truth

ERRORS = 4.5


def _make(share: float, ratios: dict[str, float], seed: int = 4) -> Authority:
    shape = Settings(schools=40, years=3, pupils=250, rate_ratios=ratios, intervention_share=share, academies=2)
    return synthesise_authority(shape, seed=seed)


def _totals(authority: Authority) -> dict[tuple[str, bool], int]:
    after = list(authority.settings.terms[authority.settings.terms.index(authority.settings.first_term_after) :])
    counts = tell_truth(authority).school_terms.group_by("outcome", pl.col("term").is_in(after).alias("after"))
    return {(outcome, late): count for outcome, late, count in counts.agg(pl.col("count").sum()).iter_rows()}


@pytest.mark.parametrize(
    "ratios",
    [
        {"section_47_enquiries": 0.6},
        {"referrals": 0.5},
        {"referrals": 0.7, "section_17_assessments": 0.6, "children_entering_care": 0.3},
        {"referrals_from_school": 0.4, "suspensions": 0.5, "permanent_exclusions": 0.25},
    ],
)
def test_with_a_social_worker_everywhere_each_event_after_the_start_happens_with_the_ratio(
    ratios: dict[str, float],
) -> None:
    """The same draws with and without social workers: what is left of each count is a binomial share of it."""
    without, everywhere = _totals(_make(0.0, ratios)), _totals(_make(1.0, ratios))
    settings = Settings(rate_ratios=ratios)
    for outcome in PLANTABLE:
        if outcome == "sessions_missed":
            continue
        ratio, n, left = settings.ratio_of(outcome), without[outcome, True], everywhere[outcome, True]
        assert everywhere[outcome, False] == without[outcome, False]
        assert left == n if ratio == 1 else abs(left - ratio * n) < ERRORS * sqrt(n * ratio * (1 - ratio) + 1)


def test_a_ratio_above_one_adds_what_it_says() -> None:
    without, everywhere = _totals(_make(0.0, {"referrals": 1.6})), _totals(_make(1.0, {"referrals": 1.6}))
    for outcome in ("referrals", "section_17_assessments", "section_47_enquiries"):
        n, more = without[outcome, True], everywhere[outcome, True]
        # Of what is drawn at 1.6 times the rate everything happens with, and 1 / 1.6 of it without social workers.
        assert abs(n - more / 1.6) < ERRORS * sqrt(more * (1 / 1.6) * (1 - 1 / 1.6))


def test_sessions_missed_are_multiplied_in_the_terms_after() -> None:
    without, everywhere = _make(0.0, {"sessions_missed": 1.3}), _make(1.0, {"sessions_missed": 1.3})
    before, after = _totals(without), _totals(everywhere)
    possible = without.attendance.possible.sum(axis=1).astype(float)
    # As in test_rates: beta-binomial, at most 0.055 x 1.3 a session; levels of schools are the same in both.
    variance = 2 * (possible * 0.0715 * (1 + possible / 13)).sum() * 1.5
    earlier, n = before["sessions_missed", False], before["sessions_missed", True]
    assert abs(after["sessions_missed", False] - earlier) < ERRORS * sqrt(variance)
    assert abs(after["sessions_missed", True] - 1.3 * n) < ERRORS * sqrt(variance)


def test_the_planted_ratio_is_recovered_from_true_counts_of_many_authorities() -> None:
    """The ratio of ratios, with and without, before and after; its error is estimated from the authorities themselves."""
    estimates = []
    for seed in range(16):
        authority = _make(0.5, {"section_47_enquiries": 0.6}, seed=seed)
        after = list(authority.settings.terms[authority.settings.terms.index(authority.settings.first_term_after) :])
        counts = tell_truth(authority).school_terms.filter(pl.col("outcome") == "section_47_enquiries")
        cells = counts.group_by("arm", pl.col("term").is_in(after).alias("after")).agg(
            rate=pl.col("count").sum() / pl.col("pupils").sum()
        )
        rate = {(arm, late): value for arm, late, value in cells.iter_rows()}
        estimates.append(
            log(rate["intervention", True] / rate["intervention", False])
            - log(rate["comparison", True] / rate["comparison", False])
        )
    error = float(np.std(estimates, ddof=1)) / sqrt(len(estimates))
    # The 0.9999 quantile of Student's t with 15 degrees of freedom is 4.88.
    assert abs(float(np.mean(estimates)) - log(0.6)) < 4.88 * error
    assert error < 0.06


def test_a_sibling_at_a_school_without_a_social_worker_is_not_touched() -> None:
    """In comparison schools not one event changes when the ratio in the others does."""
    ratios = [{"section_47_enquiries": each} for each in (0.99, 0.98)]
    mild, strong = (_make(0.5, each) for each in ratios)
    counts = [
        tell_truth(each).school_terms.filter(pl.col("arm") == "comparison", pl.col("outcome") == "section_47_enquiries")
        for each in (mild, strong)
    ]
    different = (counts[0]["count"] - counts[1]["count"]).abs().sum()
    # Children who change schools between an assessment and the enquiry, or whose case is open at the most, may differ: a few.
    assert different <= 0.01 * counts[0]["count"].sum()
