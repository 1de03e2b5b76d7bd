"""From aggregates to the cells of a panel: zero where the returns cover a term and nothing happened, null where they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import polars as pl

from swis.panel.children import NOT_COVERED, OUTSIDE_TERMS
from swis.panel.counts import Counts
from swis.panel.outcomes import OUTCOMES, Source
from swis.panel.year_groups import label_year_group

IsCovered: TypeAlias = Callable[[Source, Mapping[str, object]], bool]
KEY = ("school", "term", "year_group")
DAYS = ("first_day", "last_day", "counts_from", "counts_to", "census_day")


@dataclass(frozen=True)
class Assembled:
    """The frames of a panel, and how many pupils of its cells have no record of where they live."""

    cells: pl.DataFrame
    not_placed: pl.DataFrame
    children_and_families: pl.DataFrame
    unrecorded: int


def tabulate_coverage(windows: pl.DataFrame, is_covered: IsCovered) -> pl.DataFrame:
    """Which source covers which term, where the rolls do too. Columns: term, source, covered.

    `windows` are those of one calendar, as made by `tabulate_windows`, with dates in place of numbers.
    """
    rows = [
        (row["term"], source.value, is_covered(Source.ROLLS, row) and is_covered(source, row))
        for row in windows.iter_rows(named=True)
        for source in Source
    ]
    schema = {"term": pl.String, "source": pl.String, "covered": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def assemble(counts: Counts, of_schools: pl.DataFrame, of_authority: pl.DataFrame) -> Assembled:
    """The cells, what could not be placed, and the children and families behind the cells.

    `of_schools` and `of_authority` are coverages as `tabulate_coverage` gives them, the first with a column school. What
    lies in a term that its return or the rolls of the school do not cover is taken out of the cells and added to what is
    not placed.
    """
    placed = _mark_covered(_label(counts.placed), of_schools)
    inside = placed.filter("covered").group_by("outcome", *KEY).agg(pl.col("count").sum())
    pupils = _mark_rolls(_label_pupils(counts.pupils), of_schools).filter("covered")
    grid = pl.concat([pupils.select(KEY), inside.select(KEY)]).unique()
    # Sessions come for whole terms, whatever terms the panel has: what lies in none of them is outside.
    in_panel = pl.col("term").is_in(of_schools["term"].unique().implode())
    outside = placed.filter(~pl.col("covered")).select(
        "outcome",
        pl.when(in_panel).then("term").otherwise(pl.lit("")).alias("term"),
        pl.when(in_panel).then(pl.lit(NOT_COVERED)).otherwise(pl.lit(OUTSIDE_TERMS)).alias("reason"),
        pl.col("count").cast(pl.Int64),
    )
    return Assembled(
        cells=_fill(grid, pupils, inside, of_schools),
        not_placed=_add_up(pl.concat([_relabel(counts.not_placed, of_authority), outside])),
        children_and_families=_mark_covered(counts.children_and_families, of_schools).filter("covered").drop("covered"),
        unrecorded=int(pupils["unrecorded"].sum() or 0),
    )


def to_dates(windows: pl.DataFrame) -> pl.DataFrame:
    """The windows with dates in place of the numbers of days."""
    return windows.with_columns(pl.col(day).cast(pl.Int32).cast(pl.Date) for day in DAYS)


def _label(placed: pl.DataFrame) -> pl.DataFrame:
    return placed.with_columns(label_year_group(pl.col("year_group")))


def _label_pupils(pupils: pl.DataFrame) -> pl.DataFrame:
    labelled = pupils.with_columns(label_year_group(pl.col("year_group")))
    sums = [column for column in pupils.columns if column not in (*KEY, "days")]
    return labelled.group_by(KEY).agg(pl.col("days").max(), pl.col(sums).sum())


def _sources() -> pl.DataFrame:
    return pl.DataFrame(
        {"outcome": [outcome.code for outcome in OUTCOMES], "source": [outcome.source.value for outcome in OUTCOMES]}
    )


def _mark_covered(counts: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    joined = counts.join(_sources(), on="outcome", how="left").join(
        covered, on=["school", "term", "source"], how="left"
    )
    return joined.drop("source").with_columns(pl.col("covered").fill_null(False))


def _mark_rolls(pupils: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    rolls = covered.filter(pl.col("source") == Source.ROLLS.value).drop("source")
    return pupils.join(rolls, on=["school", "term"], how="left").with_columns(pl.col("covered").fill_null(False))


def _fill(grid: pl.DataFrame, pupils: pl.DataFrame, inside: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    cells = grid.join(_measure(pupils), on=KEY, how="left").with_columns(
        pl.col("pupils_on_census_day").fill_null(0), pl.col("mean_pupils").fill_null(0.0)
    )
    wide = inside.pivot("outcome", index=list(KEY), values="count") if inside.height else grid
    cells = cells.join(wide, on=KEY, how="left")
    by_source = covered.pivot("source", index=["school", "term"], values="covered") if covered.height else None
    if by_source is not None:
        cells = cells.join(by_source, on=["school", "term"], how="left")
    for outcome in OUTCOMES:
        number = pl.col(outcome.code) if outcome.code in cells.columns else pl.lit(None, dtype=pl.Int64)
        is_covered = pl.col(outcome.source.value) if by_source is not None else pl.lit(value=False)
        cells = cells.with_columns(pl.when(is_covered).then(number.fill_null(0)).cast(pl.Int64).alias(outcome.code))
    return cells.drop(source.value for source in Source if source.value in cells.columns)


def _measure(pupils: pl.DataFrame) -> pl.DataFrame:
    recorded = pl.col("unrecorded") < pl.col("stays")
    return pupils.select(
        *KEY,
        pupils_on_census_day="on_census_day",
        mean_pupils=pl.col("pupil_days") / pl.col("days"),
        resident_pupils_on_census_day=pl.when(recorded).then("residents_on_census_day"),
        mean_resident_pupils=pl.when(recorded).then(pl.col("resident_days") / pl.col("days")),
    )


def _relabel(not_placed: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    joined = not_placed.join(_sources(), on="outcome", how="left").join(covered, on=["term", "source"], how="left")
    reason = pl.when(~pl.col("covered").fill_null(True)).then(pl.lit(NOT_COVERED)).otherwise("reason").alias("reason")
    return joined.select("outcome", "term", reason, pl.col("count").cast(pl.Int64))


def _add_up(not_placed: pl.DataFrame) -> pl.DataFrame:
    return not_placed.group_by("outcome", "term", "reason").agg(pl.col("count").sum())


def as_date(row: Mapping[str, object], column: str) -> date:
    """The date in a row of windows."""
    value = row[column]
    assert isinstance(value, date)
    return value
