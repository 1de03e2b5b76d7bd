"""One model of a report, from which the HTML, PDF and Word writers all work.

A `Document` is checked when it is built: what a writer is handed has headings in order, identifiers used once,
tables as wide as their header, figures with a text alternative and their data, and references that lead somewhere.
Tables and figures are numbered here, once, so that the three formats agree.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from swis.errors import OutputError
from swis.report.drawing import Drawing
from swis.report.printable import printable

Align = Literal["left", "right", "centre"]
Tone = Literal["note", "verdict", "caution"]
Style = Literal["plain", "strong", "emphasis"]

TONE_WORDS: dict[Tone, str] = {"note": "Note", "verdict": "Verdict", "caution": "Caution"}
"""The word that is printed before a callout's title, so that its tone does not hang on colour."""

DEEPEST_HEADING = 4
CONTENTS_DEPTH = 2
LONGEST_WORD = 24
"""Characters of a word, such as a hash, beyond which the writers may break it."""

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RESERVED = ("contents", "main", "figure-data", "provenance", "provenance-table")
_LINK = re.compile(r"(https?://|mailto:)\S+")


@dataclass(frozen=True)
class Strong:
    """Words that matter more than those around them."""

    text: str


@dataclass(frozen=True)
class Emphasis:
    """Words said with stress."""

    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead to a web page or a mail address."""

    text: str
    target: str

    def __post_init__(self) -> None:
        if not _LINK.fullmatch(self.target):
            raise OutputError(f"The link {self.text!r} needs a target that starts with https://, http:// or mailto:.")


@dataclass(frozen=True)
class Ref:
    """A reference to a table, figure or heading; it is printed as "Table 3", "Figure 2" or the heading's words."""

    identifier: str


Inline = str | Strong | Emphasis | Link | Ref
Text = str | tuple[Inline, ...]


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style, as the writers set it. `target` is a web address or "#" and an identifier."""

    text: str
    style: Style = "plain"
    target: str | None = None


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (a chapter) to 4. The document's title stands above them all."""

    level: int
    text: str
    anchor: str

    def __post_init__(self) -> None:
        if not 1 <= self.level <= DEEPEST_HEADING:
            raise OutputError(f"The heading {self.text!r} has level {self.level}; use 1 to {DEEPEST_HEADING}.")
        if not self.text.strip():
            raise OutputError(f"The heading {self.anchor!r} has no words.")
        _check_identifier(self.anchor)


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: Text


