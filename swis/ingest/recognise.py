"""What a file is, by what is in it and not by its name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from xml.parsers import expat

from swis.errors import ReturnError
from swis.ingest.finding import Tally
from swis.ingest.limits import LIMITS
from swis.ingest.opening import WORKBOOK_MAGIC, OpenFile, check_path, read_start
from swis.ingest.reading import no_progress
from swis.ingest.school_roll import tables_of
from swis.ingest.table_file import Source, choose_table, find_columns, find_missing, open_rows
from swis.tables.clusters import CLUSTERS
from swis.tables.families import FAMILIES
from swis.tables.returns.cin_census import CHILDREN, HEADER
from swis.tables.returns.cin_census_shape import CIN_CENSUS_SHAPE
from swis.tables.returns.schools_register import SCHOOL_ABSENCE, SCHOOL_LINKS, SCHOOL_PUPIL_NUMBERS, SCHOOLS
from swis.tables.returns.ssda903 import EPISODES, HEADINGS_NOT_READ, LOOKED_AFTER_CHILDREN, SSDA903_SHAPE
from swis.tables.table import Table
from swis.tables.term_calendar import TERM_CALENDAR

_CIN = "CIN"
_CHUNKS_LOOKED_AT = 4
_FIRST_CHARACTERS = 512
_FIELDS = {name: column.name for column in HEADER.columns for name in column.statutory}
_BEFORE_ELEMENTS = b" \t\r\n"
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class ReturnKind(Enum):
    """What a file can be. The text is what people read."""

    CIN_CENSUS = "children in need census"
    SSDA903 = "SSDA903, XML"
    LOOKED_AFTER_CHILDREN = "SSDA903, header"
    EPISODES = "SSDA903, episodes"
    SSDA903_NOT_USED = "SSDA903, a file that is not used"
    PUPILS_ON_ROLL = "pupils on roll"
    PUPILS_NO_LONGER_ON_ROLL = "pupils no longer on roll"
    EXCLUSIONS = "exclusions"
    ABSENCE_SESSIONS = "sessions by code of absence"
    FREE_SCHOOL_MEAL_PERIODS = "periods of free school meals"
    SCHOOLS = "register of schools"
    SCHOOL_LINKS = "links between schools"
    SCHOOL_PUPIL_NUMBERS = "pupil numbers by school"
    SCHOOL_ABSENCE = "absence by school"
    TERM_CALENDAR = "term calendar"
    CLUSTERS = "clusters of schools"
    FAMILIES = "families"


_BY_HEADING: tuple[tuple[Table, ReturnKind], ...] = (
    (TERM_CALENDAR, ReturnKind.TERM_CALENDAR),
    (CLUSTERS, ReturnKind.CLUSTERS),
    (FAMILIES, ReturnKind.FAMILIES),
    (EPISODES, ReturnKind.EPISODES),
    (LOOKED_AFTER_CHILDREN, ReturnKind.LOOKED_AFTER_CHILDREN),
    (SCHOOLS, ReturnKind.SCHOOLS),
    (SCHOOL_LINKS, ReturnKind.SCHOOL_LINKS),
)
_BY_MOST_COLUMNS = (SCHOOL_PUPIL_NUMBERS, SCHOOL_ABSENCE)


@dataclass(frozen=True)
class Recognised:
    """What a file is; `kind` None: none of what is known, and `why_not` says why. `header` is that of a census."""

    path: Path
    kind: ReturnKind | None
    why_not: str = ""
    header: Mapping[str, str] = field(default_factory=dict)


def recognise(path: Path) -> ReturnKind | None:
    """What the file is by its beginning: the root and header of XML, the heading of a table. None: nothing that is known."""
    return look_at(path).kind


def look_at(path: Path) -> Recognised:
    """As `recognise`, with the header of a census, or why the file is nothing that is known. Raises nothing for a bad file."""
    try:
        start = read_start(path, _FIRST_CHARACTERS)
        if not start:
            return Recognised(path, None, "is empty")
        return _look_at_xml(path) if _is_xml(start) else _look_at_rows(path)
    except ReturnError as error:
        return Recognised(path, None, str(error).removeprefix(f"{path.name}: "))


def list_all_files(paths: Sequence[Path]) -> list[Path]:
    """The files that are named, and every file in the folders that are named and in those below, each once, sorted.

    Left out: hidden files, and what spreadsheets leave beside an open file. Raises ReturnError if one is not there.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for each in _walk(path) if path.is_dir() else [check_path(path)]:
            found.setdefault(each.resolve(), each)
    return sorted(found.values())


