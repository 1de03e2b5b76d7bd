"""`swis synthesise`, as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import RunCommand

SMALL = ("--schools", 6, "--years", 1, "--pupils", 30)


def test_it_writes_an_authority_and_says_that_nothing_in_it_is_real(run_swis: RunCommand, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run_swis("synthesise", out, *SMALL, "--rate-ratio", "section_47_enquiries=0.5", "--mess", COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert "nothing in it is about a real child" in done.stdout
    assert "3 schools have a social worker from spring 2018 on: section_47_enquiries x 0.5" in done.stdout
    assert f"files in {out}" in done.stdout
    assert (out / "mess.csv").is_file()
    assert {path.name for path in (out / "returns").glob("cin_census_*")} == {
        "cin_census_2018.xml",
        "cin_census_2019.xml",
    }
    again = run_swis("synthesise", out, *SMALL, "--quiet", "--xml")
    assert (again.returncode, again.stdout) == (0, "")
    assert not (out / "mess.csv").exists()
    assert (out / "returns" / "ssda903_2018.xml").is_file()


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--schools", "1"), 2, "schools is 1; it must lie between 2 and 30,000"),
        (("--rate-ratio", "section_47_enquiries"), 2, "has no number after the outcome"),
        (("--rate-ratio", "referrals=0.7", "--rate-ratio", "referrals=0.9"), 2, "names referrals more than once"),
        (("--rate-ratio", "section_47=0.7"), 2, "No ratio can be planted for 'section_47'"),
        (("--start", "winter"), 2, "cannot be the first term after"),
        (("--unit", "class"), 2, "unit is 'class'"),
        (("--chosen-by", "lot"), 2, "chosen_by is 'lot'"),
        (("--seed", "-1"), 2, "'--seed'"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(
    run_swis: RunCommand, tmp_path: Path, options: tuple[str, ...], code: int, says: str
) -> None:
    done = run_swis("synthesise", tmp_path / "out", *SMALL, *options, COLUMNS="200")
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_in_it_is_refused(run_swis: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = run_swis("synthesise", tmp_path, *SMALL, COLUMNS="200")
    assert done.returncode == 6
    assert "is not empty, and swis synthesise did not write what is in it" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
