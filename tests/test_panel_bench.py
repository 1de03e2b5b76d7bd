"""The bench of the panel at its smallest, so that it goes with the build and every tool still counts the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import panel_build, panel_care, panel_roll
from bench.panel_drawn import draw_authority, draw_care, draw_rolls


@pytest.mark.parametrize("ours", [panel_care.swis, panel_care.swis_from_stays, panel_care.swis_from_csv])
def test_days_in_care_are_those_of_a_range_join_in_sql(tmp_path: Path, ours: panel_care.Ready) -> None:
    draw_care(tmp_path, 500)
    expected = panel_care.duckdb_sql(tmp_path)()
    assert expected["days"] > 0
    assert ours(tmp_path)() == expected


def test_pupils_at_risk_are_those_of_plain_sql(tmp_path: Path) -> None:
    draw_rolls(tmp_path, 2_000)
    expected = panel_roll.duckdb_sql(tmp_path)()
    assert expected["cells"] > 0
    assert panel_roll.swis(tmp_path)() == expected


def test_a_whole_authority_is_read_and_counted(tmp_path: Path) -> None:
    draw_authority(tmp_path, 5)
    assert min(panel_build.reading(tmp_path)().values()) > 0
    assert min(panel_build.counting(tmp_path)().values()) > 0
