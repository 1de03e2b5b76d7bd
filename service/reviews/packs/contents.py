"""What a pack holds, as data, before it is set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from service.pages.tables import Fact, Table, cell_text
from service.practice.models import ChildReference

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


class Audience(StrEnum):
    """Who reads a pack. That of the school holds no child by reference and nothing that only the team may read."""

    TEAM = "team"
    SCHOOL = "school"


@dataclass(frozen=True)
class Part:
    """A heading, and below it text and tables. `children` are those that it tells of by reference, for the audit."""

    heading: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    children: tuple[ChildReference, ...] = ()


@dataclass(frozen=True)
class Pack:
    """A document: its title, who reads it, the facts at its head, and its parts. `stem` is the name of its file."""

    title: str
    audience: Audience
    handling: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    stem: str

    @property
    def children(self) -> list[ChildReference]:
        """Every child that the pack tells of by reference, once."""
        return list(dict.fromkeys(child for part in self.parts for child in part.children))


def printable(text: str) -> str:
    """The text without characters that a document cannot hold."""
    return CONTROL.sub(" ", text)


def cells_of(table: Table) -> list[list[str]]:
    """The cells of a table as they are printed."""
    return [
        [
            printable(cell_text(value, decimals=column.decimals))
            for column, value in zip(table.columns, row, strict=True)
        ]
        for row in table.rows
    ]


def widths_of(table: Table) -> list[int]:
    """How wide each column should be beside the others: by its longest cell, within bounds."""
    cells = cells_of(table)
    columns = [[column.label, *(row[place] for row in cells)] for place, column in enumerate(table.columns)]
    return [min(max(*(len(text) for text in texts), 12), 48) for texts in columns]
