"""A document as a reader meets it: its words in order, its tables by name."""

from __future__ import annotations

from collections.abc import Iterable

from swis.report.document import Block, Bullets, Callout, Document, Figure, Heading, Paragraph, Table, plain_words


def words_of(blocks: Iterable[Block]) -> str:
    """Headings, paragraphs, bullets, callouts and notes as lines; tables and figures by caption."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading():
                lines.append(block.text)
            case Paragraph():
                lines.append(plain_words(block.text))
            case Bullets():
                lines += [plain_words(item) for item in block.items]
            case Callout():
                lines += [block.title, words_of(block.blocks)]
            case Table():
                lines += [block.caption, plain_words(block.note)]
            case Figure():
                lines += [block.caption, block.alt]
    return "\n".join(lines)


def tables_of(document: Document) -> dict[str, Table]:
    """The tables of the body by identifier, those in callouts too."""
    found = [block for block in document.body if isinstance(block, Table)]
    inside = [each for block in document.body if isinstance(block, Callout) for each in block.blocks]
    return {each.identifier: each for each in (*found, *(each for each in inside if isinstance(each, Table)))}


def cells_of(table: Table) -> list[dict[str, str]]:
    """The rows of a table, each by column title; of two columns with one title the first."""
    titles = [column.title for column in table.columns]
    return [
        {title: plain_words(cell) for title, cell in reversed(list(zip(titles, row, strict=True)))}
        for row in table.rows
    ]


def chapter(document: Document, anchor: str) -> list[Block]:
    """The blocks of one chapter, from its heading to the next of the same level."""
    start = next(i for i, block in enumerate(document.body) if isinstance(block, Heading) and block.anchor == anchor)
    level = document.body[start].level  # type: ignore[union-attr]
    rest = document.body[start + 1 :]
    ends = [i for i, block in enumerate(rest) if isinstance(block, Heading) and block.level <= level]
    return [document.body[start], *rest[: ends[0] if ends else len(rest)]]
