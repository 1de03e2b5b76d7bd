"""Reading returns: ours with every check on, beside what people use to get at the same file, without types or checks.

Each reading has a process of its own. The files are drawn as they are needed and deleted afterwards; the largest has 1.5 GB.
Time is from the call to the last row, imports not counted; memory is that of the process. All tools must find the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from bench.drawn_files import draw_census, draw_censuses, draw_episodes, draw_register, draw_roll
from bench.measure import run_python, several
from bench.result import OURS, Line, say_time


@dataclass(frozen=True)
class Kind:
    """A kind of file: how it is drawn, the numbers of rows, who reads it. `quick` is the size for a look."""

    job: str
    name: str
    file: str
    draw: Callable[[Path, int], None]
    rows: tuple[int, ...]
    peers: tuple[str, ...]
    quick: int = 0


KINDS = (
    Kind("CIN census, XML", "census", "cin.xml", draw_census, (12_000, 120_000, 1_200_000), ("elementtree", "lxml")),
    Kind("CIN census, XML, ten files", "censuses", "cin", draw_censuses, (240_000,), ("elementtree",), 24_000),
    Kind(
        "SSDA903, CSV",
        "episodes",
        "episodes.csv",
        draw_episodes,
        (500_000, 2_000_000, 10_000_000),
        ("polars", "duckdb"),
    ),
    Kind("schools register, CSV in cp1252", "register", "register.csv", draw_register, (50_000,), ("polars", "pandas")),
    Kind("roll, CSV", "roll", "roll.csv", draw_roll, (8_000_000,), ("polars", "pandas"), 1_000_000),
)
_SEVERAL_BELOW = 50_000_000


def time_returns(*, quick: bool) -> Iterator[Line]:
    """Every kind of file at every size with every tool; raises if a tool's rows are not ours."""
    for kind in KINDS:
        for rows in (kind.quick or kind.rows[0],) if quick else kind.rows:
            yield from _time_kind(kind, rows)


def _time_kind(kind: Kind, rows: int) -> Iterator[Line]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / kind.file
        kind.draw(path, rows)
        ours: dict[str, int] | None = None
        for tool in (OURS, *kind.peers):
            line, counts = _time_tool(kind, tool, path, rows)
            ours = ours or counts
            if counts is not None and counts != ours:
                raise SystemExit(
                    f"{tool} finds {counts} in {kind.job}, ours finds {ours}: the times are not of the same thing."
                )
            yield line
        if path.is_dir():
            rmtree(path)


def _time_tool(kind: Kind, tool: str, path: Path, rows: int) -> tuple[Line, dict[str, int] | None]:
    parts = list(path.iterdir()) if path.is_dir() else [path]
    size = sum(part.stat().st_size for part in parts)
    label = f"{rows:,} rows, {size / 1e6:,.0f} MB"
    times = 3 if size < _SEVERAL_BELOW else 1
    measured = several(lambda: run_python("-m", "bench.reader", tool, kind.name, str(path)), times)
    answer = measured.answer
    if answer is None:
        return Line(kind.job, label, tool, None, note=measured.error[:80]), None
    rate = f"{size / 1e6 / answer['seconds']:,.0f} MB/s; {say_time(measured.processor)} of processor"
    return Line(kind.job, label, tool, answer["seconds"], measured.megabytes, rows, rate), answer["counts"]
