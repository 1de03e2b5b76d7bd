"""Reading a children in need census."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from swis.errors import ReturnError
from swis.ingest.across import Duplicates
from swis.ingest.elements import Rows, note_elements, read_elements, take_whole_units
from swis.ingest.finding import Effect, Matter, Quality, Tally
from swis.ingest.limits import LIMITS, Limits
from swis.ingest.opening import OpenFile
from swis.ingest.reading import Batch, Progress, Reading, no_progress
from swis.ingest.sense import check_dates
from swis.ingest.shaped import plan_reading
from swis.ingest.typed import type_rows
from swis.ingest.upn import check_unique_pupil_numbers
from swis.tables.returns.cin_census import (
    CHILDREN,
    HEADER,
    INITIAL_CONFERENCES,
    REFERRALS,
    SECTION_47_ENQUIRIES,
)
from swis.tables.returns.cin_census_shape import CIN_CENSUS_SHAPE
from swis.tables.table import Table

PLACE = "child_number"
_COLLECTION = "CIN"
_PLAN = plan_reading(CIN_CENSUS_SHAPE)
_EVENTS = [layout.table for layout in _PLAN.layouts.values() if layout.table not in (HEADER, CHILDREN)]


def read_cin_census(
    path: Path, *, children_per_batch: int = 20_000, limits: Limits = LIMITS, progress: Progress = no_progress
) -> Reading:
    """A children in need census in XML, as batches of typed tables with names that are spelt out.

    Counted: every child, referral and event of the file that has its required values. Not counted, but tallied: rows without
    them, elements that are not known. Dates that make no sense, wrong check letters and children that come twice are kept
    and tallied. Places are the numbers of children in the file, from 1.

    Raises ReturnError if the file is not a whole, safe and well-formed return.
    """
    reader = _CinCensus(OpenFile(path, limits, progress), children_per_batch, limits)
    return Reading(reader.batches(), reader.finish)


class _CinCensus:
    def __init__(self, file: OpenFile, children_per_batch: int, limits: Limits) -> None:
        self._file = file
        self._children_per_batch = children_per_batch
        self._limits = limits
        self._rows = Rows({name: [] for name in _PLAN.layouts})
        self._tally = Tally()
        self._tally.begin_file(file.name)
        self._header: dict[str, str] = {}
        self._returned_on: date | None = None
        self._twice = Duplicates((CHILDREN.name, "child"), Matter.DUPLICATE)
        self._shared = Duplicates((CHILDREN.name, "unique_pupil_number"), Matter.SHARED_UPN)

    def batches(self) -> Iterator[Batch]:
        """The batches; an empty return gives one without rows."""
        for _ in read_elements(self._file, _PLAN.root, CHILDREN.name, self._rows, self._limits):
            self._read_header()
            if len(self._rows.of_tables[CHILDREN.name]) >= self._children_per_batch:
                yield self._make_batch()
        yield self._make_batch()

    def finish(self) -> Quality:
        """The tally of the whole file."""
        tally = self._tally
        self._twice.note(tally)
        self._shared.note(tally)
        note_elements(self._rows, tally)
        for column in HEADER.columns:
            if column.name not in self._header:
                tally.note((HEADER.name, column.name), Matter.HEADER_WITHOUT, Effect.NULL, [], 1)
        tally.sha256.append(self._file.sha256)
        return tally.sum_up("child", self._header)

    def _read_header(self) -> None:
        if not self._rows.of_tables[HEADER.name]:
            return
        cells = _PLAN.layouts[HEADER.name].frame(self._rows.of_tables[HEADER.name]).row(0, named=True)
        self._rows.of_tables[HEADER.name].clear()
        self._header = {name: text.strip() for name, text in cells.items() if isinstance(text, str) and text.strip()}
        collection = self._header.get("collection", _COLLECTION)
        if collection != _COLLECTION:
            raise ReturnError(f"{self._file.name}: is a return of another collection ({collection[:10]!r}), not CIN.")
        try:
            self._returned_on = date.fromisoformat(self._header.get("returned_on", ""))
        except ValueError:
            self._header.pop("returned_on", None)

    def _make_batch(self) -> Batch:
        taken = take_whole_units(self._rows, CHILDREN.name)
        raw = {name: _PLAN.layouts[name].frame(rows) for name, rows in taken.items() if name != HEADER.name}
        children = self._type_children(raw[CHILDREN.name])
        batch = {CHILDREN.name: children}
        for table in _EVENTS:
            batch[table.name] = self._type_events(table, raw[table.name], children)
        batch[INITIAL_CONFERENCES.name] = self._gather_conferences(batch)
        return batch

    def _type_children(self, raw: pl.DataFrame) -> pl.DataFrame:
        children = type_rows(CHILDREN, raw, self._tally, place=PLACE)
        for column in ("unique_pupil_number", "former_unique_pupil_number"):
            children = check_unique_pupil_numbers(CHILDREN.name, children, self._tally, column=column, place=PLACE)
        check_dates(CHILDREN, children, self._tally, place=PLACE, returned_on=self._returned_on)
        self._twice.add(children.select("child"), children[PLACE])
        self._shared.add(children.select("unique_pupil_number"), children[PLACE], owner=children["child"])
        return children

    def _type_events(self, table: Table, raw: pl.DataFrame, children: pl.DataFrame) -> pl.DataFrame:
        with_child = raw.join(children.select(PLACE, "child"), on=PLACE, how="left", maintain_order="left")
        events = type_rows(table, with_child, self._tally, place=PLACE)
        lives = events.join(children.select(PLACE, "born_on", "died_on"), on=PLACE, how="left", maintain_order="left")
        check_dates(table, lives, self._tally, place=PLACE, returned_on=self._returned_on)
        if events.height and self._is_before(max(column.first_year or 0 for column in table.columns)):
            self._tally.note((table.name, ""), Matter.TOO_EARLY_FOR_ELEMENT, Effect.KEPT, events[PLACE])
        return events

    def _is_before(self, year: int) -> bool:
        said = self._header.get("year", "")
        return said.isdecimal() and int(said) < year

    def _gather_conferences(self, batch: Batch) -> pl.DataFrame:
        sources = ((REFERRALS, "referral"), (SECTION_47_ENQUIRIES, "section 47 enquiry"))
        conferences = pl.concat(_conferences_of(batch[table.name], recorded_with) for table, recorded_with in sources)
        self._tally.count_rows(INITIAL_CONFERENCES.name, read=conferences.height, kept=conferences.height)
        return conferences.sort(PLACE, "held_on", "recorded_with")


def _conferences_of(events: pl.DataFrame, recorded_with: str) -> pl.DataFrame:
    held = events.filter(pl.col("initial_conference_on").is_not_null())
    what = pl.lit(recorded_with, dtype=pl.String)
    return held.select(PLACE, "referral_number", "child", held_on="initial_conference_on", recorded_with=what)
