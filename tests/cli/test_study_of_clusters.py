"""`swis study --unit cluster`, from returns that were made up."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from swis.synthetic.authority import synthesise_authority
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import write_returns
from tests.cli.conftest import RunCommand


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clustered")
    write_returns(synthesise_authority(Settings(schools=15, years=2, pupils=80, unit="cluster"), seed=4), folder)
    return folder


def test_clusters_take_the_place_of_their_schools(run_swis: RunCommand, returns: Path, tmp_path: Path) -> None:
    panel, study = tmp_path / "panel", tmp_path / "study"
    assert run_swis("panel", returns, "--authority", "Fictown", "--into", panel, "-q").returncode == 0
    clusters = (
        pl.read_csv(returns / "returns" / "clusters.csv", infer_schema=False)["cluster"].unique().sort().to_list()
    )
    rows = [f"{cluster},{'comparison' if place % 2 else 'intervention'}" for place, cluster in enumerate(clusters)]
    (tmp_path / "arms.csv").write_text("school,arm\n" + "\n".join(rows) + "\n", encoding="utf-8")
    options = ("--arms", tmp_path / "arms.csv", "--starts", "autumn 2018", "--into", study)
    done = run_swis("study", panel, *options, "--unit", "cluster", "--randomised", "-q")
    assert done.returncode == 0, done.stderr
    of_study = pl.read_csv(study / "school_terms.csv", infer_schema=False)
    assert set(of_study["school"]) == set(clusters)
    cells = pl.read_csv(panel / "panel.csv", infer_schema_length=None)
    enquiries = of_study.filter(pl.col("outcome") == "section_47_enquiries")["count"].cast(pl.Int64).sum()
    assert enquiries == cells["section_47_enquiries"].sum()


def test_a_unit_that_is_none_is_refused(run_swis: RunCommand, tmp_path: Path) -> None:
    options = ("--arms", tmp_path / "a.csv", "--starts", "autumn 2018", "--into", tmp_path / "s", "--unit", "clutser")
    done = run_swis("study", tmp_path, *options)
    assert done.returncode == 2
    assert "Did you mean cluster?" in done.stderr
