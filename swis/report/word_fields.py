"""Fields, bookmarks and links of a Word file: what Word itself can renumber, jump to and renew."""

from __future__ import annotations

from collections.abc import Callable

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph


def open_field(paragraph: Paragraph, instruction: str) -> None:
    """Begin a field; what is added next is the result that is shown until Word renews it."""
    _mark(paragraph, "begin")
    run = paragraph.add_run()
    words = OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {instruction} "
    run._r.append(words)
    _mark(paragraph, "separate")


def close_field(paragraph: Paragraph) -> None:
    """End the field that was begun last."""
    _mark(paragraph, "end")


def _mark(paragraph: Paragraph, kind: str) -> None:
    paragraph.add_run()._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))


def add_field(paragraph: Paragraph, instruction: str, result: str) -> None:
    """A field with the result it has now."""
    open_field(paragraph, instruction)
    paragraph.add_run(result)
    close_field(paragraph)


def add_bookmark(paragraph: Paragraph, name: str, write: Callable[[], object]) -> None:
    """A bookmark around what `write` adds to the paragraph. `name` ends in the number that is its identity."""
    number = name.rstrip("_").rsplit("_", 1)[-1]
    for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(kind)
        mark.set(qn("w:id"), number)
        if kind == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
        paragraph._p.append(mark)
        if kind == "w:bookmarkStart":
            write()


def add_web_link(paragraph: Paragraph, text: str, address: str) -> None:
    """Words that lead to a web page."""
    _add_link(paragraph, text, "r:id", paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))


def add_jump(paragraph: Paragraph, text: str, bookmark: str) -> None:
    """Words that lead to a bookmark."""
    _add_link(paragraph, text, "w:anchor", bookmark)


def _add_link(paragraph: Paragraph, text: str, attribute: str, value: str) -> None:
    run = paragraph.add_run(text, style="Hyperlink")
    link = OxmlElement("w:hyperlink")
    link.set(qn(attribute), value)
    paragraph._p.append(link)
    link.append(run._r)
