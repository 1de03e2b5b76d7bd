"""Reading the register of schools, its links and the Department's tables about schools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from swis.ingest.across import Duplicates
from swis.ingest.finding import Matter, Quality, Tally
from swis.ingest.limits import LIMITS, Limits
from swis.ingest.reading import Batch, Progress, Reading, no_progress
from swis.ingest.sense import check_dates
from swis.ingest.table_file import Source, choose_table, empty_frame, open_rows, read_frames
from swis.ingest.typed import ROW
from swis.tables.returns.schools_register import SCHOOL_ABSENCE, SCHOOL_LINKS, SCHOOL_PUPIL_NUMBERS, SCHOOLS
from swis.tables.table import Table

_DIGITS = 4


def read_schools_register(path: Path, *, limits: Limits = LIMITS, progress: Progress = no_progress) -> Reading:
    """The schools of a download of the register (edubasealldata), one row a school, as the table `schools`.

    Counted: every school with a URN, open or closed. Not read: addresses, names of staff, and columns that are not declared.
    Raises ReturnError.
    """
    return _read(path, SCHOOLS, Source(limits, progress, Tally()))


def read_school_links(path: Path, *, limits: Limits = LIMITS, progress: Progress = no_progress) -> Reading:
    """The links between schools (links_edubasealldata), one row a link, as the table `school_links`. Raises ReturnError."""
    return _read(path, SCHOOL_LINKS, Source(limits, progress, Tally()))


def read_school_pupil_numbers(path: Path, *, limits: Limits = LIMITS, progress: Progress = no_progress) -> Reading:
    """Pupils and their characteristics by school, from the Department's performance tables. Raises ReturnError.

    Not counted: national rows, which are dropped. A symbol in place of a number becomes null; the symbol stands beside it in the
    column that ends in _symbol.
    """
    return _read(path, SCHOOL_PUPIL_NUMBERS, Source(limits, progress, Tally()))


def read_school_absence(path: Path, *, limits: Limits = LIMITS, progress: Progress = no_progress) -> Reading:
    """Absence by school, from the Department's performance tables. As `read_school_pupil_numbers`. Raises ReturnError."""
    return _read(path, SCHOOL_ABSENCE, Source(limits, progress, Tally()))


def _read(path: Path, table: Table, source: Source) -> Reading:
    twice = Duplicates((table.name, table.key[0]), Matter.DUPLICATE)

    def batches() -> Iterator[Batch]:
        rows = open_rows(path, source)
        choose_table(path.name, [table], rows.heading)
        yield {table.name: empty_frame(table)}
        for frame in read_frames(rows, table, source, {}):
            check_dates(table, frame, source.tally, place=ROW, returned_on=None)
            twice.add(frame.select(table.key), frame[ROW])
            yield {table.name: _add_laestab(frame) if table is SCHOOLS else frame}

    def finish() -> Quality:
        twice.note(source.tally)
        return source.tally.sum_up("row")

    return Reading(batches(), finish)


def _add_laestab(frame: pl.DataFrame) -> pl.DataFrame:
    """The number that schools are known by within authorities: the authority's code and four digits."""
    number = pl.col("authority") + pl.col("establishment_number").str.zfill(_DIGITS)
    return frame.with_columns(authority_and_establishment=number)
