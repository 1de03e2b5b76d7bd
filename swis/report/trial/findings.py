"""What was found in reading the folder, without the counts of single schools: those stay with whoever holds the folder."""

from __future__ import annotations

from collections import Counter

from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.words import plural
from swis.study.finding import Finding
from swis.study.trial.evaluation import TrialEvaluation

TOLD_ELSEWHERE = ("declared_note", "outcome_missing")
"""Codes of findings that have a place of their own: the notes of the evaluator, and who is not analysed and why."""


def findings_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """Notes of the evaluator, then findings: those of the whole trial in words, those about single schools by kind and number."""
    found = tuple(each for each in evaluation.trial.findings if each.code not in TOLD_ELSEWHERE)
    return [
        Heading(1, "What was found in the data", "findings"),
        _elsewhere(),
        *_notes(evaluation),
        *_findings(found, evaluation),
    ]


def _elsewhere() -> Paragraph:
    return Paragraph(("Schools that are not in an analysis stand with their reasons in ", Ref("flow"), "."))


def _notes(evaluation: TrialEvaluation) -> list[Block]:
    notes = evaluation.trial.protocol.notes
    if not notes:
        return []
    columns = (Column("Weight", row_header=True), Column("What"), Column("What it means, or what to do"))
    rows = tuple((note.severity, note.what, note.what_to_do) for note in notes)
    return [Table("Notes of the evaluator", columns, rows, "notes-table")]


def _findings(found: tuple[Finding, ...], evaluation: TrialEvaluation) -> list[Block]:
    if not found:
        return [Paragraph("Nothing odd was found in reading the folder.")]
    blocks: list[Block] = []
    schools = {each.school for each in evaluation.trial.schools}
    open_ones = [each for each in found if not about_one_school(each, schools)]
    if open_ones:
        columns = (
            Column("Weight", row_header=True),
            Column("Where"),
            Column("What was found"),
            Column("What it means, or what to do"),
        )
        rows = tuple(
            (each.severity, each.file + (f", column {each.column}" if each.column else ""), each.what, each.what_to_do)
            for each in sorted(open_ones, key=lambda finding: finding.severity != "warning")
        )
        note = "A warning bears on a number of this report, a note does not."
        blocks.append(Table("Findings on the whole", columns, rows, "findings-table", note))
    return [*blocks, *_single([each for each in found if about_one_school(each, schools)])]


def about_one_school(finding: Finding, schools: set[str]) -> bool:
    """Whether a finding names a school, or rows that are each of one school, so that it may quote its counts."""
    return bool(finding.school or finding.rows) or any(name in finding.what for name in schools)


def _single(found: list[Finding]) -> list[Block]:
    kinds = Counter((each.severity, each.code) for each in found)
    if not kinds:
        return []
    columns = (Column("Kind", row_header=True), Column("Weight"), Column("Findings", "right"))
    rows = tuple(
        (code.replace("-", " ").replace("_", " "), severity, f"{number:,}")
        for (severity, code), number in kinds.items()
    )
    return [
        Paragraph(
            f"{plural(sum(kinds.values()), 'finding')} about single schools can quote counts of one school and are "
            "left out here. swis check prints them for whoever holds the folder."
        ),
        Table("Findings on single schools, by kind", columns, rows, "findings-single"),
    ]
