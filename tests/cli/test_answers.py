"""What the commands say when all is well."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from swis.cli import console
from swis.cli.as_json import FORMAT, PARTS
from swis.cli.console import say_seconds
from swis.cli.entry import run
from swis.errors import NotEstimable
from swis.study.lock import read_lock
from tests.study.conftest import DrawStudy
from tests.study.drawn_studies import write_study

STUDIES = Path(__file__).parents[2] / "studies"


def test_check_tells_each_finding_with_its_place(capsys: pytest.CaptureFixture[str], draw_study: DrawStudy) -> None:
    study = draw_study(terms={"Autumn 2017,4,200,2.00": "Autumn 2017,4,200,2.50"})
    assert run(["check", str(study)]) == 0
    out = capsys.readouterr().out
    assert "Warnings: they bear on a number (1)" in out
    assert "row 2" in out
    assert "Notes (1)" in out


def test_strict_turns_a_warning_into_an_exit_code(draw_study: DrawStudy) -> None:
    assert run(["check", str(draw_study()), "--strict"]) == 0
    study = draw_study(terms={"Autumn 2017,4,200,2.00": "Autumn 2017,4,200,2.50"})
    assert run(["check", str(study), "--strict"]) == 7


def test_check_goes_on_after_a_broken_study_and_ends_with_its_code(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy, tmp_path: Path
) -> None:
    assert run(["check", str(tmp_path / "nowhere"), str(draw_study()), "--strict"]) == 3
    out, err = capsys.readouterr()
    assert "can be used as it stands" in out
    assert "cannot be used as it stands" in err


def test_lock_writes_the_day_that_was_given(capsys: pytest.CaptureFixture[str], draw_study: DrawStudy) -> None:
    study = draw_study()
    assert run(["lock", str(study), "--on", "2019-03-01"]) == 0
    out = capsys.readouterr().out
    assert "2019-03-01" in out
    assert "were already there" in " ".join(out.split())
    assert read_lock((study / "study.lock.toml").read_bytes()).on == date(2019, 3, 1)


def test_lock_takes_today_without_a_day(draw_study: DrawStudy) -> None:
    study = draw_study()
    before = date.today()
    assert run(["lock", str(study)]) == 0
    assert before <= read_lock((study / "study.lock.toml").read_bytes()).on <= date.today()


def test_calibrate_writes_a_table_that_reads_back(capsys: pytest.CaptureFixture[str], draw_study: DrawStudy) -> None:
    study = draw_study()
    assert run(["calibrate", str(study), "--share", "0.001"]) == 0
    assert "a quick look, not for a report" in capsys.readouterr().out
    assert run(["check", str(study)]) == 0
    assert (study / "calibration.csv").read_text().startswith("outcome,method,scatter")


def test_quiet_says_nothing_and_writes_the_report(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy, tmp_path: Path
) -> None:
    assert run(["evaluate", str(draw_study()), "--out", str(tmp_path / "new"), "--formats", "html", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "new" / "report.html").exists()


def test_the_report_goes_to_a_folder_named_after_the_studies(
    draw_study: DrawStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = draw_study()
    monkeypatch.chdir(tmp_path)
    assert run(["evaluate", str(study), "--formats", "html", "-q"]) == 0
    assert (tmp_path / "out" / "drawn" / "report.html").exists()


def test_json_keeps_its_keys_where_nothing_can_be_estimated(
    capsys: pytest.CaptureFixture[str], draw_study: DrawStudy
) -> None:
    def keys(study: Path) -> set[str]:
        capsys.readouterr()
        assert run(["evaluate", str(study), "--formats", "none", "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert answer["format"] == FORMAT
        return set(answer["studies"][0]["analyses"][0])

    some = keys(draw_study())
    counts = {
        f"Autumn {year},{count},": f"Autumn {year},0," for year, count in [(2019, 3), (2019, 1), (2019, 4), (2019, 2)]
    }
    rates = {",1.43,": ",0.00,", "310,0.32": "310,0.00", ",2.35,": ",0.00,", ",0.77,": ",0.00,"}
    assert keys(draw_study(terms=counts | rates)) == some
    assert set(PARTS) <= some


def test_json_is_unrounded(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", str(STUDIES / "stockport"), "--formats", "none", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    published = answer["studies"][0]["analyses"][0]["published_method"]
    assert published["ratio"] == pytest.approx(0.47, abs=0.005)
    assert len(repr(published["ratio"])) > 12
    assert published["separated"] is False


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "0 seconds"), (1, "1 second"), (59.6, "1 minute 0 seconds"), (121, "2 minutes 1 second")],
)
def test_lengths_of_time_are_said_in_words(seconds: float, said: str) -> None:
    assert say_seconds(seconds) == said


@pytest.mark.parametrize(("patience", "shown"), [(0.0, True), (60.0, False)])
def test_progress_is_shown_in_a_terminal_once_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, patience: float, shown: bool
) -> None:
    screen = StringIO()
    monkeypatch.setattr(console, "errors", lambda: Console(file=screen, force_terminal=True, width=80))
    monkeypatch.setattr(console, "PATIENCE", patience)
    with console.progress() as tell:
        assert tell is not None
        tell("Nowhere: Section 47 enquiries", 0, 3)
        tell("Nowhere: Days in care", 1, 3)
    assert ("Days in care" in screen.getvalue()) == shown


def test_no_progress_is_shown_where_nobody_looks() -> None:
    with console.progress() as tell:
        assert tell is None


def test_bayes_without_its_extra_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swis.estimate.bayes.find_spec", lambda name: None)
    studies = [str(STUDIES / name) for name in ("stockport", "lambeth")]
    assert run(["evaluate", *studies, "--formats", "none", "--bayes"]) == NotEstimable.exit_code
    said = capsys.readouterr()
    assert said.out == ""
    assert "swis[bayes]" in said.err


def test_a_small_ratio_is_not_rounded_to_nothing(capsys: pytest.CaptureFixture[str], draw_study: DrawStudy) -> None:
    folder = draw_study(
        terms={"Elm_INT,intervention,Autumn 2017,4,200,2.00,100": "Elm_INT,intervention,Autumn 2017,40000,200,,"}
    )
    (folder / "published_estimates.csv").unlink(missing_ok=True)
    assert run(["evaluate", str(folder), "--formats", "none"]) == 0
    said = capsys.readouterr().out
    assert "Rate ratio" in said
    assert " 0.00 " not in said


def test_calibrate_names_the_outcome_that_it_cannot_simulate(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    some = np.array([[5, 6, 4], [7, 5, 6], [4, 6, 5], [8, 7, 9]])
    folder = write_study(tmp_path / "drawn", {"s47": some, "s17": np.zeros_like(some)}, treated=2)
    assert run(["calibrate", str(folder), "--share", "0.001"]) == 0
    assert "Not simulated, because their tables leave no scatter to draw by: Outcome s17." in capsys.readouterr().err
