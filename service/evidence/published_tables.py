"""What was published of a panel, as pages show it: schools by terms, and the notes on one outcome."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from service.pages.tables import Cell, Column, Suppressed, Table

HIDDEN, NO_PUPILS, TOTAL = "[c]", "[z]", "Total"
PER = 1000
_BY_SCHOOL, _BY_YEAR_GROUP = "- By school and term: ", "- By term and year group"


def tables_of(name: str, text: str, schools: Mapping[str, str]) -> tuple[Table, Table]:
    """The counts and the rates of an outcome by school and term, from the CSV that was published.

    `schools` are the names by label. Hidden numbers stay hidden in both; rates are rounded for the eye, the file has them whole.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    terms = list(dict.fromkeys(row["term"] for row in rows))
    labels = list(dict.fromkeys(row["school"] for row in rows))
    found = {(row["school"], row["term"]): row for row in rows}

    def table(caption: str, column: str, decimals: int | None) -> Table:
        return Table(
            caption,
            (
                Column("School"),
                *(Column("All terms" if term == TOTAL else term.capitalize(), True, decimals) for term in terms),
            ),
            tuple(
                (
                    "All schools" if label == TOTAL else schools.get(label, label),
                    *(_shown(found.get((label, term), {}).get(column, ""), column) for term in terms),
                )
                for label in labels
            ),
            wide=True,
        )

    return table(name, "count", None), table(f"{name} for {PER:,} pupils", "rate", 1)


def _shown(text: str, column: str) -> Cell:
    if text == HIDDEN:
        return Suppressed(HIDDEN)
    if text in ("", NO_PUPILS):
        return None
    return int(text) if column == "count" else PER * float(text)


def notes_on(name: str, notes: str) -> list[str]:
    """The notes on every table, those on one outcome by school and term, and what is withheld; the file has the others too."""
    return [line.removeprefix(_BY_SCHOOL).lstrip("- ") for line in _lines_on(name, notes)]


def _lines_on(name: str, notes: str) -> Iterator[str]:
    wanted = True  # what stands before the first outcome is on all of them
    for line in filter(None, map(str.strip, notes.splitlines())):
        if line.startswith("## "):
            title = line.removeprefix("## ")
            wanted = title == "Withheld" or title.rpartition(", ")[0] == name
        elif wanted and not line.startswith(("# ", _BY_YEAR_GROUP, "By year group")):
            yield line
