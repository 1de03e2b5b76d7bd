"""A folder with random damage is run or refused: never a traceback, and never a number that JSON cannot hold."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from swis.cli.trial_as_json import trial_as_json
from swis.errors import SwisError
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.read import read_trial
from tests.study.trial.drawn import DrawnTrial

FILES = ("trial.toml", "trial_schools.csv", "school_terms.csv", "nominations.csv", "allocation.toml")
CELLS = ("", "0", "-1", "99999999", "x", "yes", "NaN", "1e9", "School 03")
VALUES = ("1", "0", "-3", "true", "'x'", "[]", "[1]", "['a']", "{}", "nan", "inf", "1e400", "2020-01-01", "0.0001")
MERGED = """
[analysis]
draws = 199
looks = [0.5, 1.0]
look = 1
[[change]]
school = "School 00"
kind = "merged"
into = "School 01"
reason = "drawn"
merged_arm_is_that_of = "School 01"
"""


def damage(path: Path, chance: random.Random) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    at = chance.randrange(len(lines))
    line, kind = lines[at], chance.randrange(5)
    if kind == 0:
        lines = [each for number, each in enumerate(lines) if number == 0 or chance.random() > 0.3]
    elif kind == 1:
        lines.insert(at, chance.choice(lines))
    elif kind == 2:
        cells = line.split(",")
        cells[chance.randrange(len(cells))] = chance.choice(CELLS)
        lines[at] = ",".join(cells)
    elif kind == 3:
        lines[at] = line[: len(line) // 2] + chance.choice("0\"'x=[]é\x00,") + line[len(line) // 2 + 1 :]
    else:
        lines[at] = f"{line.split('=')[0]} = {chance.choice(VALUES)}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_folder_is_run_or_refused(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    folder = DrawnTrial(authorities=2, each=4, outcomes=("s47", "s17")).write(tmp_path / "drawn", add=MERGED)
    damage(folder / chance.choice(FILES), chance)
    try:
        evaluation = evaluate_trial(read_trial(folder))
    except SwisError as error:
        assert str(error)
    else:
        assert json.dumps(trial_as_json(evaluation, {}), allow_nan=False)
