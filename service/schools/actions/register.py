"""Bringing the schools of the register in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.schools.actions.schools import add_school, correct_school
from service.schools.models import Authority, School
from service.schools.register import FIELDS, Problem, RegisterReading, RegisterRow, read_register


@dataclass(frozen=True)
class Import:
    """What an import would do, or did. Nothing leaves silently: what is not taken is counted or listed."""

    added: list[str]
    changed: dict[str, list[str]]  # name of the school: fields
    unchanged: int
    passed_over: Counter[str]
    problems: list[Problem]
    missing: list[str]  # schools that are here and not in the file


def compare_with_register(*, by: Any, content: bytes) -> Import:
    """Say what the register would add and change, for the authorities that the person administers. Nothing is written."""
    require(by, Permission.MANAGE_SCHOOLS)
    return _go_through(content, by=by, write=False)


@transaction.atomic
def import_register(*, by: Any, content: bytes) -> Import:
    """Add the open schools of the register and correct the known ones, all or nothing but the rows with a problem.

    A closed school is corrected when it is known and not added otherwise; no school is removed.
    """
    require(by, Permission.MANAGE_SCHOOLS)
    done = _go_through(content, by=by, write=True)
    counts = {"added": len(done.added), "changed": len(done.changed), "problems": len(done.problems)}
    record(Action.RUN, by=by, details={"what": "import of the schools register", **counts})
    return done


def _go_through(content: bytes, *, by: Any, write: bool) -> Import:
    authorities = {a.code: a for a in Authority.objects.visible_to(by, Permission.MANAGE_SCHOOLS)}
    reading = read_register(content, authorities=frozenset(authorities))
    known = {s.urn: s for s in School.objects.filter(authority__in=authorities.values())}
    strangers = _taken_elsewhere(reading, known)
    done = Import([], {}, 0, reading.passed_over, reading.problems, [])
    unchanged = 0
    for row in reading.rows:
        school = known.get(row.urn)
        if row.urn in strangers:
            done.problems.append(Problem(row.row, "LA (code)", "This school is kept under another authority."))
        elif school is None and not row.is_open:
            done.passed_over["closed and not known here"] += 1
        elif school is None:
            done.added.append(row.name)
            if write:
                add_school(by=by, authority=authorities[row.authority], urn=row.urn, **row.values())
        elif changed := [name for name in FIELDS if getattr(school, name) != getattr(row, name)]:
            done.changed[school.name] = changed
            if write:
                correct_school(by=by, school=school, reason="Import of the schools register", **row.values())
        else:
            unchanged += 1
    in_file = {row.urn for row in reading.rows}
    missing = sorted(s.name for urn, s in known.items() if urn not in in_file)
    return Import(done.added, done.changed, unchanged, done.passed_over, done.problems, missing)


def _taken_elsewhere(reading: RegisterReading, known: dict[str, School]) -> set[str]:
    """Numbers that stand under another authority than the file says; a school does not move by an import."""
    rows: dict[str, RegisterRow] = {row.urn: row for row in reading.rows}
    moved = {urn for urn, school in known.items() if urn in rows and rows[urn].authority != school.authority.code}
    fresh = [urn for urn in rows if urn not in known]
    taken: set[str] = set()
    for start in range(0, len(fresh), 500):
        taken |= set(School.objects.filter(urn__in=fresh[start : start + 500]).values_list("urn", flat=True))
    return moved | taken
