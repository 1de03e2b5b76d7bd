"""Reading nominations.csv, with what only shows between its rows, and its one canonical form."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from swis.errors import TableError
from swis.tables.nominations import NOMINATIONS
from swis.tables.problem import Problem, tell_problems
from swis.tables.read import load_table

PERCENTAGES = ("persistent_absence_percent", "free_school_meals_percent")


@dataclass(frozen=True, repr=False)
class NominatedSchool:
    """One row of nominations.csv. Figures that are not known are None."""

    row: int
    school: str
    authority: str
    phase: str
    pupils: int | None
    referrals: int | None
    section_47_enquiries: int | None
    exclusions: int | None
    persistent_absence_percent: Decimal | None
    free_school_meals_percent: Decimal | None
    feeder_primaries: tuple[str, ...]
    reserve: bool
    excluded: str

    def __repr__(self) -> str:
        return f"NominatedSchool({self.school}, {self.authority})"


@dataclass(frozen=True)
class Nominations:
    """All nominated schools in the order of the draw: by authority, then school, each by the bytes of its UTF-8.

    `file_sha256` is of the raw bytes; `canonical_sha256` of the canonical form, which does not see the order of rows and
    columns, line endings, or how a number is written. `notes` are in words.
    """

    file: str
    schools: tuple[NominatedSchool, ...]
    file_sha256: str
    canonical_sha256: str
    notes: tuple[str, ...]

    @property
    def drawn(self) -> tuple[NominatedSchool, ...]:
        """The schools that are in the draw: neither excluded nor in reserve."""
        return tuple(each for each in self.schools if not each.excluded and not each.reserve)

    @property
    def reserves(self) -> tuple[NominatedSchool, ...]:
        """The schools that stand in for others."""
        return tuple(each for each in self.schools if not each.excluded and each.reserve)

    @property
    def excluded(self) -> tuple[NominatedSchool, ...]:
        """The schools that were nominated and kept out, each with its reason."""
        return tuple(each for each in self.schools if each.excluded)

    def __repr__(self) -> str:
        return (
            f"Nominations({self.file}: {len(self.drawn)} in the draw, {len(self.reserves)} in reserve, "
            f"{len(self.excluded)} excluded; {self.canonical_sha256[:12]})"
        )


def read_nominations(path: Path | str) -> Nominations:
    """The schools of a nominations.csv, checked against one another.

    Refused: a school that is there twice (also if only capitals or spaces differ), a name with characters that cannot be
    printed, a percentage above 100, a feeder primary that is itself nominated. Noted: what was repaired, a primary that feeds
    two nominated schools, and a school in reserve where none is drawn. Raises TableError with every problem and its rows.
    """
    path = Path(path)
    loaded = load_table(NOMINATIONS, path)
    rows = list(loaded.frame.iter_rows(named=True))
    problems = [*_check_names(rows), *_check_percentages(rows), *_check_feeders(rows)]
    if problems:
        raise TableError(tell_problems(problems))
    notes = [f"{repair.file}: {repair.what}" for repair in loaded.repairs]
    schools = sorted(map(_school, rows), key=lambda each: (each.authority.encode(), each.school.encode()))
    return Nominations(
        file=path.name,
        schools=tuple(schools),
        file_sha256=loaded.sha256,
        canonical_sha256=_hash(schools),
        notes=(*notes, *_shared_feeders(schools), *_idle_reserves(schools)),
    )


def _school(row: dict[str, Any]) -> NominatedSchool:
    values = dict(row)
    values["feeder_primaries"] = tuple(_split(row["feeder_primaries"]))
    values["reserve"] = bool(row["reserve"])
    values["excluded"] = row["excluded"] or ""
    return NominatedSchool(**values)


def _split(names: str | None) -> list[str]:
    return [name.strip() for name in (names or "").split(";") if name.strip()]


def _hash(schools: Iterable[NominatedSchool]) -> str:
    """The SHA-256 of the canonical form: a line of JSON for each school in the order of the draw, values in declared order."""
    lines = [
        json.dumps([_canonical(getattr(school, name)) for name in NOMINATIONS.column_names], separators=(",", ":"))
        for school in schools
    ]
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _canonical(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        plain = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "" if value is None else "; ".join(value) if isinstance(value, tuple) else value


def _check_names(rows: Sequence[dict[str, Any]]) -> list[Problem]:
    odd = {name: [row["row"] for row in rows if not row[name].isprintable()] for name in ("school", "authority")}
    problems = [
        _problem("holds characters that cannot be printed", "Write the name on one line.", rows_, name)
        for name, rows_ in odd.items()
        if rows_
    ]
    for name in ("school", "authority"):
        alike: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            alike[" ".join(row[name].casefold().split())][row[name]].append(row["row"])
        for spellings in alike.values():
            if len(spellings) > 1:
                what = f"{len(spellings)} names differ only in capitals or spaces: {', '.join(map(repr, spellings))}"
                to_do = "If it is one, write it one way, and keep one row for a school."
                problems.append(_problem(what, to_do, sorted(chain.from_iterable(spellings.values())), name))
    return problems


def _check_percentages(rows: Sequence[dict[str, Any]]) -> list[Problem]:
    wrong = {name: [row["row"] for row in rows if row[name] is not None and row[name] > 100] for name in PERCENTAGES}
    return [
        _problem("above 100 per cent", "Write a percentage from 0 to 100.", rows_, name)
        for name, rows_ in wrong.items()
        if rows_
    ]


def _check_feeders(rows: Sequence[dict[str, Any]]) -> list[Problem]:
    drawn = {row["school"].casefold() for row in rows if not row["excluded"]}
    wrong = [row["row"] for row in rows if drawn & {name.casefold() for name in _split(row["feeder_primaries"])}]
    if not wrong:
        return []
    what = "a feeder primary is nominated as a school of its own"
    to_do = "It cannot be in both: take it out here, or give its own row a reason under excluded."
    return [_problem(what, to_do, wrong, "feeder_primaries")]


def _shared_feeders(schools: Sequence[NominatedSchool]) -> list[str]:
    fed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in schools:
        for name in dict.fromkeys(each.feeder_primaries):
            fed[each.authority, name].append(each.school)
    return [
        f"{NOMINATIONS.file}: {name} feeds {', '.join(served)}. If they fall into different arms, it is in both."
        for (_, name), served in fed.items()
        if len(served) > 1
    ]


def _idle_reserves(schools: Sequence[NominatedSchool]) -> list[str]:
    drawn = {each.authority for each in schools if not each.excluded and not each.reserve}
    return [
        f"{NOMINATIONS.file}: {each.school} is in reserve in {each.authority}, where none is drawn. It can stand in for none."
        for each in schools
        if each.reserve and not each.excluded and each.authority not in drawn
    ]


def _problem(what: str, to_do: str, rows: Sequence[int], column: str) -> Problem:
    return Problem(NOMINATIONS.file, what, to_do, tuple(rows), column)
