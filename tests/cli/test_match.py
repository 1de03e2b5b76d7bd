"""`swis match`, as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import RunCommand
from tests.design.folders import write_folder


def test_it_writes_three_files_and_prints_the_answer(run_swis: RunCommand, tmp_path: Path) -> None:
    done = run_swis("match", write_folder(tmp_path), "--outcome", "s47", "--draws", 99)
    assert done.returncode == 0, done.stderr
    assert "s47: these schools cannot be matched on trends." in done.stdout
    assert "Terms, in this order: Autumn 2016, Autumn 2017, Autumn 2018" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        "candidate_schools.csv",
        "year_group_terms.csv",
        "matches.csv",
        "pair_scores.csv",
        "matching.html",
    }
    assert "hazel" not in (tmp_path / "matches.csv").read_text(encoding="utf-8").lower()


def test_the_same_folder_gives_the_same_bytes_whatever_the_hash_seed(run_swis: RunCommand, tmp_path: Path) -> None:
    write_folder(tmp_path)
    written = []
    for seed in ("1", "2"):
        out = tmp_path / f"out{seed}"
        done = run_swis("match", tmp_path, "--out", out, "--by", "level", "--draws", 99, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        written.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    assert written[0] == written[1]


def test_every_outcome_is_matched_unless_one_is_named(run_swis: RunCommand, tmp_path: Path) -> None:
    write_folder(tmp_path, outcomes=("s17", "s47"))
    assert run_swis("match", tmp_path, "--draws", 19, "--quiet").stdout == ""
    again = run_swis("match", tmp_path, "--outcome", "s47", "--draws", 19)
    assert again.returncode == 6
    assert "holds matches of s17, which would be lost" in again.stderr


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--outcome", "s74"), 3, "no outcome 's74'; it has: s47. Did you mean s47?"),
        (("--terms", "Autumn 2016"), 5, "a trend needs two terms before the start; there is 1"),
        (("--terms", " , "), 3, "--terms names no term"),
        (("--by", "trend"), 5, "There is no way 'trend' of matching"),
        (("--unit", "class", "--replacement", "none"), 5, "the unit is school or cluster; replacement is one of"),
        (("--standardise", "sd"), 5, "There is no scale 'sd'"),
        (("--unit-of-count", "s47=none"), 3, "has no number above 0"),
        (("--unit-of-count", "s17=122"), 3, "no outcome 's17'"),
        (("--minimum-share", "2"), 5, "above 0 and at most 1"),
        (("--by", "level", "--distance", "cosine"), 5, "There is no distance 'cosine'"),
        (("--by", "synthetic"), 5, "needs 6 terms before the start, not 3"),
        (("--k", "0"), 2, "'--k'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run_swis: RunCommand, tmp_path: Path, options: tuple[str, ...], code: int, says: str
) -> None:
    done = run_swis("match", write_folder(tmp_path), *options, COLUMNS="200")
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "matches.csv").exists()


def test_a_folder_that_is_not_there_is_named(run_swis: RunCommand, tmp_path: Path) -> None:
    done = run_swis("match", tmp_path / "nowhere")
    assert done.returncode == 3
    assert "candidate_schools.csv: is not there" in done.stderr


def test_a_file_in_the_way_of_the_output_is_named(run_swis: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = run_swis("match", write_folder(tmp_path), "--out", tmp_path / "taken")
    assert done.returncode == 6
    assert "cannot be made a folder" in done.stderr


def test_despite_and_units_are_taken(run_swis: RunCommand, tmp_path: Path) -> None:
    options = ("--despite", "--unit-of-count", "s47=2", "--unit", "cluster", "--k", "1", "--replacement", "greedy")
    done = run_swis("match", write_folder(tmp_path), *options, "--draws", 19)
    assert done.returncode == 0, done.stderr
    assert ",yes," in (tmp_path / "matches.csv").read_text(encoding="utf-8")


def test_days_without_a_unit_are_refused_and_nothing_is_written(run_swis: RunCommand, tmp_path: Path) -> None:
    write_folder(tmp_path, outcomes=("s47", "days_in_care"))
    done = run_swis("match", tmp_path, "--draws", 19)
    assert done.returncode == 3
    assert "--unit-of-count days_in_care=122" in done.stderr
    assert not (tmp_path / "matches.csv").exists()
    assert run_swis("match", tmp_path, "--draws", 19, "--unit-of-count", "days_in_care=122").returncode == 0


def test_weights_are_said_not_to_reach_the_study(run_swis: RunCommand, tmp_path: Path) -> None:
    write_folder(tmp_path, terms=tuple(f"Autumn {year}" for year in range(2012, 2018)))
    done = run_swis("match", tmp_path, "--by", "synthetic", "--draws", 19)
    assert done.returncode == 0, done.stderr
    assert "A study takes these schools, each as one, and not the weights." in " ".join(done.stdout.split())
