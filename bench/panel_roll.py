"""Pupils at risk by school, term and year group from the censuses of a nation, from staged tables.

Ours follows pupils from roll to roll by all rules of a build. The SQL is what an analyst would write for rolls as clean as
these: by the same rules, without former numbers, missing numbers, leavers' tables or several calendars.
Each function gets everything ready and gives the call that is timed.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from bench.panel_care import Answer, Ready, append_parquet
from bench.panel_drawn import CENSUSES
from swis.panel.days import NEVER
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.engine import Engine
from swis.panel.exposure import count_pupils
from swis.panel.spark_engine import SparkEngine, start_spark
from swis.panel.staged_tables import PUPIL_ALIASES, STAGED
from swis.panel.stays import find_stays

HOME = ("201", "Home")

_SQL = f"""
with rows as (
  select unique_pupil_number as pupil, k.school, entered_on - date '1970-01-01' as from_day, lives_in,
    census_day - date '1970-01-01' as seen_on,
    year(census_day) - (month(census_day) < 9)::int - case year_group when 'R' then 0 else year_group::int end as cohort
  from pupils_on_roll r join school_keys k on r.school = k.school_as_returned
  where enrolment_status in ('C', 'M') or enrolment_status is null
),
merged as (
  select pupil, school, from_day, max(seen_on) as last_seen, arg_max(cohort, seen_on) as cohort,
    arg_max(lives_in, seen_on) as lives_in
  from rows group by all
),
censuses as (
  select school, seen_on, lead(seen_on) over (partition by school order by seen_on) as next_census
  from (select distinct school, seen_on from rows)
),
ended as (
  select m.*, case when next_census is null then {NEVER} else w.last_day end as recorded_to,
    lead(from_day) over (partition by pupil order by from_day) as next_from
  from merged m join censuses c on m.school = c.school and m.last_seen = c.seen_on join windows w on m.last_seen = w.census_day
),
stays as (select *, least(recorded_to, coalesce(next_from - 1, {NEVER})) as to_day from ended)
select s.school, w.term, w.academic_year - cohort as year_group,
  count(*) filter (s.from_day <= census_day and to_day >= census_day) as on_census_day,
  sum(greatest(least(to_day, last_day) - greatest(s.from_day, first_day) + 1, 0))::bigint as days,
  count(*) filter (s.from_day <= census_day and to_day >= census_day and lives_in = '{HOME[0]}') as residents
from stays s join windows w on s.from_day <= greatest(last_day, census_day) and to_day >= least(first_day, census_day)
group by all
"""


def swis(folder: Path) -> Ready:
    """Ours on DuckDB."""
    engine = DuckdbEngine()
    stage(engine, folder)
    return lambda: count(engine)


def swis_staging(folder: Path) -> Ready:
    """Putting the tables into DuckDB, which compresses them: what ours does before it counts."""
    engine = DuckdbEngine()

    def put() -> Answer:
        stage(engine, folder)
        return {}

    return put


def swis_on_spark(folder: Path) -> Ready:
    """Ours on Spark within this machine, without its start."""
    engine = SparkEngine(start_spark("local[2]"))
    stage(engine, folder)

    def count_and_close() -> Answer:
        try:
            return count(engine)
        finally:
            engine.close()

    return count_and_close


def stage(engine: Engine, folder: Path) -> None:
    """Puts the censuses, and the other tables without rows, into an engine."""
    for name in ("windows", "school_keys"):
        engine.append(name, pl.read_parquet(folder / f"{name}.parquet"))
    engine.append("all_windows", pl.read_parquet(folder / "windows.parquet"))
    engine.append("pupil_aliases", pl.DataFrame(schema=dict(PUPIL_ALIASES)))
    engine.append("pupils_no_longer_on_roll", pl.DataFrame(schema=dict(STAGED["pupils_no_longer_on_roll"])))
    append_parquet(engine, "pupils_on_roll", folder / "pupils_on_roll")


def count(engine: Engine) -> Answer:
    """Stays, then pupils."""
    stays = find_stays(engine)
    pupils = engine.run(count_pupils(engine, home=HOME)).rename(
        {"pupil_days": "days", "residents_on_census_day": "residents", "days": "term_days"}
    )
    assert stays.rows == engine.run(engine.table("pupils_on_roll").count().as_table()).item()
    return sum_up(pupils)


def sum_up(pupils: pl.DataFrame) -> Answer:
    """What both must agree on. Cells in which nobody ever was do not count."""
    there = pupils.filter((pl.col("on_census_day") > 0) | (pl.col("days") > 0))
    sums = there.select(
        pl.col("on_census_day", "residents", "days").cast(pl.Int64).sum(), squares=(pl.col("days") ** 2).sum()
    )
    return {"cells": there.height, "censuses": len(CENSUSES), **{k: int(v) for k, v in sums.row(0, named=True).items()}}


def duckdb_sql(folder: Path) -> Ready:
    """Plain SQL, tables in memory."""
    database = duckdb.connect()
    database.execute(f"create table pupils_on_roll as select * from '{folder}/pupils_on_roll/*.parquet'")
    for name in ("windows", "school_keys"):
        database.execute(f"create table {name} as select * from '{folder}/{name}.parquet'")
    return lambda: sum_up(pl.DataFrame(pl.from_arrow(database.sql(_SQL).to_arrow_table())))
