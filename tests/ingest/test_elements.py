"""The element reader, held against a plain walk over the tree that ElementTree builds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swis.ingest import opening
from swis.ingest.elements import Branch, Cell, Leaf, Repeated, Row, Rows, read_elements
from swis.ingest.limits import Limits
from swis.ingest.opening import OpenFile
from swis.ingest.reading import no_progress
from tests.ingest.drawn_returns import FOOTER, HEADER
from tests.ingest.measure import measure_peak_megabytes
from tests.ingest.test_hostile_xml import TRY

VISIT = Branch({"day": Leaf(2), "b": Leaf(3), "note": Repeated("notes", 2)}, "visits", 1, (None, None))
CHILD = Branch(
    {"b": Leaf(1), "c": Leaf(2), "list": Branch({"visit": VISIT}), "visit": VISIT}, "children", 0, (None, None)
)
ROOT = Branch({"all": Branch({"child": CHILD})})
SMALL_MEGABYTES = 185
TABLES = ("children", "visits", "notes")
# One letter is what Python shares between all texts, so that a text of one letter is the same object as a name of one letter.
NAMES = ("b", "c", "day", "note", "visit", "list", "child", "all", "other", "x")


def read(text: str) -> Rows:
    rows = Rows({name: [] for name in TABLES})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.xml"
        path.write_text(text, encoding="utf-8")
        for _ in read_elements(OpenFile(path, Limits(), no_progress), ROOT, "children", rows, Limits()):
            continue
    return rows


def walk(text: str) -> Rows:
    """The same, by recursion over the whole tree."""
    rows = Rows({name: [] for name in TABLES})
    root = ElementTree.fromstring(text)
    branch = ROOT.entries["all"]
    assert isinstance(branch, Branch)
    _walk(root, branch, [], rows)
    return rows


def _walk(element: ElementTree.Element, branch: Branch, row: list[Cell], rows: Rows) -> None:
    if branch.table:
        rows.numbers[branch.table] += 1
        row = [*row[: branch.links], rows.numbers[branch.table], *branch.cells]
    _note_stray(element.text, element.tag, rows)
    for inner in element:
        entry = branch.entries.get(inner.tag)
        if isinstance(entry, Branch):
            _walk(inner, entry, row, rows)
        elif entry is None:
            rows.unknown[element.tag, inner.tag] += 1
        else:
            _fill(inner, entry, row, rows, element.tag)
        _note_stray(inner.tail, element.tag, rows)
    if branch.table:
        rows.of_tables[branch.table].append(tuple(row))


def _fill(leaf: ElementTree.Element, entry: Leaf | Repeated, row: list[Cell], rows: Rows, around: str) -> None:
    texts = [leaf.text or "", *(inner.tail or "" for inner in leaf)]
    for inner, before in zip(leaf, texts, strict=False):
        _note_stray(before, around, rows)
        rows.unknown[around, inner.tag] += 1
    if isinstance(entry, Repeated):
        made: Row = (*row[: entry.links], texts[-1])
        rows.of_tables[entry.table].append(made)
        return
    if row[entry.place] is not None:
        rows.repeated[around, leaf.tag] += 1
    row[entry.place] = texts[-1]


def _note_stray(text: str | None, around: str, rows: Rows) -> None:
    if text and text.strip():
        rows.stray[around] += 1


texts = st.sampled_from(
    [
        "",
        " ",
        "\n  ",
        "b",
        "c",
        "day",
        "2021-04-01",
        " two words ",
        "é",
        "&amp;",
        "&#98;",
        "<![CDATA[<b>]]>",
        "<!-- b -->",
    ]
)
names = st.sampled_from(NAMES)


def _write(name: str, before: str, inner: list[str], after: str) -> str:
    return f"<{name}>{before}{''.join(inner)}</{name}>{after}"


elements = st.recursive(
    st.builds(_write, names, texts, st.just([]), texts),
    lambda inner: st.builds(_write, names, texts, st.lists(inner, max_size=5), texts),
    max_leaves=20,
)


@given(children=st.lists(elements, max_size=4), chunk=st.sampled_from([1, 3, 17, 1000]))
@settings(max_examples=300, deadline=None)
def test_any_elements_give_the_rows_and_the_notes_of_a_walk_over_the_tree(children: list[str], chunk: int) -> None:
    text = "<all>" + "".join(children) + "<child>" + "".join(children) + "</child></all>"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_CHUNK", chunk)
        found = read(text)
    expected = walk(text)
    assert found.of_tables == expected.of_tables
    assert found.numbers == expected.numbers
    assert found.unknown == expected.unknown
    assert found.repeated == expected.repeated
    assert found.stray == expected.stray


def test_names_that_are_kept_are_plain_text(tmp_path: Path) -> None:
    found = read("<all><child><b>1</b>stray<b>2</b><x/></child></all>")
    kept = [*found.unknown, *found.repeated, ("", *found.stray)]
    assert {type(name) for pair in kept for name in pair} == {str}


@pytest.mark.parametrize("piece", ["<E{}/>", "<E{}>1</E{}>", "<E a{}='1'/>"])
def test_memory_does_not_grow_with_the_names_in_an_element_that_is_not_read(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "cin.xml"
    with path.open("w", encoding="ascii") as file:
        file.write(HEADER + "<Shoes>")
        file.writelines(piece.replace("{}", f"{number:0200d}") for number in range(300_000))
        file.write("</Shoes>" + FOOTER)
    said, megabytes = measure_peak_megabytes(TRY.format(path=str(path)), tmp_path)
    path.unlink()
    assert said == ""
    assert megabytes < SMALL_MEGABYTES
