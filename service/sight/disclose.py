"""The one way in which counts of children's work leave the team that holds the cases.

Counts go in as `HalfTermCounts`, and `Disclosed` tables come out. Pages, figures and files of what is published take only
`Disclosed`, and nothing but this module makes one: from counts by the rule, or again from what was released before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from service.loading import when_used
from swis.disclosure.count_table import TOTAL, CountTable, Dimension
from swis.disclosure.policy import dfe, ons
from swis.disclosure.release import ReleaseLedger

if TYPE_CHECKING:
    from swis.disclosure import publish
    from swis.disclosure.published import PublishedTable
else:
    publish = when_used("swis.disclosure.publish")

SEAL = object()
SCHOOL = "school"
BY_SCHOOL = ("kind_of_work", "time_band")  # what each school is told of its own
TOPIC = "topic"
NOT_SAID = "not said"

Pairs = Counter[tuple[str, str]]


@dataclass(frozen=True, repr=False)
class HalfTermCounts:
    """The contacts of an authority in one half-term, counted; not for showing.

    `schools` are the URNs of the schools that have a part in it. `by_school` counts contacts by school and code of each list
    that schools are told of; `overall` by code of each other list; `topics` by core topic: a contact may have several
    topics or none.
    """

    authority: str
    half_term: str
    schools: tuple[str, ...]
    by_school: Mapping[str, Pairs]
    overall: Mapping[str, Counter[str]]
    topics: Counter[str]
    codes: Mapping[str, tuple[str, ...]]

    def __repr__(self) -> str:
        return f"HalfTermCounts({self.authority}, {self.half_term}; not for showing)"


@dataclass(frozen=True)
class Disclosed:
    """Counts by the codes of one list that may be shown; None stands for one that is withheld.

    `total` is None when it is withheld or when the table has none (`has_total`).
    """

    list_name: str
    counts: Mapping[str, int | None]
    total: int | None
    has_total: bool
    notes: tuple[str, ...]
    withheld: bool
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("A disclosed table is made by service.sight.disclose, from counts or from a release.")

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of it in a release."""
        return {
            "list_name": self.list_name,
            "counts": dict(self.counts),
            "total": self.total,
            "has_total": self.has_total,
            "notes": list(self.notes),
            "withheld": self.withheld,
        }


@dataclass(frozen=True)
class DisclosedHalfTerm:
    """What may be told of one half-term: to those who see an authority's figures, and to each school of its own."""

    tables: tuple[Disclosed, ...]
    by_school: Mapping[str, tuple[Disclosed, ...]]
    ledger: str


def disclose(counts: HalfTermCounts, *, ledgers: Sequence[str] = ()) -> DisclosedHalfTerm:
    """The counts of a half-term as they may be shown, checked together and against what was released before.

    The rule is the Department for Education's: 1 to 5 are hidden, and whatever would give them away. The check takes every
    reader to see every table, those of the schools too. Topics are told of the whole authority alone, from 10 upwards: several
    contacts on a rare topic are often about one child.
    """
    ledger = ReleaseLedger(tuple(release for text in ledgers for release in ReleaseLedger.from_json(text).releases))
    by_school = [_by_school(counts, name) for name in BY_SCHOOL]
    overall = [_overall(counts, name) for name in counts.overall]
    topics = _topics(counts)
    *linked, told = (
        *publish.publish_together((*by_school, *overall), dfe(), ledger=ledger),
        publish.publish(topics, ons(), ledger=ledger),
    )
    kept = ReleaseLedger()
    for table in (*linked, told):
        kept = table.recorded_in(kept)
    crossed, alone = linked[: len(by_school)], linked[len(by_school) :]
    tables = (
        _of_schools(crossed[0]),
        *(_margin(name, table) for name, table in zip(BY_SCHOOL, crossed, strict=True)),
        *(_margin(name, table) for name, table in zip(counts.overall, alone, strict=True)),
        _margin(TOPIC, told),
    )
    own = {
        urn: tuple(_row(name, table, urn) for name, table in zip(BY_SCHOOL, crossed, strict=True))
        for urn in counts.schools
    }
    return DisclosedHalfTerm(tables, own, kept.to_json())


def read_again(content: Sequence[Mapping[str, Any]]) -> tuple[Disclosed, ...]:
    """The tables of a release, as they were released."""
    return tuple(Disclosed(**each | {"notes": tuple(each["notes"])}, seal=SEAL) for each in map(dict, content))


def _counted(counts: HalfTermCounts) -> str:
    return f"contacts, authority {counts.authority}, {counts.half_term}"


def _by_school(counts: HalfTermCounts, name: str) -> CountTable:
    codes, pairs = counts.codes[name], counts.by_school[name]
    body = np.array([[pairs[urn, code] for code in codes] for urn in counts.schools], dtype=np.int64)
    dimensions = (Dimension.of(SCHOOL, *counts.schools), Dimension.of(name, *codes))
    return CountTable(_counted(counts), "steering group and schools", dimensions, body)


def _overall(counts: HalfTermCounts, name: str) -> CountTable:
    codes = counts.codes[name]
    body = np.array([counts.overall[name][code] for code in codes], dtype=np.int64)
    return CountTable(_counted(counts), "steering group", (Dimension.of(name, *codes),), body)


def _topics(counts: HalfTermCounts) -> CountTable:
    codes = counts.codes[TOPIC]
    body = np.array([counts.topics[code] for code in codes], dtype=np.int64)
    counted = f"topics of {_counted(counts)}"
    return CountTable(counted, "steering group", (Dimension.of(TOPIC, *codes),), body, margins=())


def _of_schools(table: PublishedTable) -> Disclosed:
    """Contacts by school: the margin of a table by school and something else."""
    return _read(SCHOOL, table, lambda labels: labels[0] if labels[1] == TOTAL else None)


def _row(name: str, table: PublishedTable, urn: str) -> Disclosed:
    """What one school is told of its own."""
    return _read(name, table, lambda labels: labels[1] if labels[0] == urn else None)


def _margin(name: str, table: PublishedTable) -> Disclosed:
    """Contacts by code over all schools."""
    return _read(name, table, lambda labels: labels[-1] if labels[:-1] in ((), (TOTAL,)) else None)


def _read(name: str, table: PublishedTable, code_of: Callable[[tuple[str, ...]], str | None]) -> Disclosed:
    found = {code: cell.count for cell in table.cells if (code := code_of(cell.labels)) is not None}
    has_total = TOTAL in found
    total = found.pop(TOTAL, None)
    return Disclosed(name, found, total, has_total, _notes(table), table.withheld is not None, SEAL)


def _notes(table: PublishedTable) -> tuple[str, ...]:
    """The rule in words. How many are hidden is told of a whole table, of which each reader sees a part: it is left out."""
    if table.withheld is not None:
        return table.notes
    return table.notes[:1]
