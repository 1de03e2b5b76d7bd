"""What is stored of the simulated sizes, and what results say of it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from bench.trial_size import ANALYSES, SCENES, SIZES, robust_errors, simulate
from swis.errors import NotEstimable
from swis.estimate.trial.held_level import HIGHEST, LOWEST_COVERAGE, held_level, simulated_analyses, simulated_sizes
from swis.estimate.trial.intention_to_treat import TrialPlan, analyse_trial, estimate_ratio
from swis.estimate.trial.mixed import MIXED, poisson_mixed
from swis.estimate.trial.randomisation import RANDOMISATION
from swis.estimate.trial.sign_bootstrap import SIGN_BOOTSTRAP
from tests.estimate.trial.drawn import draw_trial, stored_trial

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "explanation" / "trial-analysis.md"
HOW_TO = ROOT / "docs" / "how-to" / "analyse-a-trial.md"


def test_every_analysis_is_simulated_at_every_size() -> None:
    for analysis in simulated_analyses():
        lines = [line for line in simulated_sizes() if line.analysis == analysis and line.true_ratio == 1]
        assert {line.schools for line in lines} == set(SIZES)
        assert len({line.scene for line in lines}) == len(SCENES)
        assert all(line.draws >= 1_000 for line in lines)


def test_the_default_holds_its_level_and_the_wrong_level_does_not() -> None:
    for schools in (*SIZES, 60, 200, 500):
        assert held_level(RANDOMISATION, schools).held
        assert held_level(SIGN_BOOTSTRAP, schools).held
        assert held_level(MIXED["authority"], schools).held is False
    assert held_level("Poisson, HC0", 16).held is False
    assert held_level("Poisson, HC3", 268).held


def test_between_two_sizes_the_worse_decides_and_below_the_smallest_nothing_is_claimed() -> None:
    between, low, high = (held_level("Poisson, HC1", schools) for schools in (60, 40, 120))
    assert between.at == (40, 120)
    assert between.size == max(low.size or 0, high.size or 0)
    few = held_level("Poisson, HC3", 10)
    assert (few.held, few.at) == (None, ())
    assert "nothing is claimed" in str(few)
    assert held_level("Poisson, HC3", 3_000).at == (268,)


def test_a_name_that_was_not_simulated_is_refused_with_those_that_were() -> None:
    with pytest.raises(NotEstimable, match="randomisation test"):
        held_level("magic", 100)


def test_a_result_says_that_it_does_not_hold_its_level() -> None:
    table = draw_trial(61, authorities=3, each=6)
    assert "DOES NOT HOLD ITS LEVEL" in str(poisson_mixed(table, intercepts="authority"))
    assert "DOES NOT HOLD ITS LEVEL" in str(estimate_ratio(table, TrialPlan(seed=1, variance="HC0")))
    result = analyse_trial(stored_trial(), TrialPlan(seed=1, draws=99))
    assert "DOES NOT" not in str(result.estimate)
    # The default, the test to quote and the bootstrap beside them hold theirs.
    assert "DOES NOT" not in str(result)
    assert str(result).count("Simulated size of") == 3


def test_the_bench_gives_the_stored_share_from_its_seed() -> None:
    stored = {
        line.analysis: line
        for line in simulated_sizes()
        if (line.schools, line.true_ratio) == (40, 1.0) and "common" in line.scene
    }
    trials = simulate(40, SCENES[0], 1.0, next(draws for analyse, draws in ANALYSES if analyse is robust_errors))
    for name, (p, covered) in robust_errors(trials).items():
        # Rounding can put one trial of 2,000 on the other side of 5%.
        assert float((p <= 0.05).mean()) == pytest.approx(stored[name].claimed, abs=6e-4)
        assert float(np.nanmean(covered)) == pytest.approx(stored[name].covered, abs=6e-4)


def test_the_page_has_the_simulated_sizes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for analysis in simulated_analyses():
        lines = [line for line in simulated_sizes() if line.analysis == analysis]
        sizes = [max(line.claimed for line in lines if line.schools == n and line.true_ratio == 1) for n in SIZES]
        cells = [f"**{size:.1%}**" if size > HIGHEST else f"{size:.1%}" for size in sizes]
        covered = [line.covered for line in lines if line.covered is not None]
        least = (
            ""
            if not covered
            else f"**{min(covered):.1%}**"
            if min(covered) < LOWEST_COVERAGE
            else f"{min(covered):.1%}"
        )
        assert f"| {analysis} | {' | '.join(cells)} | {least} |" in page


def test_the_examples_of_the_how_to_print_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, object] = {}
    for kind, text in re.findall(
        r"^```(\w+)\n(.*?)^```$", HOW_TO.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    ):
        if kind == "python":
            exec(compile(text, str(HOW_TO), "exec"), space)
        else:
            assert capsys.readouterr().out == text
