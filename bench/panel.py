"""Building a panel: days in care from episodes, a whole authority, pupils at risk in a nation, and the same counts on Spark.

Each count has a process of its own; its peak memory has the tables in it, in whatever form the tool holds them. Time is that of
the count; imports and what is got ready before it are not counted. All tools of a job must count the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import run_python, several
from bench.panel_drawn import draw_authority, draw_care, draw_rolls
from bench.result import OURS, Line, say_time


@dataclass(frozen=True)
class Tool:
    """A function of the module of a job, what it is called, and the largest size that it is asked for."""

    function: str
    name: str
    most: int = 1_000_000_000
    note: str = ""


@dataclass(frozen=True)
class Job:
    """What is counted. `sizes` are of `unit`, the first one for a look; `module` has the tools, the first of which is ours."""

    name: str
    module: str
    draw: Callable[[Path, int], None]
    sizes: tuple[int, ...]
    unit: str
    tools: tuple[Tool, ...]


_PANDAS_TO = 500_000
_SPARK_TO = 1_000_000
_STAYS_TO_MAP = "map made from stays in the call"
JOBS = (
    Job(
        "days in care, tables in memory",
        "panel_care",
        draw_care,
        (500_000, 10_000_000),
        "episodes",
        (
            Tool("swis", OURS),
            Tool("swis_from_stays", "swis, from stays", note=_STAYS_TO_MAP),
            Tool("duckdb_sql", "DuckDB, range join"),
            Tool("polars", "polars, streamed", note="from Parquet"),
            Tool("pandas", "pandas, term by term", _PANDAS_TO),
        ),
    ),
    Job(
        "days in care, episodes from CSV",
        "panel_care",
        draw_care,
        (500_000, 10_000_000),
        "episodes",
        (
            Tool("swis_from_csv", OURS, note="checked"),
            Tool("duckdb_sql_from_csv", "DuckDB, range join", note="unchecked"),
            Tool("polars_from_csv", "polars, streamed", note="unchecked"),
            Tool("pandas_from_csv", "pandas, term by term", _PANDAS_TO, note="unchecked"),
        ),
    ),
    Job(
        "panel of an authority, reading",
        "panel_build",
        draw_authority,
        (40, 160, 640),
        "schools",
        (Tool("reading", OURS),),
    ),
    Job(
        "panel of an authority, counting",
        "panel_build",
        draw_authority,
        (40, 160, 640),
        "schools",
        (Tool("counting", OURS), Tool("counting_on_spark", "swis, on Spark local[2]", 40)),
    ),
    Job(
        "pupils at risk, three censuses of 24,000 schools",
        "panel_roll",
        draw_rolls,
        (1_000_000, 8_000_000),
        "pupils",
        (
            Tool("swis", OURS),
            Tool("duckdb_sql", "DuckDB, plain SQL"),
            Tool("swis_on_spark", "swis, on Spark local[2]", _SPARK_TO),
        ),
    ),
    Job(
        "three censuses of 24,000 schools into the engine",
        "panel_roll",
        draw_rolls,
        (1_000_000, 8_000_000),
        "pupils",
        (Tool("swis_staging", OURS, note="compressed"),),
    ),
)
_ON_SPARK = "on_spark"


def time_panel(*, quick: bool) -> Iterator[Line]:
    """Every job at every size with every tool; raises if a tool counts otherwise than ours. Quick: the smallest, no Spark."""
    for job in JOBS:
        for size in job.sizes[:1] if quick else job.sizes:
            tools = [tool for tool in job.tools if size <= tool.most and not (quick and _ON_SPARK in tool.function)]
            times = 2 if size == job.sizes[0] and not quick else 1
            yield from _time_tools(job, tools, size, times=times)


def _time_tools(job: Job, tools: list[Tool], size: int, *, times: int) -> Iterator[Line]:
    with TemporaryDirectory() as folder:
        job.draw(Path(folder), size)
        ours: dict[str, int] | None = None
        for tool in tools:
            line, counts = _time_tool(job, tool, folder, size, times=1 if _ON_SPARK in tool.function else times)
            ours = ours or counts
            if counts is not None and counts != ours:
                raise SystemExit(
                    f"{tool.name} counts {counts}, ours {ours} ({job.name}): the times are not of the same thing."
                )
            yield line


def _time_tool(job: Job, tool: Tool, folder: str, size: int, *, times: int) -> tuple[Line, dict[str, int] | None]:
    label = f"{size:,} {job.unit}"
    measured = several(lambda: run_python("-m", "bench.panel_worker", job.module, tool.function, folder), times)
    answer = measured.answer
    if answer is None:
        return Line(job.name, label, tool.name, None, note=measured.error[:80]), None
    notes = [f"{say_time(answer['processor'])} of processor", tool.note]
    note = "; ".join(each for each in notes if each)
    return Line(job.name, label, tool.name, answer["seconds"], measured.megabytes, size, note), answer["counts"]
