"""The elements of a return in XML as rows, read in a stream and without trust.

The parser is Expat, as Python ships it. A document type is refused as soon as it begins, so there are no entities, no external
files and no attribute defaults. Depth, the length of a text and the length of a token are bounded, the file is fed in chunks.
Leaves are known by their path: the same name may stand in two places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.parsers import expat

from swis.errors import ReturnError
from swis.ingest.finding import Effect, Matter, Tally
from swis.ingest.limits import Limits
from swis.ingest.opening import OpenFile

Cell: TypeAlias = str | int | None
Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True)
class Leaf:
    """An element that fills a cell of the row that is open."""

    place: int


@dataclass(frozen=True)
class Repeated:
    """An element that makes a row of its own: the `links` first cells of the row that is open, and its text."""

    table: str
    links: int


@dataclass(frozen=True)
class Branch:
    """An element with elements in it. With a `table` it opens a row.

    The row begins with the `links` first cells of the row around it and its own number; the `cells` after them are empty yet.
    """

    entries: dict[str, Branch | Leaf | Repeated] = field(default_factory=dict)
    table: str = ""
    links: int = 0
    cells: tuple[None, ...] = ()


@dataclass
class Rows:
    """The finished rows of each table since the last batch, and what else was met: by the element around it and its name."""

    of_tables: dict[str, list[Row]]
    numbers: Counter[str] = field(default_factory=Counter)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    repeated: Counter[tuple[str, str]] = field(default_factory=Counter)
    stray: Counter[str] = field(default_factory=Counter)
    first_places: dict[tuple[str, str], list[int]] = field(default_factory=dict)


def take_whole_units(rows: Rows, unit: str) -> dict[str, list[Row]]:
    """The rows of the units (children) that are finished, taken out; those of the one that is being read stay."""
    finished = rows.of_tables[unit]
    last = _number(finished[-1]) if finished else 0
    taken = {}
    for name, of_table in rows.of_tables.items():
        rest: list[Row] = []
        while of_table and _number(of_table[-1]) > last:
            rest.append(of_table.pop())
        taken[name] = of_table
        rows.of_tables[name] = rest[::-1]
    return taken


def _number(row: Row) -> int:
    return row[0] if isinstance(row[0], int) else 0


def note_elements(rows: Rows, tally: Tally) -> None:
    """Counts elements that are not known or come again, and text that stands between elements."""
    for (parent, name), times in rows.unknown.items():
        places = rows.first_places[parent, name]
        tally.note((parent, name), Matter.ELEMENT_UNKNOWN, Effect.NOT_READ, places, times)
    for (parent, name), times in rows.repeated.items():
        places = rows.first_places[parent, name]
        tally.note((parent, name), Matter.ELEMENT_REPEATED, Effect.DROPPED, places, times)
    for parent, times in rows.stray.items():
        tally.note((parent, ""), Matter.STRAY_TEXT, Effect.NOT_READ, rows.first_places[parent, ""], times)


class _Handlers:
    """Expat's callbacks. Written for speed: they run for every element of the file."""

    __slots__ = (
        "_entries",
        "_here",
        "_leaf",
        "_limits",
        "_name",
        "_path",
        "_row",
        "_rows",
        "_skipping",
        "_unit",
        "texts",
    )

    def __init__(self, root: Branch, unit: str, rows: Rows, limits: Limits) -> None:
        self.texts: list[str] = []
        self._here = root
        self._entries = root.entries
        self._name = ""
        self._row: list[Cell] = []
        self._path: list[tuple[str, Branch, list[Cell]]] = []
        self._leaf: Leaf | Repeated | None = None
        self._skipping = 0
        self._unit = unit
        self._rows = rows
        self._limits = limits

    def start(self, name: str, attributes: dict[str, str]) -> None:
        texts = self.texts
        if texts:
            if len(texts) > 1 or not texts[0].isspace():
                self._note_stray()
            texts.clear()
        if attributes:
            refuse_namespace(attributes)
        if self._skipping or self._leaf is not None:
            self._skip(name)
            return
        entry = self._entries.get(name)
        if entry is None:
            self._skip(name)
        elif isinstance(entry, Branch):
            self._enter(name, entry)
        else:
            self._leaf = entry

    def end(self, name: str) -> None:
        texts = self.texts
        if self._skipping:
            self._skipping -= 1
            texts.clear()
            return
        leaf = self._leaf
        if leaf is None:
            self._leave()
            return
        self._leaf = None
        text = texts.pop() if texts else ""
        if texts:
            text = "".join(texts) + text
            texts.clear()
        if isinstance(leaf, Repeated):
            self._rows.of_tables[leaf.table].append((*self._row[: leaf.links], text))
            return
        row, place = self._row, leaf.place
        if row[place] is not None:
            self._note(self._rows.repeated, name)
        row[place] = text

    def _enter(self, name: str, branch: Branch) -> None:
        if len(self._path) >= self._limits.depth:
            raise _Refused(f"has elements more than {self._limits.depth} deep")
        self._path.append((self._name, self._here, self._row))
        self._here, self._entries, self._name = branch, branch.entries, name
        if branch.table:
            numbers = self._rows.numbers
            numbers[branch.table] = number = numbers[branch.table] + 1
            self._row = [*self._row[: branch.links], number, *branch.cells]

    def _leave(self) -> None:
        if self.texts:
            if len(self.texts) > 1 or not self.texts[0].isspace():
                self._note_stray()
            self.texts.clear()
        if self._here.table:
            self._rows.of_tables[self._here.table].append(tuple(self._row))
        self._name, self._here, self._row = self._path.pop()
        self._entries = self._here.entries

    def _skip(self, name: str) -> None:
        if self._skipping == 0:
            self._note(self._rows.unknown, name)
        self._skipping += 1
        if len(self._path) + self._skipping > self._limits.depth:
            raise _Refused(f"has elements more than {self._limits.depth} deep")

    def _note_stray(self) -> None:
        if "".join(self.texts).strip():
            self._rows.stray[self._name] += 1
            self._remember((self._name, ""))

    def _note(self, counter: Counter[tuple[str, str]], name: str) -> None:
        key = (self._name, name[:60])
        if key not in counter and len(counter) >= self._limits.columns:
            raise _Refused(f"has more than {self._limits.columns:,} kinds of element that are not known")
        counter[key] += 1
        self._remember(key)

    def _remember(self, key: tuple[str, str]) -> None:
        places = self._rows.first_places.setdefault(key, [])
        if len(places) < 10:
            places.append(self._rows.numbers[self._unit])


