from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from swis.errors import TableError
from swis.panel.gather_clusters import gather_clusters
from swis.panel.panel import Panel
from tests.panel.drawn_panels import draw_panel


def draw_clustered() -> Panel:
    """Four schools: the first two are cluster North, the others stand for themselves."""
    panel = draw_panel()
    clusters = ["North", "North", None, None]
    return replace(panel, schools=panel.schools.with_columns(cluster=pl.Series(clusters, dtype=pl.String)))


def total(panel: Panel, column: str) -> float:
    return float(panel.cells[column].sum())


def test_nothing_is_lost_when_schools_become_a_cluster() -> None:
    before, after = draw_clustered(), gather_clusters(draw_clustered())
    assert after.schools["school"].to_list() == ["100003", "100004", "North"]
    for column in ("section_47_enquiries", "days_in_care", "pupils_on_census_day"):
        assert total(after, column) == total(before, column)
    north = after.cells.filter((pl.col("school") == "North") & (pl.col("term") == "autumn 2017"))
    members = before.cells.filter(pl.col("school").is_in(["100001", "100002"]) & (pl.col("term") == "autumn 2017"))
    assert north["section_47_enquiries"].sum() == members["section_47_enquiries"].sum()
    assert north.height == 3


def test_a_term_that_one_school_does_not_cover_the_cluster_does_not_cover() -> None:
    panel = draw_clustered()
    missing = (pl.col("school") == "100002") & (pl.col("term") == "spring 2018") & (pl.col("year_group") == "7")
    holed = panel.cells.with_columns(section_47_enquiries=pl.when(~missing).then("section_47_enquiries"))
    after = gather_clusters(replace(panel, cells=holed))
    north = after.cells.filter((pl.col("school") == "North") & (pl.col("term") == "spring 2018"))
    assert north["section_47_enquiries"].null_count() == 3
    assert north["days_in_care"].null_count() == 0


def test_free_school_meals_of_a_cluster_are_weighted_by_pupils() -> None:
    panel = draw_clustered()
    last = panel.cells.filter(pl.col("term") == panel.term_names[-1])
    weights = [last.filter(pl.col("school") == school)["mean_pupils"].sum() for school in ("100001", "100002")]
    shares = panel.schools.sort("school")["free_school_meals_percent"].to_list()[:2]
    expected = sum(w * s for w, s in zip(weights, shares, strict=True)) / sum(weights)
    north = gather_clusters(panel).schools.filter(pl.col("school") == "North")
    assert north["free_school_meals_percent"].item() == pytest.approx(expected, abs=1e-6)


def test_a_panel_without_clusters_says_what_to_give() -> None:
    with pytest.raises(TableError, match=r"Give clusters\.csv"):
        gather_clusters(draw_panel())


def test_a_cluster_named_as_a_school_is_refused() -> None:
    panel = draw_clustered()
    schools = panel.schools.with_columns(cluster=pl.Series(["100003", "100003", None, None], dtype=pl.String))
    with pytest.raises(TableError, match="100003: is a school and a cluster"):
        gather_clusters(replace(panel, schools=schools))
