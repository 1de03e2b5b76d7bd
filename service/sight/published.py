"""Tables and figures of what was released. They are made from `Disclosed` alone: no count comes in beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from service.pages.figures import Figure, Series, Value
from service.pages.tables import Suppressed
from service.practice.core_codes import CORE, CodeList
from service.sight.disclose import NOT_SAID, SCHOOL, Disclosed
from service.sight.exhibits.exhibit import Exhibit
from service.sight.models import Release

Told: TypeAlias = "Sequence[tuple[str, Mapping[str, Disclosed]]]"  # half-term in words, its tables by list

TITLES = {
    SCHOOL: "Contacts by school",
    "kind_of_work": "Contacts by kind of work",
    "time_band": "Contacts by time",
    "role": "Contacts by role",
    "raised_by": "Contacts by who raised them",
    "outcome": "Contacts by outcome",
    "topic": "Topics",
}
TOTAL = "Total"


def exhibits_of(told: Told, *, names: Mapping[str, str]) -> list[Exhibit]:
    """The contacts of each half-term, then one figure a list, half-term beside half-term. `names` are those of schools."""
    lists = dict.fromkeys(name for _, tables in told for name in tables)
    first = [contacts_in_all(told, list_name) for list_name in list(lists)[:1]]
    return [*first, *(exhibit_of(name, told, names=names) for name in lists)]


def contacts_in_all(told: Told, list_name: str) -> Exhibit:
    """The contacts of each half-term, as the total of one list tells them."""
    figure = Figure(
        title="Contacts",
        labels=tuple(half for half, _ in told),
        series=(Series("Contacts", tuple(_total(by_list[list_name]) for _, by_list in told)),),
        label_heading="Half-term",
    )
    return Exhibit.of("contacts", figure)


def exhibit_of(name: str, told: Told, *, names: Mapping[str, str]) -> Exhibit:
    """Counts by the codes of one list for each half-term; a school that had no part in one has no figure there.

    The table has the totals too; in the figure they would leave no room for their parts.
    """
    tables = [(half, by_list[name]) for half, by_list in told if name in by_list]
    words = names if name == SCHOOL else CORE[CodeList(name)] | {NOT_SAID: "Not said"}
    codes = list(dict.fromkeys(code for _, table in tables for code in table.counts))
    if name == SCHOOL:
        codes.sort(key=lambda urn: (words.get(urn, urn), urn))
    figure = Figure(
        title=TITLES[name],
        labels=tuple(words.get(code, code) for code in codes),
        series=tuple(Series(half, tuple(_value(table, code) for code in codes)) for half, table in tables),
        unit="contacts" if name == "topic" else "",
        label_heading="School" if name == SCHOOL else CodeList(name).label,
        note=" ".join(dict.fromkeys(note for _, table in tables for note in table.notes)),
    )
    total = (TOTAL, *(_total(table) for _, table in tables))
    rows = (*figure.table.rows, total) if all(table.has_total for _, table in tables) else figure.table.rows
    return Exhibit(
        name.replace("_", "-"), replace(figure.table, rows=rows, note=figure.note), figure if codes else None
    )


def totals_of(releases: Sequence[Release], tables: Mapping[int, Mapping[str, Disclosed]]) -> Figure | None:
    """The contacts of each authority and half-term of one school year, as they were told; nothing is added up."""
    halves = sorted({release.number for release in releases})
    authorities = sorted({release.authority for release in releases}, key=lambda each: each.name)
    if not releases:
        return None
    found = {(each.authority_id, each.number): _total(tables[each.pk][SCHOOL]) for each in releases}
    return Figure(
        title=f"Contacts by authority, {releases[0].school_year}",
        labels=tuple(authority.name for authority in authorities),
        series=tuple(
            Series(f"Half-term {number}", tuple(found.get((authority.pk, number)) for authority in authorities))
            for number in halves
        ),
        unit="contacts",
        label_heading="Authority",
    )


def _value(table: Disclosed, code: str) -> Value:
    if table.withheld:
        return Suppressed()
    if code not in table.counts:
        return None
    count = table.counts[code]
    return Suppressed() if count is None else count


def _total(table: Disclosed) -> Value:
    return Suppressed() if table.total is None else table.total
