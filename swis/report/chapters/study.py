"""The chapter of one study: the programme, its outcomes, its costs, and what was found in its data."""

from __future__ import annotations

import polars as pl

from swis.report.chapters.costs import cost_section
from swis.report.chapters.outcome import identifier, outcome_section
from swis.report.document import Block, Bullets, Column, Heading, PageBreak, Paragraph, Table
from swis.report.words import plural
from swis.study.evaluation import StudyEvaluation
from swis.study.lock import PlanStatus
from swis.study.study import Study
from swis.tables.data_collected import DATA_COLLECTED
from swis.tables.school_configuration import SCHOOL_CONFIGURATION


def study_chapter(evaluated: StudyEvaluation) -> list[Block]:
    """Everything about one study, verdicts first within each outcome."""
    study = evaluated.study
    return [
        PageBreak(),
        Heading(1, study.authority, identifier(study, "study")),
        *_programme(study),
        *(block for one in evaluated.outcomes for block in outcome_section(study, one)),
        *cost_section(evaluated),
        *_record(study),
    ]


def _programme(study: Study) -> list[Block]:
    protocol = study.protocol
    size = protocol.programme
    known = [(size.schools, "school"), (size.workers, "social worker"), (size.clusters, "cluster")]
    source = protocol.source.strip().rstrip(".")
    counted = [plural(number, noun) for number, noun in known if number is not None]
    return [
        Heading(2, "The programme", identifier(study, "programme")),
        Paragraph(protocol.summary.strip() or study.title),
        Paragraph(
            f"Launched {protocol.launched}. {'Size: ' + ', '.join(counted) + '. ' if counted else ''}Design: "
            f"{protocol.comparison}." + (f" Source of the figures: {source}." if source else "")
        ),
        *_configuration(study),
        *_data_collected(study),
    ]


def _configuration(study: Study) -> list[Block]:
    frame = study.tables.get(SCHOOL_CONFIGURATION.name)
    if frame is None:
        return []
    columns = (
        Column("School", row_header=True),
        Column("Type"),
        Column("Schools", "right"),
        Column("Presence of the social worker"),
        Column("Social workers", "right"),
    )
    rows = _rows(frame, ("school", "type", "schools", "presence", "social_workers"))
    return [Table("How social workers were present in the schools", columns, rows, identifier(study, "configuration"))]


def _data_collected(study: Study) -> list[Block]:
    frame = study.tables.get(DATA_COLLECTED.name)
    if frame is None:
        return []
    columns = (
        Column("Kind", row_header=True),
        Column("Of"),
        Column("Number", "right"),
        Column("Unit"),
        Column("Period"),
    )
    rows = _rows(frame, ("kind", "of", "number", "unit", "period"))
    return [Table("What was collected", columns, rows, identifier(study, "collected"))]


def _rows(frame: pl.DataFrame, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple("–" if row[name] is None else str(row[name]) for name in names) for row in frame.to_dicts())


def _record(study: Study) -> list[Block]:
    return [
        Heading(2, "What was found in the data", identifier(study, "findings")),
        *_corrections(study),
        *_findings(study),
        Heading(2, "The plan", identifier(study, "plan")),
        *_plan(study),
    ]


def _corrections(study: Study) -> list[Block]:
    corrections = study.protocol.corrections
    if not corrections:
        return [Paragraph("No printed value was corrected.")]
    rows = tuple(
        (
            f"{study.outcome(each.outcome).name}, {each.school}" + (f", {each.term}" if each.term else ""),
            each.field,
            str(each.printed),
            str(each.corrected),
            each.kind,
            each.reason,
        )
        for each in corrections
    )
    columns = (
        Column("Where", row_header=True),
        Column("What"),
        Column("Printed"),
        Column("Used"),
        Column("Kind"),
        Column("Reason"),
    )
    return [
        Paragraph("Printed values stay in the data. Each correction is declared with its reason."),
        Table("Corrections", columns, rows, identifier(study, "corrections")),
    ]


def _findings(study: Study) -> list[Block]:
    if not study.findings:
        return [Paragraph("Nothing odd was found in reading the study.")]
    rows = tuple(
        (
            each.severity,
            each.file + (f", column {each.column}" if each.column else ""),
            each.what + (f" ({plural(len(each.rows), 'row')})" if each.rows else ""),
            each.what_to_do,
        )
        for each in sorted(study.findings, key=lambda finding: finding.severity != "warning")
    )
    columns = (
        Column("Weight", row_header=True),
        Column("Where"),
        Column("What was found"),
        Column("What it means, or what to do"),
    )
    note = "A warning bears on a number of this report, a note does not. swis check prints them with their rows."
    return [Table("Findings", columns, rows, identifier(study, "findings-table"), note)]


def _plan(study: Study) -> list[Block]:
    status = study.plan_status
    if status.lock is None:
        return [
            Paragraph(
                "No plan was locked before the outcomes were seen. Every analysis here was therefore chosen by somebody who "
                "could know the outcomes."
            )
        ]
    when = "before" if status.foresight else "after"
    blocks: list[Block] = [
        Paragraph(
            f"By its own word the plan was locked on {status.lock.on.isoformat()}, {when} counts of terms after the start "
            f"were in the folder (hash {status.lock.sha256[:16]}). The day is taken on trust: the history of the file bears "
            "witness to it."
        ),
        Bullets(tuple(f"{outcome.name}: {_of_outcome(status, outcome.code)}" for outcome in study.outcomes)),
    ]
    if status.changes:
        blocks += [Paragraph("Changed since the lock:"), Bullets(tuple(str(each) for each in status.changes))]
    return blocks


def _of_outcome(status: PlanStatus, code: str) -> str:
    own = status.of_outcome(code)
    shared = any(not change.item.startswith("outcome.") for change in status.changes)
    return "by itself as locked, but what all outcomes share was changed" if own == "as locked" and shared else own
