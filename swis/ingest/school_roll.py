"""Reading the school census or an extract of the rolls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from swis.ingest.across import Duplicates
from swis.ingest.finding import Effect, Matter, Quality, Tally
from swis.ingest.limits import LIMITS, Limits
from swis.ingest.reading import Batch, Progress, Reading, no_progress
from swis.ingest.sense import check_dates
from swis.ingest.table_file import Source, choose_table, empty_frame, open_rows, read_frames
from swis.ingest.typed import ROW
from swis.ingest.upn import check_unique_pupil_numbers
from swis.tables.returns.school_census import PUPILS_NO_LONGER_ON_ROLL, PUPILS_ON_ROLL, SCHOOL_CENSUS
from swis.tables.table import Table

_COLLECTION = re.compile(r"(20\d{2})[_ -]?(autumn|spring|summer)", re.IGNORECASE)
_MISSED = (
    ("sessions_possible", "sessions_authorised", "sessions_unauthorised"),
    ("summer_2_sessions_possible", "summer_2_sessions_authorised", "summer_2_sessions_unauthorised"),
)


def read_school_roll(
    paths: Path | Sequence[Path],
    *,
    returned_on: date | None = None,
    limits: Limits = LIMITS,
    progress: Progress = no_progress,
) -> Reading:
    """The rolls of schools from files of the school census, or from extracts in that shape: CSV or .xlsx.

    Each file holds one table, known by its heading; a folder stands for the CSV files and workbooks in it. Counted: every row
    with its required values. Not read: names, addresses, attainment. `returned_on` is the day after which no date can lie.
    Pupils on several rolls, numbers that come twice and sessions that do not add up are kept and tallied. Places are rows.

    Raises ReturnError if a file is none of the tables or cannot be read as a whole.
    """
    reader = _SchoolRoll(list_files(paths), returned_on, Source(limits, progress, Tally()))
    return Reading(reader.batches(), reader.finish)


def list_files(paths: Path | Sequence[Path]) -> list[Path]:
    """The files that are meant: those named, and the CSV files, workbooks and XML files of a folder that is named."""
    files: list[Path] = []
    for path in [paths] if isinstance(paths, Path) else paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        wanted = {".csv", ".xlsx", ".xml"}
        files += [each for each in inside if not path.is_dir() or each.suffix.lower() in wanted] or [path]
    return files


class _SchoolRoll:
    def __init__(self, paths: Sequence[Path], returned_on: date | None, source: Source) -> None:
        self._paths = paths
        self._returned_on = returned_on
        self._source = source
        self._twice = {
            table.name: Duplicates((table.name, "unique_pupil_number"), Matter.DUPLICATE)
            for table in (PUPILS_ON_ROLL, PUPILS_NO_LONGER_ON_ROLL)
        }
        self._several = Duplicates((PUPILS_ON_ROLL.name, "unique_pupil_number"), Matter.AT_SEVERAL_SCHOOLS)

    def batches(self) -> Iterator[Batch]:
        """Every table without rows first, then the frames of each file."""
        yield {table.name: empty_frame(table) for table in SCHOOL_CENSUS.tables}
        for file, path in enumerate(self._paths):
            rows = open_rows(path, self._source)
            table = choose_table(path.name, tables_of(path.name, rows.heading), rows.heading)
            for frame in read_frames(rows, table, self._source, {"collection": name_collection(path.name)}):
                yield {table.name: self._check(table, frame, file)}

    def finish(self) -> Quality:
        """The tally of all files."""
        for twice in self._twice.values():
            twice.note(self._source.tally)
        self._several.note(self._source.tally)
        return self._source.tally.sum_up("row")

    def _check(self, table: Table, frame: pl.DataFrame, file: int) -> pl.DataFrame:
        tally = self._source.tally
        for column in ("unique_pupil_number", "former_unique_pupil_number"):
            if column in frame.columns:
                frame = check_unique_pupil_numbers(table.name, frame, tally, column=column, place=ROW)
        check_dates(table, frame, tally, place=ROW, returned_on=self._returned_on)
        self._check_sessions(table, frame)
        if table.name in self._twice:
            key = frame.select("unique_pupil_number", "school", "entered_on", pl.col("collection").fill_null(""))
            self._twice[table.name].add(key, frame[ROW], file=file)
        if table is PUPILS_ON_ROLL:
            here = frame.filter(pl.col("left_on").is_null())
            key = here.select("unique_pupil_number", pl.col("collection").fill_null(""))
            self._several.add(key, here[ROW], file=file, owner=here["school"])
        return frame

    def _check_sessions(self, table: Table, frame: pl.DataFrame) -> None:
        for possible, authorised, unauthorised in _MISSED:
            if possible in frame.columns:
                missed = frame[authorised].fill_null(0) + frame[unauthorised].fill_null(0)
                found = (missed > frame[possible]).fill_null(False)
                where = (table.name, possible)
                self._source.tally.note(where, Matter.MORE_MISSED_THAN_POSSIBLE, Effect.KEPT, frame[ROW].filter(found))


def tables_of(name: str, heading: Sequence[str]) -> tuple[Table, ...]:
    """The tables that a file may hold. Leavers are told from pupils on roll by the name of the file or of their record."""
    leavers = PUPILS_NO_LONGER_ON_ROLL
    plain = name.casefold().replace("_", "").replace(" ", "")
    if leavers.file in plain or f"{leavers.file}tableid" in (each.casefold() for each in heading):
        return (leavers, *(table for table in SCHOOL_CENSUS.tables if table not in (leavers, PUPILS_ON_ROLL)))
    return tuple(table for table in SCHOOL_CENSUS.tables if table is not leavers)


def name_collection(name: str) -> str | None:
    """The census that the name of a file says, such as '2019 spring'; None if it says none."""
    found = _COLLECTION.search(name)
    return f"{found[1]} {found[2].lower()}" if found else None
