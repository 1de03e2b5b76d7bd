"""What if the outcomes that are missing were unlike those that are there?"""

from __future__ import annotations

import numpy as np

from swis.estimate.trial.missing_outcomes import MissingOutcomes
from swis.report.document import Block, Column, Heading, Paragraph, Strong, Table
from swis.report.trial.say import NONE, reason_of, told_estimate, without_code
from swis.report.words import interval, join, percent, ratio
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation


def missing_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The primary outcome in full, the others in a table; a sentence for those of which nothing is missing."""
    heading = Heading(1, "What is missing", "missing")
    if all(map(_nothing_missing, evaluation.outcomes)):
        return [heading, Paragraph("Nothing: every school is in the analysis of every outcome.")]
    blocks: list[Block] = [
        heading,
        Paragraph(
            "The analysis leaves out schools without an outcome. That is right if the programme did to them what it did "
            "to the others. Nobody can see whether it did, so below the missing schools are made worse or better by a "
            "stated factor."
        ),
    ]
    primary = evaluation.primary
    if primary.missing is not None:
        blocks += _in_full(primary, primary.missing)
    blocks += _others(evaluation)
    for one in evaluation.outcomes:
        if one.missing is None and not _nothing_missing(one):
            why = reason_of(one, "missing", without_code(one, one.why_not) or "not worked out")
            blocks.append(Paragraph(f"{one.outcome.name}: {why}."))
    whole = [one.outcome.name for one in evaluation.outcomes if _nothing_missing(one)]
    return [*blocks, Paragraph(f"Every school is in the analysis of: {join(whole)}.")] if whole else blocks


def _nothing_missing(one: OutcomeResult) -> bool:
    if one.table is None:
        return one.scores is not None and not one.scores_left_out
    return bool(np.isfinite(one.table.count).all())


def _in_full(one: OutcomeResult, found: MissingOutcomes) -> list[Block]:
    only = found.complete_authorities
    rows = [
        (
            "All that were returned (planned)",
            f"{found.all_returned.schools:,}",
            told_estimate(found.all_returned).words,
        ),
        (
            "Only authorities in which every school returned it",
            NONE if only is None else f"{only.schools:,}",
            "no authority is complete" if only is None else told_estimate(only).words,
        ),
        *(
            (
                f"Missing schools with a worker at {each.factor_with:g}, those without at {each.factor_without:g} times the "
                "expected rate",
                NONE,
                f"{ratio(each.ratio)} ({interval(each.low, each.high)})",
            )
            for each in found.shifted
        ),
    ]
    columns = (
        Column("Taken for granted", row_header=True),
        Column("Schools", "right"),
        Column("Ratio (interval)", "right"),
    )
    return [
        Paragraph(
            (
                Strong(f"{one.outcome.name}. "),
                f"Missing: {percent(found.share_with)} of the schools with a social worker and "
                f"{percent(found.share_without)} of those without, by size. {_tipping(found)}",
            )
        ),
        Table(f"{one.outcome.name}: if the missing differ", columns, tuple(rows), "missing-table"),
    ]


def _others(evaluation: TrialEvaluation) -> list[Block]:
    """The outcomes beside the primary one, a row each."""
    rows = [
        (
            one.outcome.name,
            percent(found.share_with),
            percent(found.share_without),
            told_estimate(found.all_returned).words,
            NONE if found.complete_authorities is None else told_estimate(found.complete_authorities).words,
            "none from 1/20 to 20" if found.tipping is None else f"{found.tipping:.2g}",
        )
        for one in evaluation.outcomes
        if not one.outcome.primary and (found := one.missing) is not None
    ]
    columns = (
        Column("Outcome", row_header=True),
        Column("Missing with, by size", "right"),
        Column("Missing without", "right"),
        Column("All returned: ratio", "right"),
        Column("Complete authorities: ratio", "right"),
        Column("Tipping factor", "right"),
    )
    note = (
        "Tipping factor: on the rate of the missing schools with a worker, where an end of the interval would cross 1."
    )
    return (
        [Table("The other outcomes, if the missing differ", columns, tuple(rows), "missing-others", note)]
        if rows
        else []
    )


def _tipping(found: MissingOutcomes) -> str:
    if found.tipping is None:
        return (
            "No factor between 1/20 and 20 on the rate of the missing schools with a worker would move an end of the "
            "interval across 1."
        )
    return (
        f"Tipping point: with the missing schools with a worker at {found.tipping:.2g} times the expected rate, an "
        "end of the interval would cross 1."
    )
