"""The elements of a return in XML as rows, read in a stream and without trust.

The parser is Expat, as Python ships it. A document type is refused as soon as it begins, so there are no entities, no external
files and no attribute defaults. Depth, the length of a text and the length of a token are bounded, the file is fed in chunks.
Leaves are known by their path: the same name may stand in two places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
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


class _Name(str):
    """The name of an element that may be open. Expat hands out this very object at its end, which tells it from a text."""

    __slots__ = ()


@dataclass(frozen=True)
class _Unread:
    """An element that is not known, as long as no element was found in it."""

    name: str


class _Handlers:
    """Expat's callbacks. Written for speed: `start` runs for every element of the file.

    Only beginnings call Python. Texts and the names of ends gather in `tokens`, which Expat fills by itself; they are settled
    when the next element begins.
    """

    __slots__ = (
        "_above",
        "_entries",
        "_here",
        "_known",
        "_leaf",
        "_limits",
        "_name",
        "_row",
        "_rows",
        "_skipping",
        "_unit",
        "parser",
        "tokens",
    )

    def __init__(self, root: Branch, unit: str, rows: Rows, limits: Limits) -> None:
        self.tokens: list[str] = []
        names: dict[str, _Name] = {}
        self._here = _with_names(root, names)
        self._entries = self._here.entries
        self._known = len(names)
        self.parser = expat.ParserCreate(intern=names)
        self._name = ""
        self._row: list[Cell] = []
        self._above: list[tuple[str, Branch, list[Cell]]] = []
        self._leaf: Leaf | Repeated | _Unread | None = None
        self._skipping = 0
        self._unit = unit
        self._rows = rows
        self._limits = limits

    def listen(self) -> None:
        """Makes the parser tell of elements and texts."""
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.parser.CharacterDataHandler = self.tokens.append

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins. Most follow a leaf with a text and white space after it: that is the first case."""
        tokens, leaf = self.tokens, self._leaf
        count = len(tokens)
        if count == 3 and type(leaf) is Leaf and type(tokens[1]) is _Name and tokens[2].isspace():
            row, place = self._row, leaf.place
            if row[place] is not None:
                self._note(self._rows.repeated, tokens[1])
            row[place] = tokens[0]
            self._leaf = leaf = None
            tokens.clear()
        elif count == 1 and leaf is None and tokens[0].isspace():
            tokens.clear()
        elif count:
            self.settle()
            leaf = self._leaf
        if attributes:
            refuse_namespace(attributes)
        entry = self._entries.get(name) if leaf is None else None
        if entry is None:
            self._begin_unknown(name)
        elif isinstance(entry, Branch):
            self._enter(name, entry)
        else:
            self._leaf = entry

    def settle(self) -> None:
        """Makes of the tokens what they are: the text of the leaf that was open, and the ends of branches."""
        text = ""
        for token in self.tokens:
            if type(token) is not _Name:
                text = text + token if text else token
                continue
            leaf = self._leaf
            if leaf is None:
                self._leave(text)
            elif type(leaf) is Leaf:
                if self._row[leaf.place] is not None:
                    self._note(self._rows.repeated, token)
                self._row[leaf.place] = text
            elif type(leaf) is Repeated:
                self._rows.of_tables[leaf.table].append((*self._row[: leaf.links], text))
            self._leaf = None
            text = ""
        self.tokens.clear()
        if text and not text.isspace():
            self._note_stray()

    def forget_names(self) -> None:
        """Forgets the names of elements that are not known, which Expat keeps for as long as it lives."""
        kept = self.parser.intern
        if len(kept) > self._known:
            for name in list(islice(kept, self._known, None)):
                del kept[name]
            if isinstance(self._leaf, _Unread):
                kept.setdefault(self._leaf.name, _Name(self._leaf.name))

    def _enter(self, name: str, branch: Branch) -> None:
        above = self._above
        if len(above) >= self._limits.depth:
            raise _Refused(f"has elements more than {self._limits.depth} deep")
        above.append((self._name, self._here, self._row))
        self._here, self._entries, self._name = branch, branch.entries, name
        if branch.table:
            numbers = self._rows.numbers
            numbers[branch.table] = number = numbers[branch.table] + 1
            self._row = [*self._row[: branch.links], number, *branch.cells]

    def _leave(self, text: str) -> None:
        if text and not text.isspace():
            self._note_stray()
        if self._here.table:
            self._rows.of_tables[self._here.table].append(tuple(self._row))
        self._name, self._here, self._row = self._above.pop()
        self._entries = self._here.entries

    def _begin_unknown(self, name: str) -> None:
        """What is in an element that is not known, and an element in a leaf, is passed over until it ends."""
        leaf = self._leaf
        if not isinstance(leaf, _Unread):
            self._note(self._rows.unknown, name)
        if leaf is None:
            self._leaf = _Unread(name)
            if type(name) is not _Name:
                self.parser.intern[name] = _Name(name)
            return
        self._skipping = 2 if isinstance(leaf, _Unread) else 1
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start_skipped, self._end_skipped

    def _start_skipped(self, _name: str, attributes: dict[str, str]) -> None:
        self.tokens.clear()
        refuse_namespace(attributes)
        self._skipping += 1
        if len(self._above) + self._skipping > self._limits.depth:
            raise _Refused(f"has elements more than {self._limits.depth} deep")

    def _end_skipped(self, _name: str) -> None:
        self.tokens.clear()
        self._skipping -= 1
        if self._skipping == 0:
            if isinstance(self._leaf, _Unread):
                self._leaf = None
            self.listen()

    def _note_stray(self) -> None:
        if not isinstance(self._leaf, _Unread):
            self._rows.stray[str(self._name)] += 1
            self._remember((str(self._name), ""))

    def _note(self, counter: Counter[tuple[str, str]], name: str) -> None:
        key = (str(self._name), name[:60])
        if key not in counter and len(counter) >= self._limits.columns:
            raise _Refused(f"has more than {self._limits.columns:,} kinds of element that are not known")
        counter[key] += 1
        self._remember(key)

    def _remember(self, key: tuple[str, str]) -> None:
        places = self._rows.first_places.setdefault(key, [])
        if len(places) < 10:
            places.append(self._rows.numbers[self._unit])


