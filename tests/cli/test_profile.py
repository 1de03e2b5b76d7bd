"""`swis profile`, as a person types it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from swis.design.allocation.nominations import read_nominations
from swis.panel.folder import write_panel
from tests.cli.conftest import RunCommand
from tests.design.need_profile.drawn import draw_two_phases


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panels") / "lambeth"
    write_panel(draw_two_phases(), folder)
    return folder


def test_it_writes_one_page_and_says_what_will_fall(run_swis: RunCommand, panel: Path, tmp_path: Path) -> None:
    done = run_swis("profile", panel, "--out", tmp_path / "out", COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert "autumn 2019 to summer 2020; ordered by referrals." in done.stdout
    assert "Among the first 2 of 8" in done.stdout
    assert "are expected next, in as long a time and without any programme" in done.stdout
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["profile.html"]


def test_small_counts_are_hidden_unless_the_team_asks(run_swis: RunCommand, panel: Path, tmp_path: Path) -> None:
    for policy in ("dfe", "none"):
        done = run_swis("profile", panel, "--phase", "secondary", "--policy", policy, "--out", tmp_path / policy)
        assert done.returncode == 0, done.stderr
        assert ("Keep what was written within the team" in done.stdout) == (policy == "none")
    hidden, whole = ((tmp_path / name / "profile.html").read_text(encoding="utf-8") for name in ("dfe", "none"))
    assert "Small numbers are hidden" in hidden
    assert "[c]" in hidden
    assert "Not to leave the team" in whole
    assert "[c]" not in whole


def test_nominations_are_written_for_the_draw_by_the_counts_as_they_are(
    run_swis: RunCommand, panel: Path, tmp_path: Path
) -> None:
    beside = tmp_path / "figures.csv"
    beside.write_text("school,authority,phase,excluded\n100003,Lambeth,secondary,about to close\n")
    chosen = []
    for policy in ("dfe", "none"):
        into = tmp_path / policy / "nominations.csv"
        done = run_swis(
            "profile", panel, "--phase", "secondary", "--nominate", 4, "--reserves", 1, "--into", into,
            "--beside", beside, "--policy", policy, "--out", tmp_path / policy, "--weight", "section_47_enquiries=1"
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "4 nominated, 1 in reserve, 1 left out with a reason" in " ".join(done.stdout.split())
        chosen.append(into.read_bytes())
    assert chosen[0] == chosen[1]
    read = read_nominations(tmp_path / "none" / "nominations.csv")
    assert (len(read.drawn), len(read.reserves), len(read.excluded)) == (4, 1, 1)
    assert run_swis("allocate", tmp_path / "none" / "nominations.csv", "--seed", "rehearsal").returncode == 0


def test_the_guide_shows_what_is_printed(run_swis: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/profile-need.md").read_text(encoding="utf-8")
    table = re.search(r"```csv\n(.*?)```", page, re.DOTALL)
    shown = re.search(r"```console\n\$ (.*?)\n(.*?)```", page, re.DOTALL)
    assert table and shown
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures.csv").write_text(table[1])
    done = run_swis(*shown[1].split()[1:])
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown[2].splitlines()


def test_clusters_and_tables_can_be_profiled_too(run_swis: RunCommand, panel: Path, tmp_path: Path) -> None:
    done = run_swis("profile", panel, "--clusters", "--phase", "all-through", "--out", tmp_path, "--policy", "none")
    assert done.returncode == 0, done.stderr
    assert "cluster" in done.stdout
    rows = "".join(f"School {i},Elmshire,secondary,{800 + 20 * i},{6 + 3 * i}\n" for i in range(6))
    (tmp_path / "table.csv").write_text("school,authority,phase,pupils,referrals\n" + rows)
    done = run_swis("profile", tmp_path / "table.csv", "--out", tmp_path / "table")
    assert done.returncode == 0, done.stderr
    assert "chosen already" in done.stderr


def test_the_same_panel_gives_the_same_bytes_and_quiet_prints_nothing(
    run_swis: RunCommand, panel: Path, tmp_path: Path
) -> None:
    for seed in ("1", "2"):
        typed = ("profile", panel, "--out", tmp_path / seed, "--quiet", "--draws", 500)
        done = run_swis(*typed, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "1" / "profile.html").read_bytes() == (tmp_path / "2" / "profile.html").read_bytes()


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--phase", "secondry"), 3, "no phase 'secondry'; there are: primary, secondary. Did you mean secondary?"),
        (("--terms", "autumn 2030"), 3, "has no term 'autumn 2030'"),
        (("--weight", "referrals"), 3, "is no measure with a number"),
        (("--weight", "referrals=1", "--weight", "referrals=2"), 3, "is given twice"),
        (("--weight", "referals=1"), 3, "Did you mean referrals?"),
        (("--unit-of-count", "referrals=0"), 3, "above 0"),
        (("--policy", "dff", "--terms", " , "), 3, "There is no policy 'dff'"),
        (("--nominate", "2"), 2, "--into is missing"),
        (("--into", "x.csv"), 2, "go with --nominate"),
        (("--nominate", "2", "--into", "x.csv", "--top", "3"), 2, "Leave --top out"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run_swis: RunCommand, panel: Path, tmp_path: Path, options: tuple[str, ...], code: int, says: str
) -> None:
    done = run_swis("profile", panel, *options, "--out", tmp_path / "out", COLUMNS="200")
    assert done.returncode == code, done.stderr
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_option_for_panels_is_refused_for_a_table(run_swis: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("school,authority,phase\nA,Elmshire,secondary\n")
    done = run_swis("profile", tmp_path / "table.csv", "--clusters", "--terms", "autumn 2018", COLUMNS="200")
    assert done.returncode == 2
    assert "--terms, --clusters: for a panel" in " ".join(done.stderr.replace("│", " ").split())
    done = run_swis("profile", tmp_path / "table.csv", COLUMNS="200")
    assert done.returncode == 3
    assert "Add what is to be ranked by" in done.stderr
