"""What was found wrong or odd in a return, what was made of it, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import polars as pl

from swis.tables.problem import ROWS_NAMED, name_rows


class Effect(Enum):
    """What became of the value or row."""

    KEPT = "kept as it is"
    REPAIRED = "repaired"
    RENAMED = "renamed"
    NULL = "left empty"
    DROPPED = "row dropped"
    NOT_READ = "not read"


class Matter(Enum):
    """What can be found. Each is explained in docs/how-to/read-returns.md."""

    UNREADABLE = "cannot be read as declared"
    NO_VALUE = "required and empty"
    UNKNOWN_CODE = "not one of the codes"
    RECODED = "code of an earlier list"
    TIDIED = "written in another way than declared"
    SYMBOL = "symbol in place of a number"
    BELOW_MINIMUM = "less than can be"
    WRONG_FORM = "not of the declared form"
    NOT_A_SCHOOL = "total, not a school"
    FORMULA = "begins like a formula"
    RAGGED = "row with too many or too few cells"
    BLANK = "blank row"
    COLUMN_MISSING = "column not in the file"
    COLUMN_NOT_READ = "column not used"
    ELEMENT_UNKNOWN = "element not known"
    ELEMENT_REPEATED = "element more than once, the last is taken"
    TOO_EARLY_FOR_ELEMENT = "element of a later year"
    STRAY_TEXT = "text between elements"
    HEADER_WITHOUT = "header lacks it"
    SHEET_NOT_READ = "sheet that is not read"
    FILE_NOT_READ = "known file that is not used"
    NOT_UTF_8 = "not UTF-8, read as Windows-1252"
    DUPLICATE = "same key more than once"
    SHARED_UPN = "one unique pupil number for several children"
    UPN_MALFORMED = "not a unique pupil number"
    UPN_WRONG_LETTER = "wrong check letter"
    UPN_TEMPORARY = "temporary unique pupil number"
    BEFORE_BIRTH = "before birth"
    AFTER_DEATH = "after death"
    IN_THE_FUTURE = "after the day of the return"
    BEFORE_1900 = "before 1900"
    ENDS_BEFORE_START = "ends before it starts"
    OVERLAP = "overlaps the episode before"
    OPEN_BEFORE = "begins while an episode without an end is open"
    GAP = "gap since an episode that said another follows"
    BACK_IN_CARE = "begins after a time out of care"
    AT_SEVERAL_SCHOOLS = "on several rolls at once"
    MORE_MISSED_THAN_POSSIBLE = "more sessions missed than possible"
    NOT_IN_HEADER = "child without a row in the header"
    REASON_WITHOUT_END = "reason for an end without an end"
    NOT_CHECKED = "too many rows to be checked"


@dataclass(frozen=True)
class Finding:
    """One kind of finding in one column of one table of one file: how often, and the first places. Never a value."""

    file: str
    table: str
    column: str
    matter: Matter
    effect: Effect
    count: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Quality:
    """What a reading came to: rows read and kept for each table, and every finding. Places count `unit` from 1."""

    files: tuple[str, ...]
    sha256: tuple[str, ...]
    unit: str
    rows_read: Mapping[str, int]
    rows_kept: Mapping[str, int]
    findings: tuple[Finding, ...]
    header: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows = ", ".join(f"{table} {count:,}" for table, count in self.rows_kept.items() if count)
        return f"Quality({', '.join(self.files)}: {rows or 'nothing'}; {len(self.findings)} kinds of finding)"

    def __str__(self) -> str:
        lines = [f"{', '.join(self.files)}"]
        lines += [
            f"{table}: {read:,} read, {self.rows_kept.get(table, 0):,} kept" for table, read in self.rows_read.items()
        ]
        return "\n".join([*lines, *(self._tell(finding) for finding in self.findings)])

    def count(self, matter: Matter, table: str | None = None, column: str | None = None) -> int:
        """How often that was found, in one table or column or in all."""
        return sum(
            finding.count
            for finding in self.findings
            if finding.matter is matter and table in (None, finding.table) and column in (None, finding.column)
        )

    def table(self) -> pl.DataFrame:
        """The findings as a table: file, table, column, what, effect, count, places (the first ten, as text)."""
        return pl.DataFrame(
            [
                (f.file, f.table, f.column, f.matter.value, f.effect.value, f.count, ", ".join(map(str, f.places)))
                for f in self.findings
            ],
            schema={
                "file": pl.String,
                "table": pl.String,
                "column": pl.String,
                "what": pl.String,
                "effect": pl.String,
                "count": pl.Int64,
                "places": pl.String,
            },
            orient="row",
        )

    def _tell(self, finding: Finding) -> str:
        file = finding.file if len(self.files) > 1 else ""
        what = ", ".join(part for part in (file, finding.table, finding.column) if part)
        where = f" ({_name_places(finding, self.unit)})" if finding.places else ""
        return f"- {what or 'file'}: {finding.matter.value}: {finding.count:,}, {finding.effect.value}{where}"


def combine_qualities(qualities: Sequence[Quality]) -> Quality:
    """What was found in several files, as of one reading. The headers stay with each file's own."""
    tally = Tally()
    for quality in qualities:
        tally.files += quality.files
        tally.sha256 += quality.sha256
        for table, read in quality.rows_read.items():
            tally.count_rows(table, read=read, kept=quality.rows_kept[table])
    findings = tuple(finding for quality in qualities for finding in quality.findings)
    unit = " or ".join(sorted({quality.unit for quality in qualities}))
    return replace(tally.sum_up(unit), findings=findings)


