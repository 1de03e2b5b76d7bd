"""Writing a published panel: tables with symbols in the place of hidden numbers, notes, and the record of releases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from swis.disclosure.count_table import TOTAL
from swis.disclosure.published import PublishedTable
from swis.disclosure.release import ReleaseLedger
from swis.errors import DisclosureError, OutputError
from swis.panel.outcomes import OUTCOMES
from swis.panel.publish import PublishedOutcome, PublishedPanel, PublishedYearGroups

NOTES_FILE = "notes.md"
LEDGER_FILE = "releases.json"
_BY_SCHOOL = "_by_school_and_term.csv"
_BY_YEAR_GROUP = "_by_term_and_year_group.csv"


def write_published(published: PublishedPanel, folder: Path) -> tuple[Path, ...]:
    """Write what may leave into a folder, made if need be; the paths.

    OUTCOME_by_school_and_term.csv and OUTCOME_by_term_and_year_group.csv for every outcome, notes.md, and releases.json:
    keep that one, and give it when anything more of the panel is published. The record is written first: what is cut off later
    is held to have gone out. Tables of an earlier publication that are not of this one are removed. Raises OutputError.
    """
    texts = {name: text for name, text in _tables(published).items() if text}
    texts[NOTES_FILE] = "\n".join(_notes(published)) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / LEDGER_FILE, published.ledger.to_json())
        # Notes come last, so that no notes ever stand beside tables that they do not describe.
        for stale in {NOTES_FILE, *_names_of_tables()} - (set(texts) - {NOTES_FILE}):
            (folder / stale).unlink(missing_ok=True)
        for name, text in texts.items():
            _replace(folder / name, text)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror}. Name another folder.") from None
    return (*(folder / name for name in texts), folder / LEDGER_FILE)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)


def _names_of_tables() -> Iterator[str]:
    for outcome in OUTCOMES:
        yield f"{outcome.code}{_BY_SCHOOL}"
        yield f"{outcome.code}{_BY_YEAR_GROUP}"


def _tables(published: PublishedPanel) -> dict[str, str]:
    texts: dict[str, str] = {}
    for code in dict.fromkeys(each.outcome.code for each in published.outcomes):
        same = [each for each in published.outcomes if each.outcome.code == code]
        schools = [_Rows((each.authority,), each.by_school) for each in same]
        year_groups = [rows for each in same for rows in _rows_by_year_group(each)]
        texts[f"{code}{_BY_SCHOOL}"] = _as_csv(("authority",), schools)
        texts[f"{code}{_BY_YEAR_GROUP}"] = _as_csv(("authority", "set of schools"), year_groups)
    return texts


def _rows_by_year_group(published: PublishedOutcome) -> Iterator[_Rows]:
    for number, each in enumerate(published.by_year_group, start=1):
        if each.table is not None:
            yield _Rows((published.authority, str(number)), each.table, {*each.year_groups, TOTAL})


@dataclass(frozen=True)
class _Rows:
    """A table, what stands before each of its rows, and the last labels that are written; None: all."""

    before: tuple[str, ...]
    table: PublishedTable
    last_labels: set[str] | None = None


def read_releases(path: Path) -> ReleaseLedger:
    """The record of releases that an earlier publication left. Raises DisclosureError if it cannot be read."""
    try:
        return ReleaseLedger.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise DisclosureError(
            f"{path} cannot be read. Give the {LEDGER_FILE} of the last publication; without it a new table cannot be held "
            "against earlier ones."
        ) from None


def _as_csv(before: tuple[str, ...], tables: Sequence[_Rows]) -> str:
    """The tables of all authorities beneath each other; empty if all are withheld."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heading: list[str] = []
    for each in tables:
        if each.table.withheld is not None:
            continue
        rows = list(csv.reader(io.StringIO(each.table.to_csv())))
        if not heading:
            heading = [name.replace(" ", "_") for name in (*before, *rows[0], *_without_rate(rows[0]))]
            writer.writerow(heading)
        for cell, row in zip(each.table.cells, rows[1:], strict=True):
            if each.last_labels is None or cell.labels[-1] in each.last_labels:
                whole = [*each.before, *row]
                writer.writerow([*whole, *(["[z]"] * (len(heading) - len(whole)))])
    return out.getvalue()


def _without_rate(heading: list[str]) -> list[str]:
    # One authority may have pupils and another not: the column is always there.
    return [] if "rate" in heading else ["rate"]


def _notes(published: PublishedPanel) -> Iterator[str]:
    yield f"# What was published of {', '.join(published.authorities)}"
    yield ""
    yield f"Rule: {published.policy.words}."
    yield (
        "By year group only among schools that all have the same year groups in every term, in numbered sets: which year "
        "groups a school has is known, and would let a hidden number be worked out."
    )
    yield "`[c]`: hidden. `[z]`: does not apply, as there are no pupils. A rate is the count by pupils of the term."
    for each in published.outcomes:
        yield from ["", f"## {each.outcome.name}, {each.authority}", ""]
        yield f"Counted: {each.outcome.counted} Not counted: {each.outcome.not_counted}"
        yield from ["", *_on_units(each)]
        yield from (f"- By school and term: {note}" for note in each.by_school.notes)
        for number, alike in enumerate(each.by_year_group, start=1):
            yield from _on_set(number, alike)
    if published.withheld:
        yield from ["", "## Withheld", ""]
        yield from (f"- {each}." for each in published.withheld)


def _on_units(published: PublishedOutcome) -> list[str]:
    if published.most == 1:
        return []
    return [
        f"- One child can add {published.most} {published.outcome.kind.value} to a term: the rule for children is taken times "
        "that."
    ]


def _on_set(number: int, alike: PublishedYearGroups) -> list[str]:
    words = f"By term and year group, set {number} of schools"
    schools = f"{', '.join(alike.schools)}; year groups {', '.join(alike.year_groups) or 'none'}"
    notes = (f"Withheld: {alike.withheld}.",) if alike.table is None else alike.table.notes
    return [f"- {words}: {schools}.", *(f"- {words}: {note}" for note in notes)]
