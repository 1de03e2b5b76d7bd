"""Reports of trials in which something is not there: every one is written, and says what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from swis.design.allocation.verify import Step, Verification
from swis.report.document import Document
from swis.report.html import write_html
from swis.report.trial.compose import compose_trial
from swis.report.words import interval, ratio
from swis.study.trial.baseline import BaselineTable
from swis.study.trial.evaluation import TrialEvaluation
from tests.report.reading import cells_of, chapter, tables_of, words_of
from tests.report.trial.drawn import evaluate_folder, take_a_worker_away, with_other_kinds
from tests.study.trial.drawn import FOLLOW_UP, ONLY_FOLLOW_UP, DrawnTrial, turn_into_scores

THREE = "\n".join(
    f'[[follow_up]]\nname = "{name}"\nterms = ["{term}"]'
    for name, term in zip(("first", "second", "third"), FOLLOW_UP, strict=True)
)
LOOKS = "[analysis]\ndraws = 199\nlooks = [0.5, 1.0]\nlook = {look}"


def report_of(folder: Path) -> tuple[TrialEvaluation, Document]:
    evaluation = evaluate_folder(folder)
    document = compose_trial(evaluation)
    assert len(write_html(document)) > 100_000
    return evaluation, document


def test_an_arm_without_events_is_reported_as_what_it_is(tmp_path: Path) -> None:
    evaluation, report = report_of(DrawnTrial(ratio=0.0).write(tmp_path / "t"))
    assert evaluation.primary.estimate is None
    words = words_of(chapter(report, "summary"))
    assert "no ratio can be estimated" in words
    assert "Counted: 0 in 12 schools with a social worker" in words
    assert "the draw alone would have shown a difference at least as large in" in words
    counted = next(row for row in cells_of(tables_of(report)["primary-levels"]) if row["What"] == "Counted")
    assert counted["With a social worker"] == "0"
    assert "no estimate that could be set beside others" in words_of(chapter(report, "options"))


def test_an_arm_of_which_nothing_was_returned_has_a_flow_and_no_result(tmp_path: Path) -> None:
    drawn = DrawnTrial()
    drawn.write(tmp_path / "first")
    arms = {each.school: each.arm for each in evaluate_folder(tmp_path / "first").trial.schools}
    gone = [name for name, arm in arms.items() if arm == "intervention"]
    reasons = {name: {"why_not_analysed": "nothing was returned"} for name in gone}
    dropped = [(name, term) for name in gone for term in FOLLOW_UP]
    evaluation, report = report_of(drawn.write(tmp_path / "t", drop=dropped, schools=reasons))
    assert evaluation.primary.verdict is None
    figure = next(each for each in report.figures if each.identifier == "flow-figure")
    assert "With a social worker: In the primary analysis, 0 schools" in figure.alt
    assert "12 not analysed: nothing was returned" in figure.alt
    assert "nothing can be estimated" in words_of(chapter(report, "summary"))


def test_one_authority_is_enough(tmp_path: Path) -> None:
    _, report = report_of(DrawnTrial(authorities=1, each=16).write(tmp_path / "t"))
    assert "in 1 authority" in report.subtitle
    assert "in 1 authority were drawn by lot" in words_of(chapter(report, "flow"))


def test_three_follow_ups_are_compared_with_each_other(tmp_path: Path) -> None:
    _, report = report_of(DrawnTrial().write(tmp_path / "t", terms="", add=THREE))
    assert "Follow-up by follow-up" in words_of(chapter(report, "whom"))
    row = cells_of(tables_of(report)["follow-ups-1"])[0]
    assert {"First", "Second", "Third", "Interaction p"} <= set(row)
    assert "first: autumn 2020; second: spring 2021" in cells_of(tables_of(report)["plan-table"])[4]["As planned"]


def test_a_trial_without_baseline_says_that_nothing_was_known(tmp_path: Path) -> None:
    evaluation = evaluate_folder(DrawnTrial().write(tmp_path / "t"))
    report = compose_trial(replace(evaluation, baseline=BaselineTable(())))
    assert "Nothing is known of the schools before the draw" in words_of(chapter(report, "baseline"))


def test_without_a_certificate_the_reader_is_told_how_draws_were_made(tmp_path: Path) -> None:
    _, report = report_of(DrawnTrial(certificate=False).write(tmp_path / "t"))
    words = words_of(chapter(report, "draw"))
    assert "How schools were drawn was not given" in words
    assert "re-drawn within authorities" in words
    assert "How schools were drawn was not given" in words_of(chapter(report, "summary"))
    figure = next(each for each in report.figures if each.identifier == "flow-figure")
    assert figure.alt.startswith("Drawn by lot, 24 schools")
    where = {row["What is asked"]: row["Where"] for row in cells_of(tables_of(report)["checklist-table"])}
    assert where["How the random sequence was made"].startswith("Not reported")


def test_a_certificate_that_does_not_hold_is_told_on_the_first_page(tmp_path: Path) -> None:
    evaluation = evaluate_folder(DrawnTrial().write(tmp_path / "t"))
    found = evaluation.trial.drawn_by
    assert found is not None
    failed = replace(found, verification=Verification((Step("arms", False, "two schools have another arm"),)))
    report = compose_trial(replace(evaluation, trial=replace(evaluation.trial, drawn_by=failed)))
    assert "The certificate of the draw does not hold" in words_of(chapter(report, "summary"))
    assert "The draw cannot be relied on" in words_of(chapter(report, "draw"))
    assert cells_of(tables_of(report)["draw-checked"])[0]["Result"] == "FAILS"


@pytest.mark.parametrize(("look", "told"), [(1, "by the plan the trial"), (2, "it is the last look")])
def test_an_early_look_is_judged_by_its_boundary(tmp_path: Path, look: int, told: str) -> None:
    evaluation, report = report_of(DrawnTrial().write(tmp_path / "t", add=LOOKS.format(look=look)))
    words = words_of(chapter(report, "looks"))
    assert f"This is look {look}." in words
    assert told in words
    assert ("The chance to end beyond the last boundary" in words) == (look == 1)
    level = "99.7%" if look == 1 else "95.1%"
    assert any(f"Ratio ({level} interval)" == column.title for column in tables_of(report)["primary-levels"].columns)
    assert evaluation.monitoring is not None


def test_schools_that_all_did_as_drawn_leave_nothing_to_add(tmp_path: Path) -> None:
    _, report = report_of(DrawnTrial().write(tmp_path / "t"))
    assert "there is nothing to add" in words_of(chapter(report, "uptake"))
    assert "No subgroup was named before the draw" in words_of(chapter(report, "subgroups"))
    assert "one outcome, so that there is no family" in words_of(chapter(report, "outcomes"))
    assert "What the programme cost is not reported" in words_of(chapter(report, "costs"))


def test_whether_schools_had_a_worker_may_be_unknown(tmp_path: Path) -> None:
    unknown = {"every": {"received": ""}}
    evaluation, report = report_of(DrawnTrial().write(tmp_path / "t", schools=unknown))
    assert evaluation.primary.per_protocol is None
    words = words_of(chapter(report, "uptake"))
    assert "it is not known" in words
    assert "Not worked out" in words


def test_scores_and_sessions_have_their_own_measures(tmp_path: Path) -> None:
    evaluation = with_other_kinds(evaluate_folder(DrawnTrial().write(tmp_path / "t", terms=ONLY_FOLLOW_UP)))
    report = compose_trial(evaluation)
    tables = tables_of(report)
    assert any(row["What"] == "Sessions missed" for row in cells_of(tables["outcome-1-levels"]))
    assert "Effect size (g) (95% interval)" in [column.title for column in tables["outcome-2-levels"].columns]
    figure = next(each for each in report.figures if each.identifier == "outcomes-figure")
    assert "they are no ratios: Attainment" in figure.caption


def scored(folder: Path, *, outcomes: tuple[str, ...]) -> tuple[TrialEvaluation, Document]:
    """A trial with scores of which one school has none, a subgroup, and a school without the worker that it was drawn for."""
    drawn = DrawnTrial(outcomes=outcomes)
    thirds = {name: {"size_third": ("lowest", "highest")[place % 3 == 0]} for place, name in enumerate(drawn.names())}
    drawn.write(folder, schools=thirds, add='[[subgroup]]\nname = "Third"\ncolumn = "size_third"')
    turn_into_scores(folder, "english", effect=1, gone=drawn.names()[-1:])
    take_a_worker_away(folder / "trial_schools.csv")
    evaluation = evaluate_folder(folder)
    return evaluation, compose_trial(evaluation)


def test_scores_beside_counts_are_told_as_g_in_every_chapter(tmp_path: Path) -> None:
    evaluation, report = scored(tmp_path / "t", outcomes=("s47", "english"))
    one, tables = evaluation.outcomes[1], tables_of(report)
    assert one.effect is not None
    assert tables["uptake-table"].columns[3].title == "Ratio, or g of scores (interval)"
    uptake = cells_of(tables["uptake-table"])
    marked = [row["Ratio, or g of scores (interval)"].startswith("g ") for row in uptake]
    assert marked == [False, False, True, True]
    groups = cells_of(tables["subgroups-1"])[1]
    assert groups["Lowest"].startswith("g ")
    assert groups["Second over first; of g, less first"].startswith("g ")
    (missing,) = cells_of(tables["missing-others"])
    assert missing["All returned: effect size (g)"].startswith("g ")
    assert missing["Tipping point"].endswith((" SD", "none within 2"))
    assert "the draw alone would have shown a difference" in words_of(chapter(report, "outcome-1"))
    assert all(row["p, Romano-Wolf"] != "–" for row in cells_of(tables["outcomes-table"]))


def test_scores_as_the_primary_outcome_have_no_ratio_anywhere(tmp_path: Path) -> None:
    _, report = scored(tmp_path / "t", outcomes=("english", "s47"))
    tables = tables_of(report)
    options = cells_of(tables["options-table"])
    assert [row["Analysis"] for row in options] == [
        "Planned: Hedges' g, multilevel",
        "Hedges' g, multilevel, unadjusted",
    ]
    assert options[0]["Effect size (g)"].startswith(("+", "−"))
    assert not any(each.identifier in ("options-figure", "subgroups-figure") for each in report.figures)
    missing = words_of(chapter(report, "missing"))
    assert "a stated number of standard deviations" in missing
    assert "would cross 1" not in missing
    shifted = [row["Taken for granted"] for row in cells_of(tables["missing-table"])]
    assert (
        "Missing schools with a worker −0.20, those without 0.00 standard deviations from the expected score" in shifted
    )
    assert "points, standard error" in words_of(chapter(report, "primary"))


def test_the_bayesian_option_says_its_priors_and_whether_it_holds_its_level(tmp_path: Path) -> None:
    evaluation, report = report_of(DrawnTrial(ratio=0.3).write(tmp_path / "t"))
    default, wide = cells_of(tables_of(report)["beliefs-table"])
    assert default["Prior"] == "Default: 0.5 and 0.5"
    assert wide["Prior"] == "Wide: 1 and 1"
    found = evaluation.primary.bayes[0].ratio
    assert default["Ratio (95% credible interval)"] == f"{ratio(found.median)} ({interval(found.low, found.high)})"
    assert default["Probability of fewer events"] == "above 99%"
    assert {default["Holds its level"], wide["Holds its level"]} <= {"yes", "NO", "not simulated"}
    figure = next(each for each in report.figures if each.identifier == "options-figure")
    assert "Bayesian hierarchical Poisson, wide priors" in figure.alt
    assert "credible" in figure.caption