def _with_names(branch: Branch, names: dict[str, _Name]) -> Branch:
    """The branch and those in it, with the one object for each name as the key, which is found by identity."""
    entries: dict[str, Branch | Leaf | Repeated] = {
        names.setdefault(name, _Name(name)): _with_names(entry, names) if isinstance(entry, Branch) else entry
        for name, entry in branch.entries.items()
    }
    return replace(branch, entries=entries)


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
    parser = _guard_parser(handlers, root)
    fed = 0

    def tell(error: Exception) -> ReturnError:
        return ReturnError(f"{file.name}: {_say(error, parser)} {_say_how_far(rows.numbers[unit], unit)}")

    try:
        for chunk in file.chunks():
            parser.Parse(chunk, False)
            handlers.forget_names()
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > limits.bytes_in_token + len(chunk):
                raise _Refused(f"has a tag or comment longer than {limits.bytes_in_token:,} bytes")
            if sum(map(len, handlers.tokens)) > limits.characters_in_text:
                raise _Refused(f"has a text longer than {limits.characters_in_text:,} characters")
            yield
        parser.Parse(b"", True)
        handlers.settle()
    except (_Refused, expat.ExpatError, LookupError, ValueError) as error:
        raise tell(error) from None
    yield


def _guard_parser(handlers: _Handlers, root: Branch) -> expat.XMLParserType:
    parser = handlers.parser
    parser.buffer_text = True
    parser.buffer_size = 64 * 1024
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    handlers.listen()
    parser.StartElementHandler = _start_of_root(handlers, root)
    return parser


def _start_of_root(handlers: _Handlers, root: Branch) -> Callable[[str, dict[str, str]], None]:
    def start(name: str, attributes: dict[str, str]) -> None:
        refuse_namespace(attributes)
        if name not in root.entries:
            wanted = ", ".join(root.entries)
            raise _Refused(
                f"begins with the element {name[:60]!r} where {wanted} must stand; it is another kind of file"
            )
        handlers.parser.StartElementHandler = handlers.start
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
