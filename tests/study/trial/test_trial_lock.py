"""A trial's plan is locked before outcomes, and what changes afterwards is told."""

from __future__ import annotations

from datetime import date

import pytest

from swis.errors import LockError
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.plan import TRIAL_LOCK_FILE, lock_trial
from swis.study.trial.read import read_trial
from tests.study.trial.conftest import WriteTrial, codes_of
from tests.study.trial.drawn import FOLLOW_UP, DrawnTrial, replace_in

DAY = date(2020, 8, 1)


def test_a_plan_that_was_locked_before_outcomes_is_as_locked(write_trial: WriteTrial) -> None:
    folder = write_trial()
    counts = (folder / "school_terms.csv").read_text()
    (folder / "school_terms.csv").unlink()
    lock = lock_trial(folder, on=DAY)
    assert not lock.counts_after_start_were_there
    (folder / "school_terms.csv").write_text(counts)
    trial = read_trial(folder)
    assert trial.plan_status.state == "as locked"
    assert trial.plan_status.foresight
    assert codes_of(trial) == set()
    assert evaluate_trial(trial).primary.plan_state == "as locked"


def test_baseline_counts_alone_are_not_outcomes(write_trial: WriteTrial) -> None:
    folder = write_trial()
    lines = (folder / "school_terms.csv").read_text().splitlines()
    (folder / "school_terms.csv").write_text(
        "\n".join(line for line in lines if not any(term in line for term in FOLLOW_UP)) + "\n"
    )
    assert not lock_trial(folder, on=DAY).counts_after_start_were_there


def test_a_lock_after_outcomes_says_so(write_trial: WriteTrial) -> None:
    folder = write_trial()
    assert lock_trial(folder, on=DAY).counts_after_start_were_there
    assert "locked_after_outcomes" in codes_of(read_trial(folder))


@pytest.mark.parametrize(
    ("old", "new", "item"),
    [
        ("draws = 999", "draws = 1999", "analysis.draws"),
        ("draws = 999", 'draws = 999\nestimand = "school"', "analysis.estimand"),
        ("draws = 999", "draws = 999\nworthwhile_rate_ratio = 0.9", "analysis.worthwhile_rate_ratio"),
        ("draws = 999", 'draws = 999\n[[subgroup]]\nname = "P"\ncolumn = "phase"', "subgroup.P"),
        ('kind = "events"', 'kind = "days"', "outcome.s47"),
        ("baseline = ['autumn 2019', ", "baseline = [", "terms.baseline"),
    ],
)
def test_what_changed_since_the_lock_is_told(write_trial: WriteTrial, old: str, new: str, item: str) -> None:
    folder = write_trial()
    lock_trial(folder, on=DAY)
    replace_in(folder, "trial.toml", old, new)
    changes = read_trial(folder).plan_status.changes
    assert [change.item for change in changes] == [item]


def test_what_a_plan_cannot_know_changes_nothing(write_trial: WriteTrial) -> None:
    folder = write_trial()
    lock_trial(folder, on=DAY)
    with (folder / "trial.toml").open("a") as file:
        file.write('[[change]]\nschool = "School 00"\nkind = "closed"\nreason = "drawn"\n[tidier]\nwhy = "need"\n')
    assert read_trial(folder).plan_status.state == "as locked"


def test_a_second_lock_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    lock_trial(folder, on=DAY)
    with pytest.raises(LockError, match=r"trial\.lock\.toml is there already"):
        lock_trial(folder, on=DAY)


def test_a_day_to_come_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    with pytest.raises(LockError, match="yet to come"):
        lock_trial(folder, on=date(2999, 1, 1))
    assert not (folder / TRIAL_LOCK_FILE).exists()


def test_several_follow_ups_are_items_of_their_own(write_trial: WriteTrial) -> None:
    several = "\n".join(f'[[follow_up]]\nname = "{term}"\nterms = ["{term}"]' for term in FOLLOW_UP)
    lock = lock_trial(write_trial(DrawnTrial(), terms="", add=several), on=DAY)
    assert {f"follow_up.{term}" for term in FOLLOW_UP} <= set(lock.plan)
