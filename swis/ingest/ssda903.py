"""Reading the SSDA903, the return of looked-after children."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from swis.ingest.across import Births, Duplicates, Spells
from swis.ingest.elements import Rows, note_elements, read_elements, take_whole_units
from swis.ingest.finding import Effect, Matter, Quality, Tally
from swis.ingest.limits import LIMITS, Limits
from swis.ingest.opening import OpenFile
from swis.ingest.reading import Batch, Progress, Reading, no_progress
from swis.ingest.school_roll import list_files
from swis.ingest.sense import check_dates
from swis.ingest.shaped import plan_reading
from swis.ingest.table_file import Source, choose_table, empty_frame, open_rows, read_frames
from swis.ingest.typed import ROW, type_rows
from swis.ingest.upn import check_unique_pupil_numbers
from swis.tables.returns.ssda903 import EPISODES, HEADINGS_NOT_READ, LOOKED_AFTER_CHILDREN, SSDA903, SSDA903_SHAPE

_PLAN = plan_reading(SSDA903_SHAPE)
_NUMBER = _PLAN.layouts[LOOKED_AFTER_CHILDREN.name].numbers[0]
_NEW_EPISODE_FOLLOWS = "X1"
_CHILDREN_PER_BATCH = 20_000


def read_ssda903(
    paths: Path | Sequence[Path],
    *,
    returned_on: date | None = None,
    limits: Limits = LIMITS,
    progress: Progress = no_progress,
) -> Reading:
    """The children and episodes of a return of looked-after children: CSV files, a folder of them, or the XML file.

    Counted: every child and episode with its required values, of one year or of several. Not read: the other eight files,
    which are named in the tally; postcodes; the URN of placements. Overlaps and gaps between the episodes of a child, reasons for
    an end without an end, and children without a row in the header are kept and tallied. `returned_on` is the day after which no
    date can lie. Places are rows, or the numbers of children in the XML file.

    Raises ReturnError if a file is no part of the return or cannot be read as a whole.
    """
    files = sorted(list_files(paths), key=lambda path: "header" not in path.name.casefold())
    reader = _Ssda903(files, returned_on, Source(limits, progress, Tally()))
    return Reading(reader.batches(), reader.finish)


class _Ssda903:
    def __init__(self, paths: Sequence[Path], returned_on: date | None, source: Source) -> None:
        self._paths = paths
        self._returned_on = returned_on
        self._source = source
        self._births = Births()
        self._shared = Duplicates((LOOKED_AFTER_CHILDREN.name, "unique_pupil_number"), Matter.SHARED_UPN)
        self._spells = Spells((EPISODES.name, "started_on"), most=source.limits.rows_checked_for_overlap)
        self._unit = "row"

    def batches(self) -> Iterator[Batch]:
        """Both tables without rows first, then the frames of each file."""
        yield {table.name: empty_frame(table) for table in SSDA903.tables}
        for file, path in enumerate(self._paths):
            if path.suffix.lower() == ".xml":
                self._unit = "child"
                yield from self._read_xml(path, file)
            else:
                yield from self._read_rows(path, file)

    def finish(self) -> Quality:
        """The tally of all files."""
        for check in (self._shared, self._spells):
            check.note(self._source.tally)
        return self._source.tally.sum_up(self._unit)

    def _read_rows(self, path: Path, file: int) -> Iterator[Batch]:
        rows = open_rows(path, self._source)
        other = _name_file_not_read(rows.heading)
        if other:
            self._source.tally.note((other, ""), Matter.FILE_NOT_READ, Effect.NOT_READ, [], 1)
            self._source.tally.sha256.append("")
            return
        table = choose_table(path.name, SSDA903.tables, rows.heading)
        for frame in read_frames(rows, table, self._source, {}):
            checked = (
                self._check_children(frame, file)
                if table is LOOKED_AFTER_CHILDREN
                else self._check_episodes(frame, file)
            )
            yield {table.name: checked}

    def _read_xml(self, path: Path, file: int) -> Iterator[Batch]:
        limits, tally = self._source.limits, self._source.tally
        tally.begin_file(path.name)
        opened = OpenFile(path, limits, self._source.progress)
        rows = Rows({name: [] for name in _PLAN.layouts})
        for _ in read_elements(opened, _PLAN.root, LOOKED_AFTER_CHILDREN.name, rows, limits):
            if len(rows.of_tables[LOOKED_AFTER_CHILDREN.name]) >= _CHILDREN_PER_BATCH:
                yield self._type_elements(rows, file)
        yield self._type_elements(rows, file)
        note_elements(rows, tally)
        tally.sha256.append(opened.sha256)

    def _type_elements(self, rows: Rows, file: int) -> Batch:
        taken = take_whole_units(rows, LOOKED_AFTER_CHILDREN.name)
        raw = {name: _PLAN.layouts[name].frame(of_table).rename({_NUMBER: ROW}) for name, of_table in taken.items()}
        children = type_rows(LOOKED_AFTER_CHILDREN, raw[LOOKED_AFTER_CHILDREN.name], self._source.tally)
        with_child = raw[EPISODES.name].join(children.select(ROW, "child"), on=ROW, how="left", maintain_order="left")
        checked = self._check_children(children, file)
        episodes = type_rows(EPISODES, with_child, self._source.tally)
        return {LOOKED_AFTER_CHILDREN.name: checked, EPISODES.name: self._check_episodes(episodes, file)}

    def _check_children(self, frame: pl.DataFrame, file: int) -> pl.DataFrame:
        name, tally = LOOKED_AFTER_CHILDREN.name, self._source.tally
        frame = check_unique_pupil_numbers(name, frame, tally, column="unique_pupil_number", place=ROW)
        check_dates(LOOKED_AFTER_CHILDREN, frame, tally, place=ROW, returned_on=self._returned_on)
        self._shared.add(frame.select("unique_pupil_number"), frame[ROW], file=file, owner=frame["child"])
        self._births.add(frame["child"], frame["born_on"])
        return frame

    def _check_episodes(self, frame: pl.DataFrame, file: int) -> pl.DataFrame:
        tally, checked = self._source.tally, frame
        found = self._births.find(frame["child"])
        if found is not None:
            checked = frame.with_columns(found["born_on"])
            strangers = frame[ROW].filter(~found["known"])
            tally.note((EPISODES.name, "child"), Matter.NOT_IN_HEADER, Effect.KEPT, strangers)
        check_dates(EPISODES, checked, tally, place=ROW, returned_on=self._returned_on)
        unended = frame["reason_ended"].is_not_null() & frame["ended_on"].is_null()
        tally.note((EPISODES.name, "reason_ended"), Matter.REASON_WITHOUT_END, Effect.KEPT, frame[ROW].filter(unended))
        goes_on = (frame["reason_ended"] == _NEW_EPISODE_FOLLOWS).fill_null(False).alias("goes_on")
        self._spells.add(frame["child"], frame.select(ROW, "started_on", "ended_on").with_columns(goes_on), file=file)
        return frame


def _name_file_not_read(heading: Sequence[str]) -> str | None:
    names = {name.upper() for name in heading}
    return next((file for file, marks in HEADINGS_NOT_READ if names.issuperset(marks)), None)
