"""Reading `families.csv`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from swis.ingest.across import Duplicates
from swis.ingest.finding import Matter, Quality, Tally
from swis.ingest.limits import LIMITS, Limits
from swis.ingest.reading import Batch, Progress, Reading, no_progress
from swis.ingest.table_file import Source, choose_table, empty_frame, open_rows, read_frames
from swis.ingest.typed import ROW
from swis.tables.families import FAMILIES


def read_families(path: Path, *, limits: Limits = LIMITS, progress: Progress = no_progress) -> Reading:
    """The families of children as the authority groups them, one row a child, as the table `families`.

    Counted: every row with a child and a family. A child with a second row is kept and tallied. Raises ReturnError.
    """
    source = Source(limits, progress, Tally())
    twice = Duplicates((FAMILIES.name, "child"), Matter.DUPLICATE)

    def batches() -> Iterator[Batch]:
        rows = open_rows(path, source)
        choose_table(path.name, [FAMILIES], rows.heading)
        yield {FAMILIES.name: empty_frame(FAMILIES)}
        for frame in read_frames(rows, FAMILIES, source, {}):
            twice.add(frame.select("child"), frame[ROW])
            yield {FAMILIES.name: frame}

    def finish() -> Quality:
        twice.note(source.tally)
        return source.tally.sum_up("row")

    return Reading(batches(), finish)
