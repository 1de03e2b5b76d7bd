"""Writing a published panel: tables with symbols in the place of hidden numbers, notes, and the record of releases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from swis.disclosure.published import PublishedTable
from swis.disclosure.release import ReleaseLedger
from swis.errors import DisclosureError, OutputError
from swis.panel.publish import PublishedOutcome, PublishedPanel

NOTES_FILE = "notes.md"
LEDGER_FILE = "releases.json"


def write_published(published: PublishedPanel, folder: Path) -> tuple[Path, ...]:
    """Write what may leave into a folder, made if need be; the paths.

    OUTCOME_by_school_and_term.csv and OUTCOME_by_term_and_year_group.csv for every outcome, notes.md, and releases.json:
    keep that one, and give it when anything more of the panel is published. Raises OutputError.
    """
    texts: dict[str, str] = {}
    for code in dict.fromkeys(each.outcome.code for each in published.outcomes):
        same = [each for each in published.outcomes if each.outcome.code == code]
        texts[f"{code}_by_school_and_term.csv"] = _as_csv([(each.authority, each.by_school) for each in same])
        texts[f"{code}_by_term_and_year_group.csv"] = _as_csv([(each.authority, each.by_year_group) for each in same])
    texts[NOTES_FILE] = "\n".join(_notes(published)) + "\n"
    texts[LEDGER_FILE] = published.ledger.to_json()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            if text:
                (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror}. Name another folder.") from None
    return tuple(folder / name for name, text in texts.items() if text)


def read_releases(path: Path) -> ReleaseLedger:
    """The record of releases that an earlier publication left. Raises DisclosureError if it cannot be read."""
    try:
        return ReleaseLedger.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise DisclosureError(
            f"{path} cannot be read. Give the {LEDGER_FILE} of the last publication; without it a new table cannot be held "
            "against earlier ones."
        ) from None


def _as_csv(tables: list[tuple[str, PublishedTable]]) -> str:
    """The tables of all authorities beneath each other; empty if all are withheld."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heading: list[str] = []
    for authority, table in tables:
        if table.withheld is not None:
            continue
        rows = list(csv.reader(io.StringIO(table.to_csv())))
        if not heading:
            heading = ["authority", *(name.replace(" ", "_") for name in rows[0]), *_without_rate(rows[0])]
            writer.writerow(heading)
        for row in rows[1:]:
            writer.writerow([authority, *row, *(["[z]"] * (len(heading) - 1 - len(row)))])
    return out.getvalue()


def _without_rate(heading: list[str]) -> list[str]:
    # One authority may have pupils and another not: the column is always there.
    return [] if "rate" in heading else ["rate"]


def _notes(published: PublishedPanel) -> Iterator[str]:
    yield f"# What was published of {', '.join(published.authorities)}"
    yield ""
    yield f"Rule: {published.policy.words}."
    yield "`[c]`: hidden. `[z]`: does not apply, as there are no pupils. A rate is the count by pupils of the term."
    for each in published.outcomes:
        yield from ["", f"## {each.outcome.name}, {each.authority}", ""]
        yield f"Counted: {each.outcome.counted} Not counted: {each.outcome.not_counted}"
        yield from ["", *_on_units(each)]
        for words, table in (("By school and term", each.by_school), ("By term and year group", each.by_year_group)):
            yield from (f"- {words}: {note}" for note in table.notes)
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
