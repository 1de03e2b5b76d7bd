"""Schools that were given the programme together, as one unit: a secondary school with its feeder primaries."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from swis.errors import TableError
from swis.panel.finding import PanelFinding
from swis.panel.outcomes import OUTCOMES
from swis.panel.panel import Panel

ALL_THROUGH = "all-through"
_PUPILS = (
    "pupils_on_census_day",
    "mean_pupils",
    "resident_pupils_on_census_day",
    "mean_resident_pupils",
)


def gather_clusters(panel: Panel) -> Panel:
    """The panel with each cluster in the place of its schools; schools without a cluster stay as they are.

    Counts and pupils are sums over the schools of the cluster, by year group; null where any of them is null. The
    share of free school meals is weighted by pupils. Children and families are left out: one may be in two schools, and
    the sum would count it twice. Raises TableError if no school has a cluster, or a cluster is named as a school is.
    """
    named = panel.schools.filter(pl.col("cluster").is_not_null())
    if not named.height:
        raise TableError("No school of the panel has a cluster. Give clusters.csv with the returns, or arms by school.")
    taken = set(named["cluster"]) & set(panel.schools["school"])
    if taken:
        raise TableError(
            f"{', '.join(sorted(taken))}: is a school and a cluster. Name the cluster otherwise in clusters.csv."
        )
    unit_of = panel.schools.select(
        "school", unit=pl.coalesce("cluster", "school"), member=pl.col("cluster").is_not_null()
    )
    told = PanelFinding(
        "note",
        "clusters_gathered",
        f"{named.height} schools are counted as {named['cluster'].n_unique()} clusters",
        "A cluster is the unit now: name clusters among the arms.",
        count=named.height,
    )
    return replace(
        panel,
        cells=_gather_cells(panel, unit_of),
        schools=_gather_schools(panel, unit_of),
        children_and_families=panel.children_and_families.clear(),
        findings=(*panel.findings, told),
    )


def _gather_cells(panel: Panel, unit_of: pl.DataFrame) -> pl.DataFrame:
    outcomes = [outcome.code for outcome in OUTCOMES if outcome.code in panel.cells.columns]
    cells = panel.cells.join(unit_of.drop("member"), on="school")
    # A term that one school of the cluster does not cover is not covered by the cluster, in any year group.
    covered = cells.group_by("unit", "term").agg(pl.col(*outcomes, *_PUPILS).is_not_null().all().name.suffix(" whole"))
    sums = cells.group_by("unit", "term", "year_group").agg(pl.col(*outcomes, *_PUPILS).sum())
    joined = sums.join(covered, on=["unit", "term"])
    whole = [pl.when(f"{name} whole").then(name).alias(name) for name in (*outcomes, *_PUPILS)]
    return joined.select(pl.col("unit").alias("school"), "term", "year_group", *whole)


def _gather_schools(panel: Panel, unit_of: pl.DataFrame) -> pl.DataFrame:
    last = panel.cells.filter(pl.col("term") == panel.term_names[-1])
    pupils = last.group_by("school").agg(pupils=pl.col("mean_pupils").sum())
    named = panel.schools.join(unit_of, on="school").join(pupils, on="school", how="left")
    meals, weight = pl.col("free_school_meals_percent"), pl.col("pupils").fill_null(0)
    one = pl.len() == 1
    return (
        named.group_by("unit", maintain_order=True)
        .agg(
            school_name=pl.when(pl.col("member").any())
            .then(pl.lit(None, pl.String))
            .otherwise(pl.col("school_name").first()),
            phase=pl.when(pl.col("phase").n_unique() == 1).then(pl.col("phase").first()).otherwise(pl.lit(ALL_THROUGH)),
            authority=pl.col("authority").first(),
            former_urns=pl.when(one).then(pl.col("former_urns").first()),
            free_school_meals_percent=pl.when((weight.sum() > 0) & meals.is_not_null().all()).then(
                (meals * weight).sum() / weight.sum()
            ),
            oldest_year_group=pl.col("oldest_year_group").max(),
            cluster=pl.col("cluster").first(),
            role=pl.lit(None, pl.String),
            calendar=pl.when(pl.col("calendar").n_unique() == 1).then(pl.col("calendar").first()),
        )
        .rename({"unit": "school"})
    )
