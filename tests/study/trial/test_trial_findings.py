"""What is odd about a trial does not stop it, and is not kept silent."""

from __future__ import annotations

import pytest

from swis.study.trial.read import read_trial
from tests.study.trial.conftest import WriteTrial, codes_of
from tests.study.trial.drawn import BASELINE, FOLLOW_UP, DrawnTrial, replace_in

NO_FOLLOW_UP = tuple(("School 00", term) for term in FOLLOW_UP)
NO_BASELINE = tuple(("School 00", term) for term in BASELINE)


def found(write_trial: WriteTrial, **changes: object) -> set[str]:
    return codes_of(read_trial(write_trial(**changes)))


def test_a_school_without_an_outcome_and_without_a_reason_is_a_warning(write_trial: WriteTrial) -> None:
    assert found(write_trial, drop=NO_FOLLOW_UP) == {"outcome_missing_without_reason"}


def test_a_school_without_an_outcome_with_its_reason_is_a_note(write_trial: WriteTrial) -> None:
    told = {"School 00": {"why_not_analysed": "did not answer"}}
    trial = read_trial(write_trial(drop=NO_FOLLOW_UP, schools=told))
    (finding,) = [one for one in trial.findings if one.code == "outcome_missing"]
    assert finding.severity == "note"
    assert "did not answer" in finding.what
    assert "School 00" in finding.what


def test_what_is_missing_of_several_outcomes_is_told_once(write_trial: WriteTrial) -> None:
    drawn = DrawnTrial(authorities=2, each=4, outcomes=("s47", "s17"))
    trial = read_trial(write_trial(drawn, drop=NO_FOLLOW_UP))
    (finding,) = [one for one in trial.findings if one.code == "outcome_missing_without_reason"]
    assert finding.what.startswith("s47, s17: 1 randomised school is not analysed")
    assert finding.outcome == ""


def test_a_school_that_closed_has_that_for_its_reason(write_trial: WriteTrial) -> None:
    closed = '[[change]]\nschool = "School 00"\nkind = "closed"\nreason = "too few pupils"'
    trial = read_trial(write_trial(drop=NO_FOLLOW_UP, add=closed))
    (finding,) = [one for one in trial.findings if one.code == "outcome_missing"]
    assert "closed: too few pupils" in finding.what
    assert "school_changed" in codes_of(trial)


def test_terms_that_are_missing_in_part_are_a_warning(write_trial: WriteTrial) -> None:
    assert found(write_trial, drop=NO_FOLLOW_UP[:1]) == {"follow_up_partly_missing"}


def test_a_baseline_that_is_missing_is_filled_in_and_told(write_trial: WriteTrial) -> None:
    assert found(write_trial, drop=NO_BASELINE) == {"covariate_filled_in"}


def test_a_baseline_that_hardly_anybody_has_is_left_out_and_told(write_trial: WriteTrial) -> None:
    names = DrawnTrial(authorities=2, each=4).names()[:5]
    dropped = tuple((name, term) for name in names for term in BASELINE)
    assert found(write_trial, drop=dropped) == {"covariate_left_out"}


def test_an_arm_in_the_heading_that_was_not_drawn_is_a_warning(write_trial: WriteTrial) -> None:
    folder = write_trial()
    lines = (folder / "school_terms.csv").read_text().splitlines()
    cells = lines[1].split(",")
    lines[1] = ",".join([*cells[:2], "control" if cells[2] == "intervention" else "intervention", *cells[3:]])
    (folder / "school_terms.csv").write_text("\n".join(lines) + "\n")
    trial = read_trial(folder)
    (finding,) = [one for one in trial.findings if one.code == "arm_contradicts"]
    assert (finding.rows, finding.column, finding.school) == ((2,), "arm", "School 00")


def test_more_events_than_pupils_is_a_warning(write_trial: WriteTrial) -> None:
    folder = write_trial()
    lines = (folder / "school_terms.csv").read_text().splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:4], "99999", lines[1].split(",")[5]])
    (folder / "school_terms.csv").write_text("\n".join(lines) + "\n")
    assert codes_of(read_trial(folder)) == {"more_events_than_pupils"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('launched = "2020-09"', 'launched = "2020-03"', "baseline_after_launch"),
        ('launched = "2020-09"', 'launched = "2020-11"', "follow_up_before_launch"),
        ("baseline = ['autumn 2019', ", "baseline = [", "term_not_used"),
        ('"autumn 2019" = "2019-09"\n', "", "launch_not_checked"),
        ("baseline = ['autumn 2019', 'spring 2020', 'summer 2020']\n", "", "no_baseline"),
    ],
)
def test_terms_are_held_against_the_launch(write_trial: WriteTrial, old: str, new: str, code: str) -> None:
    folder = write_trial()
    replace_in(folder, "trial.toml", old, new)
    assert code in codes_of(read_trial(folder))


def test_schools_that_did_not_do_what_they_were_drawn_for_are_told(write_trial: WriteTrial) -> None:
    assert found(write_trial, schools={"every": {"received": "no"}}) == {"did_not_receive"}
    assert found(write_trial, schools={"every": {"received": "yes"}}) == {"crossed_over"}
    assert found(write_trial, schools={"every": {"received": ""}}) == {"received_not_known"}


def test_an_authority_of_one_arm_is_a_warning(write_trial: WriteTrial) -> None:
    drawn = DrawnTrial(authorities=2, each=4, certificate=False)
    folder = write_trial(drawn)
    text = (folder / "trial_schools.csv").read_text()
    lines = [
        line.replace("Authority A,secondary,comparison", "Authority A,secondary,intervention")
        for line in text.splitlines()
    ]
    (folder / "trial_schools.csv").write_text("\n".join(lines) + "\n")
    assert {"authority_with_one_arm", "arm_contradicts"} < codes_of(read_trial(folder))


def test_a_file_of_another_name_is_not_read_and_told(write_trial: WriteTrial) -> None:
    folder = write_trial()
    (folder / "trial_school.csv").write_text("school\n")
    (finding,) = [one for one in read_trial(folder).findings if one.code == "file_not_read"]
    assert "trial_schools.csv" in finding.what_to_do