class _Refused(Exception):
    """What is wrong with the file, for the message that `read_elements` makes."""


def refuse_namespace(attributes: dict[str, str]) -> None:
    """Refuses elements in a namespace: the schemas of the returns have none."""
    if attributes.get("xmlns"):
        raise _Refused("puts its elements into a namespace (xmlns), which the return does not have")


def read_elements(file: OpenFile, root: Branch, unit: str, rows: Rows, limits: Limits) -> Iterator[None]:
    """Reads the file a chunk at a time into `rows`, and yields after each chunk. Raises ReturnError.

    `root` holds the one name that the root element may have, `unit` the table that places count.
    """
    handlers = _Handlers(root, unit, rows, limits)
    parser = _make_parser(handlers, root)
    fed = 0

    def tell(error: Exception) -> ReturnError:
        return ReturnError(f"{file.name}: {_say(error, parser)} {_say_how_far(rows.numbers[unit], unit)}")

    try:
        for chunk in file.chunks():
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > limits.bytes_in_token + len(chunk):
                raise _Refused(f"has a tag or comment longer than {limits.bytes_in_token:,} bytes")
            if sum(map(len, handlers.texts)) > limits.characters_in_text:
                raise _Refused(f"has a text longer than {limits.characters_in_text:,} characters")
            yield
        parser.Parse(b"", True)
    except (_Refused, expat.ExpatError, LookupError, ValueError) as error:
        raise tell(error) from None
    yield


def _make_parser(handlers: _Handlers, root: Branch) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 64 * 1024
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = _start_of_root(handlers, parser, root)
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.texts.append
    return parser


def _start_of_root(
    handlers: _Handlers, parser: expat.XMLParserType, root: Branch
) -> Callable[[str, dict[str, str]], None]:
    def start(name: str, attributes: dict[str, str]) -> None:
        refuse_namespace(attributes)
        if name not in root.entries:
            wanted = ", ".join(root.entries)
            raise _Refused(
                f"begins with the element {name[:60]!r} where {wanted} must stand; it is another kind of file"
            )
        parser.StartElementHandler = handlers.start
        handlers.start(name, attributes)

    return start


def _refuse_document_type(*_declaration: object) -> None:
    raise _Refused("has a document type (DOCTYPE), which no return has; entities are never read")


def _say(error: Exception, parser: expat.XMLParserType) -> str:
    if isinstance(error, _Refused):
        return f"{error} (line {parser.CurrentLineNumber:,}). Export the return anew."
    if not isinstance(error, expat.ExpatError):
        return "declares an encoding that is not known. Save it as UTF-8."
    line, words = parser.ErrorLineNumber, expat.ErrorString(error.code)
    if error.code in _CUT_OFF:
        return f"is cut off at line {line:,} ({words}). Copy or export it anew."
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]:
        return (
            f"is not well-formed at line {line:,}: {words}. If it is in Windows-1252, its first line must say so; else export "
            "it anew."
        )
    return f"is not well-formed at line {line:,}: {words}. Export it anew."


_CUT_OFF = {
    expat.errors.codes[name]
    for name in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


def _say_how_far(count: int, unit: str) -> str:
    return f"It was good for {count:,} {unit}; none of them is counted, because a part of a return is not a return."