@dataclass(frozen=True)
class Bullets:
    """A list whose order does not matter."""

    items: tuple[Text, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise OutputError("A list of bullets needs an item.")


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page, in print."""


@dataclass(frozen=True)
class Column:
    """One column of a table. `row_header` marks the column that names each row."""

    title: str
    align: Align = "left"
    row_header: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a caption, one header row and rows of the same width. `note` stands below it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    identifier: str
    note: Text = ""

    def __post_init__(self) -> None:
        _check_identifier(self.identifier)
        name = f"The table {self.identifier!r}"
        if not self.caption.strip():
            raise OutputError(f"{name} has no caption.")
        if not self.columns or not all(column.title.strip() for column in self.columns):
            raise OutputError(f"{name} needs a header row with a title for every column.")
        if sum(column.row_header for column in self.columns) > 1:
            raise OutputError(f"{name} has more than one column of row headers.")
        if not self.rows:
            raise OutputError(f"{name} has no rows. Say in a paragraph that there is nothing to show.")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise OutputError(f"{name}, row {number}, has {len(row)} cells under {len(self.columns)} columns.")


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption, its finding in words (`alt`) and the data that it shows."""

    identifier: str
    caption: str
    alt: str
    drawing: Drawing
    data: Table

    def __post_init__(self) -> None:
        _check_identifier(self.identifier)
        if not self.caption.strip():
            raise OutputError(f"The figure {self.identifier!r} has no caption.")
        if not self.alt.strip():
            raise OutputError(f"The figure {self.identifier!r} has no text alternative.")


@dataclass(frozen=True)
class Callout:
    """A few blocks set apart under a title, such as a verdict in plain words."""

    title: str
    blocks: tuple[Paragraph | Bullets | Table | Figure, ...]
    tone: Tone = "note"

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.blocks:
            raise OutputError("A callout needs a title and something in it.")
        if self.tone not in TONE_WORDS:
            raise OutputError(f"The callout {self.title!r} has the tone {self.tone!r}; use {', '.join(TONE_WORDS)}.")


Block = Heading | Paragraph | Bullets | Callout | Table | Figure | PageBreak


@dataclass(frozen=True)
class Document:
    """A whole report. `source` is the line that says who made it; `provenance` is printed as its last table.

    A document that breaks a rule of the model is refused with an OutputError that names the place.
    """

    title: str
    subtitle: str
    source: str
    description: str
    blocks: tuple[Block, ...]
    provenance: tuple[tuple[str, str], ...] = field(default=())
    language: str = "en-GB"

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.description.strip():
            raise OutputError("A document needs a title and a description.")
        self._check_headings()
        self._check_identifiers()
        for text in _texts(self.body):
            self.runs(text)

    def _check_headings(self) -> None:
        previous = 0
        for heading in self.headings:
            if heading.level > previous + 1:
                raise OutputError(
                    f"The heading {heading.text!r} has level {heading.level}, but the one before it has "
                    f"level {previous}. Headings may go down by one level at a time."
                )
            previous = heading.level

    def _check_identifiers(self) -> None:
        used = [name for block in _flatten(self.blocks) for name in _identifiers(block)]
        twice = [name for name, times in Counter(used).items() if times > 1]
        if twice:
            raise OutputError(f"Identifiers must be used once; used more often: {', '.join(twice)}.")
        taken = [name for name in used if name in _RESERVED]
        if taken:
            raise OutputError(f"These identifiers are kept for the writers: {', '.join(taken)}. Choose others.")

    @cached_property
    def body(self) -> tuple[Block, ...]:
        """What is printed in the order of reading: the blocks, then the provenance."""
        if not self.provenance:
            return self.blocks
        table = Table(
            caption="What this report was made from",
            columns=(Column("Item", row_header=True), Column("Value")),
            rows=self.provenance,
            identifier="provenance-table",
        )
        return (*self.blocks, Heading(1, "Provenance", "provenance"), table)

    @cached_property
    def annex(self) -> tuple[Heading | Table, ...]:
        """The data of every figure as tables, for formats that cannot fold them away below the figure."""
        if not self.figures:
            return ()
        return (Heading(1, "Data of the figures", "figure-data"), *(figure.data for figure in self.figures))

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """Every heading of the body, in order."""
        return tuple(block for block in self.body if isinstance(block, Heading))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure of the body, in order, those in callouts too."""
        return tuple(block for block in _flatten(self.body) if isinstance(block, Figure))

    def contents(self, *, with_annex: bool) -> tuple[Heading, ...]:
        """The headings that the table of contents lists: levels 1 and 2."""
        annex = (block for block in self.annex if with_annex and isinstance(block, Heading))
        return tuple(heading for heading in (*self.headings, *annex) if heading.level <= CONTENTS_DEPTH)

    @cached_property
    def labels(self) -> dict[str, str]:
        """What every identifier is called in print: "Table 3", "Figure 2", "Data of Figure 2", a heading's words."""
        labels: dict[str, str] = {}
        tables = figures = 0
        for block in _flatten(self.body):
            if isinstance(block, Table):
                tables += 1
                labels[block.identifier] = f"Table {tables}"
            elif isinstance(block, Figure):
                figures += 1
                labels[block.identifier] = f"Figure {figures}"
                labels[block.data.identifier] = f"Data of Figure {figures}"
            elif isinstance(block, Heading):
                labels[block.anchor] = block.text
        return labels

    def runs(self, text: Text) -> tuple[Run, ...]:
        """The text as runs of one style each, with references resolved and characters that cannot be printed replaced."""
        parts = (text,) if isinstance(text, str) else text
        return tuple(run for run in map(self._run, parts) if run.text)

    def _run(self, part: Inline) -> Run:
        match part:
            case Strong(words):
                return Run(printable(words), "strong")
            case Emphasis(words):
                return Run(printable(words), "emphasis")
            case Link(words, target):
                return Run(printable(words), target=target)
            case Ref(identifier):
                if identifier not in self.labels:
                    raise OutputError(f"The text refers to {identifier!r}, which is not in the document.")
                return Run(printable(self.labels[identifier]), target=f"#{identifier}")
            case _:
                return Run(printable(part))


def plain_words(text: Text) -> str:
    """The words of a text without styles or links; a reference counts as the words "Table 00"."""
    parts = (text,) if isinstance(text, str) else text
    words = ("Table 00" if isinstance(part, Ref) else part if isinstance(part, str) else part.text for part in parts)
    return "".join(words)


def column_widths(table: Table, *, room: float) -> tuple[float, ...] | None:
    """How many of `room` characters each column gets: its longest word first, then what helps it most.

    None: the longest words alone do not fit.
    """
    least, wanted = zip(*(_width(table, index) for index in range(len(table.columns))), strict=True)
    spare = room - sum(least)
    if spare < 0:
        return None
    wishes = [want - need for need, want in zip(least, wanted, strict=True)]
    share = min(1.0, spare / sum(wishes)) if sum(wishes) else 0.0
    return tuple(need + wish * share for need, wish in zip(least, wishes, strict=True))


def _width(table: Table, index: int) -> tuple[float, float]:
    column = table.columns[index]
    cells = [plain_words(row[index]) for row in table.rows]
    # Bold is wider; words beyond the longest allowed are broken by the writers.
    bold = 1.2
    words = [(word, bold if column.row_header else 1.0) for cell in cells for word in cell.split()]
    words += [(word, bold) for word in column.title.split()]
    longest_word = max(min(len(word), LONGEST_WORD) * factor for word, factor in words)
    # A title may take two lines: it says once what the cells need the room for.
    longest_cell = max(*map(len, cells), math.ceil(len(column.title) / 2))
    # A long text wraps to about three lines before its column asks for more room.
    return longest_word + 2, max(longest_word, min(longest_cell * bold, 22), longest_cell / 3) + 2


def _check_identifier(identifier: str) -> None:
    if not _IDENTIFIER.fullmatch(identifier):
        raise OutputError(
            f"The identifier {identifier!r} should be small letters and digits, in words joined by single hyphens."
        )


def _identifiers(block: Block) -> tuple[str, ...]:
    match block:
        case Heading():
            return (block.anchor,)
        case Table():
            return (block.identifier,)
        case Figure():
            return (block.identifier, block.data.identifier)
        case _:
            return ()


def _flatten(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Callout):
            yield from block.blocks


def _texts(blocks: Iterable[Block]) -> Iterator[Text]:
    for block in _flatten(blocks):
        match block:
            case Paragraph(text):
                yield text
            case Bullets(items):
                yield from items
            case Table():
                yield from _table_texts(block)
            case Figure():
                yield from _table_texts(block.data)
            case _:
                pass


def _table_texts(table: Table) -> Iterator[Text]:
    yield table.note
    for row in table.rows:
        yield from row
