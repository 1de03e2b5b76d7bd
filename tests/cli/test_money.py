"""`swis money` on a trial, on a study, and on folders that have none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from swis.study.trial.read import read_trial
from swis.study.trial.weigh_money import weigh_money
from tests.cli.conftest import RunCommand
from tests.study.trial.drawn import DrawnTrial
from tests.study.trial.test_trial_money import HEADING, MONEY, UNIT_COSTS, cost_rows

SOUTHAMPTON = Path(__file__).parents[2] / "studies" / "southampton"


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    return priced(tmp_path / "drawn", MONEY + "draws = 2000\nrollout = [5]\n")


def priced(folder: Path, money: str) -> Path:
    DrawnTrial().write(folder, add=money)
    (folder / "school_costs.csv").write_text("\n".join([HEADING, *cost_rows(folder)]) + "\n", encoding="utf-8")
    return folder


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_trial_tells_all_that_its_costs_can_tell(trial: Path, run_swis: RunCommand, tmp_path: Path) -> None:
    (trial / "unit_costs.csv").write_text(f"{UNIT_COSTS}\ns47,1000,500,2000,2019,authority,Made up for a test\n")
    done = run_swis("money", trial, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    told = flat(done.stdout)
    for said in (
        "Costs and Outcome s47 together, per school",
        "Cost per outcome averted (Outcome s47): ",
        "On the plane (2,000 draws)",
        "net benefit",
        "Perfect information at £20,000",
        "To pay for itself",
        "the programme pays for itself if it averts",
        "Costs and consequences per school and year, 2019 prices",
        "authority: pays",
        "Year 1: 5 schools",
        "Probability of being worth its money, by what one averted is worth: £20,000",
    ):
        assert said in told
    assert "What the money bought" in (tmp_path / "out" / "money.html").read_text(encoding="utf-8")


def test_the_same_folder_writes_the_same_bytes_whatever_the_hash_seed(
    trial: Path, run_swis: RunCommand, tmp_path: Path
) -> None:
    pages = []
    for seed in ("1", "2"):
        done = run_swis("money", trial, "--out", tmp_path / seed, "--quiet", PYTHONHASHSEED=seed)
        assert done.returncode == 0
        pages.append((tmp_path / seed / "money.html").read_bytes())
    assert pages[0] == pages[1]


def test_what_is_typed_stands_in_for_what_the_folder_says(trial: Path, run_swis: RunCommand) -> None:
    done = run_swis(
        "money", trial, "--worth", "7000", "--worth", "300", "--schools", "2,9", "--formats", "none", "--json"
    )
    found = json.loads(done.stdout)
    assert [each["worth"] for each in found["weighed"]["net_benefit"]] == [300, 7000]
    assert [each["schools"] for each in found["budget"]["years"]] == [2, 9]


def test_json_holds_the_numbers_unrounded(trial: Path, run_swis: RunCommand) -> None:
    found = json.loads(run_swis("money", trial, "--formats", "none", "--json").stdout)
    ours = weigh_money(read_trial(trial))
    assert ours.weighed is not None
    assert found["weighed"]["difference"]["cost"] == ours.weighed.difference.cost
    assert found["weighed"]["difference"]["effect"] == ours.weighed.difference.effect
    assert found["weighed"]["curve"]["probabilities"] == list(ours.weighed.curve.probabilities)
    assert found["break_even"] is None
    assert found["synthetic_costs"] is False
    assert found["findings"] == list(ours.findings)


def test_made_up_costs_are_called_so_first(tmp_path: Path, run_swis: RunCommand) -> None:
    folder = priced(tmp_path / "t", MONEY + "draws = 2000\nsynthetic = true\n")
    done = run_swis("money", folder, "--formats", "none")
    assert done.stdout.splitlines()[1].startswith("SYNTHETIC costs")


def test_a_study_says_what_must_be_averted_and_why_it_has_no_price(run_swis: RunCommand) -> None:
    told = flat(run_swis("money", SOUTHAMPTON, "--schools", "18", "--formats", "none").stdout)
    assert "8.44 if one of its outcomes is worth £10,000" in told
    assert "no cost of one averted is told, because no effect is supported" in told
    assert "Year 1: 18 schools, £253,164" in told


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (["--schools", "1.5"], "Write 20,40,80", 2),
        (["--schools", ""], "Write 20,40,80", 2),
        (["--worth", "-4"], "0 or more", 2),
        (["--worth", "nan"], "0 or more", 2),
        (["--formats", "txt"], "no format 'txt'", 6),
    ],
)
def test_what_cannot_be_asked_is_refused(
    trial: Path, run_swis: RunCommand, options: list[str], said: str, code: int
) -> None:
    done = run_swis("money", trial, *options)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_trial_without_costs_says_what_is_missing(tmp_path: Path, run_swis: RunCommand) -> None:
    done = run_swis("money", DrawnTrial().write(tmp_path / "t"), "--formats", "none")
    assert done.returncode == 5
    assert done.stderr.strip() == "Not given: trial.toml has no section [money]."


def test_a_folder_that_is_neither_is_refused(tmp_path: Path, run_swis: RunCommand) -> None:
    assert run_swis("money", tmp_path, "--formats", "none").returncode == 3
