"""What the report of a trial says, and what it must never show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from swis.report.document import Document, Figure, Heading, Table, plain_words
from swis.report.trial.checklist import ITEMS
from swis.report.trial.compose import compose_trial
from swis.study.finding import Finding
from swis.study.lock import Lock, PlanChange, PlanStatus
from swis.study.trial.evaluation import TrialEvaluation
from swis.study.trial.protocol import Consort
from tests.report.reading import cells_of, chapter, tables_of, words_of
from tests.report.trial.drawn import drawn_verdict, full_trial, with_other_kinds, with_verdict

CHAPTERS = [
    "summary", "plan", "flow", "baseline", "primary", "options", "outcomes", "whom", "uptake", "missing", "harms", "tidier",
    "costs", "literature", "findings", "methods", "checklist",
]  # fmt: skip


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> TrialEvaluation:
    return with_other_kinds(full_trial(tmp_path_factory.mktemp("trial") / "drawn"))


@pytest.fixture(scope="module")
def report(trial: TrialEvaluation) -> Document:
    return compose_trial(trial)


def with_plan(trial: TrialEvaluation, status: PlanStatus) -> TrialEvaluation:
    return replace(trial, trial=replace(trial.trial, plan_status=status))


def everything(report: Document) -> str:
    """All words of a report: text, tables, figures and their data."""
    tables = [block for block in report.body if isinstance(block, Table)] + [each.data for each in report.figures]
    cells = [plain_words(cell) for table in tables for row in table.rows for cell in row]
    return "\n".join([words_of(report.body), *cells, *(each.drawing.svg for each in report.figures)])


def test_chapters_come_in_their_order_with_the_verdict_first(report: Document) -> None:
    anchors = [block.anchor for block in report.blocks if isinstance(block, Heading) and block.level == 1]
    assert anchors == CHAPTERS


def test_the_title_says_that_schools_were_randomised(report: Document) -> None:
    assert "randomised" in report.title


def test_the_same_evaluation_gives_the_same_document(trial: TrialEvaluation, report: Document) -> None:
    assert compose_trial(trial) == report


def test_what_the_evaluator_warns_of_stands_before_everything_else(report: Document) -> None:
    words = words_of(chapter(report, "summary"))
    assert words.index("Outcomes are made up. Quote nothing.") < words.index("drawn by lot")


@pytest.mark.parametrize(
    ("kind", "changed", "title"),
    [
        ("cannot tell", {}, "the trial cannot tell"),
        (
            "not supported",
            {"rules_out_worthwhile": True},
            "the trial rules out a fall worth having, not a rise as large",
        ),
        (
            "not supported",
            {"rules_out_worthwhile": True, "room_for_harm": False},
            "the trial rules out a fall worth having",
        ),
        ("not supported", {}, "the trial found no effect, and does not quite rule out one worth having"),
    ],
)
def test_no_effect_found_is_three_things_and_the_reader_is_told_which(
    trial: TrialEvaluation, kind: str, changed: dict[str, bool], title: str
) -> None:
    judged = with_verdict(trial, drawn_verdict(kind, **changed))
    summary = words_of(chapter(compose_trial(judged), "summary"))
    assert f"Outcome s47: {title}\n" in summary
    assert ("It does not say that the programme does nothing." in summary) == (kind == "cannot tell")


def test_a_trial_that_cannot_tell_says_what_it_could_have_found(trial: TrialEvaluation) -> None:
    words = words_of(chapter(compose_trial(with_verdict(trial, drawn_verdict("cannot tell"))), "summary"))
    assert "finds such an effect in 34% of cases; in four cases of five it finds a fall of 22%" in words
    assert "not the same as no effect" in words


def test_an_effect_is_told_with_its_side(trial: TrialEvaluation) -> None:
    found = with_verdict(trial, drawn_verdict("supported", worthwhile=1.2))
    assert "the trial found a rise\n" in words_of(chapter(compose_trial(found), "summary"))
    against = with_verdict(trial, drawn_verdict("supported", worthwhile=0.8))
    assert "the trial found a rise, against what was hoped for" in words_of(chapter(compose_trial(against), "summary"))


def test_an_effect_too_small_to_be_worth_having_says_so(trial: TrialEvaluation) -> None:
    found = with_verdict(trial, drawn_verdict("supported", worthwhile=1.9, rules_out_worthwhile=True))
    assert "smaller than one worth having" in words_of(chapter(compose_trial(found), "summary"))


def test_the_wider_interval_is_told_where_it_decides(trial: TrialEvaluation) -> None:
    wide = with_verdict(trial, drawn_verdict("cannot tell", low=0.5, high=2.5))
    assert "the interval is 0.50 to 2.50. That wider one decides." in words_of(compose_trial(wide).body)


def test_both_levels_differences_and_ratios_are_in_one_table(trial: TrialEvaluation, report: Document) -> None:
    rows = cells_of(tables_of(report)["primary-levels"])
    assert {row["Level"] for row in rows} == {"school", "pupil"}
    result = trial.primary.result
    assert result is not None
    adjusted = next(row for row in rows if row["What"] == "Rate, adjusted")
    assert adjusted["With a social worker"] == f"{result.rates.with_worker:.1f}"
    assert adjusted["Ratio (95% interval)"].startswith(f"{result.estimate.ratio:.2f} (")
    schools = next(row for row in rows if row["What"] == "Analysed")
    assert (schools["With a social worker"], schools["Without"]) == ("11", "12")


def test_k_and_the_level_that_is_held_stand_with_the_primary_outcome(report: Document) -> None:
    words = words_of(chapter(report, "primary"))
    assert "Variation between schools, k: 0." in words
    assert "Does the interval hold its level with 23 schools, by simulation: yes" in words
    assert "Dispersion" in words


def test_an_analysis_that_does_not_hold_its_level_is_marked_in_table_and_picture(report: Document) -> None:
    rows = {row["Analysis"]: row for row in cells_of(tables_of(report)["options-table"])}
    assert rows["Poisson, HC0"]["Holds its level"] == "NO"
    assert rows["Planned: Poisson, HC3"]["Holds its level"] == "yes"
    figure = next(each for each in report.figures if each.identifier == "options-figure")
    assert "Poisson, HC0: " in figure.alt
    assert "does not hold its level" in figure.alt


def test_other_outcomes_are_judged_in_their_family(report: Document) -> None:
    table = tables_of(report)["outcomes-table"]
    rows = cells_of(table)
    assert [row["Outcome"] for row in rows] == ["Outcome s47 (primary)", "Outcome s17", "Sessions missed", "Attainment"]
    assert rows[0]["p, Holm"] == "by itself"
    assert rows[2]["Measure"] == "Odds ratio"
    assert rows[3]["Measure"] == "Effect size (g)"


def test_per_protocol_and_complier_average_are_labelled_as_what_they_are(report: Document) -> None:
    words = words_of(chapter(report, "uptake"))
    assert "Not the result of the trial" in words
    kinds = {row["What it is"] for row in cells_of(tables_of(report)["uptake-table"])}
    assert kinds == {"PER PROTOCOL, not randomised", "COMPLIER AVERAGE"}


def test_missing_schools_have_a_tipping_point(report: Document) -> None:
    words = words_of(chapter(report, "missing"))
    assert "Tipping point" in words or "No factor between 1/20 and 20" in words
    assert "Every school is in the analysis of: Attainment." in words


def test_harms_say_that_more_can_be_better_seen(report: Document) -> None:
    words = words_of(chapter(report, "harms"))
    assert "two-sided" in words
    assert "saw what nobody had seen before" in words


def test_what_was_not_told_of_the_intervention_is_not_reported(report: Document) -> None:
    rows = cells_of(tables_of(report)["tidier-table"])
    assert len(rows) == 12
    assert [row["What was delivered"] for row in rows].count("not reported") == 10
    assert "10 items of 12 are not reported." in words_of(chapter(report, "tidier"))


def test_literature_stands_beside_and_is_called_so(report: Document) -> None:
    words = words_of(chapter(report, "literature"))
    assert "Literature, not results of this trial" in words
    assert "Literature: A trial elsewhere: 1.055 (0.955 to 1.166)" in words


def test_every_item_of_the_checklist_leads_somewhere_or_is_not_reported(report: Document) -> None:
    rows = cells_of(tables_of(report)["checklist-table"])
    assert len(rows) == len(ITEMS)
    assert all(row["Where"].strip() for row in rows)
    where = {row["What is asked"]: row["Where"] for row in rows}
    assert where["Who paid"] == "Not reported: the folder does not say."
    assert where["Registration"] == "ISRCTN00000000"
    assert where["Where the plan is"] == "Not reported: no plan was locked."


def test_numbers_of_the_checklist_are_those_of_the_standard() -> None:
    numbers = list(dict.fromkeys(item.number for item in ITEMS))
    before = (
        "1a",
        "1b",
        "2a",
        "2b",
        "3a",
        "3b",
        "4a",
        "4b",
        "5",
        "6a",
        "6b",
        "7a",
        "7b",
        "8a",
        "8b",
        "9",
        "10a",
        "10b",
    )
    middle = ("10c", "11a", "11b", "12a", "12b", "13a", "13b", "14a", "14b", "15", "16", "17a", "17b")
    assert numbers == [*before, *middle, *(str(number) for number in range(18, 26))]


def test_no_school_is_named_so_that_no_count_can_be_of_one(trial: TrialEvaluation, report: Document) -> None:
    words = everything(report)
    assert not [each.school for each in trial.trial.schools if each.school in words]


def test_findings_that_can_quote_a_school_are_only_counted(trial: TrialEvaluation) -> None:
    told = Finding("warning", "pupils_differ", "school_terms.csv", "Two outcomes disagree on pupils", "Ask.")
    held = Finding("note", "count_leaps", "school_terms.csv", "School 07 goes from 3 to 12", "Look.", rows=(8,))
    changed = replace(trial, trial=replace(trial.trial, findings=(told, held)))
    report = compose_trial(changed)
    words = everything(report)
    assert "Two outcomes disagree on pupils" in words
    assert "goes from 3 to 12" not in words
    assert ("count leaps", "note", "1") in tables_of(report)["findings-single"].rows


def test_a_locked_plan_says_when_and_a_changed_one_what(trial: TrialEvaluation) -> None:
    lock = Lock(date(2020, 7, 1), "0.1.0", False, {"primary": '"s47"'})
    kept = with_plan(trial, PlanStatus(lock))
    kept = replace(kept, outcomes=tuple(replace(one, plan_state="as locked") for one in kept.outcomes))
    report = compose_trial(kept)
    words = words_of(chapter(report, "lock"))
    assert "locked on 2020-07-01, before outcomes were in the folder" in words
    assert "Nothing was changed since" in words
    assert "No plan was locked" not in words_of(report.body)
    changed = with_plan(trial, PlanStatus(lock, (PlanChange("analysis", "changed", '{"seed": 1}', '{"seed": 2}'),)))
    report = compose_trial(changed)
    assert "seed, was locked as 1 and is now 2" in words_of(chapter(report, "lock"))
    assert "The plan was changed after it was locked" in words_of(chapter(report, "summary"))


def test_every_figure_has_words_and_data(report: Document) -> None:
    assert len(report.figures) >= 6
    for figure in report.figures:
        assert isinstance(figure, Figure)
        assert len(figure.alt) > 40
        assert figure.data.rows


def test_what_is_not_given_of_the_conduct_is_said_and_counted_in_the_checklist(trial: TrialEvaluation) -> None:
    protocol = replace(trial.trial.protocol, consort=Consort(sample_size="Reckoned for k 0.4.", funding="The trust."))
    report = compose_trial(replace(trial, trial=replace(trial.trial, protocol=protocol)))
    given = {row["Item"]: row["What was given"] for row in cells_of(tables_of(report)["conduct-table"])}
    assert given == {
        "7a": "Reckoned for k 0.4.",
        "10a": "not given",
        "10c": "not given",
        "14b": "not given",
        "25": "The trust.",
    }
    where = {row["Item"]: row["Where"] for row in cells_of(tables_of(report)["checklist-table"])}
    assert where["25"] == where["7a"] == "Table 00"
    assert where["10c"] == "Not reported: the folder does not say."


def test_provenance_has_the_hash_of_every_file(trial: TrialEvaluation, report: Document) -> None:
    values = dict(report.provenance)
    assert {f"{name} (SHA-256)" for name in trial.trial.hashes.files} <= set(values)
    assert values["Plan"] == "not locked"


def test_what_is_read_from_the_folder_is_escaped_not_lost(tmp_path: Path, trial: TrialEvaluation) -> None:
    protocol = replace(trial.trial.protocol, title="<b>A & B</b> randomised")
    report = compose_trial(replace(trial, trial=replace(trial.trial, protocol=protocol)))
    assert report.title == "<b>A & B</b> randomised"
