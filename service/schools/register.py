"""Reading the public register of schools (Get Information about Schools, edubasealldata.csv)."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from service.schools.models import Phase

LARGEST = 150 * 1024 * 1024
PHASES = {
    "2": Phase.PRIMARY,
    "3": Phase.PRIMARY,
    "4": Phase.SECONDARY,
    "5": Phase.SECONDARY,
    "7": Phase.ALL_THROUGH,
}
OPEN, CLOSED, TO_CLOSE = "1", "2", "3"
NEEDED = (
    "URN",
    "LA (code)",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "EstablishmentTypeGroup (name)",
    "EstablishmentStatus (code)",
    "OpenDate",
    "CloseDate",
    "PhaseOfEducation (code)",
    "NumberOfPupils",
    "PercentageFSM",
)
FIELDS = ("name", "phase", "pupils", "free_school_meals_percent", "opened", "closed")


class NotTheRegister(Exception):
    """The file cannot be read as the register; the message says what to do."""


@dataclass(frozen=True)
class RegisterRow:
    """A school as the register has it."""

    row: int
    urn: str
    authority: str
    is_open: bool
    name: str
    phase: str
    pupils: int | None
    free_school_meals_percent: Decimal | None
    opened: date | None
    closed: date | None

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIELDS}


@dataclass(frozen=True)
class Problem:
    """A row that cannot be taken, and why."""

    row: int
    column: str
    what: str


@dataclass(frozen=True)
class RegisterReading:
    """The schools that were read, and what was not taken."""

    rows: list[RegisterRow]
    passed_over: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def read_register(content: bytes, *, authorities: frozenset[str]) -> RegisterReading:
    """The schools of these authorities (codes of three digits), open or closed.

    Not counted: schools of other authorities, nurseries, colleges and schools that are only proposed; how many is said.
    Raises `NotTheRegister` when the file is too large, no table, or lacks a column.
    """
    reading = RegisterReading([])
    seen: set[str] = set()
    for number, row in enumerate(_table(content), start=2):
        if row["LA (code)"] not in authorities:
            reading.passed_over["of other authorities"] += 1
            continue
        try:
            school = _school(number, row)
        except _Wrong as wrong:
            reading.problems.append(Problem(number, wrong.column, wrong.what))
            continue
        if school is None:
            reading.passed_over["nurseries, colleges and proposed schools"] += 1
        elif school.urn in seen:
            reading.problems.append(Problem(number, "URN", "This number stands in an earlier row already."))
        else:
            seen.add(school.urn)
            reading.rows.append(school)
    return reading


class _Wrong(Exception):
    def __init__(self, column: str, what: str) -> None:
        super().__init__(what)
        self.column, self.what = column, what


def _table(content: bytes) -> Iterator[dict[str, str]]:
    if len(content) > LARGEST:
        raise NotTheRegister("The file is larger than 150 MB. Download the register again, without extra columns.")
    if b"\x00" in content[:10_000]:
        raise NotTheRegister("This is not a CSV file. Download the register as CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise NotTheRegister(
                f"The file lacks the column {missing[0]}. Choose “All establishment data” in the register."
            )
        for row in reader:
            yield {name: (row[name] or "").strip() for name in NEEDED}
    except csv.Error as error:
        raise NotTheRegister(f"Line {reader.line_num} is no row of a table: {error}.") from None


def _school(number: int, row: dict[str, str]) -> RegisterRow | None:
    phase = _phase(row)
    status = row["EstablishmentStatus (code)"]
    if phase is None or status not in {OPEN, CLOSED, TO_CLOSE}:
        return None
    if not re.fullmatch(r"\d{6}", row["URN"]):
        raise _Wrong("URN", "Six digits are needed.")
    if not row["EstablishmentName"] or len(row["EstablishmentName"]) > 150:
        raise _Wrong("EstablishmentName", "A name of at most 150 letters is needed.")
    opened, closed = _date(row, "OpenDate"), _date(row, "CloseDate")
    if opened and closed and closed < opened:
        raise _Wrong("CloseDate", "The school closes before it opens.")
    return RegisterRow(
        row=number,
        urn=row["URN"],
        authority=row["LA (code)"],
        is_open=status != CLOSED,
        name=row["EstablishmentName"],
        phase=phase.value,
        pupils=_pupils(row),
        free_school_meals_percent=_percent(row),
        opened=opened,
        closed=closed if status == CLOSED else None,
    )


def _phase(row: dict[str, str]) -> Phase | None:
    kind = row["TypeOfEstablishment (name)"].lower()
    if "alternative provision" in kind or "pupil referral" in kind:
        return Phase.ALTERNATIVE_PROVISION
    if "special" in kind or "special" in row["EstablishmentTypeGroup (name)"].lower():
        return None if "college" in kind or "16" in kind else Phase.SPECIAL
    return PHASES.get(row["PhaseOfEducation (code)"])


def _date(row: dict[str, str], column: str) -> date | None:
    text = row[column]
    if not text:
        return None
    for form in ("%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise _Wrong(column, "This is not a date like 31-08-2026.")


def _pupils(row: dict[str, str]) -> int | None:
    text = row["NumberOfPupils"]
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or int(text) > 10_000:
        raise _Wrong("NumberOfPupils", "A whole number up to 10,000 is needed.")
    return int(text)


def _percent(row: dict[str, str]) -> Decimal | None:
    text = row["PercentageFSM"]
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _Wrong("PercentageFSM", "A number from 0 to 100 is needed.") from None
    if not value.is_finite() or not 0 <= value <= 100:
        raise _Wrong("PercentageFSM", "A number from 0 to 100 is needed.")
    return round(value, 1)
