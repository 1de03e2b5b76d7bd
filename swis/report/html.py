"""A document as one self-contained HTML file: no script, nothing from the network."""

from __future__ import annotations

import base64
import re
from html import escape
from importlib.resources import files

from swis.report.document import (
    LONGEST_WORD,
    TONE_WORDS,
    Block,
    Bullets,
    Callout,
    Document,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    Run,
    Table,
    Text,
)
from swis.report.drawing import FONT_DIRECTORY
from swis.report.printable import printable


def write_html(document: Document) -> str:
    """The document as one HTML page that works without a network, is read out well and prints."""
    body = "\n".join(_block(document, block) for block in document.body)
    return f"""<!DOCTYPE html>
<html lang="{_plain(document.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_plain(document.title)}</title>
<meta name="description" content="{_plain(document.description)}">
<style>
{_typefaces()}
{files("swis.report").joinpath("report.css").read_text(encoding="utf-8")}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<div class="page">
<header class="masthead">
<h1>{_plain(document.title)}</h1>
{_line("subtitle", document.subtitle)}{_line("source", document.source)}</header>
{_contents(document)}
<main id="main" tabindex="-1">
{body}
</main>
</div>
</body>
</html>
"""


def _typefaces() -> str:
    faces = []
    for name, weight in (("Lato-Regular", 400), ("Lato-Bold", 700)):
        font = base64.b64encode((FONT_DIRECTORY / f"{name}.ttf").read_bytes()).decode()
        faces.append(
            f"@font-face {{ font-family: Lato; font-weight: {weight}; "
            f'src: url("data:font/ttf;base64,{font}") format("truetype"); }}'
        )
    return "\n".join(faces)


def _plain(text: str) -> str:
    return escape(printable(text))


def _line(name: str, text: str) -> str:
    return f'<p class="{name}">{_plain(text)}</p>\n' if text.strip() else ""


def _text(document: Document, text: Text) -> str:
    return "".join(map(_run, document.runs(text)))


def _run(run: Run) -> str:
    words = escape(run.text)
    if run.target is not None:
        return f'<a href="{escape(run.target)}">{words}</a>'
    tag = {"plain": "", "strong": "strong", "emphasis": "em"}[run.style]
    return f"<{tag}>{words}</{tag}>" if tag else words


def _contents(document: Document) -> str:
    headings = document.contents(with_annex=False)
    if not headings:
        return ""
    chapters: list[list[Heading]] = []
    for heading in headings:
        if heading.level == 1:
            chapters.append([])
        chapters[-1].append(heading)
    items = []
    for first, *rest in chapters:
        inner = "".join(f"<li>{_entry(heading)}</li>" for heading in rest)
        items.append(f"<li>{_entry(first)}{f'<ul>{inner}</ul>' if inner else ''}</li>")
    return (
        '<nav class="contents" aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ul>\n'
        + "\n".join(items)
        + "\n</ul>\n</nav>"
    )


def _entry(heading: Heading) -> str:
    return f'<a href="#{heading.anchor}">{_plain(heading.text)}</a>'


def _block(document: Document, block: Block) -> str:
    match block:
        case Heading(level, text, anchor):
            return f'<h{level + 1} id="{anchor}">{_plain(text)}</h{level + 1}>'
        case Paragraph(text):
            return f"<p>{_text(document, text)}</p>"
        case Bullets(items):
            return "<ul>\n" + "\n".join(f"<li>{_text(document, item)}</li>" for item in items) + "\n</ul>"
        case Callout():
            return _callout(document, block)
        case Table():
            return _table(document, block)
        case Figure():
            return _figure(document, block)
        case PageBreak():
            return '<div class="page-break"></div>'


def _callout(document: Document, callout: Callout) -> str:
    inner = "\n".join(_block(document, block) for block in callout.blocks)
    return (
        f'<div class="callout callout-{callout.tone}">\n<p class="callout-title">'
        f'<span class="tone">{TONE_WORDS[callout.tone]}:</span> {_plain(callout.title)}</p>\n{inner}\n</div>'
    )


def _table(document: Document, table: Table) -> str:
    name = table.identifier
    head = "".join(f'<th scope="col"{_class(column.align)}>{_plain(column.title)}</th>' for column in table.columns)
    rows = "\n".join(f"<tr>{_cells(document, table, row)}</tr>" for row in table.rows)
    note = f'\n<p class="note">{_text(document, table.note)}</p>' if document.runs(table.note) else ""
    return (
        f'<div class="tabular" id="{name}">\n'
        f'<div class="scroll" role="region" aria-labelledby="{name}--caption" tabindex="0">\n'
        f'<table>\n<caption id="{name}--caption">{document.labels[name]}: {_plain(table.caption)}</caption>\n'
        f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>{note}\n</div>"
    )


def _cells(document: Document, table: Table, row: tuple[Text, ...]) -> str:
    cells = []
    for column, cell in zip(table.columns, row, strict=True):
        words = _text(document, cell)
        long = any(len(word) > LONGEST_WORD for run in document.runs(cell) for word in run.text.split())
        look = _class(column.align, "long" if long else "")
        cells.append(f'<th scope="row"{look}>{words}</th>' if column.row_header else f"<td{look}>{words}</td>")
    return "".join(cells)


def _class(align: str, *more: str) -> str:
    names = " ".join(name for name in (align.replace("left", ""), *more) if name)
    return f' class="{names}"' if names else ""


def _figure(document: Document, figure: Figure) -> str:
    name = figure.identifier
    label = document.labels[name]
    return (
        f'<figure id="{name}">\n'
        f'<div class="scroll" role="region" aria-labelledby="{name}--caption" tabindex="0">\n{_svg(figure)}\n</div>\n'
        f'<figcaption id="{name}--caption"><strong>{label}:</strong> {_plain(figure.caption)}</figcaption>\n'
        f"<details>\n<summary>Show the data of {label}</summary>\n{_table(document, figure.data)}\n</details>\n</figure>"
    )


def _svg(figure: Figure) -> str:
    """The drawing with its text alternative, and with names that no other figure on the page can have."""
    svg = re.sub(
        r"<[^>]*>",
        lambda tag: re.sub(r'(\sid="|url\(#|href="#)', rf"\g<1>{figure.identifier}--", tag[0]),
        figure.drawing.svg,
    )
    # Every drawing is enlarged alike, so that its words keep one size over the page.
    opening = (
        f'<svg role="img" aria-label="{_plain(figure.alt)}" style="max-width: {figure.drawing.width * 1.15:.0f}px" '
    )
    return svg.replace("<svg ", opening, 1)