def _name_places(finding: Finding, unit: str) -> str:
    if unit == "row":
        return name_rows(finding.places) + (" and more" if finding.count > ROWS_NAMED else "")
    named = ", ".join(str(place) for place in finding.places)
    return f"{unit} {named}" + (" and more" if finding.count > len(finding.places) else "")


class Tally:
    """Counts findings while a return is read. Holds ten places of each kind, so that it stays small."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.sha256: list[str] = []
        self.rows_read: dict[str, int] = {}
        self.rows_kept: dict[str, int] = {}
        self._counts: dict[tuple[str, str, str, Matter, Effect], int] = {}
        self._places: dict[tuple[str, str, str, Matter, Effect], list[int]] = {}

    def begin_file(self, name: str) -> None:
        """What is noted from now on is of this file."""
        self.files.append(name)

    def note(
        self, where: tuple[str, str], matter: Matter, effect: Effect, places: Sequence[int] | pl.Series, times: int = 0
    ) -> None:
        """Adds a finding at a table and column of the latest file; `times` counts more than the places that are given."""
        self.note_in_file(self.files[-1], where, (matter, effect), places, times)

    def note_in_file(
        self,
        file: str,
        where: tuple[str, str],
        what: tuple[Matter, Effect],
        places: Sequence[int] | pl.Series,
        times: int = 0,
    ) -> None:
        """As `note`, of a file that may be an earlier one."""
        count = times or len(places)
        if not count:
            return
        key = (file, *where, *what)
        self._counts[key] = self._counts.get(key, 0) + count
        kept = self._places.setdefault(key, [])
        kept.extend(int(place) for place in places[: ROWS_NAMED - len(kept)])

    def count_rows(self, table: str, *, read: int, kept: int) -> None:
        """Adds rows of a table."""
        self.rows_read[table] = self.rows_read.get(table, 0) + read
        self.rows_kept[table] = self.rows_kept.get(table, 0) + kept

    def sum_up(self, unit: str, header: Mapping[str, str] | None = None) -> Quality:
        """Everything so far; findings are sorted by file, table, column and kind."""
        found = [Finding(*key, count, tuple(self._places[key])) for key, count in self._counts.items()]
        found.sort(key=lambda f: (self.files.index(f.file), f.table, f.column, f.matter.value, f.effect.value))
        kept, read = dict(self.rows_kept), dict(self.rows_read)
        return Quality(tuple(self.files), tuple(self.sha256), unit, read, kept, tuple(found), dict(header or {}))
