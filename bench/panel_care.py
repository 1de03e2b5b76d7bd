"""Days in care by school, term and year group, by several tools, from tables in memory or from a CSV of episodes.

All are given the same map of child, school and term, with the days that count towards the term. Ours takes the latest of rows
that tell one episode twice, and counts a day once where episodes overlap; the others need neither here and do neither.
Each function gets everything ready and gives the call that is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq

from bench.panel_drawn import RETURNED_TO
from swis.ingest.ssda903 import read_ssda903
from swis.panel.children import list_persons
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.engine import Engine
from swis.panel.outcomes import Spells
from swis.panel.placements import place_in_terms
from swis.panel.spells import count_days, find_spells
from swis.panel.staged_tables import Stage

Answer = dict[str, int]
Ready = Callable[[], Answer]
_CELL = ["school", "term", "year_group"]
_BEYOND = date(1970, 1, 1) + timedelta(days=RETURNED_TO + 1)
_ROWS = 1_000_000

_RANGE_JOIN = """
with spells as (
  select child, started_on - date '1970-01-01' as from_day, coalesce(ended_on, ?::date) - date '1970-01-01' as end_day
  from {episodes}
)
select school, term, year_group, sum(least(end_day, to_day + 1) - greatest(s.from_day, p.from_day))::bigint as days
from spells s join placements p on s.child = p.pupil and s.from_day <= p.to_day and s.end_day > p.from_day
group by all
"""
_CSV = (
    "(select CHILD as child, strptime(DECOM, '%d/%m/%Y')::date as started_on, "
    "strptime(nullif(DEC, ''), '%d/%m/%Y')::date as ended_on from read_csv('{path}', header = true, all_varchar = true))"
)


def sum_up(days: pl.DataFrame) -> Answer:
    """What every tool must agree on: cells, days, and the sum of their squares."""
    of_cells = days["days"].cast(pl.Int64)
    return {"cells": days.height, "days": int(of_cells.sum()), "squares": int((of_cells**2).sum())}


def append_parquet(engine: Engine, name: str, path: Path) -> None:
    """Stages a table from a file, or from the files of a folder, batch by batch."""
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        for batch in pq.ParquetFile(file).iter_batches(_ROWS):
            engine.append(name, pl.DataFrame(pl.from_arrow(batch)))


def _engine_with(folder: Path, *names: str) -> DuckdbEngine:
    engine = DuckdbEngine()
    for name in names:
        append_parquet(engine, name, folder / name)
    return engine


def swis(folder: Path) -> Ready:
    """Ours, from staged tables."""
    engine = _engine_with(folder, "episodes", "placements", "pupils")
    return lambda: _count(engine)


def swis_from_stays(folder: Path) -> Ready:
    """Ours with the map made from the stays, as a build does it."""
    engine = _engine_with(folder, "episodes", "stays", "pupils")
    append_parquet(engine, "windows", folder / "windows.parquet")

    def place_and_count() -> Answer:
        place_in_terms(engine, engine.table("pupils").select("pupil"))
        return _count(engine)

    return place_and_count


def swis_from_csv(folder: Path) -> Ready:
    """Ours from the CSV: read, checked, staged, counted."""
    engine = _engine_with(folder, "placements", "pupils")
    stage = Stage(engine)

    def read_and_count() -> Answer:
        for batch in read_ssda903(folder / "episodes.csv"):
            for name, frame in batch.items():
                stage.add(name, frame, source=1, returned_to=_BEYOND - timedelta(days=1))
        return _count(engine)

    return read_and_count


def _count(engine: Engine) -> Answer:
    pupils = engine.table("pupils")
    persons = engine.keep("persons", list_persons(pupils))
    spells = engine.keep("spells_in_care", find_spells(engine, Spells("episodes"), pupils, short_breaks=False))
    return sum_up(engine.run(count_days(spells, persons, engine.table("placements"))))


def duckdb_sql(folder: Path) -> Ready:
    """One range join in SQL, from tables in memory."""
    database = _tables_in_memory(folder, "episodes", "placements")
    return lambda: _range_join(database, "episodes")


def duckdb_sql_from_csv(folder: Path) -> Ready:
    """The same from the CSV."""
    database = _tables_in_memory(folder, "placements")
    return lambda: _range_join(database, _CSV.format(path=folder / "episodes.csv"))


def _tables_in_memory(folder: Path, *names: str) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    for name in names:
        database.execute(f"create table {name} as select * from '{folder / name}/*.parquet'")
    return database


def _range_join(database: duckdb.DuckDBPyConnection, episodes: str) -> Answer:
    found = database.sql(_RANGE_JOIN.format(episodes=episodes), params=[_BEYOND]).to_arrow_table()
    return sum_up(pl.DataFrame(pl.from_arrow(found)))


def polars(folder: Path) -> Ready:
    """A streamed inequality join, both tables from Parquet."""
    episodes = pl.scan_parquet(folder / "episodes" / "*.parquet").select("child", "started_on", "ended_on")
    return lambda: _join_where(folder, episodes)


def polars_from_csv(folder: Path) -> Ready:
    """The same with the episodes from the CSV."""
    days = (pl.col("DECOM", "DEC").str.to_date("%d/%m/%Y", strict=False),)
    episodes = pl.scan_csv(folder / "episodes.csv", infer_schema=False).with_columns(*days)
    return lambda: _join_where(folder, episodes.select(child="CHILD", started_on="DECOM", ended_on="DEC"))


def _join_where(folder: Path, episodes: pl.LazyFrame) -> Answer:
    number = pl.col("started_on", "ended_on").dt.epoch("d").cast(pl.Int64)
    spells = episodes.with_columns(pl.col("ended_on").fill_null(_BEYOND)).with_columns(number)
    placements = pl.scan_parquet(folder / "placements" / "*.parquet")
    joined = spells.join(placements, left_on="child", right_on="pupil").filter(
        pl.col("started_on") <= pl.col("to_day"), pl.col("ended_on") > pl.col("from_day")
    )
    until, since = pl.min_horizontal("ended_on", pl.col("to_day") + 1), pl.max_horizontal("started_on", "from_day")
    return sum_up(joined.group_by(_CELL).agg(days=(until - since).sum()).collect(engine="streaming"))


def pandas(folder: Path) -> Ready:
    """One term after another: the episodes that touch it, merged with the map of the term; tables in memory."""
    episodes = pd.read_parquet(folder / "episodes", columns=["child", "started_on", "ended_on"])
    return _loop_over(folder, lambda: episodes)


def pandas_from_csv(folder: Path) -> Ready:
    """The same with the episodes from the CSV."""

    def read() -> pd.DataFrame:
        frame = pd.read_csv(folder / "episodes.csv", dtype=str, usecols=["CHILD", "DECOM", "DEC"])
        return frame.set_axis(["child", "started_on", "ended_on"], axis=1)

    return _loop_over(folder, read)


def _loop_over(folder: Path, read: Callable[[], pd.DataFrame]) -> Ready:
    placements = pd.read_parquet(folder / "placements")

    def count() -> Answer:
        episodes = read()
        for name in ("started_on", "ended_on"):
            days = pd.to_datetime(episodes[name], format="%d/%m/%Y")
            episodes = episodes.assign(**{name: (days - pd.Timestamp(0)).dt.days})
        episodes["ended_on"] = episodes["ended_on"].fillna(RETURNED_TO + 1)
        parts = [_count_term(episodes, term) for _, term in placements.groupby("term")]
        return sum_up(pl.DataFrame(pd.concat(parts).reset_index().to_dict("list")))

    return count


def _count_term(episodes: pd.DataFrame, term: pd.DataFrame) -> pd.Series:
    first, last = term["from_day"].iloc[0], term["to_day"].iloc[0]
    there = episodes[(episodes["started_on"] <= last) & (episodes["ended_on"] > first)]
    days = there["ended_on"].clip(upper=last + 1) - there["started_on"].clip(lower=first)
    merged = there.assign(days=days).merge(term, left_on="child", right_on="pupil")
    summed: pd.Series = merged.groupby(_CELL)["days"].sum()
    return summed
