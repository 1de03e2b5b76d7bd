"""The overall chapter: what was claimed, what the data can carry, and why the two differ."""

from __future__ import annotations

from swis.estimate.appraisal import Appraisal
from swis.report.chapters.analyses import appraised, label
from swis.report.chapters.lesson import lesson_blocks
from swis.report.chapters.simulated import needed_blocks, size_blocks
from swis.report.chapters.together import family_blocks, literature_blocks, pooled_blocks
from swis.report.document import Block, Bullets, Column, Heading, PageBreak, Paragraph, Ref, Strong, Table
from swis.report.figures.claims import ClaimRow, claims_figure
from swis.report.figures.ratios import Interval
from swis.report.words import interval, p_value, percent, plural
from swis.study.evaluation import OutcomeEvaluation
from swis.study.lesson import quoted_lesson
from swis.study.together import Evaluation
from swis.tables.published_estimates import INTERVENTION_BY_TIME


def verdicts_chapter(evaluation: Evaluation) -> list[Block]:
    """One picture and one table of all analyses, how the verdict is reached, and what the published method does."""
    return [
        PageBreak(),
        Heading(1, "Claims and verdicts", "verdicts"),
        *_picture(evaluation),
        *_verdict_table(evaluation),
        *_rule(),
        *size_blocks(evaluation),
        *needed_blocks(evaluation),
        *pooled_blocks(evaluation),
        *literature_blocks(evaluation),
        *_lesson(evaluation),
        *family_blocks(evaluation),
    ]


def _lesson(evaluation: Evaluation) -> list[Block]:
    lesson = quoted_lesson(evaluation)
    return [] if lesson is None else lesson_blocks(lesson)


def claim_rows(evaluation: Evaluation) -> list[ClaimRow]:
    """Published claim and verdict of every analysis of which a claim was published."""
    rows = []
    for one, appraisal in appraised(evaluation):
        if one.outcome.published_claim is None:
            continue
        verdict = appraisal.verdict
        rows.append(
            ClaimRow(
                label=label(one),
                published=published_interval(one),
                published_claim=one.outcome.published_claim,
                ours=Interval(appraisal.quasi.ratio, verdict.low, verdict.high),
                verdict=verdict.kind,
                reason=short_reason(appraisal),
            )
        )
    return rows


def published_interval(one: OutcomeEvaluation) -> Interval:
    """The intervention by time as printed; as the published method gives it where nothing was printed."""
    printed = {
        each.part: float(each.printed.value) for each in one.reproduction if each.coefficient == INTERVENTION_BY_TIME
    }
    if "estimate" in printed:
        return Interval(printed["estimate"], printed.get("lower"), printed.get("upper"))
    line = one.published.interaction if one.published else None
    return Interval(None, None, None) if line is None else Interval(line.ratio, line.low, line.high)


def short_reason(appraisal: Appraisal) -> str:
    """The deciding reason in a few words, for a picture or a table."""
    test, verdict = appraisal.permutation, appraisal.verdict
    if verdict.kind == "cannot tell":
        if test.can_reach(0.05):
            return "no earlier terms to judge by"
        return f"only {plural(test.assignments, 'way')} to choose the schools"
    if verdict.kind == "supported":
        return f"p {p_value(test.p)} among {test.assignments:,} choices of schools"
    if test.p > 0.05:
        return f"{percent(test.p)} of the choices of schools differ as much"
    if not appraisal.quasi.excludes_one:
        return "the scatter of the counts allows no effect"
    return "the schools were drifting apart before"


def _picture(evaluation: Evaluation) -> list[Block]:
    rows = claim_rows(evaluation)
    if not rows:
        return []
    return [
        Paragraph(
            (
                "Each line of ",
                Ref("claims"),
                " is one analysis. The hollow mark is what was published, with its interval. The filled mark is the same "
                "estimate, with the interval that so few schools and the scatter of their counts allow. Where arrows "
                "point both ways the data set no limit at all.",
            )
        ),
        claims_figure(rows, identifier="claims"),
    ]


def _verdict_table(evaluation: Evaluation) -> list[Block]:
    rows = []
    for one in evaluation.outcomes:
        if one.appraisal is None:
            rows.append((label(one), "–", "–", "–", "–", "–", "–", f"not estimable: {one.reason}"))
            continue
        test, verdict = one.appraisal.permutation, one.appraisal.verdict
        rows.append(
            (
                label(one),
                f"{int(one.comparison.intervention.sum())} of {len(one.comparison.schools)}",
                p_value(one.published.interaction.p if one.published else None),
                p_value(test.p),
                f"{test.assignments:,}",
                p_value(test.smallest_p),
                interval(verdict.low, verdict.high),
                verdict.kind,
            )
        )
    return [
        Table(
            caption="The verdict on every analysis",
            columns=(
                Column("Analysis", row_header=True),
                Column("Schools with a social worker"),
                Column("Published p", "right"),
                Column("Randomisation p", "right"),
                Column("Choices", "right"),
                Column("Smallest p possible", "right"),
                Column("Interval"),
                Column("Verdict"),
            ),
            rows=tuple(rows),
            identifier="verdict-table",
            note="Choices: in how many ways the schools with a social worker could have been chosen. Smallest p possible: the "
            "least that so many choices allow. Interval: of the rate ratio, the wider of the randomisation and the "
            "quasi-Poisson interval at each end. A dash: the published method has no p-value because there is no estimate.",
        )
    ]


def _rule() -> list[Block]:
    return [
        Heading(2, "How a verdict is reached", "rule"),
        Paragraph("One rule judges every analysis of every study. It has three answers."),
        Bullets(
            (
                (
                    Strong("Supported: "),
                    "the randomisation test rejects at 5%, and the interval that allows for scatter excludes no effect, and "
                    "the schools did not demonstrably move apart before the start.",
                ),
                (
                    Strong("Cannot tell: "),
                    "no result could have been significant, because there are too few ways to choose the schools, or there "
                    "are no earlier terms to judge a matched comparison by.",
                ),
                (
                    Strong("Not supported: "),
                    "everything else. It does not say that the programme does nothing. The interval says what remains "
                    "possible.",
                ),
            )
        ),
        Paragraph(
            "The randomisation test asks what would have come out had other schools been chosen. It needs no theory of large "
            "samples. It treats schools as exchangeable, which a lottery guarantees and matching only hopes for."
        ),
    ]
