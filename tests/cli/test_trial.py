"""A folder with trial.toml is a trial to swis evaluate, swis check and swis lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.read import read_trial
from tests.cli.conftest import RunCommand
from tests.study.trial.drawn import DrawnTrial, replace_in, turn_into_scores


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    return DrawnTrial(authorities=3, each=6, outcomes=("s47", "s17", "cin"), ratio=0.6, events=80).write(
        tmp_path / "drawn"
    )


def test_the_verdict_on_every_outcome_is_printed(trial: Path, run_swis: RunCommand) -> None:
    done = run_swis("evaluate", trial, "--formats", "none")
    assert done.returncode == 0, done.stderr
    for said in (
        "Outcome s47 (primary)",
        "Outcome cin",
        "18 schools drawn in 3 authorities",
        "adjusted for 2 outcomes",
    ):
        assert said in done.stdout
    kinds = {one.verdict.kind for one in evaluate_trial(read_trial(trial)).outcomes if one.verdict}
    assert all(kind.capitalize() in done.stdout for kind in kinds)


def test_a_narrow_terminal_has_sentences(trial: Path, run_swis: RunCommand) -> None:
    done = run_swis("evaluate", trial, "--formats", "none", COLUMNS="50")
    assert "Outcome s47 (primary). 0." in done.stdout


def test_json_holds_the_numbers_unrounded(trial: Path, run_swis: RunCommand) -> None:
    done = run_swis("evaluate", trial, "--formats", "none", "--json")
    found = json.loads(done.stdout)
    ours = evaluate_trial(read_trial(trial))
    assert found["kind"] == "trial"
    assert found["format"] == 1
    assert found["sha256"]["all"] == ours.trial.hashes.all
    assert found["certificate"]["holds"] is True
    assert [one["outcome"] for one in found["outcomes"]] == ["s47", "s17", "cin"]
    first, own = found["outcomes"][0], ours.primary
    assert own.estimate is not None
    assert first["estimate"]["log_ratio"] == own.estimate.log_ratio
    assert first["estimate"]["holds_its_level"] is own.estimate.held.held
    assert first["p"] == own.p
    assert first["verdict"]["kind"] == own.verdict.kind  # type: ignore[union-attr]
    assert [each["name"] for each in first["sensitivity"]] == [each.name for each in own.sensitivity]
    assert found["flow"]["randomised"] == {"schools": 18, "pupils": ours.flow.randomised.pupils, "authorities": 3}
    assert found["outcomes"][1]["family"]["outcomes"] == 2
    assert found["money"] is None
    assert found["why_no_money"] == "Not given: trial.toml has no section [money]."
    assert found["lesson"] is None


@pytest.mark.slow
def test_json_of_the_made_up_trial_has_money_and_lesson(run_swis: RunCommand) -> None:
    folder = Path(__file__).parents[2] / "studies" / "scale-up"
    found = json.loads(run_swis("evaluate", folder, "--formats", "none", "--json").stdout)
    assert found["money"]["weighed"]["cost_per_outcome"]["ratio"] is None
    assert found["money"]["break_even"] is None
    assert [each["schools"] for each in found["money"]["budget"]["years"]] == [268, 1000, 3310]
    assert found["lesson"]["trial"]["ratio"] == 1.055
    assert list(found["lesson"]["pilots"]) == ["southampton", "stockport", "lambeth"]
    by_word, *honest = found["lesson"]["foretold"]
    assert by_word["significant_fall"] > max(each["significant_fall"] for each in honest)


@pytest.mark.slow
def test_the_report_is_written(trial: Path, run_swis: RunCommand, tmp_path: Path) -> None:
    done = run_swis("evaluate", trial, "--formats", "html", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "A drawn trial" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_check_says_what_was_found(trial: Path, run_swis: RunCommand) -> None:
    done = run_swis("check", trial)
    assert done.returncode == 0
    assert "A drawn trial" in done.stdout
    assert "the plan is not locked" in done.stdout


def test_check_tells_every_problem_of_a_trial(trial: Path, run_swis: RunCommand) -> None:
    replace_in(trial, "school_terms.csv", "s47,School 01,", "s47,School 91,")
    replace_in(trial, "trial.toml", "draws = 999", "drawz = 999")
    done = run_swis("check", trial)
    assert done.returncode == 3
    assert "Did you mean draws?" in done.stderr


def test_lock_writes_the_lock_of_a_trial(trial: Path, run_swis: RunCommand) -> None:
    done = run_swis("lock", trial, "--on", "2020-08-01")
    assert done.returncode == 0, done.stderr
    assert (trial / "trial.lock.toml").exists()
    assert not (trial / "study.lock.toml").exists()
    assert run_swis("lock", trial).returncode == 4
    assert "Plan: as locked" in run_swis("evaluate", trial, "--formats", "none").stdout


def test_a_trial_is_evaluated_by_itself(trial: Path, run_swis: RunCommand) -> None:
    done = run_swis("evaluate", trial, "studies/southampton", "--formats", "none")
    assert done.returncode == 2
    assert "by itself" in done.stderr


def test_a_trial_has_its_bayesian_option_with_and_without_the_switch(trial: Path, run_swis: RunCommand) -> None:
    without = run_swis("evaluate", trial, "--formats", "none", "--json")
    assert run_swis("evaluate", trial, "--formats", "none", "--json", "--bayes").stdout == without.stdout
    default, wide = json.loads(without.stdout)["outcomes"][0]["bayes"]
    assert (default["prior"], default["prior_deviation_of_log_ratio"]) == ("default", 0.5)
    assert (wide["prior"], wide["prior_deviation_of_log_ratio"]) == ("wide", 1.0)
    own = evaluate_trial(read_trial(trial)).primary.bayes[0]
    assert default["ratio"] == {"median": own.ratio.median, "low": own.ratio.low, "high": own.ratio.high}
    assert default["below_one"] == own.below_one
    assert default["holds_its_level"] is own.held.held


def test_json_of_scores_has_g_in_place_of_ratios(tmp_path: Path, run_swis: RunCommand) -> None:
    drawn = DrawnTrial(outcomes=("english", "s47"))
    thirds = {name: {"size_third": ("lowest", "highest")[place % 3 == 0]} for place, name in enumerate(drawn.names())}
    folder = drawn.write(tmp_path / "t", schools=thirds, add='[[subgroup]]\nname = "Third"\ncolumn = "size_third"')
    turn_into_scores(folder, "english", gone=drawn.names()[-1:])
    done = run_swis("evaluate", folder, "--formats", "none", "--json")
    first, own = json.loads(done.stdout)["outcomes"][0], evaluate_trial(read_trial(folder)).primary
    assert own.effect is not None
    assert first["estimate"] is None
    assert first["effect_size"]["g"] == own.effect.g
    assert first["p"] == own.p
    assert first["randomisation"]["analysis"] == "randomisation test, attainment"
    assert first["per_protocol"]["label"] == "per protocol"
    assert first["complier"]["estimate"]["label"] == "complier average"
    assert len(first["subgroups"][0]["interaction"]["groups"]) == 2
    assert len(first["subgroups"][0]["interaction"]["difference"]) == 3
    assert [set(each) for each in first["missing"]["shifted"]] == [
        {"shift_with", "shift_without", "g", "low", "high"}
    ] * 4
    assert first["sensitivity"][0]["estimate"]["g"] != own.effect.g
    assert first["bayes"] == []


def test_a_folder_that_is_a_study_and_a_trial_is_refused(trial: Path, run_swis: RunCommand) -> None:
    (trial / "study.toml").write_text("format = 1\n")
    done = run_swis("check", trial)
    assert done.returncode == 3
    assert "trial.toml and study.toml" in done.stderr
