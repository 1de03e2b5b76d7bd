"""Ours: typed, checked, counted, batch by batch, with the tally at the end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from swis.ingest.cin_census import read_cin_census
from swis.ingest.reading import Reading
from swis.ingest.school_roll import read_school_roll
from swis.ingest.schools_register import read_schools_register
from swis.ingest.side_by_side import read_side_by_side
from swis.ingest.ssda903 import read_ssda903


def census(path: Path) -> dict[str, int]:
    """Children and section 47 enquiries."""
    rows = _count(read_cin_census(path))
    return {name: rows[name] for name in ("children", "section_47_enquiries")}


def censuses(path: Path) -> dict[str, int]:
    """The same of every file in a folder, side by side."""
    rows: Counter[str] = Counter()
    for _, batch in read_side_by_side(read_cin_census, sorted(path.iterdir())):
        rows.update({name: batch[name].height for name in ("children", "section_47_enquiries")})
    return dict(rows)


def episodes(path: Path) -> dict[str, int]:
    """Episodes, and those that have ended."""
    ended = rows = 0
    for batch in read_ssda903(path):
        if "episodes" in batch:
            rows += batch["episodes"].height
            ended += batch["episodes"]["ended_on"].count()
    return {"episodes": rows, "ended": ended}


def register(path: Path) -> dict[str, int]:
    """Schools, and those that have closed."""
    tables = read_schools_register(path).collect().tables["schools"]
    return {"schools": tables.height, "closed": tables["closed_on"].count()}


def roll(path: Path) -> dict[str, int]:
    """Pupils."""
    return {"pupils": _count(read_school_roll(path))["pupils_on_roll"]}


def _count(reading: Reading) -> Counter[str]:
    rows: Counter[str] = Counter()
    for batch in reading:
        rows.update({name: frame.height for name, frame in batch.items()})
    if not reading.quality.sha256:
        raise SystemExit("A reading without the hash of its file.")
    return rows
