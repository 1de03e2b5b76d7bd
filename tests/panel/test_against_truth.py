"""A synthetic authority knows what happened. The panel that is built from its returns must say the same, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from swis.panel.build import build_panel
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.panel import Panel
from swis.panel.settings import PanelSettings
from swis.panel.staging import stage_returns
from swis.synthetic.authority import synthesise_authority
from swis.synthetic.settings import Settings
from swis.synthetic.truth import tell_truth
from swis.synthetic.write_returns import write_returns

KEY = ["school", "term", "year_group"]
PUPILS = {"pupils": "pupils_on_census_day", "resident_pupils": "resident_pupils_on_census_day"}


@dataclass(frozen=True)
class Built:
    """A panel, and what the authority that it was built from knows: outcome, school, term, year_group, count."""

    panel: Panel
    truth: pl.DataFrame


def build(folder: Path, settings: Settings, *, seed: int, xml: bool = False) -> Built:
    authority = synthesise_authority(settings, seed=seed)
    write_returns(authority, folder, xml=xml)
    return Built(build_from(folder, PanelSettings("Fictown")), tell_truth(authority).year_group_terms)


def build_from(folder: Path, chosen: PanelSettings) -> Panel:
    engine = DuckdbEngine()
    try:
        return build_panel(stage_returns([folder / "returns"], engine, chosen), chosen)
    finally:
        engine.close()


def differences(built: Built) -> pl.DataFrame:
    """Cells that differ. A cell that one of the two does not have counts as zero there."""
    outcomes = [code for code in built.truth["outcome"].unique() if code in built.panel.cells.columns]
    assert len(outcomes) >= 12
    cells = built.panel.cells.rename({column: name for name, column in PUPILS.items()})
    found = cells.unpivot(index=KEY, on=[*outcomes, *PUPILS], variable_name="outcome", value_name="found")
    wanted = built.truth.select("outcome", *KEY, wanted="count")
    both = found.join(wanted, on=["outcome", *KEY], how="full", coalesce=True)
    return both.filter(pl.col("found").fill_null(0) != pl.col("wanted").fill_null(0))


@pytest.mark.parametrize(
    ("settings", "seed", "xml"),
    [
        (Settings(schools=12, years=3, pupils=120, academies=3, rate_ratios={"section_47_enquiries": 0.5}), 1, False),
        (Settings(schools=5, years=2, pupils=200, first_year=2023, unit="cluster"), 2, True),
    ],
)
def test_the_panel_says_what_happened_in_every_cell(tmp_path: Path, settings: Settings, seed: int, xml: bool) -> None:
    built = build(tmp_path, settings, seed=seed, xml=xml)
    assert built.panel.schools.height == settings.schools
    assert len(built.panel.term_names) == 3 * settings.years
    assert differences(built).is_empty()


def test_what_is_in_no_school_is_all_that_the_panel_lacks(tmp_path: Path) -> None:
    built = build(tmp_path, Settings(schools=8, years=2, pupils=150), seed=3)
    told = built.panel.not_placed.filter(pl.col("outcome") == "section_47_enquiries")
    assert told["count"].sum() > 0
    assert set(told["reason"]) >= {"no unique pupil number: under school age (UN1)"}


def test_leaving_terms_out_changes_nothing_in_those_that_are_kept(tmp_path: Path) -> None:
    whole = build(tmp_path, Settings(schools=5, years=2, pupils=120), seed=6).panel
    kept = ["spring 2018", "summer 2018", "autumn 2018"]
    part = build_from(tmp_path, PanelSettings("Fictown", first_term=kept[0], last_term=kept[-1]))
    assert part.term_names == tuple(kept)
    assert part.cells.equals(whole.cells.filter(pl.col("term").is_in(kept)))
