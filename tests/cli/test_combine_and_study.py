"""`swis combine` and `swis study`, as a person types them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from swis.panel.folder import read_panel, write_panel
from tests.cli.conftest import RunCommand
from tests.panel.drawn_panels import draw_panel

ARMS = "school,arm\n100001,intervention\n100002,intervention\n200001,comparison\n200002,comparison\n"


def write_panels(folder: Path) -> tuple[Path, Path]:
    first = draw_panel("Lambeth", schools=["100001", "100002"])
    second = draw_panel("Stockport", schools=["200001", "200002"], means={"section_47_enquiries": 1.0}, seed=2)
    second = replace(second, schools=second.schools.with_columns(former_urns=pl.lit("")))
    write_panel(first, folder / "lambeth")
    write_panel(second, folder / "stockport")
    return folder / "lambeth", folder / "stockport"


def test_panels_go_into_one_and_into_a_study_that_is_checked(run_swis: RunCommand, tmp_path: Path) -> None:
    done = run_swis("combine", *write_panels(tmp_path), "--into", tmp_path / "both")
    assert done.returncode == 0, done.stderr
    assert "2 authorities: Lambeth, Stockport" in done.stdout
    assert "4 schools, 9 terms (autumn 2017 to summer 2020), 3 outcomes covered" in done.stdout
    assert "Stockport: warning: days_in_care: Days in care are covered by other authorities" in done.stdout
    assert read_panel(tmp_path / "both").authorities == ("Lambeth", "Stockport")
    (tmp_path / "arms.csv").write_text(ARMS)
    command = ("study", tmp_path / "both", "--arms", tmp_path / "arms.csv", "--starts", "autumn 2019")
    done = run_swis(*command, "--outcome", "section_47_enquiries", "--into", tmp_path / "mine")
    assert done.returncode == 0, done.stderr
    assert "note: The panel has 2 warnings: see its findings.csv." in done.stdout
    assert f"Next: read {tmp_path / 'mine' / 'study.toml'} through" in done.stdout
    assert run_swis("check", tmp_path / "mine").returncode == 0


def test_it_says_what_to_do_where_comparison_schools_are_not_chosen_yet(run_swis: RunCommand, tmp_path: Path) -> None:
    panel, _ = write_panels(tmp_path)
    (tmp_path / "arms.csv").write_text("school,arm\n100001,intervention\n")
    command = ("study", panel, "--arms", tmp_path / "arms.csv", "--starts", "autumn 2019", "--into", tmp_path / "mine")
    assert f"Next: swis match {tmp_path / 'mine'}, then the same command again." in run_swis(*command).stdout
    assert run_swis(*command, "--quiet").stdout == ""


def test_after_a_match_that_accepts_none_it_names_the_ways_that_can(run_swis: RunCommand, tmp_path: Path) -> None:
    panel, study = tmp_path / "panel", tmp_path / "mine"
    write_panel(draw_panel(schools=[f"{100001 + place}" for place in range(8)]), panel)
    (tmp_path / "arms.csv").write_text("school,arm\n100001,intervention\n100002,intervention\n")
    command = ("study", panel, "--arms", tmp_path / "arms.csv", "--starts", "autumn 2019", "--into", study)
    command = (*command, "--outcome", "section_47_enquiries")
    assert run_swis(*command).returncode == 0
    assert run_swis("match", study, "--draws", "99").returncode == 0
    words = " ".join(run_swis(*command).stdout.split())
    assert "section_47_enquiries: no match was accepted" in words
    assert "--by level or --by entropy, or with --despite" in words
    assert "then the same command again." in words
    assert run_swis("match", study, "--draws", "99", "--despite").returncode == 0
    done = run_swis(*command)
    assert (study / "school_terms.csv").exists(), done.stdout
    assert "was not made from these tables" not in done.stdout
    write_panel(draw_panel(schools=[f"{100001 + place}" for place in range(8)], seed=3), panel)
    assert "matches.csv was not made from these tables as they are" in " ".join(run_swis(*command).stdout.split())


def test_a_panel_of_other_authorities_is_not_written_over(run_swis: RunCommand, tmp_path: Path) -> None:
    first, second = write_panels(tmp_path)
    write_panel(draw_panel("Southampton"), tmp_path / "there")
    done = run_swis("combine", first, second, "--into", tmp_path / "there")
    assert done.returncode == 6
    assert "holds the panel of Southampton, which that of Lambeth, Stockport would" in " ".join(done.stderr.split())
    assert read_panel(tmp_path / "there").authorities == ("Southampton",)


def test_what_does_not_fit_is_refused_with_its_place_and_an_exit_code(run_swis: RunCommand, tmp_path: Path) -> None:
    first, second = write_panels(tmp_path)
    done = run_swis("combine", first, second, "--into", tmp_path / "both", "--strict")
    assert done.returncode == 3
    assert "Stockport: Days in care are covered by other authorities and not by this one" in " ".join(
        done.stderr.split()
    )
    done = run_swis("combine", first, second, "--into", first)
    assert done.returncode == 6
    assert "is one of the panels and would be written over" in " ".join(done.stderr.split())
    done = run_swis("combine", first, tmp_path / "elsewhere", "--into", tmp_path / "both")
    assert done.returncode == 3
    assert "is not a panel. panel.toml: is not there" in " ".join(done.stderr.split())
    assert run_swis("combine", first, second, "--into", tmp_path / "both", "--quiet").stdout == ""
