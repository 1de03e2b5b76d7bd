"""Declared corrections: whether they fit what is printed, and what the table is with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from swis.errors import ProtocolError
from swis.study.finding import Finding
from swis.study.protocol import Arm, Correction, Protocol
from swis.study.school_term import SchoolTerm
from swis.study.section import PROTOCOL_FILE, protocol_problem
from swis.tables.problem import Problem, tell_problems


def check_corrections(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    """Findings on the corrections. Raises ProtocolError if one names no row, or another value than is printed."""
    problems: list[Problem] = []
    findings: list[Finding] = []
    for place, correction in enumerate(protocol.corrections, start=1):
        where = f"[[correction]] {place} ({correction.outcome}, {correction.school})"
        concerned = [cell for cell in cells if concerns(correction, cell)]
        if not concerned:
            problems.append(protocol_problem(f"{where} matches no row of school_terms.csv", "Mend it, or take it out."))
            continue
        printed = {_printed_value(correction, cell) for cell in concerned}
        if printed != {correction.printed}:
            there = " and ".join(str(value) for value in sorted(printed, key=str))
            problems.append(
                protocol_problem(
                    f"{where} says that {correction.printed} is printed, but the file has {there}",
                    "Write what is printed; the file keeps it.",
                )
            )
        if correction.printed == correction.corrected:
            findings.append(_without_effect(correction, where))
    if problems:
        raise ProtocolError(tell_problems(problems))
    return findings


def concerns(correction: Correction, cell: SchoolTerm) -> bool:
    """Whether a correction is about this cell."""
    same = cell.outcome == correction.outcome and cell.school == correction.school
    return same and correction.term in (None, cell.term)


def correct_count(cell: SchoolTerm, corrections: Iterable[Correction]) -> SchoolTerm:
    """The cell with its declared count, where there is one."""
    for correction in corrections:
        if correction.field == "count" and concerns(correction, cell):
            return replace(cell, count=int(correction.corrected))
    return cell


def printed_arm(protocol: Protocol, outcome: str, school: str) -> Arm:
    """The arm of a school before any correction of arms in that outcome."""
    for correction in protocol.corrections:
        if correction.field == "arm" and (correction.outcome, correction.school) == (outcome, school):
            return "intervention" if correction.printed == "intervention" else "comparison"
    return protocol.school(school).arm


def _printed_value(correction: Correction, cell: SchoolTerm) -> str | int:
    if correction.field == "count":
        return cell.count
    return cell.arm_in_label or cell.heading


def _without_effect(correction: Correction, where: str) -> Finding:
    return Finding(
        "note",
        "correction_without_effect",
        PROTOCOL_FILE,
        f"{where} replaces {correction.printed} by itself",
        "Take it out.",
        outcome=correction.outcome,
        school=correction.school,
        term=correction.term or "",
    )
