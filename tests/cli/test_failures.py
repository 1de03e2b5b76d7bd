"""Every way of going wrong: what is said, and the exit code. In this process, because nothing here depends on another."""

from __future__ import annotations

from pathlib import Path

import pytest

from swis.cli.entry import run
from swis.errors import NotEstimable
from tests.study.conftest import DrawStudy


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = answer(capsys, "evaluate", tmp_path / "nowhere")
    assert (code, out) == (3, "")
    assert "There is no folder" in err


def test_every_broken_folder_is_told_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = answer(capsys, "evaluate", tmp_path / "one", tmp_path / "two")
    assert code == 3
    assert f"{tmp_path / 'one'} cannot be used" in err
    assert f"{tmp_path / 'two'} cannot be used" in err


def test_toml_that_cannot_be_read(capsys: pytest.CaptureFixture[str], draw_study: DrawStudy) -> None:
    code, _, err = answer(capsys, "check", draw_study(protocol={'title = "A drawn study"': "title = "}))
    assert code == 3
    assert "study.toml" in err


def test_a_count_that_is_not_one_names_file_column_and_row(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy
) -> None:
    study = draw_study(terms={"Autumn 2017,4,200": "Autumn 2017,-1,200"})
    code, _, err = answer(capsys, "evaluate", study, "--formats", "none")
    assert code == 3
    assert "school_terms.csv, column count" in err
    assert "row 2" in err


@pytest.mark.parametrize("below", ["", "further/down"])
def test_an_output_folder_that_is_a_file_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy, tmp_path: Path, below: str
) -> None:
    (tmp_path / "taken").write_text("mine")
    code, out, err = answer(capsys, "evaluate", draw_study(), "--out", tmp_path / "taken" / below)
    assert (code, out) == (6, "")
    assert "--out" in err
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize("formats", ["xls", "html,none", "", ","])
def test_a_format_that_is_not_known_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy, tmp_path: Path, formats: str
) -> None:
    code, _, err = answer(capsys, "evaluate", draw_study(), "--formats", formats, "--out", tmp_path / "new")
    assert code == 6
    assert "html" in err
    assert not (tmp_path / "new").exists()


def test_a_lock_is_not_overwritten(capsys: pytest.CaptureFixture[str], draw_study: DrawStudy) -> None:
    study = draw_study()
    assert answer(capsys, "lock", study, "--on", "2019-03-01")[0] == 0
    code, _, err = answer(capsys, "lock", study)
    assert code == 4
    assert "locked" in err


def test_nothing_to_estimate_is_its_own_code(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object, **__: object) -> None:
        raise NotEstimable("s47: no events.")

    monkeypatch.setattr("swis.study.calibration.calibrate", cannot)
    code, _, err = answer(capsys, "calibrate", draw_study())
    assert code == 5
    assert "no outcome has enough events" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate"],
        ["evaluate", "x", "--ot", "y"],
        ["lock", "x", "--on", "2019-13-01"],
        ["calibrate", "x", "--share", "0"],
        ["calibrate", "x", "--share", "1.5"],
        ["evalute", "x"],
        [],
    ],
)
def test_a_mistyped_command_ends_with_2_and_says_how(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = answer(capsys, *arguments)
    assert code == 2
    assert "Usage: swis" in out + err


def test_the_unforeseen_names_version_and_place_but_no_value(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("Elm has 4")

    monkeypatch.setattr("swis.cli.evaluate.evaluate", fail)
    code, out, err = answer(capsys, "evaluate", draw_study(), "--formats", "none")
    assert (code, out) == (70, "")
    assert "KeyError in test_failures.py" in err
    assert "SWIS_TRACEBACK=1" in err
    assert "Elm" not in err


def test_the_traceback_is_there_for_who_asks(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWIS_TRACEBACK", "1")
    assert run(["check", str(tmp_path), "--strict"]) == 3
    assert run(["evaluate", str(tmp_path)]) == 3
    assert "Traceback" in capsys.readouterr().err
