"""`swis power`, as a person types it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from swis.cli.entry import run
from swis.report.power import say_schools
from swis.study.power import study_needs
from swis.study.read import read_study
from tests.cli.conftest import RunCommand
from tests.cli.test_documents import shown, without_trailing_space

ROOT = Path(__file__).parents[2]
RunHere = Callable[..., "Done"]
TRIAL = (
    "--rate", "15", "--per", "1000", "--k", "0.37", "--schools", "120", "--authorities", "6", "--pupils", "1000",
    "--years", "2", "--ratio", "0.8", "--trials", "500",
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What a command did, run in this process: a process for each would take minutes."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run_here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunHere:
    monkeypatch.setenv("COLUMNS", "300")

    def run_command(*arguments: object) -> Done:
        code = run([*map(str, arguments)])
        return Done(code, *capsys.readouterr())

    return run_command


def test_formula_and_simulation_stand_side_by_side(run_swis: RunCommand) -> None:
    done = run_swis("power", *TRIAL)
    assert done.returncode == 0, done.stderr
    assert "120 schools in 6 authorities, 60 with a social worker." in done.stdout
    (row,) = (line for line in done.stdout.splitlines() if line.startswith("Finds a rate ratio of 0.8"))
    formula, simulated = (float(word.rstrip("%")) for word in row.split() if word.endswith("%"))
    assert formula == pytest.approx(simulated, abs=6)
    assert "Claims an effect where there is none" in done.stdout


def test_the_same_command_prints_the_same_and_quiet_prints_nothing(run_swis: RunCommand) -> None:
    assert run_swis("power", *TRIAL).stdout == run_swis("power", *TRIAL, PYTHONHASHSEED="3").stdout
    assert run_swis("power", *TRIAL, "--quiet").stdout == ""


@pytest.mark.parametrize(
    ("find", "says"),
    [
        ("schools", "By formula 116 schools"),
        ("ratio", "By formula a rate ratio of 0.80"),
        ("years", "By formula 6 terms (2 years)"),
    ],
)
def test_what_is_looked_for_is_found_by_formula_and_simulated(run_here: RunHere, find: str, says: str) -> None:
    done = run_here("power", *TRIAL, "--find", find)
    assert done.returncode == 0, done.stderr
    assert says in done.stdout


def test_sizes_that_vary_are_the_reason_where_the_two_disagree(run_here: RunHere) -> None:
    done = run_here("power", *TRIAL, "--pupils-cv", "0.8", "--trials", "2000")
    assert "Formula and simulation disagree:" in done.stdout
    assert "Sizes of schools vary (coefficient of variation 0.80)" in done.stdout


def test_a_baseline_is_adjusted_for_where_there_is_one(run_here: RunHere) -> None:
    done = run_here("power", *TRIAL, "--baseline-years", "1", "--autocorrelation", "0.8")
    assert "Adjusted for the rate in 1 year before the start" in done.stdout
    assert "Planned analysis: as robust, adjusted for the rate before the start." in done.stdout


def test_a_pilot_says_what_it_would_have_needed_as_a_range(run_here: RunHere) -> None:
    study = ROOT / "studies" / "southampton"
    done = run_here("power", "--from", study, "--outcome", "s47", "--schools", "100", "--trials", "500")
    assert done.returncode == 0, done.stderr
    assert "Measured in 3 schools over 5 terms" in done.stdout
    assert "Left out: 2018-19 Term 3: begins at or after the launch in 2019-04." in done.stdout
    assert "What Southampton would have needed to find 0.8" in done.stdout
    assert "Take the range, not the number." in done.stdout
    assert "to more than 10,000)" in done.stdout


def test_a_table_alone_is_enough(run_here: RunHere) -> None:
    table = ROOT / "studies" / "stockport" / "school_terms.csv"
    done = run_here(
        "power", "--from", table, "--outcome", "s47", "--terms", "Autumn 2017,Autumn 2018", "--ratio", "0.7",
        "--schools", "60", "--trials", "200",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Measured in 12 schools over 2 terms" in done.stdout
    assert "would have needed" not in done.stdout


def test_a_surface_is_written_with_figures_that_are_told(run_here: RunHere, tmp_path: Path) -> None:
    page = tmp_path / "new" / "power.html"
    study = ROOT / "studies" / "stockport"
    done = run_here(
        "power", "--from", study, "--outcome", "s17", "--schools", "80", "--trials", "200", "--surface", page
    )
    assert done.returncode == 0, done.stderr
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") == 3
    assert "What Stockport would have needed" in html
    assert "school_terms.csv (SHA-256)" in html
    first = page.read_bytes()
    run_here("power", "--from", study, "--outcome", "s17", "--schools", "80", "--trials", "200", "--surface", page)
    assert page.read_bytes() == first


def test_a_trial_that_can_find_nothing_has_a_page_that_says_so(run_here: RunHere, tmp_path: Path) -> None:
    page = tmp_path / "power.html"
    tiny = ("--rate", "0.5", "--k", "1", "--schools", "4", "--pupils", "200", "--ratio", "0.5", "--trials", "200")
    done = run_here("power", *tiny, "--surface", page)
    assert done.returncode == 0, done.stderr
    assert "Not even an end of all events would be found with 80% power" in page.read_text(encoding="utf-8")
    assert "trials have no answer" in done.stdout


def without(*names: str) -> list[str]:
    pairs = zip(TRIAL[::2], TRIAL[1::2], strict=True)
    return [word for name, value in pairs if name not in names for word in (name, value)]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (without("--rate"), 2, "--rate is missing"),
        (without("--k"), 2, "--k is missing"),
        (without("--schools"), 2, "--schools is missing"),
        (without("--ratio"), 2, "--ratio is missing"),
        ([*TRIAL, "--rate", "0"], 5, "rate is a number above 0"),
        ([*TRIAL, "--rate", "nan"], 5, "rate is a number above 0"),
        ([*TRIAL, "--rate", "15000"], 5, "more than one event for every pupil"),
        ([*TRIAL, "--per", "0"], 2, "--per and --terms-a-year are above 0"),
        ([*TRIAL, "--k", "-1"], 5, "k is a number at least 0"),
        ([*TRIAL, "--schools", "2"], 5, "number of schools is a number at least 4"),
        ([*TRIAL, "--authorities", "61"], 5, "without a school in each arm"),
        ([*TRIAL, "--ratio", "0"], 5, "rate ratio is a number above 0"),
        ([*TRIAL, "--ratio", "1", "--find", "schools"], 5, "no effect"),
        ([*TRIAL, "--power", "1", "--find", "schools"], 5, "power is a number"),
        ([*TRIAL, "--share", "1"], 5, "share of schools"),
        ([*TRIAL, "--years", "0"], 5, "number of terms is a number above 0"),
        ([*TRIAL, "--find", "school"], 2, "Did you mean schools?"),
        ([*TRIAL, "--analysis", "gee"], 2, "--analysis is one of robust, randomisation, baseline"),
        ([*TRIAL, "--analysis", "baseline"], 5, "no terms before the start"),
        ([*TRIAL, "--scatter", "normal"], 2, "--scatter is one of gamma, lognormal"),
        ([*TRIAL, "--baseline-years", "1"], 5, "--autocorrelation, between 0 and 1"),
        ([*TRIAL, "--autocorrelation", "2"], 5, "autocorrelation is at most 1"),
        ([*TRIAL, "--outcome", "s47"], 2, "name it with --from"),
        ([*TRIAL, "--trials", "5"], 2, "--trials"),
        ([*TRIAL, "--trials", "10000000"], 5, "At most 1,000,000 trials"),
        ([*TRIAL, "--surface", "power.pdf"], 6, "ends in .html"),
        ([*TRIAL, "--from", "nowhere"], 3, "nowhere: is not there"),
        (["--from", "studies/lambeth"], 3, "several outcomes: s17, s47. Name one with --outcome"),
        (["--from", "studies/lambeth", "--outcome", "s74"], 3, "no outcome 's74'"),
        (["--from", "studies/lambeth", "--outcome", "s47", "--terms", "Autumn 2017"], 3, "Leave --terms out"),
        (["--from", "studies/lambeth/school_terms.csv", "--ratio", ".8"], 3, "several outcomes"),
        (
            ["--from", "studies/lambeth/school_terms.csv", "--outcome", "s47", "--terms", " , ", "--ratio", ".8"],
            3,
            "--terms names no term",
        ),
        (
            [
                "--from",
                "studies/lambeth/school_terms.csv",
                "--outcome",
                "s47",
                "--terms",
                "Autumn 2071",
                "--ratio",
                ".8",
            ],
            3,
            "There is no term 'Autumn 2071'",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run_here: RunHere, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(ROOT)
    done = run_here("power", *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_page_that_cannot_be_written_is_named(run_here: RunHere, tmp_path: Path) -> None:
    (tmp_path / "power.html").mkdir()
    done = run_here("power", *TRIAL, "--surface", tmp_path / "power.html")
    assert done.returncode == 6
    assert "cannot be written" in done.stderr


def test_the_how_to_shows_what_the_command_prints(run_swis: RunCommand) -> None:
    command = "swis power --rate 15 --k 0.37 --schools 268 --authorities 21 --years 2 --ratio 0.87"
    done = run_swis(*command.split()[1:])
    assert shown("docs/how-to/plan-the-size.md", command) == without_trailing_space(done.stdout)


def test_the_explanation_prints_what_each_pilot_would_have_needed() -> None:
    page = (ROOT / "docs/explanation/the-size-of-a-trial.md").read_text(encoding="utf-8")
    for name in ("southampton", "stockport", "lambeth"):
        study = read_study(ROOT / "studies" / name)
        for outcome in study.outcomes:
            needs = study_needs(study, outcome.code)
            low, middle, high = map(say_schools, needs.needed[0].schools)
            whole = needs.scatter.whole
            assert (
                f"| {needs.authority}, {outcome.name} | {needs.schools} | {whole.k:.2f}, {whole.low:.2f} to {whole.high:.2f} "
                f"| {middle} ({low} to {high}) |"
            ) in page
