"""The whole chain finds what was planted: returns, panel, study, matching, evaluation.

Twelve authorities by way of their files, half of them with matched schools. bench/chain.sh does it with thousands, most of them
without files; docs/explanation/the-whole-chain.md tells what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import mean, stdev

import polars as pl
import pytest
from scipy.stats import binom

from bench.chain import MESSY
from bench.chain_replicate import DAYS_IN_CARE, ENQUIRIES, Judged, Scene, Way, from_truth, through_files
from bench.chain_sums import STORED, sum_up, tabulate

PLANTED = 0.4
SCENE = Scene("drawn by lot", "chance", PLANTED, schools=24, pupils=200, years=2, share=0.5, referrals=0.15)
SEEDS: dict[Way, range] = {"none": range(1, 7), "level": range(7, 13)}
CHAINS = sum(map(len, SEEDS.values()))
LEAST = int(binom.ppf(0.001, CHAINS, 0.95))
"""Intervals that hold the ratio 19 times in 20 do so fewer times than this in less than one of a thousand runs."""


@dataclass(frozen=True)
class Chain:
    """One authority by both ways, which should agree."""

    way: Way
    by_files: Judged
    by_truth: Judged | str


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> list[Chain]:
    return [
        Chain(
            way,
            through_files(SCENE, seed, way, tmp_path_factory.mktemp("chain")),
            from_truth(SCENE, seed, ((way, ENQUIRIES),))[0],
        )
        for way, seeds in SEEDS.items()
        for seed in seeds
    ]


@pytest.mark.slow
def test_intervals_hold_the_planted_ratio_at_their_nominal_rate(chains: list[Chain]) -> None:
    assert LEAST == 8
    assert sum(each.by_files.verdict_covers for each in chains) >= LEAST
    assert sum(each.by_files.quasi_covers for each in chains) >= LEAST
    assert sum(each.by_files.permutation_covers for each in chains) >= LEAST


@pytest.mark.slow
def test_intervals_do_not_hold_a_ratio_that_was_not_planted(chains: list[Chain]) -> None:
    """Were the planted ratio ignored, the test above would have 1 for the truth, and would fail by far."""
    assert sum(not each.by_files.quasi_claims for each in chains) < LEAST
    assert sum(not each.by_files.permutation_claims for each in chains) < LEAST


@pytest.mark.slow
def test_estimates_scatter_around_the_planted_ratio(chains: list[Chain]) -> None:
    errors = [each.by_files.log_ratio - log(PLANTED) for each in chains]
    assert abs(mean(errors)) < 3.5 * stdev(errors) / len(errors) ** 0.5


@pytest.mark.slow
def test_the_files_say_what_the_authority_knows(chains: list[Chain]) -> None:
    for each in chains:
        assert isinstance(each.by_truth, Judged)
        assert each.by_files.comparison_schools == each.by_truth.comparison_schools
        assert each.by_files.log_ratio == pytest.approx(each.by_truth.log_ratio, abs=1e-9)
        assert each.by_files.dispersion == pytest.approx(each.by_truth.dispersion, abs=1e-9)
        assert each.by_files.quasi_covers == each.by_truth.quasi_covers
    assert {each.by_files.comparison_schools for each in chains if each.way == "none"} == {12}
    assert all(each.by_files.comparison_schools < 12 for each in chains if each.way == "level")


def test_shares_and_bias_are_summed_with_their_errors() -> None:
    rows = pl.DataFrame(
        {
            "via": ["truth"] * 4,
            "scene": ["drawn by lot"] * 4,
            "ratio": [0.5] * 4,
            "way": ["none"] * 4,
            "outcome": [ENQUIRIES] * 4,
            "seed": [1, 2, 3, 4],
            "reason": [None, None, None, "no school was matched"],
            "log_ratio": [log(0.5) + 0.1, log(0.5) - 0.1, -float("inf"), None],
            "dispersion": [1.0, 2.0, 3.0, None],
            "comparison_schools": [3, 3, 3, None],
            **{name: [True, True, False, None] for name in ("quasi_covers", "permutation_covers", "verdict_covers")},
            **{name: [False, False, True, None] for name in ("quasi_claims", "permutation_claims", "supported")},
            "moved_apart": [False, False, False, None],
        }
    )
    (row,) = sum_up(rows).rows(named=True)
    assert (row["replicates"], row["answered"], row["separated"]) == (4, 3, 1)
    assert row["covered_verdict"] == pytest.approx(2 / 3)
    assert row["covered_verdict_error"] == pytest.approx((2 / 3 / 3 / 3) ** 0.5)
    assert row["bias"] == pytest.approx(0.0)
    assert row["bias_error"] == pytest.approx(0.1)
    assert row["supported"] == pytest.approx(1 / 3)


def test_the_page_shows_what_was_stored() -> None:
    page = (Path(__file__).parents[1] / "docs" / "explanation" / "the-whole-chain.md").read_text(encoding="utf-8")
    sums = pl.read_csv(STORED)
    shown = {line for line in page.splitlines() if line.startswith("|")}
    told = {
        line
        for via, outcome in (("truth", ENQUIRIES), ("truth", DAYS_IN_CARE), ("files", ENQUIRIES), (MESSY, ENQUIRIES))
        for line in tabulate(sums, via=via, outcome=outcome)
    }
    assert shown == told
