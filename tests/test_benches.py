"""Every bench at its smallest, so that a signature that has changed is seen, and that ours and the peers still agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from bench import __main__ as every
from bench import allocation, bootstrap, matching, money, permutation, poisson, power, report, small, trial_size
from bench.machine import version_of
from bench.measure import Measured
from bench.money_coverage import SCENES, SIZES, simulate
from bench.panels import Shape
from bench.result import OURS, Line, as_table
from bench.returns import KINDS, Kind
from bench.trial.jobs import JOBS, LOOP, Job, hold_against, time_job
from bench.trial.task import WORKS, draw_task
from bench.trial.worker import run_work

INSTALLED = ("statsmodels", LOOP)
"""Peers that the tests have; the others are of requirements-bench.lock alone."""


def once(call: Callable[[], object], *, budget: float) -> float:
    call()
    return 1.0


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Every call is made once, on the smallest sizes."""
    for module in (allocation, bootstrap, matching, money, permutation, power):
        monkeypatch.setattr(module, "fastest_seconds", once)
    monkeypatch.setattr(allocation, "DRAWS", (20,))
    monkeypatch.setattr(matching, "SCHOOLS", 6)
    monkeypatch.setattr(matching, "CANDIDATES", (30,))
    monkeypatch.setattr(money, "SCHOOLS", (16,))
    monkeypatch.setattr(bootstrap, "SHAPES", (Shape(14, 4),))
    monkeypatch.setattr(permutation, "SHAPE", Shape(12, 4))
    monkeypatch.setattr(permutation, "DRAWS", (50,))
    monkeypatch.setattr(power, "TRIALS", 50)
    return monkeypatch


@pytest.mark.parametrize("name", ["allocation", "bootstrap", "matching", "money", "permutation", "power"])
def test_a_bench_within_this_process_runs_and_its_tools_agree(name: str, hurried: pytest.MonkeyPatch) -> None:
    lines = list(every.JOBS[name](quick=True))
    assert all(line.seconds is not None for line in lines), as_table(lines)
    assert {line.tool for line in lines} & {OURS}


def test_the_estimator_gives_in_a_process_of_its_own_what_statsmodels_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poisson, "QUICK", ((Shape(8, 4), ("statsmodels",), 0.0), (Shape(6, 4, 2), (), 0.0)))
    lines = list(poisson.time_estimator(quick=True))
    assert [line.tool for line in lines if line.seconds] == [OURS, "statsmodels", OURS]


def test_one_did_from_a_csv_is_that_of_statsmodels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small, "PEERS", ("statsmodels",))
    monkeypatch.setattr(small, "several", lambda run, times: run())
    lines = [line for line in small.time_small(quick=True) if line.tool != "R"]
    assert [line.tool for line in lines if line.seconds] == [OURS, "statsmodels"]


def test_the_report_is_asked_for_as_the_command_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def remember(*arguments: str, **environment: str) -> Measured:
        asked.append(arguments)
        return Measured(1.0, 1.0, 1.0, "")

    monkeypatch.setattr(report, "run_python", remember)
    monkeypatch.setattr(report, "several", lambda run, times: run())
    assert len(list(report.time_report(quick=True))) == len(asked) == 3
    root = Path(__file__).parents[1]
    assert all((root / study / "study.toml").exists() for study in report.STUDIES)
    assert all(arguments[:3] == ("-m", "swis", "evaluate") for arguments in asked)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_reader_finds_the_same_rows(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / kind.file
    kind.draw(path, 40)
    counts = [getattr(import_module(f"bench.readers.of_{tool}"), kind.name)(path) for tool in (OURS, *kind.peers)]
    assert min(counts[0].values()) > 0
    assert all(count == counts[0] for count in counts)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")  # its negative binomial tries shapes below nought
@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_the_works_of_a_trial_are_those_of_their_peers(job: Job) -> None:
    number = min(12, job.sizes[0][1]) if job.work != "signs" else 600
    ours = run_work(OURS, job.work, schools=40, number=number, budget=0.0)
    for tool in (peer for peer in job.peers if peer in INSTALLED or version_of(peer) != "not installed"):
        if tool != "R":
            theirs = run_work(tool, job.work, schools=40, number=number, budget=0.0)
            assert ours.numbers.keys() & theirs.numbers.keys()
            hold_against(ours.numbers, theirs.numbers, job, theirs.fits)


def test_a_work_of_a_trial_is_a_line_for_each_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    job = replace(JOBS[0], peers=("statsmodels",))
    lines = list(time_job(job, 16, 10, budget=0.0))
    assert [(line.tool, line.cells) for line in lines] == [(OURS, 160), ("statsmodels", 160)]
    assert all(line.seconds and line.megabytes for line in lines)
    assert "us each" in lines[0].note


def test_numbers_that_differ_stop_the_bench() -> None:
    job = JOBS[0]
    hold_against({"log_ratio": [0.5]}, {"log_ratio": [0.5 + 1e-8], "another": [1.0]}, job, 1)
    hold_against({"p": [0.05]}, {"p": [0.07]}, job, 500)  # 0.01 is the Monte Carlo error
    with pytest.raises(SystemExit, match="not of the same thing"):
        hold_against({"log_ratio": [0.5]}, {"log_ratio": [0.5001]}, job, 1)
    with pytest.raises(SystemExit, match="not of the same thing"):
        hold_against({"p": [0.05]}, {"p": [0.15]}, job, 500)
    with pytest.raises(SystemExit, match="no work"):
        draw_task("refits", 16, 1)  # type: ignore[arg-type]


def test_every_work_has_a_job_and_every_tool_of_a_job_is_there() -> None:
    assert {job.work for job in JOBS} == set(WORKS)
    script = (Path(trial_size.__file__).parent / "trial" / "peers.R").read_text(encoding="utf-8")
    for job in JOBS:
        assert "R" not in job.peers or f"  {job.work} = function()" in script


@pytest.mark.parametrize("number", range(len(trial_size.ANALYSES)))
def test_the_size_of_every_analysis_can_be_simulated(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = trial_size.simulate
    monkeypatch.setattr(trial_size, "simulate", lambda schools, scene, ratio, draws: draw(schools, scene, ratio, 3))
    lines = trial_size.run((number, 16, 0, 1.0, 0.0))
    assert lines
    assert all(line.draws == 3 and line.usable > 0 for line in lines)


def test_the_coverage_of_intervals_of_money_can_be_simulated() -> None:
    held = simulate(SCENES[0], SIZES[16], trials=2)
    assert all(0 <= share <= 1 for share in held.values())
    assert len(held) > 4


def test_the_table_has_ratios_and_growth() -> None:
    def rows(lines: Iterable[Line]) -> np.ndarray:
        return np.array([[cell.strip() for cell in row.split("|")[1:-1]] for row in as_table(list(lines)).splitlines()])

    lines = [Line("job", "10", OURS, 0.5, cells=10), Line("job", "10", "peer", 2.0, cells=10)]
    table = rows(
        [*lines, Line("job", "100", OURS, 2.5, cells=100), Line("job", "100", "other", None, note="not installed")]
    )
    assert table[3, 4] == "4x"
    assert table[4, 5] == "5x for 10x the cells"
    assert table[5, 3] == "-"
