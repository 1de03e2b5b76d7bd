"""nominations.csv as the library declares it: written from a round, and read back row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from service.programmes.models import Nomination
from service.schools.models import Phase, School
from swis.tables.nominations import NOMINATIONS

FIGURES = (
    "pupils",
    "referrals",
    "section_47_enquiries",
    "exclusions",
    "persistent_absence_percent",
    "free_school_meals_percent",
)
PERCENTAGES = ("persistent_absence_percent", "free_school_meals_percent")
LARGEST = 1_000_000  # bytes; 300 schools are 30 kB


def label_of(school: School) -> str:
    """The name of a school in the draw: unlike the name alone, no two schools bear it."""
    return f"{school.name} ({school.urn})"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text. nominations.csv is taken byte for byte, so none gets into it."""
    return text.strip()[:1] in tuple("=+-@")


def write_nominations(nominations: Iterable[Nomination]) -> str:
    """The text of nominations.csv. The same nominations give the same bytes, so that a draw can be checked against them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(NOMINATIONS.column_names)
    ordered = sorted(nominations, key=lambda each: (each.round.authority.name, each.label))
    for each in ordered:
        cells = _cells(each)
        writer.writerow([cells[name] for name in NOMINATIONS.column_names])
    return text.getvalue()


def _cells(nomination: Nomination) -> dict[str, str]:
    phase = nomination.school.phase
    figures = {name: getattr(nomination, name) for name in FIGURES}
    feeders = sorted(school.name for school in nomination.feeder_primaries.all())
    return {
        "school": nomination.label,
        "authority": nomination.round.authority.name,
        "phase": "special" if phase == Phase.ALTERNATIVE_PROVISION else phase,
        **{name: "" if value is None else str(value) for name, value in figures.items()},
        "feeder_primaries": "; ".join(feeders),
        "reserve": "yes" if nomination.reserve else "no",
        "excluded": nomination.excluded,
    }


@dataclass
class ReadNominations:
    """The rows of an uploaded file as they were written, each with its line; and what is wrong, by line and column."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, row: int, column: str, what: str) -> None:
        self.problems.append({"row": row, "column": column, "what": what})


def read_rows(data: bytes) -> ReadNominations:
    """The lines of a nominations.csv. What is wrong with the file as a whole is a problem of row 1."""
    read = ReadNominations()
    if len(data) > LARGEST:
        read.refuse(1, "", "The file is larger than 1 MB. Upload the nominations alone.")
        return read
    try:
        text = data.decode("utf-8-sig")
        lines = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        if "\0" in text:
            raise csv.Error
    except (UnicodeDecodeError, csv.Error):
        read.refuse(1, "", "The file is no CSV in UTF-8. Save it again as CSV (UTF-8).")
        return read
    names = set(lines[0]) - {None} if lines else set()
    for missing in sorted({"school"} - names):
        read.refuse(1, missing, "The column is missing, or the file has no rows.")
    for unknown in sorted(names - set(NOMINATIONS.column_names)):
        read.refuse(1, str(unknown), "There is no such column. Take it out, or mend its name.")
    if read.problems:
        return read
    for number, line in enumerate(lines, start=2):
        if None in line or None in line.values():
            read.refuse(number, "", "The row has more or fewer cells than the heading.")
        else:
            read.rows.append({"row": number, **{name: value.strip() for name, value in line.items()}})
    return read


def find_school(text: str, schools: Iterable[School]) -> School | None:
    """The school that a text names by URN, by "name (URN)", or by a name that only one of them has."""
    known = list(schools)
    wanted = " ".join(text.casefold().split())
    for school in known:
        if wanted in (school.urn, label_of(school).casefold()):
            return school
    named = [school for school in known if " ".join(school.name.casefold().split()) == wanted]
    return named[0] if len(named) == 1 else None
