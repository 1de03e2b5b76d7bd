"""What if the outcomes that are missing were unlike those that are there?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.estimate.trial.attainment_departures import MissingScores
from swis.estimate.trial.missing_outcomes import MissingOutcomes
from swis.report.document import Block, Column, Heading, Paragraph, Strong, Table
from swis.report.trial.say import NONE, Told, ratio_or_g, reason_of, signed, told_estimate, without_code
from swis.report.words import interval, join, percent, ratio
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation

NO_FACTOR = "none from 1/20 to 20"
NO_SHIFT = "none within 2"


@dataclass(frozen=True)
class _Found:
    """What the report says of missing outcomes, whether they are counts or scores. `shifted`: what is taken for granted, and the
    effect then."""

    share_with: str
    share_without: str
    returned: Told
    returned_schools: int
    complete: Told | None
    complete_schools: int
    shifted: tuple[tuple[str, str], ...]
    tipping: str
    tipping_words: str


def missing_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """The primary outcome in full, the others in a table; a sentence for those of which nothing is missing."""
    heading = Heading(1, "What is missing", "missing")
    if all(map(_nothing_missing, evaluation.outcomes)):
        return [heading, Paragraph("Nothing: every school is in the analysis of every outcome.")]
    scores = any(isinstance(one.missing, MissingScores) for one in evaluation.outcomes)
    blocks: list[Block] = [
        heading,
        Paragraph(
            "The analysis leaves out schools without an outcome. That is right if the programme did to them what it did "
            "to the others. Nobody can see whether it did, so below the missing schools are made worse or better by a "
            f"stated factor{', their scores by a stated number of standard deviations' if scores else ''}."
        ),
    ]
    primary = evaluation.primary
    if primary.missing is not None:
        blocks += _in_full(primary, _found(primary.missing))
    blocks += _others(evaluation)
    for one in evaluation.outcomes:
        if one.missing is None and not _nothing_missing(one):
            why = reason_of(one, "missing", without_code(one, one.why_not) or "not worked out")
            blocks.append(Paragraph(f"{one.outcome.name}: {why}."))
    whole = [one.outcome.name for one in evaluation.outcomes if _nothing_missing(one)]
    return [*blocks, Paragraph(f"Every school is in the analysis of: {join(whole)}.")] if whole else blocks


def _nothing_missing(one: OutcomeResult) -> bool:
    values = one.table.count if one.table is not None else one.scores.mean if one.scores is not None else None
    return values is not None and bool(np.isfinite(values).all())


def _found(missing: MissingOutcomes | MissingScores) -> _Found:
    if isinstance(missing, MissingScores):
        return _of_scores(missing)
    only = missing.complete_authorities
    return _Found(
        share_with=f"{percent(missing.share_with)} of the schools",
        share_without=percent(missing.share_without),
        returned=told_estimate(missing.all_returned),
        returned_schools=missing.all_returned.schools,
        complete=None if only is None else told_estimate(only),
        complete_schools=0 if only is None else only.schools,
        shifted=tuple(
            (
                f"Missing schools with a worker at {each.factor_with:g}, those without at {each.factor_without:g} times the "
                "expected rate",
                f"{ratio(each.ratio)} ({interval(each.low, each.high)})",
            )
            for each in missing.shifted
        ),
        tipping=NO_FACTOR if missing.tipping is None else f"{missing.tipping:.2g}",
        tipping_words="No factor between 1/20 and 20 on the rate of the missing schools with a worker would move an end of the "
        "interval across 1."
        if missing.tipping is None
        else f"Tipping point: with the missing schools with a worker at {missing.tipping:.2g} times the expected rate, an "
        "end of the interval would cross 1.",
    )


def _of_scores(missing: MissingScores) -> _Found:
    every, only = missing.all_tested, missing.complete_authorities
    return _Found(
        share_with=f"{percent(missing.share_with)} of the pupils in schools",
        share_without=percent(missing.share_without),
        returned=told_estimate(every),
        returned_schools=every.schools_with + every.schools_without,
        complete=None if only is None else told_estimate(only),
        complete_schools=0 if only is None else only.schools_with + only.schools_without,
        shifted=tuple(
            (
                f"Missing schools with a worker {signed(each.shift_with)}, those without {signed(each.shift_without)} standard "
                "deviations from the expected score",
                f"{signed(each.g)} ({signed(each.low)} to {signed(each.high)})",
            )
            for each in missing.shifted
        ),
        tipping=NO_SHIFT if missing.tipping is None else f"{signed(missing.tipping)} SD",
        tipping_words="No shift of the missing schools with a worker within two standard deviations would move an end of the "
        "interval across 0."
        if missing.tipping is None
        else f"Tipping point: with the missing schools with a worker {signed(missing.tipping)} standard deviations from the "
        "expected score, an end of the interval would cross 0.",
    )


def _in_full(one: OutcomeResult, found: _Found) -> list[Block]:
    rows = [
        ("All that were returned (planned)", f"{found.returned_schools:,}", found.returned.words),
        (
            "Only authorities in which every school returned it",
            NONE if found.complete is None else f"{found.complete_schools:,}",
            "no authority is complete" if found.complete is None else found.complete.words,
        ),
        *((taken, NONE, effect) for taken, effect in found.shifted),
    ]
    columns = (
        Column("Taken for granted", row_header=True),
        Column("Schools", "right"),
        Column(f"{ratio_or_g([one])} (interval)", "right"),
    )
    return [
        Paragraph(
            (
                Strong(f"{one.outcome.name}. "),
                f"Missing: {found.share_with} with a social worker and {found.share_without} of those without, by size. "
                f"{found.tipping_words}",
            )
        ),
        Table(f"{one.outcome.name}: if the missing differ", columns, tuple(rows), "missing-table"),
    ]


def _others(evaluation: TrialEvaluation) -> list[Block]:
    """The outcomes beside the primary one, a row each."""
    missing = [(one, one.missing) for one in evaluation.outcomes if not one.outcome.primary and one.missing is not None]
    if not missing:
        return []
    what = ratio_or_g([one for one, _ in missing])
    columns = (
        Column("Outcome", row_header=True),
        Column("Missing with, by size", "right"),
        Column("Missing without", "right"),
        Column(f"All returned: {what[0].lower()}{what[1:]}", "right"),
        Column(f"Complete authorities: {what[0].lower()}{what[1:]}", "right"),
        Column("Tipping factor" if what == "Ratio" else "Tipping point", "right"),
    )
    rows = tuple(_row(one.outcome.name, found) for one, found in missing)
    return [Table("The other outcomes, if the missing differ", columns, rows, "missing-others", _note(what))]


def _note(what: str) -> str:
    factor = (
        "Tipping factor: on the rate of the missing schools with a worker, where an end of the interval would cross 1."
    )
    shift = "in standard deviations (SD), the shift of the missing schools with a worker at which an end would cross 0."
    if what == "Ratio":
        return factor
    return f"{factor} Of scores: {shift}" if what != "Effect size (g)" else f"Tipping point: {shift}"


def _row(name: str, missing: MissingOutcomes | MissingScores) -> tuple[str, ...]:
    found = _found(missing)
    return (
        name,
        percent(missing.share_with),
        found.share_without,
        found.returned.marked,
        NONE if found.complete is None else found.complete.marked,
        found.tipping,
    )
