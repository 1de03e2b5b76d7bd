"""Schools that closed, merged, took a new number or were replaced keep the arm that was drawn, and every pupil counts once."""

from __future__ import annotations

from pathlib import Path

import pytest

from swis.design.allocation.plan import AllocationOptions
from swis.errors import ProtocolError, StudyError, TableError
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.outcome_data import gather_outcome
from swis.study.trial.read import read_trial
from swis.study.trial.trial import Trial
from tests.study.trial.conftest import WriteTrial
from tests.study.trial.drawn import FOLLOW_UP, DrawnTrial, replace_in


def table_of(trial: Trial):  # type: ignore[no-untyped-def]
    table = gather_outcome(trial, trial.protocol.outcomes[0]).table
    assert table is not None
    return table


def arms_of(folder: Path) -> dict[str, str]:
    return {each.school: each.arm for each in read_trial(folder).schools}


def pair(arms: dict[str, str], *, same_arm: bool) -> tuple[str, str]:
    """Two schools of the first authority."""
    names = list(arms)[:4]
    return next(
        (one, other) for one in names for other in names if one < other and (arms[one] == arms[other]) is same_arm
    )


def change(school: str, kind: str, into: str = "", keeps: str = "") -> str:
    lines = ["[[change]]", f'school = "{school}"', f'kind = "{kind}"', 'reason = "drawn"']
    lines += [f'into = "{into}"'] if into else []
    lines += [f'merged_arm_is_that_of = "{keeps}"'] if keeps else []
    return "\n".join(lines) + "\n"


def rename(folder: Path, school: str, label: str, terms: tuple[str, ...]) -> None:
    lines = (folder / "school_terms.csv").read_text().splitlines()
    lines = [
        line.replace(f",{school},", f",{label},") if any(f",{term}," in line for term in terms) else line
        for line in lines
    ]
    (folder / "school_terms.csv").write_text("\n".join(lines) + "\n")


def test_a_new_number_counts_for_the_school_that_was_drawn(write_trial: WriteTrial) -> None:
    before = table_of(read_trial(write_trial()))
    folder = write_trial(add=change("School 01", "new_urn", "Academy 01"))
    rename(folder, "School 01", "Academy 01", FOLLOW_UP[1:])
    after = table_of(read_trial(folder))
    assert after.schools == before.schools
    assert after.count.tolist() == before.count.tolist()
    assert after.exposure.tolist() == before.exposure.tolist()


def test_an_old_and_a_new_number_in_one_term_are_refused(write_trial: WriteTrial) -> None:
    folder = write_trial(add=change("School 01", "new_urn", "Academy 01"))
    lines = (folder / "school_terms.csv").read_text().splitlines()
    extra = next(line for line in lines if ",School 01," in line).replace("School 01", "Academy 01")
    (folder / "school_terms.csv").write_text("\n".join([*lines, extra]) + "\n")
    with pytest.raises(TableError, match="is there as School 01 and Academy 01"):
        read_trial(folder)


def test_schools_of_one_arm_that_merge_are_one_row_with_all_pupils(write_trial: WriteTrial) -> None:
    before = table_of(read_trial(write_trial()))
    one, other = pair(arms_of(write_trial()), same_arm=True)
    trial = read_trial(write_trial(add=change(one, "merged", other)))
    after = table_of(trial)
    at = after.schools.index(other)
    both = [before.schools.index(name) for name in (one, other)]
    assert len(after.schools) == len(before.schools) - 1
    assert after.count[at] == before.count[both].sum()
    assert after.exposure[at] == pytest.approx(before.exposure[both].sum())
    assert after.pupils[at] == before.pupils[both].sum()
    share = (before.free_school_meals[both] @ before.pupils[both]) / before.pupils[both].sum()
    assert after.free_school_meals[at] == pytest.approx(share)
    assert [each.school for each in after.left_out] == [one]


def test_a_school_without_rows_since_it_merged_is_not_missing(write_trial: WriteTrial) -> None:
    one, other = pair(arms_of(write_trial()), same_arm=True)
    dropped = tuple((one, term) for term in FOLLOW_UP)
    result = evaluate_trial(read_trial(write_trial(add=change(one, "merged", other), drop=dropped)))
    assert result.primary.missing is None
    assert result.primary.table is not None
    assert len(result.primary.table.schools) == 7
    flow = result.flow
    assert flow.randomised.schools == 8
    assert sum(arm.analysed["s47"].schools for arm in (flow.intervention, flow.comparison)) == 7


def test_a_merger_across_arms_must_be_decided(write_trial: WriteTrial) -> None:
    one, other = pair(arms_of(write_trial()), same_arm=False)
    with pytest.raises(ProtocolError, match="drawn for different arms"):
        read_trial(write_trial(add=change(one, "merged", other)))
    trial = read_trial(write_trial(add=change(one, "merged", other, one)))
    table = table_of(trial)
    assert table.intervention[table.schools.index(one)] == (trial.school(one).arm == "intervention")
    with pytest.raises(ProtocolError, match="does not name one of them"):
        read_trial(write_trial(add=change(one, "merged", other, "School 07")))


def test_two_schools_that_became_a_new_one_are_one(write_trial: WriteTrial) -> None:
    one, other = pair(arms_of(write_trial()), same_arm=True)
    add = change(one, "merged", "New School") + change(other, "merged", "New School")
    folder = write_trial(add=add, drop=tuple((other, term) for term in FOLLOW_UP))
    rename(folder, one, "New School", FOLLOW_UP)
    trial = read_trial(folder)
    (unit,) = [each for each in trial.units.units if len(each.members) == 2]
    assert unit.name == one
    assert len(evaluate_trial(trial).primary.table.schools) == 7  # type: ignore[union-attr]


def test_a_reserve_that_stood_in_takes_the_place_in_the_draw(write_trial: WriteTrial) -> None:
    drawn = DrawnTrial(authorities=2, each=4, reserve=True)
    folder = write_trial(drawn)
    for file in ("trial_schools.csv", "school_terms.csv"):
        replace_in(folder, file, "School 02", "Reserve School")
    replace_in(folder, "trial_schools.csv", "received", "received,replaces")
    lines = (folder / "trial_schools.csv").read_text().splitlines()
    lines = [line + (",School 02" if "Reserve" in line else "," if number else "") for number, line in enumerate(lines)]
    (folder / "trial_schools.csv").write_text("\n".join(lines) + "\n")
    result = evaluate_trial(read_trial(folder))
    assert result.primary.randomisation is not None
    assert [one.schools for one in result.flow.replaced] == [("School 02",)]
    replace_in(folder, "trial_schools.csv", ",School 02", ",")
    with pytest.raises(StudyError, match="Reserve School was not drawn"):
        read_trial(folder)


@pytest.mark.parametrize("method", ["simple", "pairs", "constrained", "minimisation"])
def test_allocations_are_drawn_again_by_the_method_of_the_certificate(write_trial: WriteTrial, method: str) -> None:
    covariates = ("pupils", "free_school_meals_percent")
    drawn = DrawnTrial(authorities=2, each=6, method=AllocationOptions(method=method, covariates=covariates))  # type: ignore[arg-type]
    result = evaluate_trial(read_trial(write_trial(drawn)))
    assert method in result.redrawn
    assert result.primary.randomisation is not None
    assert result.primary.randomisation.redrawn == "by the method that drew the trial"
