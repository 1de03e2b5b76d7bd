from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import polars as pl
import pytest

from swis.errors import ReturnError
from swis.ingest.cin_census import read_cin_census
from swis.ingest.finding import Matter, Quality
from swis.ingest.reading import Batch, Progress, Reading, no_progress
from swis.ingest.side_by_side import SideBySide, read_side_by_side
from tests.ingest.drawn_returns import HEADER, draw_child, write_cin_census

READ = partial(read_cin_census, children_per_batch=20)


def gather(reading: SideBySide) -> list[tuple[str, dict[str, pl.DataFrame]]]:
    return [(path.name, dict(batch)) for path, batch in reading]


def draw_files(folder: Path, *sizes: int) -> list[Path]:
    return [write_cin_census(folder / f"cin_{place}.xml", size) for place, size in enumerate(sizes)]


def end_at_once(path: Path, *, progress: Progress = no_progress) -> Reading:
    os._exit(9)


def fail(path: Path, *, progress: Progress = no_progress) -> Reading:
    raise ZeroDivisionError("a fault of the program")


def send_for_ever(path: Path, *, progress: Progress = no_progress) -> Reading:
    def batches() -> Iterator[Batch]:
        while True:
            yield {"children": pl.DataFrame({"row": [1]})}

    return Reading(batches(), lambda: Quality((), (), "row", {}, {}, ()))


def test_several_files_give_the_batches_of_each_in_the_order_named(tmp_path: Path) -> None:
    paths = draw_files(tmp_path, 1500, 5, 700)
    alone, together = read_side_by_side(READ, paths, processes=1), read_side_by_side(READ, paths, processes=3)
    expected, found = gather(alone), gather(together)
    assert [name for name, _ in found] == [name for name, _ in expected]
    for (_, batch), (_, other) in zip(found, expected, strict=True):
        assert all(batch[name].equals(other[name]) for name in other)
    assert together.qualities == alone.qualities
    assert together.quality == alone.quality


def test_the_quality_is_that_of_all_files(tmp_path: Path) -> None:
    paths = draw_files(tmp_path, 3, 4)
    reading = read_side_by_side(READ, paths, processes=2)
    with pytest.raises(RuntimeError, match="Read all batches"):
        _ = reading.quality
    gather(reading)
    assert reading.quality.files == ("cin_0.xml", "cin_1.xml")
    assert reading.quality.sha256 == tuple(read_cin_census(path).collect().quality.sha256[0] for path in paths)
    assert reading.quality.rows_kept["children"] == 7
    assert reading.quality.count(Matter.RECODED, "children", "sex") == 7
    assert [f.file for f in reading.quality.findings] == ["cin_0.xml", "cin_1.xml"]


def test_progress_tells_the_bytes_of_all_files(tmp_path: Path) -> None:
    paths = draw_files(tmp_path, 30, 40)
    told: list[int] = []
    gather(read_side_by_side(READ, paths, processes=2, progress=told.append))
    assert told == sorted(told)
    assert told[-1] == sum(path.stat().st_size for path in paths)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_file_that_is_refused_ends_the_reading_of_all(tmp_path: Path, processes: int) -> None:
    paths = draw_files(tmp_path, 30, 30)
    paths[1].write_text(HEADER + draw_child(1), encoding="utf-8")
    reading = read_side_by_side(READ, paths, processes=processes)
    with pytest.raises(ReturnError, match=r"cin_1\.xml: is cut off"):
        gather(reading)
    with pytest.raises(RuntimeError):
        _ = reading.quality


def test_a_process_that_ends_early_is_said_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match=r"cin_\d\.xml: the process that read it ended before it was done"):
        gather(read_side_by_side(end_at_once, draw_files(tmp_path, 1, 1), processes=2))


def test_a_fault_of_the_program_is_raised_here(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="a fault of the program"):
        gather(read_side_by_side(fail, draw_files(tmp_path, 1, 1), processes=2))


def test_who_stops_reading_leaves_no_process_behind(tmp_path: Path) -> None:
    batches = iter(read_side_by_side(send_for_ever, draw_files(tmp_path, 1, 1), processes=2))
    for _ in range(100):
        next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert active_children() == []


def test_no_files_give_no_batches() -> None:
    assert gather(read_side_by_side(READ, [])) == []
