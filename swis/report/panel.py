"""The quality page of a panel: what was read, what each term holds, what has no school and why, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from swis.panel.children import NOT_COVERED, OUTSIDE_TERMS
from swis.panel.finding import PanelFinding
from swis.panel.outcomes import OUTCOMES, Kind, outcome_of
from swis.panel.panel import Panel
from swis.panel.tell import gather_files
from swis.report.document import Block, Callout, Column, Document, Heading, Paragraph, Ref, Table
from swis.report.figures.panel_totals import PlacedShares, TermTotals, placed_figure, totals_figure
from swis.report.words import plural

MOST_TERMS = 6
"""Terms in one drawing, so that a million fits in a cell; more come in further drawings."""
_OUTSIDE = (OUTSIDE_TERMS, NOT_COVERED)


def compose_quality_page(panel: Panel) -> Document:
    """The page for the authority that built the panel. It holds small numbers: it is not for publication."""
    authority = ", ".join(panel.authorities)
    terms = panel.term_names
    return Document(
        title=f"What the panel holds: {authority}",
        subtitle=f"{plural(panel.schools.height, 'school')}, {terms[0]} to {terms[-1]}. Not to leave the team: nothing is hidden",
        source=f"Made by SWIS {panel.version} from the returns named in the provenance",
        description=f"How the returns of {authority} became counts by school and term: what was matched, dropped and repaired.",
        blocks=(
            *_how_to_read(panel),
            Heading(1, "What each term holds", "totals"),
            *_totals(panel),
            Heading(1, "What has a school and what has none", "placed"),
            *_placed(panel),
            Heading(1, "Pupils and schools", "schools"),
            *_schools(panel),
            Heading(1, "What was read", "sources"),
            *_sources(panel),
            Heading(1, "What was found and done", "findings"),
            *_findings(panel.findings),
            Heading(1, "What each outcome counts", "outcomes"),
            _definitions(panel),
        ),
        provenance=_provenance(panel),
    )


def _how_to_read(panel: Panel) -> list[Block]:
    warnings = sum(found.severity == "warning" for found in panel.findings)
    holidays = {
        "next term": "An event in a holiday counts towards the term after it, at the school of that term's first day.",
        "previous term": "An event in a holiday counts towards the term before it, at the school of that term's last day.",
        "not counted": "Events in holidays are not counted; they are among those outside the terms.",
    }[panel.settings.holidays]
    breaks = "count as time in care" if panel.settings.short_breaks else "do not count as time in care"
    return [
        Heading(1, "How to read this", "how-to-read"),
        Callout(
            "Not to leave the team",
            (
                Paragraph(
                    "No row here is about one child, but totals of a small authority and reasons can be small numbers. Use "
                    "swis panel --publish for what is to be shown to others."
                ),
            ),
            tone="caution",
        ),
        Paragraph(
            f"{plural(len(panel.outcomes), 'outcome')} of {len(OUTCOMES)} are covered. {plural(warnings, 'warning')} and "
            f"{plural(len(panel.findings) - warnings, 'note')} were found. {holidays} Short breaks {breaks}."
        ),
    ]


def _totals(panel: Panel) -> list[Block]:
    sums = panel.cells.group_by("term").agg(
        *(
            pl.when(pl.col(code).null_count() < pl.len()).then(pl.col(code).sum()).alias(code)
            for code in (outcome.code for outcome in OUTCOMES)
        )
    )
    by_term = {row["term"]: row for row in sums.iter_rows(named=True)}
    blocks: list[Block] = [
        Paragraph(
            "Look along each row. A term that is much lower than its neighbours may be a return that is not whole."
        )
    ]
    terms = panel.term_names
    for start in range(0, len(terms), MOST_TERMS):
        shown = terms[start : start + MOST_TERMS]
        rows = [
            TermTotals(outcome_of(code).name, tuple(by_term[term][code] if term in by_term else None for term in shown))
            for code in (outcome.code for outcome in OUTCOMES)
        ]
        blocks.append(totals_figure(rows, shown, identifier=f"totals-{start // MOST_TERMS + 1}"))
    return blocks


def _placed(panel: Panel) -> list[Block]:
    rows = []
    for outcome in OUTCOMES:
        lost = panel.not_placed.filter((pl.col("outcome") == outcome.code) & ~pl.col("reason").is_in(_OUTSIDE))
        placed = int(panel.cells[outcome.code].sum() or 0) if outcome.code in panel.outcomes else 0
        by_reason = (
            lost.group_by("reason").agg(pl.col("count").sum()).sort(pl.col("count"), "reason", descending=[True, False])
        )
        shares = PlacedShares(outcome.name, placed, tuple(by_reason.rows()))
        if outcome.kind in (Kind.EVENTS, Kind.DAYS) and shares.all and outcome.code in panel.outcomes:
            rows.append(shares)
    if not rows:
        return [Paragraph("No outcome has an event.")]
    outside = panel.not_placed.filter(pl.col("reason").is_in(_OUTSIDE))
    return [
        Paragraph(
            "A child belongs to a school by the unique pupil number and the rolls, on the day of the event. Children below "
            "school age, out of school or taught elsewhere have none and belong among those without."
        ),
        placed_figure(rows, identifier="placed-shares"),
        *_outside(outside),
    ]


def _outside(outside: pl.DataFrame) -> list[Block]:
    if not outside.height:
        return []
    sums = outside.group_by("outcome", "reason").agg(pl.col("count").sum()).sort("outcome", "reason")
    rows = tuple((outcome_of(code).name, reason, f"{count:,}") for code, reason, count in sums.rows())
    columns = (Column("Outcome", row_header=True), Column("Why"), Column("Number", "right"))
    note = "Returns hold events of earlier years whose episodes were still open. They are no loss to a term that is covered."
    return [Table("What lies outside the terms of the panel", columns, rows, "outside-terms", note)]


def _schools(panel: Panel) -> list[Block]:
    sums = panel.cells.group_by("school", "term").agg(pl.col("pupils_on_census_day").sum(), pl.col("mean_pupils").sum())
    last = panel.term_names[-1]
    latest = sums.filter(pl.col("term") == last)
    named = panel.schools.join(latest, on="school", how="left").sort("school")
    rows = tuple(
        (
            row["school"] if not row["school_name"] else f"{row['school_name']} ({row['school']})",
            row["phase"],
            row["former_urns"] or "",
            "" if row["pupils_on_census_day"] is None else f"{row['pupils_on_census_day']:,}",
            "" if row["mean_pupils"] is None else f"{row['mean_pupils']:,.1f}",
        )
        for row in named.iter_rows(named=True)
    )
    columns = (
        Column("School", row_header=True),
        Column("Phase"),
        Column("Earlier numbers of the same school"),
        Column("Pupils on census day", "right"),
        Column("Mean pupils", "right"),
    )
    return [Table(f"Schools, and their pupils in {last}", columns, rows, "schools-table")]


def _sources(panel: Panel) -> list[Block]:
    rows = tuple((each.name, each.kind, f"{each.rows_read:,}", f"{each.rows_kept:,}") for each in panel.sources)
    columns = (
        Column("File", row_header=True),
        Column("What it is"),
        Column("Rows read", "right"),
        Column("Rows kept", "right"),
    )
    return [Table("Files", columns, rows, "sources-table")]


def _findings(findings: Sequence[PanelFinding]) -> list[Block]:
    if not findings:
        return [Paragraph("Nothing.")]
    ordered = sorted(gather_files(findings), key=lambda found: found.severity != "warning")
    rows = tuple((found.severity, _where(found), found.what, f"{found.count:,}", found.what_to_do) for found in ordered)
    columns = (
        Column("Kind", row_header=True),
        Column("Where"),
        Column("What was found"),
        Column("How often", "right"),
        Column("What was done, what to do"),
    )
    words = (
        "A warning bears on a number of the panel, a note does not. Of findings alike in several files one stands for "
        "all; findings.csv has them file by file, with the first rows, never with a value of a child. See "
    )
    return [
        Paragraph((words, Ref("findings-table"), ".")),
        Table("Findings", columns, rows, "findings-table"),
    ]


def _where(found: PanelFinding) -> str:
    outcome = outcome_of(found.outcome).name if found.outcome else ""
    return ", ".join(part for part in (found.file, outcome, found.school, found.term) if part)


def _definitions(panel: Panel) -> Table:
    rows = tuple((each.name, each.source.value, each.counted, each.not_counted) for each in OUTCOMES)
    columns = (Column("Outcome", row_header=True), Column("Return"), Column("Counted"), Column("Not counted"))
    return Table("Outcomes", columns, rows, "outcomes-table")


def _provenance(panel: Panel) -> tuple[tuple[str, str], ...]:
    settings = panel.settings
    chosen = f"holidays: {settings.holidays}; short breaks: {'counted' if settings.short_breaks else 'not counted'}"
    merged = f"; mergers: {'followed' if settings.follow_mergers else 'not followed'}"
    files = tuple((f"{each.name} (SHA-256)", each.sha256) for each in panel.sources if each.sha256)
    return (("SWIS version", panel.version), ("Settings", chosen + merged), *files)
