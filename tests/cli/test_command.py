"""The real command, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.conftest import RunCommand
from tests.study.conftest import DrawStudy

HEAVY = {"polars", "altair", "typst", "docx", "scipy", "numpy", "vl_convert"}


def test_evaluate_says_every_verdict_and_where_the_report_lies(
    run_swis: RunCommand, draw_study: DrawStudy, tmp_path: Path
) -> None:
    done = run_swis("evaluate", draw_study(), "--out", tmp_path / "report", "--formats", "html")
    assert done.returncode == 0, done.stderr
    assert "Nowhere" in done.stdout
    assert "Section 47 enquiries" in done.stdout
    assert "Cannot tell: there were only 6" in done.stdout
    assert str(tmp_path / "report" / "report.html") in done.stdout
    assert done.stderr == ""  # no progress where nobody looks
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["report.html"]
    assert max(map(len, done.stdout.partition("\nThe full report")[0].splitlines())) <= 80


def test_json_is_one_object_and_nothing_else(run_swis: RunCommand, draw_study: DrawStudy) -> None:
    done = run_swis("evaluate", draw_study(), "--formats", "none", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    (analysis,) = answer["studies"][0]["analyses"]
    assert analysis["verdict"]["kind"] == "cannot tell"
    assert analysis["verdict"]["high"] == "Infinity"
    assert answer["report"] == {}
    assert done.stdout.isascii()


def test_a_narrow_terminal_gets_sentences_in_place_of_a_table(run_swis: RunCommand, draw_study: DrawStudy) -> None:
    done = run_swis("evaluate", draw_study(), "--formats", "none", COLUMNS="40")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 40
    assert "Rate ratio: 0.36, no limit either way. Cannot tell: there were" in " ".join(done.stdout.split())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_utf_8_is_answered_all_the_same(
    run_swis: RunCommand, draw_study: DrawStudy, encoding: str
) -> None:
    study = draw_study(protocol={'"Nowhere"': '"Ynys Môn → 東"'})
    done = subprocess.run(
        [sys.executable, "-m", "swis", "check", study],
        capture_output=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert b"Ynys M" in done.stdout


def test_help_does_not_load_what_only_the_commands_need() -> None:
    listing = (
        "import sys; from swis.cli.entry import run; run(['--help']); print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True, timeout=60)
    assert HEAVY.isdisjoint(done.stderr.split())


def test_importing_swis_loads_nothing_heavy_until_it_is_asked() -> None:
    listing = "import sys, swis; swis.poisson_did; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True, timeout=60)
    assert {
        "polars",
        "altair",
        "typst",
        "docx",
        "rich",
        "typer",
        "scipy.stats",
        "scipy.optimize",
        "scipy.signal",
    }.isdisjoint(done.stdout.split())


def test_a_reader_that_closes_the_pipe_is_no_error(draw_study: DrawStudy) -> None:
    command = f"{sys.executable} -m swis check {' '.join([str(draw_study())] * 40)} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("Nowhere")
    assert done.stderr == ""


def test_a_full_disk_is_told_in_a_sentence(draw_study: DrawStudy) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "swis", "check", draw_study()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 6
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_stops_with_one_word(draw_study: DrawStudy) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "swis", "calibrate", draw_study()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Simulating 1 outcome of Nowhere")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "Stopped.\n")


def test_the_version_is_that_of_the_package(run_swis: RunCommand) -> None:
    assert run_swis("--version").stdout == f"swis {version('swis')}\n"
