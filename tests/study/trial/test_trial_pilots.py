"""The pilots that a trial names: read from their own folders, and held against the trial or the published one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swis.errors import ProtocolError
from swis.study.lesson import NATIONAL_ROLL_OUT, PUBLISHED_TRIAL
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.evaluation import TrialEvaluation
from swis.study.trial.read import read_trial
from tests.study.trial.drawn import DrawnTrial
from tests.study.trial.test_trial_money import HEADING, cost_rows

STUDIES = Path(__file__).parents[3] / "studies"
NAMES = ("southampton", "stockport", "lambeth")
LITERATURE = """
[[literature]]
what = "The published trial"
outcome = "{code}"
rate_ratio = "1.055"
ci_low = "0.955"
ci_high = "1.166"
schools = 268
source = "Somebody 2025"
"""


def pilots(folder: Path, *, names: tuple[str, ...] = NAMES, trial: str = "this") -> str:
    ways = [Path(os.path.relpath(STUDIES / name, folder)).as_posix() for name in names]
    return f'[pilots]\nfolders = {ways!r}\ntrial = "{trial}"\n'


def evaluated(folder: Path, add: str, drawn: DrawnTrial | None = None) -> TrialEvaluation:
    return evaluate_trial(read_trial((drawn or DrawnTrial()).write(folder, add=add)))


def test_pilots_are_held_against_this_trial_as_others_would_quote_it(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    found = evaluated(folder, pilots(folder))
    assert found.lesson is not None
    own = found.primary.estimate
    assert own is not None
    told = found.lesson.trial
    assert (told.ratio, told.low, told.high, told.schools, told.authorities) == (own.ratio, own.low, own.high, 24, 4)
    assert found.lesson.roll_out == NATIONAL_ROLL_OUT
    assert [line.authority for line in found.lesson.pilots] == ["Southampton", "Stockport", "Lambeth"]


def test_pilots_are_held_against_the_published_trial_where_it_is_quoted_and_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    found = evaluated(folder, pilots(folder, trial="published") + LITERATURE.format(code="s47"))
    assert found.lesson is not None
    assert found.lesson.trial == PUBLISHED_TRIAL


def test_the_decision_is_that_of_the_folder_where_its_costs_were_weighed(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    money = "[money]\nprice_year = 2019\nschools_affected = 40\nhorizon_years = 2\nworths = [500, 7000]\n"
    DrawnTrial().write(folder, add=money + pilots(folder))
    (folder / "school_costs.csv").write_text("\n".join([HEADING, *cost_rows(folder)]) + "\n", encoding="utf-8")
    found = evaluate_trial(read_trial(folder))
    assert found.lesson is not None
    assert found.money is not None
    assert found.money.weighed is not None
    roll_out = found.lesson.roll_out
    assert (roll_out.schools, roll_out.years, roll_out.value) == (40, 2, 7000)
    assert roll_out.cost == pytest.approx(found.money.weighed.difference.cost)
    without = [each.school for each in found.trial.schools if each.arm == "comparison"]
    after = found.trial.protocol.terms.follow_up
    counted = sum(cell.count for cell in found.trial.cells if cell.school in without and cell.term in after)
    assert roll_out.enquiries == pytest.approx(counted / len(without))


def test_pilots_without_the_primary_outcome_leave_no_lesson_and_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    found = evaluated(folder, pilots(folder), DrawnTrial(outcomes=("exclusions",)))
    assert found.lesson is None
    assert "costs by school" in found.lesson_not
    assert found.primary.estimate is not None


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('[pilots]\nfolders = ["../nowhere", "../neither"]\n', r"\.\./nowhere cannot be read as a study"),
        ('[pilots]\nfolders = ["/studies/a", "../b"]\n', "no way from this folder"),
        ('[pilots]\nfolders = ["C:/a", "../b"]\n', "no way from this folder"),
        ('[pilots]\nfolders = ["../a"]\n', "names 1 folders"),
        ('[pilots]\nfolders = ["../a", "../a"]\n', "is there 2 times"),
        ("[pilots]\n", "has no folders"),
        ('[pilots]\nfolders = ["a\\u0000b", "../b"]\n', "cannot be read as a study"),
        (f'[pilots]\nfolders = ["{"a" * 5000}", "../b"]\n', "no name of a folder"),
        ("[pilots]\nfolders = [1, 2]\n", "not a list of texts"),
        ("pilots = 3\n", "pilots"),
        ('[pilots]\nfolders = ["../a", "../b"]\ntrial = "published"\n', "no .*quotes it"),
    ],
)
def test_pilots_that_cannot_be_are_refused(tmp_path: Path, section: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=said) as refused:
        read_trial(DrawnTrial().write(tmp_path / "t", add=section))
    assert str(refused.value).count("trial.toml") >= 1


def test_every_pilot_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    section = '[pilots]\nfolders = ["../nowhere", "../neither"]\n'
    with pytest.raises(ProtocolError) as refused:
        read_trial(DrawnTrial().write(tmp_path / "t", add=section))
    assert "nowhere" in str(refused.value)
    assert "neither" in str(refused.value)
