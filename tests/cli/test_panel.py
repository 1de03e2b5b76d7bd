"""`swis panel`, as a person types it."""

from __future__ import annotations

import os
import re
import signal
import stat
from pathlib import Path

import polars as pl
import pytest

from swis.cli.panel_returns import _stop_cleanly
from swis.synthetic.authority import synthesise_authority
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import write_returns
from tests.cli.conftest import RunCommand

UPN = re.compile(r"\b[A-Z]\d{12}\b")


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("returns")
    write_returns(synthesise_authority(Settings(schools=5, years=2, pupils=120), seed=5), folder)
    return folder / "returns"


def list_children(returns: Path) -> set[str]:
    """Every identifier of a child that the returns hold: their own numbers and the unique pupil numbers."""
    names: set[str] = set()
    for path in returns.rglob("*"):
        if path.suffix in (".xml", ".csv") and "truth" not in path.parts:
            text = path.read_text(encoding="cp1252")
            names |= set(UPN.findall(text)) | set(re.findall(r"<LAchildID>(.+?)</LAchildID>", text))
    for path in returns.rglob("header.csv"):
        names |= set(pl.read_csv(path, infer_schema=False)["CHILD"])
    return names


def test_a_panel_is_written_with_its_quality_page_and_no_child_in_any_file(
    run_swis: RunCommand, returns: Path, tmp_path: Path
) -> None:
    done = run_swis("panel", returns, "--authority", "Fictown", "--into", tmp_path / "panel", "--publish", "dfe")
    assert done.returncode == 0, done.stderr
    assert "5 schools, 6 terms" in done.stdout
    written = {
        path.relative_to(tmp_path / "panel").as_posix() for path in (tmp_path / "panel").rglob("*") if path.is_file()
    }
    assert {
        "panel.csv",
        "schools.csv",
        "quality.html",
        "panel.toml",
        "not_placed.csv",
        "published/releases.json",
    } <= written
    children = list_children(returns)
    assert len(children) > 500
    for path in (tmp_path / "panel").rglob("*"):
        if path.is_file():
            words = set(re.findall(r"[\w-]+", path.read_text(encoding="utf-8")))
            assert not words & children, path.name
    assert not set(re.findall(r"[\w-]+", done.stdout + done.stderr)) & children


def test_the_same_returns_give_the_same_bytes_whatever_the_hash_seed(
    run_swis: RunCommand, returns: Path, tmp_path: Path
) -> None:
    for seed in ("1", "2"):
        typed = ("panel", returns, "--authority", "Fictown", "--into", tmp_path / seed, "--quiet")
        done = run_swis(*typed, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stdout) == (0, "")
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--authority", "F", "--publish", "dfee"), 3, "There is no policy 'dfee'"),
        (("--authority", "F", "--engine", "duck"), 2, "There is no engine 'duck'"),
        (("--authority", "F", "--holidays", "never"), 3, "There is no rule 'never' for holidays"),
        (("--authority", " "), 3, "The panel has no authority"),
        (("--authority", ";"), 3, "The panel has no authority"),
        (("--authority", "A;B"), 2, "--authority names several. Build a panel for each"),
        (("--authority", "F", "--staging", "s"), 2, "--staging: not an option of the engine duckdb"),
        (
            ("--authority", "F", "--engine", "spark", "--memory", "1GB"),
            2,
            "--memory: not an option of the engine spark",
        ),
        (("--authority", "F", "--first-term", "autum 2017"), 3, "'autum 2017' is no term"),
        (("--authority", "F", "--first-term", "autumn 1917"), 3, "No calendar has the term 'autumn 1917'"),
        (("--authority", "F", "--first-term", "spring 2018", "--last-term", "autumn 2017"), 3, "Change the two"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    run_swis: RunCommand, returns: Path, tmp_path: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    done = run_swis("panel", returns, *options, "--into", tmp_path / "panel")
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.returncode == code
    assert not (tmp_path / "panel").exists()


def test_what_is_written_is_closed_to_others_and_another_authority_is_not_written_over(
    run_swis: RunCommand, returns: Path, tmp_path: Path
) -> None:
    panel = tmp_path / "panel"
    assert run_swis("panel", returns, "--authority", "Fictown", "--into", panel, "-q").returncode == 0
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (panel, *panel.iterdir())}
    assert modes.pop("panel") == 0o700
    assert set(modes.values()) == {0o600}, modes
    before = (panel / "panel.csv").read_bytes()
    done = run_swis("panel", returns, "--authority", "Elsewhere", "--into", panel)
    assert done.returncode == 6
    words = " ".join(done.stderr.split())
    assert "holds the panel of Fictown, which that of Elsewhere would be written over" in words
    assert (panel / "panel.csv").read_bytes() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_puts_away_what_is_staged_and_gives_the_signals_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    put_away = []
    with pytest.raises(SystemExit) as caught, _stop_cleanly():
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        finally:
            put_away.append("staged")
    assert caught.value.code == 128 + number
    assert put_away == ["staged"]
    assert signal.getsignal(number) == before


def test_what_fails_while_things_are_put_away_is_not_taken_for_the_end() -> None:
    with pytest.raises(SystemExit) as caught, _stop_cleanly():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            raise ConnectionRefusedError("Spark is gone")
    assert caught.value.code == 128 + signal.SIGTERM
    with pytest.raises(ConnectionRefusedError), _stop_cleanly():
        raise ConnectionRefusedError("Spark was never there")


def test_a_folder_without_returns_says_what_is_looked_for(run_swis: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleague\n", encoding="utf-8")
    done = run_swis("panel", tmp_path / "letter.txt", "--authority", "F", "--into", tmp_path / "panel")
    assert done.returncode == 3
    assert "Looked for: the children in need census" in " ".join(done.stderr.split())


def test_a_census_alone_gives_no_panel_and_says_why(run_swis: RunCommand, returns: Path, tmp_path: Path) -> None:
    census = next(returns.glob("cin_census_*.xml"))
    done = run_swis("panel", census, "--authority", "F", "--into", tmp_path / "panel")
    assert done.returncode == 3
    assert "no school-term to count in" in " ".join(done.stderr.split())
