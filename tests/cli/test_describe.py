"""`swis describe`, as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import RunCommand
from tests.study.conftest import DrawStudy


def test_it_writes_one_page_and_says_how_many_are_hidden(
    run_swis: RunCommand, draw_study: DrawStudy, tmp_path: Path
) -> None:
    done = run_swis("describe", draw_study(), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "12 school-terms" in done.stdout
    assert "11 hidden" in " ".join(done.stdout.split())
    assert "No effect is estimated here" in done.stdout
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["description.html"]
    assert "[c] / 200" in (tmp_path / "out" / "description.html").read_text(encoding="utf-8")


def test_without_a_policy_it_warns_in_the_terminal_and_on_the_page(
    run_swis: RunCommand, draw_study: DrawStudy, tmp_path: Path
) -> None:
    done = run_swis(
        "describe", draw_study(), "--out", tmp_path / "out", "--policy", "none", "--formats", "html,docx,pdf"
    )
    assert done.returncode == 0, done.stderr
    assert "Keep what was written within the team" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "description.html",
        "description.docx",
        "description.pdf",
    }
    assert "Not to leave the team" in (tmp_path / "out" / "description.html").read_text(encoding="utf-8")


def test_quiet_prints_nothing(run_swis: RunCommand, draw_study: DrawStudy, tmp_path: Path) -> None:
    done = run_swis("describe", draw_study(), "--out", tmp_path / "out", "--outcome", "s47", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--outcome", "s74"), 3, "no outcome 's74'. It has: s47. Did you mean s47?"),
        (("--policy", "dff"), 3, "There is no policy 'dff'. Choose from: dfe, nhs, ons, none."),
        (("--formats", "xls"), 6, "There is no format 'xls'"),
        (("--formats", ","), 6, "names no format"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_and_nothing_is_written(
    run_swis: RunCommand, draw_study: DrawStudy, tmp_path: Path, options: tuple[str, ...], code: int, says: str
) -> None:
    done = run_swis("describe", draw_study(), *options, "--out", tmp_path / "out")
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_study_is_named(run_swis: RunCommand, tmp_path: Path) -> None:
    done = run_swis("describe", tmp_path / "nowhere")
    assert done.returncode == 3
    assert "There is no folder" in done.stderr


def test_a_file_in_the_way_is_named(run_swis: RunCommand, draw_study: DrawStudy, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    done = run_swis("describe", draw_study(), "--out", tmp_path / "taken")
    assert done.returncode == 6
    assert "cannot be made a folder" in done.stderr
