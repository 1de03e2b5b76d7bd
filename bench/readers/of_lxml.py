"""lxml.iterparse: names and texts of each child, untyped and unchecked."""

from __future__ import annotations

from pathlib import Path

from lxml import etree


def census(path: Path) -> dict[str, int]:
    """Children and section 47 enquiries."""
    children = enquiries = 0
    for _, element in etree.iterparse(str(path), tag="Child"):
        texts = [(inner.tag, inner.text) for inner in element.iter()]
        children += 1
        enquiries += sum(name == "Section47" for name, _ in texts)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return {"children": children, "section_47_enquiries": enquiries}