def _walk(folder: Path) -> Iterator[Path]:
    for inside, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(inside) / name for name in names if not name.startswith((".", "~$")))


def _is_xml(start: bytes) -> bool:
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    return start.replace(b"\x00", b"").lstrip(_BEFORE_ELEMENTS).startswith(b"<")


def _look_at_rows(path: Path) -> Recognised:
    if b"\x00" in read_start(path, _FIRST_CHARACTERS) and read_start(path, len(WORKBOOK_MAGIC)) != WORKBOOK_MAGIC:
        return Recognised(path, None, "is no table and no XML")
    heading = open_rows(path, Source(LIMITS, no_progress, Tally())).heading
    names = {name.upper() for name in heading}
    if any(names.issuperset(marks) for _, marks in HEADINGS_NOT_READ):
        return Recognised(path, ReturnKind.SSDA903_NOT_USED)
    for table, kind in _BY_HEADING:
        if not _lacks(table, names) and (table.file == path.name or _is_of_its_own(table, names)):
            return Recognised(path, kind)
    of_census = tables_of(path.name, heading)
    if any(not find_missing(table, heading) for table in of_census):
        return Recognised(path, ReturnKind[choose_table(path.name, of_census, heading).name.upper()])
    for table in _BY_MOST_COLUMNS:  # both need a URN only, and so many a file would do
        if 2 * len(find_columns(table, heading)) > len(table.columns):
            return Recognised(path, ReturnKind[table.name.upper()])
    return Recognised(path, None, "its heading is that of no table that is known")


def _lacks(table: Table, names: set[str]) -> bool:
    """Whether a heading lacks a column of the table; tables of a study folder have no statutory names."""
    if any(column.statutory for column in table.columns):
        return bool(find_missing(table, sorted(names)))
    return not names.issuperset(column.name.upper() for column in table.columns if column.required)


def _is_of_its_own(table: Table, names: set[str]) -> bool:
    """Whether a table without statutory names has no column of another: arms of a trial have a school and a cluster too."""
    statutory = any(column.statutory for column in table.columns)
    return statutory or names <= {column.name.upper() for column in table.columns}


def _look_at_xml(path: Path) -> Recognised:
    start = _XmlStart()
    for number, chunk in enumerate(OpenFile(path, LIMITS, no_progress).chunks()):
        if number == _CHUNKS_LOOKED_AT or not start.feed(chunk):
            break
    if start.root == SSDA903_SHAPE.name:
        return Recognised(path, ReturnKind.SSDA903)
    if start.root != CIN_CENSUS_SHAPE.name:
        return Recognised(path, None, "is XML of a kind that is not known")
    if start.header.get("collection", _CIN) != _CIN:
        return Recognised(path, None, "is a return of another collection")
    return Recognised(path, ReturnKind.CIN_CENSUS, header=start.header)


class _Enough(Exception):
    """The beginning is read, or cannot be."""


class _XmlStart:
    """The root element of a file, and what its header says. A document type ends it: nothing is expanded."""

    def __init__(self) -> None:
        self.root = ""
        self.header: dict[str, str] = {}
        self._field = ""
        self._parser = expat.ParserCreate()
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser.StartDoctypeDeclHandler = self._stop
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes) -> bool:
        """Whether more is worth reading."""
        try:
            self._parser.Parse(chunk, False)
        except (_Enough, expat.ExpatError, LookupError, ValueError):
            return False
        return True

    def _stop(self, *_: object) -> None:
        raise _Enough

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self.root = self.root or name
        if name == CHILDREN.file:
            raise _Enough
        self._field = _FIELDS.get(name, "")

    def _end(self, _name: str) -> None:
        self._field = ""

    def _text(self, text: str) -> None:
        if self._field:
            self.header[self._field] = (self.header.get(self._field, "") + text).strip()
