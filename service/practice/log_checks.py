"""What a log would become: its entries, the rows that cannot be read, and those that are held already."""

from __future__ import annotations

import datetime
import hmac
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone

from service.practice.actions.contact_details import LONGEST_ACCOUNT, band_of
from service.practice.core_codes import CodeList
from service.practice.log_shapes import FIELDS, LogField, code_of, plain_word
from service.practice.models import YEAR_GROUPS, Contact, LogFile
from service.schools.models import School

FIRST_DAY = datetime.date(2018, 1, 1)  # no programme began earlier
DATES = ("%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y")
MOST_WORDS = 60
LONGEST_WORD = 60


@dataclass(frozen=True)
class Problem:
    """A row that cannot be imported: its number in the file, the column, and what to do. Never what stands there."""

    row: int
    column: str
    what: str


@dataclass(frozen=True, repr=False)
class LogEntry:
    """A row that can be imported, as the fields of a contact."""

    row: int
    fields: dict[str, Any]
    mark: str  # the same row of the same authority has the same mark, in whatever file it comes


@dataclass
class LogCheck:
    """What a dry run found."""

    entries: list[LogEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    held_already: int = 0
    empty_rows: int = 0

    @property
    def rows(self) -> int:
        return len(self.entries) + len({problem.row for problem in self.problems}) + self.held_already + self.empty_rows

    def counts(self, name: str) -> Counter[str]:
        """How many entries fall to each value of a field, such as the school or the kind of work."""
        return Counter(str(entry.fields[name]) for entry in self.entries)


def check_log(file: LogFile) -> LogCheck:
    """Read every row of a file by its columns and codes, and write nothing."""
    check, seen = LogCheck(), Counter[str]()
    schools = schools_by_word(file)
    for number, line in enumerate(file.rows, start=2):
        values = {name: _value(file, line, heading) for name, heading in file.columns.get("fields", {}).items()}
        if not any(line):
            check.empty_rows += 1
            continue
        fields, problems = _read_row(file, number, values, schools)
        check.problems += problems
        if not problems:
            told = [values[name] for name in sorted(values) if name not in {"date", "school"}]
            text = "\x1f".join([str(fields["date"]), fields["school"].urn, *told])
            seen[text] += 1
            check.entries.append(LogEntry(number, fields, mark_of(f"{text}\x1f{seen[text]}")))
    _leave_out_held(check, file)
    return check


def mark_of(text: str) -> str:
    """A keyed digest, so that the mark cannot be traced back to the words by trying."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), "sha256").hexdigest()


def unknown_words(file: LogFile) -> dict[str, list[str]]:
    """The words of the coded columns that have no code yet, by list; the most frequent first, and no long texts."""
    unknown: dict[str, list[str]] = {}
    for log_field in FIELDS[file.shape]:
        heading = file.columns.get("fields", {}).get(log_field.name)
        if log_field.code_list is None or not heading:
            continue
        chosen = file.codes.get(log_field.code_list, {})
        words = Counter(plain_word(value) for value in _column(file, heading) if value)
        missing = [
            word
            for word, _ in words.most_common()
            if code_of(log_field.code_list, word, chosen=chosen) is None and _minutes(log_field, word) is None
        ]
        unknown[str(log_field.code_list)] = [word for word in missing if len(word) <= LONGEST_WORD][:MOST_WORDS]
    return {name: words for name, words in unknown.items() if words}


def schools_by_word(file: LogFile) -> dict[str, School]:
    """The schools of the authority by URN and by name, as a log may write them."""
    schools = School.objects.filter(authority=file.authority).select_related("authority")
    return {word: school for school in schools for word in (school.urn, plain_word(school.name))}


def _leave_out_held(check: LogCheck, file: LogFile) -> None:
    marks = [entry.mark for entry in check.entries]
    held: set[str] = set()
    for start in range(0, len(marks), 500):
        some = Contact.every_version.filter(authority=file.authority, imported_row__in=marks[start : start + 500])
        held |= set(some.values_list("imported_row", flat=True))
    kept = [entry for entry in check.entries if entry.mark not in held]
    check.held_already, check.entries = len(check.entries) - len(kept), kept


def _column(file: LogFile, heading: str) -> Iterator[str]:
    place = file.headings.index(heading)
    return (line[place] for line in file.rows)


def _value(file: LogFile, line: list[str], heading: str) -> str:
    return line[file.headings.index(heading)]


def _read_row(
    file: LogFile, row: int, values: dict[str, str], schools: dict[str, School]
) -> tuple[dict[str, Any], list[Problem]]:
    fields: dict[str, Any] = {"account": _account(values)}
    problems: list[Problem] = []

    def wrong(name: str, what: str) -> None:
        problems.append(Problem(row, file.columns.get("fields", {}).get(name, name), what))

    fields["date"] = _date(values.get("date", ""), wrong)
    school = values.get("school") or file.columns.get("school", "")
    fields["school"] = schools.get(plain_word(school))
    if fields["school"] is None:
        wrong("school", "Name a school of the authority as the service has it, or by its URN.")
    fields["year_group"] = _year_group(values.get("year_group", ""), wrong)
    for log_field in FIELDS[file.shape]:
        if log_field.code_list is not None:
            fields |= _coded(file, log_field, values.get(log_field.name, ""), wrong)
    if len(fields["account"]) > LONGEST_ACCOUNT:
        wrong("account" if "account" in values else "response", f"Shorten the text to {LONGEST_ACCOUNT:,} characters.")
    return fields, problems


def _coded(file: LogFile, log_field: LogField, word: str, wrong: Any) -> dict[str, Any]:
    """The core code of a word. A type of work that is not given is the one chosen for the whole file."""
    name = log_field.name
    if not word:
        return {name: file.columns.get("kind_of_work", "advice") if name == "kind_of_work" else ""}
    if (minutes := _minutes(log_field, word)) is not None:
        return {"minutes": minutes, "time_band": band_of(minutes)}
    listed = log_field.code_list
    code = code_of(listed, word, chosen=file.codes.get(listed, {})) if listed else None
    if code is None:
        wrong(name, "This word has no code. Choose one for it, or correct it.")
    return {name: code or ""}


def _minutes(log_field: LogField, word: str) -> int | None:
    found = re.fullmatch(r"(\d{1,4}) ?(m|min|mins|minutes?)?", plain_word(word))
    if log_field.code_list != CodeList.TIME_BAND or found is None or int(found[1]) > 1440:
        return None
    return int(found[1])


def _account(values: dict[str, str]) -> str:
    parts = [
        ("", values.get("account", "")),
        ("Query: ", values.get("query", "")),
        ("Response: ", values.get("response", "")),
    ]
    return "\n\n".join(f"{label}{text}" for label, text in parts if text)


def _date(text: str, wrong: Any) -> datetime.date | None:
    for form in DATES:
        try:
            day = datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
        if not FIRST_DAY <= day <= timezone.localdate():
            wrong("date", f"The date must lie between {FIRST_DAY.year} and today.")
        return day
    wrong("date", "Write the date as day/month/year.")
    return None


def _year_group(text: str, wrong: Any) -> str:
    plain = re.sub(r"^(year|yr|y) ?", "", plain_word(text))
    year = "R" if plain in {"r", "reception"} else plain
    if year in {"", "n/a", "-"}:
        return ""
    if year not in YEAR_GROUPS:
        wrong("year_group", "Write the year group as R or a number from 1 to 14, or leave it empty.")
    return year
